"""Drafts on the server (B8): what a person has typed and not sent, the same on each of their devices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from departments.questions import askable
from persian.clean import strip_controls
from tenants.models import StoredFile, Tenant
from tenants.rounds import each
from tenants.scope import all_tenants, current_tenant_id, tenant_scope
from web.errors import Invalid, NotFound

from .. import access, offers
from ..models import Draft, Message, Outgoing
from ..writing import ANSWER, ANSWERS, FIELDS, KEPT, READERS, RETURNED, Place, clean_ids, is_sent, place_of

MOST = 100  # drafts a person has; the oldest make room
MOST_FILES = 20
MOST_READERS = 300
MOST_ANSWERS = 80  # of a form: a department asks at most 40 (departments.services.fields), some with a file
MOST_PICKS = 100  # choices of one
LARGEST = 300_000  # characters of all fields of one
OLD = timedelta(days=30)
# A form with none of these is empty, whatever is chosen in it.
WORTH = ("body", "html", "subject", KEPT, ANSWERS)
MOST_SEEN = 30


@dataclass(frozen=True)
class Kept:
    """What became of a save. ``is_sent``: its key has sent a message already, so nothing is kept under it;
    ``others``: another form's text, which this one does not show, lies in the same place.
    """

    draft: Draft | None = None
    is_sent: bool = False
    others: bool = False


def keep(
    *,
    actor: User,
    place: str,
    values: Mapping[str, Any],
    client_key: UUID | None = None,
    number: int | None = None,
    seen: Mapping[str, int] | None = None,
    at: datetime | None = None,
) -> Kept:
    """Keep what stands in a form, in a row of its own; nothing typed forgets it.

    ``number`` grows with each save of a form, in milliseconds; one that comes late changes nothing. ``seen``: what the
    page of the form showed (Draft.seen), which it takes the place of where nothing has been written to it since; no
    other form's text is touched. Without a key it takes the place of all. Raises NotFound for a place that is none or
    whose ticket or person the writer does not see, Invalid for too much.
    """
    where, now = _place(actor, place), at or timezone.now()
    found = _clean(values, _answers(actor, where, values.get(ANSWERS)))
    number, seen = number or _number(now), seen or {}
    with transaction.atomic():
        rows = list(Draft.objects.select_for_update().filter(user=actor, place=where.name).order_by("pk"))
        if client_key is None:
            client_key = (rows[-1].client_key if rows else None) or uuid4()
            seen = {str(row.client_key or ""): number for row in rows}
        mine = next((row for row in rows if row.client_key == client_key), None)
        over = [row for row in rows if row is not mine and _stands_in(row, seen)]
        others = len(rows) > len(over) + (mine is not None)
        if _is_sent(client_key):
            _drop(mine, *over)
            return Kept(is_sent=True, others=others)
        if mine is not None and mine.seen[str(client_key)] > number:
            return Kept(mine, others=others)
        if not any(found.get(name) for name in WORTH):
            _drop(mine, *over)
            return Kept(others=others)
        known = _newest(*(row.seen for row in (*over, *([mine] if mine else []))))
        _drop(*over)
        row = _write(actor, where.name, found | {"number": number, "seen": known}, client_key, now)
        return Kept(row, others=others)


def leave(*, actor: User, place: str, values: Mapping[str, Any], client_key: UUID | None = None) -> None:
    """What a form brought after its writer's session had ended, for them alone to find there; nothing is sent.

    Before what they have begun in that place from another form since, as an answer that did not go. Raises as ``keep``.
    """
    where, now = _place(actor, place), timezone.now()
    found = _clean(values, _answers(actor, where, values.get(ANSWERS)))
    with transaction.atomic():
        if client_key is not None and _is_sent(client_key):
            return
        if any(found.get(name) for name in WORTH):
            found |= {RETURNED: True, "number": _number(now)}
            _write(actor, where.name, found, client_key or uuid4(), now)


def forget(*, actor: User, place: str, seen: Mapping[str, int] | None = None) -> None:
    """Put one's own draft aside for good: of several forms' what a page showed (``seen``), else all of it. Raises
    NotFound as ``keep``.
    """
    rows = Draft.objects.filter(user=actor, place=_place(actor, place).name)
    with transaction.atomic():
        _drop(*(row for row in rows.select_for_update() if seen is None or _stands_in(row, seen)))


def ended(actor: User, client_key: UUID) -> None:
    """What was sent under a key is no draft any more; inside the transaction that sends it."""
    Draft.objects.filter(user=actor, client_key=client_key).delete()


def give_back(
    actor: User,
    place: str,
    *,
    body: str,
    html: str,
    files: Iterable[StoredFile],
    at: datetime,
    signed: bool = True,
    then: str = "",
) -> Draft:
    """Put an answer that did not go back where it was written, before anything begun there since; under a new key."""
    kept = [str(stored.public_id) for stored in files]
    values = {"body": body, "html": html, KEPT: kept, "then": then, "signed": "on" if signed else "off"}
    found = {name: value for name, value in values.items() if value}
    return _write(actor, place, found | {RETURNED: True, "number": _number(at)}, uuid4(), at)


def sweep_everywhere(at: datetime | None = None) -> int:
    """Drafts nobody has touched for 30 days go, and those whose text has gone: a new ticket leaves its own behind.

    Returns how many. Call it with no transaction open.
    """
    over = Q(updated_at__lt=(at or timezone.now()) - OLD)
    with all_tenants("old drafts of every tenant"):
        old = Draft.objects.filter(over | is_sent()).select_related("tenant").defer("tenant__logo")
        tenants = {row.tenant_id: row.tenant for row in old[:2000]}

    def turn(tenant: Tenant) -> int:
        with tenant_scope(tenant):
            return Draft.objects.filter(over | is_sent()).delete()[0]

    return each(tenants.values(), turn, what="drafts")


def _place(actor: User, name: str) -> Place:
    """The place, when this person may write there. Raises NotFound."""
    where = place_of(name)
    if where is None or where.is_portal is not actor.is_customer:
        raise NotFound(access.ABSENT)
    ticket = where.about if where.number is None else where.number
    if ticket is not None:
        access.fetch(actor, ticket)
    if where.person is not None and offers.person_to_write_to(where.person) is None:
        raise NotFound(access.ABSENT)
    return where


def _clean(values: Mapping[str, Any], answers: dict[str, list[str]]) -> dict[str, Any]:
    """The known fields with something in them. Raises Invalid when they are too long together."""
    found: dict[str, Any] = {
        name: strip_controls(values[name]) for name in FIELDS if isinstance(values.get(name), str)
    }
    found = {name: text for name, text in found.items() if text.strip()}
    said = [text for texts in answers.values() for text in texts]
    if sum(map(len, [*found.values(), *said])) > LARGEST:
        raise Invalid("این نوشته برای پیش‌نویس بلند است. بخشی از آن را در یک فایل بفرستید.", field="body")
    more: dict[str, Any] = {
        KEPT: clean_ids(map(str, values.get(KEPT) or ()), most=MOST_FILES),
        READERS: clean_ids(map(str, values.get(READERS) or ()), most=MOST_READERS),
        ANSWERS: answers,
    }
    return found | {name: value for name, value in more.items() if value}


def _answers(actor: User, where: Place, given: Mapping[str, Any] | None) -> dict[str, list[str]]:
    """What stands in the questions of a new ticket: in those that may be asked of this person alone. One statement,
    where anything stands there.
    """
    if where.number is not None or not given:
        return {}
    found: dict[str, list[str]] = {}
    for name, texts in list(given.items())[:MOST_ANSWERS]:
        said = [text for text in map(strip_controls, map(str, texts[:MOST_PICKS])) if text.strip()]
        if said and ANSWER.fullmatch(name):
            found[name] = said
    ids = {name: int(name.rpartition("f")[2]) for name in found}
    asked = askable(ids.values(), by_staff=actor.is_staff_member) if ids else set()
    return {name: said for name, said in found.items() if ids[name] in asked}


def _is_sent(client_key: UUID) -> bool:
    return (
        Message.objects.filter(client_key=client_key).exists()
        or Outgoing.objects.filter(client_key=client_key).exists()
    )


def _number(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _stands_in(row: Draft, seen: Mapping[str, int]) -> bool:
    """Whether a page that showed ``seen`` showed all that stands in a row."""
    key = str(row.client_key or "")
    return row.seen[key] <= seen.get(key, -1)


def _newest(*known: Mapping[str, int]) -> dict[str, int]:
    """What several rows have seen, the newest saves of it."""
    found: dict[str, int] = {}
    for numbers in known:
        found |= {key: max(number, found.get(key, 0)) for key, number in numbers.items()}
    return dict(sorted(found.items(), key=lambda pair: -pair[1])[:MOST_SEEN])


def _drop(*rows: Draft | None) -> None:
    if gone := [row.pk for row in rows if row is not None]:
        Draft.objects.filter(pk__in=gone).delete()


def _write(actor: User, place: str, values: dict[str, Any], client_key: UUID, now: datetime) -> Draft:
    """One row of a form, also when it comes twice; beyond the hundredth the oldest go."""
    row = Draft(
        tenant_id=current_tenant_id(),
        user=actor,
        place=place,
        values=values,
        client_key=client_key,
        updated_at=now,
    )
    Draft.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["tenant", "user", "place", "client_key"],
        update_fields=["values", "updated_at"],
    )
    mine = Draft.objects.filter(user=actor).order_by("-updated_at", "-pk")
    Draft.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST : 2 * MOST])).delete()
    return row
