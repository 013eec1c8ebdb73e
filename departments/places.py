"""Where a person sits and what their seats let them do (H8, S19)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, JSONField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import AccessLevel, User, Vacation
from accounts.roles import Right
from persian import jalali

from .models import Department, Seat

EVERY_RIGHT = frozenset(right.value for right in Right)
HOLDING = frozenset({Right.REPLY, Right.TAKE})  # a seat with one of them may have tickets in its hands
_KEPT = "_places"


@dataclass(frozen=True)
class Place:
    """One seat as a rule reads it: the department, whether its manager's, the rights of its access level, and whether
    the department's manager is away today.
    """

    department: Department
    is_manager: bool
    rights: frozenset[str]
    manager_away: bool = False

    @property
    def department_id(self) -> int:
        return self.department.pk

    @property
    def shares_unassigned(self) -> bool:
        return self.department.shares_unassigned

    @property
    def sees_department(self) -> bool:
        """Every ticket of the department, whoever holds it (SPEC: people)."""
        return self.is_manager or Right.SEE_DEPARTMENT in self.rights


def with_rights(seats: QuerySet[Seat]) -> QuerySet[Seat]:
    """Annotate ``granted``: the rights of the seat's access level, or of the built-in one of its own level."""
    builtin = AccessLevel.objects.filter(builtin=OuterRef("level")).values("rights")[:1]
    return seats.annotate(
        granted=Coalesce(F("access_level__rights"), Subquery(builtin), output_field=JSONField())
    )


def rights_in(seat: Seat) -> frozenset[str]:
    """The rights of a seat read by ``with_rights``; words that are no right any more count for nothing."""
    return EVERY_RIGHT & frozenset(getattr(seat, "granted", None) or ())


def places_of(user: Any) -> dict[int, Place]:
    """A member of staff's seats by department: one statement, kept on the person, so for a request at most."""
    kept: dict[int, Place] | None = user.__dict__.get(_KEPT)
    if kept is None:
        rows = Seat.objects.filter(user=user).select_related("department")
        rows = with_rights(rows.annotate(manager_away=_manager_away(jalali.local_day(timezone.now()))))
        kept = {
            seat.department_id: Place(
                seat.department,
                seat.is_manager,
                rights_in(seat),
                seat.manager_away,  # type: ignore[attr-defined]
            )
            for seat in rows
        }
        user.__dict__[_KEPT] = kept
    return kept


def _manager_away(day: date) -> Exists:
    """Whether a vacation of the department's manager covers the day; read along with the seats, so it costs nothing."""
    managers = Seat.objects.filter(
        department=OuterRef(OuterRef("department")), level=Seat.SeatLevel.MANAGER, user__is_active=True
    )
    covering = Vacation.objects.filter(starts_on__lte=day, ends_on__gte=day)
    return Exists(covering.filter(user__in=managers.values("user")))


def forget(user: Any) -> None:
    """Their seats have changed: read them again."""
    for name in (_KEPT, "_desks_answered", "_sight"):
        user.__dict__.pop(name, None)


def rights_of(user: User) -> frozenset[str]:
    """What any of the person's seats allows, for acts that are of no one department."""
    return frozenset().union(*(place.rights for place in places_of(user).values()))


def has_right_in(user: User, department_id: int, right: Right) -> bool:
    """Whether the owner, or the person's seat in this department, has the right."""
    if user.is_owner:
        return user.is_active
    if not user.is_staff_member or not user.is_active:
        return False
    place = places_of(user).get(department_id)
    return place is not None and right in place.rights


def may_hold_in(user: User, department_id: int) -> bool:
    """Whether a ticket of this department may be in the person's hands: their seat there answers, or takes tickets."""
    return any(has_right_in(user, department_id, right) for right in HOLDING)


def holding_in(departments: Iterable[int]) -> set[tuple[int, int]]:
    """Who may have tickets of these departments in their hands, by their seats: pairs of department and person (ids);
    one statement. An owner may everywhere, without a seat.
    """
    seats = with_rights(Seat.objects.filter(department_id__in=departments, user__is_active=True))
    return {(seat.department_id, seat.user_id) for seat in seats if HOLDING & rights_in(seat)}
