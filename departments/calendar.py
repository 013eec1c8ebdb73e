"""Working time: how long after now an answer is due, and how long somebody has really been waiting (H4).

Pure arithmetic over instants. Days are those of the calendar's own zone; every answer is in UTC, so that two
moments may be compared and subtracted without thinking of zones.
"""

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

from persian.holidays import iranian_holidays
from persian.jalali import FIRST_YEAR, LAST_YEAR, TEHRAN, to_jalali, weekday

DAY = 24 * 60
MINUTE = timedelta(minutes=1)
# Longer than any closure: a calendar shut for this many days on end will not open again.
LONGEST_CLOSURE = 400
# Nothing is reckoned further than this: a week of one minute would have a long limit counted over centuries.
HORIZON = timedelta(days=3 * 366)


class NeverOpens(ValueError):
    """This calendar has no working time for over a year to come: nothing can be due by it."""


class TooFar(NeverOpens):
    """This calendar has too little working time: what is asked for would be due beyond HORIZON."""


class Slot(NamedTuple):
    """Working hours of one day, in minutes from midnight; ``closes`` may be 1440."""

    opens: int
    closes: int


# Slots of each weekday, from Saturday.
Week = Sequence[Sequence[Slot]]


class IranianHolidays:
    """The public holidays of Iran as a set that reads one Jalali year at a time."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and bool(self.name_of(day))

    def name_of(self, day: date) -> str:
        """The holiday's Persian name; "" for a day that is none."""
        return _holidays_of(to_jalali(day).year).get(day, "")


@cache
def _holidays_of(jalali_year: int) -> Mapping[date, str]:
    if not FIRST_YEAR <= jalali_year <= LAST_YEAR:
        return {}
    return iranian_holidays(jalali_year)


@dataclass(frozen=True)
class OwnHolidays:
    """The public holidays, but for what a tenant said of single days: closed (with a name), or open on a holiday."""

    closed: Mapping[date, str] = field(default_factory=dict)
    open: Container[date] = frozenset()
    public: IranianHolidays = field(default_factory=IranianHolidays)

    def __contains__(self, day: object) -> bool:
        return day in self.closed or (day in self.public and day not in self.open)

    def name_of(self, day: date) -> str:
        """The tenant's own word before the public one; "" where neither says why, or the day is open."""
        return (self.closed.get(day, "") or self.public.name_of(day)) if day in self else ""


@dataclass(frozen=True)
class WorkingCalendar:
    """When a support centre works: slots of each weekday from Saturday, less the holidays.

    ``holidays`` is anything that answers ``day in holidays``, and ``name_of(day)`` if it knows why. ``later``: the
    weeks that hold from a day on, each until the next, by their days; ``week`` holds before them. A calendar may have
    no hours at all. ValueError when the slots of a day are out of order or overlap, or ``later`` is.
    """

    week: Week
    holidays: Container[date] = field(default_factory=frozenset)
    zone: tzinfo = TEHRAN
    later: Sequence[tuple[date, Week]] = ()

    def __post_init__(self) -> None:
        for week in (self.week, *(week for _day, week in self.later)):
            check_week(week)
        if any(one[0] >= other[0] for one, other in pairwise(self.later)):
            raise ValueError("weeks stand in the order of their first days, one a day")

    def day_of(self, moment: datetime) -> date:
        """The day a moment falls on in this calendar's zone."""
        return moment.astimezone(self.zone).date()

    def week_of(self, day: date) -> Week:
        """The week that holds on a day."""
        place = bisect_right(self.later, day, key=lambda one: one[0])
        return self.later[place - 1][1] if place else self.week

    @cached_property
    def longest_week(self) -> int:
        """The most working minutes any week of this calendar has, holidays aside."""
        weeks = (self.week, *(week for _day, week in self.later))
        return max(sum(closes - opens for day in week for opens, closes in day) for week in weeks)

    def slots_of(self, day: date) -> Sequence[Slot]:
        """The hours a day has by its weekday, whether it is a holiday or not."""
        return self.week_of(day)[weekday(day)]

    def is_closed(self, day: date) -> bool:
        """Whether a day has no working hours, by its weekday or as a holiday."""
        return not self.slots_of(day) or day in self.holidays

    def name_of(self, day: date) -> str:
        """Why a day is closed, in Persian: the holiday, else that its weekday is free; "" for a working day."""
        if day in self.holidays:
            name_of = getattr(self.holidays, "name_of", None)
            return (name_of(day) if name_of else "") or "تعطیل"
        return "" if self.slots_of(day) else "تعطیل هفتگی"

    def hours(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The working spans of a day as instants, in order; none on a holiday."""
        slots = self.slots_of(day)
        if not slots or day in self.holidays:
            return
        wall = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for first, last, offset in _stretches(day, self.zone):
            for opens, closes in slots:
                begin = max(first, wall + timedelta(minutes=opens) - offset)
                end = min(last, wall + timedelta(minutes=closes) - offset)
                if begin < end:
                    yield begin, end

    def is_open(self, moment: datetime) -> bool:
        """Whether the centre works at this moment."""
        _require_aware(moment)
        return any(begin <= moment < end for begin, end in self.hours(self.day_of(moment)))


def _stretches(day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """A day's stretches of one distance from UTC: one, or two where the clock is moved on it (Tehran's until 1401)."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    first, last = midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC)
    offset, later = _offset(first, zone), _offset(last - MINUTE, zone)
    if offset == later:
        yield first, last, offset
        return
    early, late = first, last - MINUTE
    while late - early > MINUTE:
        middle = early + (late - early) // (2 * MINUTE) * MINUTE
        early, late = (middle, late) if _offset(middle, zone) == offset else (early, middle)
    yield first, late, offset
    yield late, last, later


def _offset(moment: datetime, zone: tzinfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def check_week(week: Week) -> None:
    """ValueError unless it is seven days of slots that lie within the day, in order, none over another."""
    if len(week) != 7:
        raise ValueError("a week has seven days, from Saturday")
    for slots in week:
        for opens, closes in slots:
            if not 0 <= opens < closes <= DAY:
                raise ValueError(f"working hours end after they begin, within the day: {opens} to {closes}")
        if any(earlier[1] > later[0] for earlier, later in pairwise(slots)):
            raise ValueError("working hours of a day stand in order and do not overlap")


def next_opening(after: datetime, calendar: "WorkingCalendar") -> datetime | None:
    """The first moment of work from ``after`` on, in UTC; None for a calendar that stays shut for over a year."""
    try:
        return add_working(after, 1, calendar) - timedelta(minutes=1)
    except NeverOpens:
        return None


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

    Zero minutes is ``start`` itself, even at night. ValueError for a naive moment or negative minutes, NeverOpens
    for a calendar that stays shut for over a year, TooFar (one of them) for a moment beyond HORIZON.
    """
    _require_aware(start)
    if minutes < 0:
        raise ValueError("working time is added forwards only")
    start = start.astimezone(UTC)
    if not minutes:
        return start
    left = timedelta(minutes=minutes)
    for begin, end in _spans_from(start, minutes, calendar):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise TooFar("what is asked for is due in years")


def less_working(end: datetime, minutes: int, calendar: WorkingCalendar = DEFAULT) -> datetime:
    """The last moment from which ``minutes`` of working time pass until ``end``, in UTC: add_working backwards.

    Zero minutes is ``end`` itself. Raises as add_working.
    """
    _require_aware(end)
    if minutes < 0:
        raise ValueError("working time is taken off backwards only")
    end = end.astimezone(UTC)
    if not minutes:
        return end
    left = timedelta(minutes=minutes)
    for begin, close in _spans_from(end, minutes, calendar, backwards=True):
        if left <= close - begin:
            return close - left
        left -= close - begin
    raise TooFar("what is asked for began years ago")


def _spans_from(
    moment: datetime, minutes: int, calendar: WorkingCalendar, *, backwards: bool = False
) -> Iterator[tuple[datetime, datetime]]:
    """The working spans after a moment (before it), the nearest first, within HORIZON. Raises NeverOpens.

    Nothing at all where no week of the calendar is long enough for ``minutes``: that costs no walk.
    """
    # An hour that comes twice, where a zone moves its clock, is covered by the weeks over.
    if minutes > calendar.longest_week * (HORIZON.days // 7 + 5) and calendar.longest_week:
        return
    day, shut, step = calendar.day_of(moment), 0, timedelta(days=-1 if backwards else 1)
    for _ in range(HORIZON.days):
        shut += 1
        spans = list(calendar.hours(day))
        for begin, end in reversed(spans) if backwards else spans:
            shut = 0
            begin, end = (begin, min(end, moment)) if backwards else (max(begin, moment), end)
            if begin < end:
                yield begin, end
        if shut > LONGEST_CLOSURE:
            raise NeverOpens("this calendar has no working day within a year")
        day += step


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
