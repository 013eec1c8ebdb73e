"""Refusals become answers; every answer carries the headers nobody else sets."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from web.answers import refusal
from web.errors import DomainError

logger = logging.getLogger("web.refusals")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class DomainErrors:
    """A `DomainError` raised by a view becomes its page or toast, and the request's writes are undone.

    The scope middleware commits what it sees answered; `request.must_roll_back` tells it not to.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal; anything else goes on to the 500 page."""
        if not isinstance(exception, DomainError):
            return None
        request.must_roll_back = True  # type: ignore[attr-defined]
        match = getattr(request, "resolver_match", None)
        # The name of the page, not its path: a path may hold a tracking code.
        view = match.view_name if match else "-"
        logger.info("refused %s with %s at %s", type(exception).__name__, exception.status, view)
        return refusal(request, exception)


class SecurityHeaders:
    """Headers that neither Django nor django-csp sets, and `no-store` for personal pages.

    A page is personal when the request brings a session cookie or the answer sets any cookie. A view that sets
    its own Cache-Control (a thumbnail, a public article) keeps it.
    """

    FIXED = {
        "Permissions-Policy": (
            "accelerometer=(), autoplay=(self), browsing-topics=(), camera=(), display-capture=(), "
            "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Permitted-Cross-Domain-Policies": "none",
    }

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in self.FIXED.items():
            response.headers.setdefault(name, value)
        personal = settings.SESSION_COOKIE_NAME in request.COOKIES or bool(response.cookies)
        if personal and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
