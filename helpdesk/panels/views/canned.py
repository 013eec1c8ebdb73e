"""Answers kept ready: everybody's, the departments' and one's own; a new one, and one of them (S28)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_staff
from departments import ready
from departments.models import CannedResponse
from departments.services import canned as services
from web import variables
from web.errors import Invalid, NotFound

from .. import ready_answers
from ..forms.canned import MINE, CannedForm, NewCannedForm
from .answers import back, carried_out, notice, one, posted_id

GONE = (
    "آن پاسخ آماده دیگر این‌جا نیست؛ شاید در این میان برداشته شده است. نوشته‌تان در همین فرم مانده است: "
    "اگر می‌خواهیدش، پاسخ تازه‌ای بسازید."
)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def canned(request: HttpRequest) -> HttpResponse:
    """The list by whose they are, narrowed by ``?q=``; ``act`` is create or move."""
    user: Any = request.user
    if request.method == "POST" and request.POST.get("act") == "move":
        row = one(ready.seen_by(user), pk=posted_id(request, "canned"))
        services.move_canned(row, actor=user, to="up" if request.POST.get("to") == "up" else "down")
        return back("desk_canned", done="moved", keep=request)
    departments = list(ready.desks_written_by(user))
    form = NewCannedForm(request.POST or None, user=user, departments=departments)
    if request.method == "POST" and carried_out(
        form, lambda data: services.create_canned(actor=user, **data)
    ):
        return back("desk_canned_one", form.result.pk, done="canned")  # type: ignore[attr-defined]
    return _list(request, form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def canned_one(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them, for who writes it; ``act`` is change or delete. Others read it in the list."""
    try:
        return _one(request, pk)
    except NotFound:
        if request.method != "POST":
            raise
        return _gone(request)


def _one(request: HttpRequest, pk: int) -> HttpResponse:
    row = one(ready.seen_by(request.user).select_related("department", "user"), pk=pk)
    if not ready.may_write(request.user, department=row.department, user_of=row.user):
        raise NotFound()
    if request.method == "POST" and request.POST.get("act") == "delete":
        services.delete_canned(row, actor=request.user)
        return back("desk_canned", done="canned-gone")
    form = CannedForm(request.POST) if request.method == "POST" else CannedForm.of(row)
    if request.method == "POST" and carried_out(
        form, lambda data: services.change_canned(row, actor=request.user, **data)
    ):
        return back("desk_canned_one", row.pk, done="saved")
    return _page(request, row, form)


def _gone(request: HttpRequest) -> HttpResponse:
    """Taken away meanwhile (or never theirs): what was typed stands in the form of a new one, and nothing is lost."""
    user: Any = request.user
    departments = list(ready.desks_written_by(user))
    if request.POST.get("act") == "delete":
        empty = NewCannedForm(user=user, departments=departments)
        return _list(request, empty, status=404, told="آن پاسخ آماده پیش‌تر برداشته شده است.")
    typed = {name: request.POST.get(name, "") for name in ("name", "body", "html")}
    form = NewCannedForm({**typed, "scope": MINE}, user=user, departments=departments)
    form.full_clean()
    form.refuse(Invalid(GONE))
    return _list(request, form, status=404)


def _list(request: HttpRequest, form: NewCannedForm, *, status: int, told: str = "") -> HttpResponse:
    context = {
        **ready_answers.listed(request.user, request.GET.get("q", "")),
        "form": form,
        "names": variables.NAMES,
        "notice": told or notice(request),
    }
    return render(request, "panels/canned.html", context, status=status)


def _page(request: HttpRequest, row: CannedResponse, form: CannedForm) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "unknown": variables.doubtful(row.body),
        "names": variables.NAMES,
        "notice": notice(request),
    }
    return render(request, "panels/canned_one.html", context, status=422 if form.errors else 200)
