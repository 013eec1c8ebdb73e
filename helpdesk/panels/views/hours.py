"""Working hours: the week, single days, «فردا تعطیل» and its undo (H4)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from departments import hours
from departments.calendar import next_opening
from departments.services import hours as services
from web.days import today
from web.errors import DomainError, NotFound

from .. import hours as shown
from ..forms.hours import ClosureForm, TomorrowForm, WeekForm
from .answers import back, carried_out, notice, posted_id, refusal_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def hours_page(request: HttpRequest) -> HttpResponse:
    """The week as it holds, earlier and later ones, the days off; ``act`` says what was pressed."""
    if request.method != "POST":
        return _page(request)
    return ACTS.get(request.POST.get("act", ""), _week)(request)


def _page(request: HttpRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    said, day = hours.read(), today()
    chosen = next((one for one in said.weeks if str(one.pk) == request.GET.get("week")), None)
    week, start = (chosen.week, chosen.valid_from) if chosen else (said.calendar.week_of(day), day)
    context = {
        "week_form": WeekForm.of(week, start),
        "closure_form": ClosureForm(),
        "tomorrow_form": TomorrowForm(),
        "weeks": shown.weeks(said, day),
        "years": shown.years(said, day),
        "near": list(shown.near(said, day)),
        "never_opens": next_opening(timezone.now(), said.calendar) is None,
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/hours.html", context, status=status)


def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    return _page(request, status=refusal.status, refused=refusal.message)


def _week(request: HttpRequest) -> HttpResponse:
    form = WeekForm(request.POST)
    if carried_out(form, lambda data: services.set_week(actor=request.user, **data)):
        return back("manage_hours", done="week" if any(form.result.slots) else "week-empty")
    return _page(request, status=422, week_form=form)


def _week_drop(request: HttpRequest) -> HttpResponse:
    services.drop_week(posted_id(request, "week"), actor=request.user)
    return back("manage_hours", done="week-gone")


def _close(request: HttpRequest) -> HttpResponse:
    form = ClosureForm(request.POST)
    if carried_out(form, lambda data: services.close_day(actor=request.user, **data)):
        return back("manage_hours", done="day-closed", fragment="days")
    return _page(request, status=422, closure_form=form)


def _open(request: HttpRequest) -> HttpResponse:
    day = _day(request)
    if day is None:
        raise NotFound()
    refusal = refusal_of(lambda: services.open_day(actor=request.user, day=day))
    return _refused(request, refusal) if refusal else back("manage_hours", done="day-open", fragment="days")


def _forget(request: HttpRequest) -> HttpResponse:
    services.forget_day(posted_id(request, "off"), actor=request.user)
    return back("manage_hours", done="day-gone", fragment="days")


def _tomorrow(request: HttpRequest) -> HttpResponse:
    form = TomorrowForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, tomorrow_form=form)
    words = form.cleaned_data
    refusal = refusal_of(lambda: services.close_tomorrow(actor=request.user, meant=_day(request), **words))
    if refusal:
        return _page(request, status=refusal.status, refused=refusal.message, tomorrow_form=form)
    return back(_origin(request), done="tomorrow")


def _undo(request: HttpRequest) -> HttpResponse:
    off = posted_id(request, "off")
    refusal = refusal_of(lambda: services.open_again(off, actor=request.user))
    return _refused(request, refusal) if refusal else back(_origin(request), done="open-again")


def _day(request: HttpRequest) -> date | None:
    """The day a form is about, as its page wrote it."""
    try:
        return date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        return None


def _origin(request: HttpRequest) -> str:
    """The page the button stood on."""
    return "manage" if request.POST.get("origin") == "manage" else "manage_hours"


ACTS = {
    "week": _week,
    "week_drop": _week_drop,
    "close": _close,
    "open": _open,
    "forget": _forget,
    "tomorrow": _tomorrow,
    "undo": _undo,
}
