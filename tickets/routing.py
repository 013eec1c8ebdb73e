"""Where a new ticket goes, and to whom (S1, H9). Never limbo: a manager or the owner is always told."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Customer, User
from accounts.roles import Role
from departments.access import is_offered
from departments.models import Department, Seat, ServiceLink, Topic
from web.errors import Invalid


@dataclass(frozen=True)
class Route:
    """The outcome: ``reason`` is link, away, chosen, topic, manager or owner; without an assignee ``told`` is rung."""

    department: Department
    topic: Topic | None
    assignee: User | None
    reason: str
    told: tuple[User, ...]


def link_of(customer: Customer | None) -> ServiceLink | None:
    """The exclusive link of a company, which its personnel inherit."""
    if customer is None:
        return None
    return ServiceLink.objects.select_related("department", "staff").filter(customer=customer).first()


def route(
    *,
    customer: Customer | None,
    department: Department | None,
    topic: Topic | None = None,
    chosen: User | None = None,
    by_staff: bool = False,
) -> Route:
    """Decide by the order of S1: link, chosen person, topic's person, the manager's queue, the owner.

    With a link, whatever was posted for department and person is ignored. ``by_staff`` lets our side use hidden
    departments and those for chosen customers (S33). Raises Invalid(field="department") when there is none to go to.
    """
    link = link_of(customer)
    if link is not None:
        return _by_link(link, topic)
    if department is None or not _open_for(department, customer, by_staff=by_staff):
        raise Invalid("دپارتمان را انتخاب کنید.", field="department")
    if topic is not None and (topic.department_id != department.pk or not topic.is_active):
        raise Invalid("این گروه موضوعی در این دپارتمان نیست. یکی دیگر را انتخاب کنید.", field="topic")
    seats = _present(department)
    if chosen is not None:
        seat = seats.get(chosen.pk)
        if seat is None or not (seat.accepts_choice or by_staff):
            raise Invalid("این کارشناس در این دپارتمان نیست. یکی دیگر را انتخاب کنید.", field="staff")
        return Route(department, topic, seat.user, "chosen", ())
    if topic is not None and topic.assignee_id in seats:
        return Route(department, topic, seats[topic.assignee_id].user, "topic", ())
    return _to_queue(department, topic, seats)


def _open_for(department: Department, customer: Customer | None, *, by_staff: bool) -> bool:
    return department.is_active if by_staff else is_offered(department, customer)


def _by_link(link: ServiceLink, topic: Topic | None) -> Route:
    department = link.department
    topic = topic if topic is not None and topic.department_id == department.pk else None
    seats = _present(department)
    if link.staff_id is not None and link.staff_id in seats:
        return Route(department, topic, seats[link.staff_id].user, "link", ())
    manager = _manager(seats)
    if link.staff_id is not None and manager is not None:
        return Route(department, topic, manager, "away", ())
    return _to_queue(department, topic, seats)


def _to_queue(department: Department, topic: Topic | None, seats: dict[int, Seat]) -> Route:
    manager = _manager(seats)
    if manager is not None:
        return Route(department, topic, None, "manager", (manager,))
    owners = tuple(User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk")[:3])
    return Route(department, topic, None, "owner", owners)


def _present(department: Department) -> dict[int, Seat]:
    """Seats of active people, by person."""
    seats = Seat.objects.select_related("user").filter(department=department, user__is_active=True)
    return {seat.user_id: seat for seat in seats}


def _manager(seats: dict[int, Seat]) -> User | None:
    return next((seat.user for seat in seats.values() if seat.is_manager), None)


def responsible(department: Department) -> tuple[User, ...]:
    """Whom to tell about an unassigned ticket of a department: its manager, else the owners."""
    return _to_queue(department, None, _present(department)).told
