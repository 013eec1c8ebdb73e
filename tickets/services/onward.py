"""A customer's word on a ticket that has been closed for too long: it goes on in a new one (S7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from departments.absence import Crew
from departments.models import Department, ServiceLink, Topic
from persian import jalali
from tenants.models import StoredFile
from web.errors import Invalid

from ..access import CAME_FROM, ONWARD
from ..models import Event, Message, Ticket
from ..states import EventKind
from .opening import open_ticket

GONE = "دپارتمان این تیکت دیگر تیکت تازه نمی‌گیرد. متن شما سر جایش است؛ در «تیکت جدید» دپارتمان دیگری را انتخاب کنید."


def hold(ticket: Ticket) -> None:
    """Lock the departments a ticket may go on in, before the ticket itself is locked: giving out the new one may lock
    them, and departments come first (docs/architecture.md).
    """
    linked = ServiceLink.objects.filter(customer=ticket.customer_id).values("department")
    rows = Department.objects.filter(Q(pk=ticket.department_id) | Q(pk__in=linked))
    list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def go_on(
    ticket: Ticket,
    *,
    actor: User,
    body: str,
    html: str,
    client_key: UUID,
    files: Iterable[StoredFile],
    at: datetime,
) -> Message:
    """Open a ticket linked to a closed one, with its subject, where routing sends it now; returns its first message.

    Inside the transaction that holds the old ticket, which stays closed; both say where it went. It is taken from the
    contract like any new one. Raises contracts.Refused, Invalid where its department takes none.
    """
    try:
        opened = open_ticket(
            actor=actor,
            subject=ticket.subject,
            body=body,
            html=html,
            client_key=client_key,
            department=ticket.department,
            topic=_topic(ticket),
            staff=_person(ticket, at),
            priority=ticket.priority,
            files=files,
            channel=ticket.channel,
            linked_to=ticket,
            at=at,
        )
    except Invalid as refusal:
        raise Invalid(GONE) if refusal.field == "department" else refusal from None
    if opened.created:
        for one, word, other in ((ticket, ONWARD, opened.ticket), (opened.ticket, CAME_FROM, ticket)):
            Event.objects.create(
                ticket=one, actor=actor, kind=EventKind.LINKED, reason=f"{word}{other.number}", created_at=at
            )
    return opened.message


def _topic(ticket: Ticket) -> Topic | None:
    found = Topic.objects.filter(pk=ticket.topic_id, department_id=ticket.department_id, is_active=True)
    return found.first()


def _person(ticket: Ticket, at: datetime) -> User | None:
    """Who had it, where a customer could choose them there now; anybody else routing finds."""
    crew = Crew(ticket.department, jalali.local_day(at))
    seat = crew.seats.get(ticket.assignee_id or 0)
    return seat.user if seat and seat.accepts_choice and crew.is_present(seat.user_id) else None
