"""The owner's lists: departments, staff and customers with what a line of each says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts import queries as accounts
from accounts.models import AccessLevel, Customer, Section, User, Vacation
from accounts.roles import Right, Role
from departments import places
from departments.absence import away_column
from departments.models import (
    Department,
    DepartmentCustomer,
    Seat,
    ServiceLink,
    StaffGroup,
    StaffGroupMember,
    Topic,
)
from departments.places import EVERY_RIGHT
from persian import mobile, sort_key
from web.days import today

from .forms.departments import Grants

SHOWN_HOLDERS = 30
OURS = (Role.OWNER, Role.STAFF)
BY_NAME = ("sort_key", "id")
BY_RANK = ("level", "user__sort_key", "id")
BY_PLACE = ("turn", "rank", "sort_key", "id")


# Departments ----------------------------------------------------------------------------------------------------
def departments() -> QuerySet[Department]:
    """Every department in its order with ``manager_name`` and the counts of seats, topics and chosen customers."""
    manager = Seat.objects.filter(department=OuterRef("pk"), level=Seat.SeatLevel.MANAGER)
    topics = Topic.objects.filter(department=OuterRef("pk"), is_active=True)
    return Department.objects.annotate(
        manager_name=Subquery(manager.values("user__name")[:1]),
        manager_mobile=Subquery(manager.values("user__mobile")[:1]),
        seat_count=_counted(Seat.objects.filter(department=OuterRef("pk")), "department"),
        topic_count=_counted(topics, "department"),
        chosen_count=_counted(DepartmentCustomer.objects.filter(department=OuterRef("pk")), "department"),
    )


def arranged_by(user: User) -> QuerySet[Department]:
    """The departments whose staff and topics a person arranges: the owner all, others by their seats' right (S19)."""
    if user.is_owner:
        return Department.objects.all()
    mine = [pk for pk, place in places.places_of(user).items() if Right.STAFF in place.rights]
    return Department.objects.filter(pk__in=mine)


def departments_arranged_by(user: User) -> QuerySet[Department]:
    """The same as a list with its counts."""
    return departments().filter(pk__in=arranged_by(user).order_by().values("pk"))


def grants_of(user: User, department: Department | None = None) -> Grants:
    """What a person may give with a seat there: the owner all, others no manager's place and no more than they have."""
    levels = list(AccessLevel.objects.all())
    if user.is_owner:
        return Grants(levels)
    place = places.places_of(user).get(department.pk) if department else None
    mine = place.rights if place else frozenset()
    return Grants([level for level in levels if EVERY_RIGHT & set(level.rights) <= mine], manager=False)


def levels() -> list[AccessLevel]:
    """Every access level with ``seat_count`` and ``words`` of its rights, in the order they were made."""
    given = Seat.objects.filter(access_level=OuterRef("pk"))
    rows = list(AccessLevel.objects.annotate(seat_count=_counted(given, "access_level")))
    for row in rows:
        row.words = "، ".join(str(right.label) for right in Right if right in row.rights)  # type: ignore[attr-defined]
    return rows


def holders_of(level: AccessLevel) -> list[Seat]:
    """The seats a level speaks for, by name: those given it, and for a built-in one those of its own level."""
    rows = _with_level(level).select_related("user", "department")
    return list(rows.order_by("user__sort_key", "department__position", "pk")[:500])


def _with_level(level: AccessLevel) -> QuerySet[Seat]:
    seats = Q(access_level=level)
    if level.builtin:
        seats |= Q(access_level=None, level=level.builtin)
    return Seat.objects.filter(seats)


def within_reach(seats: Iterable[Seat], user: User) -> list[Seat]:
    """Set ``fixed`` on the seats this person may not change: for who is not the owner, managers' and their own."""
    rows = list(seats)
    for seat in rows:
        outside = seat.is_manager or seat.user.is_owner or seat.user_id == user.pk
        seat.fixed = outside and not user.is_owner  # type: ignore[attr-defined]
    return rows


def seats_of(department: Department) -> QuerySet[Seat]:
    """The people of a department, for BY_RANK: its manager first."""
    return Seat.objects.filter(department=department).select_related("user", "access_level")


@dataclass(frozen=True)
class Crew:
    """Our active people by name, read once for all the forms of a department's page, and who of them sits there."""

    people: list[User]
    levels: dict[int, str]  # of the seated, by person
    manager: User | None

    @property
    def seated(self) -> list[User]:
        """Who may be named for a topic."""
        return [person for person in self.people if person.pk in self.levels]

    @property
    def others(self) -> list[User]:
        """Who may be given a seat."""
        return [person for person in self.people if person.pk not in self.levels]

    @property
    def successors(self) -> list[User]:
        """Who may manage it instead of its manager."""
        return [person for person in self.people if self.levels.get(person.pk) != Seat.SeatLevel.MANAGER]


def crew(department: Department) -> Crew:
    """The people of a department and those who might be."""
    words = ("tenant_id", "public_id", "name", "mobile", "email", "role", "is_active")
    people = list(User.objects.filter(role__in=OURS, is_active=True).only(*words).order_by(*BY_NAME))
    levels = dict(Seat.objects.filter(department=department).values_list("user_id", "level"))
    pk = next((pk for pk, level in levels.items() if level == Seat.SeatLevel.MANAGER), None)
    known = {person.pk: person for person in people}
    manager = (known.get(pk) or User.objects.filter(pk=pk).first()) if pk else None
    return Crew(people, levels, manager)


def topics_of(department: Department) -> QuerySet[Topic]:
    """The topics of a department, those switched off too."""
    return Topic.objects.filter(department=department).select_related("assignee", "parent", "group")


def topics_in_order(department: Department) -> list[Topic]:
    """The same in one list: each followed by those that lie in it."""
    rows = list(topics_of(department))
    tops = [row for row in rows if row.parent_id is None]
    return [one for top in tops for one in (top, *(row for row in rows if row.parent_id == top.pk))]


def topic_tree(department: Department) -> list[Topic]:
    """The topics that lie in no other, each with ``inner``: those that lie in it, in their order."""
    rows = list(topics_of(department))
    tree = [row for row in rows if row.parent_id is None]
    for row in tree:
        row.inner = [one for one in rows if one.parent_id == row.pk]  # type: ignore[attr-defined]
    return tree


def other_departments(department: Department) -> QuerySet[Department]:
    """Active departments its tickets may go to."""
    return Department.objects.filter(is_active=True).exclude(pk=department.pk)


def customers_for(department: Department, query: str = "", *, chosen: bool = False) -> QuerySet[Customer]:
    """Companies with ``is_chosen``: whether a restricted department is shown to them (S33)."""
    rows = DepartmentCustomer.objects.filter(department=department, customer=OuterRef("pk"))
    found = customers(query).annotate(is_chosen=Exists(rows))
    return found.filter(is_chosen=True) if chosen else found


# Staff ----------------------------------------------------------------------------------------------------------
def staff(
    q: str = "",
    *,
    department: Department | None = None,
    level: str = "",
    access: AccessLevel | None = None,
    group: StaffGroup | None = None,
    state: str = "",
) -> QuerySet[User]:
    """Our side with ``away_until``, narrowed by a name or number, a seat, a group, a state (S27).

    Department, level and access level speak of one seat together: «manager» of «support», not of anywhere.
    """
    rows = User.objects.filter(role__in=OURS).annotate(away_until=away_column(today(), "pk"))
    if level == Role.OWNER:
        rows = rows.filter(role=Role.OWNER)
    elif department or level or access:
        seats = _with_level(access) if access else Seat.objects.all()
        seats = seats.filter(department=department) if department else seats
        seats = seats.filter(level=level) if level else seats
        rows = rows.filter(pk__in=seats.values("user_id"))
    if group:
        rows = rows.filter(pk__in=StaffGroupMember.objects.filter(group=group).values("user_id"))
    states = {
        "on": {"is_active": True},
        "off": {"is_active": False},
        "away": {"is_active": True, "away_until__isnull": False},
    }
    return _narrowed(rows.filter(**states.get(state, {})), q)


def groups() -> QuerySet[StaffGroup]:
    """Groups of staff by name, with ``member_count``."""
    counted = _counted(StaffGroupMember.objects.filter(group=OuterRef("pk")), "group")
    return StaffGroup.objects.annotate(member_count=counted).order_by("name", "pk")


def members_of(group: StaffGroup) -> QuerySet[User]:
    """A group's people."""
    return User.objects.filter(pk__in=StaffGroupMember.objects.filter(group=group).values("user_id"))


def not_in(group: StaffGroup) -> QuerySet[User]:
    """Our active people who are not in a group yet, by name."""
    inside = StaffGroupMember.objects.filter(group=group).values("user_id")
    return User.objects.filter(role__in=OURS, is_active=True).exclude(pk__in=inside).order_by(*BY_NAME)


def group_words(people: Iterable[User]) -> None:
    """Set ``group_words`` on each: the groups they are in."""
    rows = {person.pk: person for person in people}
    words: dict[int, list[str]] = {pk: [] for pk in rows}
    found = StaffGroupMember.objects.filter(user_id__in=rows).order_by("group__name")
    for pk, name in found.values_list("user_id", "group__name"):
        words[pk].append(name)
    for pk, person in rows.items():
        person.group_words = "، ".join(words[pk])  # type: ignore[attr-defined]


def substitutes_for(person: User) -> QuerySet[User]:
    """Who may stand in for a person: active people with a seat where they have one, by name and ``away_until``."""
    mine = Seat.objects.filter(user=person).values("department_id")
    beside = Seat.objects.filter(department_id__in=mine).values("user_id")
    return colleagues(but=person).filter(pk__in=beside)


def vacations_of(person: User) -> QuerySet[Vacation]:
    """What is planned or under way, and the last few that are over; the latest first."""
    return Vacation.objects.select_related("substitute").filter(user=person).order_by("-starts_on", "-pk")


def colleagues(*, but: User) -> QuerySet[User]:
    """Our other active people by name, each with ``away_until``."""
    rows = User.objects.filter(role__in=OURS, is_active=True).exclude(pk=but.pk)
    return rows.annotate(away_until=away_column(today(), "pk")).order_by(*BY_NAME)


def seat_words(people: Iterable[User]) -> None:
    """Set ``seat_words`` on each: the departments they sit in, with the level where it is the manager's."""
    rows = {person.pk: person for person in people}
    words: dict[int, list[str]] = {pk: [] for pk in rows}
    seats = Seat.objects.filter(user_id__in=rows).select_related("department")
    for seat in seats.order_by("department__position", "department_id"):
        words[seat.user_id].append(
            f"مدیر {seat.department.name}" if seat.is_manager else seat.department.name
        )
    for pk, person in rows.items():
        person.seat_words = "، ".join(words[pk])  # type: ignore[attr-defined]


def places_of(person: User) -> QuerySet[Seat]:
    """A person's seats with their departments."""
    seats = Seat.objects.filter(user=person).select_related("department", "user", "access_level")
    return seats.order_by("department__position", "department_id")


def departments_for(person: User) -> QuerySet[Department]:
    """Active departments where a person has no seat yet."""
    taken = Seat.objects.filter(user=person).values("department_id")
    return Department.objects.filter(is_active=True).exclude(pk__in=taken)


# Customers ------------------------------------------------------------------------------------------------------
def customers(query: str = "") -> QuerySet[Customer]:
    """Companies with ``people_count`` and ``link_words``' parts, narrowed by their name or one of their people."""
    link = ServiceLink.objects.filter(customer=OuterRef("pk"))
    rows = Customer.objects.defer("notes").annotate(
        people_count=_counted(User.objects.filter(customer=OuterRef("pk")), "customer"),
        link_department=Subquery(link.values("department__name")[:1]),
        link_staff=Subquery(link.values("staff__name")[:1]),
    )
    words = sort_key(query).split()
    if not words:
        return rows
    people = _narrowed(User.objects.filter(role=Role.CUSTOMER), query).values("customer_id")
    return rows.filter(_all_words(words) | Q(pk__in=people))


def link_words(rows: Iterable[Customer]) -> None:
    """Set ``link_words`` on each company: its own department and person."""
    for row in rows:
        parts = (row.link_department, row.link_staff)  # type: ignore[attr-defined]
        row.link_words = "، ".join(part for part in parts if part)  # type: ignore[attr-defined]


def people_of_company(customer: Customer) -> QuerySet[User]:
    """A company's people, its main contacts first."""
    rows = User.objects.filter(customer=customer).select_related("section")
    return rows.order_by("level", "section__name", *BY_NAME)


def sections_of(customer: Customer) -> QuerySet[Section]:
    """A company's sections by name."""
    return Section.objects.filter(customer=customer).order_by("name")


def personnel(keeper: User, sections: Iterable[Section], query: str = "") -> QuerySet[User]:
    """The people a customer keeps (H21), for BY_PLACE: main contacts, then ``sections`` in the order given."""
    # Never without a condition: a bare constant is no column to sort by.
    turns = [When(section=None, then=0)]
    turns += [When(section_id=section.pk, then=turn) for turn, section in enumerate(sections, start=1)]
    rows = (
        accounts.personnel_of(keeper)
        .select_related("section")
        .annotate(turn=Case(*turns, default=0, output_field=IntegerField()), rank=Coalesce("level", 0))
    )
    return _narrowed(rows, query)


def sections_kept(keeper: User) -> list[Section]:
    """The sections a customer may put people into, in alphabetical order, with ``people_count``."""
    counted = _counted(User.objects.filter(section=OuterRef("pk")), "section")
    rows = accounts.sections_of(keeper).annotate(people_count=counted)
    return sorted(rows, key=lambda section: (sort_key(section.name), section.pk))


def open_departments() -> QuerySet[Department]:
    """Departments a customer may be tied to."""
    return Department.objects.filter(is_active=True)


def open_seats() -> QuerySet[Seat]:
    """Seats of active people in active departments, for the choice of a customer's own person."""
    rows = Seat.objects.filter(user__is_active=True, department__is_active=True).select_related("user")
    return rows.order_by("department_id", "user__sort_key", "pk")


def _narrowed(rows: QuerySet[User], query: str) -> QuerySet[User]:
    words = sort_key(query).split()
    if not words:
        return rows
    try:
        return rows.filter(_all_words(words) | Q(mobile=mobile.normalise(query)))
    except ValueError:
        return rows.filter(_all_words(words))


def _all_words(words: list[str]) -> Q:
    """Every word somewhere in the name: sort keys hold one form of every letter and digit, and no half-space."""
    found = Q()
    for word in words:
        found &= Q(sort_key__contains=word)
    return found


def _counted(rows: QuerySet, by: str) -> Coalesce:  # type: ignore[type-arg]
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
