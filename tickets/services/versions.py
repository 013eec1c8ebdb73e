"""Whether somebody wrote while an answer was being written (TRUST, fault 19)."""

from __future__ import annotations

from accounts.models import User
from web.errors import Conflict

from ..models import Ticket
from ..writing import newer_than

CAME = "هنگام نوشتن شما پیام تازه‌ای رسید. آن را ببینید، نوشته‌تان می‌ماند."
COMING = "هنگام نوشتن شما پاسخ یک همکار در راه است. آن را ببینید، نوشته‌تان می‌ماند."


class Newer(Conflict):
    """Something came that the writer's page did not show; ``messages`` are the ids of what they may read."""

    def __init__(self, messages: list[int]) -> None:
        super().__init__(CAME if messages else COMING)
        self.messages = messages


def check(ticket: Ticket, actor: User, *, seen: int | None, coming: int | None = None) -> None:
    """Raise Newer when another wrote after what the page showed; under the ticket's lock, so that of two at once the
    second is warned. None: the page did not say what it showed.
    """
    if seen is None:
        return
    messages, leaving = newer_than(ticket, actor, seen=seen, coming=coming or 0)
    if messages or leaving:
        raise Newer(messages)
