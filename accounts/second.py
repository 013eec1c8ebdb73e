"""Who stands between the two steps of coming in (B17): remembered in the browser's session, which is nobody's yet."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import Any

from .models import User

KEY = "second"
LIFE = 5 * 60  # seconds
TRIES = 5


@dataclass(frozen=True)
class Waiting:
    """The first step is done: by whom, how, until when, and where they wanted to go."""

    person: str
    way: str
    wanted: str
    until: float
    tries: int = 0


def keep(request: Any, user: User, *, way: str, wanted: str) -> None:
    """Remember it under a new session key; what the browser held before is dropped (TRUST 1)."""
    request.session.flush()
    waiting = Waiting(str(user.public_id), way, wanted, time.time() + LIFE)
    request.session[KEY] = asdict(waiting)
    request.session["tenant"] = request.tenant.pk


def of(request: Any) -> Waiting | None:
    """What is remembered and still in time, or None."""
    kept = request.session.get(KEY)
    waiting = Waiting(**kept) if kept else None
    return waiting if waiting and time.time() < waiting.until and waiting.tries < TRIES else None


def person(waiting: Waiting) -> User | None:
    """The person, if they may still come in."""
    return User.objects.who_may_enter().filter(public_id=waiting.person).first()


def missed(request: Any) -> int:
    """Count one more wrong code; returns how many are left before the first step has to be done again."""
    kept = request.session[KEY]
    request.session[KEY] = {**kept, "tries": kept["tries"] + 1}
    return TRIES - kept["tries"] - 1
