"""The dashboards of owner and staff: the same page, each over what that person sees (H1)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gates import for_owner, for_staff

from .. import queries


@require_safe
@for_owner
def manage(request: HttpRequest) -> HttpResponse:
    """The owner's: everything."""
    return _dashboard(request)


@require_safe
@for_staff
def desk(request: HttpRequest) -> HttpResponse:
    """The staff member's: what is theirs to see."""
    return _dashboard(request)


def _dashboard(request: HttpRequest) -> HttpResponse:
    context = {"board": queries.dashboard(request.user), "today": timezone.localdate()}
    return render(request, "panels/dashboard.html", context)
