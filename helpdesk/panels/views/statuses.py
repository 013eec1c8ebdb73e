"""Statuses and the rules of a ticket's life: the list with the rules, and one status (S7, H6)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from tickets.models import TicketStatus
from tickets.rules import rules
from tickets.services import ruling, statuses
from web.answers import toast

from .. import life
from ..forms.statuses import MovesForm, NewStatusForm, RetireForm, RulesForm, StatusForm
from .answers import DONE, back, carried_out, notice, one, posted_id, posted_ids, refusal_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def listed(request: HttpRequest) -> HttpResponse:
    """The statuses in their order and the rules; ``act`` is create, move, order or rules."""
    act = request.POST.get("act")
    if act == "move":
        row = one(TicketStatus.objects.all(), pk=posted_id(request, "status"))
        statuses.move_status(row, actor=request.user, to="up" if request.POST.get("to") == "up" else "down")
        return back("manage_statuses", done="moved")
    if act == "order":
        statuses.order_statuses(actor=request.user, order=posted_ids(request, "order"))
        if request.htmx:
            return toast(HttpResponse(status=204), DONE["moved"])
        return back("manage_statuses", done="moved")
    if act == "rules":
        form = RulesForm(request.POST)
        if carried_out(form, lambda data: ruling.change_rules(actor=request.user, **data)):
            return back("manage_statuses", done="saved", fragment="rules")
        return _list(request, status=422, rules_form=form)
    if request.method != "POST":
        return _list(request)
    return _create(request)


def _create(request: HttpRequest) -> HttpResponse:
    form = NewStatusForm(request.POST)
    if carried_out(form, lambda data: statuses.create_status(actor=request.user, **data)):
        return back("manage_status", form.result.pk, done="status")
    return _list(request, status=422, form=form)


def _list(request: HttpRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    rows = life.statuses()
    context = {
        "statuses": [row for row in rows if row.is_active],
        "retired": [row for row in rows if not row.is_active],
        "form": NewStatusForm(),
        "rules_form": given.get("rules_form") or RulesForm.of(rules()),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/statuses.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def status(request: HttpRequest, pk: int) -> HttpResponse:
    """One status; ``act`` is change, default, moves, retire or back."""
    row = one(TicketStatus.objects.all(), pk=pk)
    if request.method != "POST":
        return _page(request, row)
    return ACTS.get(request.POST.get("act", ""), _change)(request, row)


def _page(request: HttpRequest, row: TicketStatus, *, status: int = 200, **given: Any) -> HttpResponse:
    others = life.others(row)
    offered = life.targets(row, others)
    context = {
        "status": row,
        "form": StatusForm.of(row),
        "moves_form": MovesForm(offered=offered, initial={"targets": life.named(row)}) if offered else None,
        "heirs": life.heirs(row, others),
        "retire_form": RetireForm(heirs=life.heirs(row, others)),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/status.html", context, status=status)


def _change(request: HttpRequest, row: TicketStatus) -> HttpResponse:
    form = StatusForm(request.POST)
    if carried_out(form, lambda data: statuses.edit_status(row, actor=request.user, **data)):
        return back("manage_status", row.pk, done="saved")
    return _page(request, row, status=422, form=form)


def _default(request: HttpRequest, row: TicketStatus) -> HttpResponse:
    if refused := refusal_of(lambda: statuses.make_default(row, actor=request.user)):
        return _page(request, row, status=refused.status, refused=refused.message)
    return back("manage_status", row.pk, done="status-default")


def _moves(request: HttpRequest, row: TicketStatus) -> HttpResponse:
    form = MovesForm(request.POST, offered=life.targets(row, life.others(row)))
    if carried_out(form, lambda data: statuses.allow_moves(row, actor=request.user, **data)):
        return back("manage_status", row.pk, done="saved")
    return _page(request, row, status=422, moves_form=form)


def _retire(request: HttpRequest, row: TicketStatus) -> HttpResponse:
    form = RetireForm(request.POST, heirs=life.heirs(row, life.others(row)))
    if carried_out(form, lambda data: statuses.retire_status(row, actor=request.user, **data)):
        return back("manage_statuses", done="status-retired")
    return _page(request, row, status=422, retire_form=form)


def _back(request: HttpRequest, row: TicketStatus) -> HttpResponse:
    statuses.bring_back(row, actor=request.user)
    return back("manage_status", row.pk, done="status-back")


ACTS = {"change": _change, "default": _default, "moves": _moves, "retire": _retire, "back": _back}
