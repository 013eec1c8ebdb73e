"""Whose hands a ticket is in: taking, assigning, referring, moving (H10, H12, H13, S10, S21)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Right
from departments.models import Department, Seat, ServiceLink
from departments.places import rights_in, with_rights
from departments.services import links
from departments.services.rows import require_ours
from persian.clean import strip_controls
from persian.digits import to_persian
from web.errors import Conflict, Invalid, NotAllowed, NotFound

from .. import access, clock
from ..models import Event, Message, Ticket, Transfer
from ..states import EventKind, MessageKind, TransferState
from . import custody, going, handover_letters, moving, requests, telling, watching
from .common import Used, clean_body, sent_before, side_of, write_message
from .words import let_read, share

MOST = 200  # tickets given to somebody in one act
TAKEN = "این تیکت را همکار دیگری برداشت."
PLACED = ("department", "topic", "assignee", "updated_at", *clock.COLUMNS)


def take(ticket: Ticket, *, actor: User, at: datetime | None = None) -> Ticket:
    """«برمی‌دارم»: an unassigned ticket of one's own department. Two at once: the second gets Conflict, and so does who
    comes while an answer that takes it is on its way.
    """
    now = at or timezone.now()
    try:
        with transaction.atomic():
            ticket = going.lock(actor, ticket, at=now)
            if ticket.assignee_id == actor.pk:
                return ticket
            if ticket.assignee_id is not None:
                raise Conflict(TAKEN)
            access.require("take", actor, ticket)
            return _hand(ticket, to=actor, actor=actor, kind=EventKind.TAKEN, now=now)
    except NotFound:
        if access.sees(actor, ticket):
            raise Conflict(TAKEN) from None
        raise


def assign(
    ticket: Ticket,
    *,
    actor: User,
    to: User,
    note: str = "",
    client_key: UUID | None = None,
    link: bool = False,
    at: datetime | None = None,
) -> Ticket:
    """Give a ticket to a person with a seat in its department (manager or owner; H12). Raises Invalid(field="to").

    ``note`` is a private note the receiver may read; ``link``: the customer's exclusive link goes to them as well.
    """
    now = at or timezone.now()
    with transaction.atomic():
        if link:
            _relink([ticket], actor=actor, to=to)
        ticket = going.lock(actor, ticket, at=now)
        access.require("assign", actor, ticket)
        seated(to, ticket.department_id)
        if note.strip():
            explain(ticket, actor=actor, text=note, client_key=client_key or uuid4(), reader=to, at=now)
        if ticket.assignee_id == to.pk:
            return ticket
        return _hand(ticket, to=to, actor=actor, kind=EventKind.ASSIGNED, now=now)


def refer(
    ticket: Ticket,
    *,
    actor: User,
    to: User,
    explanation: str,
    client_key: UUID,
    stay: bool = False,
    at: datetime | None = None,
) -> Ticket:
    """Hand a ticket to a colleague of its department at once, with words they can always read (S10, S21).

    ``stay``: who hands it over goes on seeing it, as a watcher.
    Raises Invalid(field="to") for oneself and for who has no seat there, Invalid(field="explanation") when it is empty
    or too long. The same form twice is one referral; Used where it has said something else.
    """
    now = at or timezone.now()
    with transaction.atomic():
        # Sent twice: whose it was, may no longer see it.
        if said(client_key, actor, text=explanation, to=to.public_id):
            return ticket
        ticket = going.lock(actor, ticket, at=now)
        access.require("refer", actor, ticket)
        if to.pk == actor.pk:
            raise Invalid("این خود شما هستید. همکار دیگری را انتخاب کنید.", field="to")
        seated(to, ticket.department_id)
        if ticket.assignee_id == to.pk:
            raise Invalid("این تیکت همین حالا هم دست اوست. کس دیگری را انتخاب کنید.", field="to")
        explain(ticket, actor=actor, text=explanation, client_key=client_key, reader=to, at=now)
        if stay:
            watching.stay(ticket, actor=actor, at=now)
        return _hand(ticket, to=to, actor=actor, kind=EventKind.REFERRED, now=now)


def move(
    ticket: Ticket,
    *,
    actor: User,
    target: Department,
    to: User | None = None,
    explanation: str = "",
    client_key: UUID | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Move a ticket to another department without asking: the owner's (H13). To a person, or into the queue there.

    A pending request ends with it. Raises Invalid(field="target", "person", "explanation").
    """
    now = at or timezone.now()
    with transaction.atomic():
        whom = to.public_id if to else None
        if client_key is not None and said(client_key, actor, text=explanation, to=whom, target=target.pk):
            return ticket
        target = open_desk(target)
        ticket = going.lock(actor, ticket, at=now)
        access.require("move", actor, ticket)
        refuse_same(ticket, target)
        if to is not None:
            seated(to, target.pk, field="person")
        requests.end(
            Transfer.objects.filter(ticket=ticket),
            actor=actor,
            state=TransferState.WITHDRAWN,
            reason="moved",
            at=now,
        )
        if explanation.strip():
            note = explain(
                ticket, actor=actor, text=explanation, client_key=client_key or uuid4(), reader=to, at=now
            )
            # Kept as a request answered at once: whoever takes it from the queue there may read the words too.
            Transfer.objects.create(
                ticket=ticket, source=ticket.department, target=target, person=to, note=note, requested_by=actor,
                state=TransferState.ACCEPTED, created_at=now, decided_by=actor, decided_at=now,
            )  # fmt: skip
        return place(ticket, target=target, to=to, actor=actor, reason="", now=now)


def assign_many(
    numbers: Sequence[int],
    *,
    actor: User,
    to: User,
    note: str = "",
    client_key: UUID | None = None,
    link: bool = False,
    at: datetime | None = None,
) -> int:
    """Give up to 200 tickets of one department to a person with a seat there, all or none (H12); how many went.

    Set-based: one letter, however many there are. Raises Invalid for none, too many or several departments, NotFound
    when one of them is not seen, NotAllowed naming those that may not be assigned, Invalid(field="to").
    """
    now, wanted = at or timezone.now(), sorted(set(numbers))
    if not wanted or len(wanted) > MOST:
        raise Invalid("هر بار از ۱ تا ۲۰۰ تیکت را انتخاب کنید.")
    with transaction.atomic():
        tickets = _lock_many(actor, wanted, to, link=link, at=now)
        seated(to, tickets[0].department_id)
        going = [ticket for ticket in tickets if ticket.assignee_id != to.pk]
        if not going:
            return 0
        held = {ticket.pk: ticket.assignee_id for ticket in going}
        with custody.keeping(held, at=now):
            Ticket.objects.filter(pk__in=held).update(assignee=to, updated_at=now)
        mark = moving.record(held, actor=actor, kind=EventKind.ASSIGNED, to_person=to, created_at=now)
        if note.strip():
            _note_many(going, actor=actor, text=note, key=client_key or uuid4(), reader=to, at=now)
        share(held, to, department=going[0].department_id)
        handover_letters.assigned_many(
            len(going), department=going[0].department, to=to, actor=actor, mark=mark
        )
        return len(going)


def _lock_many(actor: User, numbers: list[int], to: User, *, link: bool, at: datetime) -> list[Ticket]:
    """The tickets of these numbers, locked and fresh, every one this person's to assign."""
    # Two statements, as in access.lock(): the second reads what is true once the locks are held.
    rows = access.tickets_seen_by(actor).filter(number__in=numbers).select_related("department", "customer")
    if link:
        _relink(_of_one_desk(list(rows)), actor=actor, to=to)
    moving.lock(Ticket.objects.filter(number__in=numbers), at=at)
    tickets = list(rows.order_by("number"))
    if len(tickets) != len(numbers):
        raise NotFound("یکی از این تیکت‌ها پیدا نشد. شاید در همین میان از دسترس شما رفته است.")
    _of_one_desk(tickets)
    refused = [ticket for ticket in tickets if not access.MAY["assign"](actor, ticket)]
    if refused:
        named = "، ".join(to_persian(str(ticket.number)) for ticket in refused[:10])
        raise NotAllowed(f"واگذاری این تیکت‌ها برای شما باز نیست و هیچ‌کدام واگذار نشد: {named}")
    return tickets


def _of_one_desk(tickets: list[Ticket]) -> list[Ticket]:
    if len({ticket.department_id for ticket in tickets}) > 1:
        raise Invalid("این تیکت‌ها از چند دپارتمان‌اند. تیکت‌های یک دپارتمان را با هم انتخاب کنید.")
    return tickets


# Steps that requests and referrals share ------------------------------------------------------------------------
def seated(person: User, department: int, *, field: str = "to") -> None:
    """Refuse a person who does not answer in a department, at ``field``. Inside a transaction.

    Their row is locked: whoever closes their access at this moment finds the ticket, or this finds it closed.
    """
    seats = Seat.objects.select_for_update(of=("user",), no_key=True).select_related("user")
    seat = with_rights(seats.filter(user=person, department_id=department, user__is_active=True)).first()
    if seat is None:
        raise Invalid("این شخص در این دپارتمان جایگاهی ندارد. کس دیگری را انتخاب کنید.", field=field)
    if Right.REPLY not in rights_in(seat):
        raise Invalid("این شخص در این دپارتمان به مشتری پاسخ نمی‌دهد. کس دیگری را انتخاب کنید.", field=field)


def open_desk(target: Department) -> Department:
    """The department a ticket is to go to, locked: it is not switched off meanwhile. Before any ticket is locked, as
    when a department is retired, so that the two never wait in a ring. Raises NotFound, Invalid(field="target").
    """
    require_ours(target)
    row = Department.objects.select_for_update(no_key=True).filter(pk=target.pk).first()
    if row is None or not row.is_active:
        raise Invalid("این دپارتمان خاموش است. دپارتمان دیگری را انتخاب کنید.", field="target")
    return row


def refuse_same(ticket: Ticket, target: Department) -> None:
    """Raise Invalid(field="target") for the department the ticket is in already."""
    if ticket.department_id == target.pk:
        raise Invalid("تیکت همین حالا هم در این دپارتمان است. دپارتمان دیگری را انتخاب کنید.", field="target")


def explain(
    ticket: Ticket, *, actor: User, text: str, client_key: UUID, reader: User | None, at: datetime
) -> Message:
    """The words that go with a ticket: a private note ``reader`` may read whatever their right (S12).

    Raises Invalid(field="explanation"). The same key is the same note; Used where it has said something else.
    """
    try:
        body = clean_body(text)
    except Invalid as refusal:
        empty = not text.strip()
        raise Invalid("بنویسید چرا." if empty else refusal.message, field="explanation") from None
    note = sent_before(client_key, ticket=ticket, actor=actor, kind=MessageKind.NOTE, words=(body, ""))
    if note is None:
        note = write_message(
            ticket, actor=actor, kind=MessageKind.NOTE, body=body, client_key=client_key, files=(), at=at
        )
    if reader is not None:
        let_read([note.pk], reader)
    return note


def place(
    ticket: Ticket,
    *,
    target: Department,
    to: User | None,
    actor: User,
    reason: str,
    now: datetime,
) -> Ticket:
    """Lay a locked ticket into another department, with a person or in its queue; the caller asked who may."""
    moved = Event.objects.create(
        ticket=ticket, actor=actor, kind=EventKind.MOVED, from_department=ticket.department, to_department=target,
        from_person=ticket.assignee, reason=reason, created_at=now,
    )  # fmt: skip
    before = custody.held(ticket)
    ticket.department, ticket.topic, ticket.assignee, ticket.updated_at = target, None, to, now
    clock.set_limits(ticket)  # whoever waited since yesterday still does; the limits are the new desk's
    ticket.save(update_fields=PLACED)
    custody.keep(ticket, before, at=now)
    if to is not None:
        Event.objects.create(
            ticket=ticket, actor=actor, kind=EventKind.ASSIGNED, to_person=to, created_at=now
        )
        share([ticket.pk], to, department=ticket.department_id)
        telling.assigned(ticket, actor=actor, mark=moved.pk)
    else:
        handover_letters.arrived(ticket, actor=actor, mark=moved.pk)
    return ticket


def _hand(ticket: Ticket, *, to: User, actor: User, kind: EventKind, now: datetime) -> Ticket:
    event = Event.objects.create(
        ticket=ticket, actor=actor, kind=kind, from_person=ticket.assignee, to_person=to, created_at=now
    )
    before = custody.held(ticket)
    ticket.assignee = to
    ticket.updated_at = now
    ticket.save(update_fields=["assignee", "updated_at"])
    custody.keep(ticket, before, at=now)
    share([ticket.pk], to, department=ticket.department_id)
    telling.assigned(ticket, actor=actor, mark=event.pk)
    return ticket


def said(
    client_key: UUID, actor: User, *, text: str, to: UUID | None, target: int | None = None
) -> Message | None:
    """The note that this person's form has made before, sent twice: with these words, to this person (public id) or
    department. Raises Used where it says or wishes something else now.
    """
    note = Message.objects.filter(client_key=client_key, author=actor, kind=MessageKind.NOTE).first()
    if note is None:
        return None
    there = note.readers.filter(user__public_id=to)
    if target is not None:
        there = Transfer.objects.filter(note=note, target=target, person__public_id=to)
    if note.body != strip_controls(text).strip() or not there.exists():
        raise Used
    return note


def _note_many(
    tickets: list[Ticket], *, actor: User, text: str, key: UUID, reader: User, at: datetime
) -> None:
    """The same note on each of several tickets; a key for each follows from the form's, so that twice is once. Raises
    Used where it has said something else.
    """
    try:
        body = clean_body(text)
    except Invalid as refusal:
        raise Invalid(refusal.message, field="note") from None
    keys = {uuid5(key, str(ticket.pk)): ticket for ticket in tickets}
    notes = list(Message.objects.filter(client_key__in=keys))
    if any((note.author_id, note.body) != (actor.pk, body) for note in notes):
        raise Used
    for note in notes:
        del keys[note.client_key]
    notes += Message.objects.bulk_create(
        Message(
            tenant_id=ticket.tenant_id,
            ticket=ticket,
            author=actor,
            kind=MessageKind.NOTE,
            side=side_of(actor, ticket),
            body=body,
            client_key=own,
            created_at=at,
        )  # fmt: skip
        for own, ticket in keys.items()
    )
    let_read([note.pk for note in notes], reader)


def _relink(tickets: Iterable[Ticket], *, actor: User, to: User) -> None:
    """Take the exclusive links of these tickets' customers along (H12), for who may. Before any ticket is locked, as
    when a customer is tied anew.
    """
    desks = {ticket.customer_id: ticket.department for ticket in tickets if ticket.customer_id is not None}
    for link in ServiceLink.objects.filter(customer__in=desks).select_related("customer").order_by("pk"):
        try:
            links.link_customer(
                actor=actor, customer=link.customer, department=desks[link.customer_id], staff=to
            )
        except Invalid as refusal:
            raise Invalid(refusal.message, field="to") from None
