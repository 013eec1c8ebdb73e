"""Departments and the people who sit in them (H7, H8). Topics are in topics.py, links in links.py."""

from collections.abc import Sequence
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from accounts.models import AccessLevel, User
from tenants.scope import current_tenant
from tenants.services import audit
from web.errors import Conflict, Invalid

from ..models import Department, Seat, ServiceLink, Sharing, Topic
from ..places import forget
from . import levels
from .rights import require_desk, require_owner
from .rows import (
    changed,
    clean_description,
    clean_name,
    locked,
    number,
    require_ours,
    save,
    stepped,
    wanted_order,
)

NAME_TAKEN = "دپارتمان دیگری همین نام را دارد. نام دیگری بنویسید."
TWICE = "یک دپارتمان دو بار در ترتیب آمده است. صفحه را تازه کنید."
LONGEST_DESCRIPTION = 300
DESK_RULES = (Sharing.QUEUE, Sharing.ROTATION, Sharing.LEAST)


@transaction.atomic
def create_department(
    *,
    actor: User | None,
    name: str,
    description: str = "",
    is_hidden: bool = False,
    is_restricted: bool = False,
    shares_unassigned: bool = True,
    rule: str = Sharing.QUEUE,
) -> Department:
    """Make a department, last in the order. Raises NotAllowed, Invalid(name, rule) (H7)."""
    require_owner(actor)
    last = Department.objects.aggregate(last=Max("position"))["last"]
    department = Department(
        name=clean_name(name, longest=80),
        description=clean_description(description, longest=LONGEST_DESCRIPTION),
        is_hidden=is_hidden,
        is_restricted=is_restricted,
        shares_unassigned=shares_unassigned,
        rule=_rule(rule),
        position=0 if last is None else last + 1,
    )
    save(department, taken=NAME_TAKEN)
    audit.record("create_department", actor=actor, target=department, after={"name": department.name})
    return department


@transaction.atomic
def change_department(
    department: Department,
    *,
    actor: User | None,
    name: str,
    description: str,
    is_hidden: bool,
    shares_unassigned: bool,
    is_restricted: bool = False,
    rule: str | None = None,
) -> Department:
    """Change a department's own words and switches; for whom it is chosen is in visibility.py (S33).

    ``rule`` is how it gives out new tickets (S1), left as it is when None. Raises NotAllowed, NotFound,
    Invalid(name, rule).
    """
    require_owner(actor)
    department = locked(department)
    values = {
        "name": clean_name(name, longest=80),
        "description": clean_description(description, longest=LONGEST_DESCRIPTION),
        "is_hidden": is_hidden,
        "is_restricted": is_restricted,
        "shares_unassigned": shares_unassigned,
        "rule": department.rule if rule is None else _rule(rule),
    }
    before, after = changed(department, values)
    if after:
        for field, value in after.items():
            setattr(department, field, value)
        save(department, list(after), taken=NAME_TAKEN)
        audit.record("change_department", actor=actor, target=department, before=before, after=after)
    return department


@transaction.atomic
def move_department(department: Department, *, actor: User | None, to: Literal["up", "down"]) -> None:
    """Let it change places with its neighbour; at the edge nothing happens."""
    require_owner(actor)
    require_ours(department)
    wanted = stepped(_all_locked(), department.pk, to)
    if wanted is None:
        return
    number(wanted)
    audit.record("move_department", actor=actor, target=department, after={"to": to})


@transaction.atomic
def order_departments(*, actor: User | None, order: Sequence[int]) -> None:
    """Put departments (ids) into this order; those it does not name, made meanwhile, stay behind them as they are.

    Raises NotAllowed, Invalid for an id twice, NotFound for one of no department.
    """
    require_owner(actor)
    rows = _all_locked()
    wanted = wanted_order(rows, order, twice=TWICE)
    before = [row.name for row in rows]
    number(wanted)
    if rows != wanted:
        audit.record(
            "order_departments",
            actor=actor,
            target=current_tenant(),
            before={"order": before},
            after={"order": [row.name for row in wanted]},
        )


@transaction.atomic
def switch_department(department: Department, *, actor: User | None, active: bool) -> Department:
    """Switch a department on or off. Whether tickets wait there, the floor above asks.

    Raises Invalid while customers are tied to it (H9): their new tickets would have nowhere to go.
    """
    require_owner(actor)
    department = locked(department)
    names = [] if active else _names(ServiceLink.objects.filter(department=department))
    if names:
        raise Invalid(f"{'، '.join(names)} به این دپارتمان وصل است. نخست دپارتمان دیگری برایش برگزینید.")
    if department.is_active != active:
        department.is_active = active
        department.save(update_fields=["is_active"])
        verb = "switch_on_department" if active else "switch_off_department"
        audit.record(verb, actor=actor, target=department)
    return department


@transaction.atomic
def seat(
    *,
    actor: User | None,
    user: User,
    department: Department,
    level: str = Seat.SeatLevel.STAFF,
    accepts_choice: bool = True,
    access_level: AccessLevel | None = None,
) -> Seat:
    """Give a person a seat in a department, or change the one they have (H8, S19).

    ``access_level`` None is the built-in one of the level. Raises NotAllowed, NotFound, Invalid(user) for people
    without the staff panel, Invalid(access_level) for more than the actor may themself, and Invalid(level) where the
    department has a manager already: the database keeps that there is one (H7).
    """
    require_ours(user, department, access_level)
    require_desk(actor, department)
    locked(department)
    if not user.is_staff_member:
        raise Invalid("این شخص از کارکنان شما نیست.", field="user")
    if level not in Seat.SeatLevel.values:
        raise Invalid("سطح را از فهرست انتخاب کنید.", field="level")
    mine = Seat.objects.select_for_update(of=("self",), no_key=True).filter(user=user, department=department)
    place = mine.select_related("access_level").first()
    before = _facts(place) if place else {}
    levels.require_grant(
        actor, user=user, department=department, place=place, level=level, wanted=access_level
    )
    place = place or Seat(user=user, department=department)
    place.level, place.accepts_choice, place.access_level = level, accepts_choice, access_level
    after = _facts(place)
    if before == after:
        return place
    try:
        with transaction.atomic():
            place.save()
    except IntegrityError:
        if level == Seat.SeatLevel.MANAGER:
            raise Invalid(_managed_by(department), field="level") from None
        raise Conflict() from None
    forget(user)
    audit.record("seat", actor=actor, target=department, before=before, after={"person": user.name, **after})
    return place


@transaction.atomic
def change_seat(
    place: Seat,
    *,
    actor: User | None,
    level: str,
    accepts_choice: bool,
    access_level: AccessLevel | None = None,
) -> Seat:
    """Change a seat's level, its access level and whether customers may choose its person. Raises as seat()."""
    require_ours(place)
    return seat(
        actor=actor,
        user=place.user,
        department=place.department,
        level=level,
        accepts_choice=accepts_choice,
        access_level=access_level,
    )


@transaction.atomic
def unseat(place: Seat, *, actor: User | None) -> None:
    """Take a seat away, and with it the topics of that department that were theirs.

    Raises Invalid while a customer is tied to this person in this department (H9): their tickets would go to
    nobody in particular. Open tickets are asked about by the floor above.
    """
    require_ours(place)
    require_desk(actor, place.department)
    levels.require_grant(actor, user=place.user, department=place.department, place=place)
    links = ServiceLink.objects.filter(department_id=place.department_id, staff_id=place.user_id)
    names = _names(links)
    if names:
        raise Invalid(f"پشتیبان {'، '.join(names)} همین کارشناس است. نخست مشتری را به همکار دیگری بسپارید.")
    Topic.objects.filter(department_id=place.department_id, assignee_id=place.user_id).update(assignee=None)
    if Seat.objects.filter(pk=place.pk).delete()[0]:
        before = {"person": place.user.name, "level": place.level}
        audit.record("unseat", actor=actor, target=place.department, before=before)
    forget(place.user)


def _facts(place: Seat) -> dict[str, Any]:
    """A seat as the audit log tells it."""
    return {
        "level": str(place.level),
        "accepts_choice": place.accepts_choice,
        "access_level": place.access_level.name if place.access_level else "",
    }


def _managed_by(department: Department) -> str:
    manager = (
        Seat.objects.filter(department=department, level=Seat.SeatLevel.MANAGER)
        .select_related("user")
        .first()
    )
    name = f" ({manager.user.name})" if manager and manager.user.name else ""
    return f"این دپارتمان مدیر دارد{name}. نخست سطح او را به کارشناس تغییر دهید."


def _names(links: QuerySet[ServiceLink]) -> list[str]:
    """The first companies of these links, for a sentence."""
    return list(links.order_by("customer__sort_key").values_list("customer__name", flat=True)[:3])


def _all_locked() -> list[Department]:
    """Every department, in its place. Locked by id, as whoever retires two of them does: never waiting in a ring."""
    rows = Department.objects.select_for_update(no_key=True).order_by("pk")
    return sorted(rows, key=lambda row: (row.position, row.pk))


def _rule(rule: str) -> str:
    """A department's rule: a person in charge is a topic's alone."""
    if rule not in DESK_RULES:
        raise Invalid("شیوهٔ تقسیم را از فهرست انتخاب کنید.", field="rule")
    return rule
