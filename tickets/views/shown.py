"""Things as a ticket page shows them: files with their addresses and icons."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tenants.models import StoredFile
from web import rich
from web.errors import DomainError

from .. import answers, queries
from ..models import Message, Ticket
from ..services.common import Used
from ..services.versions import Newer
from ..timeline import MORE, Place, Thread

ICONS = (
    ("application/pdf", "file-type-pdf"),
    ("image/", "photo"),
    ("audio/", "file-music"),
    ("video/", "video"),
    ("application/zip", "file-zip"),
    ("application/x-rar", "file-zip"),
    ("application/vnd.rar", "file-zip"),
    ("application/x-7z", "file-zip"),
    ("application/vnd.ms-excel", "file-spreadsheet"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "file-spreadsheet"),
    ("text/csv", "file-spreadsheet"),
    ("text/", "file-text"),
    ("application/msword", "file-text"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "file-text"),
)


@dataclass(frozen=True)
class ShownFile:
    """A file on a page."""

    id: str
    name: str
    size: int
    is_image: bool
    icon: str
    url: str

    @property
    def inline_url(self) -> str:
        """The address that shows it in the page, for pictures."""
        return f"{self.url}?inline=1"


def shown_file(stored: StoredFile) -> ShownFile:
    """A stored file, dressed."""
    icon = next((icon for start, icon in ICONS if stored.content_type.startswith(start)), "file")
    url = reverse("file", args=[stored.public_id])
    return ShownFile(str(stored.public_id), stored.name, stored.size, stored.is_image, icon, url)


def dress(thread: Thread) -> list[ShownFile]:
    """Give each message shown its ``files``; returns all of the ticket's in order."""
    by_message: dict[int, list[ShownFile]] = {}
    for attachment in thread.attachments:
        by_message.setdefault(attachment.message_id, []).append(shown_file(attachment.file))
    for entry in thread:
        if isinstance(entry.obj, Message):
            drawn = rich.pictures(entry.obj.html)  # shown where they stand in the text
            files = by_message.get(entry.obj.pk, [])
            entry.obj.files = [file for file in files if file.id not in drawn]  # type: ignore[attr-defined]
    return [file for files in by_message.values() for file in files]


def filled_of(ticket: Ticket, user: Any) -> list[answers.Shown]:
    """The answers to extra fields this person may see, files dressed; nothing is read where there is none (S31)."""
    if not getattr(ticket, "is_filled", True):
        return []
    found = answers.shown(ticket, user)
    for one in found:
        one.dressed = shown_file(one.file) if one.file else None  # type: ignore[attr-defined]
    return found


def last_message(thread: Thread) -> int:
    """The newest message of what is shown: what its reader has seen."""
    return max((one.obj.pk for one in thread if one.kind == "message"), default=0)


def mark_fresh(thread: Thread, ids: Collection[int]) -> None:
    """Mark the messages that came while an answer was being written; ``begins`` stands on the first of them."""
    fresh = [entry.obj for entry in thread if entry.kind == "message" and entry.obj.pk in ids]
    for at, message in enumerate(fresh):
        message.fresh, message.begins = True, at == 0  # type: ignore[union-attr]


def told_of(refusal: DomainError) -> dict[str, Any]:
    """What a composer's page shows of a lost race beside its sentence: what came meanwhile."""
    if isinstance(refusal, Newer):
        return {"fresh": refusal.messages, "came": True, "status": refusal.status}
    return {"status": refusal.status} if isinstance(refusal, Used) else {}


def earlier(request: HttpRequest, ticket: Ticket) -> HttpResponse | None:
    """The part of a thread before ``?before=``, for htmx to put above what is shown; None where a page is asked."""
    before = place_of(request)
    if before is None or not getattr(request, "htmx", False):
        return None
    thread = queries.thread(ticket, request.user, before=before, size=MORE)
    dress(thread)
    return render(request, "tickets/_thread.html", {"ticket": ticket, "thread": thread})


def thread_of(request: HttpRequest, ticket: Ticket) -> Thread:
    """The newest part of a ticket's thread, or, without scripts, the part before ``?before=``."""
    before = place_of(request)
    if before is None:
        return queries.thread(ticket, request.user)
    return queries.thread(ticket, request.user, before=before, size=MORE)


def place_of(request: HttpRequest) -> Place | None:
    """The place the address names; one that is none is no place."""
    return Place.read(request.GET.get("before", ""))
