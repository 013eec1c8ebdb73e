"""Who sees which ticket, and who may do what to it. Every list, count, search, file and letter asks here (H10).

A ticket a person may not see is absent for them (NotFound); one they see but may not act on is NotAllowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Level, Role
from departments.models import Department, Seat
from web.errors import NotAllowed, NotFound

from .models import Event, Message, Ticket
from .states import Category, Channel, EventKind, MessageKind

CUSTOMER_EVENTS = (EventKind.OPENED, EventKind.CLOSED, EventKind.REOPENED)
ABSENT = "این تیکت پیدا نشد. شاید نشانی عوض شده یا به آن دسترسی ندارید."
REFUSED = "این کار روی این تیکت برای شما باز نیست."


# Seeing ---------------------------------------------------------------------------------------------------------
def tickets_seen_by(user: Any) -> QuerySet[Ticket]:
    """Every ticket this person may see (SPEC: people). Nobody and the switched off see none."""
    if not getattr(user, "is_active", False):
        return Ticket.objects.none()
    rule = _SIGHT.get(user.role)
    return rule(user) if rule else Ticket.objects.none()


def _owner_sees(user: User) -> QuerySet[Ticket]:
    return Ticket.objects.all()


def _staff_sees(user: User) -> QuerySet[Ticket]:
    seats = Seat.objects.filter(user=user)
    managed = seats.filter(level=Seat.SeatLevel.MANAGER).values("department_id")
    shared = Department.objects.filter(shares_unassigned=True, pk__in=seats.values("department_id")).values(
        "pk"
    )
    return _any_of(
        Q(assignee=user),
        Q(opened_by=user),
        Q(department_id__in=managed),
        Q(assignee=None, department_id__in=shared),
    )


def _customer_sees(user: User) -> QuerySet[Ticket]:
    if user.level == Level.MAIN:
        seen = Ticket.objects.filter(customer_id=user.customer_id)
    elif user.level == Level.SECTION_MANAGER and user.section_id is not None:
        people = User.objects.filter(
            customer_id=user.customer_id, section_id=user.section_id, level=Level.SECTION_MEMBER
        ).values("pk")
        seen = _any_of(Q(requester=user), Q(requester_id__in=people))
    else:
        seen = Ticket.objects.filter(requester=user)
    return seen.exclude(channel=Channel.INTERNAL)


def _any_of(*parts: Q) -> QuerySet[Ticket]:
    """Tickets for which any part holds. Each part speaks of the ticket's own columns and of id lists, never of a
    join: then a list walks its index and a count stays with the open ones. As a union of ids each of them first
    gathered a manager's whole past (30 s against 0.1 s on 200,000 tickets, docs/decisions.md).
    """
    return Ticket.objects.filter(reduce(or_, parts))


_SIGHT: dict[str, Callable[[User], QuerySet[Ticket]]] = {
    Role.OWNER: _owner_sees,
    Role.STAFF: _staff_sees,
    Role.CUSTOMER: _customer_sees,
}


def messages_seen_by(user: Any, ticket: Ticket | None = None) -> QuerySet[Message]:
    """Messages this person may see: of one ticket already fetched for them, or of all they see.

    Private notes are for our side only (S12).
    """
    if ticket is not None:
        rows = Message.objects.filter(ticket=ticket)
    else:
        rows = Message.objects.filter(ticket__in=tickets_seen_by(user).order_by().values("pk"))
    if not user.is_staff_member:
        rows = rows.filter(kind=MessageKind.REPLY)
    return rows


def events_seen_by(user: Any, ticket: Ticket) -> QuerySet[Event]:
    """What happened, as far as this person is told: customers see their part of it (S20)."""
    rows = Event.objects.filter(ticket=ticket)
    return rows if user.is_staff_member else rows.filter(kind__in=CUSTOMER_EVENTS)


def fetch(user: Any, number: int) -> Ticket:
    """The ticket of a number, for this person. Raises NotFound like for one that never was."""
    ticket = tickets_seen_by(user).filter(number=number).first() if number < 2**31 else None
    if ticket is None:
        raise NotFound(ABSENT)
    return ticket


# Doing ----------------------------------------------------------------------------------------------------------
def seat_level(user: User, ticket: Ticket) -> str | None:
    """The person's level in the ticket's department, or None; one query per person and request."""
    levels = _levels(user)
    if ticket.department_id not in levels:
        levels |= dict(Seat.objects.filter(user=user).values_list("department_id", "level"))
        levels.setdefault(ticket.department_id, None)
    return levels[ticket.department_id]


def know_seats(user: User, ticket: Ticket, seats: Iterable[Seat]) -> None:
    """Spare ``seat_level`` its query where every seat of the ticket's department has been read anyway."""
    mine = (seat.level for seat in seats if seat.user_id == user.pk)
    _levels(user)[ticket.department_id] = next(mine, None)


def _levels(user: User) -> dict[int, str | None]:
    """Levels by department, as far as this request has asked; None where the person has no seat."""
    levels: dict[int, str | None] = user.__dict__.setdefault("_levels", {})
    return levels


def _handles(user: User, ticket: Ticket) -> bool:
    """Holds the ticket, manages its department, or owns the house."""
    if user.role == Role.OWNER:
        return True
    if user.role != Role.STAFF:
        return False
    if ticket.assignee_id == user.pk:
        return True
    return seat_level(user, ticket) == Seat.SeatLevel.MANAGER


def _may_take(user: User, ticket: Ticket) -> bool:
    if not user.is_staff_member or ticket.assignee_id is not None:
        return False
    return ticket.category != Category.CLOSED and seat_level(user, ticket) is not None


def _may_reply(user: User, ticket: Ticket) -> bool:
    if user.is_customer:
        return True
    return _handles(user, ticket) or _may_take(user, ticket) or ticket.opened_by_id == user.pk


def _may_note(user: User, ticket: Ticket) -> bool:
    return user.is_staff_member


def _may_assign(user: User, ticket: Ticket) -> bool:
    if ticket.category == Category.CLOSED:
        return False
    return user.role == Role.OWNER or (
        user.role == Role.STAFF and seat_level(user, ticket) == Seat.SeatLevel.MANAGER
    )


def _may_change(user: User, ticket: Ticket) -> bool:
    return ticket.category != Category.CLOSED and _handles(user, ticket)


def _may_close(user: User, ticket: Ticket) -> bool:
    return ticket.category != Category.CLOSED and (user.is_customer or _handles(user, ticket))


def _may_reopen(user: User, ticket: Ticket) -> bool:
    return ticket.category == Category.CLOSED and (user.is_customer or _handles(user, ticket))


MAY: dict[str, Callable[[User, Ticket], bool]] = {
    "reply": _may_reply,
    "note": _may_note,
    "take": _may_take,
    "assign": _may_assign,
    "set_status": _may_change,
    "set_priority": _may_change,
    "close": _may_close,
    "reopen": _may_reopen,
}


def allowed(user: Any, ticket: Ticket) -> set[str]:
    """The verbs this person may do now to a ticket they see: what templates show, by the rule services ask."""
    return {verb for verb, rule in MAY.items() if rule(user, ticket)}


def lock(user: Any, ticket: Ticket) -> Ticket:
    """The ticket's row, locked and fresh, when this person sees it. Raises NotFound: unseen is absent.

    The first step of every verb, inside its transaction; ``require`` is the second.
    """
    # Two statements on purpose. A locking read that had to wait judges its joins by the rows it read before the
    # wait: a ticket whose status or holder has just changed would be lost. The second reads what is true now.
    Ticket.objects.select_for_update(no_key=True).filter(pk=ticket.pk).values_list("pk").first()
    fresh = (
        tickets_seen_by(user)
        .select_related("tenant", "requester", "department", "assignee", "status")
        .defer("tenant__logo")
        .filter(pk=ticket.pk)
        .first()
    )
    if fresh is None:
        raise NotFound(ABSENT)
    return fresh


def require(verb: str, user: Any, ticket: Ticket) -> None:
    """Raise NotAllowed when the person, who sees the ticket, may not do ``verb`` to it."""
    if not MAY[verb](user, ticket):
        raise NotAllowed(REFUSED)
