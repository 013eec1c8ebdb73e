"""Mail servers for tests, on aiosmtpd: one that keeps what it gets, and ones that misbehave on purpose."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Takes everything. ``answers`` are given to DATA one by one before it begins to accept, e.g. ``["451 later"]``."""

    def __init__(self, *answers: str, at: str = "DATA") -> None:
        self.raw: list[bytes] = []
        self.answers = list(answers)
        self.at = at
        self.asked = 0

    @property
    def messages(self) -> list[EmailMessage]:
        """What arrived, parsed."""
        return [email.message_from_bytes(raw, policy=default) for raw in self.raw]  # type: ignore[misc]

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at == "RCPT":
            self.asked += 1
            if self.answers:
                return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.at == "DATA":
            self.asked += 1
            if self.answers:
                return self.answers.pop(0)
        self.raw.append(bytes(envelope.content or b""))
        return "250 kept"


class Hanger(Mailbox):
    """Takes the letter, then closes the connection without an answer, ``times`` times."""

    def __init__(self, times: int = 1) -> None:
        super().__init__()
        self.times = times

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.asked += 1
        self.raw.append(bytes(envelope.content or b""))
        if self.times:
            self.times -= 1
            server.transport.abort()  # type: ignore[union-attr]
            await asyncio.sleep(0)
        return "250 kept"


@contextmanager
def mail_server(handler: Any) -> Iterator[int]:
    """A mail server with this handler; gives its port on 127.0.0.1."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port, ready_timeout=5)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that takes the connection and never says a word; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                held.append(listening.accept()[0])
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in held:
            connection.close()
