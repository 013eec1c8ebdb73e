"""A form whose writer's session has ended meanwhile (B8). static/js/session.js asks before one is sent; this is for who
has no script: what was typed goes to the writer's own draft, by the sign the form was given with. Nothing is sent,
nobody else sees it, and once they are in, the page they come back to holds it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenants.scope import request_scope
from web import throttle
from web.errors import DomainError

from .. import writing
from ..services import drafts
from .drafts import A_MINUTE, client_key, posted

View = Callable[..., HttpResponse]


def keeps_typed(place: str | Callable[[HttpRequest], str]) -> Callable[[View], View]:
    """Above the gate of a transfer view whose form is written in ``place`` («reply-{number}»), or where it says."""

    def _named(request: HttpRequest, kwargs: dict[str, Any]) -> str:
        return place.format(**kwargs) if isinstance(place, str) else place(request)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            # By now the gate has looked who it is, and led a stranger to the login page.
            stranger = request.method == "POST" and not request.user.is_authenticated
            if stranger and "Location" in response and _keep(request, _named(request, kwargs)):
                address = response["Location"]
                response["Location"] = f"{address}{'&' if '?' in address else '?'}typed=1"
            return response

        return guarded

    return decorate


def _keep(request: HttpRequest, place: str) -> bool:
    """Whether what was typed stands in its writer's draft now."""
    with request_scope(request):
        person = writing.writer_of(request.POST.get("writer", ""))
        if person is None or not throttle.allow(f"draft:{person.pk}", limit=A_MINUTE, seconds=60):
            return False
        # A box that is not ticked is not sent at all.
        values = posted(request.POST)
        values |= {name: "off" for name in writing.FLAGS if name not in values}
        try:
            drafts.leave(actor=person, place=place, values=values, client_key=client_key(request))
        except DomainError:
            return False  # no longer theirs to see, or too long to be kept
    return True
