"""What the owner's page of limits shows: a table for all departments, and what departments have of their own (H4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from departments.calendar import WorkingCalendar, next_opening
from departments.models import SlaPolicy
from departments.sla import DEFAULT_LIMITS, EVERY_PRIORITY, Limits, Policies, limits_of, turns
from persian import relative
from persian.digits import group

from .forms.hours import PRIORITIES

WORDS = dict(PRIORITIES)
TOO_FEW_HOURS = "با این ساعت کاری مهلت به سال‌های دور می‌افتد و هیچ تیکتی زرد یا قرمز نمی‌شود."
NO_HOURS = "این مرکز ساعت کاری ندارد و هیچ تیکتی زرد یا قرمز نمی‌شود."


@dataclass(frozen=True)
class Line:
    """A row of a table: whose limits, what they are, and the policy behind them, if it is this place's own."""

    department_id: int | None
    department: str
    priority: int
    word: str
    first: tuple[str, str]
    later: tuple[str, str]
    resolve: str
    pk: int | None
    source: str  # where the limits come from when they are not this place's own
    preview: str


def general(policies: Policies, calendar: WorkingCalendar, now: datetime) -> list[Line]:
    """What holds in a department without limits of its own, by priority; first what is set for every priority."""
    every = policies.closest(None, EVERY_PRIORITY)
    lines = [_line(every, EVERY_PRIORITY, limits_of(every))] if every else []
    for priority in DEFAULT_LIMITS:
        limits, row = policies.limits_for(None, priority), policies.closest(None, priority)
        own = row if row is not None and row.priority == priority else None
        source = "" if own else "از همهٔ اولویت‌ها" if row else "پیش‌فرض"
        lines.append(_line(own, priority, limits, source=source, preview=preview(limits, calendar, now)))
    return lines


def overrides(rows: Iterable[SlaPolicy]) -> list[Line]:
    """What departments have of their own."""
    return [_line(row, row.priority, limits_of(row)) for row in rows if row.department_id is not None]


def preview(limits: Limits, calendar: WorkingCalendar, now: datetime) -> str:
    """«اگر تیکتی همین حالا برسد، … زرد و … قرمز می‌شود.»"""
    found = turns(limits, calendar, now)
    if found is None:
        return NO_HOURS if next_opening(now, calendar) is None else TOO_FEW_HOURS
    yellow, red = (relative.moment(moment, now) for moment in found)
    return f"اگر تیکتی همین حالا برسد، {yellow} زرد و {red} قرمز می‌شود."


def length(minutes: int) -> str:
    """«۴ ساعت و ۳۰ دقیقه» of working time."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{group(hours)} ساعت"] if hours else []
    return " و ".join([*parts, f"{group(rest)} دقیقه"] if rest else parts)


def _line(
    row: SlaPolicy | None, priority: int, limits: Limits, *, source: str = "", preview: str = ""
) -> Line:
    department = row.department if row else None
    return Line(
        department_id=department.pk if department else None,
        department=department.name if department else "",
        priority=priority,
        word=str(WORDS[priority]),
        first=(length(limits.first[0]), length(limits.first[1])),
        later=(length(limits.later[0]), length(limits.later[1])),
        resolve=length(limits.resolve) if limits.resolve is not None else "",
        pk=row.pk if row else None,
        source=source,
        preview=preview,
    )
