"""By which hours and limits a tenant's clock runs (H4): what its owner set, else the defaults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, CharField, DateField, Value
from django.db.models.functions import JSONObject

from . import hours
from .calendar import NeverOpens, WorkingCalendar, add_working
from .models import ClockRules, SlaPolicy

EVERY_PRIORITY = 0
_POLICY = "policy"
_LIMITS = ("department_id", "priority", "first_yellow", "first_red", "next_yellow", "next_red", "resolve")


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


class Policies:
    """Policies at hand; which of them is the closest is decided here alone."""

    def __init__(self, rows: Iterable[SlaPolicy]) -> None:
        self._rows = {(row.department_id, row.priority): row for row in rows}

    def closest(self, department_id: int | None, priority: int) -> SlaPolicy | None:
        """Of the department and priority, of the department, of the priority, of everything; None: the default."""
        places = (
            (department_id, priority),
            (department_id, EVERY_PRIORITY),
            (None, priority),
            (None, EVERY_PRIORITY),
        )
        return next((self._rows[place] for place in places if place in self._rows), None)

    def limits_for(self, department_id: int | None, priority: int) -> Limits:
        """The limits of a department (None: of any that has none of its own) and priority."""
        row = self.closest(department_id, priority)
        return DEFAULT_LIMITS[priority] if row is None else limits_of(row)


@dataclass(frozen=True)
class Rules:
    """All a tenant's clocks are reckoned by."""

    calendar: WorkingCalendar
    policies: Policies


def rules() -> Rules:
    """The rules of the tenant in scope, in one statement: a new ticket has none to spare."""
    limits = JSONObject(**{name: name for name in _LIMITS})
    policies = SlaPolicy.objects.order_by().values_list(
        "pk",
        Value(None, output_field=DateField()),
        Value(_POLICY, output_field=CharField()),
        Value("", output_field=CharField()),
        Value(False, output_field=BooleanField()),
        limits,
    )
    said = list(hours.parts().union(policies, all=True))
    found = Policies(SlaPolicy(**row[5]) for row in said if row[2] == _POLICY)
    return Rules(hours.of(row for row in said if row[2] != _POLICY).calendar, found)


def working_calendar() -> WorkingCalendar:
    """The working time of the tenant in scope; one statement."""
    return hours.read().calendar


def limits_of(policy: SlaPolicy) -> Limits:
    """A stored policy as limits."""
    return Limits(
        (policy.first_yellow, policy.first_red), (policy.next_yellow, policy.next_red), policy.resolve
    )


def stamp() -> datetime | None:
    """When hours, days off or policies last changed; None: never."""
    return ClockRules.objects.values_list("stamp", flat=True).first()


def hears(turn: str) -> list[str]:
    """Who hears of a ticket that turns yellow or red, or passes its time to close: some of holder, manager, owner.

    One statement.
    """
    return hears_all()[turn]


def hears_all() -> dict[str, list[str]]:
    """Who hears of yellow, of red, and of ``close``; one statement."""
    usual = usual_rules()
    row = ClockRules.objects.first() or usual
    close = usual.tell_close if row.tell_close is None else row.tell_close
    return {"yellow": row.tell_yellow, "red": row.tell_red, "close": close}


def usual_rules() -> ClockRules:
    """What holds until the owner says otherwise: the holder hears of yellow, the manager too of red and of times to
    close. Not saved.
    """
    both = ["holder", "manager"]
    return ClockRules(tell_yellow=["holder"], tell_red=both, tell_close=[*both])


def turns(limits: Limits, calendar: WorkingCalendar, at: datetime) -> tuple[datetime, datetime] | None:
    """When a ticket that comes at ``at`` turns yellow and red; None for a calendar that never opens."""
    try:
        yellow, red = (add_working(at, minutes, calendar) for minutes in limits.first)
    except NeverOpens:
        return None
    return yellow, red
