"""What a customer who waits for us is told when we are closed today or tomorrow (H4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from departments import hours
from persian import jalali, relative

from .models import Ticket
from .states import OURS


@dataclass(frozen=True)
class Told:
    """The notice: the closure, the owner's word for it, and when work begins again ("" where that is unknown)."""

    head: str
    name: str
    tail: str


def told(tickets: Iterable[Ticket], *, rest: QuerySet[Ticket] | None = None) -> Told | None:
    """The announced closure, for whoever has one of these tickets waiting for us; at most one statement.

    ``rest``: where a page shows only some of them, all; asked only once there is something to tell.
    """
    waits = any(ticket.category in OURS for ticket in tickets)
    if not waits and rest is None:
        return None
    closure = hours.read().announced(timezone.now())
    if closure is None or not (waits or (rest is not None and rest.filter(category__in=OURS).exists())):
        return None
    day = f"{jalali.WEEKDAYS[jalali.weekday(closure.day)]} {jalali.day_month(closure.day)}"
    head = f"{'امروز' if closure.is_today else 'فردا'}، {day}، تعطیلیم."
    if closure.opens is None:
        return Told(head, closure.name, "")
    begins = jalali.local_day(closure.opens)
    opens = f"{jalali.WEEKDAYS[jalali.weekday(begins)]} {jalali.day_month(begins)}"
    hurry = "" if closure.is_today else "، اگر امروز نرسد،"
    clock = relative.clock(closure.opens)
    return Told(head, closure.name, f"پاسخ شما{hurry} از {opens}، ساعت {clock}، پی گرفته می‌شود.")
