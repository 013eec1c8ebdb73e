"""A ticket changing hands, from its own page: assigning, referral, request, move, watchers (H12, H13, S10, S21).

Each a POST; a choice that does not fit opens its dialog again with everything as it was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.gates import for_staff
from web.errors import Conflict, Invalid, NotAllowed
from web.numbers import whole

from .. import access, handovers, queries, services
from ..handover_forms import MoveForm, ReferForm, TransferForm, WatchForm
from ..models import Ticket
from ..services.common import Used
from ..services.hands import said
from .desk import ticket_page
from .handing import assign_form, colleagues, strangers
from .verbs import verb

# Dialog → what the page says afterwards (notices.DONE).
WORDS = {
    "assign": "assigned",
    "refer": "referred",
    "transfer": "requested",
    "move": "moved",
    "watch": "watching",
}
TYPED = ("explanation", "note")  # what a dialog must not lose


def landing(request: HttpRequest, number: int, word: str) -> HttpResponse:
    """To the ticket's page while they see it, else to the queue, saying what was done."""
    seen = access.tickets_seen_by(request.user).filter(number=number).exists()
    page = reverse("desk_ticket", args=[number]) if seen else reverse("desk_tickets")
    return HttpResponseRedirect(f"{page}?done={word}")


def sent_already(request: HttpRequest) -> bool:
    """Whether this very form has done its work: who pressed twice may by now see the ticket no more."""
    post = request.POST
    whom, target = post.get("person") or post.get("to"), whole(post["target"]) if "target" in post else None
    try:
        key, to = UUID(post.get("client_key", "")), UUID(whom) if whom else None
        return bool(said(key, request.user, text=post.get("explanation", ""), to=to, target=target))
    except (ValueError, Used):
        return False


def _pass_on(
    request: HttpRequest,
    ticket: Ticket,
    *,
    form: forms.Form,
    name: str,
    act: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """Do what a valid form says; a refusal or a lost race opens the dialog again, with what was typed. So does a ticket
    that was closed or has changed hands while somebody wrote; without words it is the ordinary refusal.
    """
    status = 422
    try:
        access.require(name, request.user, ticket)
        if form.is_valid():
            with transaction.atomic():
                act(form.cleaned_data)
            return landing(request, ticket.number, WORDS[name])
    except (Invalid, Conflict, NotAllowed) as refusal:
        if isinstance(refusal, NotAllowed) and not any(form.data.get(word) for word in TYPED):
            raise
        form.refuse(refusal)  # type: ignore[attr-defined]
        status = refusal.status
    again = queries.one(request.user, ticket.number)
    return ticket_page(request, again, status=status, hand=name, hand_form=form)


@for_staff
@verb("desk_ticket")
def desk_ticket_assign(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to a person of its department, with a note if there is one (H12)."""
    ticket = queries.one(request.user, number)
    form = assign_form(request.user, ticket, handovers.answering_in(ticket.department_id), request.POST)
    return _pass_on(
        request,
        ticket,
        form=form,
        name="assign",
        act=lambda given: services.assign(ticket, actor=request.user, **given),
    )


@for_staff
@verb("desk_ticket")
def desk_ticket_refer(request: HttpRequest, number: int) -> HttpResponse:
    """«ارجاع به همکار»: at once, with words (S10, S21)."""
    if sent_already(request):
        return landing(request, number, "referred")
    ticket = queries.one(request.user, number)
    form = ReferForm(
        request.POST, seats=colleagues(handovers.answering_in(ticket.department_id), request.user, ticket)
    )

    return _pass_on(
        request,
        ticket,
        form=form,
        name="refer",
        act=lambda given: services.refer(ticket, actor=request.user, **given),
    )


@for_staff
@verb("desk_ticket")
def desk_ticket_transfer(request: HttpRequest, number: int) -> HttpResponse:
    """«درخواست انتقال» to another department (H13)."""
    if sent_already(request):
        return landing(request, number, "requested")
    ticket = queries.one(request.user, number)
    form = TransferForm(request.POST, desks=_others(ticket))

    return _pass_on(
        request,
        ticket,
        form=form,
        name="transfer",
        act=lambda given: services.request_transfer(ticket, actor=request.user, **given),
    )


@for_staff
@verb("desk_ticket")
def desk_ticket_move(request: HttpRequest, number: int) -> HttpResponse:
    """«انتقال» without asking: the owner's (H13)."""
    if sent_already(request):
        return landing(request, number, "moved")
    ticket = queries.one(request.user, number)
    form = MoveForm(request.POST, desks=_others(ticket))

    def act(given: dict[str, Any]) -> None:
        services.move(ticket, actor=request.user, to=given.pop("person"), **given)

    return _pass_on(request, ticket, form=form, name="move", act=act)


@for_staff
@verb("desk_ticket")
def desk_ticket_watch(request: HttpRequest, number: int) -> HttpResponse:
    """Let a colleague see it."""
    ticket = queries.one(request.user, number)
    form = WatchForm(request.POST, people=strangers(handovers.house(ticket), []))
    return _pass_on(
        request,
        ticket,
        form=form,
        name="watch",
        act=lambda given: services.watch(ticket, actor=request.user, **given),
    )


@for_staff
@verb("desk_ticket")
def desk_ticket_unwatch(request: HttpRequest, number: int) -> HttpResponse:
    """Take that back, or stop watching oneself."""
    ticket = access.fetch(request.user, number)
    asked = request.POST.get("user", "")
    row = next((one for one in handovers.watchers_of(ticket) if str(one.user.public_id) == asked), None)
    if row is None:
        raise Conflict("این همکار دیگر ناظر این تیکت نیست.")
    services.unwatch(ticket, actor=request.user, user=row.user)
    return landing(request, number, "unwatched")


def _others(ticket: Ticket) -> list[handovers.Desk]:
    return [desk for pk, desk in handovers.house(ticket).items() if pk != ticket.department_id]
