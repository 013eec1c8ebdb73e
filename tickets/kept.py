"""Who kept a ticket how long: its spans of custody added up (H13)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from departments import sla
from departments.calendar import WorkingCalendar, working_minutes
from departments.models import Department
from persian.relative import duration

from . import clock
from .models import Custody, Ticket
from .states import OURS, Category

SPANS = 500  # a ticket handed about more often than this is shown by its newest spans


@dataclass
class Share:
    """What one person, or a desk's queue, kept: working minutes while it was our turn, and in whose hands it is now."""

    department: Department
    person: User | None
    minutes: int = 0
    is_now: bool = False

    @property
    def words(self) -> str:
        return clock.spent(self.minutes)


@dataclass
class Kept:
    """The shares of our side in the order they got the ticket, and how long the customer had it, by the wall clock."""

    shares: list[Share]
    theirs: timedelta

    @property
    def theirs_words(self) -> str:
        return duration(self.theirs, 2) if self.theirs else ""


def kept(ticket: Ticket, *, at: datetime) -> Kept:
    """Add up a ticket's custody until ``at``; two statements."""
    rows = Custody.objects.filter(ticket=ticket).select_related("department", "person")
    spans = list(rows.order_by("-began_at", "-pk")[:SPANS])[::-1]
    if not spans and ticket.category != Category.CLOSED:
        spans = [_whole(ticket)]
    return _added(spans, at, sla.working_calendar())


def _whole(ticket: Ticket) -> Custody:
    """A ticket that never changed hands says its one span itself."""
    return Custody(
        department=ticket.department,
        person=ticket.assignee,
        is_ours=ticket.category in OURS,
        began_at=ticket.created_at,
    )


def _added(spans: Iterable[Custody], at: datetime, calendar: WorkingCalendar) -> Kept:
    shares: dict[tuple[int, int | None], Share] = {}
    theirs = timedelta()
    for span in spans:
        end = span.ended_at or at
        key = (span.department_id, span.person_id)
        if span.is_ours:
            share = shares.setdefault(key, Share(span.department, span.person))
            share.minutes += max(0, working_minutes(span.began_at, end, calendar))
        else:
            theirs += max(end - span.began_at, timedelta())
        if span.ended_at is None and key in shares:
            shares[key].is_now = True
    return Kept(list(shares.values()), theirs)
