"""What a new ticket may be sent to, and whom our side may open one for (H17, H9, S33)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from accounts.models import User
from accounts.roles import Right, Role
from departments.absence import away_column
from departments.access import offered_to
from departments.models import Department, Seat, ServiceLink, Topic
from departments.places import places_of, rights_in, with_rights
from departments.questions import asks
from persian import sort_key
from persian.digits import to_latin
from web.days import today
from web.numbers import whole

from . import routing, search
from .choices import in_tree_order


class Offer:
    """What ``actor`` may choose for a ticket of ``requester``; each list is read when it is first looked at.

    Our side is offered hidden and restricted departments and every seat too (S33). With ``link`` (H9) department and
    person are not asked at all, and only that department's topics are offered.
    """

    def __init__(self, actor: Any, requester: User) -> None:
        self._ours = bool(actor.is_staff_member)
        self._requester = requester

    @cached_property
    def link(self) -> ServiceLink | None:
        """The company's exclusive link, which its personnel inherit."""
        link = routing.link_of(self._requester.customer)
        if link is not None:
            link.department.asks = link.asks  # type: ignore[attr-defined]
        return link

    @cached_property
    def departments(self) -> list[Department]:
        """In their own order."""
        return [] if self.link else list(self._departments())

    @cached_property
    def topics(self) -> list[Topic]:
        """Of every offered department, each followed by those that lie in it."""
        return in_tree_order(self._linked_topics(self.link) if self.link else self._topics())

    @cached_property
    def people(self) -> dict[User, list[int]]:
        """Who may be chosen, by name, with the departments they sit in."""
        people: dict[User, list[int]] = {}
        for seat in [] if self.link else self._seats().order_by("user__sort_key", "user_id", "pk"):
            if Right.REPLY not in rights_in(seat):
                continue
            people.setdefault(seat.user, []).append(seat.department_id)
        return people

    def department(self, text: str) -> Department | None:
        """The offered department of a posted id."""
        return self._departments().filter(pk=whole(text)).first()

    def topic(self, text: str) -> Topic | None:
        """The offered topic of a posted id, with its department."""
        found = self._topics().filter(pk=whole(text)).first()
        if found is None and self.link is not None:
            return self._linked_topics(self.link).filter(pk=whole(text)).first()
        return found

    def person(self, text: str) -> User | None:
        """The person of a posted public id who may be chosen somewhere."""
        try:
            seat = self._seats().filter(user__public_id=UUID(text)).first()
        except ValueError:
            return None
        return seat.user if seat else None

    def _departments(self) -> QuerySet[Department]:
        """With ``asks`` and ``linked``, so that a form knows without a statement more what settles its questions."""
        ours, customer = Department.objects.filter(is_active=True), self._requester.customer
        rows = ours if self._ours else offered_to(customer)
        return rows.annotate(asks=asks("pk"), linked=self._linked())

    def _linked(self) -> Exists:
        """A column: whether an exclusive link settles where the requester's tickets go."""
        return Exists(ServiceLink.objects.filter(customer=self._requester.customer_id))

    def _topics(self) -> QuerySet[Topic]:
        rows = _on_the_form().filter(department__is_active=True).annotate(linked=self._linked())
        return rows if self._ours else rows.filter(department__in=self._departments().values("pk"))

    def _linked_topics(self, link: ServiceLink) -> QuerySet[Topic]:
        # A linked company may be served by a department that others do not see.
        return _on_the_form().filter(department=link.department_id)

    def _seats(self) -> QuerySet[Seat]:
        rows = Seat.objects.filter(user__is_active=True, department__is_active=True).select_related("user")
        rows = with_rights(rows)
        if self._ours:
            return rows
        # Customers choose among those who are there.
        rows = rows.annotate(away_until=away_column(today())).filter(away_until=None)
        return rows.filter(accepts_choice=True, department__in=self._departments().values("pk"))


def _on_the_form() -> QuerySet[Topic]:
    """Topics that new tickets may name, with department and the group they lie in (Topic.is_offered)."""
    rows = Topic.objects.filter(is_active=True).select_related("department", "parent")
    rows = rows.annotate(asks=asks("department"))
    return rows.exclude(parent__is_active=False)


PEOPLE = 50


def people_to_write_to(text: str) -> list[User]:
    """Customers' people our side may open a ticket to, found by name, company or mobile; the first PEOPLE by name."""
    people = _writable()
    for word in text.split()[: search.MOST_WORDS]:
        key = sort_key(word)
        hit = Q(sort_key__contains=key) | Q(customer__sort_key__contains=key) if key else Q()
        people = people.filter(hit | _mobile_like(word))
    return list(people.select_related("customer").order_by("sort_key", "pk")[:PEOPLE])


def person_to_write_to(public_id: UUID) -> User | None:
    """The one customer's person of a public id, or None."""
    return _writable().select_related("customer").filter(public_id=public_id).first()


def _writable() -> QuerySet[User]:
    """Customers' people who come in, of companies that do."""
    return User.objects.filter(role=Role.CUSTOMER, is_active=True, customer__is_active=True)


def colleagues_by_id(public_ids: Iterable[UUID]) -> QuerySet[User]:
    """Those of our active people who have one of these public ids."""
    return User.objects.filter(role__in=(Role.OWNER, Role.STAFF), is_active=True, public_id__in=public_ids)


def own_departments(actor: Any) -> list[Department]:
    """The departments an internal ticket of this person may come from: none of the owner's (S11)."""
    own = [] if actor.is_owner else [place.department for place in places_of(actor).values()]
    return sorted((one for one in own if one.is_active), key=lambda one: (one.position, one.pk))


def _mobile_like(word: str) -> Q:
    digits = to_latin(word).removeprefix("+98").removeprefix("0")
    return (
        Q(mobile__contains=digits)
        if len(digits) >= 3 and digits.isascii() and digits.isdigit()
        else Q(pk=None)
    )
