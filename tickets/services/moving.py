"""Many tickets changing hands at once: a department that closes, a manager who is replaced (H7, H8).

Set-based, with one letter a person however many tickets there are. Their clocks go on: whoever waited since
yesterday still does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import User
from departments.models import Department
from tenants.scope import current_tenant_id

from ..models import Event, Ticket, Transfer
from ..routing import responsible
from ..states import UNFINISHED, EventKind, TransferState
from . import custody, going, requests, telling


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


def held_by_department(user: User) -> dict[int, int]:
    """How many unfinished tickets a person holds, by department."""
    rows = unfinished().filter(assignee=user).order_by().values_list("department_id").annotate(n=Count("pk"))
    return dict(rows)


def lock(rows: QuerySet[Ticket], *, at: datetime) -> dict[int, int | None]:
    """Lock these tickets; id → its holder's id. In one order always, so that two such moves never wait in a ring.

    Answers on their way there go before (services/going.py).
    """
    locked = rows.select_for_update(no_key=True).order_by("pk")
    held: dict[int, int | None] = dict(locked.values_list("pk", "assignee_id"))
    if held and going.let_go(held, at=at):
        held = dict(rows.filter(pk__in=held).order_by("pk").values_list("pk", "assignee_id"))
    return held


def record(held: dict[int, int | None], **facts: object) -> int:
    """One event a ticket; returns the first one's id, which marks this move."""
    tenant = current_tenant_id()
    events: Iterable[Event] = (
        Event(tenant_id=tenant, ticket_id=pk, from_person_id=holder, **facts) for pk, holder in held.items()
    )
    return int(Event.objects.bulk_create(events)[0].pk)
