"""What the owner's pages of statuses and of the bin read (S7, H6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import beyond_names
from persian.digits import group
from tickets import access
from tickets.models import StatusMove, Ticket, TicketStatus
from tickets.rules import rules
from tickets.states import MOVES

LATEST_DELETED = ("-gone_at", "-id")


def statuses() -> list[TicketStatus]:
    """Every status in its order, the retired among them, each with ``is_narrowed``; one statement."""
    narrowed = Exists(StatusMove.objects.filter(source=OuterRef("pk")))
    return list(TicketStatus.objects.annotate(is_narrowed=narrowed).order_by("position", "id"))


def others(status: TicketStatus) -> list[TicketStatus]:
    """The other statuses in use, in their order; one statement."""
    return list(TicketStatus.objects.filter(is_active=True).exclude(pk=status.pk))


def targets(status: TicketStatus, rows: Iterable[TicketStatus]) -> list[TicketStatus]:
    """Where a status may be allowed to go."""
    return [row for row in rows if row.category in MOVES[status.category]]


def heirs(status: TicketStatus, rows: Iterable[TicketStatus]) -> list[TicketStatus]:
    """What may take its place when it is retired."""
    return [row for row in rows if row.category == status.category]


def named(status: TicketStatus) -> list[str]:
    """The ids of its own moves."""
    return [str(pk) for pk in StatusMove.objects.filter(source=status).values_list("target_id", flat=True)]


def binned(user: Any) -> QuerySet[Ticket]:
    """What lies in the bin, joined with all a line shows; ``gone_at`` is when, never NULL there."""
    rows = access.tickets_in_bin(user).select_related("requester", "customer", "deleted_by")
    rows = rows.annotate(gone_at=F("deleted_at"))
    return rows.defer("search_text", "customer__notes", *beyond_names("requester", "deleted_by"))


def tell_days_left(rows: Iterable[Ticket], now: datetime | None = None) -> None:
    """Set ``left`` on each: when it goes for good, in words. One statement."""
    now, days = now or timezone.now(), rules().bin_days
    for row in rows:
        rest = (row.deleted_at or now) + timedelta(days=days) - now
        whole = ceil(rest / timedelta(days=1))
        row.left = f"تا {group(whole)} روز دیگر" if whole > 0 else "امروز"  # type: ignore[attr-defined]
