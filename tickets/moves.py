"""Where a ticket's status may go by hand: what its category allows, narrowed by the tenant's own moves (S7)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from .models import StatusMove, Ticket, TicketStatus
from .states import MOVES, Category, Channel


def targets_of(ticket: Ticket) -> list[TicketStatus]:
    """The statuses our side may set now, in their order, the present one among them. One statement.

    A status with no moves of its own goes wherever its category may; one with some goes only there.
    """
    categories = MOVES[ticket.category]
    if ticket.channel == Channel.INTERNAL:  # there is no customer to wait for
        categories = categories - {Category.WAITING}
    moves = StatusMove.objects.filter(source_id=ticket.status_id)
    rows = TicketStatus.objects.filter(is_active=True, category__in=categories).annotate(
        is_narrowed=Exists(moves), is_named=Exists(moves.filter(target_id=OuterRef("pk")))
    )
    return [
        row
        for row in rows
        if row.pk == ticket.status_id or row.is_named or not row.is_narrowed  # type: ignore[attr-defined]
    ]


def may_set(ticket: Ticket, status: TicketStatus) -> bool:
    """Whether our side may set this status on the ticket now. One statement."""
    return any(row.pk == status.pk for row in targets_of(ticket))
