"""When things happen in the demo: working time walked backwards from the moment of building."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from departments.calendar import default_calendar
from departments.sla import DEFAULT_LIMITS
from persian.jalali import TEHRAN

AWAKE = range(7, 23)  # hours at which customers write


def working_before(now: datetime, minutes: int) -> datetime:
    """The last moment from which ``minutes`` (at least 1) of working time have passed until now, in UTC."""
    calendar, left = default_calendar(), timedelta(minutes=minutes)
    day = calendar.day_of(now)
    while True:
        for begin, end in reversed(list(calendar.hours(day))):
            end = min(end, now.astimezone(UTC))
            if begin >= end:
                continue
            if left <= end - begin:
                return end - left
            left -= end - begin
        day -= timedelta(days=1)


def started(now: datetime, colour: str, priority: int, rng: Random) -> datetime:
    """Since when a customer must have waited for the clock of that priority to show that colour now."""
    yellow, red = DEFAULT_LIMITS[priority].first
    room = red - yellow
    if colour == "green":
        minutes = rng.randint(max(1, yellow // 12), yellow * 9 // 10)
    elif colour == "yellow":
        minutes = rng.randint(yellow + room // 10, red - room // 4)
    else:
        minutes = rng.randint(red + 5, min(red * 5 // 2, red + 900))
    return working_before(now, minutes)


def at_work(moment: datetime, rng: Random) -> datetime:
    """The moment itself in working hours, otherwise shortly before the last closing time."""
    calendar = default_calendar()
    day = calendar.day_of(moment)
    while True:
        for begin, end in reversed(list(calendar.hours(day))):
            if begin <= moment < end:
                return moment
            if end <= moment:
                return end - timedelta(minutes=rng.randint(2, 50), seconds=rng.randint(0, 59))
        day -= timedelta(days=1)


def awake(moment: datetime, rng: Random) -> datetime:
    """The moment itself by day, otherwise the evening before."""
    local = moment.astimezone(TEHRAN)
    if local.hour in AWAKE:
        return moment
    evening = local if local.hour > AWAKE[-1] else local - timedelta(days=1)
    evening = evening.replace(hour=AWAKE[-1] - rng.randint(0, 2), minute=rng.randint(0, 59))
    return evening.astimezone(UTC)


def pause(rng: Random, *, staff: bool) -> timedelta:
    """How long a side takes before it speaks: mostly an hour or two, sometimes a day."""
    typical = 55 if staff else 120
    minutes = min(1500.0, rng.lognormvariate(0, 1.1) * typical)
    return timedelta(minutes=max(3.0, minutes), seconds=rng.randint(0, 59))
