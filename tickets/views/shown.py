"""Things as a ticket page shows them: files with their addresses and icons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from tenants.models import StoredFile

from ..models import Message
from ..queries import Entry

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


def dress(entries: Iterable[Entry]) -> list[ShownFile]:
    """Give each message of a thread its ``files``; returns all of them in order."""
    everything: list[ShownFile] = []
    for entry in entries:
        if isinstance(entry.obj, Message):
            files = [shown_file(attachment.file) for attachment in entry.obj.attachments.all()]
            entry.obj.files = files  # type: ignore[attr-defined]
            everything += files
    return everything
