"""Drafts kept while somebody types (B8), and whether this browser still holds a session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import signed_in
from persian.jalali import TEHRAN
from web import throttle
from web.errors import NotFound, TooMany

from .. import writing
from ..services import drafts

A_MINUTE = 90  # saves of one person: several forms at once, each at most every three seconds


@require_POST
@signed_in
def draft_keep(request: HttpRequest) -> HttpResponse:
    """Keep what stands in a form; answers with the minute it was kept."""
    if not throttle.allow(f"draft:{request.user.pk}", limit=A_MINUTE, seconds=60):
        raise TooMany(retry_after=throttle.wait(60))
    place, values = request.POST.get("place", ""), posted(request.POST)
    kept = drafts.keep(actor=request.user, place=place, values=values, client_key=client_key(request))
    response = HttpResponse(status=204)
    if kept is not None:
        response["X-Draft-At"] = f"{kept.updated_at.astimezone(TEHRAN):%H:%M}"
    return response


@require_POST
@signed_in
def draft_forget(request: HttpRequest) -> HttpResponse:
    """Put a draft aside («کنار گذاشتن»), back on the page it was for."""
    drafts.forget(actor=request.user, place=request.POST.get("place", ""))
    place = writing.place_of(request.POST.get("place", ""))
    if place is None:
        raise NotFound
    panel = "portal" if place.is_portal else "desk"
    if place.number is not None:
        return HttpResponseRedirect(reverse(f"{panel}_ticket", args=[place.number]) + "#composer")
    return HttpResponseRedirect(
        reverse("desk_new_internal" if place.name == "new-internal" else f"{panel}_new")
    )


@never_cache
@require_safe
def here(request: HttpRequest) -> JsonResponse:
    """Who this browser is just now, None when its session has ended, and the token its forms need."""
    user: Any = request.user
    known = user.is_authenticated
    person, name = (str(user.public_id), user.display_name) if known else (None, "")
    return JsonResponse({"person": person, "name": name, "token": get_token(request)})


def posted(data: QueryDict) -> dict[str, Any]:
    """What of a posted form ``drafts.keep`` takes."""
    values: dict[str, Any] = {name: data[name] for name in writing.FIELDS if name in data}
    values |= {name: data.getlist(name) for name in (writing.KEPT, writing.READERS)}
    answers = {name: data.getlist(name) for name in data if writing.ANSWER.fullmatch(name)}
    return values | {writing.ANSWERS: answers}


def client_key(request: HttpRequest) -> UUID | None:
    """The key of a posted form, None for one that is none."""
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None
