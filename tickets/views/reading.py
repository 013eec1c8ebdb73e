"""What a ticket's page posts by itself once it is shown: it has been read (a GET never writes, TRUST 33)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.gates import for_customers, for_staff
from notifications.services import mark_read as bells_read

from .. import access, services


@require_POST
@for_staff
def desk_ticket_read(request: HttpRequest, number: int) -> HttpResponse:
    """Our side has read it."""
    return _read(request, number)


@require_POST
@for_customers
def portal_ticket_read(request: HttpRequest, number: int) -> HttpResponse:
    """The customer's side has read it."""
    return _read(request, number)


def _read(request: HttpRequest, number: int) -> HttpResponse:
    ticket = access.fetch(request.user, number)
    services.mark_read(ticket, actor=request.user)
    bells_read(actor=request.user, about=f"ticket:{ticket.pk}")
    return HttpResponse(status=204)
