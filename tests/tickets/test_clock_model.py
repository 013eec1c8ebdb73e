"""The clock against a slow model that walks minute by minute, over random calendars (H4)."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from departments.calendar import DAY, LONGEST_CLOSURE, Slot, WorkingCalendar, working_minutes
from departments.sla import Limits
from persian.jalali import weekday
from tests.tickets.clocks import Ruled, rule
from tickets import clock
from tickets.models import FAR, Ticket

# Midnight in Tehran; its clock has stood at +3:30 since 1402, so that the model may count on its fingers.
FIRST = date(2026, 9, 26)
MIDNIGHT = datetime(2026, 9, 25, 20, 30, tzinfo=UTC)
SPAN = 5  # days the model walks
HAS_LATER = "later" in {field.name for field in fields(WorkingCalendar)}


@st.composite
def slots(draw: st.DrawFn) -> tuple[Slot, ...]:
    edges = sorted(draw(st.lists(st.integers(0, DAY), max_size=6, unique=True)))
    return tuple(Slot(begin, end) for begin, end in zip(edges[::2], edges[1::2], strict=False))


weeks = st.lists(slots(), min_size=7, max_size=7).filter(any)
days = st.integers(0, SPAN + 1).map(lambda place: FIRST + timedelta(days=place))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    more: dict[str, Any] = {}
    if HAS_LATER:  # other hours from a day on
        more["later"] = tuple((day, draw(weeks)) for day in sorted(draw(st.sets(days, max_size=2))))
    return WorkingCalendar(week=draw(weeks), holidays=draw(st.sets(days, max_size=3)), **more)


def hours_of(calendar: WorkingCalendar, day: date) -> tuple[Slot, ...]:
    """What holds on a day, found by looking through everything that was ever said."""
    week = calendar.week
    for begins, other in getattr(calendar, "later", ()):
        if begins <= day:
            week = other
    return () if day in calendar.holidays else tuple(week[weekday(day)])


def opened(calendar: WorkingCalendar) -> list[bool]:
    """Each minute of SPAN days from MIDNIGHT: at work or not."""
    return [
        any(begin <= minute < end for begin, end in hours)
        for hours in (hours_of(calendar, FIRST + timedelta(days=place)) for place in range(SPAN))
        for minute in range(DAY)
    ]


def slow(minutes: list[bool], start: int, count: int) -> int | None:
    """The minute at whose end ``count`` minutes of work have passed; None beyond the model's days."""
    if not count:
        return start
    for place in range(start, len(minutes)):
        count -= minutes[place]
        if not count:
            return place + 1
    return None


@given(
    calendar=calendars(),
    start=st.integers(0, 3 * DAY),
    yellow=st.integers(0, 700),
    more=st.integers(0, 700),
    later=st.booleans(),
)
@settings(max_examples=250)
def test_yellow_and_red_fall_where_counting_minutes_puts_them(
    calendar: WorkingCalendar, start: int, yellow: int, more: int, later: bool
) -> None:
    walked = opened(calendar)
    limits = Limits((yellow, yellow + more), (yellow + 1, yellow + more + 1), yellow + 2 * more)
    rules = clock.Rules()
    rules._calendar, rules._policies = calendar, Ruled(limits)
    ticket = Ticket(department_id=1, priority=2, waiting_since=MIDNIGHT + timedelta(minutes=start))
    ticket.first_answered_at = MIDNIGHT if later else None
    clock.set_limits(ticket, ticket.waiting_since, rules=rules)
    extra = int(later)
    for at, count in (
        (ticket.yellow_at, yellow + extra),
        (ticket.red_at, yellow + more + extra),
        (ticket.resolve_at, yellow + 2 * more),
    ):
        found = slow(walked, start, count)
        if found is None:
            assert at > MIDNIGHT + timedelta(days=SPAN)
        else:
            assert at == MIDNIGHT + timedelta(minutes=found)


@given(
    calendar=calendars(),
    edges=st.lists(st.integers(0, 4 * DAY), min_size=1, max_size=7, unique=True).map(sorted),
    yellow=st.integers(1, 700),
    more=st.integers(0, 700),
    later=st.booleans(),
)
@settings(max_examples=150)
def test_a_clock_that_paused_goes_on_from_the_minutes_counted_before(
    calendar: WorkingCalendar, edges: list[int], yellow: int, more: int, later: bool
) -> None:
    """Runs begin and pause by turns; the last one goes on."""
    walked = opened(calendar)
    edges = edges[: len(edges) - 1 + len(edges) % 2]
    limits = ((yellow, yellow + more), (yellow + 1, yellow + more + 1))
    ticket = Ticket(department_id=1, priority=2, first_answered_at=MIDNIGHT if later else None)
    moments = [MIDNIGHT + timedelta(minutes=place) for place in edges]
    with pytest.MonkeyPatch.context() as patched:
        rule(patched, Limits(*limits, yellow + 2 * more), calendar=calendar)
        for place, moment in enumerate(moments):
            clock.stop(ticket, moment) if place % 2 else clock.start(ticket, moment)
        used = sum(sum(walked[begin:end]) for begin, end in zip(edges[::2], edges[1::2], strict=False))
        assert (ticket.answer_used, ticket.resolve_used) == (used, used)
        for at, limit in zip(
            (ticket.yellow_at, ticket.red_at, ticket.resolve_at),
            (*limits[later], yellow + 2 * more),
            strict=True,
        ):
            left, found = limit - used, slow(walked, edges[-1], max(0, limit - used))
            if found is None:
                assert at > MIDNIGHT + timedelta(days=SPAN)
            elif left >= 0:
                assert at == MIDNIGHT + timedelta(minutes=found)
            else:  # overdrawn by as many working minutes, where the weeks before have so many
                assert at == moments[-1] or working_minutes(at, moments[-1], calendar) == -left
        expected = clock.RED if limits[later][1] <= used else clock.YELLOW if limits[later][0] <= used else ""
        assert clock.colour(ticket, moments[-1]) == (expected or clock.GREEN)


@given(calendar=calendars(), edges=st.tuples(st.integers(0, SPAN * DAY), st.integers(0, SPAN * DAY)))
@settings(max_examples=250)
def test_minutes_spent_are_those_counted_one_by_one(
    calendar: WorkingCalendar, edges: tuple[int, int]
) -> None:
    begin, end = sorted(edges)
    moments = [MIDNIGHT + timedelta(minutes=place) for place in (begin, end)]
    assert working_minutes(*moments, calendar) == sum(opened(calendar)[begin:end])


def test_a_week_that_opens_only_on_days_that_are_holidays_is_never_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = {FIRST + timedelta(days=7 * week) for week in range(LONGEST_CLOSURE)}
    calendar = WorkingCalendar(week=((Slot(0, 1),), *((),) * 6), holidays=closed)
    rule(monkeypatch, Limits((1, 2), (1, 2)), calendar=calendar)
    ticket = Ticket(priority=2)
    clock.start(ticket, MIDNIGHT)
    assert ticket.red_at == FAR and clock.colour(ticket, MIDNIGHT + timedelta(days=900)) == "green"
