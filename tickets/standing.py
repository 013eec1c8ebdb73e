"""Where somebody stands to a ticket they see: their rights, whether they handle it, and which side they are on.

``tickets.access`` makes sight and what one may do of it; nothing here is an answer to either by itself.
"""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.roles import Right, Role
from departments.absence import desks_answered_by
from departments.places import EVERY_RIGHT, places_of, rights_of

from .models import Ticket
from .states import Channel

# What who holds or opened a ticket of a department without a seat there may still do to it, if they may elsewhere.
ANYWHERE = frozenset({Right.REPLY.value, Right.NOTE.value, Right.READ_NOTES.value})


def rights(user: User, ticket: Ticket) -> frozenset[str]:
    """The rights of our side on a ticket: those of the seat in its department (SPEC: people)."""
    if user.role == Role.OWNER:
        return EVERY_RIGHT
    if user.role != Role.STAFF:
        return frozenset()
    place = places_of(user).get(ticket.department_id)
    return place.rights if place else rights_of(user) & ANYWHERE


def handles(user: User, ticket: Ticket) -> bool:
    """Holds the ticket, answers for its whole department, or owns the house: whoever does names a colleague in a note
    and lets them see the ticket by it (SPEC: people).
    """
    if user.role == Role.OWNER:
        return True
    if user.role != Role.STAFF:
        return False
    if ticket.assignee_id == user.pk:
        return True
    place = places_of(user).get(ticket.department_id)
    return place is not None and place.sees_department


def desks_decided_by(user: Any) -> list[int]:
    """Departments whose requests this person answers: those they manage, and those whose absent manager they stand in
    for (H13).
    """
    return desks_answered_by(user) if user.role == Role.STAFF else []


def is_asking(user: User, ticket: Ticket) -> bool:
    """Which side a person is on: the one that asks, or the one that answers.

    On an internal ticket who opened it asks, and who answers for the department it came from; its holder answers,
    and so does everybody of the department it went to (S11). Elsewhere the customers ask and we answer.
    """
    if ticket.channel != Channel.INTERNAL or user.is_customer:
        return user.is_customer
    if ticket.assignee_id == user.pk:
        return False
    if ticket.requester_id == user.pk:
        return True
    return not handles(user, ticket) and _sent(user, ticket)


def _sent(user: User, ticket: Ticket) -> bool:
    """Answers for the department an internal ticket came from."""
    place = places_of(user).get(ticket.from_department_id or 0) if user.role == Role.STAFF else None
    return place is not None and place.sees_department and Right.REPLY in place.rights


def asked(user: User, ticket: Ticket) -> bool:
    """A customer's person, or who opened the internal ticket: writes on it, closes it and opens it again (S11)."""
    return user.is_customer or (ticket.channel == Channel.INTERNAL and ticket.requester_id == user.pk)
