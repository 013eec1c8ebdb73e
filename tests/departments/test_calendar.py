"""Working time against a model that walks minute by minute."""

import time
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from departments.calendar import (
    DAY,
    DEFAULT,
    HORIZON,
    NeverOpens,
    Slot,
    TooFar,
    WorkingCalendar,
    add_working,
    less_working,
    next_opening,
    working_minutes,
)
from persian.jalali import TEHRAN, to_gregorian, weekday

MINUTE = timedelta(minutes=1)


def tehran(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment by the Jalali calendar and Tehran's clock."""
    found = to_gregorian(year, month, day)
    return datetime(found.year, found.month, found.day, hour, minute, tzinfo=TEHRAN)


def slow_minutes(start: datetime, end: datetime, calendar: WorkingCalendar) -> int:
    """Counts each minute by the wall clock; both ends on whole minutes."""
    count = 0
    while start < end:
        local = start.astimezone(calendar.zone)
        minute = local.hour * 60 + local.minute
        week = calendar.week
        for first, later in calendar.later:
            week = later if first <= local.date() else week
        slots = week[weekday(local.date())] if local.date() not in calendar.holidays else ()
        count += any(opens <= minute < closes for opens, closes in slots)
        start += MINUTE
    return count


BASE = datetime(2026, 9, 26, tzinfo=UTC)
moments = st.integers(0, 6 * DAY).map(lambda minutes: BASE + minutes * MINUTE)


@st.composite
def slots(draw: st.DrawFn) -> tuple[Slot, ...]:
    edges = sorted(draw(st.lists(st.integers(0, DAY), max_size=4, unique=True)))
    return tuple(Slot(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    week = draw(st.lists(slots(), min_size=7, max_size=7).filter(any))
    days = draw(st.sets(st.integers(0, 8).map(lambda n: BASE.date() + timedelta(days=n)), max_size=4))
    # Another week may begin on a day or two of these.
    begins = sorted(draw(st.sets(st.integers(-2, 8), max_size=2)))
    weeks = [draw(st.lists(slots(), min_size=7, max_size=7).filter(any)) for _ in begins]
    later = [(BASE.date() + timedelta(days=n), one) for n, one in zip(begins, weeks, strict=True)]
    return WorkingCalendar(week=week, holidays=days, later=later)


@given(start=moments, end=moments, calendar=calendars())
@settings(max_examples=60)
def test_working_minutes_agrees_with_counting_each_minute(
    start: datetime, end: datetime, calendar: WorkingCalendar
) -> None:
    start, end = sorted((start, end))
    assert working_minutes(start, end, calendar) == slow_minutes(start, end, calendar)


@given(start=moments, minutes=st.integers(0, 3000), calendar=calendars())
@example(start=BASE, minutes=0, calendar=DEFAULT)
@settings(max_examples=60)
def test_add_working_is_the_first_moment_with_that_much_work(
    start: datetime, minutes: int, calendar: WorkingCalendar
) -> None:
    try:
        due = add_working(start, minutes, calendar)
    except TooFar:
        assert working_minutes(start, start + HORIZON - 2 * timedelta(days=1), calendar) < minutes
        return
    assert working_minutes(start, due, calendar) == minutes
    if minutes:
        assert working_minutes(start, due - timedelta(seconds=1), calendar) == minutes - 1
    else:
        assert due == start


@given(start=moments, first=st.integers(0, 900), second=st.integers(1, 900), calendar=calendars())
@settings(max_examples=60)
def test_add_working_in_two_steps_is_the_same(
    start: datetime, first: int, second: int, calendar: WorkingCalendar
) -> None:
    try:
        due = add_working(start, first + second, calendar)
    except TooFar:
        return
    assert add_working(add_working(start, first, calendar), second, calendar) == due
    assert less_working(due, second, calendar) >= add_working(start, first, calendar)


@given(end=moments, minutes=st.integers(0, 1500), calendar=calendars())
@settings(max_examples=60)
def test_less_working_is_the_last_moment_from_which_so_much_work_passes(
    end: datetime, minutes: int, calendar: WorkingCalendar
) -> None:
    try:
        begun = less_working(end, minutes, calendar)
    except TooFar:
        assert working_minutes(end - HORIZON + 2 * timedelta(days=1), end, calendar) < minutes
        return
    assert working_minutes(begun, end, calendar) == minutes
    if minutes:
        assert working_minutes(begun + timedelta(seconds=1), end, calendar) == minutes - 1
    else:
        assert begun == end


@pytest.mark.parametrize("minutes", [20_000, 120_000])
def test_a_week_of_a_minute_is_not_walked_for_centuries(minutes: int) -> None:
    tiny = WorkingCalendar(week=((Slot(540, 541),), *((),) * 6))
    for reckon in (add_working, less_working):
        began = time.perf_counter()
        for _ in range(200):
            with pytest.raises(TooFar):
                reckon(BASE, minutes, tiny)
        assert time.perf_counter() - began < 0.2
    # Just within reach of its weeks, the walk still ends.
    with pytest.raises(NeverOpens):
        add_working(BASE, tiny.longest_week * (HORIZON.days // 7 + 3), tiny)


@pytest.mark.spec("H4")
@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        # 1405/07/11 is a Saturday.
        (tehran(1405, 7, 11, 9, 0), 60, tehran(1405, 7, 11, 10, 0)),
        (tehran(1405, 7, 11, 16, 30), 60, tehran(1405, 7, 12, 9, 0)),
        (tehran(1405, 7, 11, 16, 0), 60, tehran(1405, 7, 11, 17, 0)),
        (tehran(1405, 7, 11, 3, 0), 30, tehran(1405, 7, 11, 9, 0)),
        # Thursday ends at half past twelve, Friday is closed.
        (tehran(1405, 7, 16, 12, 0), 60, tehran(1405, 7, 18, 9, 0)),
        (tehran(1405, 7, 17, 12, 0), 10, tehran(1405, 7, 18, 8, 40)),
        # Nowruz of 1406: the first four days, and the eve before them is 29 Esfand.
        (tehran(1405, 12, 27, 12, 0), 60, tehran(1406, 1, 5, 9, 0)),
    ],
)
def test_add_working_keeps_the_iranian_week(start: datetime, minutes: int, due: datetime) -> None:
    assert add_working(start, minutes) == due


def test_working_minutes_of_a_plain_week_is_its_hours() -> None:
    week = working_minutes(tehran(1405, 7, 11), tehran(1405, 7, 18))
    assert week == 5 * 510 + 240


def test_working_minutes_backwards_is_negative() -> None:
    assert working_minutes(tehran(1405, 7, 11, 10, 0), tehran(1405, 7, 11, 9, 0)) == -60


def test_working_minutes_counts_the_wall_clock_of_another_zone() -> None:
    berlin = WorkingCalendar(week=((Slot(0, DAY),),) * 7, zone=ZoneInfo("Europe/Berlin"))
    zone = berlin.zone
    # The last Sunday of March has 23 hours there, that of October 25.
    assert (
        working_minutes(datetime(2026, 3, 29, tzinfo=zone), datetime(2026, 3, 30, tzinfo=zone), berlin)
        == 23 * 60
    )
    assert (
        working_minutes(datetime(2026, 10, 25, tzinfo=zone), datetime(2026, 10, 26, tzinfo=zone), berlin)
        == 25 * 60
    )


def test_is_open_knows_hours_and_holidays() -> None:
    assert DEFAULT.is_open(tehran(1405, 7, 11, 8, 30))
    assert not DEFAULT.is_open(tehran(1405, 7, 11, 17, 0))
    assert not DEFAULT.is_open(tehran(1406, 1, 2, 10, 0))


def test_default_calendar_works_beyond_the_catalogue() -> None:
    assert add_working(datetime(2190, 5, 4, 0, 0, tzinfo=UTC), 600) > datetime(2190, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    "week",
    [
        ((),) * 6,
        ((Slot(600, 500),),) * 7,
        ((Slot(0, 1441),),) * 7,
        ((Slot(60, 120), Slot(100, 180)),) * 7,
    ],
)
def test_calendar_without_sound_hours_is_refused(week: tuple[tuple[Slot, ...], ...]) -> None:
    with pytest.raises(ValueError, match=r"hours|week"):
        WorkingCalendar(week=week)


def test_add_working_refuses_a_calendar_that_never_opens() -> None:
    class Always:
        def __contains__(self, day: object) -> bool:
            return isinstance(day, date)

    with pytest.raises(ValueError, match="no working day"):
        add_working(BASE, 10, WorkingCalendar(week=((Slot(0, 60),),) * 7, holidays=Always()))


def test_naive_moments_and_negative_minutes_are_refused() -> None:
    naive = datetime(2026, 9, 26)  # noqa: DTZ001  being naive is the point
    with pytest.raises(ValueError, match="naive"):
        add_working(naive, 1)
    with pytest.raises(ValueError, match="naive"):
        working_minutes(BASE, naive)
    with pytest.raises(ValueError, match="forwards"):
        add_working(BASE, -1)


@pytest.mark.spec("H4")
@pytest.mark.parametrize(
    "day", [to_gregorian(1401, 1, 1), to_gregorian(1400, 12, 29), to_gregorian(1400, 6, 30)]
)
@given(data=st.data())
@settings(max_examples=15)
def test_days_on_which_tehran_moved_its_clock_are_counted_by_the_minute(
    day: date, data: st.DataObject
) -> None:
    # Until 1401 the clock sprang at the first moment of a day, and fell back within the last hour of one.
    calendar = WorkingCalendar(week=(data.draw(slots()),) * 7)
    start = datetime(day.year, day.month, day.day, tzinfo=TEHRAN).astimezone(UTC) - timedelta(hours=3)
    end = start + timedelta(hours=30)
    assert working_minutes(start, end, calendar) == slow_minutes(start, end, calendar)
    spans = [span for near in (-1, 0, 1) for span in calendar.hours(day + near * timedelta(days=1))]
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_a_calendar_without_hours_never_opens_and_counts_nothing() -> None:
    never = WorkingCalendar(week=((),) * 7)
    assert working_minutes(BASE, BASE + timedelta(days=4000), never) == 0
    assert next_opening(BASE, never) is None and never.name_of(BASE.date()) == "تعطیل هفتگی"
    with pytest.raises(NeverOpens):
        add_working(BASE, 1, never)


def test_weeks_that_hold_from_a_day_are_kept_in_order() -> None:
    week, other = ((Slot(0, 60),),) * 7, ((Slot(60, 180),),) * 7
    first, then = BASE.date(), BASE.date() + timedelta(days=7)
    calendar = WorkingCalendar(week=((),) * 7, later=((first, week), (then, other)))
    assert calendar.week_of(first - timedelta(days=1)) == ((),) * 7
    assert (calendar.week_of(first), calendar.week_of(then)) == (week, other)
    assert next_opening(BASE - timedelta(days=9), calendar) == datetime(
        first.year, first.month, first.day, tzinfo=TEHRAN
    )
    for wrong in (((then, week), (first, other)), ((first, week), (first, other))):
        with pytest.raises(ValueError, match="order"):
            WorkingCalendar(week=week, later=wrong)
