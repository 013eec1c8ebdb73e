"""A browser without a screen, for load: keep-alive HTTP, cookies, the hidden fields of a form; and many at once."""

from __future__ import annotations

import http.client
import re
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any, TypeVar

from django.conf import settings
from django.test import Client

from accounts.models import User
from tests.worlds import sign_in

EDGE = "edge-of-parts"
# gunicorn hangs up on a connection after two idle seconds; a browser would notice, we simply open another one.
KEPT = 1.0
Who = TypeVar("Who")
What = TypeVar("What")


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the address it leads to, the text, and how long it took (seconds)."""

    status: int
    location: str
    text: str
    seconds: float


@dataclass
class Visitor:
    """One browser on one tenant's host; used by one thread at a time."""

    host: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    _connection: http.client.HTTPConnection | None = None
    _used: float = 0.0

    def get(self, path: str) -> Answer:
        """Read a page; the token of its form is kept for the next post."""
        answer = self._ask("GET", path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)
        if found:
            self.token = found[1]
        return answer

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form as a browser does that has file inputs in it; redirects are not followed."""
        fields = {"csrfmiddlewaretoken": self.token, **fields}
        kind = f"multipart/form-data; boundary={EDGE}"
        return self._ask("POST", path, body=multipart(fields), headers={"Content-Type": kind})

    def header(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        begun = time.monotonic()
        if begun - self._used > KEPT:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        told = {"Host": f"{self.host}:{self.port}", "Cookie": self.header(), **(headers or {})}
        try:
            self._connection.request(method, path, body=body, headers=told)
            response = self._connection.getresponse()
            text = response.read().decode(errors="replace")
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        self._used = time.monotonic()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), text, time.monotonic() - begun)


def session_of(user: User) -> dict[str, str]:
    """Cookies of a person who has logged in, as the login page would have left them."""
    client = Client()
    sign_in(client, user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def multipart(fields: dict[str, str]) -> bytes:
    """The body of a form with these fields and no file."""
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, f"--{EDGE}--\r\n"]).encode()


def wish(*, department: int, subject: str, **more: str) -> dict[str, str]:
    """The fields of a new ticket."""
    fields = {"client_key": str(uuid.uuid4()), "subject": subject, "department": str(department)}
    return {**fields, "topic": "", "staff": "", "priority": "2", "body": "از امروز صبح چاپ نمی‌شود.", **more}


def all_at_once(act: Callable[[Who], What], who: Sequence[Who]) -> list[What]:
    """Every one of them does it in a thread of their own, starting together; results in order, faults raised."""
    barrier = Barrier(len(who))

    def start(one: Who) -> Any:
        barrier.wait(timeout=60)
        return act(one)

    with ThreadPoolExecutor(len(who)) as pool:
        return list(pool.map(start, who))
