"""The small acts on a ticket of the desk: take, status, priority, close, reopen. Each a POST, then the page.

A refusal is raised and becomes its page or toast (web.middleware); the services ask who may.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.gates import for_staff
from web.errors import Invalid
from web.numbers import whole

from .. import access, queries, services
from ..forms import PriorityForm, StatusForm
from .notices import back
from .verbs import verb


@for_staff
@verb("desk_ticket")
def desk_ticket_take(request: HttpRequest, number: int) -> HttpResponse:
    """«برمی‌دارم»."""
    ticket = services.take(access.fetch(request.user, number), actor=request.user)
    return back(ticket, "desk_ticket", "taken")


@for_staff
@verb("desk_ticket")
def desk_ticket_status(request: HttpRequest, number: int) -> HttpResponse:
    """Set one of the statuses the menu offered."""
    ticket = access.fetch(request.user, number)
    access.require("set_status", request.user, ticket)
    form = StatusForm(request.POST, statuses=queries.statuses_for(ticket))
    if not form.is_valid():
        raise Invalid("این وضعیت اکنون ممکن نیست. یکی دیگر را انتخاب کنید.")
    services.set_status(ticket, actor=request.user, status=form.cleaned_data["status"])
    return back(ticket, "desk_ticket", "changed")


@for_staff
@verb("desk_ticket")
def desk_ticket_priority(request: HttpRequest, number: int) -> HttpResponse:
    """Set the priority."""
    ticket = access.fetch(request.user, number)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        raise Invalid("اولویت را از فهرست انتخاب کنید.")
    services.set_priority(ticket, actor=request.user, priority=form.cleaned_data["priority"])
    return back(ticket, "desk_ticket", "changed")


@for_staff
@verb("desk_ticket")
def desk_ticket_close(request: HttpRequest, number: int) -> HttpResponse:
    """Close it, unless a customer's message came that the page did not show yet."""
    last = whole(request.POST.get("last", ""))
    ticket = access.fetch(request.user, number)
    services.close(ticket, actor=request.user, seen=last if last >= 0 else None)
    return back(ticket, "desk_ticket", "closed")


@for_staff
@verb("desk_ticket")
def desk_ticket_delete(request: HttpRequest, number: int) -> HttpResponse:
    """Put it into the bin, and show it there (H6): the owner's."""
    services.delete(access.fetch(request.user, number), actor=request.user)
    return HttpResponseRedirect(f"{reverse('manage_bin')}?done=binned")


@for_staff
@verb("desk_ticket")
def desk_ticket_reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Open a closed one again."""
    ticket = services.reopen(access.fetch(request.user, number), actor=request.user)
    return back(ticket, "desk_ticket", "reopened")
