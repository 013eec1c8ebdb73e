"""Files that come with a form. Bytes are stored with no transaction open; the verb binds them afterwards.

A form that is refused keeps what has arrived: the page lists it with hidden ``kept`` ids, and the next try brings
the ids instead of the bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from persian.clean import file_name
from persian.digits import to_persian
from tenants.models import StoredFile
from tenants.scope import request_scope
from tenants.services import files
from web import rich
from web.errors import DomainError

from ..forms import MAX_FILES, ComposerForm
from ..services.common import is_said

GONE = "یکی از فایل‌ها دیگر در دسترس نیست. آن را دوباره پیوست کنید."
DRAWN_GONE = "یکی از تصویرهای متن دیگر نیست. جای خالی‌اش را از متن بردارید یا دوباره تصویر را بگذارید."
EMPTY = "«{}» خالی است و فرستاده نشد."
TOO_MANY = "در یک بار حداکثر {} فایل می‌توان فرستاد. بقیه را در پیام بعدی بفرستید."


def receive(request: HttpRequest, form: ComposerForm) -> list[StoredFile]:
    """What goes with a posted form: files kept from an earlier try, and the new ones, stored now.

    Call it outside any transaction, with the person already allowed to write here. Refusals (no room, an empty
    file, too many) stand at the form's ``files`` field; a form sent twice stores nothing the second time.
    """
    uploads: list[UploadedFile] = request.FILES.getlist("files")
    with request_scope(request):
        form.is_valid()
        kept = _arrived(request, form)
        if kept is None or not (uploads or kept):
            return []
        room = files.room_left() if uploads else 0
    full = [upload for upload in uploads if upload.size]
    for upload in uploads:
        if not upload.size:
            form.add_error("files", EMPTY.format(file_name(upload.name or "")))
    if len(kept) + len(full) > MAX_FILES:
        form.add_error("files", TOO_MANY.format(to_persian(str(MAX_FILES))))
        return kept
    if sum(upload.size or 0 for upload in full) > room:
        form.add_error("files", files.FULL)
        return kept
    return kept + _store(request, full, form)


def _arrived(request: HttpRequest, form: ComposerForm) -> list[StoredFile] | None:
    """What the form brings of files that are here already: those of an earlier try, and pictures in its text, which go
    with it when they are the writer's own (others are seen by whoever sees them anyway). None: it was sent before.
    """
    wanted = _ids(request.POST.getlist("kept"))
    drawn = _ids(rich.pictures(form.cleaned_data.get("html", "")))
    words = {name: form.cleaned_data.get(name, "") for name in ("body", "html", "subject")}
    if (wanted or drawn or request.FILES) and is_said(form.cleaned_data["client_key"], **words):
        return None
    kept = _own(request, wanted)
    if len(kept) != len(wanted):
        form.add_error("files", GONE)
    ours = _own(request, drawn)
    others = set(drawn) - {one.public_id for one in ours}
    if others and StoredFile.objects.filter(public_id__in=others).count() < len(others):
        form.add_error("files", DRAWN_GONE)
    return kept + [one for one in ours if one not in kept]


def forget_unbound(request: HttpRequest, stored: Sequence[StoredFile]) -> None:
    """Give back the room of files the verb did not take: the other of two equal submits had its own copies."""
    if not stored:
        return
    with request_scope(request):
        left = list(StoredFile.objects.filter(pk__in=[one.pk for one in stored], bound_at=None))
    for one in left:
        files.discard(one, tenant=request.tenant)


def _store(request: HttpRequest, uploads: Sequence[UploadedFile], form: ComposerForm) -> list[StoredFile]:
    stored = []
    for upload in uploads:
        try:
            stored.append(files.store(upload, tenant=request.tenant, actor=request.user))
        except DomainError as refusal:
            form.add_error("files", refusal.message)
            break
    return stored


def _own(request: HttpRequest, wanted: Sequence[uuid.UUID]) -> list[StoredFile]:
    """The person's own files that nothing holds yet, in the order they were sent."""
    if not wanted:
        return []
    found = files.loose(request.user.pk).filter(public_id__in=wanted)
    by_id = {stored.public_id: stored for stored in found}
    return [by_id[one] for one in wanted if one in by_id]


def _ids(values: Sequence[str]) -> list[uuid.UUID]:
    """Ids among posted values, once each; anything else is not ours and is dropped."""
    found: dict[uuid.UUID, None] = {}
    for value in values[:MAX_FILES]:
        try:
            found[uuid.UUID(value)] = None
        except ValueError:
            continue
    return list(found)
