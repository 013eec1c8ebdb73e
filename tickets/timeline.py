"""The thread of a ticket, newest first to be read: what a page shows at once, and where the older part begins (S20).

Messages and events are one stream, ordered by moment, then messages before events, then id. A place in it is written
in an address as ``1760000000.123456-m-42``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from web.numbers import whole

from .models import Attachment, Event, Message

SHOWN = 30
MORE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """One line of a thread: ``kind`` is message or event."""

    kind: str
    obj: Message | Event

    @property
    def place(self) -> Place:
        """Where it stands in the stream."""
        return Place(self.obj.created_at, self.kind == "event", self.obj.pk)


@dataclass(frozen=True, order=True)
class Place:
    """A place in the stream; places compare as they stand."""

    at: datetime
    is_event: bool
    pk: int

    def __str__(self) -> str:
        micro = (self.at - _EPOCH) // timedelta(microseconds=1)
        return f"{micro}-{'e' if self.is_event else 'm'}-{self.pk}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place an address names; None for anything that is none."""
        parts = text.split("-")
        if len(parts) != 3 or parts[1] not in ("e", "m"):
            return None
        micro, pk = whole(parts[0], 17), whole(parts[2], 17)
        if micro < 0 or pk < 0:
            return None
        return cls(_EPOCH + timedelta(microseconds=micro), parts[1] == "e", pk)

    def older(self, *, events: bool) -> Q:
        """The condition on messages (or events) that stand before it."""
        if events == self.is_event:
            return Q(created_at__lte=self.at) & (Q(created_at__lt=self.at) | Q(pk__lt=self.pk))
        # Messages of a moment stand before every event of it.
        return Q(created_at__lt=self.at) if events else Q(created_at__lte=self.at)


@dataclass(frozen=True)
class Thread:
    """What is shown, oldest first; ``earlier`` names where the older part ends, "" where there is none.

    ``attachments`` are those of all the ticket's messages this person may read, for the list of files beside it.
    """

    entries: list[Entry]
    earlier: str = ""
    attachments: list[Attachment] = field(default_factory=list)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)
