"""Many tickets changing hands at once: a department that closes, a manager who is replaced (H7, H8).

Set-based, with one letter a person however many tickets there are. Their clocks go on: whoever waited since
yesterday still does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Customer, User
from departments.models import Department
from departments.places import may_hold_in
from tenants.scope import current_tenant_id

from ..models import Event, Ticket, Transfer
from ..routing import Route, responsible
from ..states import UNFINISHED, EventKind, TransferState
from . import custody, going, requests, telling
from .words import share


def unfinished() -> QuerySet[Ticket]:
    """All of the tenant's unfinished tickets, whoever sees them: only verbs of the owner's come here."""
    return Ticket.objects.filter(category__in=UNFINISHED)


def move_open(source: Department, *, to: Department, actor: User, at: datetime | None = None) -> int:
    """Move a department's unfinished tickets into another's queue, unassigned; returns how many. Inside a transaction.

    The new department's manager hears of them, and so do those whose tickets went (H7).
    """
    now = at or timezone.now()
    held = lock(unfinished().filter(department=source), at=now)
    if not held:
        return 0
    requests.end(
        Transfer.objects.filter(ticket__in=held),
        actor=actor,
        state=TransferState.WITHDRAWN,
        reason="moved",
        at=now,
    )
    with custody.keeping(held, at=now):
        # Other limits may hold there: the sweep reckons the clocks anew.
        Ticket.objects.filter(pk__in=held).update(
            department=to, topic=None, assignee=None, updated_at=now, reckoned_at=None
        )
    mark = record(
        held,
        actor=actor,
        kind=EventKind.MOVED,
        from_department=source,
        to_department=to,
        reason="retired",
        created_at=now,
    )
    telling.moved(
        len(held),
        source=source,
        to=to,
        actor=actor,
        receivers=responsible(to),
        losers=User.objects.filter(pk__in={pk for pk in held.values() if pk is not None}),
        mark=mark,
    )
    return len(held)


def hand_over(department: Department, *, of: User, to: User, actor: User, at: datetime | None = None) -> int:
    """Give one person's unfinished tickets of a department to another with a seat there; returns how many."""
    now = at or timezone.now()
    held = lock(unfinished().filter(department=department, assignee=of), at=now)
    if not held:
        return 0
    with custody.keeping(held, at=now):
        Ticket.objects.filter(pk__in=held).update(assignee=to, updated_at=now)
    mark = record(held, actor=actor, kind=EventKind.ASSIGNED, to_person=to, created_at=now)
    share(held, to, department=department.pk)
    telling.handed(len(held), department=department, of=of, to=to, actor=actor, mark=mark)
    return len(held)


def pass_on(department: Department, *, of: User, to: User | None, actor: User, at: datetime) -> int:
    """One person's unfinished tickets of a department to another, or to its queue, telling nobody; how many went."""
    held = lock(unfinished().filter(department=department, assignee=of), at=at)
    if held:
        with custody.keeping(held, at=at):
            Ticket.objects.filter(pk__in=held).update(assignee=to, updated_at=at)
        kind = EventKind.RELEASED if to is None else EventKind.ASSIGNED
        record(held, actor=actor, kind=kind, to_person=to, created_at=at)
        if to is not None:
            share(held, to, department=department.pk)
    return len(held)


def release(department: Department, *, of: User, actor: User | None, at: datetime | None = None) -> int:
    """Lay one person's unfinished tickets of a department into its queue; its manager hears of it once. How many."""
    now = at or timezone.now()
    held = lock(unfinished().filter(department=department, assignee=of), at=now)
    if not held:
        return 0
    with custody.keeping(held, at=now):
        Ticket.objects.filter(pk__in=held).update(assignee=None, updated_at=now)
    mark = record(held, actor=actor, kind=EventKind.RELEASED, created_at=now)
    telling.released(
        len(held), department=department, of=of, actor=actor, receivers=responsible(department), mark=mark
    )
    return len(held)


def follow(customer: Customer, way: Route, *, actor: User, at: datetime | None = None) -> int:
    """A customer's unfinished tickets go to the desk and the hands its link now names; how many went (H9).

    Whoever receives them hears it once, and so does everybody who held some. Inside a transaction, behind the link.
    """
    now, to, person = at or timezone.now(), way.department, way.assignee
    rows = unfinished().filter(customer=customer).exclude(department=to, assignee=person)
    held = lock(rows, at=now)
    if not held:
        return 0
    desks = Ticket.objects.filter(pk__in=held).exclude(department=to).order_by("pk")
    came: dict[int, int] = dict(desks.values_list("pk", "department_id"))
    requests.end(
        Transfer.objects.filter(ticket__in=came),
        actor=actor,
        state=TransferState.WITHDRAWN,
        reason="moved",
        at=now,
    )
    with custody.keeping(held, at=now):
        # Other limits may hold there: the sweep reckons the clocks anew.
        Ticket.objects.filter(pk__in=came).update(department=to, topic=None, reckoned_at=None)
        Ticket.objects.filter(pk__in=held).update(assignee=person, updated_at=now)
    tenant = current_tenant_id()
    Event.objects.bulk_create(
        Event(
            tenant_id=tenant, ticket_id=pk, actor=actor, kind=EventKind.MOVED, from_department_id=desk,
            to_department=to, from_person_id=held[pk], reason="linked", created_at=now,
        )
        for pk, desk in came.items()
    )  # fmt: skip
    mark = record(
        held, actor=actor, kind=EventKind.ROUTED, to_person=person, reason=way.reason, created_at=now
    )
    if person is not None:
        share(held, person, department=to.pk)
    former = {pk for pk in held.values() if pk is not None} - {person.pk if person else None}
    losers = User.objects.filter(pk__in=former)
    telling.followed(len(held), customer=customer, way=way, actor=actor, losers=losers, mark=mark)
    return len(held)


def let_go(ticket: Ticket, *, actor: User | None, at: datetime, tells: bool = True) -> None:
    """Take a ticket that comes back into somebody's hands out of them again, when they do not answer where it lies:
    their seat is gone, or their door is closed. It waits in the queue, and whoever answers for that hears it (S1).

    The caller holds the ticket's row, saves it, and keeps its custody; without ``tells`` also says who hears of it.
    """
    former, desk = ticket.assignee, ticket.department
    if former is None or may_hold_in(former, desk.pk):
        return
    ticket.assignee = None
    event = Event.objects.create(
        ticket=ticket, kind=EventKind.RELEASED, from_person=former, created_at=at
    )  # nobody did it: it follows from a seat that was taken away before
    if tells:
        there = responsible(desk)
        telling.released(1, department=desk, of=former, actor=actor, receivers=there, mark=event.pk)


def lock(rows: QuerySet[Ticket], *, at: datetime) -> dict[int, int | None]:
    """Lock these tickets; id → its holder's id. In one order always, so that two such moves never wait in a ring.

    Answers on their way there go before (services/going.py).
    """
    locked = rows.select_for_update(no_key=True).order_by("pk")
    held: dict[int, int | None] = dict(locked.values_list("pk", "assignee_id"))
    if held and going.let_go(held, at=at):
        held = dict(rows.filter(pk__in=held).order_by("pk").values_list("pk", "assignee_id"))
    return held


def record(held: Mapping[int, int | None], **facts: object) -> int:
    """One event a ticket; returns the first one's id, which marks this move."""
    tenant = current_tenant_id()
    events: Iterable[Event] = (
        Event(tenant_id=tenant, ticket_id=pk, from_person_id=holder, **facts) for pk, holder in held.items()
    )
    return int(Event.objects.bulk_create(events)[0].pk)
