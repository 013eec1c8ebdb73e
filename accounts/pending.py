"""What a browser on its way in by SMS remembers, in its session: which challenge, which secret, where to go."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

KEY = "otp"


@dataclass(frozen=True)
class Pending:
    """One asked-for code. ``browser`` is the secret the challenge is bound to; times are seconds since the epoch."""

    challenge: str
    browser: str
    mobile: str
    resend_at: float
    expires_at: float
    next: str = ""

    @property
    def seconds_left(self) -> int:
        """Until the code dies; 0 when it has."""
        return _until(self.expires_at)

    @property
    def resend_in(self) -> int:
        """Until another code may be asked for."""
        return _until(self.resend_at)


def new_secret() -> str:
    """A secret for the asking browser."""
    return secrets.token_urlsafe(32)


def keep(
    request: Any,
    *,
    challenge: Any,
    browser: str,
    mobile: str,
    resend_after: int,
    expires_at: datetime,
    next: str,
) -> None:
    """Remember a challenge in the request's session, which is from now on this tenant's."""
    pending = Pending(
        challenge=str(challenge),
        browser=browser,
        mobile=mobile,
        resend_at=timezone.now().timestamp() + resend_after,
        expires_at=expires_at.timestamp(),
        next=next,
    )
    request.session[KEY] = asdict(pending)
    request.session["tenant"] = request.tenant.pk


def of(request: Any) -> Pending | None:
    """What the session remembers, or None."""
    kept = request.session.get(KEY)
    return Pending(**kept) if kept else None


def _until(moment: float) -> int:
    return max(0, round(moment - timezone.now().timestamp()))
