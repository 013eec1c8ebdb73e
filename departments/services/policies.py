"""Limits of answers and closing by department and priority, as the owner sets them (H4)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from tenants.services import audit
from web.errors import Invalid, NotFound

from ..calendar import NeverOpens, TooFar, add_working
from ..models import Department, SlaPolicy
from ..sla import DEFAULT_LIMITS, EVERY_PRIORITY, working_calendar
from .clock_rules import locked, touch
from .rows import changed, require_ours

# Working minutes: two thousand hours, about a year of them.
LONGEST = 2000 * 60
COUNTS = ("first_yellow", "first_red", "next_yellow", "next_red", "resolve")


@transaction.atomic
def set_policy(
    *,
    actor: User | None,
    department: Department | None,
    priority: int,
    first_yellow: int,
    first_red: int,
    next_yellow: int,
    next_red: int,
    resolve: int | None = None,
) -> SlaPolicy:
    """Limits in working minutes, for a department or (None) all, a priority or (0) every one; replaces what was set.

    Raises NotAllowed, NotFound for a department that is not ours, Invalid at the field.
    """
    rules = locked(actor)
    require_ours(department)
    if priority != EVERY_PRIORITY and priority not in DEFAULT_LIMITS:
        raise Invalid("اولویت را از فهرست انتخاب کنید.", field="priority")
    numbers = (first_yellow, first_red, next_yellow, next_red, resolve)
    values: dict[str, Any] = dict(zip(COUNTS, numbers, strict=True))
    _check(values)
    _check_reach(values)
    policy = SlaPolicy.objects.filter(department=department, priority=priority).first()
    before: dict[str, Any] = {}
    if policy is None:
        policy = SlaPolicy.objects.create(department=department, priority=priority, **values)
        after = {"priority": priority, **values}
    else:
        before, after = changed(policy, values)
        if not after:
            return policy
        for name, value in after.items():
            setattr(policy, name, value)
        policy.save(update_fields=list(after))
    audit.record("sla.set", actor=actor, target=policy, label=_label(department), before=before, after=after)
    touch(rules)
    return policy


@transaction.atomic
def drop_policy(pk: int, *, actor: User | None) -> None:
    """Take a policy away: the next closest holds. Raises NotAllowed, NotFound."""
    rules = locked(actor)
    policy = SlaPolicy.objects.select_related("department").filter(pk=pk).first()
    if policy is None:
        raise NotFound()
    facts = {name: getattr(policy, name) for name in ("priority", *COUNTS)}
    audit.record("sla.drop", actor=actor, target=policy, label=_label(policy.department), before=facts)
    policy.delete()
    touch(rules)


def _check(values: dict[str, Any]) -> None:
    for name, minutes in values.items():
        if minutes is None:
            continue
        if minutes < 1:
            raise Invalid("دست‌کم یک دقیقه بنویسید.", field=name)
        if minutes > LONGEST:
            raise Invalid("این زمان بیش از دو هزار ساعت کاری است. کوتاه‌ترش کنید.", field=name)
    for yellow, red in (("first_yellow", "first_red"), ("next_yellow", "next_red")):
        if values[yellow] > values[red]:
            raise Invalid("زرد پیش از قرمز است. یکی از این دو را عوض کنید.", field=yellow)
    if values["resolve"] is not None and values["resolve"] < values["first_red"]:
        raise Invalid("زمان بستن از مهلت پاسخ نخست کمتر است.", field="resolve")


def _check_reach(values: dict[str, Any]) -> None:
    """What the hours of now would never come to in time is refused; where there are none at all, nothing is due."""
    calendar, now = working_calendar(), timezone.now()
    for name, minutes in values.items():
        try:
            add_working(now, minutes or 0, calendar)
        except TooFar:
            raise Invalid(
                "با ساعت کاری شما این زمان بیش از سه سال طول می‌کشد. کوتاه‌ترش کنید.", field=name
            ) from None
        except NeverOpens:
            return


def _label(department: Department | None) -> str:
    return department.name if department else "همهٔ دپارتمان‌ها"
