"""The dashboards of owner and staff: the same page, each over what that person sees (H1)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gates import for_owner, for_staff
from departments.hours import read as read_hours
from web.days import today

from .. import hours, queries
from .answers import notice


@require_safe
@for_owner
def manage(request: HttpRequest) -> HttpResponse:
    """The owner's: everything."""
    return _dashboard(request, near=list(hours.near(read_hours(), today())))


@require_safe
@for_staff
def desk(request: HttpRequest) -> HttpResponse:
    """The staff member's: what is theirs to see."""
    return _dashboard(request)


def _dashboard(request: HttpRequest, **more: Any) -> HttpResponse:
    context = {
        "board": queries.dashboard(request.user),
        "today": today(),
        "notice": notice(request),
        **more,
    }
    return render(request, "panels/dashboard.html", context)
