"""The Jalali calendar: converting, reading, writing, and ranges for filters and reports (S15).

Dates travel as `datetime.date`; a datetime is read as its day in Tehran. Names and digits come from our own
tables: strftime would print Gregorian months and Latin digits.
"""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

import jdatetime

from persian.chars import plain_dashes, without_unseen
from persian.digits import to_latin, to_persian

TEHRAN = ZoneInfo("Asia/Tehran")
FIRST_YEAR, LAST_YEAR = 1300, 1500

MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)
# From Saturday, the first day of the week.
WEEKDAYS = ("شنبه", "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه")

_WRITTEN = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")


class Jalali(NamedTuple):
    """A day of the Jalali calendar; month and day count from 1."""

    year: int
    month: int
    day: int


def local_day(value: date) -> date:
    """The day itself, or the day in Tehran of an aware datetime. TypeError for a naive one."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise TypeError("a naive datetime has no day: give an aware one")
    return value.astimezone(TEHRAN).date()


def to_jalali(value: date) -> Jalali:
    """The Jalali day of a date. ValueError for dates the calendar does not reach (before 622)."""
    return _jalali(local_day(value))


@lru_cache(maxsize=4096)
def _jalali(day: date) -> Jalali:
    """A page tells a hundred moments of few days."""
    found = jdatetime.date.fromgregorian(date=day)
    return Jalali(found.year, found.month, found.day)


def to_gregorian(year: int, month: int, day: int) -> date:
    """The date of a Jalali day. ValueError for a day that does not exist."""
    gregorian: date = jdatetime.date(year, month, day).togregorian()
    return gregorian


def is_leap(year: int) -> bool:
    """Whether Esfand of this Jalali year has 30 days."""
    return bool(jdatetime.date(year, 1, 1).isleap())


def month_length(year: int, month: int) -> int:
    """Number of days of a Jalali month: 29, 30 or 31."""
    if not 1 <= month <= 12:
        raise ValueError("a month is 1 to 12")
    if month == 12:
        return 30 if is_leap(year) else 29
    return 31 if month <= 6 else 30


def weekday(value: date) -> int:
    """0 for Saturday to 6 for Friday."""
    return (local_day(value).weekday() + 2) % 7


def today(now: datetime) -> Jalali:
    """The Jalali day in Tehran at the moment `now`."""
    return to_jalali(now)


def parse(text: str) -> date:
    """Read `۱۴۰۴/۵/۱`, `1404-05-01` or `1404.5.1`, with digits of any of our scripts.

    ValueError, with a sentence for the person, when it is not a date of 1300 to 1500.
    """
    written = _WRITTEN.fullmatch(to_latin(plain_dashes(without_unseen(text))).strip())
    if written is None:
        raise ValueError("تاریخ را این‌طور بنویسید: ۱۴۰۵/۰۷/۱۳")
    year, month, day = int(written[1]), int(written[3]), int(written[4])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("سال را میان ۱۳۰۰ و ۱۵۰۰ بنویسید.")
    try:
        return to_gregorian(year, month, day)
    except ValueError:
        raise ValueError("چنین روزی در تقویم نیست. روز و ماه را دوباره ببینید.") from None


def format_date(value: date) -> str:
    """`۱۴۰۴/۰۵/۰۱`."""
    year, month, day = to_jalali(value)
    return to_persian(f"{year}/{month:02}/{day:02}")


def day_month(value: date) -> str:
    """`۱۳ مهر`."""
    found = to_jalali(value)
    return to_persian(f"{found.day} {MONTHS[found.month - 1]}")


def long_date(value: date) -> str:
    """`۱۳ مهر ۱۴۰۵`."""
    return f"{day_month(value)} {to_persian(str(to_jalali(value).year))}"


def day_date(value: date) -> str:
    """`سه‌شنبه ۱۴ مهر ۱۴۰۵`."""
    return f"{WEEKDAYS[weekday(value)]} {long_date(value)}"


def month_range(year: int, month: int) -> tuple[date, date]:
    """First day of a Jalali month and first day of the next: a half-open pair."""
    if not 1 <= month <= 12:
        raise ValueError("a month is 1 to 12")
    return _months(year, month, 1)


def quarter_range(year: int, quarter: int) -> tuple[date, date]:
    """First day of a season (1 spring to 4 winter) and first day of the next: a half-open pair."""
    if not 1 <= quarter <= 4:
        raise ValueError("a quarter is 1 to 4")
    return _months(year, 3 * quarter - 2, 3)


def year_range(year: int) -> tuple[date, date]:
    """1 Farvardin of the year and of the next: a half-open pair."""
    return _months(year, 1, 12)


def week_range(value: date) -> tuple[date, date]:
    """The Saturday at or before the day and the next Saturday: a half-open pair."""
    day = local_day(value)
    first = day - timedelta(days=weekday(day))
    return first, first + timedelta(days=7)


def midnight(day: date) -> datetime:
    """The moment a day begins in Tehran: turns a range of dates into a range of stored instants."""
    return datetime(day.year, day.month, day.day, tzinfo=TEHRAN)


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    beyond = month + count - 1
    return to_gregorian(year, month, 1), to_gregorian(year + beyond // 12, beyond % 12 + 1, 1)
