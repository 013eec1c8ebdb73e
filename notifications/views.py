"""The bell page and its one button. Who is let in is asked where they get their addresses (helpdesk/urls.py): the
gate stands on a floor above, and knows the first log-in, the second step and a session that has ended under htmx.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from web.paging import page

from .models import Bell
from .services import mark_read


@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The person's own lines, newest first."""
    lines = Bell.objects.filter(user_id=request.user.pk)
    rows = page(lines, keys=("-created_at", "-id"), cursor=request.GET.get("cursor"))
    return render(request, "notifications/bell.html", {"page": rows})


@require_POST
def bell_read(request: HttpRequest) -> HttpResponse:
    """Mark all of the person's lines read."""
    mark_read(actor=request.user)
    return redirect("bell")
