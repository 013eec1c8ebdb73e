"""What the owner's page of working hours shows: weeks in words, the days off of each year, tomorrow (H4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from departments.calendar import IranianHolidays, Week
from departments.hours import Hours, Kind, OwnDay
from departments.services.hours import span_words
from persian import jalali
from persian.holidays import iranian_holidays

PUBLIC = IranianHolidays()


@dataclass(frozen=True)
class WeekLine:
    """A week that was, is or will be; ``pk`` None: the usual one."""

    pk: int | None
    valid_from: date | None
    words: list[str]
    state: str  # past, current, later


@dataclass(frozen=True)
class DayLine:
    """A day off, or a holiday that is worked."""

    day: date
    name: str
    own: OwnDay | None
    is_past: bool
    has_hours: bool  # by its weekday: otherwise there is nothing to open

    @property
    def is_open(self) -> bool:
        """Whether it is worked."""
        return self.own is not None and self.own.kind == Kind.OPEN


@dataclass(frozen=True)
class Year:
    """The days of one Jalali year: those to come, and those that are over."""

    year: int
    days: list[DayLine]
    past: list[DayLine]
    is_first: bool


@dataclass(frozen=True)
class NextDay:
    """Today or tomorrow for the button «فردا تعطیل»: closed by whom, and whether that can be undone."""

    day: date
    is_today: bool
    why: str  # "" for a working day
    own: OwnDay | None  # the closure that one click undoes


def weeks(hours: Hours, today: date) -> list[WeekLine]:
    """Every week, the latest first."""
    current = hours.current(today)
    lines = [WeekLine(None, None, week_words(hours.calendar.week), "past" if current else "current")]
    for one in hours.weeks:
        state = "current" if one == current else "later" if one.valid_from > today else "past"
        lines.append(WeekLine(one.pk, one.valid_from, week_words(one.week), state))
    return lines[::-1]


def week_words(week: Week) -> list[str]:
    """«شنبه تا چهارشنبه ۸:۳۰ تا ۱۷:۰۰»: neighbours of equal hours in one line; free days are left out."""
    lines: list[str] = []
    number = 0
    while number < 7:
        last = number
        while last < 6 and week[last + 1] == week[number]:
            last += 1
        if week[number]:
            first, end = jalali.WEEKDAYS[number], jalali.WEEKDAYS[last]
            days = first if number == last else f"{first} {'و' if last == number + 1 else 'تا'} {end}"
            lines.append(f"{days}: {' و '.join(span_words(*slot) for slot in week[number])}")
        number = last + 1
    return lines


def years(hours: Hours, today: date) -> list[Year]:
    """This and the next Jalali year with their public holidays, and whatever other year has days of the tenant's."""
    this = jalali.to_jalali(today).year
    own: dict[int, list[date]] = {this: [], this + 1: []}
    for day in hours.days:
        own.setdefault(jalali.to_jalali(day).year, []).append(day)
    found = []
    for year in sorted(own, key=lambda one: (one < this, one)):
        public = iranian_holidays(year) if this <= year <= this + 1 else {}
        lines = [_line(hours, day, today) for day in sorted({*public, *own[year]})]
        past = [line for line in lines if line.is_past]
        found.append(Year(year, [line for line in lines if not line.is_past], past, year == this))
    return found


def _line(hours: Hours, day: date, today: date) -> DayLine:
    own, public = hours.days.get(day), PUBLIC.name_of(day)
    name = (own.name if own else "") or public or "تعطیل"
    return DayLine(day, name, own, day < today, bool(hours.calendar.slots_of(day)))


def near(hours: Hours, today: date) -> Iterator[NextDay]:
    """Today, where the tenant closed it, and tomorrow."""
    for day in (today, today + timedelta(days=1)):
        own = hours.closed(day)
        # Another name for a public holiday is no closure of theirs.
        undone = own if own is not None and (own.is_announced or day not in PUBLIC) else None
        if undone or day > today:
            yield NextDay(day, day == today, hours.calendar.name_of(day), undone)
