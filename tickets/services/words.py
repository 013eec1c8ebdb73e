"""The words a ticket comes with are open to whoever it comes to, whatever their right to read notes (H13, S12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from accounts.models import User
from tenants.scope import current_tenant_id

from ..models import NoteReader, Transfer
from ..states import TransferState, Via


def let_read(notes: Iterable[int], reader: User) -> None:
    """Notes (ids) whose words came with a ticket are open to whoever it came to."""
    tenant = current_tenant_id()
    NoteReader.objects.bulk_create(
        (NoteReader(tenant_id=tenant, message_id=pk, user=reader, via=Via.HANDOVER) for pk in notes),
        ignore_conflicts=True,
    )


def share(tickets: Collection[int], to: User, *, department: int) -> None:
    """The words these tickets (ids) came into this one department with are open to who holds them there now; two
    statements, however many.
    """
    came = Transfer.objects.filter(
        ticket__in=tickets, target=department, state=TransferState.ACCEPTED, note__isnull=False
    )
    let_read(came.values_list("note_id", flat=True), to)
