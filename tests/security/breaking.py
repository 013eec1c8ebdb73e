"""A middleware that makes every page fail, as late as it can: behind all others, before the view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse


class Breaking:
    """Raises ``error`` where the view would have been called."""

    error: Callable[[], BaseException] = lambda: RuntimeError("nothing was planted")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        raise type(self).error()
