"""Browsers that have been inside before (TRUST 12, 15): what strangers do to a name never closes the door to them.

A signed cookie says who came in here; it opens nothing by itself and only moves a person to counters of their own.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core import signing

from .models import User

SALT = "accounts.devices"
AGE = 180 * 24 * 3600  # seconds
MOST = 6  # people of one shared computer


@dataclass(frozen=True)
class Device:
    """One browser: an id of its own, and the public ids of those who have come in with it, the newest first."""

    id: str = ""
    people: tuple[str, ...] = field(default=())

    def knows(self, user: User | None) -> bool:
        """Whether this person has come in here before."""
        return user is not None and str(user.public_id) in self.people


STRANGE = Device()


def name() -> str:
    """The cookie's name, bound to the host where there is HTTPS (TRUST 7)."""
    return "__Host-known" if settings.SESSION_COOKIE_SECURE else "known"


def of(request: Any) -> Device:
    """The browser's cookie, or a strange device for none, an old one, another tenant's, or one we did not sign."""
    try:
        said = signing.loads(request.COOKIES.get(name(), ""), salt=_salt(request), max_age=AGE)
        return Device(str(said["id"]), tuple(str(person) for person in said["people"])[:MOST])
    except (signing.BadSignature, KeyError, TypeError):
        return STRANGE


def remember(request: Any, response: Any, user: User) -> None:
    """Write down that this person came in with this browser."""
    known = of(request)
    others = [person for person in known.people if person != str(user.public_id)]
    said = {"id": known.id or secrets.token_urlsafe(12), "people": [str(user.public_id), *others][:MOST]}
    response.set_cookie(
        name(),
        signing.dumps(said, salt=_salt(request)),
        max_age=AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(request: Any) -> str:
    return f"{SALT}:{request.tenant.pk}"
