"""Giving out new tickets in turn, or to whom has least to do (S1). Only inside the transaction that opens one.

The row of the topic or department is locked here and the tenant's counter afterwards, never the other way round.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Count, Max

from accounts.models import User
from departments.models import Department, Topic
from tenants.scope import current_tenant_id
from web.errors import Conflict

from .models import Ticket
from .states import UNFINISHED

_TURNS: dict[type[Department] | type[Topic], str] = {
    Department: "UPDATE departments_department SET turn = turn + 1 WHERE tenant_id = %s AND id = %s RETURNING turn",
    Topic: "UPDATE departments_topic SET turn = turn + 1 WHERE tenant_id = %s AND id = %s RETURNING turn",
}


def in_turn(people: list[User], *, of: Department | Topic) -> User:
    """The next of these people; two at once never draw the same turn. Raises Conflict when the row is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_TURNS[type(of)], [current_tenant_id(), of.pk])
        drawn = cursor.fetchone()
    if drawn is None:
        raise Conflict
    return people[(drawn[0] - 1) % len(people)]


def least_loaded(people: list[User], *, of: Department, is_held: bool = False) -> User:
    """Who of these holds the fewest unfinished tickets of a department; of equals, who was given one longest ago.

    Whoever asks waits until the one before has committed, whatever their topic: only then is the count true.
    ``is_held``: an earlier statement of this transaction has locked the department's row.
    """
    if not is_held:
        Department.objects.select_for_update(no_key=True).order_by().values_list("pk").get(pk=of.pk)
    held = Ticket.objects.filter(department=of, assignee__in=people, category__in=UNFINISHED).order_by()
    loads = {
        pk: (count, last) for pk, count, last in held.values_list("assignee").annotate(Count("pk"), Max("pk"))
    }
    return min(people, key=lambda person: loads.get(person.pk, (0, 0)))
