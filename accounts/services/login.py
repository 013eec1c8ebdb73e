"""Coming in by password, and opening or closing a session. Codes: accounts.services.otp."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.contrib import auth
from django.contrib.auth.hashers import make_password

from persian import mobile
from tenants.models import Tenant
from web import throttle
from web.errors import TooMany

from ..devices import STRANGE, Device
from ..models import User
from ..origin import address_of, agent_of, bucket
from .values import LONGEST_PASSWORD, plain_identifier, plain_password

BACKEND = "accounts.backends.TenantBackend"
# What our sessions hold besides Django's own keys.
TENANT, SIDE, ENTERED, WAY, ADDRESS, AGENT = "tenant", "side", "entered", "way", "address", "agent"
FACTOR = "factor"  # whether the second step was done in this session (B17)

QUARTER, HOUR = 15 * 60, 3600
# (how often, in how many seconds). What strangers may try; none of it closes the door to a browser the person has come
# in with before, which has counters of its own, nor the other door: who is guessed at comes in by SMS.
PER_NAME_AND_ADDRESS = (10, QUARTER)
PER_NAME = (60, HOUR)
PER_ADDRESS = (100, HOUR)
PER_TENANT = (3000, HOUR)
PER_KNOWN_BROWSER = (10, QUARTER)
TOO_OFTEN = "چند بار پشت سر هم امتحان شد. کمی صبر کنید، یا با پیامک وارد شوید."


@dataclass(frozen=True)
class Tried:
    """A password was tried: whose name it was, None where nobody has it, and whether it was right."""

    user: User | None
    is_right: bool


def by_password(
    identifier: str, password: str, *, tenant: Tenant, address: str | None, device: Device = STRANGE
) -> Tried:
    """Try a user name or mobile with a password; a right and a wrong one cost the same (TRUST 14).

    Raises TooMany when a limit is reached and Unavailable when limits cannot be counted (TRUST 15).
    """
    name = plain_name(identifier)
    wanted = {"mobile": name} if name.startswith("+") else {"username": name}
    user = User.objects.who_may_enter().filter(**wanted).first()
    _count(name, tenant, bucket(address), device if device.knows(user) else None)
    return Tried(user, _matches(user, password))


def confirm(user: User, password: str, *, tenant: Tenant, address: str | None) -> bool:
    """Whether the signed-in person knows their present password; counted like a log-in."""
    _count(f"person:{user.pk}", tenant, bucket(address))
    return _matches(user, password)


def enter(request: Any, user: User, *, way: str = "password", factor: bool = False) -> None:
    """Open a session for the person under a new key (TRUST 1). ``way``: "code" or "password"; ``factor``: B17's too.

    What the browser's former session held is dropped, so nothing of a stranger's doing comes along.
    """
    request.session.flush()
    auth.login(request, user, backend=BACKEND)
    request.session.update(
        {
            TENANT: request.tenant.pk,
            SIDE: "customer" if user.is_customer else "staff",
            ENTERED: time.time(),
            WAY: way,
            FACTOR: factor,
            ADDRESS: address_of(request),
            AGENT: agent_of(request),
        }
    )


def leave(request: Any) -> None:
    """Close the browser's session; a copy of its cookie is worth nothing from now on (TRUST 2)."""
    auth.logout(request)


def plain_name(identifier: str) -> str:
    """``+989…`` for anything that reads as a mobile, else a lower-case user name; a name never reads as one."""
    try:
        return mobile.normalise(identifier or "")
    except ValueError:
        return plain_identifier(identifier)[:64]


def _matches(user: User | None, password: str) -> bool:
    """One hash is computed whatever is missing: the person, their password, or a password of any likely length."""
    raw = plain_password(password)
    candidate = user if user is not None else User(password=make_password(None))
    right = candidate.check_password(raw[: LONGEST_PASSWORD + 1])
    return right and user is not None and len(raw) <= LONGEST_PASSWORD


def _count(name: str, tenant: Tenant, address: str, known: Device | None = None) -> None:
    """Count the try; a browser the person has come in with counts by itself, whatever strangers do."""
    limits = (
        [(f"pass-known:{tenant.pk}:{known.id}:{name}", PER_KNOWN_BROWSER)]
        if known
        else [
            (f"pass:{tenant.pk}:{name}:{address}", PER_NAME_AND_ADDRESS),
            (f"pass-address:{address}", PER_ADDRESS),
            (f"pass-name:{tenant.pk}:{name}", PER_NAME),
            (f"pass-tenant:{tenant.pk}", PER_TENANT),
        ]
    )
    for key, (limit, seconds) in limits:
        if not throttle.allow(key, limit=limit, seconds=seconds, closed=True):
            raise TooMany(TOO_OFTEN, retry_after=throttle.wait(seconds))
