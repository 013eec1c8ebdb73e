"""Rating in the portal, and by the signed link of a letter, which asks for no login (S8)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_customers
from accounts.origin import address_of
from web import throttle
from web.errors import DomainError, Invalid, NotFound, TooMany

from .. import access, queries, rating_links, ratings, services
from ..models import Message, Rating, Ticket
from ..rating_forms import RateForm
from ..states import RatedBy
from .notices import back
from .portal import portal_page
from .verbs import verb

WINDOW = 600
TRIES = 60  # an address's looks at links in ten minutes: an office reads its letters behind one
CHANGES = 40  # a person's presses in the portal


@for_customers
@verb("portal_ticket")
def portal_ticket_rate(request: HttpRequest, number: int) -> HttpResponse:
    """Stars on an answer, or on how the closed ticket was handled; for htmx the row of stars comes back."""
    ticket = access.fetch(request.user, number)
    _throttle(f"rate:{request.user.pk}", CHANGES)
    form = RateForm(request.POST)
    htmx = getattr(request, "htmx", False)
    if form.is_valid():
        try:
            rating = _rate(ticket, form, request)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            if not htmx:
                return back(ticket, "portal_ticket", "rated", message=rating.message_id)
            given = ratings.given_of(rating)
            context = {"ticket": ticket, "given": given, "target": rating.message_id, "saved": True}
            return render(request, "tickets/_rated.html", context)
    if "message" in form.errors:
        raise NotFound(access.ABSENT)
    if htmx:
        raise Invalid(_first_error(form))
    return portal_page(request, queries.one(request.user, number), status=422, rate_form=form)


def _rate(ticket: Ticket, form: RateForm, request: HttpRequest) -> Rating:
    data = form.cleaned_data
    words = {"actor": request.user, "stars": data["stars"], "comment": data["comment"]}
    if data["message"] is None:
        return services.rate_closing(ticket, **words)
    message = access.messages_seen_by(request.user, ticket).filter(pk=data["message"]).first()
    if message is None:
        raise NotFound(access.ABSENT)
    return services.rate_answer(message, **words)


@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """What a letter's link rates, for its reader alone. Looking never rates: mail scanners look too (TRUST 33)."""
    _throttle(f"rate-link:{address_of(request)}", TRIES)
    rated = rating_links.read(token)
    form = _form(request, rated)
    if request.method == "POST" and form.is_valid():
        try:
            _by_link(rated, form)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _private(HttpResponseRedirect(f"{request.path}?done=rated"))
    context = {
        "rated": rated,
        "ticket": rated.ticket,
        "form": form,
        "saved": request.GET.get("done") == "rated" and rated.given is not None,
    }
    status = 422 if form.errors else 200
    return _private(render(request, "tickets/rate.html", context, status=status))


def _form(request: HttpRequest, rated: rating_links.Rated) -> RateForm:
    if request.method == "POST":
        return RateForm(request.POST)
    given, chosen = rated.given, request.GET.get("stars", "")
    stars = int(chosen) if chosen in {str(star) for star in ratings.WORDS} else None
    return RateForm(
        initial={
            "stars": stars or (given.stars if given else None),
            "comment": given.comment if given else "",
        }
    )


def _by_link(rated: rating_links.Rated, form: RateForm) -> None:
    words = {"actor": rated.person, "by": RatedBy.LINK}
    words |= {"stars": form.cleaned_data["stars"], "comment": form.cleaned_data["comment"]}
    if isinstance(rated.message, Message):
        services.rate_answer(rated.message, **words)
    else:
        services.rate_closing(rated.ticket, closing=rated.ticket.closed_at, **words)


def _throttle(key: str, limit: int) -> None:
    if not throttle.allow(key, limit=limit, seconds=WINDOW):
        raise TooMany(retry_after=throttle.wait(WINDOW))


def _private(response: HttpResponse) -> HttpResponse:
    """Nothing keeps the page, and its address goes nowhere else: the token in it is a key.

    Not no-referrer: with it browsers send ``Origin: null`` and the form would be refused as forged. same-origin tells
    other sites as little.
    """
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _first_error(form: RateForm) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), DomainError.sentence)
