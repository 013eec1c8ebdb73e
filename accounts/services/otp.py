"""One-time codes by SMS (H22, TRUST 8–14).

What must be remembered although the code is refused (the tries) is returned, never raised: the view answers 4xx
and the transaction commits. An unknown number costs the same statements, rows and answer as a known one.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Sum
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.services import Mobile, post
from persian.digits import to_latin, to_persian
from tenants.models import Tenant
from web import throttle
from web.errors import TooMany, Unavailable

from ..devices import STRANGE, Device
from ..models import OtpChallenge, User
from ..origin import bucket

LIFE = timedelta(minutes=2)
TRIES = 5  # wrong codes a challenge
TRIES_AN_HOUR = 15  # and a number, so that asking anew does not start the guessing anew
FIRST_WAIT, NEXT_WAIT = 60, 120  # seconds between two codes for one number
HOUR, DAY = 3600, 24 * 3600
NUMBER_AN_HOUR, NUMBER_A_DAY, ADDRESS_AN_HOUR = 5, 10, 20
KNOWN_AN_HOUR, KNOWN_A_DAY = 3, 6  # for a browser its person has come in with, whatever strangers ask for
TENANT_A_DAY = 2000  # what a tenant's SMS bill can be made to cost by strangers

WAIT_WORDS = "برای این شماره تازه کد فرستاده شده است. {seconds} ثانیهٔ دیگر دوباره بخواهید."
OFTEN_WORDS = "چند بار پشت سر هم کد خواسته شد. کمی بعد دوباره امتحان کنید."
CLOSED_WORDS = "فرستادن کد چند لحظه در دسترس نیست. کمی بعد دوباره امتحان کنید."


@dataclass(frozen=True)
class Asked:
    """A code was asked for: its challenge, when it dies, and in how many seconds another may be asked for."""

    challenge: UUID
    resend_after: int
    expires_at: datetime


@dataclass(frozen=True)
class Entered:
    """The code was right, for the first time: who may come in."""

    user: User


@dataclass(frozen=True)
class Wrong:
    """The code was wrong; ``left`` more tries. ``user_id`` is whose number it is, None where it is nobody's."""

    left: int
    user_id: int | None = None


@dataclass(frozen=True)
class Gone:
    """No such live challenge: used, too old, replaced, tried too often, or asked for in another browser."""


Verdict = Entered | Wrong | Gone


def ask(mobile: str, *, tenant: Tenant, address: str | None, browser: str, device: Device = STRANGE) -> Asked:
    """Send a code to a normalised mobile. ``browser`` is the secret kept in the asking browser's session.

    A ``device`` its person has come in with before has codes and limits of its own, so that nobody is locked out by
    strangers who ask and guess in their name. Raises TooMany (a limit, with retry_after) or Unavailable (limits
    cannot be counted: the door stays closed).
    Before it raises it writes nothing.
    """
    with transaction.atomic():
        _one_at_a_time(tenant, mobile)
        now = timezone.now()
        user = User.objects.who_may_enter().filter(mobile=mobile).first()
        is_known = device.knows(user)
        sent = _check_pace(mobile, now, is_known)
        _check_limits(mobile, tenant, bucket(address), device if is_known else None)
        # A new code kills the former ones, whichever stranger asked for them.
        OtpChallenge.objects.filter(
            mobile=mobile, is_known=is_known, used_at=None, expires_at__gt=now
        ).update(expires_at=now)
        code = f"{secrets.randbelow(10**6):06d}"
        challenge = OtpChallenge(
            mobile=mobile, user=user, browser_hash=_browser_hash(browser), is_known=is_known
        )
        challenge.created_at, challenge.expires_at = now, now + LIFE
        challenge.code_hash = _code_hash(challenge, code)
        challenge.save(force_insert=True)
        post(
            "otp",
            # Always a bare number: the row must not tell whether somebody stands behind it.
            to=Mobile(mobile),
            data={},
            url="",
            about="",
            lane="now",
            channels=("sms",),
            secret=code,
            expires_at=challenge.expires_at,
            key=f"otp:{challenge.public_id}",
            silent=user is None,
        )
    return Asked(challenge.public_id, FIRST_WAIT if sent == 0 else NEXT_WAIT, challenge.expires_at)


def verify(challenge: UUID | str, code: str, *, browser: str) -> Verdict:
    """Try a code. Every try is counted in the row first, past the limit too; a code works once (TRUST 8, 12).

    Call it inside the request's transaction and let that commit whatever the verdict is.
    """
    now = timezone.now()
    with transaction.atomic():
        live = OtpChallenge.objects.filter(
            public_id=challenge, browser_hash=_browser_hash(browser), used_at=None, expires_at__gt=now
        )
        # From here on the row is ours until the commit: a second post of the same code waits, and then finds it used.
        if not live.filter(tries__lt=1000).update(tries=F("tries") + 1):
            return Gone()
        row = OtpChallenge.objects.get(public_id=challenge)
        right = constant_time_compare(row.code_hash, _code_hash(row, to_latin(code)))
        if row.tries > TRIES or _tries_this_hour(row, now) > TRIES_AN_HOUR:
            return Gone()
        user = User.objects.who_may_enter().filter(pk=row.user_id or 0).first()
        if not right or user is None:
            return Wrong(TRIES - row.tries, row.user_id)
        if not live.update(used_at=now):
            return Gone()
        return Entered(user)


def _one_at_a_time(tenant: Tenant, mobile: str) -> None:
    """Two askings for one number go one after the other, else both would find that nothing was sent yet.

    SQLite has one writer anyway.
    """
    if connection.vendor != "postgresql":
        return
    digest = hashlib.blake2b(f"otp:{tenant.pk}:{mobile}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest, "big", signed=True)])


def _check_pace(mobile: str, now: datetime, is_known: bool) -> int:
    """How many codes the number got within the hour; refuses one that comes too soon, or after too many tries."""
    hour_ago = now - timedelta(seconds=HOUR)
    recent = list(
        OtpChallenge.objects.filter(mobile=mobile, is_known=is_known, created_at__gt=hour_ago)
        .order_by("-created_at")
        .values_list("created_at", "tries")
    )
    if recent:
        pause = timedelta(seconds=FIRST_WAIT if len(recent) == 1 else NEXT_WAIT)
        left = int((recent[0][0] + pause - now).total_seconds() + 0.999)
        if left > 0:
            raise TooMany(WAIT_WORDS.format(seconds=to_persian(str(left))), retry_after=left)
    if sum(min(tries, TRIES) for _, tries in recent) >= TRIES_AN_HOUR:
        raise TooMany(OFTEN_WORDS, retry_after=HOUR)
    return len(recent)


def _check_limits(mobile: str, tenant: Tenant, address: str, known: Device | None) -> None:
    """Count this asking by address, number and tenant; the counters outlive the codes (TRUST 12, 13)."""
    strangers = [
        (f"otp-address:{address}", ADDRESS_AN_HOUR, HOUR),
        (f"otp-number:{tenant.pk}:{mobile}", NUMBER_AN_HOUR, HOUR),
        (f"otp-number:{tenant.pk}:{mobile}", NUMBER_A_DAY, DAY),
        (f"otp-tenant:{tenant.pk}", TENANT_A_DAY, DAY),
    ]
    own = f"otp-known:{tenant.pk}:{known.id}:{mobile}" if known else ""
    limits = [(own, KNOWN_AN_HOUR, HOUR), (own, KNOWN_A_DAY, DAY)] if known else strangers
    try:
        for key, limit, seconds in limits:
            if not throttle.allow(key, limit=limit, seconds=seconds, closed=True):
                raise TooMany(OFTEN_WORDS, retry_after=throttle.wait(seconds))
    except Unavailable:
        raise Unavailable(CLOSED_WORDS) from None


def _tries_this_hour(row: OtpChallenge, now: datetime) -> int:
    hour_ago = now - timedelta(seconds=HOUR)
    recent = OtpChallenge.objects.filter(mobile=row.mobile, is_known=row.is_known, created_at__gt=hour_ago)
    # Past its limit a challenge counts no more: one asking must not be enough to close the door to its holder.
    return recent.aggregate(all=Sum(Least("tries", TRIES)))["all"] or 0


def _code_hash(challenge: OtpChallenge, code: str) -> str:
    """Keyed, and salted with the challenge: a million guesses against a stolen row need our key too (TRUST 10)."""
    return salted_hmac("accounts.otp.code", f"{challenge.public_id}:{code}", algorithm="sha256").hexdigest()


def _browser_hash(browser: str) -> str:
    return salted_hmac("accounts.otp.browser", browser, algorithm="sha256").hexdigest()
