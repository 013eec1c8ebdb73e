"""A ticket on the desk: the page, the reply and the private note."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import meter
from accounts.gates import for_staff
from tenants.models import StoredFile
from tenants.scope import request_scope
from tenants.shapes import transfer
from web.days import today
from web.errors import DomainError

from .. import access, queries, services, standing, writing
from ..forms import NoteForm, ReplyForm
from ..models import Ticket
from . import canned
from .drafts import forget_shown
from .handing import asked_dialog, dialog_alone, hands_context
from .lapsed import keeps_typed
from .notices import back, notice
from .outgoing import anchor_of, word_for
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


@require_safe
@for_staff
def desk_ticket(request: HttpRequest, number: int) -> HttpResponse:
    """The ticket, its older part and its dialogs on demand; once shown, the page itself posts that it was read."""
    ticket = queries.one(request.user, number)
    return earlier(request, ticket) or dialog_alone(request, ticket) or ticket_page(request, ticket)


def ticket_page(request: HttpRequest, ticket: Ticket, *, status: int = 200, **given: Any) -> HttpResponse:
    """Render the page of a ticket fetched by ``queries.one``; ``given`` replaces forms that came back refused."""
    user = request.user
    thread = thread_of(request, ticket)
    allowed = access.allowed(user, ticket)
    given |= _writing(user, ticket, given)
    note_form = given.setdefault("note_form", NoteForm())
    mark_fresh(thread, given.get("fresh", ()))
    note_form.offer(queries.colleagues(user) if "note" in allowed else [])
    context = {
        "ticket": ticket,
        "thread": thread,
        "older": place_of(request) is not None,
        "files": dress(thread),
        "allowed": allowed,
        "statuses": queries.statuses_for(ticket) if "set_status" in allowed else [],
        "notice": notice(request, ticket, leaving=any(one.is_mine for one in given["outgoing"])),
        "last_message": last_message(thread),
        **_facts(user, ticket),
        **hands_context(user, ticket),
        **asked_dialog(request, ticket, allowed),
        **given,
    }
    context["then"] = _then(given["reply_form"], context["statuses"], allowed)
    return render(request, "tickets/ticket.html", context, status=status)


@transfer
@keeps_typed("reply-{number}")
@for_staff
@verb("desk_ticket")
def desk_ticket_reply(request: HttpRequest, number: int) -> HttpResponse:
    """An answer to the customer, with files; ``then`` sets the status or closes («ارسال و …»)."""
    form = ReplyForm(request.POST)
    ticket, files = _receive(request, number, form, verb="reply")
    if "insert" in request.POST:
        return _inserted(request, ticket, ReplyForm, files, mode="reply")
    more: dict[str, Any] = {}
    if form.is_valid():
        try:
            with request_scope(request):
                done = services.answer(ticket, actor=request.user, files=files, **form.message())
        except DomainError as refusal:
            form.refuse(refusal)
            more = told_of(refusal)
        else:
            forget_unbound(request, files)
            forget_shown(request, f"reply-{number}")
            return back(ticket, "desk_ticket", word_for(done), anchor=anchor_of(done))
    kept = list(map(shown_file, files))
    return _again(request, number, reply_form=form, composer_mode="reply", reply_kept=kept, **more)


@transfer
@keeps_typed("note-{number}")
@for_staff
@verb("desk_ticket")
def desk_ticket_note(request: HttpRequest, number: int) -> HttpResponse:
    """A note no customer ever sees (S12)."""
    form = NoteForm(request.POST)
    ticket, files = _receive(request, number, form, verb="note")
    if "insert" in request.POST:
        return _inserted(request, ticket, NoteForm, files, mode="note")
    more: dict[str, Any] = {}
    if form.is_valid():
        try:
            with request_scope(request):
                message = services.note(ticket, actor=request.user, files=files, **form.message())
        except DomainError as refusal:
            form.refuse(refusal)
            more = told_of(refusal)
        else:
            forget_unbound(request, files)
            forget_shown(request, f"note-{number}")
            return back(ticket, "desk_ticket", "noted", message=message.pk)
    kept = list(map(shown_file, files))
    return _again(request, number, note_form=form, composer_mode="note", note_kept=kept, **more)


def _receive(
    request: HttpRequest, number: int, form: ReplyForm | NoteForm, *, verb: str
) -> tuple[Ticket, Sequence[StoredFile]]:
    """The ticket, when this person may write on it, and the files that came: asked before a byte is stored."""
    with request_scope(request):
        ticket = access.fetch(request.user, number)
        access.require(verb, request.user, ticket)
    return ticket, receive(request, form)


def _facts(user: Any, ticket: Ticket) -> dict[str, Any]:
    """What stands beside the thread, and what a composer says before anything is written."""
    return {
        "grants_sight": standing.handles(user, ticket),
        "asks": standing.is_asking(user, ticket),
        "filled": filled_of(ticket, user),
        "internal": queries.internal_about(ticket, user),
        "meter": meter.of_column(ticket.contract, today()),  # type: ignore[attr-defined]
        **canned.ready_words(user, ticket),
    }


def _writing(user: Any, ticket: Ticket, given: Mapping[str, Any]) -> dict[str, Any]:
    """Both composers as this person left them, and what is on its way. One statement for the drafts, one more each
    for files that have arrived and answers on their way, where there are any.
    """
    outgoing = writing.outgoing_of(ticket, user)
    places = {kind: f"{kind}-{ticket.number}" for kind in ("reply", "note")}
    drafts = writing.drafts_of(user, *places.values())
    found: dict[str, Any] = {
        "outgoing": outgoing,
        "writer": writing.writer(user),
        "last_outgoing": max((one.pk for one in outgoing), default=0),
        "composer_mode": given.get("composer_mode")
        or ("note" if set(drafts) == {places["note"]} else "reply"),
        "reply_form": given.get("reply_form") or ReplyForm(),
    }
    for kind, make in (("reply", ReplyForm), ("note", NoteForm)):
        draft = drafts.get(places[kind])
        # A form that came back refused holds what was typed last.
        if draft is not None and f"{kind}_form" not in given:
            found |= {
                f"{kind}_form": make(initial=writing.typed(draft)),
                f"{kind}_draft": draft,
                f"{kind}_kept": list(map(shown_file, writing.kept_files(draft))),
            }
    return found


def _then(form: ReplyForm, statuses: Iterable[Any], allowed: Container[str]) -> tuple[str, str] | None:
    """What a draft's answer was to add to sending: the value of its button, and its words; None for nothing."""
    wished = "" if form.is_bound else str(form["then"].value() or "")
    offered = {f"status:{one.pk}": f"ارسال و «{one.name}»" for one in statuses}
    if "close" in allowed:
        offered["close"] = "ارسال و بستن"
    return (wished, offered[wished]) if wished in offered else None


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
