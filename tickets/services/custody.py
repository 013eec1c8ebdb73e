"""Who keeps a ticket: the spans behind «who kept it how long» (H13). The side that holds it is charged with its time.

A verb that changes department, holder or whose turn it is asks ``held`` before and ``keep`` after. The first span is
not written when a ticket is opened but when it ends: until then the ticket itself says it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from tenants.scope import current_tenant_id

from ..models import Custody, Ticket
from ..states import OURS, Category


class Held(NamedTuple):
    """A desk, a person of it if any, and whether it is our turn."""

    department_id: int
    person_id: int | None
    is_ours: bool


def held(ticket: Ticket) -> Held | None:
    """Who has a ticket now; nobody keeps a closed one, nor one in the bin."""
    if ticket.deleted_at is not None:
        return None
    return _held(ticket.department_id, ticket.assignee_id, ticket.category)


def keep(ticket: Ticket, before: Held | None, *, at: datetime) -> None:
    """Close the span of ``before`` and begin the next, where they differ: two statements, none where nothing changed.

    Inside the verb's transaction, with the ticket's row locked.
    """
    after = held(ticket)
    if after == before:
        return
    spans = []
    if before is not None and not Custody.objects.filter(ticket=ticket, ended_at=None).update(ended_at=at):
        spans.append(_span(ticket.pk, before, ticket.created_at, at))
    if after is not None:
        spans.append(_span(ticket.pk, after, at))
    if spans:
        Custody.objects.bulk_create(spans)


@contextmanager
def keeping(ids: Collection[int], *, at: datetime) -> Iterator[None]:
    """The same for many tickets, locked, round the statement that changes them: five statements, however many."""
    before = _read(ids)
    yield
    after = _read(ids)
    changed = {pk: held for pk, (held, _created) in before.items() if after.get(pk, (None,))[0] != held}
    if not changed:
        return
    open_ = Custody.objects.filter(ticket__in=changed, ended_at=None)
    written = set(open_.values_list("ticket_id", flat=True))
    open_.update(ended_at=at)
    spans = [
        _span(pk, held, before[pk][1], at)
        for pk, held in changed.items()
        if held is not None and pk not in written
    ]
    spans += [_span(pk, new, at) for pk in changed if (new := after.get(pk, (None,))[0]) is not None]
    Custody.objects.bulk_create(spans)


def _held(department: int, person: int | None, category: str) -> Held | None:
    return None if category == Category.CLOSED else Held(department, person, category in OURS)


def _read(ids: Collection[int]) -> dict[int, tuple[Held | None, datetime]]:
    rows = (
        Ticket.objects.filter(pk__in=ids)
        .order_by()
        .values_list("pk", "department_id", "assignee_id", "category", "created_at")
    )
    return {
        pk: (_held(department, person, category), created)
        for pk, department, person, category, created in rows
    }


def _span(ticket: int, held: Held, began_at: datetime, ended_at: datetime | None = None) -> Custody:
    return Custody(
        tenant_id=current_tenant_id(),
        ticket_id=ticket,
        **held._asdict(),
        began_at=began_at,
        ended_at=ended_at,
    )
