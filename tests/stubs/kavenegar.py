"""A stand-in for Kavenegar's HTTP API: sms/send, sms/sendarray, verify/lookup, sms/status, sms/statuslocalmessageid,
account/info. It remembers what it "sent", honours localid, and can be told to misbehave.

In a test: ``with Kavenegar() as provider:`` and ``provider.mode = "lost"``. By hand, for the journeys:
``python -m tests.stubs.kavenegar PORT``; then GET /sent answers what was sent, as JSON.

Modes: ``ok`` · ``error`` (answers ``code``) · ``html`` (a proxy's 502 page) · ``stall`` (waits ``seconds``, then sends
and answers) · ``late`` (sends, waits ``seconds``, then answers) · ``drip`` (one byte a second for ``seconds``) ·
``drop`` (closes before it does anything) · ``lost`` (sends, then closes without an answer) · ``garbage`` (sends, then
answers nonsense). ``times`` limits the misbehaviour to so many requests.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

MESSAGES = {200: "تایید شد", 404: "متدی با این نام پیدا نشده است", 411: "دریافت کننده نامعتبر است"}


@dataclass(frozen=True)
class Sent:
    """One message that would have reached a telephone."""

    messageid: int
    receptor: str
    message: str
    localid: str = ""
    template: str = ""
    sender: str = ""
    at: float = field(default_factory=time.time)


class Kavenegar:
    """The provider: a server in threads, its memory, and its temper."""

    def __init__(self, port: int = 0, key: str = "stub-key") -> None:
        self.key = key
        self.sent: list[Sent] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.mode, self.code, self.seconds, self.times = "ok", 418, 8.0, -1
        self._numbers = count(8_792_343)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (Handler,), {"provider": self}))
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        """What KAVENEGAR_BASE_URL is set to."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Kavenegar:
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self.server.shutdown()
        self.server.server_close()

    def temper(self) -> str:
        """The mode for this request; counts ``times`` down."""
        with self._lock:
            if self.mode == "ok" or self.times == 0:
                return "ok"
            self.times -= 1
            return self.mode

    def wait(self, seconds: float) -> None:
        """Stall, but not beyond the end of the test."""
        self._over.wait(seconds)

    def answer(self, method: str, fields: dict[str, str]) -> tuple[int, Any]:
        """(return.status, entries) of one call."""
        with self._lock:
            self.requests.append((method, fields))
            calls = {
                "sms/send": self._send,
                "sms/sendarray": self._send_array,
                "verify/lookup": self._look_up,
                "sms/status": lambda f: (
                    200,
                    [self._state(m) for m in self.sent if str(m.messageid) in _list(f, "messageid")],
                ),
                "sms/statuslocalmessageid": lambda f: (
                    200,
                    [self._state(m) for m in self.sent if m.localid in _list(f, "localid")],
                ),
                "account/info": lambda f: (
                    200,
                    {"remaincredit": 1_250_000, "expiredate": 1_893_456_000, "type": "master"},
                ),
            }
            return calls[method](fields) if method in calls else (404, None)

    def _send(self, fields: dict[str, str]) -> tuple[int, Any]:
        receptors, locals_ = _list(fields, "receptor"), _list(fields, "localid")
        if not fields.get("message"):
            return 413, None
        if not receptors or not all(number.lstrip("+").isdigit() for number in receptors):
            return 411, None
        if locals_ and len(locals_) != len(receptors):
            return 419, None
        found = []
        for place, receptor in enumerate(receptors):
            local = locals_[place] if locals_ else ""
            found.append(self._once(receptor, fields["message"], local, sender=fields.get("sender", "")))
        return 200, [self._entry(message, 1) for message in found]

    def _send_array(self, fields: dict[str, str]) -> tuple[int, Any]:
        try:
            lists = [json.loads(fields[name]) for name in ("receptor", "sender", "message")]
        except (KeyError, ValueError):
            return 419, None
        if len({len(one) for one in lists}) != 1:
            return 419, None
        locals_ = json.loads(fields.get("localmessageids", "[]")) or [""] * len(lists[0])
        found = [self._once(r, m, str(i), sender=s) for r, s, m, i in zip(*lists, locals_, strict=True)]
        return 200, [self._entry(message, 1) for message in found]

    def _look_up(self, fields: dict[str, str]) -> tuple[int, Any]:
        token = fields.get("token", "")
        if not token or any(letter in token for letter in " \n_"):
            return 431, None
        if not fields.get("template"):
            return 424, None
        message = self._once(fields.get("receptor", ""), f"code {token}", "", template=fields["template"])
        return 200, [self._entry(message, 5)]

    def _once(self, receptor: str, text: str, local: str, **more: str) -> Sent:
        """A new message, or the old one of the same localid."""
        for old in self.sent:
            if local and old.localid == local:
                return old
        self.sent.append(Sent(next(self._numbers), receptor, text, local, **more))
        return self.sent[-1]

    @staticmethod
    def _entry(message: Sent, status: int) -> dict[str, Any]:
        return {
            "messageid": message.messageid,
            "message": message.message,
            "status": status,
            "statustext": "در صف ارسال" if status == 1 else "ارسال به مخابرات",
            "sender": message.sender or "10004346",
            "receptor": message.receptor,
            "date": int(message.at),
            "cost": 120,
        }

    @staticmethod
    def _state(message: Sent) -> dict[str, Any]:
        return {
            "messageid": message.messageid,
            "localid": message.localid,
            "status": 10,
            "statustext": "رسیده به گیرنده",
        }


def _list(fields: dict[str, str], name: str) -> list[str]:
    return [item for item in fields.get(name, "").split(",") if item]


class Handler(BaseHTTPRequestHandler):
    """Speaks HTTP for the provider it is bound to."""

    provider: Kavenegar
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class's name
        """Say nothing: the address holds the key."""

    def do_GET(self) -> None:  # noqa: N802  the base class's name
        split = urlsplit(self.path)
        if split.path == "/sent":
            self._out(200, json.dumps([asdict(one) for one in self.provider.sent], ensure_ascii=False))
        else:
            self._call(split.path, {name: values[0] for name, values in parse_qs(split.query).items()})

    def do_POST(self) -> None:  # noqa: N802  as above
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        fields = {name: values[0] for name, values in parse_qs(body).items()}
        self._call(urlsplit(self.path).path, fields)

    def _call(self, path: str, fields: dict[str, str]) -> None:
        parts = path.strip("/").split("/")
        if len(parts) != 4 or parts[0] != "v1" or not parts[3].endswith(".json"):
            self._answer(404, None)
        elif parts[1] != self.provider.key:
            self._answer(403, None)
        else:
            self._serve(f"{parts[2]}/{parts[3].removesuffix('.json')}", fields, self.provider.temper())

    def _serve(self, method: str, fields: dict[str, str], temper: str) -> None:
        if temper in ("drop", "error", "html"):
            self.provider.requests.append((method, fields))
        if temper == "drop":
            return self._hang_up()
        if temper == "error":
            return self._answer(self.provider.code, None)
        if temper == "html":
            return self._out(502, "<html><h1>502 Bad Gateway</h1></html>", "text/html")
        if temper == "stall":
            self.provider.wait(self.provider.seconds)
        status, entries = self.provider.answer(method, fields)
        if temper == "late":
            self.provider.wait(self.provider.seconds)
        if temper == "lost":
            return self._hang_up()
        if temper == "garbage":
            return self._out(200, '{"return":{"status":')
        return self._answer(status, entries, slowly=temper == "drip")

    def _answer(self, status: int, entries: Any, *, slowly: bool = False) -> None:
        told = {"status": status, "message": MESSAGES.get(status, "ناموفق")}
        body = json.dumps({"return": told, "entries": entries}, ensure_ascii=False)
        self._out(status if 200 <= status < 600 else 400, body, slowly=slowly)

    def _out(self, status: int, body: str, kind: str = "application/json", *, slowly: bool = False) -> None:
        raw = body.encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            dripped = int(self.provider.seconds) if slowly else 0
            for place in range(dripped):
                self.wfile.write(raw[place : place + 1])
                self.wfile.flush()
                self.provider.wait(1)
            self.wfile.write(raw[dripped:])
        except OSError:
            self.close_connection = True  # nobody is listening any more

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def main() -> None:
    """Serve until interrupted."""
    provider = Kavenegar(
        int(sys.argv[1]) if len(sys.argv) > 1 else 0, sys.argv[2] if len(sys.argv) > 2 else "stub-key"
    )
    print(f"Kavenegar stub at {provider.url}, key {provider.key}", flush=True)
    try:
        provider.server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        provider.server.server_close()


if __name__ == "__main__":
    main()
