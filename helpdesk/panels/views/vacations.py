"""Days away: one's own, and the acts that a colleague's page shares with it (H9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_staff
from accounts.models import User
from departments.services import vacations as services

from .. import lists, vacations
from ..forms.vacations import VacationForm
from .answers import back, carried_out, notice, one, posted_id, refusal_of

# How a page draws itself when it refuses, and the name and values of its address.
Page = Callable[..., HttpResponse]
Home = tuple[Any, ...]


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def own_vacations(request: HttpRequest) -> HttpResponse:
    """What is planned, and a new one; ``act`` is plan, vacation_change or stay."""
    user: User = request.user  # type: ignore[assignment]
    if request.method != "POST":
        return _page(request, user)
    act = {"vacation_change": change, "stay": stay}.get(request.POST.get("act", ""), plan)
    return act(request, user, _page, ("desk_vacation",))


def _page(request: HttpRequest, person: User, *, status: int = 200, **given: Any) -> HttpResponse:
    opened, wrong = request.GET.get("vacation", ""), given.pop("wrong_vacation", None)
    sheet = vacations.sheet(person, opened=opened, wrong=wrong, form=given.pop("vacation_form", None))
    context = {**sheet, "notice": notice(request), **given}
    return render(request, "panels/vacation.html", context, status=status)


def plan(request: HttpRequest, person: User, page: Page, home: Home) -> HttpResponse:
    """Days away."""
    form = VacationForm(request.POST, people=lists.substitutes_for(person))
    if carried_out(form, lambda data: services.plan(person, actor=request.user, **data)):
        return back(*home, done="vacation")
    return page(request, person, status=422, vacation_form=form)


def change(request: HttpRequest, person: User, page: Page, home: Home) -> HttpResponse:
    """Other days, or another substitute."""
    row = one(lists.vacations_of(person), pk=posted_id(request, "vacation"))
    form = VacationForm.of(row, people=lists.substitutes_for(person), data=request.POST)
    if carried_out(form, lambda data: services.change(row, actor=request.user, **data)):
        return back(*home, done="vacation-changed")
    return page(request, person, status=422, wrong_vacation={row.pk: form})


def stay(request: HttpRequest, person: User, page: Page, home: Home) -> HttpResponse:
    """Called off, or back before its end."""
    row = one(lists.vacations_of(person), pk=posted_id(request, "vacation"))
    if refused := refusal_of(lambda: services.cancel(row, actor=request.user)):  # type: ignore[arg-type]
        return page(request, person, status=refused.status, refused=refused.message)
    return back(*home, done="vacation-gone")
