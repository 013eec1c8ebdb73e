"""One view, two answers: htmx gets the part, everybody else the page that includes it."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """True for an htmx request that swaps a piece; a boosted link or a restored history entry wants the page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not (htmx.boosted or htmx.history_restore_request)


def render_part(
    request: HttpRequest,
    page_template: str,
    part_template: str,
    context: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `part_template` for htmx, else `page_template`, which includes the same part."""
    template = part_template if wants_part(request) else page_template
    response = HttpResponse(render_to_string(template, dict(context or {}), request=request), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
