"""Where a new ticket goes, and to whom (S1, S18, H9). Never limbo: a manager or the owner is always told.

The five steps: the customer's link; the person the customer chose; the topic's own rule (its person, in turn, or whom
has least to do); the department's rule; the manager's queue, or the owner's, with an alarm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.models import Customer, User
from accounts.roles import Role
from departments.absence import Crew, away_column
from departments.access import is_offered
from departments.models import Department, ServiceLink, Sharing, Topic
from departments.questions import asks
from web.days import today
from web.errors import Invalid

from . import sharing
from .models import Ticket

OWNERS = 3  # as many hear of what nobody else answers for


@dataclass(frozen=True)
class Route:
    """The outcome: ``reason`` is link, substitute, away, chosen, topic (its person), rotation or least (by the topic),
    department or department_least (by the department's rule), manager, manager_off (nobody stands in for an absent
    one) or owner; without an assignee ``told`` is rung.
    """

    department: Department
    topic: Topic | None
    assignee: User | None
    reason: str
    told: tuple[User, ...]


@dataclass(frozen=True)
class Found:
    """What a look for the exclusive link has found, for who has looked just before."""

    link: ServiceLink | None


def link_of(customer: Customer | None) -> ServiceLink | None:
    """The exclusive link of a company, which its personnel inherit, with ``away_until`` of its person."""
    if customer is None:
        return None
    rows = ServiceLink.objects.select_related("department", "staff").filter(customer=customer)
    return rows.annotate(away_until=away_column(today(), "staff"), asks=asks("department")).first()


def route(
    *,
    customer: Customer | None,
    department: Department | None,
    topic: Topic | None = None,
    chosen: User | None = None,
    by_staff: bool = False,
    day: date | None = None,
    gives_out: bool = True,
    found: Found | None = None,
) -> Route:
    """Decide by the five steps of S1; inside a transaction, for turns are drawn.

    With a link, whatever was posted for department and person is ignored. ``by_staff`` lets our side use hidden
    departments and those for chosen customers (S33). ``day`` is whose vacations count, today's unless given. Without
    ``gives_out`` steps 3 and 4 are left out: old tickets on their way are the manager's to give. ``found``: the
    customer's link, where the form has just read it. Raises Invalid(field="department") when there is none to go to,
    Invalid(topic or staff) for one that does not fit.
    """
    link = link_of(customer) if found is None else found.link
    if link is not None:
        return _by_link(link, topic, day, gives_out=gives_out)
    if department is None or not _open_for(department, customer, by_staff=by_staff):
        raise Invalid("دپارتمان را انتخاب کنید.", field="department")
    if topic is not None and (topic.department_id != department.pk or not topic.is_offered):
        raise Invalid("این گروه موضوعی در این دپارتمان نیست. یکی دیگر را انتخاب کنید.", field="topic")
    crew = _crew(department, topic, day, gives_out=gives_out and chosen is None)
    if chosen is not None:
        return Route(department, topic, _chosen(crew, chosen, by_staff=by_staff), "chosen", ())
    return _given_out(department, topic, crew) if gives_out else _to_queue(department, topic, crew)


def _given_out(department: Department, topic: Topic | None, crew: Crew) -> Route:
    """Steps 3 to 5. A rule that finds nobody there leaves it to the next step; a topic's «queue» ends at the queue."""
    decider = topic.decider if topic is not None else None
    way = _by_topic(decider, department, crew) if decider is not None else None
    if way is None and (decider is None or decider.own_rule != Sharing.QUEUE):
        way = _by_department(department, crew)
    if way is None:
        return _to_queue(department, topic, crew)
    person, reason = way
    return Route(department, topic, person, reason, ())


def _by_topic(topic: Topic, department: Department, crew: Crew) -> tuple[User, str] | None:
    rule = topic.own_rule
    if rule == Sharing.PERSON:
        person = crew.stand_in(topic.assignee_id)
        if person is None:
            return None
        return person, "topic" if person.pk == topic.assignee_id else "substitute"
    people = (
        crew.takers(named=topic.group_id is not None) if rule in (Sharing.ROTATION, Sharing.LEAST) else []
    )
    if not people:
        return None
    if rule == Sharing.ROTATION:
        return sharing.in_turn(people, of=topic), "rotation"
    return sharing.least_loaded(people, of=department, is_held=crew.holds), "least"


def _crew(department: Department, topic: Topic | None, day: date | None, *, gives_out: bool) -> Crew:
    """The people of a department, knowing who is in the group its topic names.

    Where who has least to do is looked for first, the department is locked along with them (sharing.least_loaded).
    """
    decider = topic.decider if topic is not None else None
    rule = decider.own_rule if decider is not None else department.rule
    group = decider.group_id if decider is not None else None
    return Crew(department, day, group=group, holds=gives_out and rule == Sharing.LEAST)


def _by_department(department: Department, crew: Crew) -> tuple[User, str] | None:
    people = crew.takers() if department.rule in (Sharing.ROTATION, Sharing.LEAST) else []
    if not people:
        return None
    if department.rule == Sharing.ROTATION:
        return sharing.in_turn(people, of=department), "department"
    return sharing.least_loaded(people, of=department, is_held=crew.holds), "department_least"


def _chosen(crew: Crew, chosen: User, *, by_staff: bool) -> User:
    """The person named for a new ticket: one of the department's, for customers one who is there and may be chosen."""
    seat = crew.seats.get(chosen.pk)
    if seat is None or not (seat.accepts_choice or by_staff):
        raise Invalid("این کارشناس در این دپارتمان نیست. یکی دیگر را انتخاب کنید.", field="staff")
    if not by_staff and not crew.is_present(chosen.pk):
        raise Invalid("این کارشناس در مرخصی است. یکی دیگر را انتخاب کنید.", field="staff")
    return seat.user


def _open_for(department: Department, customer: Customer | None, *, by_staff: bool) -> bool:
    return department.is_active if by_staff else is_offered(department, customer)


def _by_link(link: ServiceLink, topic: Topic | None, day: date | None, *, gives_out: bool) -> Route:
    """A link to a department alone settles the department; who gets the ticket, the next steps decide."""
    department = link.department
    if topic is not None and (topic.department_id != department.pk or not topic.is_offered):
        topic = None
    crew = _crew(department, topic, day, gives_out=gives_out and link.staff_id is None)
    person = crew.stand_in(link.staff_id)
    if person is not None:
        reason = "link" if person.pk == link.staff_id else "substitute"
        return Route(department, topic, person, reason, ())
    if link.staff_id is not None and crew.manager is not None:
        return Route(department, topic, crew.manager, "away", ())
    return _given_out(department, topic, crew) if gives_out else _to_queue(department, topic, crew)


def _to_queue(department: Department, topic: Topic | None, crew: Crew) -> Route:
    """Nobody's yet: the manager is told, or who stands in for them; without one, the owners."""
    if crew.answerable is not None:
        return Route(department, topic, None, "manager", (crew.answerable,))
    return Route(department, topic, None, "manager_off" if crew.has_manager else "owner", _owners())


def _owners() -> tuple[User, ...]:
    return tuple(User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk")[:OWNERS])


class Answering:
    """Who answers for departments today, however many are asked about: each is read once, and so are the owners."""

    def __init__(self, day: date | None = None) -> None:
        self._day = day
        self._crews: dict[int, Crew] = {}

    @cached_property
    def owners(self) -> tuple[User, ...]:
        """Who hears where nobody else answers."""
        return _owners()

    def deciders(self, department: Department) -> tuple[User, ...]:
        """Who is asked to take a ticket over into a department: its manager, or who stands in for them, else the
        owners (H13).
        """
        return self._or_owners(self._crew(department).manager)

    def responsible(self, department: Department, *, holder: int | None = None) -> tuple[User, ...]:
        """Whom to tell about a ticket of a department in this person's hands, or in nobody's: its manager, or who
        stands in for them and sees it too, else the owners (H10).
        """
        return self._or_owners(self._crew(department).answering_for(holder))

    def _crew(self, department: Department) -> Crew:
        return self._crews.setdefault(department.pk, Crew(department, self._day))

    def _or_owners(self, person: User | None) -> tuple[User, ...]:
        return (person,) if person is not None else self.owners


def deciders(department: Department) -> tuple[User, ...]:
    """Answering.deciders for one department."""
    return Answering().deciders(department)


def responsible(department: Department) -> tuple[User, ...]:
    """Answering.responsible for what lies unassigned in one department."""
    return Answering().responsible(department)


def responsible_for(ticket: Ticket) -> tuple[User, ...]:
    """Whom to tell about a ticket, whoever holds it: they all see it (Answering.responsible)."""
    return Answering().responsible(ticket.department, holder=ticket.assignee_id)
