"""The second factor: an authenticator app's codes, and recovery codes for the day the telephone is lost (B17).

The mathematics is pyotp's. Seeds lie sealed; a time step is good once; recovery codes are keyed hashes, good once.
"""

from __future__ import annotations

import secrets
import time

import pyotp
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.seal import seal, unseal
from notifications.services import post
from persian.digits import to_latin
from tenants.models import Tenant
from tenants.services import audit
from web import throttle
from web.errors import Invalid, NotAllowed, TooMany

from ..access import may_manage_staff, require
from ..models import RecoveryCode, SecondFactor, User
from . import sessions

STEP = 30  # seconds
DRIFT = 1  # steps before and after that are taken too: telephones' clocks are a little off
CODES = 10
ALPHABET = "ACDEFHJKMNPQRTUVWXY34679"  # read aloud and written down without mistakes
TRIES = (10, 15 * 60)
WRONG = "این کد درست نیست یا یک بار به کار رفته است. کد تازهٔ برنامه را بنویسید."
TOO_OFTEN = "چند بار پشت سر هم امتحان شد. چند دقیقهٔ دیگر دوباره بنویسید."


def has(user: User) -> bool:
    """Whether the person has a factor that is in force."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def is_wanted(user: User, tenant: Tenant) -> bool:
    """Whether the tenant's rule asks this person for one: our own side, where the owner has said so."""
    return tenant.requires_second_factor and user.is_staff_member


def begin(user: User) -> None:
    """Draw a seed for a factor that is to be set up; once drawn it stays until it is confirmed."""
    SecondFactor.objects.get_or_create(user=user, defaults={"seed": seal(pyotp.random_base32())})


def adopt(user: User, seed: str) -> None:
    """Put a known seed in force at once: the demo's operator, whose key is printed for whoever tries it."""
    SecondFactor.objects.create(user=user, seed=seal(seed), confirmed_at=timezone.now())


def begun(user: User) -> str | None:
    """The seed, in base32, of a factor that is being set up; None where none was begun or it is in force."""
    row = SecondFactor.objects.filter(user=user, confirmed_at=None).first()
    return unseal(row.seed) if row else None


def address(user: User, seed: str, tenant: Tenant) -> str:
    """The ``otpauth://`` address an app reads from the picture; the host for a name keeps the picture coarse."""
    name = user.username or user.mobile or user.email or str(user.public_id)
    return pyotp.TOTP(seed).provisioning_uri(name=name, issuer_name=tenant.host)


@transaction.atomic
def confirm(user: User, *, code: str) -> list[str]:
    """Put the factor in force by a first right code; returns the recovery codes, which are shown this once.

    Raises Invalid(code), also where there is nothing to confirm, and TooMany.
    """
    _count(user)
    row = SecondFactor.objects.select_for_update(no_key=True).filter(user=user, confirmed_at=None).first()
    step = _step_of(row, code) if row else None
    if row is None or step is None:
        raise Invalid(WRONG, field="code")
    row.confirmed_at, row.last_step = timezone.now(), step
    row.save(update_fields=["confirmed_at", "last_step"])
    audit.record("factor.on", actor=user, target=user)
    return _new_codes(user)


def verify(user: User, code: str) -> bool:
    """Whether this is the app's present code or an unused recovery code; either is good once (replays are refused).

    Call it where a wrong answer does not undo the counting. Raises TooMany.
    """
    _count(user)
    given = _plain(code)
    if given.isdigit() and len(given) == 6:
        row = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
        step = _step_of(row, given) if row else None
        # Of two posts of one code the second finds the step taken.
        return step is not None and bool(
            SecondFactor.objects.filter(user=user, last_step__lt=step).update(last_step=step)
        )
    unused = RecoveryCode.objects.filter(user=user, code_hash=_hash(user, given), used_at=None)
    return bool(unused.update(used_at=timezone.now()))


@transaction.atomic
def renew_codes(user: User, *, code: str) -> list[str]:
    """Ten new recovery codes in place of the old ones, for a right code. Raises Invalid(code), TooMany."""
    if not verify(user, code):
        raise Invalid(WRONG, field="code")
    audit.record("factor.codes", actor=user, target=user)
    return _new_codes(user)


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


@transaction.atomic
def drop(user: User, *, actor: User | None, tenant: Tenant, code: str = "") -> None:
    """Take the factor away: one's own by a right code, where the owner does not ask for one; anybody's by the owner.

    Whose factor somebody else took is told, and their sessions end. Raises Invalid(code), NotAllowed, TooMany.
    """
    own = actor is not None and actor.pk == user.pk
    if own:
        if is_wanted(user, tenant):
            raise NotAllowed()
        if not verify(user, code):
            raise Invalid(WRONG, field="code")
    else:
        require(may_manage_staff(actor))
    if not SecondFactor.objects.filter(user=user).delete()[0]:
        return
    RecoveryCode.objects.filter(user=user).delete()
    audit.record("factor.off", actor=actor, target=user)
    if not own:
        sessions.end_all(user)
        post("factor.dropped", to=user, data={}, url="/me/factor/", about=f"user:{user.pk}")


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    drawn = ["".join(secrets.choice(ALPHABET) for _ in range(8)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, code)) for code in drawn)
    return [f"{code[:4]}-{code[4:]}" for code in drawn]


def _step_of(row: SecondFactor, code: str) -> int | None:
    """The time step this code is of, if it is a right one that was not used before."""
    app, now = pyotp.TOTP(unseal(row.seed)), int(time.time()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > row.last_step and constant_time_compare(app.generate_otp(step), _plain(code)):
            return step
    return None


def _plain(code: str) -> str:
    """What was typed, in one form: Latin, upper case, without spaces and dashes."""
    return "".join(letter for letter in to_latin(code).upper() if letter.isascii() and letter.isalnum())[:32]


def _hash(user: User, code: str) -> str:
    return salted_hmac("accounts.factor.recovery", f"{user.public_id}:{code}", algorithm="sha256").hexdigest()


def _count(user: User) -> None:
    limit, seconds = TRIES
    if not throttle.allow(f"factor:{user.pk}", limit=limit, seconds=seconds, closed=True):
        raise TooMany(TOO_OFTEN, retry_after=throttle.wait(seconds))
