"""The short address of letters: /t/<code>/."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.gates import signed_in
from web.errors import NotFound

from ..access import ABSENT, tickets_seen_by
from ..codes import normalise


@require_safe
@signed_in
def short(request: HttpRequest, code: str) -> HttpResponse:
    """To the ticket of a tracking code, in the person's own panel; an unseen code is like none (S5)."""
    ticket = tickets_seen_by(request.user).filter(tracking_code=normalise(code) or "").first()
    if ticket is None:
        raise NotFound(ABSENT)
    page = "desk_ticket" if request.user.is_staff_member else "portal_ticket"
    return HttpResponseRedirect(reverse(page, args=[ticket.number]))
