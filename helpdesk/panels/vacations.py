"""A colleague's days away as two pages show them: their own, and the owner's page of them (H9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from tickets.services.leaving import covered_by
from web.days import today

from . import lists
from .forms.vacations import VacationForm

SHOWN = 20


def sheet(
    person: User, *, opened: str = "", wrong: Mapping[int, VacationForm] | None = None, form: Any = None
) -> dict[str, Any]:
    """Context of manage/_vacations.html; only the opened row (``?vacation=``) and a refused one have forms."""
    day, refused = today(), wrong or {}
    people = list(lists.substitutes_for(person))
    rows = list(lists.vacations_of(person)[:SHOWN])
    for row in rows:
        shown = str(row.pk) == opened and row.ends_on >= day
        mine = VacationForm.of(row, people=people) if shown else None
        row.form = refused.get(row.pk) or mine  # type: ignore[attr-defined]
    return {
        "vacations": rows,
        "vacation_form": form or VacationForm(people=people),
        "covers": list(covered_by(person)),
        "today": day,
    }
