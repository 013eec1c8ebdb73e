"""An answer on its way: taken back, sent at once, and those that could not go (B8)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import for_staff
from web.errors import Conflict, NotFound

from .. import access, services, writing
from ..models import Message, Ticket
from ..services import outgoing
from ..services.outgoing import Answered
from .notices import back
from .shown import shown_file
from .verbs import verb


@for_staff
@verb("desk_ticket")
def desk_ticket_take_back(request: HttpRequest, number: int, key: UUID) -> HttpResponse:
    """«پس گرفتن»: its text and files stand in the composer again."""
    ticket = access.fetch(request.user, number)
    row = writing.own_outgoing(request.user, ticket, key, failed=True)
    if row is not None:
        services.take_back(row, actor=request.user)
    elif _said(request, ticket, key):
        raise Conflict(outgoing.GONE)
    elif not _is_back(request, ticket):
        raise NotFound
    return back(ticket, "desk_ticket", "taken-back", anchor="composer")


@for_staff
@verb("desk_ticket")
def desk_ticket_send_now(request: HttpRequest, number: int, key: UUID) -> HttpResponse:
    """«همین حالا بفرست», and what the author's page says when its countdown ends."""
    ticket = access.fetch(request.user, number)
    row = writing.own_outgoing(request.user, ticket, key)
    done = services.send_now(row, actor=request.user) if row else Answered()
    if done.message is not None:
        return back(ticket, "desk_ticket", word_for(done), anchor=anchor_of(done))
    said = _said(request, ticket, key)
    if said is None and not _is_back(request, ticket):
        raise NotFound
    if said is None:
        return back(ticket, "desk_ticket", "unsent", anchor="composer")
    return back(ticket, "desk_ticket", "replied", message=said.pk)


@require_safe
@for_staff
def desk_unsent(request: HttpRequest) -> HttpResponse:
    """One's own answers that could not be sent and whose tickets are out of sight."""
    rows = writing.unsent_of(request.user)
    for row in rows:
        row.shown = [shown_file(one.file) for one in row.files.all()]  # type: ignore[attr-defined]
    return render(request, "tickets/unsent.html", {"rows": rows})


@require_POST
@for_staff
def desk_unsent_drop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Forget one of them."""
    row = next((one for one in writing.unsent_of(request.user) if one.client_key == key), None)
    if row is None:
        raise NotFound
    outgoing.drop(row, actor=request.user)
    return HttpResponseRedirect(reverse("desk_unsent"))


def word_for(done: Answered) -> str:
    """The word of notices.DONE for what became of an answer."""
    if done.outgoing is not None:
        return "sending"
    return {None: "replied", True: "replied-closed", False: "replied-open"}[done.closed]


def anchor_of(done: Answered) -> str:
    """Where on the page it stands now."""
    if done.outgoing is not None:
        return f"outgoing-{done.outgoing.pk}"
    return f"message-{done.message.pk}" if done.message is not None else "composer"


def _said(request: HttpRequest, ticket: Ticket, key: UUID) -> Message | None:
    return Message.objects.filter(ticket=ticket, author=request.user, client_key=key).first()


def _is_back(request: HttpRequest, ticket: Ticket) -> bool:
    """Whether something of this person's lies in the composer: what has been taken back, or could not go."""
    place = f"reply-{ticket.number}"
    return place in writing.drafts_of(request.user, place)
