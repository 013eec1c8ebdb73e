"""What the owner reads of contracts: a company's sheet, and the list of those that come to their end (S2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.meter import Meter, judge, pick
from accounts.models import Contract, Customer
from accounts.services import contracts as services

from .forms.contracts import ContractForm, OverrideForm

SOON = timedelta(days=30)
# A renewal a month for eight years; older ones are in the audit log.
SHOWN = 100
# View → (its words, the order of its rows).
VIEWS: dict[str, tuple[str, tuple[str, str]]] = {
    "ending": ("رو به پایان", ("ends_on", "id")),
    "ended": ("پایان‌یافته", ("-ends_on", "-id")),
    "all": ("همه", ("-ends_on", "-id")),
}


@dataclass(frozen=True)
class Sheet:
    """A company's contracts as its page shows them; newest first, each with ``meter`` and perhaps a ``form``."""

    customer: Customer
    meter: Meter
    rows: list[Contract]
    renew_form: ContractForm
    override_form: OverrideForm


def sheet_of(
    customer: Customer,
    *,
    renew: ContractForm | None = None,
    change: tuple[int, ContractForm] | None = None,
    override: OverrideForm | None = None,
) -> Sheet:
    """One statement, whatever the history; forms that came back refused are given."""
    today = services.today()
    rows = list(Contract.objects.filter(customer=customer).order_by("-starts_on", "-pk")[:SHOWN])
    current = pick(rows, today)
    for row in rows:
        row.customer = customer
        row.meter = judge(row, today)  # type: ignore[attr-defined]
        # What is over stays as it was; the current one may be over and still be prolonged.
        changeable = row == current or row.ends_on >= today
        row.form = ContractForm.of(row) if changeable else None  # type: ignore[attr-defined]
        if change is not None and change[0] == row.pk:
            row.form = change[1]  # type: ignore[attr-defined]
    return Sheet(
        customer=customer,
        meter=judge(current, today),
        rows=rows,
        renew_form=renew or ContractForm.after(rows, today),
        override_form=override or OverrideForm(initial={"until": today + timedelta(days=14)}),
    )


def listed(view: str, today: date) -> QuerySet[Contract]:
    """The contracts of a view of VIEWS, with their company; what has been renewed is only in «همه»."""
    later = Contract.objects.filter(customer=OuterRef("customer"), starts_on__gt=OuterRef("starts_on"))
    rows = (
        Contract.objects.select_related("customer").defer("customer__notes").annotate(renewed=Exists(later))
    )
    narrowed: dict[str, dict[str, Any]] = {
        "ending": {"ends_on__range": (today, today + SOON), "renewed": False},
        "ended": {"ends_on__lt": today, "renewed": False},
    }
    return rows.filter(**narrowed.get(view, {}))


def metered(rows: Iterable[Contract], today: date) -> None:
    """Set ``meter`` on each contract of a page; no statements."""
    for row in rows:
        row.meter = judge(row, today)  # type: ignore[attr-defined]
