"""Kavenegar's client, with its one request method replaced.

The package's own has no time limit, ignores the HTTP status, encodes lists wrongly and writes the API key (a part
of the address) into every error. Here: a limit on the whole call, typed faults, and a key that appears nowhere.
"""

import json
import logging
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any, TypeVar

import requests
from kavenegar import KavenegarAPI
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
ANSWER_LIMIT = 1_000_000  # bytes; a list of 200 entries is far below

# urllib3 writes each address it asks, and ours holds the key, into its debug log.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

Answer = TypeVar("Answer")


class Fault(Exception):
    """Base of what can go wrong with a call. The text is made of codes and type names only."""


class Refused(Fault):
    """The provider understood and said no; ``code`` is its return.status."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"refused with {code}")


class Unreached(Fault):
    """The request did not get there: nothing was sent."""


class Unanswered(Fault):
    """The request left and no proper answer came back: it may have been sent."""


class PeygirKavenegar(KavenegarAPI):
    """KavenegarAPI with time limits, a base address from settings and a hidden key."""

    def __init__(self, apikey: str, base_url: str) -> None:
        super().__init__(apikey)
        self.base_url = base_url.rstrip("/")

    def __repr__(self) -> str:
        return f"PeygirKavenegar({self.base_url})"

    __str__ = __repr__

    def _request(
        self, action: str, method: str, params: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """POST one method; returns the entries. Raises Refused, Unreached or Unanswered within 13 seconds."""
        fields = {name: _field(value) for name, value in (params or {}).items() if value not in (None, "")}
        address = f"{self.base_url}/{self.version}/{self.apikey}/{action}/{method}.json"
        status, body = _within(CONNECT_SECONDS + READ_SECONDS, lambda: _post(address, fields))
        return _entries(status, body)


def _field(value: Any) -> str:
    """Lists travel as JSON in one field, as the provider wants them."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, tuple)) else str(value)


def _post(address: str, fields: Mapping[str, str]) -> tuple[int, bytes]:
    try:
        with requests.Session() as session:
            session.mount("http://", HTTPAdapter(max_retries=0))
            session.mount("https://", HTTPAdapter(max_retries=0))
            with session.post(
                address,
                data=fields,
                headers={"Accept": "application/json"},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, response.raw.read(ANSWER_LIMIT, decode_content=True)
    except Exception as error:  # noqa: BLE001  whatever it is, its text holds the address and so the key
        fault = Unreached if _never_left(error) else Unanswered
        name = type(error).__name__
    raise fault(name)  # outside the except block: the original error must not hang on as context


def _never_left(error: Exception) -> bool:
    """True when no connection came about."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, (NewConnectionError, ConnectTimeoutError))


def _entries(status: int, body: bytes) -> list[dict[str, Any]]:
    try:
        answer = json.loads(body.decode("utf-8"))
        code = int(answer["return"]["status"])
    except (ValueError, KeyError, TypeError):
        code = None
    if code is None or (500 <= code < 600 and code != 501):
        # A proxy's page, half an answer, or a provider that stumbled: nobody knows whether it was sent.
        raise Unanswered(f"HTTP {status}" if code is None else str(code))
    if code != 200:
        raise Refused(code)
    entries = answer.get("entries")
    if isinstance(entries, dict):
        entries = [entries]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unanswered("no entries")
    return entries


def _within(seconds: float, call: Callable[[], Answer]) -> Answer:
    """The call's answer, or Unanswered when the time is over.

    The socket's own limits count each read anew and name look-up not at all, so a server that drips, or a silent
    resolver, would hold the worker; the thread left behind ends with its socket.
    """
    answers: list[Answer] = []
    faults: list[Fault] = []

    def run() -> None:
        try:
            answers.append(call())
        except Fault as fault:
            faults.append(fault)

    thread = Thread(target=run, name="kavenegar", daemon=True)
    thread.start()
    thread.join(seconds)
    if answers:
        return answers[0]
    raise faults[0] if faults else Unanswered("time is over")
