"""A member of staff who leaves: what is theirs goes to others in the same step, and nothing is left with nobody (S22).

Tickets, exclusive customers, topics and a manager's place are settled department by department, and the vacations
they stand in for; then the door closes. One letter a person, however much comes to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import User, Vacation
from accounts.roles import Right, Role
from accounts.services import people
from departments.absence import away_column
from departments.models import Department, Seat, ServiceLink, StaffGroupMember, Topic
from departments.places import holding_in, rights_in, with_rights
from departments.services import desks
from departments.services.rights import require_owner
from departments.services.rows import require_ours
from notifications.services import post, together
from persian.digits import group
from tenants.models import Tenant
from tenants.rounds import each
from tenants.scope import tenant_scope
from tenants.services import audit
from web.days import today
from web.errors import Conflict, Invalid, NotFound

from ..models import Outgoing, Ticket
from ..routing import responsible
from ..states import UNFINISHED
from . import moving

Heirs = Mapping[int, User | None]  # department id → who takes over there, or None


@dataclass
class Burden:
    """What one person has in one department, and the seats of those who may take it."""

    department: Department
    tickets: int = 0
    customers: int = 0
    topics: int = 0
    manages: bool = False
    heirs: list[Seat] = field(default_factory=list)

    @property
    def words(self) -> str:
        """«۳ تیکت باز، ۲ مشتری اختصاصی»; the manager's place is asked about apart."""
        named = ((self.tickets, "تیکت باز"), (self.customers, "مشتری اختصاصی"), (self.topics, "گروه موضوعی"))
        return "، ".join(f"{group(count)} {word}" for count, word in named if count)


def burden_of(user: User) -> list[Burden]:
    """What would be left behind, by department in its order; six statements, whatever there is."""
    tickets = _tally(moving.unfinished().filter(assignee=user))
    customers = _tally(ServiceLink.objects.filter(staff=user))
    topics = _tally(Topic.objects.filter(assignee=user))
    seats = Seat.objects.filter(user=user, level=Seat.SeatLevel.MANAGER)
    managed = set(seats.values_list("department_id", flat=True))
    concerned = managed.union(tickets, customers, topics)
    if not concerned:
        return []
    found = {
        row.pk: Burden(
            row, tickets.get(row.pk, 0), customers.get(row.pk, 0), topics.get(row.pk, 0), row.pk in managed
        )
        for row in Department.objects.filter(pk__in=concerned).order_by("position", "pk")
    }
    others = Seat.objects.filter(department__in=concerned, user__is_active=True).exclude(user=user)
    others = with_rights(others.annotate(away_until=away_column(today()))).select_related("user")
    for seat in others.order_by("user__sort_key", "user_id"):
        if Right.REPLY in rights_in(seat):
            found[seat.department_id].heirs.append(seat)
    return list(found.values())


def covered_by(user: User) -> QuerySet[Vacation]:
    """The vacations, under way or to come, for which this person is the substitute."""
    rows = Vacation.objects.filter(substitute=user, ends_on__gte=today())
    return rows.select_related("user").order_by("starts_on", "pk")


@transaction.atomic
def leave_staff(
    user: User, *, actor: User, heirs: Heirs, managers: Heirs | None = None, at: datetime | None = None
) -> int:
    """Close a colleague's door after what is theirs has gone on; returns how many tickets went. Twice is once.

    ``heirs``: who takes tickets, customers and topics of a department, or None: the tickets go to its queue and the
    customers stay with it. ``managers``: who manages instead, or None: nobody, and the owners are told. Raises
    Invalid(field="heir_<id>", "manager_<id>") where somebody cannot be one or nothing was said, as for what has come
    in since the question was asked; Conflict for oneself and the last owner; NotAllowed, NotFound.
    """
    managers = managers or {}
    require_owner(actor)
    named = [person for person in (*heirs.values(), *managers.values()) if person is not None]
    require_ours(user, *named)
    if actor.pk == user.pk:
        raise Conflict(people.NOT_ONESELF)
    now = at or timezone.now()
    # All that is theirs in the order of docs/architecture.md, people last: nobody waits for this in a ring. What they
    # have in other departments than those named, _check() refuses. What they have on its way goes while it still can.
    _hold(Department.objects.filter(pk__in={*heirs, *managers}))
    _hold(ServiceLink.objects.filter(staff=user))
    moving.lock(Ticket.objects.filter(_left_by(user)), at=now)
    active = _lock(user, named)
    if user.pk not in active:
        return 0
    burdens = burden_of(user)
    _check(user, burdens, heirs, managers, active)
    letters = Letters(user, actor)
    for burden in burdens:
        if burden.manages:
            _hand_desk(burden.department, of=user, to=managers[burden.department.pk], actor=actor)
    moved = sum(
        _settle(one, of=user, to=heirs.get(one.department.pk), actor=actor, at=now) for one in burdens
    )
    alone = list(covered_by(user))
    Vacation.objects.filter(pk__in=[row.pk for row in alone]).update(substitute=None)
    StaffGroupMember.objects.filter(user=user).delete()
    people.switch_off(user, actor=actor)
    if burdens or alone:
        audit.record("leave_staff", actor=actor, target=user, after=_facts(burdens, alone, heirs, managers))
    for burden in burdens:
        letters.of(burden, heirs.get(burden.department.pk), managers.get(burden.department.pk))
    for row in alone:
        letters.add(row.user, "جانشین مرخصی شما بود؛ جانشین دیگری برگزینید.")
    letters.send()
    return moved


def settle_everywhere() -> int:
    """Every tenant's turn of settle(); safe twice, and at once."""
    tenants = Tenant.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)

    def turn(tenant: int) -> int:
        with tenant_scope(tenant):
            return settle()

    return each(tenants, turn, what="tickets of who left")


def settle(at: datetime | None = None) -> int:
    """Unfinished tickets in hands that do not answer where they lie go back to their queues (S1); returns how many.

    Those of whoever's door is closed, whose seat in that department is gone or neither answers nor takes any more:
    what was on its way to them at that very moment, and what came to them in older ways. Two statements where there
    are none.
    """
    held = moving.unfinished().filter(assignee__isnull=False).order_by()
    pairs = set(held.values_list("department_id", "assignee_id").distinct())
    # Read after the tickets: whoever was given one had their seat by then.
    stray = pairs - holding_in({department for department, _person in pairs})
    people_ = User.objects.in_bulk([person for _department, person in stray]) if stray else {}
    # An owner may have any in their hands.
    stray = {pair for pair in stray if not (people_[pair[1]].is_owner and people_[pair[1]].is_active)}
    if not stray:
        return 0
    desks_ = Department.objects.in_bulk([department for department, _person in stray])
    with transaction.atomic():
        theirs = reduce(or_, (Q(department=desk, assignee=person) for desk, person in stray))
        moving.lock(held.filter(theirs), at=at or timezone.now())
        return sum(
            moving.release(desks_[department], of=people_[person], actor=None, at=at)
            for department, person in sorted(stray)
        )


def _left_by(user: User) -> Q:
    """Of a ticket: unfinished in their hands, or with an answer of theirs on its way."""
    leaving = Outgoing.objects.filter(author=user, failed="").values("ticket_id")
    return Q(assignee=user, category__in=UNFINISHED) | Q(pk__in=leaving)


def _tally(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("department_id").annotate(n=Count("pk")))


def _hold(rows: QuerySet[Any]) -> None:
    list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def _lock(user: User, named: list[User]) -> set[int]:
    """Lock these people, in one order, and with an owner all of them: whoever unmakes one does so. The ids of the
    active ones. Raises NotFound for one who is not there.
    """
    wanted = {user.pk, *(person.pk for person in named)}
    others = Q(role=Role.OWNER, is_active=True) if user.is_owner else Q()
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(Q(pk__in=wanted) | others)
    found = dict(rows.order_by("pk").values_list("pk", "is_active"))
    if not wanted <= found.keys():
        raise NotFound()
    return {pk for pk, is_active in found.items() if is_active}


def _check(user: User, burdens: list[Burden], heirs: Heirs, managers: Heirs, active: set[int]) -> None:
    """Everything has a place to go, and everybody named may have it."""
    if any(
        (burden.words and burden.department.pk not in heirs)
        or (burden.manages and burden.department.pk not in managers)
        for burden in burdens
    ):
        raise Conflict("در همین میان چیز تازه‌ای به او رسیده است. یک بار دیگر ببینید و بگویید به که برسد.")
    for burden in burdens:
        pk, name = burden.department.pk, burden.department.name
        heir, manager = heirs.get(pk), managers.get(pk)
        if burden.words and heir is not None and heir.pk not in {seat.user_id for seat in burden.heirs}:
            raise Invalid(f"همکاری از {name} را انتخاب کنید که پاسخ می‌دهد.", field=f"heir_{pk}")
        fits = manager is None or (manager.pk != user.pk and manager.pk in active and manager.is_staff_member)
        if burden.manages and not fits:
            raise Invalid("همکار دیگری را انتخاب کنید که دسترسی‌اش باز است.", field=f"manager_{pk}")


def _hand_desk(department: Department, *, of: User, to: User | None, actor: User) -> None:
    """Their manager's place becomes a plain one, should they ever come back; the next manager sits down."""
    seats = Seat.objects.select_related("user", "department", "access_level").filter(department=department)
    places = {seat.user_id: seat for seat in seats}
    former = places[of.pk]
    desks.change_seat(
        former,
        actor=actor,
        level=Seat.SeatLevel.STAFF,
        accepts_choice=former.accepts_choice,
        access_level=former.access_level,
    )
    if to is not None:
        accepts = places[to.pk].accepts_choice if to.pk in places else True
        desks.seat(
            actor=actor, user=to, department=department, level=Seat.SeatLevel.MANAGER, accepts_choice=accepts
        )


def _settle(burden: Burden, *, of: User, to: User | None, actor: User, at: datetime) -> int:
    """The tickets, customers and topics of one department, each in one go."""
    department = burden.department
    if burden.customers:
        links = ServiceLink.objects.filter(department=department, staff=of)
        tied = [link.customer for link in links.select_related("customer")]
        links.update(staff=to)
        words = {"department": department.name, "staff": to.name if to else ""}
        audit.record_many("link_customer", actor=actor, acts=[(customer, words) for customer in tied])
    if burden.topics:
        Topic.objects.filter(department=department, assignee=of).update(assignee=to)
    return moving.pass_on(department, of=of, to=to, actor=actor, at=at)


def _facts(
    burdens: list[Burden], alone: list[Vacation], heirs: Heirs, managers: Heirs
) -> dict[str, list[str]]:
    """What went where, for the audit log."""
    went = []
    for burden in burdens:
        pk, name = burden.department.pk, burden.department.name
        if burden.words:
            went.append(f"{name}: {burden.words} به {_name(heirs[pk], 'صف دپارتمان')}")
        if burden.manages:
            went.append(f"{name}: مدیر، {_name(managers[pk], 'هیچ‌کس')}")
    facts = {"moved": went, "covered": [row.user.display_name for row in alone]}
    return {name: value for name, value in facts.items() if value}


def _name(person: User | None, nobody: str) -> str:
    return person.display_name if person else nobody


class Letters:
    """What each person is told of one leaving: gathered first, then one letter a person."""

    def __init__(self, of: User, actor: User) -> None:
        self._of, self._actor = of, actor
        self._lines: dict[int, tuple[User, list[str]]] = {}

    def add(self, person: User, line: str) -> None:
        """One more sentence for a person; who did it is not told what they did."""
        if person.pk not in (self._of.pk, self._actor.pk):
            self._lines.setdefault(person.pk, (person, []))[1].append(line)

    def of(self, burden: Burden, heir: User | None, manager: User | None) -> None:
        """What came of one department."""
        name = burden.department.name
        if burden.manages and manager is not None:
            self.add(manager, f"شما مدیر {name} شدید.")
        elif burden.manages:
            for owner in User.objects.filter(role=Role.OWNER, is_active=True):
                self.add(owner, f"{name} دیگر مدیر ندارد؛ مدیری برایش برگزینید.")
        if heir is not None and burden.words:
            self.add(heir, f"{burden.words} در {name} به شما سپرده شد.")
        elif burden.tickets:
            for person in responsible(burden.department):
                self.add(person, f"{group(burden.tickets)} تیکت بازش در صف {name} است و مسئول ندارد.")

    def send(self) -> None:
        """Post them."""
        with together():
            for person, lines in self._lines.values():
                post(
                    "staff.left",
                    to=person,
                    data={"person": self._of.display_name, "what": " ".join(lines)},
                    url="/desk/tickets/?view=open",
                    about=f"person:{self._of.pk}",
                )
