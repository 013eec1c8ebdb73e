"""Asking another department to take a ticket over, and the answers (H13, S10).

Whatever happens at once, a request ends once: every end is an UPDATE … WHERE state = 'pending', and who finds no such
row has lost and gets Conflict. Locks are taken in the order of docs/architecture.md. The ticket stays answerable all
the while.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from departments.models import Department
from persian.clean import one_line, strip_controls
from tenants.rounds import each
from tenants.scope import all_tenants, tenant_scope
from web.errors import Conflict, Invalid, NotAllowed

from .. import access, handovers
from ..models import FAR, Event, Ticket, TicketRules, Transfer
from ..states import EventKind, TransferState
from . import going, handover_letters, requests, watching
from .hands import explain, open_desk, place, refuse_same, said, seated

LONGEST_REASON = 500
BATCH = 200
LATE = "این درخواست پیش از شما پاسخ گرفت یا پس گرفته شد. صفحه را تازه کنید و ببینید."


def request_transfer(
    ticket: Ticket,
    *,
    actor: User,
    target: Department,
    explanation: str,
    client_key: UUID,
    person: User | None = None,
    stay: bool = False,
    at: datetime | None = None,
) -> Transfer:
    """Ask a department to take a ticket over, and perhaps whom there; the words are a private note (H13, S10).

    ``stay``: who asks goes on seeing it afterwards, as a watcher.
    Raises Conflict while another request of the ticket is pending, Invalid(field="target", "person", "explanation").
    The same form twice is one request; Used where it has asked for something else.
    """
    now = at or timezone.now()
    with transaction.atomic():
        whom = person.public_id if person else None
        before = said(client_key, actor, text=explanation, to=whom, target=target.pk)
        if before is not None:
            return Transfer.objects.get(note=before)
        target = open_desk(target)
        ticket = going.lock(actor, ticket, at=now)
        access.require("transfer", actor, ticket)
        refuse_same(ticket, target)
        if person is not None:
            seated(person, target.pk, field="person")
        note = explain(ticket, actor=actor, text=explanation, client_key=client_key, reader=None, at=now)
        if stay:
            watching.stay(ticket, actor=actor, at=now)
        transfer = _write(ticket, target=target, person=person, note=note, actor=actor, now=now)
        event = _event(transfer, EventKind.REQUESTED, actor=actor, now=now)
        handover_letters.requested(transfer, actor=actor, mark=event.pk)
    return transfer


def accept(transfer: Transfer, *, actor: User, to: User | None = None, at: datetime | None = None) -> Ticket:
    """Take the ticket over, for a person with a seat there or into the queue (H13).

    Raises Conflict when the request has ended, NotAllowed, NotFound, Invalid(field="to").
    """
    now = at or timezone.now()
    with transaction.atomic():
        target = open_desk(transfer.target)
        going.let_go([transfer.ticket_id], at=now)
        transfer = _lock(transfer, actor=actor)
        if not access.may_decide(actor, transfer):
            raise NotAllowed(access.REFUSED)
        if to is not None and transfer.state == TransferState.PENDING:
            seated(to, target.pk)
        _end(transfer, TransferState.ACCEPTED, actor=actor, now=now)
        former = transfer.ticket.assignee
        ticket = place(transfer.ticket, target=target, to=to, actor=actor, reason="accepted", now=now)
        handover_letters.accepted(transfer, actor=actor, former=former, to=to)
    return ticket


def reject(transfer: Transfer, *, actor: User, reason: str, at: datetime | None = None) -> Transfer:
    """Say no, and why (H13). Raises Invalid(field="reason") when empty or over 500 characters, else as accept()."""
    now, words = at or timezone.now(), strip_controls(reason).strip()
    if not one_line(words):
        raise Invalid("بنویسید چرا نه. همکارتان همین را می‌خواند.", field="reason")
    if len(words) > LONGEST_REASON:
        raise Invalid("دلیل باید کوتاه‌تر از ۵۰۰ نویسه باشد.", field="reason")
    with transaction.atomic():
        transfer = _lock(transfer, actor=actor)
        if not access.may_decide(actor, transfer):
            raise NotAllowed(access.REFUSED)
        _end(transfer, TransferState.REJECTED, actor=actor, now=now, answer=words)
        event = _event(transfer, EventKind.REJECTED, actor=actor, now=now)
        handover_letters.rejected(transfer, actor=actor, mark=event.pk)
    return transfer


def withdraw(transfer: Transfer, *, actor: User, at: datetime | None = None) -> Transfer:
    """Take a request back: who made it, or who handles the ticket (H13). Raises Conflict, NotAllowed, NotFound."""
    now = at or timezone.now()
    with transaction.atomic():
        transfer = _lock(transfer, actor=actor)
        if not access.may_withdraw(actor, transfer, transfer.ticket):
            raise NotAllowed(access.REFUSED)
        _end(transfer, TransferState.WITHDRAWN, actor=actor, now=now)
        _event(transfer, EventKind.WITHDRAWN, actor=actor, now=now)
        handover_letters.ended([transfer], state=TransferState.WITHDRAWN, actor=actor)
    return transfer


def return_everywhere(at: datetime | None = None) -> int:
    """Every tenant's turn of return_overdue(); safe twice, and at once."""
    now = at or timezone.now()
    with all_tenants("requests grow old in every tenant"):
        rows = _overdue(now).filter(tenant__is_active=True)
        tenants = list(rows.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())

    def turn(tenant: int) -> int:
        with tenant_scope(tenant):
            return return_overdue(at=now)

    return each(tenants, turn, what="requests that return")


def return_overdue(at: datetime | None = None) -> int:
    """Requests nobody answered in time go back to who asked, up to 200 a turn; returns how many (H13)."""
    now = at or timezone.now()
    with transaction.atomic():
        overdue = _overdue(now).order_by("due_at").values_list("pk", flat=True)
        rows = Transfer.objects.filter(pk__in=list(overdue[:BATCH]))
        return len(requests.end(rows, actor=None, state=TransferState.RETURNED, at=now, only_free=True))


def _overdue(now: datetime) -> QuerySet[Transfer]:
    # Of a ticket in the bin nothing is told; restored, its request is still there and goes back then.
    return Transfer.objects.filter(state=TransferState.PENDING, due_at__lte=now, ticket__deleted_at=None)


# Steps ----------------------------------------------------------------------------------------------------------
def _lock(transfer: Transfer, *, actor: User) -> Transfer:
    """The request, fresh, behind the lock of its ticket. Who answers it may see neither ticket nor request once it has
    ended, and is told that it has (Conflict), not that it never was. Raises NotFound for everybody else.
    """
    Ticket.objects.select_for_update(no_key=True).filter(pk=transfer.ticket_id).values_list("pk").first()
    return handovers.fetch_request(actor, transfer.pk)


def _end(transfer: Transfer, state: TransferState, *, actor: User, now: datetime, answer: str = "") -> None:
    """The one step that decides who was first."""
    mine = Transfer.objects.filter(pk=transfer.pk, state=TransferState.PENDING)
    if not mine.update(state=state, decided_by=actor, decided_at=now, answer=answer):
        raise Conflict(LATE)
    transfer.state, transfer.decided_by, transfer.decided_at, transfer.answer = state, actor, now, answer


def _write(ticket: Ticket, *, actor: User, now: datetime, **facts: object) -> Transfer:
    days = (TicketRules.objects.first() or TicketRules()).transfer_days
    try:
        with transaction.atomic():
            return Transfer.objects.create(
                ticket=ticket,
                source=ticket.department,
                requested_by=actor,
                created_at=now,
                due_at=now + timedelta(days=days) if days else FAR,
                **facts,
            )
    except IntegrityError:
        raise Conflict("انتقال این تیکت را پیش از شما خواسته‌اند و هنوز پاسخی نیامده است.") from None


def _event(transfer: Transfer, kind: EventKind, *, actor: User, now: datetime) -> Event:
    return Event.objects.create(
        ticket=transfer.ticket,
        actor=actor,
        kind=kind,
        from_department=transfer.source,
        to_department=transfer.target,
        to_person=transfer.person if kind == EventKind.REQUESTED else None,
        created_at=now,
    )
