"""How the walks ask: a form in a fresh browser, htmx's headers, what a page holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse

from tests.plugins import ground

from .database import differences, photograph
from .scene import STRANGER, Scene, Things
from .urls import SIGNED_IN, STANDINGS, Row, readable

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://arvand.localhost/"}


def send(
    scene: Scene,
    row: Row,
    fields: dict[str, Any],
    *,
    role: str = "",
    things: Things | None = None,
    **extra: Any,
) -> Any:
    """Send one of a row's forms as its sender (or ``role``) and give back the answer."""
    things = things or scene.ours
    browser = scene.browser(role or row.sender)
    if row.before is not None:
        row.before(browser, things)
    rewind(fields)
    return browser.post(row.path(things), fields, **extra)


def rewind(fields: dict[str, Any]) -> None:
    """Uploads are read once; have them read again."""
    for value in fields.values():
        if hasattr(value, "seek"):
            value.seek(0)


def text(response: HttpResponse) -> str:
    """Body, address and events of an answer as one text."""
    if getattr(response, "streaming", False):
        body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    else:
        body = response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{headers}\n{body.decode('utf-8', 'replace')}"


@dataclass(frozen=True)
class Page:
    """One answer of a walk."""

    name: str
    role: str
    status: int
    text: str
    headers: dict[str, str]

    @property
    def is_html(self) -> bool:
        return self.headers.get("content-type", "").startswith("text/html")


@dataclass
class Walk:
    """What everybody was answered at every readable address, and what that wrote, by role."""

    pages: dict[tuple[str, str], Page]
    wrote: dict[str, list[str]]


def walk(scene: Scene) -> Walk:
    """Have everybody ask for every address that can be read, about our own things; what it writes is undone.

    On SQLite one of each standing: there the wall to the rival is looked at, and what is whose is the same code.
    """
    made = Walk({}, {})
    before = photograph()
    for role in sorted((STANDINGS if ground.is_sqlite() else SIGNED_IN) | {STRANGER, "newcomer"}):
        with undone():
            for row in readable():
                response = scene.browser(role).get(row.path(scene.ours))
                headers = {name.lower(): value for name, value in response.headers.items()}
                page = Page(row.name, role, response.status_code, text(response), headers)
                made.pages[row.name, role] = page
            made.wrote[role] = differences(before, photograph())
    return made


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, in the database and in the counters."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    cache.clear()


class _Hands(HTMLParser):
    """Collects what could run or send: scripts with content, handlers, addresses of javascript."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self.script = tag == "script"
        if tag in ("script", "iframe", "object", "embed") and "src" not in names:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and _leads_away(value or ""):
                self.found.append(f"{tag} {name}={value}")


def _leads_away(address: str) -> bool:
    scheme = "".join(sign for sign in address.lower() if sign > " ").partition(":")[0]
    return scheme in ("javascript", "data", "vbscript")


def hands(html: str) -> list[str]:
    """Inline scripts, event handlers, inline styles and javascript: addresses of a page."""
    parser = _Hands()
    parser.feed(html)
    return parser.found
