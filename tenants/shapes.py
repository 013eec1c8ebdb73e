"""The three shapes of a request (docs/architecture.md).

page      (default) the body is read, then one transaction surrounds the view
transfer  uploads and downloads: the tenant is known, no transaction is open; the view opens request_scope()
stream    server-sent events and streamed exports: as transfer, and the response may be a stream
"""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

Shape = Literal["page", "transfer", "stream"]
View = TypeVar("View", bound=Callable[..., Any])


def transfer(view: View) -> View:
    """Mark a view that moves files: no transaction is held while bytes travel."""
    view.request_shape = "transfer"  # type: ignore[attr-defined]
    return view


def stream(view: View) -> View:
    """Mark a view whose response is a stream."""
    view.request_shape = "stream"  # type: ignore[attr-defined]
    return view


def shape_of(view: Callable[..., Any]) -> Shape:
    """The shape a view was marked with; page when it was not."""
    return getattr(view, "request_shape", "page")
