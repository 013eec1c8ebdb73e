"""Whose hands a ticket is in: taking and assigning (H10, H12 in part)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Right
from departments.models import Seat
from departments.places import rights_in, with_rights
from web.errors import Conflict, Invalid

from .. import access
from ..models import Event, Ticket
from ..states import EventKind
from . import custody, telling


def take(ticket: Ticket, *, actor: User, at: datetime | None = None) -> Ticket:
    """«برمی‌دارم»: an unassigned ticket of one's own department. Two at once: the second gets Conflict."""
    now = at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        if ticket.assignee_id == actor.pk:
            return ticket
        if ticket.assignee_id is not None:
            raise Conflict("این تیکت را همکار دیگری برداشت.")
        access.require("take", actor, ticket)
        return _hand(ticket, to=actor, actor=actor, kind=EventKind.TAKEN, now=now)


def assign(ticket: Ticket, *, actor: User, to: User, at: datetime | None = None) -> Ticket:
    """Give a ticket to a person with a seat in its department (manager or owner). Raises Invalid(field="to")."""
    now = at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("assign", actor, ticket)
        # Their row is locked: whoever closes their access at this moment finds the ticket, or this finds it closed.
        seats = Seat.objects.select_for_update(of=("user",), no_key=True).select_related("user")
        seats = seats.filter(user=to, department_id=ticket.department_id, user__is_active=True)
        seat = with_rights(seats).first()
        if seat is None:
            raise Invalid("این شخص در این دپارتمان جایگاهی ندارد. کس دیگری را انتخاب کنید.", field="to")
        if Right.REPLY not in rights_in(seat):
            raise Invalid(
                "این شخص در این دپارتمان به مشتری پاسخ نمی‌دهد. کس دیگری را انتخاب کنید.", field="to"
            )
        if ticket.assignee_id == to.pk:
            return ticket
        return _hand(ticket, to=to, actor=actor, kind=EventKind.ASSIGNED, now=now)


def _hand(ticket: Ticket, *, to: User, actor: User, kind: EventKind, now: datetime) -> Ticket:
    event = Event.objects.create(
        ticket=ticket, actor=actor, kind=kind, from_person=ticket.assignee, to_person=to, created_at=now
    )
    before = custody.held(ticket)
    ticket.assignee = to
    ticket.updated_at = now
    ticket.save(update_fields=["assignee", "updated_at"])
    custody.keep(ticket, before, at=now)
    telling.assigned(ticket, actor=actor, mark=event.pk)
    return ticket
