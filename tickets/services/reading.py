"""Marking a ticket read for one person."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User

from ..models import ReadMark, Ticket


def mark_read(ticket: Ticket, *, actor: User, at: datetime | None = None) -> None:
    """Everything up to now is read by this person; the caller fetched the ticket for them."""
    # One statement: inside a page's transaction it needs no savepoint of its own.
    with transaction.atomic(savepoint=False):
        ReadMark.objects.bulk_create(
            [ReadMark(tenant_id=ticket.tenant_id, ticket=ticket, user=actor, read_at=at or timezone.now())],
            update_conflicts=True,
            unique_fields=["tenant", "user", "ticket"],
            update_fields=["read_at"],
        )
