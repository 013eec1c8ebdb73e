"""Providers on a bad day: each mood lasts for so many requests, then it has passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.stubs.kavenegar import Kavenegar
from tests.stubs.smtp import Mailbox

SLOWEST = 12.0  # seconds: longer than our patience with a provider


class Moody(Mailbox):
    """A mail server that is told how to behave for the next few letters."""

    def __init__(self) -> None:
        super().__init__()
        self.mood, self.times = "fine", 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.times <= 0 or self.mood == "fine":
            return await super().handle_DATA(server, session, envelope)
        self.times -= 1
        self.asked += 1
        if self.mood == "later":
            return "451 come back later"
        if self.mood == "refuse":
            return "550 no such person"
        # Kept, and the line goes before anybody is told so.
        self.raw.append(bytes(envelope.content or b""))
        server.transport.abort()  # type: ignore[union-attr]
        return "250 kept"


@dataclass(frozen=True)
class MailMood:
    """Sets a mood of the mail server when it is called; answers with its name."""

    mailbox: Moody
    mood: str
    times: int

    @classmethod
    def all_of(cls, mailbox: Moody) -> list[MailMood]:
        return [cls(mailbox, "later", 2), cls(mailbox, "refuse", 1), cls(mailbox, "hang-up", 1)]

    def __call__(self) -> str:
        self.mailbox.mood, self.mailbox.times = self.mood, self.times
        return f"mail {self.mood}"


def sms_moods(provider: Kavenegar, day: float) -> list[Callable[[], str]]:
    """The SMS provider's: errors of its own, silence, a lost answer, nonsense."""

    def mood(name: str, times: int) -> Callable[[], str]:
        def turn() -> str:
            provider.seconds = min(SLOWEST, day / 5)
            provider.code = 451
            provider.times, provider.mode = times, name
            return f"sms {name}"

        return turn

    return [
        mood("error", 2),
        mood("html", 2),
        mood("stall", 1),
        mood("lost", 2),
        mood("garbage", 1),
        mood("drop", 2),
    ]
