"""Handing a letter to the post office, inside the caller's transaction."""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import datetime
from typing import Any

from django.utils import timezone

from persian.clean import one_line
from persian.mobile import normalise
from tenants.models import Tenant
from tenants.scope import current_tenant_id
from web.ring import ring

from .. import kinds
from ..compose import common
from ..filling import fill
from ..models import Bell, Delivery
from ..seal import seal

BELL_LIMIT = 300
KEY_LIMIT = 80  # the recipient's part comes behind it


_basket: ContextVar[tuple[list[Bell], list[Delivery]] | None] = ContextVar("letters_basket", default=None)


class Mobile(str):
    """A bare number as a recipient, in its stored form ``+989…``; ValueError otherwise."""

    def __new__(cls, number: str) -> "Mobile":
        if normalise(number) != number:
            raise ValueError("not a stored mobile number")
        return super().__new__(cls, number)


class Email(str):
    """A bare address as a recipient, as values clean it: somebody who is to prove that it is theirs."""


BARE = (Mobile, Email)


def post(
    kind: str,
    *,
    to: Any,
    data: Mapping[str, Any] | None = None,
    url: str = "",
    about: str = "",
    lane: str | None = None,
    channels: Iterable[str] | None = None,
    secret: str | None = None,
    expires_at: datetime | None = None,
    key: str | None = None,
    silent: bool = False,
) -> None:
    """Write one letter: the bell line and one Delivery per channel, then ring on commit (S6, S24, S26).

    ``to`` is a person (or several, in a list) or a ``Mobile`` or ``Email``; channels a person has no address for are
    left out, and so is a person who is switched off. ``data`` gives the kind's variables, ``url`` a path of ours. The
    same ``key`` to the same recipient is one letter, however often it is posted. ``secret`` (a one-time code) is sealed
    and wiped once sent or expired; a letter past ``expires_at`` never leaves. ``silent`` writes the same rows in
    the state ``skipped``, so that a code for an unknown number costs what a real one costs (TRUST 14).
    Raises kinds.UnknownKind, and ValueError for missing variables: both are faults of the caller.
    """
    letter = kinds.get(kind)
    values = {name: str(value) for name, value in (data or {}).items()}
    missing = set(letter.variables) - values.keys()
    if missing or bool(secret) != bool(letter.secret):
        raise ValueError(f"{kind}: wants {sorted(missing)} and {'a' if letter.secret else 'no'} secret.")
    wanted = [name for name in (letter.channels if channels is None else channels) if letter.has(name)]
    sealed = seal(secret) if secret else None
    now = timezone.now()
    draft = Delivery(
        kind=kind,
        lane=lane or letter.lane,
        state=Delivery.State.SKIPPED if silent else Delivery.State.WAITING,
        about=about,
        data=values,
        url=url,
        secret=None if silent else sealed,
        created_at=now,
        next_try_at=now,
        expires_at=expires_at,
    )
    people, base = _recipients(to), _base_key(key)
    bells: list[Bell] = []
    if "bell" in wanted and not silent:
        bells = [_bell(letter, draft, person, base) for person in people if _has_panel(person)]
    _write(bells, [row for person in people for row in _deliveries(draft, person, base, wanted)])


@contextmanager
def together() -> Iterator[None]:
    """Letters posted inside are written at its end: one statement for the bells, one for the deliveries.

    Inside one transaction, like ``post`` itself; after an exception nothing is written.
    """
    token = _basket.set(([], []))
    try:
        yield
        bells, rows = _basket.get() or ([], [])
    finally:
        _basket.reset(token)
    _write(bells, rows)


def _write(bells: list[Bell], rows: list[Delivery]) -> None:
    basket = _basket.get()
    if basket is not None:
        basket[0].extend(bells)
        basket[1].extend(rows)
        return
    Bell.objects.bulk_create(bells, ignore_conflicts=True)
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    # Rung for silent letters too: the wait of the asker must not tell one from the other.
    for lane in dict.fromkeys(row.lane for row in rows):
        ring("notifications.deliver", lane=lane)


def _deliveries(draft: Delivery, person: Any, base: str, wanted: Iterable[str]) -> Iterator[Delivery]:
    """One row for each channel that reaches the person."""
    for channel in wanted:
        address = _address(person, channel)
        if address:
            row = copy(draft)
            row.public_id = uuid.uuid4()
            row.channel, row.address, row.key = channel, address, _key(base, person)
            row.recipient_id = None if isinstance(person, BARE) else person.pk
            row.data = _told(draft, person)
            yield row


def _told(draft: Delivery, person: Any) -> dict[str, str]:
    return {**draft.data, "recipient": getattr(person, "name", "") or ""}


def _key(base: str, person: Any) -> str:
    """A recipient's own: the same key to two people is two letters."""
    return f"{base}/{person if isinstance(person, BARE) else person.pk}"


def _base_key(key: str | None) -> str:
    """A key that leaves room for the recipient's; without one, a key nobody has."""
    if key is None:
        return uuid.uuid4().hex
    return key if len(key) <= KEY_LIMIT else hashlib.sha256(key.encode()).hexdigest()


def _recipients(to: Any) -> list[Any]:
    people = list(to) if isinstance(to, (list, tuple, set, frozenset)) else [to]
    return [person for person in people if isinstance(person, BARE) or person.is_active]


def _has_panel(person: Any) -> bool:
    """Visitors cannot log in, and a bare number is nobody."""
    return not isinstance(person, BARE) and person.role != "visitor"


def _address(person: Any, channel: str) -> str | None:
    bare: dict[type, str] = {Mobile: Delivery.Channel.SMS, Email: Delivery.Channel.EMAIL}
    if type(person) in bare:
        return str(person) if channel == bare[type(person)] else None
    addresses: dict[str, str | None] = {
        Delivery.Channel.SMS: person.mobile,
        Delivery.Channel.EMAIL: person.email,
    }
    return addresses.get(channel)


def _bell(letter: kinds.LetterKind, draft: Delivery, person: Any, base: str) -> Bell:
    values = _told(draft, person)
    if {"tenant", "host", "url"} & kinds.names_in(letter.bell):
        tenant = Tenant.objects.only("name", "slug", "is_platform").get(pk=current_tenant_id())
        values |= common(tenant, recipient=values["recipient"], url=draft.url)
    return Bell(
        user_id=person.pk,
        kind=letter.name,
        text=one_line(fill(letter.bell, values))[:BELL_LIMIT],
        url=draft.url,
        about=draft.about,
        key=_key(base, person),
        created_at=draft.created_at,
    )
