"""A member of staff who leaves: what is theirs goes to others in the same step, and nothing is left with nobody (S22).

Tickets, exclusive customers, topics and a manager's place are settled department by department; then the door closes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User, Vacation
from accounts.services import people
from departments.absence import today
from departments.models import Department, Seat, ServiceLink, StaffGroupMember, Topic
from departments.services import desks, links
from departments.services.rights import require_ours, require_owner
from web.errors import Conflict, Invalid, NotFound

from . import moving


@dataclass(frozen=True)
class Burden:
    """What one person has in one department."""

    department: Department
    tickets: int
    customers: int
    topics: int
    manages: bool

    @property
    def is_light(self) -> bool:
        """Whether nothing of it asks where to go."""
        return not (self.tickets or self.customers or self.topics or self.manages)


def burden_of(user: User) -> list[Burden]:
    """What would be left behind, by department in its order; four statements, whatever there is."""
    tickets = moving.held_by_department(user)
    customers = _tally(ServiceLink.objects.filter(staff=user).values_list("department_id", flat=True))
    topics = _tally(Topic.objects.filter(assignee=user).values_list("department_id", flat=True))
    managed = set(
        Seat.objects.filter(user=user, level=Seat.SeatLevel.MANAGER).values_list("department_id", flat=True)
    )
    concerned = tickets.keys() | customers.keys() | topics.keys() | managed
    return [
        Burden(
            department,
            tickets.get(department.pk, 0),
            customers.get(department.pk, 0),
            topics.get(department.pk, 0),
            department.pk in managed,
        )
        for department in Department.objects.filter(pk__in=concerned).order_by("position", "pk")
    ]


@transaction.atomic
def leave_staff(
    user: User, *, actor: User, heirs: Mapping[int, User | None], at: datetime | None = None
) -> int:
    """Close a colleague's door after what is theirs has gone on; returns how many tickets went.

    ``heirs``: department id → who takes tickets, customers, topics and the manager's place there, or None: the
    tickets go to the queue, the customers stay with the department, the manager's place stays empty and the owner is
    told. Raises Invalid(field="heir_<id>") where an heir cannot be one, Conflict where something has come in since
    the question was asked, NotAllowed, NotFound.
    """
    require_owner(actor)
    require_ours(user, *heirs.values())
    if User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk").first() is None:
        raise NotFound()
    moved = 0
    for burden in burden_of(user):
        if burden.department.pk not in heirs:
            raise Conflict("در همین میان چیز تازه‌ای به او رسیده است. یک بار دیگر ببینید و بگویید به که برسد.")
        moved += _settle(user, burden, heirs[burden.department.pk], actor=actor, at=at)
    Vacation.objects.filter(substitute=user, ends_on__gte=today()).update(substitute=None)
    StaffGroupMember.objects.filter(user=user).delete()
    people.switch_off(user, actor=actor)
    return moved


def _settle(user: User, burden: Burden, heir: User | None, *, actor: User, at: datetime | None) -> int:
    department = burden.department
    if heir is not None:
        _require_heir(user, heir, department)
    if burden.manages:
        place = Seat.objects.select_related("user", "department", "access_level").get(
            user=user, department=department
        )
        desks.change_seat(
            place,
            actor=actor,
            level=Seat.SeatLevel.STAFF,
            accepts_choice=place.accepts_choice,
            access_level=place.access_level,
        )
        if heir is not None:
            seat = Seat.objects.get(user=heir, department=department)
            desks.seat(
                actor=actor,
                user=heir,
                department=department,
                level=Seat.SeatLevel.MANAGER,
                accepts_choice=seat.accepts_choice,
            )
    for link in ServiceLink.objects.select_related("customer").filter(department=department, staff=user):
        links.link_customer(actor=actor, customer=link.customer, department=department, staff=heir)
    Topic.objects.filter(department=department, assignee=user).update(assignee=heir)
    if not burden.tickets:
        return 0
    if heir is not None:
        return moving.hand_over(department, of=user, to=heir, actor=actor, at=at)
    return moving.release(department, of=user, actor=actor, at=at)


def _require_heir(user: User, heir: User, department: Department) -> None:
    seated = Seat.objects.filter(user=heir, department=department).exists()
    if heir.pk == user.pk or not heir.is_active or not seated:
        raise Invalid("همکاری از همین دپارتمان را انتخاب کنید.", field=f"heir_{department.pk}")


def _tally(ids: object) -> dict[int, int]:
    counts: dict[int, int] = {}
    for pk in ids:  # type: ignore[attr-defined]
        counts[pk] = counts.get(pk, 0) + 1
    return counts
