"""Moments and lengths of time in the words people use; every moment is told in Tehran's time."""

from datetime import datetime, timedelta

from persian.digits import group, to_persian
from persian.jalali import TEHRAN, WEEKDAYS, day_month, long_date, to_jalali, weekday

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MONTH, _YEAR = 30 * _DAY, 365 * _DAY

_LENGTHS = ((_DAY, "روز"), (_HOUR, "ساعت"), (_MINUTE, "دقیقه"))
_DISTANCES = ((_YEAR, "سال"), (_MONTH, "ماه"), *_LENGTHS)
_NEAR_DAYS = {0: "امروز", -1: "دیروز", 1: "فردا"}


def clock(dt: datetime) -> str:
    """`۸:۰۳`, in Tehran."""
    local = _local(dt)
    return to_persian(f"{local.hour}:{local.minute:02}")


def moment(dt: datetime, now: datetime) -> str:
    """`امروز، ۸:۰۳` · `دیروز، ۱۷:۲۰` · `دوشنبه ۱۳ مهر، ۱۰:۱۲`; with the year when it is another one."""
    day, current = _local(dt).date(), _local(now).date()
    name = _NEAR_DAYS.get((day - current).days)
    if name is None:
        same_year = to_jalali(day).year == to_jalali(current).year
        name = f"{WEEKDAYS[weekday(day)]} {day_month(day) if same_year else long_date(day)}"
    return f"{name}، {clock(dt)}"


def duration(length: timedelta, parts: int = 1) -> str:
    """`۲ ساعت`; with `parts=2` `۱ ساعت و ۱۲ دقیقه`. The sign does not show; the rest is cut, not rounded.

    Days are the largest unit, so a contract says `۴۳ روز`. Parts are neighbours: a zero one is left out.
    """
    return _spelled(length, _LENGTHS, parts)


def working(length: timedelta, parts: int = 1) -> str:
    """A length of working time: `۴۰ دقیقهٔ کاری`, `۲ ساعت کاری`. Hours are the largest unit."""
    shown = _spelled(length, _LENGTHS[1:], parts)
    ezafe = "ٔ" if shown.endswith("ه") else ""
    return f"{shown}{ezafe} کاری"


def ago(dt: datetime, now: datetime) -> str:
    """`همین حالا` · `۵ دقیقه پیش` · `۲ ماه پیش`; for what is to come `۵ دقیقهٔ دیگر`."""
    gap = _local(now) - _local(dt)
    if abs(gap) < timedelta(minutes=1):
        return "همین حالا"
    shown = _spelled(gap, _DISTANCES, 1)
    if gap > timedelta(0):
        return f"{shown} پیش"
    ezafe = "ٔ" if shown.endswith("ه") else ""
    return f"{shown}{ezafe} دیگر"


def left(due: datetime, now: datetime) -> str:
    """`۳ ساعت مانده` before the moment, `۵۰ دقیقه گذشته` after it."""
    gap = _local(due) - _local(now)
    return f"{duration(gap)} {'مانده' if gap > timedelta(0) else 'گذشته'}"


def _spelled(length: timedelta, units: tuple[tuple[int, str], ...], parts: int) -> str:
    seconds = abs(length) // timedelta(seconds=1)
    first = next((place for place, (size, _) in enumerate(units) if seconds >= size), None)
    if first is None:
        return "کمتر از یک دقیقه"
    shown = []
    for size, name in units[first : first + parts]:
        count, seconds = divmod(seconds, size)
        if count:
            shown.append(f"{group(count)} {name}")
    return " و ".join(shown)


def _local(dt: datetime) -> datetime:
    if dt.tzinfo is None:
        raise TypeError("a naive datetime is no moment: give an aware one")
    return dt.astimezone(TEHRAN)
