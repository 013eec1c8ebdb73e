"""The row that says when a tenant's clock rules last changed: every verb about them takes it first (H4)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from persian.jalali import to_gregorian
from tenants.services import audit
from web.errors import Invalid

from .. import sla
from ..models import ClockRules
from .rights import require_owner

EARLIEST, LATEST = to_gregorian(1380, 1, 1), to_gregorian(1500, 12, 29)
HEARERS = ("holder", "manager", "owner")


def locked(actor: User | None) -> ClockRules:
    """The tenant's row, locked: of two owners at once the second sees what the first did. Raises NotAllowed."""
    require_owner(actor)
    rows = ClockRules.objects.select_for_update(of=("self",), no_key=True)
    found = rows.first()
    if found is None:
        ClockRules.objects.bulk_create([sla.usual_rules()], ignore_conflicts=True)
        found = rows.get()
    return found


def touch(rules: ClockRules) -> None:
    """The rules changed: tickets reckoned by an older stamp are reckoned anew by the sweep."""
    # Newer than the one before whatever the clocks say: equal stamps would mean nothing changed.
    rules.stamp = max(timezone.now(), rules.stamp + timedelta(microseconds=1))
    rules.save(update_fields=["stamp"])


def check_day(day: date, *, field: str) -> None:
    """Raises Invalid at ``field`` for a day outside 1380 to 1500."""
    if not EARLIEST <= day <= LATEST:
        raise Invalid("سال را میان ۱۳۸۰ و ۱۵۰۰ بنویسید.", field=field)


@transaction.atomic
def set_hears(*, actor: User | None, yellow: list[str], red: list[str], close: list[str]) -> ClockRules:
    """Who hears of a ticket that turns yellow, and red, and that passes its time to close; nobody is allowed.

    Raises NotAllowed, Invalid(yellow, red, close). The stamp stays: no due time changes by it.
    """
    rules = locked(actor)
    for field, said in (("yellow", yellow), ("red", red), ("close", close)):
        if set(said) - set(HEARERS):
            raise Invalid("این افراد را از فهرست انتخاب کنید.", field=field)
    if rules.tell_close is None:
        rules.tell_close = sla.usual_rules().tell_close
    before = _heard(rules)
    rules.tell_yellow = [one for one in HEARERS if one in yellow]
    rules.tell_red = [one for one in HEARERS if one in red]
    rules.tell_close = [one for one in HEARERS if one in close]
    if before != _heard(rules):
        rules.save(update_fields=list(_heard(rules)))
        audit.record(
            "clock.hears", actor=actor, target=rules, label="مهلت پاسخ", before=before, after=_heard(rules)
        )
    return rules


def _heard(rules: ClockRules) -> dict[str, list[str]]:
    return {name: list(getattr(rules, name)) for name in ("tell_yellow", "tell_red", "tell_close")}
