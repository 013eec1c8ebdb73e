"""What a ticket's page shows of hand-overs: the forms of its dialogs, the request that waits, who watches."""

from __future__ import annotations

from typing import Any

from accounts.access import may_manage_customers

from .. import access, handovers
from ..forms import AssignForm
from ..handover_forms import AcceptForm, MoveForm, ReferForm, RejectForm, TransferForm, WatchForm
from ..models import Ticket, Transfer
from ..states import TransferState

PASSING = {"assign", "refer", "transfer", "move", "watch"}


def hands_context(user: Any, ticket: Ticket, allowed: set[str]) -> dict[str, Any]:
    """What the ticket page shows of hand-overs: the forms of its dialogs, the request that waits, who watches.

    One statement for the people; one each for a request and for watchers, where there are any (``queries.one``).
    """
    house = handovers.house(ticket) if allowed & PASSING else {}
    mine = house.get(ticket.department_id)
    seats = mine.seats if mine else []
    others = [desk for pk, desk in house.items() if pk != ticket.department_id]
    watchers = handovers.watchers_of(ticket) if ticket.is_watched else []  # type: ignore[attr-defined]
    forms_: dict[str, Any] = {
        "assign_form": lambda: assign_form(user, ticket, seats),
        "refer_form": lambda: ReferForm(seats=colleagues(seats, user, ticket)),
        "transfer_form": lambda: TransferForm(desks=others),
        "move_form": lambda: MoveForm(desks=others),
        "watch_form": lambda: WatchForm(people=strangers(house, watchers)),
    }
    context = {name: make() for name, make in forms_.items() if name.removesuffix("_form") in allowed}
    return {**context, "watchers": watchers, **_request_context(user, ticket, house)}


def _request_context(user: Any, ticket: Ticket, house: dict[int, handovers.Desk]) -> dict[str, Any]:
    """The request that waits for an answer, or the last one when it was rejected, and what this person may do."""
    if ticket.request_pk is None:  # type: ignore[attr-defined]
        return {}
    row = handovers.with_people(Transfer.objects.filter(pk=ticket.request_pk)).get()  # type: ignore[attr-defined]
    context: dict[str, Any] = {"asked": row}
    if row.state != TransferState.PENDING:
        return context
    if access.may_decide(user, row):
        seats = house[row.target_id].seats if row.target_id in house else _seats_in(row.target_id)
        context |= {"accept_form": accept_form(row, seats), "reject_form": RejectForm(key=row.pk)}
    return {**context, "may_withdraw": access.may_withdraw(user, row, ticket)}


def _seats_in(department: int) -> list[Any]:
    return handovers.answering_by_desk([department])[department]


def accept_form(row: Transfer, seats: list[Any], data: Any = None) -> AcceptForm:
    """The form of taking over, with whom they asked for already chosen."""
    wished = row.person.public_id if row.person else None
    return AcceptForm(data, seats=seats, key=row.pk, initial={"to": wished})


def assign_form(user: Any, ticket: Ticket, seats: list[Any], data: Any = None) -> AssignForm:
    """The form of the assign dialog, offering the people of the ticket's department."""
    holder = ticket.assignee.public_id if ticket.assignee else None
    links = ticket.is_linked and may_manage_customers(user)  # type: ignore[attr-defined]
    return AssignForm(data, seats=seats, links=links, initial={"to": holder})


def colleagues(seats: list[Any], user: Any, ticket: Ticket) -> list[Any]:
    """Whom a ticket may be referred to: neither oneself nor who has it."""
    return [seat for seat in seats if seat.user.pk not in (user.pk, ticket.assignee_id)]


def strangers(house: dict[int, handovers.Desk], watchers: list[Any]) -> list[Any]:
    """Colleagues who do not watch yet, each once, by name as the departments have them."""
    watching = {one.user_id for one in watchers}
    people = {seat.user.pk: seat.user for desk in house.values() for seat in desk.seats}
    return [person for pk, person in people.items() if pk not in watching]
