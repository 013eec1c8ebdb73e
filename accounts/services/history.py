"""The login history: who came in how, and what was tried at their door (TRUST 5).

A try at a name nobody has is written like one at a known name, without a person: the row tells nothing (TRUST 14).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ..models import LoginRecord, User
from ..origin import address_of, agent_of

CAME_IN, WRONG, WRONG_FACTOR = "in", "wrong", "factor"
KEPT = timedelta(days=180)
STRANGERS_KEPT = timedelta(days=7)


def record(request: Any, *, user_id: int | None, way: str, outcome: str) -> None:
    """Write one coming in, or one failed try. ``way``: "sms" or "password"."""
    LoginRecord.objects.create(
        user_id=user_id, way=way, outcome=outcome, address=address_of(request), agent=agent_of(request)
    )


def of(user: User) -> QuerySet[LoginRecord]:
    """The person's history, unordered."""
    return LoginRecord.objects.filter(user=user)


def sweep(now: datetime | None = None) -> int:
    """Forget what is old; in the scope the caller has opened. Returns how many rows went."""
    now = now or timezone.now()
    old, _ = LoginRecord.objects.filter(created_at__lt=now - KEPT).delete()
    strange, _ = LoginRecord.objects.filter(user=None, created_at__lt=now - STRANGERS_KEPT).delete()
    return old + strange
