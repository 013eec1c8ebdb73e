"""A browser without a screen: cookies, the forms of a page as they stand in it, and patience when a line drops."""

from __future__ import annotations

import html
import http.client
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from tests.load.visitor import EDGE, KEPT

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(
    r"<(input|button)\b([^>]*)>|<textarea\b([^>]*)>(.*?)</textarea>|<select\b([^>]*)>(.*?)</select>",
    re.DOTALL,
)
OPTION = re.compile(r"<option\b([^>]*)>", re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
NUMBERS = re.compile(r"/\d+/")
KEYS = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}/")
CODES = re.compile(r"/(rate|t)/[^/]+/")
PATIENCE = 90.0  # seconds a person waits for a house that said it would be away
GONE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)
Pairs = list[tuple[str, str]]
File = tuple[str, str, bytes]  # name of the field, name of the file, its bytes


class Refused(Exception):
    """The house could not be reached, and had not said so."""


class Book(Protocol):
    """Who writes down what was asked and what came of it."""

    def saw(self, kind: str, status: int, begun: float, seconds: float) -> None: ...
    def dropped(self, kind: str, fault: Exception, begun: float) -> bool: ...
    def reopened(self) -> None: ...


@dataclass(frozen=True)
class Form:
    """A form as it stands in its page: what it would send, what its lists and its buttons offer."""

    action: str
    pairs: Pairs
    offers: dict[str, list[str]]
    is_multipart: bool

    def value(self, name: str) -> str:
        """What one of its fields holds, "" where it has none such."""
        return next((value for known, value in self.pairs if known == name), "")


@dataclass(frozen=True)
class Page:
    """What came back: status, where it leads, its bytes and headers."""

    path: str
    status: int
    location: str
    raw: bytes
    headers: http.client.HTTPMessage

    @property
    def text(self) -> str:
        return self.raw.decode(errors="replace")

    @property
    def token(self) -> str:
        """What its scripts send beside a request of theirs."""
        found = re.search(r'"X-CSRFToken": "([^"]+)"', self.text)
        return found[1] if found else ""

    def forms(self) -> list[Form]:
        """Every form that posts; one without an address posts to the page itself."""
        found = []
        for given, inside in FORM.findall(self.text):
            attributes = _attributes(given)
            if attributes.get("method") == "post":
                found.append(_form(attributes, inside, attributes.get("action") or self.path))
        return found

    def form(self, ending: str) -> Form | None:
        """The form whose address ends so."""
        return next((form for form in self.forms() if form.action.endswith(ending)), None)


@dataclass
class Browser:
    """One browser on one tenant's host; used by one thread. Every request is written into the book."""

    host: str
    port: int
    address: str
    book: Book
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None
    _used: float = 0.0

    def get(self, path: str, **headers: str) -> Page:
        return self._ask("GET", path, headers=headers)

    def post(self, path: str, pairs: Iterable[tuple[str, str]], **headers: str) -> Page:
        """Fields alone, as a script or a plain form sends them."""
        body = urlencode(list(pairs)).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body=body, headers={**kind, **headers})

    def submit(self, form: Form, changes: dict[str, str] | None = None, files: Sequence[File] = ()) -> Page:
        """Send a form with some of its fields filled; redirects are not followed."""
        changes = changes or {}
        pairs = [(name, value) for name, value in form.pairs if name not in changes]
        pairs += list(changes.items())
        if not form.is_multipart:
            return self.post(form.action, pairs)
        kind = {"Content-Type": f"multipart/form-data; boundary={EDGE}"}
        return self._ask("POST", form.action, body=_multipart(pairs, files), headers=kind)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str]) -> Page:
        """Ask; while the house is away as it said, wait and ask the same again, as a person presses once more."""
        kind, gives_up = _kind(method, path), time.monotonic() + PATIENCE
        while True:
            reused = self._connection is not None and time.monotonic() - self._used <= KEPT
            begun = time.monotonic()
            try:
                page = self._once(method, path, body, headers)
            except (http.client.HTTPException, OSError) as fault:
                self.close()
                if reused and isinstance(fault, GONE):
                    self.book.reopened()  # it was closed while it lay idle: browsers open another by themselves
                    continue
                if not self.book.dropped(kind, fault, begun) or time.monotonic() > gives_up:
                    raise Refused(f"{kind}: {type(fault).__name__}") from fault
                time.sleep(0.5)
                continue
            self.book.saw(kind, page.status, begun, time.monotonic() - begun)
            return page

    def _once(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        if time.monotonic() - self._used > KEPT:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        told = {
            "Host": f"{self.host}:{self.port}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "X-Forwarded-For": self.address,
            "User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130.0",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        self._connection.request(method, path, body=body, headers=told)
        response = self._connection.getresponse()
        raw = response.read()
        self._used = time.monotonic()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        location = response.headers.get("Location", "")
        return Page(path, response.status, location, raw, response.headers)


def _kind(method: str, path: str) -> str:
    """A request without the numbers and keys in it: ``GET /desk/tickets/…/``."""
    plain = NUMBERS.sub("/…/", KEYS.sub("/…/", path.partition("?")[0]))
    return f"{method} {CODES.sub(lambda found: f'/{found[1]}/…/', plain)}"


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(text)}


def _form(attributes: dict[str, str], inside: str, action: str) -> Form:
    pairs: Pairs = []
    offers: dict[str, list[str]] = {}
    for tag, simple, area, words, select, options in FIELD.findall(inside):
        given = _attributes(simple or area or select)
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or kind == "file":
            continue
        if tag == "button":
            offers.setdefault(name, []).append(given.get("value", ""))
        elif tag and kind in ("radio", "checkbox"):
            offers.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                pairs.append((name, given.get("value", "on")))
        elif tag:
            pairs.append((name, given.get("value", "")))
        elif area:
            pairs.append((name, html.unescape(words).removeprefix("\n")))
        else:
            pairs.append((name, _chosen(name, options, offers)))
    return Form(action, pairs, offers, attributes.get("enctype") == "multipart/form-data")


def _chosen(name: str, options: str, offers: dict[str, list[str]]) -> str:
    found = [_attributes(option) for option in OPTION.findall(options)]
    offers[name] = [option.get("value", "") for option in found if option.get("value")]
    chosen = [option.get("value", "") for option in found if "selected" in option]
    return chosen[0] if chosen else (found[0].get("value", "") if found else "")


def _multipart(pairs: Pairs, files: Sequence[File]) -> bytes:
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    for name, file, raw in files:
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + raw + b"\r\n")
    return b"".join([*parts, f"--{EDGE}--\r\n".encode()])
