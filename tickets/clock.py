"""The answer clock of a ticket: green, yellow, red, and the time to close (H4).

Instants are stored, colours are computed from them. What is stored beside them (``colour``, ``colour_turns_at``,
``told_colour``) is the sweep's: which colour was announced, when the next one is due, what people have heard of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils import timezone

from departments import sla
from departments.calendar import (
    NeverOpens,
    WorkingCalendar,
    add_working,
    less_working,
    next_opening,
    working_minutes,
)
from persian import jalali
from persian.digits import group
from persian.relative import clock as hour
from persian.relative import left, moment, working

from .models import FAR, Ticket
from .states import OURS, Category

# What the functions below set: every verb that turns the clock saves all of these.
COLUMNS = (
    "waiting_since",
    "yellow_at",
    "red_at",
    "colour",
    "colour_turns_at",
    "reckoned_at",
    "told_colour",
    "answer_used",
    "resolve_used",
    "resolve_at",
)
GREEN, YELLOW, RED = "green", "yellow", "red"
CLOSE = "close"  # the time to close has passed: a turn of its own beside the colours
RANK = {"": 0, GREEN: 0, YELLOW: 1, RED: 2}
NO_HOURS = "ساعت کاری تعریف نشده"
TOO_FEW_HOURS = "با این ساعت کاری سال‌ها بعد"
# A change of rules is stamped when it is made and seen when it is committed. What was reckoned in between by the old
# rules counts as a little older than it is, so that the sweep reckons it once more.
SLACK = timedelta(minutes=1)


@dataclass(frozen=True)
class Clock:
    """What a list shows: ``state`` is green, yellow, red, paused or answered."""

    state: str
    word: str
    detail: str


class Rules:
    """The hours and limits of the tenant in scope, each read once however many tickets are reckoned by them."""

    def __init__(self) -> None:
        self._calendar: WorkingCalendar | None = None
        self._policies: sla.Policies | None = None

    @property
    def calendar(self) -> WorkingCalendar:
        if self._calendar is None:
            self._calendar = sla.working_calendar()
        return self._calendar

    def limits_of(self, ticket: Ticket) -> sla.Limits:
        """The limits of a ticket's department and priority."""
        if self._policies is None:
            rules = sla.rules()  # hours and limits in one statement
            self._calendar, self._policies = rules.calendar, rules.policies
        return self._policies.limits_for(ticket.department_id, ticket.priority)


def start(ticket: Ticket, at: datetime) -> None:
    """The ball is ours from ``at`` on; a clock already running is left as it is, one that paused goes on from where it
    stood. The caller saves COLUMNS.
    """
    if ticket.waiting_since is not None:
        return
    ticket.waiting_since = at
    set_limits(ticket, at)


def set_limits(
    ticket: Ticket, at: datetime | None = None, *, rules: Rules | None = None, by: datetime | None = None
) -> None:
    """Reckon a running clock from its start and what was used before, by priority and department.

    The caller saves COLUMNS.

    ``at``: the moment whose colour counts as known; ``by``: the stamp of the rules, where the caller has read it
    before them. In a calendar that never opens nothing is ever due.
    """
    since = ticket.waiting_since
    if since is None:
        return
    rules = rules or Rules()
    limits, calendar = rules.limits_of(ticket), rules.calendar
    yellow, red = limits.first if ticket.first_answered_at is None else limits.later
    ticket.yellow_at = _due(since, yellow - ticket.answer_used, calendar)
    ticket.red_at = _due(since, red - ticket.answer_used, calendar)
    ticket.resolve_at = FAR
    if limits.resolve is not None:
        ticket.resolve_at = _due(since, limits.resolve - ticket.resolve_used, calendar)
    ticket.reckoned_at = by or timezone.now() - SLACK
    _announce(ticket, at or timezone.now())


def stop(ticket: Ticket, at: datetime | None = None) -> None:
    """We wait for the customer, or it is closed: a pause, what was used and told is kept. The caller saves COLUMNS."""
    if ticket.waiting_since is not None:
        spent = max(0, working_minutes(ticket.waiting_since, at or timezone.now(), sla.working_calendar()))
        ticket.answer_used += spent
        ticket.resolve_used += spent
    ticket.waiting_since = None
    ticket.yellow_at = ticket.red_at = ticket.resolve_at = ticket.colour_turns_at = FAR
    ticket.colour = ""


def answered(ticket: Ticket, at: datetime) -> None:
    """We answered: the wait is over, the next one has its whole limit. The caller saves COLUMNS."""
    stop(ticket, at)
    settle(ticket)


def settle(ticket: Ticket) -> None:
    """Nothing is owed from before: a clock that stands begins anew when it starts."""
    ticket.answer_used, ticket.told_colour = 0, ""


def _due(since: datetime, minutes: int, calendar: WorkingCalendar) -> datetime:
    """When what is left of a limit is over; in the past, by as much as it is overdrawn, where nothing is left."""
    try:
        if minutes < 0:
            return less_working(since, -minutes, calendar)
        return add_working(since, minutes, calendar)
    except NeverOpens:
        return FAR if minutes > 0 else since


def _announce(ticket: Ticket, at: datetime) -> None:
    """A colour worse than people have heard of is left for the sweep to announce; a milder one stands at once."""
    heard = ticket.told_colour or GREEN
    ticket.colour = min(colour(ticket, at), heard, key=RANK.__getitem__)
    ticket.colour_turns_at = {GREEN: ticket.yellow_at, YELLOW: ticket.red_at, RED: FAR}[ticket.colour]


def colour(ticket: Ticket, at: datetime) -> str:
    """green, yellow or red at an instant; empty when the clock does not run. ``colour_sql`` says the same."""
    if ticket.waiting_since is None:
        return ""
    if at >= ticket.red_at:
        return RED
    return YELLOW if at >= ticket.yellow_at else GREEN


def colour_sql(at: datetime) -> Case:
    """The colour at an instant, in SQL."""
    return Case(
        When(waiting_since=None, then=Value("")),
        When(red_at__lte=at, then=Value(RED)),
        When(yellow_at__lte=at, then=Value(YELLOW)),
        default=Value(GREEN),
        output_field=CharField(),
    )


def turns_sql(at: datetime) -> Case:
    """When the colour at an instant turns next, in SQL."""
    return Case(
        When(red_at__lte=at, then=Value(FAR)),
        When(yellow_at__lte=at, then=F("red_at")),
        default=F("yellow_at"),
    )


def told_sql(at: datetime) -> Case:
    """The worst colour people have heard of once that of ``at`` was told, in SQL."""
    return Case(
        When(red_at__lte=at, then=Value(RED)),
        When(yellow_at__lte=at, told_colour="", then=Value(YELLOW)),
        default=F("told_colour"),
    )


def clock(ticket: Ticket, at: datetime, rules: Rules | None = None) -> Clock:
    """The clock as words: what is left is told in working time, what is gone by the wall clock.

    ``rules``: the tenant's, shared by many tickets of a page.
    """
    state = colour(ticket, at) if ticket.category in OURS else ""
    if state == RED:
        return Clock(RED, "دیر شد", left(ticket.red_at, at))
    if state and ticket.red_at == FAR:
        return Clock("paused", "متوقف", no_due((rules or Rules()).calendar, at))
    if state:
        minutes = working_minutes(at, ticket.red_at, (rules or Rules()).calendar)
        word = "رو به پایان" if state == YELLOW else "سر وقت"
        return Clock(state, word, f"{working(timedelta(minutes=minutes))} مانده")
    if ticket.category == Category.CLOSED:
        return Clock("answered", "بسته", moment(ticket.closed_at or ticket.updated_at, at))
    if ticket.category == Category.ANSWERED:
        return Clock("answered", "پاسخ داده شد", moment(ticket.answered_at or ticket.updated_at, at))
    return Clock("paused", "متوقف", "منتظر مشتری")


def is_unclosed(ticket: Ticket, at: datetime) -> bool:
    """Whether a ticket on our side is past its time to close; ``unclosed_q`` says the same."""
    return ticket.category in OURS and ticket.resolve_at <= at


def unclosed_q(at: datetime) -> Q:
    """Past their time to close at an instant, in SQL."""
    return Q(category__in=OURS, resolve_at__lte=at)


def waited(ticket: Ticket, at: datetime) -> timedelta | None:
    """How long an answer of ours has been waited for: since the clock runs, and what it ran before a pause."""
    if ticket.waiting_since is None:
        return None
    return at - ticket.waiting_since + timedelta(minutes=ticket.answer_used)


def to_close(ticket: Ticket, at: datetime, rules: Rules | None = None) -> Clock | None:
    """The promised time to close; None where nothing is promised, or while the customer's turn holds it."""
    if ticket.category not in OURS or ticket.resolve_at >= FAR:
        return None
    if is_unclosed(ticket, at):
        return Clock(RED, "دیر شد", left(ticket.resolve_at, at))
    minutes = working_minutes(at, ticket.resolve_at, (rules or Rules()).calendar)
    return Clock(GREEN, "سر وقت", f"{working(timedelta(minutes=minutes))} مانده")


# Why it is due then ----------------------------------------------------------------------------------------------
LINES = 15  # a sum longer than this says its middle in one line


@dataclass(frozen=True)
class Line:
    """One line of a sum: ``kind`` is begin, limit, day, shut, more or due."""

    kind: str
    name: str
    words: str


def sum_of(ticket: Ticket, calendar: WorkingCalendar) -> list[Line]:
    """How the moment an answer is due was counted, day by day in the calendar's working time (H4).

    Empty while the clock does not run; at most LINES lines. Pure: the limits are read off the stored instants.
    """
    since, red = ticket.waiting_since, ticket.red_at
    if since is None:
        return []
    used = ticket.answer_used
    begin = [Line("begin", "آغاز دوباره" if used else "آغاز", day_and_hour(since))]
    paused = [Line("limit", "پیش از توقف", f"{spent(used)} رفته بود")] if used else []
    if red == FAR:
        return [*begin, *paused, Line("due", "مهلت", no_due(calendar, since))]
    which = "پاسخ نخست" if ticket.first_answered_at is None else "پاسخ"
    limit = spent(used + working_minutes(since, red, calendar))
    warned = used + working_minutes(since, ticket.yellow_at, calendar)
    words = f"{limit}، از {spent(warned)} رو به پایان" if warned > 0 else limit
    begin += [Line("limit", f"زمان {which}", words), *paused]
    if red <= since:
        return [*begin, Line("due", "مهلت", "پیش از توقف گذشته بود")]
    days = _shortened(list(_days(since, red, calendar)), room=LINES - len(begin) - 1)
    return [*begin, *days, Line("due", "مهلت", day_and_hour(red))]


def no_due(calendar: WorkingCalendar, at: datetime) -> str:
    """Why nothing is ever due: there are no hours, or so few that it would take years."""
    return NO_HOURS if next_opening(at, calendar) is None else TOO_FEW_HOURS


def spent(minutes: int) -> str:
    """«۸ ساعت و ۳۰ دقیقه»: a length of working time, whose largest unit is the hour."""
    return working(timedelta(minutes=minutes), 2).removesuffix(" کاری").removesuffix("ٔ")


def day_and_hour(at: datetime) -> str:
    """«سه‌شنبه ۴ آذر، ۱۰:۱۲»."""
    return f"{day_name(jalali.local_day(at))}، {hour(at)}"


def day_name(day: date) -> str:
    """«سه‌شنبه ۴ آذر»."""
    return f"{jalali.WEEKDAYS[jalali.weekday(day)]} {jalali.day_month(day)}"


@dataclass(frozen=True)
class _Day:
    """What one day gave: its working spans, or why it gave none."""

    day: date
    spans: tuple[tuple[datetime, datetime], ...]
    why: str = ""

    @property
    def minutes(self) -> int:
        return int(sum((end - begin for begin, end in self.spans), timedelta()) // timedelta(minutes=1))


def _days(since: datetime, due: datetime, calendar: WorkingCalendar) -> Iterator[_Day]:
    """The days between two moments, but for those whose working hours were over or had not begun."""
    day, last = calendar.day_of(since), calendar.day_of(due)
    # Why a day is shut is told by the calendar that knows it, else by its holidays.
    named = getattr(calendar, "name_of", None) or getattr(calendar.holidays, "name_of", None)
    while day <= last:
        hours = list(calendar.hours(day))
        spans = ((max(begin, since), min(end, due)) for begin, end in hours)
        counted = tuple((begin, end) for begin, end in spans if begin < end)
        if counted or not hours:
            yield _Day(day, counted, "" if hours else (named(day) if named else "") or "تعطیل")
        day += timedelta(days=1)


def _shortened(days: list[_Day], *, room: int) -> list[Line]:
    if len(days) <= room:
        return [_line(one) for one in days]
    first, middle, last = days[: room - 3], days[room - 3 : -2], days[-2:]
    minutes = sum(one.minutes for one in middle)
    more = Line("more", f"{group(len(middle))} روز میان این‌ها", spent(minutes) if minutes else "بی ساعت کاری")
    return [*map(_line, first), more, *map(_line, last)]


def _line(one: _Day) -> Line:
    if not one.spans:
        return Line("shut", day_name(one.day), one.why)
    spans = " و ".join(f"{hour(begin)} تا {hour(end)}" for begin, end in one.spans)
    return Line("day", day_name(one.day), f"{spans}، {spent(one.minutes)}")
