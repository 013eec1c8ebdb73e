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

from .. import access, clock, moves, rules, variables
from ..models import Event, Message, Ticket, TicketStatus
from ..states import THEIRS, Audience, Category, Channel, EventKind, MessageKind, Side
from . import custody, drafts, moving, notes, onward, telling
from .common import clean_words, default_status, sent_before, write_message
from .reading import mark_read
from .versions import check, check_twice
from .words import share

# What setting a status may change beside it: the clock, and the customer's silence.
TURN = (*clock.COLUMNS, "silent_since", "warned_at")
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
    *TURN,
)


def reply(
    ticket: Ticket,
    *,
    actor: User,
    body: str,
    client_key: UUID,
    html: str = "",
    files: Iterable[StoredFile] = (),
    status: TicketStatus | None = None,
    signed: bool = True,
    seen: int | None = None,
    over: datetime | None = None,
    at: datetime | None = None,
) -> Message:
    """Say something the other side reads. Ours stops the clock, the asker's starts it; a closed ticket reopens.

    A customer's word on a ticket closed for too long opens a new one instead (S7): then the message is that one's.
    ``status``: what staff set with it («ارسال و …»). ``signed``: whether the writer's signature stands under an answer
    to a customer (S23). Sending the same ``client_key`` again returns the first message.
    ``seen``: the last message its page showed; raises Newer when another came since (services/versions.py).
    ``over``: since when the other side has said what the writer had not seen; it stays unread and waits for us.
    """
    (body, html), now = clean_words(body, html), at or timezone.now()
    with transaction.atomic():
        ticket = _lock(ticket, actor=actor, now=now)
        access.require("reply", actor, ticket)
        before = sent_before(
            client_key, ticket=ticket, actor=actor, kind=MessageKind.REPLY, words=(body, html)
        )
        if before is not None:
            return before
        check(ticket, actor, seen=seen)
        check_twice(ticket, actor, body=body, key=client_key, seen=seen)
        drafts.ended(actor, client_key)
        if actor.is_customer and rules.is_over(ticket, now):
            return onward.go_on(
                ticket, actor=actor, body=body, html=html, client_key=client_key, files=files, at=now
            )
        message = write_message(
            ticket,
            actor=actor,
            kind=MessageKind.REPLY,
            body=body,
            html=html,
            signature=_signature(ticket, actor=actor) if signed else "",
            client_key=client_key,
            files=files,
            at=now,
        )
        _follow(ticket, message, actor=actor, status=status, over=over, now=now)
    return message


def _follow(
    ticket: Ticket,
    message: Message,
    *,
    actor: User,
    status: TicketStatus | None,
    over: datetime | None,
    now: datetime,
) -> None:
    """What a reply changes on its ticket, and whom it tells."""
    holding = custody.held(ticket)
    ours = message.side == Side.STAFF
    if ours:
        _ours(ticket, actor=actor, status=status, over=over, now=now)
    else:
        _theirs(ticket, actor=actor, now=now)
    ticket.updated_at = ticket.last_message_at = now
    ticket.save(update_fields=SAVED)
    custody.keep(ticket, holding, at=now)
    if over is None:
        mark_read(ticket, actor=actor, at=now)
    if ours:
        telling.answered(ticket, message, actor=actor)
    else:
        telling.customer_replied(ticket, message)


def note(
    ticket: Ticket,
    *,
    actor: User,
    body: str,
    client_key: UUID,
    html: str = "",
    files: Iterable[StoredFile] = (),
    audience: str = Audience.RIGHT,
    readers: Iterable[User] = (),
    at: datetime | None = None,
) -> Message:
    """Write what no customer ever sees (S12). The ticket itself stays as it was: neither clock nor unread mark nor the
    moment of its last change may tell a customer of it.

    ``audience`` named: only the ``readers``, the writer and the owner read it. Whoever is named, there or by «@» in
    the text, is told, and sees the ticket from then on when the writer handles it (B5). Raises Invalid (body,
    audience, readers), NotAllowed, NotFound, Conflict.
    """
    (body, html), now = clean_words(body, html), at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("note", actor, ticket)
        before = sent_before(
            client_key, ticket=ticket, actor=actor, kind=MessageKind.NOTE, words=(body, html)
        )
        if before is not None:
            return before
        drafts.ended(actor, client_key)
        called = notes.called(ticket, actor=actor, body=body, audience=audience, readers=readers)
        message = write_message(
            ticket,
            actor=actor,
            kind=MessageKind.NOTE,
            body=body,
            html=html,
            client_key=client_key,
            files=files,
            at=now,
            audience=audience,
        )
        notes.let_read(ticket, message, called, actor=actor)
        return message


def _lock(ticket: Ticket, *, actor: User, now: datetime) -> Ticket:
    """The ticket, locked and fresh; behind its department, where what is said goes on in a new one."""
    if actor.is_customer and rules.is_over(ticket, now):
        onward.hold(ticket)
    return access.lock(actor, ticket)


def _signature(ticket: Ticket, *, actor: User) -> str:
    """What stands under an answer of ours to a customer: among ourselves nobody signs."""
    if not actor.is_staff_member or ticket.channel == Channel.INTERNAL:
        return ""
    return variables.signature(actor, ticket)


def _ours(
    ticket: Ticket, *, actor: User, status: TicketStatus | None, over: datetime | None, now: datetime
) -> None:
    """Our answer: take an unassigned ticket that is ours to take, set the status, stop the clock; it runs on for a
    word the writer had not seen.
    """
    if ticket.assignee_id is None and "take" in access.allowed(actor, ticket):
        ticket.assignee = actor
        Event.objects.create(
            ticket=ticket, actor=actor, kind=EventKind.TAKEN, to_person=actor, created_at=now
        )
        share([ticket.pk], actor, department=ticket.department_id)
    target = _target(ticket, status, over)
    closed = ticket.category == Category.CLOSED
    if status is not None and not closed and not moves.may_set(ticket, status):
        raise Invalid("این وضعیت اکنون ممکن نیست. یکی دیگر را انتخاب کنید.", field="status")
    if closed:
        Event.objects.create(ticket=ticket, actor=actor, kind=EventKind.REOPENED, created_at=now)
        ticket.closed_at = None
        moving.let_go(ticket, actor=actor, at=now)
    # An answer ends the wait, whatever status comes with it: one that leaves the ball with us begins another.
    clock.answered(ticket, over or now)
    ticket.answered_at = now
    ticket.first_answered_at = ticket.first_answered_at or now
    if over is not None:
        clock.start(ticket, over)
    change_status(ticket, target, actor=actor, now=now, told=not closed)


def _target(ticket: Ticket, status: TicketStatus | None, over: datetime | None) -> TicketStatus:
    """The status after an answer of ours."""
    if over is None:
        return status or default_status(Category.ANSWERED)
    return ticket.status if ticket.category == Category.OPEN else default_status(Category.OPEN)


def _theirs(ticket: Ticket, *, actor: User, now: datetime) -> None:
    """The asker's message: the ball is ours again; a closed ticket opens."""
    is_first = ticket.answered_at is not None and ticket.last_message_at <= ticket.answered_at
    if is_first and ticket.waiting_since is None:
        # What we set by hand after our answer was no wait of theirs: their first word since begins one.
        clock.settle(ticket)
    if ticket.category == Category.CLOSED:
        Event.objects.create(ticket=ticket, actor=actor, kind=EventKind.REOPENED, created_at=now)
        ticket.closed_at = None
        moving.let_go(ticket, actor=actor, at=now, tells=False)  # they hear of the message itself
        change_status(ticket, default_status(Category.OPEN), actor=actor, now=now, told=False)
    elif ticket.category in (Category.WAITING, Category.ANSWERED):
        who = "asker" if ticket.channel == Channel.INTERNAL else "customer"
        change_status(ticket, default_status(Category.OPEN), actor=actor, now=now, reason=who)
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
        clock.stop(ticket, now)
    # Each word of ours begins the customer's silence anew (services/silence.py).
    ticket.silent_since, ticket.warned_at = (now if target.category in THEIRS else None), None
