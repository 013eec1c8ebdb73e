"""The clock's rules of the demo: hours that change in a month, a closure ahead, a department's own limits (H4).

Nothing here moves the clock of a ticket that waits now: colours stay what the stories mean them to be.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from departments import hours
from departments.calendar import DEFAULT_WEEK
from departments.services import policies
from departments.services.hours import close_day, set_week
from departments.sla import DEFAULT_LIMITS
from persian import jalali
from tickets.models import Ticket
from tickets.services import turning
from tickets.states import Priority

from .households import Household
from .people import SUPPORT

# Half a day of work for what is urgent, a day for what is not. As long as until red: what is red is past it as well,
# at whatever hour the demo is built.
TO_CLOSE = {Priority.URGENT: 240, Priority.NORMAL: DEFAULT_LIMITS[Priority.NORMAL].first[1]}
# Earlier on winter days, and no Thursdays.
WINTER = [[(480, 960)]] * 5 + [[], []]


def arrange(home: Household, today: date, now: datetime) -> None:
    """In the house that has this desk; in its scope, once its tickets are written."""
    if SUPPORT not in home.desks:
        return
    year, month, _day = jalali.to_jalali(today)
    set_week(actor=home.owner, valid_from=jalali.year_range(year)[0], slots=DEFAULT_WEEK)
    set_week(actor=home.owner, valid_from=jalali.month_range(year, month)[1], slots=WINTER)
    for priority, resolve in TO_CLOSE.items():
        limits = DEFAULT_LIMITS[priority]
        policies.set_policy(
            actor=home.owner,
            department=home.desks[SUPPORT],
            priority=priority,
            first_yellow=limits.first[0],
            first_red=limits.first[1],
            next_yellow=limits.later[0],
            next_red=limits.later[1],
            resolve=resolve,
        )
    day, calendar = today + timedelta(days=1), hours.read().calendar
    while calendar.is_closed(day):
        day += timedelta(days=1)
    close_day(actor=home.owner, day=day, name="تعمیر برق ساختمان", announce=True)
    _tell_what_is_past(now)


def _tell_what_is_past(now: datetime) -> None:
    """Times to close that have passed by now were announced when they did."""
    while turning.reckon(now):
        pass
    passed = Ticket.objects.filter(resolve_at__lte=now).order_by("resolve_at")
    for at in passed.values_list("resolve_at", flat=True):
        turning.turn(at)
