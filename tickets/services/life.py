"""Status, priority, closing and reopening (S7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tenants.models import StoredFile
from web.errors import Conflict, Invalid

from .. import access, clock, moves, rules
from ..models import Event, Message, Ticket, TicketStatus, Transfer
from ..states import Category, EventKind, Priority, Side, TransferState
from . import custody, going, moving, requests, telling
from .common import default_status
from .talk import TURN, change_status, reply

TOO_OLD = "این تیکت مدت‌هاست بسته است و دیگر باز نمی‌شود. همین‌جا بنویسید تا در تیکت تازه‌ای پی بگیریم."


def set_status(ticket: Ticket, *, actor: User, status: TicketStatus, at: datetime | None = None) -> Ticket:
    """Set one of the tenant's statuses by hand, where the move is allowed."""
    now = at or timezone.now()
    with transaction.atomic():
        ticket = going.lock(actor, ticket, at=now)
        access.require("set_status", actor, ticket)
        if not moves.may_set(ticket, status):
            raise Invalid("این وضعیت اکنون ممکن نیست. یکی دیگر را انتخاب کنید.", field="status")
        if ticket.status_id == status.pk:
            return ticket
        before = custody.held(ticket)
        change_status(ticket, status, actor=actor, now=now)
        ticket.updated_at = now
        ticket.save(update_fields=["status", "category", "updated_at", *TURN])
        custody.keep(ticket, before, at=now)
        return ticket


def set_priority(ticket: Ticket, *, actor: User, priority: int, at: datetime | None = None) -> Ticket:
    """Set the priority; a running clock is reckoned anew from where it started."""
    now = at or timezone.now()
    if priority not in Priority.values:
        raise Invalid("اولویت را انتخاب کنید.", field="priority")
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("set_priority", actor, ticket)
        if ticket.priority == priority:
            return ticket
        Event.objects.create(
            ticket=ticket,
            actor=actor,
            kind=EventKind.PRIORITY,
            from_priority=ticket.priority,
            to_priority=priority,
            created_at=now,
        )
        ticket.priority = priority
        ticket.updated_at = now
        clock.set_limits(ticket, now)
        ticket.save(update_fields=["priority", "updated_at", *TURN])
        return ticket


def close(ticket: Ticket, *, actor: User, seen: int | None = None, at: datetime | None = None) -> Ticket:
    """Close a ticket. Closing a closed one raises Conflict: somebody was first.

    ``seen``: id of the last message the closer was shown; a later one of the customer's raises Conflict, so that no
    ticket is closed over words nobody has read (TRUST, fault 22).
    """
    with transaction.atomic():
        if seen is not None:
            ticket = access.lock(actor, ticket)
            newer = Message.objects.filter(ticket=ticket, side=Side.CUSTOMER, pk__gt=seen)
            if newer.exists():
                raise Conflict("در همین میان مشتری پیام تازه‌ای نوشت و تیکت بسته نشد. آن را ببینید.")
        return _turn(ticket, "close", actor=actor, category=Category.CLOSED, event=EventKind.CLOSED, at=at)


def solve(
    ticket: Ticket,
    *,
    actor: User,
    body: str,
    client_key: UUID,
    html: str = "",
    files: Iterable[StoredFile] = (),
    seen: int | None = None,
    at: datetime | None = None,
) -> Message:
    """«مشکلم حل شد» with words in the box: they are said and the ticket is closed, in one act; twice is once.

    Words on a ticket closed for too long go on in a new one, which stays open. Raises as ``reply`` and ``close``.
    """
    now = at or timezone.now()
    with transaction.atomic():
        words: dict[str, Any] = {"body": body, "html": html, "client_key": client_key, "files": files}
        message = reply(ticket, actor=actor, seen=seen, at=now, **words)
        ticket = access.lock(actor, ticket)
        if message.ticket_id == ticket.pk and ticket.category != Category.CLOSED:
            close(ticket, actor=actor, at=now)
        return message


def reopen(ticket: Ticket, *, actor: User, at: datetime | None = None) -> Ticket:
    """Open a closed ticket again; the clock starts. Reopening an open one raises Conflict.

    So does a customer's reopening of one closed for longer than the owner's rule says (S7).
    """
    return _turn(ticket, "reopen", actor=actor, category=Category.OPEN, event=EventKind.REOPENED, at=at)


def _turn(
    ticket: Ticket, verb: str, *, actor: User, category: Category, event: EventKind, at: datetime | None
) -> Ticket:
    now = at or timezone.now()
    with transaction.atomic():
        closing = category == Category.CLOSED
        ticket = going.lock(actor, ticket, at=now) if closing else access.lock(actor, ticket)
        if (ticket.category == Category.CLOSED) is closing:
            raise Conflict(
                "این تیکت پیش از شما بسته شده است." if closing else "این تیکت پیش از شما باز شده است."
            )
        access.require(verb, actor, ticket)
        if not closing and actor.is_customer and rules.is_over(ticket, now):
            raise Conflict(TOO_OLD)
        mark = Event.objects.create(ticket=ticket, actor=actor, kind=event, created_at=now).pk
        if closing:
            requests.end(
                Transfer.objects.filter(ticket=ticket),
                actor=actor if actor.is_staff_member else None,
                state=TransferState.WITHDRAWN,
                reason="closed",
                at=now,
            )
        before = custody.held(ticket)
        if not closing:
            moving.let_go(ticket, actor=actor, at=now)
        change_status(ticket, default_status(category), actor=actor, now=now, told=False)
        ticket.closed_at = now if closing else None
        ticket.updated_at = now
        ticket.save(update_fields=["status", "category", "assignee", "closed_at", "updated_at", *TURN])
        custody.keep(ticket, before, at=now)
        if closing:
            telling.closed(ticket, actor=actor, mark=mark)
        return ticket
