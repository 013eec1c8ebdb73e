"""Drafts kept while somebody types (B8), and whether this browser still holds a session."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import signed_in
from persian.jalali import TEHRAN
from tenants.scope import request_scope
from web import throttle
from web.errors import NotFound, TooMany

from .. import writing
from ..services import drafts

LONGEST_SEEN = 4000
A_MINUTE = 90  # saves of one person: several forms at once, each at most every three seconds


@require_POST
@signed_in
def draft_keep(request: HttpRequest) -> HttpResponse:
    """Keep what stands in a form; answers with the minute it was kept, whether its key has sent a message already, and
    whether another form's text lies there too.
    """
    if not throttle.allow(f"draft:{request.user.pk}", limit=A_MINUTE, seconds=60):
        raise TooMany(retry_after=throttle.wait(60))
    place, values = request.POST.get("place", ""), posted(request.POST)
    kept = drafts.keep(
        actor=request.user,
        place=place,
        values=values,
        client_key=client_key(request) or uuid4(),
        number=_whole(request.POST.get("number", "")),
        seen=_seen(request) or {},
    )
    response = HttpResponse(status=204)
    if kept.draft is not None:
        response["X-Draft-At"] = f"{kept.draft.updated_at.astimezone(TEHRAN):%H:%M}"
    for name, holds in (("X-Draft-Sent", kept.is_sent), ("X-Draft-Others", kept.others)):
        if holds:
            response[name] = "1"
    return response


@require_POST
@signed_in
def draft_forget(request: HttpRequest) -> HttpResponse:
    """Put a draft aside («کنار گذاشتن»), back on the page it was for."""
    drafts.forget(actor=request.user, place=request.POST.get("place", ""), seen=_seen(request))
    place = writing.place_of(request.POST.get("place", ""))
    if place is None:
        raise NotFound
    panel = "portal" if place.is_portal else "desk"
    if place.number is not None:
        return HttpResponseRedirect(reverse(f"{panel}_ticket", args=[place.number]) + "#composer")
    if place.is_portal or place.person:
        query = f"?person={place.person}" if place.person else ""
        return HttpResponseRedirect(reverse(f"{panel}_new") + query)
    return HttpResponseRedirect(
        reverse("desk_new_internal") + (f"?about={place.about}" if place.about else "")
    )


def forget_shown(request: HttpRequest, place: str) -> None:
    """After sending: what a page showed of several forms has gone with it, also where no script said so before."""
    seen = _seen(request)
    if seen:
        with request_scope(request), suppress(NotFound):  # it may have left their sight with what was sent
            drafts.forget(actor=request.user, place=place, seen=seen)


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


def _seen(request: HttpRequest) -> dict[str, int] | None:
    """What the page of the form showed (Draft.seen); None where it does not say."""
    text = request.POST.get("seen", "")
    try:
        found = json.loads(text) if 0 < len(text) <= LONGEST_SEEN else None
    except ValueError:
        return None
    return (
        {key: value for key, value in found.items() if type(value) is int}
        if isinstance(found, dict)
        else None
    )


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None


def client_key(request: HttpRequest) -> UUID | None:
    """The key of a posted form, None for one that is none."""
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None
