"""What a ticket's page shows of hand-overs: the request that waits, who watches, and the dialog that is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import may_manage_customers

from .. import access, handovers
from ..forms import AssignForm
from ..handover_forms import AcceptForm, MoveForm, ReferForm, RejectForm, TransferForm, WatchForm
from ..models import Ticket, Transfer
from ..states import TransferState

# Hand-overs with a dialog; each is made when it is asked for, so a page does not carry the whole house's people.
HANDS = ("assign", "refer", "transfer", "move", "watch")


def hands_context(user: Any, ticket: Ticket) -> dict[str, Any]:
    """What the ticket page shows of hand-overs: the request that waits, who watches.

    One statement each for a request and for watchers, where there are any (``queries.one``).
    """
    watchers = handovers.watchers_of(ticket) if ticket.is_watched else []  # type: ignore[attr-defined]
    return {"watchers": watchers, **_request_context(user, ticket)}


def asked_dialog(request: HttpRequest, ticket: Ticket, allowed: set[str]) -> dict[str, Any]:
    """The dialog that ``?hand=`` asks for, when this person may: ``hand`` and ``hand_form``. One statement."""
    name = request.GET.get("hand", "")
    if name not in HANDS or name not in allowed:
        return {}
    return {"hand": name, "hand_form": hand_form(name, request.user, ticket)}


def hand_form(name: str, user: Any, ticket: Ticket) -> forms.Form:
    """The empty form of a hand-over, offering whom and where this ticket may go."""
    house = handovers.house(ticket)
    seats = house[ticket.department_id].seats
    if name == "assign":
        return assign_form(user, ticket, seats)
    if name == "refer":
        return ReferForm(seats=colleagues(seats, user, ticket))
    if name == "watch":
        watchers = handovers.watchers_of(ticket) if ticket.is_watched else []  # type: ignore[attr-defined]
        return WatchForm(people=strangers(house, watchers))
    others = [desk for pk, desk in house.items() if pk != ticket.department_id]
    return MoveForm(desks=others) if name == "move" else TransferForm(desks=others)


def dialog_alone(request: HttpRequest, ticket: Ticket) -> HttpResponse | None:
    """The dialog for a script that puts it into the page it is on; None where a page is asked. Raises NotAllowed."""
    name = request.GET.get("hand", "")
    if name not in HANDS or not getattr(request, "htmx", False):
        return None
    access.require(name, request.user, ticket)
    context = {"ticket": ticket, **asked_dialog(request, ticket, {name})}
    return render(request, "tickets/_hand.html", context)


def _request_context(user: Any, ticket: Ticket) -> dict[str, Any]:
    """The request that waits for an answer, or the last one when it was rejected, and what this person may do."""
    if ticket.request_pk is None:  # type: ignore[attr-defined]
        return {}
    row = handovers.with_people(Transfer.objects.filter(pk=ticket.request_pk)).get()  # type: ignore[attr-defined]
    context: dict[str, Any] = {"asked": row}
    if row.state != TransferState.PENDING:
        return context
    if access.may_decide(user, row):
        seats = handovers.answering_in(row.target_id)
        context |= {"accept_form": accept_form(row, seats), "reject_form": RejectForm(key=row.pk)}
    return {**context, "may_withdraw": access.may_withdraw(user, row, ticket)}


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
