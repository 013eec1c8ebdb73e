"""Several tickets of the queue at once: giving them to a person (H12)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.access import may_manage_customers
from accounts.gates import for_staff
from departments.models import ServiceLink
from persian.digits import to_persian
from web.errors import Conflict, Invalid
from web.numbers import whole

from .. import access, handovers, queries, services
from ..forms import AssignForm
from ..models import Ticket
from ..services.hands import MOST

NAMED = 10  # of those left out


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def desk_assign(request: HttpRequest) -> HttpResponse:
    """The chosen tickets (``number``, each in the address) and to whom they go; all of them or none. What has been
    closed meanwhile is named and left out, and the form stands as it was for the rest.
    """
    numbers = _numbers(request)
    tickets = list(queries.queue(request.user).filter(number__in=numbers).order_by("number"))
    refusal, left_out = _judged(request, numbers, tickets)
    seats = handovers.answering_in(tickets[0].department_id) if tickets and not refusal else []
    links = not refusal and may_manage_customers(request.user) and _any_linked(tickets)
    form = AssignForm(request.POST or None, seats=seats, links=links)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and not (refusal or left_out) and form.is_valid():
        try:
            count = services.assign_many(numbers, actor=request.user, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.refuse(error)
            status = error.status
        else:
            return HttpResponseRedirect(
                f"{reverse('desk_tickets')}?view=open&done={'assigned-many' if count != 1 else 'assigned'}"
            )
    context = {"tickets": queries.decorate(tickets), "form": form, "refusal": refusal, "left_out": left_out}
    return render(request, "tickets/assign_many.html", context, status=status)


def _numbers(request: HttpRequest) -> list[int]:
    """The numbers of the form, or of the address; what is no number is left out."""
    given = (request.POST if request.method == "POST" else request.GET).getlist("number")[: MOST + 1]
    return sorted({number for one in given if (number := whole(one, 9)) > 0})


def _judged(request: HttpRequest, numbers: list[int], tickets: list[Ticket]) -> tuple[str, str]:
    """Why none of them can be given away, or which of them cannot: those are taken out of the list."""
    refusal = _refusal(numbers, tickets)
    if refusal:
        return refusal, ""
    left_out = _left_out(request, tickets)
    return ("", left_out) if tickets else (left_out, "")


def _left_out(request: HttpRequest, tickets: list[Ticket]) -> str:
    """Take out of the list what this person may not assign, and name it; empty where that is none."""
    out = [ticket for ticket in tickets if not access.MAY["assign"](request.user, ticket)]
    if not out:
        return ""
    tickets[:] = [ticket for ticket in tickets if ticket not in out]
    named = "، ".join(to_persian(str(ticket.number)) for ticket in out[:NAMED])
    rest = " این‌ها کنار رفت؛ بقیه را می‌توانید واگذار کنید." if tickets else ""
    return f"واگذاری این تیکت‌ها برای شما باز نیست؛ شاید بسته‌اند: {named}.{rest}"


def _refusal(numbers: list[int], tickets: list[Ticket]) -> str:
    """Why these tickets cannot be given away together; empty when they can."""
    if not numbers:
        return "هنوز تیکتی انتخاب نکرده‌اید. در فهرست تیکت‌ها کنار هر کدام نشان بگذارید."
    if len(numbers) > MOST:
        return "هر بار تا ۲۰۰ تیکت را می‌توان واگذار کرد. کمتر انتخاب کنید."
    if len(tickets) < len(numbers):
        return "یکی از این تیکت‌ها پیدا نشد. شاید در همین میان از دسترس شما رفته است."
    if len({ticket.department_id for ticket in tickets}) > 1:
        return "این تیکت‌ها از چند دپارتمان‌اند. تیکت‌های یک دپارتمان را با هم انتخاب کنید."
    return ""


def _any_linked(tickets: list[Ticket]) -> bool:
    return ServiceLink.objects.filter(
        customer__in={ticket.customer_id for ticket in tickets} - {None}
    ).exists()
