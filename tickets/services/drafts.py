"""Drafts on the server (B8): what a person has typed and not sent, the same on each of their devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from departments.questions import askable
from persian.clean import strip_controls
from tenants.models import StoredFile, Tenant
from tenants.rounds import each
from tenants.scope import all_tenants, current_tenant_id, tenant_scope
from web.errors import Conflict, Invalid, NotFound

from .. import access
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
BACK = "پاسخی که نرفت به پیش‌نویس همین‌جا برگشته است. صفحه را تازه کنید تا هر دو را ببینید."


def keep(
    *,
    actor: User,
    place: str,
    values: Mapping[str, Any],
    client_key: UUID | None = None,
    at: datetime | None = None,
) -> Draft | None:
    """Keep what stands in a form; nothing typed forgets it. None where nothing is kept, also for a text that has been
    sent already under this key (a save that was still on its way).

    Raises NotFound for a place that is none or whose ticket the writer does not see, Invalid for too much, Conflict
    where an answer has come back to this place and the form does not show it.
    """
    where, now = _place(actor, place), at or timezone.now()
    found = _clean(values, _answers(actor, where, values.get(ANSWERS)))
    with transaction.atomic():
        if client_key is not None and _is_sent(client_key):
            return None
        begun = Draft.objects.select_for_update().filter(user=actor, place=where.name).first()
        if begun is not None and begun.values.get(RETURNED) and begun.client_key != client_key:
            raise Conflict(BACK)
        if not any(found.get(name) for name in WORTH):
            Draft.objects.filter(user=actor, place=where.name).delete()
            return None
        return _write(actor, where.name, found, client_key, now)


def leave(*, actor: User, place: str, values: Mapping[str, Any], client_key: UUID | None = None) -> None:
    """What a form brought after its writer's session had ended, for them alone to find there; nothing is sent.

    Before what they have begun in that place from another form since, as an answer that did not go. Raises as ``keep``.
    """
    where = _place(actor, place)
    found = _clean(values, _answers(actor, where, values.get(ANSWERS)))
    with transaction.atomic():
        if client_key is not None and _is_sent(client_key):
            return
        begun = Draft.objects.select_for_update().filter(user=actor, place=where.name).first()
        if begun is not None and begun.client_key != client_key:
            found = {**found, **begun.values, **_joined(begun.values, found.get), RETURNED: True}
            client_key = uuid4()
        if any(found.get(name) for name in WORTH):
            _write(actor, where.name, found, client_key, timezone.now())


def forget(*, actor: User, place: str) -> None:
    """Put one's own draft aside for good. Raises NotFound as ``keep``."""
    Draft.objects.filter(user=actor, place=_place(actor, place).name).delete()


def ended(actor: User, client_key: UUID) -> None:
    """What was sent under a key is no draft any more; inside the transaction that sends it."""
    Draft.objects.filter(user=actor, client_key=client_key).delete()


def give_back(
    actor: User, place: str, *, body: str, html: str, files: Iterable[StoredFile], at: datetime
) -> Draft:
    """Put an answer that did not go back where it was written, before anything begun there since; under a new key."""
    begun = Draft.objects.select_for_update().filter(user=actor, place=place).first()
    later = begun.values if begun else {}
    kept = [str(stored.public_id) for stored in files]
    back = _joined(later, {"body": body, "html": html, KEPT: kept}.get)
    return _write(actor, place, {**later, **back, RETURNED: True}, uuid4(), at)


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
    if where.number is not None:
        access.fetch(actor, where.number)
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


def _write(actor: User, place: str, values: dict[str, Any], client_key: UUID | None, now: datetime) -> Draft:
    """One row a place, whoever of two devices comes first; beyond the hundredth the oldest go."""
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
        unique_fields=["tenant", "user", "place"],
        update_fields=["values", "client_key", "updated_at"],
    )
    mine = Draft.objects.filter(user=actor).order_by("-updated_at", "-pk")
    Draft.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST : 2 * MOST])).delete()
    return row


def _joined(later: Mapping[str, Any], earlier: Callable[[str, Any], Any]) -> dict[str, Any]:
    """The text and files of an earlier form before those of a later one."""
    body, html, after = earlier("body", ""), earlier("html", ""), later.get("body", "")
    if later.get("html") or (html and after):
        html = (html or _as_html(body)) + (later.get("html") or _as_html(after))
    whole = "\n\n".join(part for part in (body, after) if part)
    return {"body": whole, "html": html, KEPT: [*earlier(KEPT, []), *later.get(KEPT, [])]}


def _as_html(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())
