"""Addresses that only take a form."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

View = Callable[..., HttpResponse]


def verb(page: str) -> Callable[[View], View]:
    """POST only. Who comes by GET (the address bar after a refused form still names it) is led to the ticket's page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, number: int, **kwargs: Any) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return HttpResponseRedirect(reverse(page, args=[number]))
            if request.method != "POST":
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            return view(request, number, **kwargs)

        return guarded

    return decorate
