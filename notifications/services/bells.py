"""A person's bell."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from ..models import Bell, Delivery

COUNTED = 100


def mark_read(*, actor: Any, about: str | None = None) -> int:
    """Mark the actor's bell lines read: all, or those about one thing (``"ticket:12"``). Returns how many."""
    lines = Bell.objects.filter(user_id=actor.pk, read_at=None)
    if about is not None:
        lines = lines.filter(about=about)
    return lines.update(read_at=timezone.now())


def unread_count(user: Any) -> int:
    """Unread lines of a person's bell, counted up to 100 (shown as «+۹۹»)."""
    return Bell.objects.filter(user_id=user.pk, read_at=None).order_by()[:COUNTED].count()


def hush(*about: str) -> None:
    """Nothing more is told of things that are put away: their bell lines go, letters that wait never leave (H6)."""
    Bell.objects.filter(about__in=about).delete()
    waiting = Delivery.objects.filter(about__in=about, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.SKIPPED, secret=None, lease=None, leased_until=None)


def forget(about: Iterable[str]) -> None:
    """What was told of things that are gone for good goes with them: bell lines, and letters with their text (H6)."""
    for model in (Bell, Delivery):
        model.objects.filter(about__in=list(about)).delete()
