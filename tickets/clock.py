"""The answer clock of a ticket: green, yellow, red (H4). Instants are stored; colours are computed from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from departments.calendar import add_working, default_calendar, working_minutes
from persian.relative import duration, left, moment

from .models import FAR, Ticket
from .states import OURS, Category, Priority

# Working minutes until yellow and until red, by priority.
LIMITS: dict[int, tuple[int, int]] = {
    Priority.LOW: (480, 960),
    Priority.NORMAL: (240, 480),
    Priority.HIGH: (120, 240),
    Priority.URGENT: (30, 60),
}


@dataclass(frozen=True)
class Clock:
    """What a list shows: ``state`` is green, yellow, red, paused or answered."""

    state: str
    word: str
    detail: str


def start(ticket: Ticket, at: datetime) -> None:
    """The ball is ours from ``at`` on; a clock already running keeps its start. The caller saves."""
    if ticket.waiting_since is None:
        ticket.waiting_since = at
    set_limits(ticket)


def set_limits(ticket: Ticket) -> None:
    """Work out the yellow and red instants from the running start and the priority. The caller saves."""
    if ticket.waiting_since is None:
        return
    yellow, red = LIMITS[ticket.priority]
    calendar = default_calendar()
    ticket.yellow_at = add_working(ticket.waiting_since, yellow, calendar)
    ticket.red_at = add_working(ticket.waiting_since, red, calendar)


def stop(ticket: Ticket) -> None:
    """We answered, or wait for the customer, or it is closed. The caller saves."""
    ticket.waiting_since = None
    ticket.yellow_at = FAR
    ticket.red_at = FAR


def colour(ticket: Ticket, at: datetime) -> str:
    """green, yellow or red at an instant; empty when the clock does not run."""
    if ticket.waiting_since is None:
        return ""
    if at >= ticket.red_at:
        return "red"
    return "yellow" if at >= ticket.yellow_at else "green"


def clock(ticket: Ticket, at: datetime) -> Clock:
    """The clock as words: what is left is told in working time, what is gone by the wall clock."""
    state = colour(ticket, at) if ticket.category in OURS else ""
    if state == "red":
        return Clock("red", "دیر شد", left(ticket.red_at, at))
    if state:
        minutes = working_minutes(at, ticket.red_at, default_calendar())
        word = "رو به پایان" if state == "yellow" else "سر وقت"
        return Clock(state, word, f"{duration(timedelta(minutes=minutes))} مانده")
    if ticket.category == Category.CLOSED:
        return Clock("answered", "بسته", moment(ticket.closed_at or ticket.updated_at, at))
    if ticket.category == Category.ANSWERED:
        return Clock("answered", "پاسخ داده شد", moment(ticket.answered_at or ticket.updated_at, at))
    return Clock("paused", "متوقف", "منتظر مشتری")
