"""A ticket on the desk: the page, the reply and the private note."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import meter
from accounts.gates import for_staff
from tenants.models import StoredFile
from tenants.scope import request_scope
from tenants.shapes import transfer
from web.errors import Conflict, DomainError, Invalid

from .. import access, queries, services
from ..forms import NoteForm, ReplyForm
from ..models import Message, Ticket
from ..states import Category
from . import canned
from .handing import hands_context
from .notices import back, notice
from .shown import dress, earlier, filled_of, place_of, shown_file, thread_of
from .uploads import forget_unbound, receive
from .verbs import verb


@require_safe
@for_staff
def desk_ticket(request: HttpRequest, number: int) -> HttpResponse:
    """The ticket, its older part on demand; once shown, the page itself posts that it was read."""
    ticket = queries.one(request.user, number)
    return earlier(request, ticket) or ticket_page(request, ticket)


def ticket_page(request: HttpRequest, ticket: Ticket, *, status: int = 200, **given: Any) -> HttpResponse:
    """Render the page of a ticket fetched by ``queries.one``; ``given`` replaces forms that came back refused."""
    user = request.user
    thread = thread_of(request, ticket)
    allowed = access.allowed(user, ticket)
    note_form = given.setdefault("note_form", NoteForm())
    note_form.offer(queries.colleagues(user) if "note" in allowed else [])
    context = {
        "ticket": ticket,
        "thread": thread,
        "older": place_of(request) is not None,
        "files": dress(thread),
        "allowed": allowed,
        "statuses": queries.statuses_for(ticket) if "set_status" in allowed else [],
        "reply_form": ReplyForm(),
        "grants_sight": access.handles(user, ticket),
        "asks": access.is_asking(user, ticket),
        **canned.ready_words(user, ticket),
        "filled": filled_of(ticket, user),
        "internal": queries.internal_about(ticket, user),
        "composer_mode": "reply",
        "meter": meter.of_column(ticket.contract, meter.today()),  # type: ignore[attr-defined]
        "notice": notice(request, ticket),
        "last_message": max((one.obj.pk for one in thread if one.kind == "message"), default=0),
        **hands_context(user, ticket, allowed),
        **given,
    }
    return render(request, "tickets/ticket.html", context, status=status)


@transfer
@for_staff
@verb("desk_ticket")
def desk_ticket_reply(request: HttpRequest, number: int) -> HttpResponse:
    """An answer to the customer, with files; ``then`` sets the status or closes («ارسال و …»)."""
    form = ReplyForm(request.POST)
    ticket, files = _receive(request, number, form, verb="reply")
    if "insert" in request.POST:
        return _inserted(request, ticket, ReplyForm, files, mode="reply")
    if form.is_valid():
        try:
            with request_scope(request):
                message, word = _send(ticket, form, files, request.user)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            forget_unbound(request, files)
            return back(ticket, "desk_ticket", word, message=message.pk)
    return _again(
        request, number, reply_form=form, composer_mode="reply", reply_kept=list(map(shown_file, files))
    )


@transfer
@for_staff
@verb("desk_ticket")
def desk_ticket_note(request: HttpRequest, number: int) -> HttpResponse:
    """A note no customer ever sees (S12)."""
    form = NoteForm(request.POST)
    ticket, files = _receive(request, number, form, verb="note")
    if "insert" in request.POST:
        return _inserted(request, ticket, NoteForm, files, mode="note")
    if form.is_valid():
        try:
            with request_scope(request):
                message = services.note(ticket, actor=request.user, files=files, **form.message())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            forget_unbound(request, files)
            return back(ticket, "desk_ticket", "noted", message=message.pk)
    return _again(
        request, number, note_form=form, composer_mode="note", note_kept=list(map(shown_file, files))
    )


def _receive(
    request: HttpRequest, number: int, form: ReplyForm | NoteForm, *, verb: str
) -> tuple[Ticket, Sequence[StoredFile]]:
    """The ticket, when this person may write on it, and the files that came: asked before a byte is stored."""
    with request_scope(request):
        ticket = access.fetch(request.user, number)
        access.require(verb, request.user, ticket)
    return ticket, receive(request, form)


def _send(ticket: Ticket, form: ReplyForm, files: Sequence[StoredFile], user: Any) -> tuple[Message, str]:
    """The reply, what was asked with it, and the word for what was done; a closing that is not theirs (or no longer
    possible, or over a message that came meanwhile) is left out.
    """
    then = form.cleaned_data["then"]
    status = None
    if then == Category.WAITING and "set_status" in access.allowed(user, ticket):
        offered = queries.statuses_for(ticket)
        status = next((one for one in offered if one.category == then and one.is_default), None)
        if status is None:
            raise Invalid("این وضعیت اکنون ممکن نیست. یکی دیگر را انتخاب کنید.")
    message = services.reply(ticket, actor=user, files=files, status=status, **form.message())
    if then == "close":
        fresh = access.fetch(user, ticket.number)
        if fresh.category == Category.CLOSED:  # the same form, sent twice
            return message, "replied-closed"
        if "close" in access.allowed(user, fresh):
            try:
                services.close(fresh, actor=user, seen=form.cleaned_data["last"])
            except Conflict:
                return message, "replied-open"
            return message, "replied-closed"
    return message, "replied"


def _inserted(
    request: HttpRequest,
    ticket: Ticket,
    form: type[ReplyForm | NoteForm],
    files: Sequence[StoredFile],
    *,
    mode: str,
) -> HttpResponse:
    """Without a script: the composer with its ready answers to choose from, or with the chosen one in its text."""
    with request_scope(request):
        shown, lines = canned.inserted(request, ticket, form)
    kept = list(map(shown_file, files))
    given = {f"{mode}_form": shown, f"{mode}_canned": lines, f"{mode}_kept": kept, "composer_mode": mode}
    return _again(request, ticket.number, status=200, **given)


def _again(request: HttpRequest, number: int, *, status: int = 422, **given: Any) -> HttpResponse:
    """The page once more, with the text as it was and the files that have arrived."""
    with request_scope(request):
        return ticket_page(request, queries.one(request.user, number), status=status, **given)
