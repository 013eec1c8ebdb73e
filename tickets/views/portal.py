"""The customer's panel: home, the list of tickets, and a ticket as the customer sees it (no notes, no hands)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gates import for_customers
from accounts.services import contracts
from tenants.scope import request_scope
from tenants.shapes import transfer
from web.counting import bounded
from web.errors import DomainError
from web.paging import page

from .. import access, closures, queries, rules, services, writing
from ..forms import PortalReplyForm
from ..models import Message, Ticket
from .addresses import Address
from .drafts import forget_shown
from .lapsed import keeps_typed
from .notices import back, notice
from .shown import (
    dress,
    earlier,
    filled_of,
    last_message,
    mark_fresh,
    place_of,
    shown_file,
    thread_of,
    told_of,
)
from .uploads import forget_unbound, receive
from .verbs import verb

HOME_TICKETS = 20
STATES = (("open", "باز"), ("closed", "بسته"), ("all", "همه"))


@require_safe
@for_customers
def portal(request: HttpRequest) -> HttpResponse:
    """Home: a search box, what is left of the contract (S2) and the open tickets, whoever's turn it is first."""
    open_ones = queries.view_of(queries.queue(request.user), "open", user=request.user)
    tickets = queries.decorate(queries.turn_first(open_ones)[: HOME_TICKETS + 1])
    context = {
        "tickets": tickets[:HOME_TICKETS],
        "more": len(tickets) > HOME_TICKETS,
        "total": bounded(open_ones),
        "closure": closures.told(tickets, rest=open_ones if len(tickets) > HOME_TICKETS else None),
        "meter": contracts.state(request.user.customer, person=request.user),
        "any_tickets": bool(tickets) or access.tickets_seen_by(request.user).exists(),
    }
    return render(request, "portal/home.html", context)


@require_safe
@for_customers
def portal_tickets(request: HttpRequest) -> HttpResponse:
    """Every ticket this person sees, newest change first; a search looks in closed ones too."""
    address = Address(request, ("state", "q"))
    state = address.one_of("state", dict(STATES), usual="all" if address.get("q") else "open")
    rows = queries.view_of(queries.queue(request.user), state, user=request.user)
    rows = queries.apply_filters(rows, {"q": address.get("q")})
    found = page(rows, cursor=address.cursor, size=queries.PAGE)
    found.rows = queries.decorate(found.rows)
    context = {
        "page": found,
        "total": bounded(rows),
        "views": [
            {"word": word, "url": address.link(state=key), "current": key == state} for key, word in STATES
        ],
        "query": address.get("q"),
        "filtered": bool(address.get("q"))
        or state != "open"
        or access.tickets_seen_by(request.user).exists(),
    }
    return render(request, "portal/tickets.html", context)


@require_safe
@for_customers
def portal_ticket(request: HttpRequest, number: int) -> HttpResponse:
    """The conversation, its older part on demand; once shown, the page itself posts that it was read."""
    ticket = queries.one(request.user, number)
    return earlier(request, ticket) or portal_page(request, ticket)


def portal_page(request: HttpRequest, ticket: Ticket, *, status: int = 200, **given: Any) -> HttpResponse:
    """Render a customer's ticket; ``given`` replaces a reply that came back refused."""
    thread = thread_of(request, ticket)
    mark_fresh(thread, given.get("fresh", ()))
    draft = writing.drafts_of(request.user, f"portal-{ticket.number}").get(f"portal-{ticket.number}")
    over = rules.is_over(ticket, timezone.now())
    allowed = access.allowed(request.user, ticket)
    context = {
        "ticket": ticket,
        "thread": thread,
        "older": place_of(request) is not None,
        "over": over,
        "before_it": _before_it(request, ticket),
        "files": dress(thread),
        "filled": filled_of(ticket, request.user),
        "allowed": allowed - {"reopen"} if over else allowed,
        "reply_form": PortalReplyForm(initial=writing.typed(draft)),
        "reply_draft": draft,
        "writer": writing.writer(request.user),
        "reply_kept": list(map(shown_file, writing.kept_files(draft))),
        "last_message": last_message(thread),
        "opened": request.GET.get("done") == "opened",
        "closure": closures.told([ticket]),
        "notice": notice(request, ticket),
        **given,
    }
    return render(request, "portal/ticket.html", context, status=status)


def _before_it(request: HttpRequest, ticket: Ticket) -> Ticket | None:
    """The ticket this one goes on from, where this person sees it."""
    if ticket.linked_to_id is None:
        return None
    return access.tickets_seen_by(request.user).filter(pk=ticket.linked_to_id).first()


@transfer
@keeps_typed("portal-{number}")
@for_customers
@verb("portal_ticket")
def portal_ticket_reply(request: HttpRequest, number: int) -> HttpResponse:
    """The customer's message, with files; a closed ticket opens again, a long-closed one goes on in a new one.

    «مشکلم حل شد» is pressed here too: what stands in the box goes with it.
    """
    form, more = PortalReplyForm(request.POST), dict[str, Any]()
    with request_scope(request):
        ticket = access.fetch(request.user, number)
        if form.closes and form.says_nothing() and not request.FILES:
            return portal_ticket_close(request, number)
        access.require("reply", request.user, ticket)
    files = receive(request, form)
    if form.is_valid():
        send = services.solve if form.closes else services.reply
        try:
            with request_scope(request):
                message = send(ticket, actor=request.user, files=files, **form.message())
        except DomainError as refusal:
            form.refuse(refusal)
            more = told_of(refusal)
        else:
            forget_unbound(request, files)
            forget_shown(request, f"portal-{number}")
            return _said(ticket, message, solved=form.closes)
    with request_scope(request):
        given = {"status": 422, "reply_form": form, "reply_kept": list(map(shown_file, files)), **more}
        return portal_page(request, queries.one(request.user, number), **given)


def _said(ticket: Ticket, message: Message, *, solved: bool) -> HttpResponse:
    """To the message, which may stand in a new ticket; or to the news that this one is closed."""
    if message.ticket_id != ticket.pk:
        return back(message.ticket, "portal_ticket", "went-on", message=message.pk)
    if solved:
        return back(ticket, "portal_ticket", "solved", anchor="closed")
    return back(ticket, "portal_ticket", "replied", message=message.pk)


@for_customers
@verb("portal_ticket")
def portal_ticket_close(request: HttpRequest, number: int) -> HttpResponse:
    """«مشکلم حل شد»."""
    ticket = services.close(access.fetch(request.user, number), actor=request.user)
    return back(ticket, "portal_ticket", "solved", anchor="closed")


@for_customers
@verb("portal_ticket")
def portal_ticket_reopen(request: HttpRequest, number: int) -> HttpResponse:
    """It was not solved after all."""
    ticket = services.reopen(access.fetch(request.user, number), actor=request.user)
    return back(ticket, "portal_ticket", "reopened")
