"""Working time: how long after now an answer is due, and how long somebody has really been waiting (H4).

Pure arithmetic over instants. Days are those of the calendar's own zone; every answer is in UTC, so that two
moments may be compared and subtracted without thinking of zones.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from persian.holidays import iranian_holidays
from persian.jalali import FIRST_YEAR, LAST_YEAR, TEHRAN, to_jalali, weekday

DAY = 24 * 60
# Longer than any closure: a calendar shut for this many days on end will not open again.
LONGEST_CLOSURE = 400


class NeverOpens(ValueError):
    """This calendar has no working time for over a year to come: nothing can be due by it."""


class Slot(NamedTuple):
    """Working hours of one day, in minutes from midnight; ``closes`` may be 1440."""

    opens: int
    closes: int


class IranianHolidays:
    """The public holidays of Iran as a set that reads one Jalali year at a time."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _holidays_of(to_jalali(day).year)


@cache
def _holidays_of(jalali_year: int) -> frozenset[date]:
    if not FIRST_YEAR <= jalali_year <= LAST_YEAR:
        return frozenset()
    return frozenset(iranian_holidays(jalali_year))


@dataclass(frozen=True)
class WorkingCalendar:
    """When a support centre works: slots of each weekday from Saturday, less the holidays.

    ``holidays`` is anything that answers ``day in holidays``. ValueError when no day has hours, or when the
    slots of a day are out of order or overlap.
    """

    week: Sequence[Sequence[Slot]]
    holidays: Container[date] = field(default_factory=frozenset)
    zone: tzinfo = TEHRAN

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days, from Saturday")
        if not any(self.week):
            raise ValueError("a calendar needs working hours on at least one day of the week")
        for slots in self.week:
            for opens, closes in slots:
                if not 0 <= opens < closes <= DAY:
                    raise ValueError(
                        f"working hours end after they begin, within the day: {opens} to {closes}"
                    )
            if any(earlier[1] > later[0] for earlier, later in pairwise(slots)):
                raise ValueError("working hours of a day stand in order and do not overlap")

    def day_of(self, moment: datetime) -> date:
        """The day a moment falls on in this calendar's zone."""
        return moment.astimezone(self.zone).date()

    def hours(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working spans of a day as instants, in order; none on a holiday."""
        slots = self.week[weekday(day)]
        if not slots or day in self.holidays:
            return
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        for opens, closes in slots:
            # Added on the wall clock, then made an instant: right on the days a clock is moved, too.
            begin = (midnight + timedelta(minutes=opens)).astimezone(UTC)
            end = (midnight + timedelta(minutes=closes)).astimezone(UTC)
            if begin < end:
                yield begin, end

    def is_open(self, moment: datetime) -> bool:
        """Whether the centre works at this moment."""
        _require_aware(moment)
        return any(begin <= moment < end for begin, end in self.hours(self.day_of(moment)))


def _hm(opens: str, closes: str) -> Slot:
    """``_hm("8:30", "17:00")``."""
    (h1, m1), (h2, m2) = (map(int, text.split(":")) for text in (opens, closes))
    return Slot(h1 * 60 + m1, h2 * 60 + m2)


_FULL, _HALF = (_hm("8:30", "17:00"),), (_hm("8:30", "12:30"),)
# Saturday to Wednesday, Thursday half a day, Friday closed.
DEFAULT_WEEK: tuple[tuple[Slot, ...], ...] = (_FULL, _FULL, _FULL, _FULL, _FULL, _HALF, ())
DEFAULT = WorkingCalendar(week=DEFAULT_WEEK, holidays=IranianHolidays())


def default_calendar() -> WorkingCalendar:
    """The working time of every tenant, until a tenant has hours and holidays of its own."""
    return DEFAULT


def add_working(start: datetime, minutes: int, calendar: WorkingCalendar = DEFAULT) -> datetime:
    """The first moment at which ``minutes`` of working time have passed since ``start``, in UTC.

    Zero minutes is ``start`` itself, even at night. ValueError for a naive moment, negative minutes, or a
    calendar that stays shut for over a year.
    """
    _require_aware(start)
    if minutes < 0:
        raise ValueError("working time is added forwards only")
    start = start.astimezone(UTC)
    left = timedelta(minutes=minutes)
    if not left:
        return start
    day, shut = calendar.day_of(start), 0
    while shut <= LONGEST_CLOSURE:
        shut += 1
        for begin, end in calendar.hours(day):
            shut = 0
            begin = max(begin, start)
            if begin >= end:
                continue
            if left <= end - begin:
                return begin + left
            left -= end - begin
        day += timedelta(days=1)
    raise NeverOpens("this calendar has no working day within a year")


def working_minutes(start: datetime, end: datetime, calendar: WorkingCalendar = DEFAULT) -> int:
    """Whole minutes of working time from ``start`` to ``end``; negative when ``end`` comes first.

    ValueError for a naive moment.
    """
    _require_aware(start)
    _require_aware(end)
    if end < start:
        return -working_minutes(end, start, calendar)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    spent = timedelta()
    day, last = calendar.day_of(start), calendar.day_of(end)
    while day <= last:
        for begin, close in calendar.hours(day):
            begin, close = max(begin, start), min(close, end)
            if begin < close:
                spent += close - begin
        day += timedelta(days=1)
    return int(spent // timedelta(minutes=1))


def _require_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a naive datetime is no instant: give an aware one")
