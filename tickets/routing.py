"""Where a new ticket goes, and to whom (S1, H9). Never limbo: a manager or the owner is always told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import Customer, User
from accounts.roles import Role
from departments.absence import Crew, away_column, today
from departments.access import is_offered
from departments.models import Department, ServiceLink, Topic
from web.errors import Invalid


@dataclass(frozen=True)
class Route:
    """The outcome: ``reason`` is link, substitute, away, chosen, topic, manager, manager_off (nobody stands in for an
    absent one) or owner; without an assignee ``told`` is rung.
    """

    department: Department
    topic: Topic | None
    assignee: User | None
    reason: str
    told: tuple[User, ...]


def link_of(customer: Customer | None) -> ServiceLink | None:
    """The exclusive link of a company, which its personnel inherit, with ``away_until`` of its person."""
    if customer is None:
        return None
    rows = ServiceLink.objects.select_related("department", "staff").filter(customer=customer)
    return rows.annotate(away_until=away_column(today(), "staff")).first()


def route(
    *,
    customer: Customer | None,
    department: Department | None,
    topic: Topic | None = None,
    chosen: User | None = None,
    by_staff: bool = False,
    day: date | None = None,
) -> Route:
    """Decide by the order of S1: link, chosen person, topic's person, the manager's queue, the owner.

    With a link, whatever was posted for department and person is ignored. ``by_staff`` lets our side use hidden
    departments and those for chosen customers (S33). ``day`` is whose vacations count, today's unless given. Raises
    Invalid(field="department") when there is none to go to.
    """
    link = link_of(customer)
    if link is not None:
        return _by_link(link, topic, Crew(link.department, day))
    if department is None or not _open_for(department, customer, by_staff=by_staff):
        raise Invalid("دپارتمان را انتخاب کنید.", field="department")
    if topic is not None and (topic.department_id != department.pk or not topic.is_active):
        raise Invalid("این گروه موضوعی در این دپارتمان نیست. یکی دیگر را انتخاب کنید.", field="topic")
    crew = Crew(department, day)
    if chosen is not None:
        return Route(department, topic, _chosen(crew, chosen, by_staff=by_staff), "chosen", ())
    if topic is not None and topic.assignee_id is not None:
        person = crew.stand_in(topic.assignee_id)
        if person is not None:
            reason = "topic" if person.pk == topic.assignee_id else "substitute"
            return Route(department, topic, person, reason, ())
    return _to_queue(department, topic, crew)


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


def _by_link(link: ServiceLink, topic: Topic | None, crew: Crew) -> Route:
    department = link.department
    topic = topic if topic is not None and topic.department_id == department.pk else None
    if link.staff_id is None:
        return _to_queue(department, topic, crew)
    person = crew.stand_in(link.staff_id)
    if person is not None:
        reason = "link" if person.pk == link.staff_id else "substitute"
        return Route(department, topic, person, reason, ())
    if crew.manager is not None:
        return Route(department, topic, crew.manager, "away", ())
    return _to_queue(department, topic, crew)


def _to_queue(department: Department, topic: Topic | None, crew: Crew) -> Route:
    """Nobody's yet: the manager is told, or who stands in for them; without one, the owners."""
    if crew.answerable is not None:
        return Route(department, topic, None, "manager", (crew.answerable,))
    return Route(department, topic, None, "manager_off" if crew.has_manager else "owner", _owners())


def _owners() -> tuple[User, ...]:
    return tuple(User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk")[:3])


def deciders(department: Department) -> tuple[User, ...]:
    """Who is asked to take a ticket over into a department: its manager, or who stands in for them, else the owners
    (H13).
    """
    manager = Crew(department).manager
    return (manager,) if manager is not None else _owners()


def responsible(department: Department) -> tuple[User, ...]:
    """Whom to tell about an unassigned ticket of a department: its manager, else the owners."""
    return _to_queue(department, None, Crew(department)).told
