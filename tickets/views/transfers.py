"""Requests to another department: the list of those that wait for a person's answer, and the answers (H13, S10)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.gates import for_staff
from web.counting import bounded
from web.errors import Conflict, Invalid, NotAllowed
from web.paging import page

from .. import access, handovers, queries, services, standing
from ..handover_forms import RejectForm
from ..models import Transfer
from ..services.transfers import LATE
from ..states import TransferState
from .addresses import Address
from .desk import ticket_page
from .handing import accept_form
from .hands import landing
from .notices import done

PAGE = 25
VIEWS = {"waiting": "در انتظار پاسخ", "sent": "درخواست‌های من"}
ORDER = {"waiting": ("created_at", "id"), "sent": ("-created_at", "-id")}


@require_safe
@for_staff
def desk_transfers(request: HttpRequest) -> HttpResponse:
    """What waits for this person's answer, the longest first; or what they asked for themself."""
    address = Address(request, ("view",))
    decides = request.user.is_owner or bool(standing.desks_decided_by(request.user))
    view = address.one_of("view", VIEWS, usual="waiting" if decides else "sent")
    rows = handovers.requests_for(request.user) if view == "waiting" else handovers.requests_of(request.user)
    found = page(handovers.with_people(rows), keys=ORDER[view], cursor=address.cursor, size=PAGE)
    if view == "waiting":
        _dress(found.rows)
    context = {
        "page": found,
        "total": bounded(rows),
        "view": view,
        "views": [{"url": address.link(view=key), "word": word, "current": key == view} for key, word in VIEWS.items()],
        "notice": done(request),
    }  # fmt: skip
    return render(request, "tickets/transfers.html", context)


def _dress(rows: list[Transfer]) -> None:
    """Give each request the forms of its two answers; one statement for the people of all of them."""
    seats = handovers.answering_by_desk({row.target_id for row in rows})
    for row in rows:
        row.accept_form = accept_form(row, seats[row.target_id])  # type: ignore[attr-defined]
        row.reject_form = RejectForm(key=row.pk)  # type: ignore[attr-defined]


def _answer(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """POST only; who comes by GET is led to the list."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return HttpResponseRedirect(reverse("desk_transfers"))
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        return view(request, handovers.fetch_request(request.user, pk))

    return guarded


@for_staff
@_answer
def desk_transfer_accept(request: HttpRequest, row: Transfer) -> HttpResponse:
    """«تأیید و واگذاری»: to a person of the department, or into its queue."""
    _may_answer(request, row)
    seats = handovers.answering_in(row.target_id)
    form = accept_form(row, seats, request.POST)
    if form.is_valid():
        try:
            ticket = services.accept(row, actor=request.user, to=form.cleaned_data["to"])
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return landing(request, ticket.number, "accepted")
    return _again(request, row, accept_form=form)


@for_staff
@_answer
def desk_transfer_reject(request: HttpRequest, row: Transfer) -> HttpResponse:
    """«رد با دلیل»."""
    _may_answer(request, row)
    form = RejectForm(request.POST, key=row.pk)
    if form.is_valid():
        try:
            services.reject(row, actor=request.user, reason=form.cleaned_data["reason"])
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return HttpResponseRedirect(f"{reverse('desk_transfers')}?done=rejected")
    return _again(request, row, reject_form=form)


@for_staff
@_answer
def desk_transfer_withdraw(request: HttpRequest, row: Transfer) -> HttpResponse:
    """«پس‌گرفتن درخواست»."""
    services.withdraw(row, actor=request.user)
    return landing(request, row.ticket.number, "withdrawn")


def _may_answer(request: HttpRequest, row: Transfer) -> None:
    """Before anything is said about the form: may they, and is there still something to answer?"""
    if not access.may_decide(request.user, row):
        raise NotAllowed(access.REFUSED)
    if row.state != TransferState.PENDING:
        raise Conflict(LATE)


def _again(request: HttpRequest, row: Transfer, **given: Any) -> HttpResponse:
    """The ticket's page with the dialog open and what was typed in it."""
    ticket = queries.one(request.user, row.ticket.number)
    return ticket_page(request, ticket, status=422, **given)
