"""Changing what a person comes in by: a mobile, an e-mail (TRUST 6).

One's own is changed by two proofs at once: a code to the old one, a code to the new one; the old one is told. The
owner (and for customers who manages them) may change it without, for a telephone that is lost; the old one is told too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from notifications.services import Email, Mobile, post
from persian import mobile as numbers
from persian.digits import to_latin
from tenants.models import Tenant
from tenants.services import audit
from web import throttle
from web.errors import Invalid, TooMany

from ..access import may_change_contact, require
from ..models import ContactChange, OtpChallenge, User
from ..origin import bucket
from . import sessions
from .values import clean_email, clean_mobile, refused_twice

Kind = ContactChange.Kind
LIFE = timedelta(minutes=10)
TRIES = 5
HOUR = 3600
PER_PERSON, PER_VALUE, PER_ADDRESS = 5, 5, 20  # an hour
TOO_OFTEN = "چند بار پشت سر هم کد خواسته شد. کمی بعد دوباره امتحان کنید."


@dataclass(frozen=True)
class Done:
    """Both codes were right: the new one is in place."""


@dataclass(frozen=True)
class Wrong:
    """A code was wrong; ``left`` more tries. Which of the two is not said."""

    left: int


@dataclass(frozen=True)
class Gone:
    """No such live change: used, too old, replaced, tried too often, or the new one is somebody's by now."""


Verdict = Done | Wrong | Gone


@transaction.atomic
def begin(user: User, *, kind: str, value: str, tenant: Tenant, address: str | None) -> ContactChange:
    """Send the codes for a new mobile or e-mail; a number that is somebody else's gets none, and looks the same.

    Raises Invalid(value), TooMany, Unavailable; then nothing is written.
    """
    cleaned = clean(kind, value)
    if cleaned == getattr(user, kind):
        raise Invalid("همین اکنون هم همین است. چیز دیگری بنویسید.", field="value")
    _count(user, cleaned, tenant, bucket(address))
    now = timezone.now()
    ContactChange.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    change = ContactChange(user=user, kind=kind, value=cleaned, created_at=now, expires_at=now + LIFE)
    old = _old_of(user, kind)
    is_taken = User.objects.filter(**{kind: cleaned}).exists()
    if old is not None:
        change.old_hash = _send(change, old, "old")
    change.new_hash = _send(change, _bare(kind, cleaned), "new", silent=is_taken)
    change.save(force_insert=True)
    return change


def waiting(user: User, public_id: UUID) -> ContactChange | None:
    """The person's own change that still waits for its codes."""
    rows = ContactChange.objects.filter(user=user, used_at=None, expires_at__gt=timezone.now())
    return rows.filter(public_id=public_id).first()


def finish(change: ContactChange, *, user: User, old: str, new: str, keep_session: str | None) -> Verdict:
    """Try both codes at once. Every try is counted first; call it where a wrong one commits (TRUST 12)."""
    with transaction.atomic():
        live = ContactChange.objects.filter(
            pk=change.pk, user=user, used_at=None, expires_at__gt=timezone.now(), tries__lt=TRIES
        )
        if not live.update(tries=F("tries") + 1):
            return Gone()
        row = ContactChange.objects.get(pk=change.pk)
        right = constant_time_compare(row.new_hash, _hash(row, "new", new))
        if row.old_hash:
            right &= constant_time_compare(row.old_hash, _hash(row, "old", old))
        if not right:
            return Wrong(TRIES - row.tries)
        if User.objects.filter(**{row.kind: row.value}).exists():
            return Gone()
        # Not ``live``: this try has been counted, and may have been the last.
        if not ContactChange.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
            return Gone()
        _put(user, row.kind, row.value, actor=user, keep=keep_session)
        return Done()


@transaction.atomic
def set_by_keeper(user: User, *, actor: User | None, kind: str, value: str) -> User:
    """A new mobile or e-mail given by who looks after the person; every session ends, the old one is told.

    Raises Invalid(value), NotAllowed.
    """
    require(may_change_contact(actor, user))
    cleaned = clean(kind, value) if value or kind == Kind.MOBILE else None
    if cleaned is None and user.mobile is None:
        raise Invalid("این فرد شمارهٔ همراه ندارد؛ ایمیل باید بماند.", field="value")
    if cleaned != getattr(user, kind):
        _put(user, kind, cleaned, actor=actor, keep=None)
    return user


def clean(kind: str, value: str) -> str:
    """The stored form of a new mobile or e-mail. Raises Invalid(value)."""
    if kind == Kind.MOBILE:
        return clean_mobile(value, field="value")
    address = clean_email(value, field="value")
    if address is None:
        raise Invalid("ایمیل را بنویسید.", field="value")
    return address


def old_words(user: User, kind: str) -> str:
    """Where the proof of the old one goes, half hidden; "" where there is none to ask."""
    old = _old_of(user, kind)
    if old is None:
        return ""
    return numbers.mask(old) if isinstance(old, Mobile) else _half_hidden(str(old))


def _half_hidden(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:2]}•••@{host}"


def _old_of(user: User, kind: str) -> Mobile | Email | None:
    """The one of the same kind, else the other: somebody must have both telephone and mailbox to steal an account."""
    kinds = (kind, Kind.EMAIL if kind == Kind.MOBILE else Kind.MOBILE)
    values = ((one, getattr(user, one)) for one in kinds)
    return next((_bare(one, value) for one, value in values if value), None)


def _bare(kind: str, value: str) -> Mobile | Email:
    return Mobile(value) if kind == Kind.MOBILE else Email(value)


def _send(change: ContactChange, to: Mobile | Email, side: str, *, silent: bool = False) -> str:
    code = f"{secrets.randbelow(10**6):06d}"
    post(
        "contact.code",
        to=to,
        data={"what": str(Kind(change.kind).label)},
        secret=code,
        expires_at=change.expires_at,
        key=f"contact:{change.public_id}:{side}",
        silent=silent,
    )
    return _hash(change, side, code)


def _put(user: User, kind: str, value: str | None, *, actor: User | None, keep: str | None) -> None:
    """Write it, tell the old one, end the other sessions and every code that waits for the old number."""
    old = getattr(user, kind)
    setattr(user, kind, value)
    with refused_twice({"mobile": "value", "email": "value"}):
        user.save(update_fields=[kind])
    audit.record("person.change", actor=actor, target=user, before={kind: old}, after={kind: value})
    sessions.end_all(user, keep=keep)
    OtpChallenge.objects.filter(user=user, used_at=None).update(expires_at=timezone.now())
    if old:
        phone = Tenant.objects.values_list("phone", flat=True).get(pk=user.tenant_id)
        call = f"تلفن: {phone}" if phone else ""
        post("contact.changed", to=_bare(kind, old), data={"what": str(Kind(kind).label), "call": call})


def _count(user: User, value: str, tenant: Tenant, address: str) -> None:
    for key, limit in (
        (f"contact-person:{user.pk}", PER_PERSON),
        (f"contact-value:{tenant.pk}:{value}", PER_VALUE),
        (f"contact-address:{address}", PER_ADDRESS),
    ):
        if not throttle.allow(key, limit=limit, seconds=HOUR, closed=True):
            raise TooMany(TOO_OFTEN, retry_after=throttle.wait(HOUR))


def _hash(change: ContactChange, side: str, code: str) -> str:
    plain = to_latin(code or "").strip()
    return salted_hmac(
        f"accounts.contact.{side}", f"{change.public_id}:{plain}", algorithm="sha256"
    ).hexdigest()
