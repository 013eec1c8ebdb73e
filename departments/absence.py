"""Who of a department is there on a day, and who stands in for those who are away (H9, S18).

A person is present when their seat's person is switched on and no vacation of theirs covers the day. A substitute
counts where they have a seat in the same department: only there may they do what the one who is away does.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import DateField, Exists, OuterRef, QuerySet, Subquery

from accounts.models import User, Vacation
from accounts.roles import Right
from web.days import today

from .models import Department, Seat, StaffGroupMember
from .places import places_of, rights_in, with_rights


def away_column(day: date, person: str = "user") -> Subquery:
    """The last day of the vacation that covers ``day``, for the person behind a column; NULL for who is there."""
    covering = Vacation.objects.filter(user=OuterRef(person), starts_on__lte=day, ends_on__gte=day)
    return Subquery(covering.order_by("-ends_on").values("ends_on")[:1], output_field=DateField())


def with_absence(seats: QuerySet[Seat], day: date) -> QuerySet[Seat]:
    """Annotate ``away_until`` and ``stands_in`` (the substitute's id) on seats, without a statement of its own."""
    covering = Vacation.objects.filter(user=OuterRef("user"), starts_on__lte=day, ends_on__gte=day)
    return seats.annotate(
        away_until=away_column(day),
        stands_in=Subquery(covering.order_by("-ends_on").values("substitute_id")[:1]),
    )


def _by_seat(seat: Seat) -> int:
    return seat.pk


def answering(
    departments: Iterable[int], day: date, *, group: int | None = None, holds: bool = False
) -> list[Seat]:
    """Seats of the switched-on people who answer customers in these departments, with absence; one statement.

    With the id of a named ``group`` of staff, ``is_named`` says who of them is in it. ``holds``: lock the departments'
    rows by the way, inside a transaction.
    """
    rows = Seat.objects.select_related("user").filter(department_id__in=departments, user__is_active=True)
    if group is not None:
        members = StaffGroupMember.objects.filter(group=group, user=OuterRef("user"))
        rows = rows.annotate(is_named=Exists(members))
    if holds:
        rows = rows.select_related("department").select_for_update(no_key=True, of=("department",))
    return [seat for seat in with_rights(with_absence(rows, day)) if Right.REPLY in rights_in(seat)]


def desks_answered_by(user: Any) -> list[int]:
    """Departments a member of staff answers for today: those they manage, and those whose absent manager they stand in
    for (H13). Kept on the person; a statement only where the manager of one of their departments is away.
    """
    kept: list[int] | None = user.__dict__.get("_desks_answered")
    if kept is None:
        places = places_of(user).values()
        kept = [place.department_id for place in places if place.is_manager]
        away = [place.department for place in places if place.manager_away and not place.is_manager]
        if away:
            kept += _stood_in_for(user, away)
        user.__dict__["_desks_answered"] = kept
    return kept


def _stood_in_for(user: Any, departments: list[Department]) -> list[int]:
    seats: dict[int, dict[int, Seat]] = {department.pk: {} for department in departments}
    for seat in answering(seats, today()):
        seats[seat.department_id][seat.user_id] = seat
    crews = [Crew(department, seats=seats[department.pk]) for department in departments]
    return [crew.department.pk for crew in crews if crew.manager is not None and crew.manager.pk == user.pk]


class Crew:
    """The switched-on people of a department on a day; one statement, when it is first asked.

    With the id of a named ``group`` of staff it knows who of them is in it. ``seats``: read already, with others'.
    ``holds``: the department's row is locked by that statement.
    """

    def __init__(
        self,
        department: Department,
        day: date | None = None,
        *,
        group: int | None = None,
        seats: dict[int, Seat] | None = None,
        holds: bool = False,
    ) -> None:
        self.department = department
        self.holds = holds
        self._day = day or today()
        self._group = group
        if seats is not None:
            self.__dict__["seats"] = seats

    @cached_property
    def seats(self) -> dict[int, Seat]:
        """Seats of those who answer customers here, by person; those who are away among them."""
        seats = answering([self.department.pk], self._day, group=self._group, holds=self.holds)
        return {seat.user_id: seat for seat in seats}

    def is_present(self, pk: int | None) -> bool:
        """Whether this person answers here and is not away."""
        seat = self.seats.get(pk or 0)
        return seat is not None and seat.away_until is None  # type: ignore[attr-defined]

    def takers(self, *, named: bool = False) -> list[User]:
        """Who takes part when new tickets are given out, in an order that stays: those who are there (S1).

        The manager gives out and takes part only where nobody else is there; ``named``: everybody of the named group
        who sits here, the manager too.
        """
        there = sorted((seat for seat in self.seats.values() if self.is_present(seat.user_id)), key=_by_seat)
        if named:
            return [seat.user for seat in there if seat.is_named]  # type: ignore[attr-defined]
        return [seat.user for seat in there if not seat.is_manager] or [seat.user for seat in there]

    def stand_in(self, pk: int | None) -> User | None:
        """Who is there for this person: themself, else their substitute, and so on; nobody where that is a ring."""
        met: set[int] = set()
        while pk is not None and pk in self.seats and pk not in met:
            if self.is_present(pk):
                return self.seats[pk].user
            met.add(pk)
            pk = self.seats[pk].stands_in  # type: ignore[attr-defined]
        return None

    @property
    def manager(self) -> User | None:
        """The manager, or who stands in for them while they are away; None where there is neither."""
        return self.stand_in(self._managing)

    @property
    def has_manager(self) -> bool:
        """Whether somebody manages here, there or not."""
        return self._managing is not None

    @property
    def answerable(self) -> User | None:
        """Who is told of what lies unassigned: the manager, or who stands in for them as far as they see it too."""
        return self.answering_for(None)

    def answering_for(self, holder: int | None) -> User | None:
        """Who is told of a ticket in this person's hands, or in nobody's: the manager, or who stands in for them as
        far as they see that ticket too (SPEC: people).
        """
        person = self.manager
        if person is None or person.pk == self._managing or person.is_owner:
            return person
        theirs = self.department.shares_unassigned if holder is None else holder == person.pk
        return person if theirs or Right.SEE_DEPARTMENT in rights_in(self.seats[person.pk]) else None

    @property
    def _managing(self) -> int | None:
        return next((pk for pk, seat in self.seats.items() if seat.is_manager), None)
