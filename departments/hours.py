"""What a tenant said of its working time: weeks from a day on, and single days (H4). Read whole, in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, CharField, JSONField, QuerySet, Value

from persian import jalali

from .calendar import DEFAULT_WEEK, OwnHolidays, Slot, Week, WorkingCalendar, next_opening
from .models import DayOff, WorkingWeek

Kind = DayOff.Kind
_WEEK = "week"


@dataclass(frozen=True)
class OwnWeek:
    """A stored week and the day it holds from."""

    pk: int
    valid_from: date
    week: Week


@dataclass(frozen=True)
class OwnDay:
    """A stored day that differs from its weekday."""

    pk: int
    day: date
    kind: str
    name: str
    is_announced: bool


@dataclass(frozen=True)
class Closure:
    """A closure that waiting customers are told of: which day, why, and when work begins again (None: unknown)."""

    day: date
    is_today: bool
    name: str
    opens: datetime | None


@dataclass(frozen=True)
class Hours:
    """Everything a tenant said, weeks by their days; nothing said means the usual week and the public holidays."""

    weeks: tuple[OwnWeek, ...] = ()
    days: Mapping[date, OwnDay] = field(default_factory=dict)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The working time all this comes to."""
        said = self.days.values()
        return WorkingCalendar(
            week=DEFAULT_WEEK,
            later=tuple((one.valid_from, one.week) for one in self.weeks),
            holidays=OwnHolidays(
                closed={one.day: one.name for one in said if one.kind == Kind.CLOSED},
                open=frozenset(one.day for one in said if one.kind == Kind.OPEN),
            ),
        )

    def current(self, day: date) -> OwnWeek | None:
        """The stored week that holds on a day; None while the usual one does."""
        return next((one for one in reversed(self.weeks) if one.valid_from <= day), None)

    def closed(self, day: date) -> OwnDay | None:
        """The tenant's own closure of a day."""
        found = self.days.get(day)
        return found if found is not None and found.kind == Kind.CLOSED else None

    def announced(self, now: datetime) -> Closure | None:
        """The closure of today or tomorrow that was announced; gone once its day is over."""
        today = jalali.local_day(now)
        for day in (today, today + timedelta(days=1)):
            found = self.closed(day)
            if found is not None and found.is_announced:
                opens = next_opening(jalali.midnight(day + timedelta(days=1)), self.calendar)
                return Closure(day, day == today, found.name, opens)
        return None


def read() -> Hours:
    """What the tenant in scope said; one statement."""
    return of(parts())


def parts() -> QuerySet:
    """Weeks and days of the tenant in scope as rows of one shape, for ``of``."""
    none = Value([], output_field=JSONField())
    weeks = WorkingWeek.objects.order_by().values_list(
        "pk",
        "valid_from",
        Value(_WEEK, output_field=CharField()),
        Value("", output_field=CharField()),
        Value(False, output_field=BooleanField()),
        "slots",
    )
    days = DayOff.objects.order_by().values_list("pk", "day", "kind", "name", "is_announced", none)
    return weeks.union(days, all=True)


def of(parts: Iterable[tuple[Any, ...]]) -> Hours:
    """The hours that rows of ``parts`` come to."""
    rows = list(parts)
    own = [OwnWeek(pk, day, week_of(slots)) for pk, day, kind, _, _, slots in rows if kind == _WEEK]
    said = [OwnDay(*row[:5]) for row in rows if row[2] != _WEEK]
    return Hours(
        weeks=tuple(sorted(own, key=lambda one: one.valid_from)),
        days={one.day: one for one in sorted(said, key=lambda one: one.day)},
    )


def week_of(slots: list[list[list[int]]]) -> Week:
    """A week as it is stored: seven lists of ``[opens, closes]``."""
    return tuple(tuple(Slot(*slot) for slot in day) for day in slots)
