"""Rules of the clock that a test wants, in the place of the tenant's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from departments import sla
from departments.calendar import WorkingCalendar
from departments.sla import Limits


class Ruled:
    """Policies that say one thing of every department and priority."""

    def __init__(self, limits: Limits | Callable[[int, int], Limits]) -> None:
        self.limits_for = limits if callable(limits) else lambda department, priority: limits


def rule(
    patched: pytest.MonkeyPatch,
    limits: Limits | Callable[[int, int], Limits] | None = None,
    *,
    calendar: WorkingCalendar | None = None,
) -> None:
    """From now on these limits hold (fixed, or by department and priority), and this calendar."""
    hours, rules = sla.working_calendar, sla.rules
    if calendar is not None:
        patched.setattr(sla, "working_calendar", lambda: calendar)

    def ruled() -> sla.Rules:
        policies: Any = rules().policies if limits is None else Ruled(limits)
        return sla.Rules(calendar if calendar is not None else hours(), policies)

    patched.setattr(sla, "rules", ruled)
