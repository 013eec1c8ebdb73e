"""Replying and noting (S6, S12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tenants.models import StoredFile
from web.errors import Invalid

from .. import access, clock
from ..models import Event, Message, Ticket, TicketStatus
from ..states import Category, EventKind, MessageKind, may_move
from . import telling
from .common import clean_body, default_status, sent_before, write_message
from .hands import share
from .reading import mark_read

SAVED = (
    "status",
    "category",
    "assignee",
    "file_count",
    "updated_at",
    "last_message_at",
    "first_answered_at",
    "answered_at",
    "closed_at",
    "waiting_since",
    "yellow_at",
    "red_at",
)


def reply(
    ticket: Ticket,
    *,
    actor: User,
    body: str,
    client_key: UUID,
    files: Iterable[StoredFile] = (),
    status: TicketStatus | None = None,
    at: datetime | None = None,
) -> Message:
    """Say something the other side reads. Ours stops the clock, the customer's starts it; a closed ticket reopens.

    ``status``: what staff set with it («ارسال و …»). Sending the same ``client_key`` again returns the first message.
    """
    body, now = clean_body(body), at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("reply", actor, ticket)
        before = sent_before(client_key, ticket=ticket, actor=actor, kind=MessageKind.REPLY)
        if before is not None:
            return before
        message = write_message(
            ticket, actor=actor, kind=MessageKind.REPLY, body=body, client_key=client_key, files=files, at=now
        )
        ticket.updated_at = ticket.last_message_at = now
        if actor.is_staff_member:
            _ours(ticket, actor=actor, status=status, now=now)
        else:
            _theirs(ticket, actor=actor, now=now)
        ticket.save(update_fields=SAVED)
        mark_read(ticket, actor=actor, at=now)
        if actor.is_staff_member:
            telling.answered(ticket, message, actor=actor)
        else:
            telling.customer_replied(ticket, message)
    return message


def note(
    ticket: Ticket,
    *,
    actor: User,
    body: str,
    client_key: UUID,
    files: Iterable[StoredFile] = (),
    at: datetime | None = None,
) -> Message:
    """Write what no customer ever sees (S12). It moves neither the clock nor the customer's unread mark."""
    body, now = clean_body(body), at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("note", actor, ticket)
        before = sent_before(client_key, ticket=ticket, actor=actor, kind=MessageKind.NOTE)
        if before is not None:
            return before
        message = write_message(
            ticket, actor=actor, kind=MessageKind.NOTE, body=body, client_key=client_key, files=files, at=now
        )
        ticket.updated_at = now
        ticket.save(update_fields=["updated_at"])
        return message


def _ours(ticket: Ticket, *, actor: User, status: TicketStatus | None, now: datetime) -> None:
    """Our answer: take an unassigned ticket that is ours to take, set the status, stop the clock."""
    if ticket.assignee_id is None and "take" in access.allowed(actor, ticket):
        ticket.assignee = actor
        Event.objects.create(
            ticket=ticket, actor=actor, kind=EventKind.TAKEN, to_person=actor, created_at=now
        )
        share([ticket], actor)
    target = status or default_status(Category.ANSWERED)
    closed = ticket.category == Category.CLOSED
    if status is not None and not closed and not may_move(ticket.category, status.category):
        raise Invalid("این وضعیت اکنون ممکن نیست. یکی دیگر را انتخاب کنید.", field="status")
    if closed:
        Event.objects.create(ticket=ticket, actor=actor, kind=EventKind.REOPENED, created_at=now)
        ticket.closed_at = None
    change_status(ticket, target, actor=actor, now=now, told=not closed)
    ticket.answered_at = now
    ticket.first_answered_at = ticket.first_answered_at or now


def _theirs(ticket: Ticket, *, actor: User, now: datetime) -> None:
    """The customer's message: the ball is ours again; a closed ticket opens."""
    if ticket.category == Category.CLOSED:
        Event.objects.create(ticket=ticket, actor=actor, kind=EventKind.REOPENED, created_at=now)
        ticket.closed_at = None
        change_status(ticket, default_status(Category.OPEN), actor=actor, now=now, told=False)
    elif ticket.category in (Category.WAITING, Category.ANSWERED):
        change_status(ticket, default_status(Category.OPEN), actor=actor, now=now, reason="customer")
    else:
        clock.start(ticket, now)


def change_status(
    ticket: Ticket, target: TicketStatus, *, actor: User, now: datetime, reason: str = "", told: bool = True
) -> None:
    """Set a status and turn the clock accordingly; writes the event when it really changed. The caller saves."""
    if ticket.status_id != target.pk and told:
        Event.objects.create(
            ticket=ticket,
            actor=actor,
            kind=EventKind.STATUS,
            from_status=ticket.status,
            to_status=target,
            reason=reason,
            created_at=now,
        )
    ticket.status = target
    ticket.category = target.category
    if target.category in (Category.NEW, Category.OPEN):
        clock.start(ticket, now)
    else:
        clock.stop(ticket)
