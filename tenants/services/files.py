"""Storing and discarding files: bytes outside any transaction, quota by conditional update (H19)."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone

from persian.clean import file_name
from web.errors import Full, Invalid, Unavailable

from ..models import Quota, StoredFile, Tenant
from ..scope import all_tenants, tenant_scope
from ..sniff import content_type

log = logging.getLogger(__name__)
ORPHAN_AFTER = timedelta(hours=24)
# A picture stands in a text somebody may go on writing next week.
PICTURE_AFTER = timedelta(days=10)
_named_elsewhere: list[Callable[[], Exists]] = []
FULL = "فضای فایل‌ها پر است، این فایل ارسال نشد. متن شما سر جایش است."


def learn_names(of: Callable[[], Exists]) -> None:
    """Take a condition on stored files: what it holds for is named in something unfinished, and is no orphan."""
    _named_elsewhere.append(of)


def reserve(size: int) -> None:
    """Take ``size`` bytes of the scope's tenant's storage. Raises Full when they are not there."""
    taken = Quota.objects.filter(used__lte=F("limit") - size).update(used=F("used") + size)
    if not taken:
        raise Full(FULL)


def release(size: int) -> None:
    """Give ``size`` bytes back."""
    Quota.objects.update(used=F("used") - size)


def room_left() -> int:
    """Bytes the scope's tenant may still store."""
    quota = Quota.objects.get()
    return max(0, quota.limit - quota.used)


def store(upload: UploadedFile, *, tenant: Tenant, actor) -> StoredFile:  # type: ignore[no-untyped-def]
    """Store one upload for later binding; call it outside any transaction.

    Raises Full (quota), Invalid (empty file) or Unavailable (the storage refused); then nothing is left behind.
    """
    size = upload.size or 0
    if size == 0:
        raise Invalid("این فایل خالی است و فرستاده نشد.", field="files")
    name = file_name(upload.name or "")
    head = upload.read(16)
    upload.seek(0)
    with tenant_scope(tenant):
        reserve(size)
        stored = StoredFile(
            name=name,
            size=size,
            content_type=content_type(head, name),
            uploaded_by_id=getattr(actor, "pk", None),
        )
        stored.path = f"tenants/{tenant.pk}/{stored.created_at:%Y/%m}/{stored.public_id}"
        stored.save()
    try:
        default_storage.save(stored.path, upload)
    except Exception as fault:
        log.error("storage refused a file of %s bytes: %s", size, type(fault).__name__)
        with tenant_scope(tenant):
            _forget(stored)
        raise Unavailable("فایل ذخیره نشد. متن شما سر جایش است؛ کمی بعد دوباره بفرستید.") from fault
    with tenant_scope(tenant):
        StoredFile.objects.filter(pk=stored.pk).update(arrived_at=timezone.now())
    return stored


def loose(person_id: int | None) -> QuerySet[StoredFile]:
    """A person's own files that have arrived and nothing holds yet: theirs alone to see and to bind."""
    return StoredFile.objects.filter(uploaded_by_id=person_id, bound_at=None, arrived_at__isnull=False)


def bind(files: Iterable[StoredFile], *, actor) -> list[StoredFile]:  # type: ignore[no-untyped-def]
    """Mark files as held by something, inside the verb's transaction. Only the uploader's own unbound ones."""
    wanted = list(files)
    if not wanted:
        return []
    rows = loose(getattr(actor, "pk", None)).filter(pk__in=[stored.pk for stored in wanted])
    bound = rows.update(bound_at=timezone.now())
    if bound != len(wanted):
        raise Invalid("یکی از فایل‌ها دیگر در دسترس نیست. آن را دوباره پیوست کنید.", field="files")
    return wanted


def unbind(files: Iterable[StoredFile]) -> list[StoredFile]:
    """Give files back to their uploader, inside the verb's transaction that held them; swept a day from now."""
    held = list(files)
    if held:
        rows = StoredFile.objects.filter(pk__in=[stored.pk for stored in held])
        rows.update(bound_at=None, created_at=timezone.now())
    return held


def let_go(files: Iterable[int]) -> int:
    """Unbind files (ids) whose holder is gone for good, inside the verb's transaction; returns how many.

    Nobody may bind them again, and the next sweep of orphans takes rows, room and bytes: a worker killed in the
    middle of it leaves the rest for the sweep after. The caller rings it.
    """
    old = timezone.now() - 2 * PICTURE_AFTER
    rows = StoredFile.objects.filter(pk__in=list(files))
    return rows.update(bound_at=None, uploaded_by=None, created_at=old)


def discard(stored: StoredFile, *, tenant: Tenant) -> None:
    """Remove a file that nothing holds: row and quota first, bytes after the commit."""
    with tenant_scope(tenant):
        if _forget(stored):
            transaction.on_commit(lambda: _erase(stored.path), robust=True)


def sweep_orphans(*, now=None) -> int:  # type: ignore[no-untyped-def]
    """Discard uploads that were never bound within a day, pictures within ten, and that nothing unfinished names;
    returns how many.
    """
    now = now or timezone.now()
    young = Q(content_type__startswith="image/", created_at__gte=now - PICTURE_AFTER)
    with all_tenants("files left behind in every tenant"):
        left = list(
            StoredFile.objects.filter(bound_at=None, created_at__lt=now - ORPHAN_AFTER)
            .exclude(young)
            .exclude(*(of() for of in _named_elsewhere))
            .select_related("tenant")
            .defer("tenant__logo")
            .order_by("created_at")[:500]
        )
    for stored in left:
        discard(stored, tenant=stored.tenant)
    return len(left)


def _forget(stored: StoredFile) -> bool:
    """Delete an unbound row and give its bytes back, once even when two try."""
    deleted, _ = StoredFile.objects.filter(pk=stored.pk, bound_at=None).delete()
    if deleted:
        release(stored.size)
    return bool(deleted)


def _erase(path: str) -> None:
    try:
        default_storage.delete(path)
    except Exception as fault:  # the sweep of storage against rows finds it later
        log.error("bytes stayed behind at %s: %s", path, type(fault).__name__)
