"""«چه کسی چه مدت نگه داشت»: asked for apart, so that the ticket's page does not pay for it (H13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gates import for_staff
from web.parts import render_part

from .. import access
from ..kept import kept


@require_safe
@for_staff
def desk_ticket_custody(request: HttpRequest, number: int) -> HttpResponse:
    """The part for the panel of a ticket's page; without script a page of its own."""
    ticket = access.fetch(request.user, number)
    context = {"ticket": ticket, "kept": kept(ticket, at=timezone.now())}
    return render_part(request, "tickets/custody.html", "tickets/_custody.html", context)
