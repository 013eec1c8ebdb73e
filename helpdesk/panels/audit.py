"""What the audit page reads: entries narrowed by person, act, kind and days (B10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from persian import jalali, relative
from tenants.models import AuditEntry, Tenant
from web.numbers import whole

from . import audit_words, lists
from .exporting import batches

NEWEST_FIRST = ("-created_at", "-id")
SYSTEM = "system"
MOST_PEOPLE = 300
HEADER = ("زمان", "شخص", "کار", "نوع", "دربارهٔ", "پیش از آن", "پس از آن", "نشانی", "کد کار", "شناسه")


def entries(asked: dict[str, Any]) -> QuerySet[AuditEntry]:
    """The entries these values of the filter form leave, unordered. Days are Tehran's, both included."""
    rows = AuditEntry.objects.all()
    if person := asked.get("person"):
        rows = rows.filter(actor_id=None if person == SYSTEM else int(person))
    if verb := asked.get("verb"):
        rows = rows.filter(verb=verb)
    if kind := asked.get("kind"):
        rows = rows.filter(target_kind=kind)
    if since := asked.get("since"):
        rows = rows.filter(created_at__gte=jalali.midnight(since))
    if until := asked.get("until"):
        rows = rows.filter(created_at__lt=jalali.midnight(until + dt.timedelta(days=1)))
    return rows


def people(chosen: str = "") -> list[tuple[str, str]]:
    """Whose acts may be asked for: our side by name, the system, and whoever the address names."""
    found = User.objects.filter(role__in=lists.OURS).order_by(*lists.BY_NAME)[:MOST_PEOPLE]
    choices = [("", "همه"), *((str(person.pk), str(person)) for person in found), (SYSTEM, "سامانه")]
    if whole(chosen, 18) >= 0 and chosen not in dict(choices):
        # A customer, or somebody who is gone: their name as it was written last.
        last = AuditEntry.objects.filter(actor_id=int(chosen)).order_by(*NEWEST_FIRST).first()
        if last is not None:
            choices.append((chosen, last.actor_name))
    return choices


def readable(rows: Iterable[AuditEntry]) -> None:
    """Set ``verb_word``, ``kind_word`` and ``changes`` on each."""
    for row in rows:
        row.verb_word = audit_words.verb_word(row.verb)  # type: ignore[attr-defined]
        row.kind_word = audit_words.kind_word(row.target_kind)  # type: ignore[attr-defined]
        row.changes = list(audit_words.changes(row.before, row.after))  # type: ignore[attr-defined]


def lines(tenant: Tenant, asked: dict[str, Any]) -> Iterator[list[str]]:
    """The same entries as lines of a table, newest first."""
    return batches(tenant, lambda: entries(asked), NEWEST_FIRST, _lines)


def _lines(rows: list[AuditEntry]) -> Iterator[list[str]]:
    readable(rows)
    for row in rows:
        at = timezone.localtime(row.created_at)
        changed: list[audit_words.Change] = row.changes  # type: ignore[attr-defined]
        yield [
            f"{jalali.format_date(at)} {relative.clock(at)}",
            row.actor_name,
            row.verb_word,  # type: ignore[attr-defined]
            row.kind_word,  # type: ignore[attr-defined]
            row.target_label,
            "؛ ".join(f"{one.word}: {one.before}" for one in changed if one.before is not None),
            "؛ ".join(f"{one.word}: {one.after}" for one in changed if one.after is not None),
            row.address or "",
            row.verb,
            str(row.target_id or ""),
        ]
