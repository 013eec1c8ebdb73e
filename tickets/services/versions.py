"""Whether somebody wrote while an answer was being written (TRUST, fault 19)."""

from __future__ import annotations

from uuid import UUID

from accounts.models import User
from web.errors import Conflict

from ..models import Message, Outgoing, Ticket
from ..states import MessageKind
from ..writing import newer_than

CAME = "هنگام نوشتن شما پیام تازه‌ای رسید. آن را ببینید، نوشته‌تان می‌ماند."
COMING = "هنگام نوشتن شما پاسخ یک همکار در راه است. آن را ببینید، نوشته‌تان می‌ماند."
TWICE = "همین متن را پیش‌تر فرستاده‌اید. اگر باز هم باید برود، دوباره بفرستید."


class Newer(Conflict):
    """Something came that the writer's page did not show; ``messages`` are the ids of what they may read."""

    def __init__(self, messages: list[int], sentence: str = "") -> None:
        super().__init__(sentence or (CAME if messages else COMING))
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


def check_twice(
    ticket: Ticket, actor: User, *, body: str, key: UUID, seen: int | None, coming: int | None = None
) -> None:
    """Raise Newer when this person has sent the same words from another tab, and this page does not know of it yet."""
    if seen is None:
        return
    same = {"ticket": ticket, "author": actor, "body": body}
    said = Message.objects.filter(**same, kind=MessageKind.REPLY, pk__gt=seen).exclude(client_key=key)
    messages = list(said.values_list("pk", flat=True))
    leaving = Outgoing.objects.filter(**same, failed="", pk__gt=coming or 0).exclude(client_key=key)
    if messages or (actor.is_staff_member and leaving.exists()):
        raise Newer(messages, TWICE)
