"""Providers on a bad day: each mood lasts for so many requests, then it has passed."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import zip_longest

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.stubs.kavenegar import Kavenegar
from tests.stubs.smtp import Mailbox

Mood = Callable[[], str]
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


def all_moods(provider: Kavenegar, mailbox: Moody, day: float, rng: random.Random) -> list[Mood]:
    """Every mood once, in an order of ``rng``'s, the two providers by turns; each says its name as it begins."""
    times = 2 if day >= 60 else 1
    by_sms = [
        _sms(provider, name, times, day) for name in ("error", "html", "stall", "lost", "garbage", "drop")
    ]
    by_mail = [_mail(mailbox, name, times) for name in ("later", "refuse", "hang-up")]
    rng.shuffle(by_sms)
    rng.shuffle(by_mail)
    turns = [mood for pair in zip_longest(by_sms, by_mail) for mood in pair]
    return [mood for mood in turns if mood is not None]


def _sms(provider: Kavenegar, name: str, times: int, day: float) -> Mood:
    """The SMS provider's: errors of its own, silence, a lost answer, nonsense."""

    def turn() -> str:
        provider.seconds, provider.code = min(SLOWEST, day / 5), 451
        provider.times, provider.mode = times, name
        return f"sms {name}"

    return turn


def _mail(mailbox: Moody, name: str, times: int) -> Mood:
    def turn() -> str:
        mailbox.times, mailbox.mood = times, name
        return f"mail {name}"

    return turn
