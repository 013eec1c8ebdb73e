"""Opening a ticket (H17, S1, S4, S5, H9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Subquery
from django.utils import timezone

from accounts.access import has_right
from accounts.models import User
from accounts.roles import Right, Role
from accounts.services import contracts
from departments.models import Department, Topic
from persian import fold, jalali
from tenants.models import StoredFile
from tenants.scope import current_tenant_id
from web.errors import Conflict, Invalid, NotAllowed

from .. import clock, codes
from ..models import Event, Message, Ticket, TicketStatus
from ..routing import Found, Route, route
from ..states import Category, Channel, EventKind, MessageKind, Origin, Priority
from . import fields, telling
from .common import Used, clean_subject, clean_words, write_message


@dataclass(frozen=True)
class Opened:
    """The ticket, its first message, and whether this call made them (a form sent twice makes them once)."""

    ticket: Ticket
    message: Message
    created: bool


def open_ticket(
    *,
    actor: User,
    subject: str,
    body: str,
    client_key: UUID,
    html: str = "",
    requester: User | None = None,
    department: Department | None = None,
    topic: Topic | None = None,
    staff: User | None = None,
    priority: int = Priority.NORMAL,
    files: Iterable[StoredFile] = (),
    channel: str = Channel.PORTAL,
    wants_sms: bool = False,
    answers: Mapping[int, Any] | None = None,
    linked_to: Ticket | None = None,
    at: datetime | None = None,
    found: Found | None = None,
) -> Opened:
    """Open a ticket: by a customer for themself, or by our side for a customer's person (``requester``).

    A customer's own ticket is taken from the company's contract (S2), ours never is. Sending the same ``client_key``
    again returns the first ticket. ``linked_to``: the long-closed one it goes on from, which the actor sees; it stays
    its requester's, whoever of the company writes.
    ``answers`` to the department's extra fields (S31, services/fields.py) come from a form that asked for them;
    ``found`` is the requester's exclusive link, where that form has read it. Raises Invalid(field=…), NotAllowed,
    contracts.Refused, Conflict.
    """
    requester = _requester(actor, requester, linked_to)
    (body, html), subject, now = clean_words(body, html), clean_subject(subject), at or timezone.now()
    if priority not in Priority.values:
        raise Invalid("اولویت را انتخاب کنید.", field="priority")
    with transaction.atomic():
        way = route(
            customer=requester.customer,
            department=department,
            topic=topic,
            chosen=staff,
            by_staff=actor.is_staff_member,
            day=jalali.local_day(now),
            found=found,
        )
        ticket = _draft(
            way, actor=actor, requester=requester, subject=subject, priority=priority, channel=channel, at=now
        )
        ticket.linked_to = linked_to
        return enter(
            ticket,
            way,
            actor=actor,
            body=body,
            html=html,
            client_key=client_key,
            files=files,
            wants_sms=wants_sms,
            answers=answers,
        )


def enter(
    ticket: Ticket,
    way: Route,
    *,
    actor: User,
    body: str,
    html: str,
    client_key: UUID,
    files: Iterable[StoredFile],
    wants_sms: bool = False,
    answers: Mapping[int, Any] | None = None,
) -> Opened:
    """Give a drafted ticket its number and write it with all that comes with it, or find what this form has made.

    Inside the opening's transaction. A customer's is taken from the contract. Raises contracts.Refused, Conflict.
    """
    ticket.client_key = client_key
    # From here on the counter's row is ours until the commit: of two equal submits the second waits here, and
    # then finds what the first has made.
    ticket.number = _draw(+1)
    ticket.status, before = _status_and_before(ticket, actor, (body, html))
    if before is not None:
        _draw(-1)
        return before
    if ticket.origin == Origin.CUSTOMER:
        contracts.take(ticket.opened_by, jalali.local_day(ticket.created_at))
    ticket.tracking_code = codes.new_code()
    ticket.save(force_insert=True)
    if answers is not None:
        fields.write(ticket, actor=actor, answers=answers, at=ticket.created_at)
    said = {"body": body, "html": html, "client_key": client_key, "files": files}
    return _fill(ticket, way, actor=actor, said=said, wants_sms=wants_sms)


def _draft(
    way: Route, *, actor: User, requester: User, subject: str, priority: int, channel: str, at: datetime
) -> Ticket:
    """The new row before its number: the clock runs for a customer's ticket, ours waits for the customer."""
    ticket = Ticket(
        subject=subject,
        search_text=search_text(subject, requester),
        department=way.department,
        topic=way.topic,
        priority=priority,
        # New for a customer's ticket; ours waits for the customer from the start (H5).
        category=Category.NEW if actor.is_customer else Category.WAITING,
        origin=Origin.STAFF if actor.is_staff_member else Origin.CUSTOMER,
        channel=channel,
        requester=requester,
        customer=requester.customer,
        opened_by=actor,
        assignee=way.assignee,
        created_at=at,
        updated_at=at,
        last_message_at=at,
    )
    if ticket.origin == Origin.CUSTOMER:
        clock.start(ticket, at)
    else:
        ticket.answered_at = ticket.first_answered_at = ticket.silent_since = at
    return ticket


def _fill(
    ticket: Ticket,
    way: Route,
    *,
    actor: User,
    said: dict[str, Any],
    wants_sms: bool,
) -> Opened:
    """What comes with a new ticket: first message, events, letters. Whoever opened it has read it (queries.queue)."""
    message = write_message(
        ticket,
        actor=actor,
        kind=MessageKind.REPLY,
        at=ticket.created_at,
        channel=ticket.channel,
        **said,
    )
    if ticket.file_count:
        Ticket.objects.filter(pk=ticket.pk).update(file_count=ticket.file_count)
    tenant, at = ticket.tenant_id, ticket.created_at
    Event.objects.bulk_create(
        [
            Event(tenant_id=tenant, ticket=ticket, actor=actor, kind=EventKind.OPENED, created_at=at),
            Event(
                tenant_id=tenant,
                ticket=ticket,
                kind=EventKind.ROUTED,
                to_person=way.assignee,
                reason=way.reason,
                created_at=at,
            ),
        ]
    )
    told = list(way.told)
    if way.assignee is not None:
        told.append(way.assignee)
    telling.opened(ticket, told=told, actor=actor, wants_sms=wants_sms)
    return Opened(ticket, message, created=True)


def _requester(actor: User, requester: User | None, before: Ticket | None) -> User:
    """Whose ticket it is. A customer opens only their own, whatever was posted (TRUST 22), or goes on in one they see:
    that stays with whoever asked, while they are in the company still, or its conversation would leave their sight.
    """
    if actor.is_customer and actor.is_active:
        asked = before.requester if before is not None else actor
        return asked if asked.is_active and asked.customer_id == actor.customer_id else actor
    if not has_right(actor, Right.OPEN):
        raise NotAllowed
    if requester is None or requester.role != Role.CUSTOMER or not requester.is_active:
        raise Invalid("مشتری را انتخاب کنید.", field="requester")
    return requester


def search_text(subject: str, requester: User) -> str:
    """What the queue's quick search reads of a ticket."""
    company = requester.customer.name if requester.customer else ""
    # The leading space lets the search ask for the start of any word, the first among them.
    return " " + fold(f"{subject} {requester.name} {company}")[:890]


def _draw(step: int) -> int:
    """Move the tenant's counter and return where it stands. Drawn last: its row is locked until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_counter SET last = last + %s WHERE tenant_id = %s RETURNING last",
            [step, current_tenant_id()],
        )
        return int(cursor.fetchone()[0])


def _status_and_before(
    ticket: Ticket, actor: User, words: tuple[str, str]
) -> tuple[TicketStatus, Opened | None]:
    """The first status, and what this form has made already when it is sent again; both in one statement."""
    made = Ticket.with_bin.filter(client_key=ticket.client_key).values("pk")[:1]
    status = TicketStatus.objects.annotate(made=Subquery(made)).get(category=ticket.category, is_default=True)
    return status, _opened_before(status.made, ticket, actor, words) if status.made else None


def _opened_before(pk: int, again: Ticket, actor: User, words: tuple[str, str]) -> Opened:
    """What this form has made. Raises Conflict for somebody else's key, Used where it says something else now."""
    ticket = Ticket.with_bin.get(pk=pk)
    same = (ticket.opened_by_id, ticket.channel) == (actor.pk, again.channel)
    if not same or ticket.deleted_at is not None:
        raise Conflict
    message = Message.objects.filter(ticket=ticket).order_by("created_at", "pk").first()
    if message is None:
        raise Conflict
    if (ticket.subject, message.body, message.html) != (again.subject, *words):
        raise Used
    return Opened(ticket, message, created=False)
