"""What a tenant decided about a ticket's life, in days (S7, H6); the services change it."""

from __future__ import annotations

from datetime import datetime, timedelta

from .models import Ticket, TicketRules
from .states import Category


def rules() -> TicketRules:
    """The tenant's rules, or the usual ones where it has said nothing. One statement."""
    return TicketRules.objects.first() or TicketRules()


def is_over(ticket: Ticket, now: datetime) -> bool:
    """Whether a closed ticket is closed for too long to be opened again: a customer's word goes on in a new one (S7).

    One statement for a closed ticket, none for another.
    """
    if ticket.category != Category.CLOSED or ticket.closed_at is None:
        return False
    days = rules().reopen_days
    return days > 0 and ticket.closed_at + timedelta(days=days) <= now
