"""What the lists of tickets offer to be narrowed to: departments, people, topics, groups (H3, S18, S19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, CharField, Exists, SmallIntegerField, Value

from accounts.models import User
from departments.models import Department, StaffGroup, Topic
from persian import sort_key
from web.numbers import whole

from . import access
from .queries import topic_and_inner

GROUPS = 50


@dataclass(frozen=True)
class Choices:
    """What a list may be narrowed to: one's own desks, their people, and where internal tickets come from."""

    departments: list[Department]
    people: list[User]
    sources: list[Department]
    groups: list[StaffGroup]


def filter_choices(user: Any) -> Choices:
    """The owner's are all, others' those of their own desks; internal tickets may come from anywhere.

    One statement: departments with their seats, those without any among them, and the named groups of staff (S19).
    """
    desks = Department.objects.filter(is_active=True).order_by()
    groups = StaffGroup.objects.order_by()
    word, number = Value("", output_field=CharField()), Value(None, output_field=BigIntegerField())
    rows = desks.values_list(
        Value("desk"),
        "position",
        "pk",
        "name",
        "seats__user_id",
        "seats__user__name",
        "seats__user__sort_key",
    ).union(
        groups.values_list(
            Value("group"), Value(0, output_field=SmallIntegerField()), "pk", "name", number, word, word
        ),
        all=True,
    )
    found = sorted(rows, key=lambda row: row[1:3])
    seats = [row[2:] for row in found if row[0] == "desk"]
    named = [StaffGroup(pk=row[2], name=row[3]) for row in found if row[0] == "group"]
    every = {pk: Department(pk=pk, name=name) for pk, name, *_ in seats}
    own = set(every) if user.is_owner else {pk for pk, _name, person, *_ in seats if person == user.pk}
    people: dict[int, User] = {}
    for pk, _name, person, person_name, person_key in seats:
        if person is not None and pk in own:
            people.setdefault(person, User(pk=person, name=person_name, sort_key=person_key))
    return Choices(
        [department for pk, department in every.items() if pk in own],
        sorted(people.values(), key=lambda one: (one.sort_key, one.pk)),
        list(every.values()),
        sorted(named, key=lambda group: sort_key(group.name))[:GROUPS],
    )


def topics_among(departments: list[Department]) -> list[Topic]:
    """The topics of these departments, those off the form too, each followed by those that lie in it."""
    if not departments:
        return []
    return in_tree_order(
        Topic.objects.filter(department__in=departments).select_related("department", "parent")
    )


def in_tree_order(topics: Iterable[Topic]) -> list[Topic]:
    """By department, as its page shows them: read them with department and parent."""

    def place(topic: Topic) -> tuple[int, ...]:
        top, desk = topic.parent or topic, topic.department
        return (
            desk.position,
            desk.pk,
            top.position,
            top.pk,
            topic.parent is not None,
            topic.position,
            topic.pk,
        )

    return sorted(topics, key=place)


def names_of(user: Any, *, topic: str = "", customer: str = "") -> dict[str, dict[str, str]]:
    """Names behind ids of an address, for its chips: only of what stands on a ticket this person sees.

    A statement for each that is asked.
    """
    seen = access.tickets_seen_by(user).order_by()
    names: dict[str, dict[str, str]] = {"topic": {}, "customer": {}}
    if topic:
        rows = Topic.objects.select_related("parent").filter(pk=whole(topic))
        row = rows.filter(Exists(seen.filter(topic_id__in=topic_and_inner(topic)))).first()
        names["topic"] = {topic: row.path} if row else {}
    if customer:
        name = seen.filter(customer_id=whole(customer)).values_list("customer__name", flat=True).first()
        names["customer"] = {customer: name} if name else {}
    return names
