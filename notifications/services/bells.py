"""A person's bell."""

from typing import Any

from django.utils import timezone

from ..models import Bell

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
