"""Error handlers of the URLconf, and the answer to a failed CSRF check."""

import errno
import logging
import secrets
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from web.answers import error_page

__all__ = ["csrf_failure", "error_page", "handler400", "handler403", "handler404", "handler500"]

logger = logging.getLogger("web.failures")

# Read aloud on the telephone: no 0/O, 1/I, and nothing that sounds alike.
ALPHABET = "ACEFHJKMPRTXY3479"


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read; a body over the limit is its own case."""
    _undo(request)
    return error_page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Refused by Django's own PermissionDenied."""
    _undo(request)
    return error_page(request, 403)


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Absent, or not theirs: the words are the same."""
    _undo(request)
    return error_page(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    """Our own failure: a short code that stands in the log too; no trace, no path, no SQL on the page.

    A database that does not answer is 503 with Retry-After, a full disk 507.
    """
    _undo(request)
    error = sys.exc_info()[1]
    code = "".join(secrets.choice(ALPHABET) for _ in range(6))
    match = getattr(request, "resolver_match", None)
    view = match.view_name if match else "-"
    logger.error("failure %s: %s at %s", code, type(error).__name__, view, exc_info=error is not None)
    if isinstance(error, (OperationalError, InterfaceError)):
        return error_page(request, 503, extra={"code": code, "retry_after": 10})
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return error_page(request, 507, extra={"code": code})
    return error_page(request, 500, extra={"code": code})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: kept open too long, or not ours."""
    _undo(request)
    logger.info("form refused: %s", reason)
    message = "این فرم زمان زیادی باز مانده یا کوکی مرورگر بسته است. به صفحهٔ قبل برگردید، تازه‌اش کنید و دوباره بفرستید."
    return error_page(request, 403, message, {"title": "فرم کهنه شده است"})


def _undo(request: HttpRequest) -> None:
    request.must_roll_back = True  # type: ignore[attr-defined]
