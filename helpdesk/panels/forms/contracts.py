"""A company's contract: its period and numbers, and the owner's word to take tickets past them (S2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import Contract
from persian import jalali
from persian.digits import to_latin, to_persian
from web.forms import JalaliDateField

from .fields import PanelForm

MOST = 1_000_000


class NumberInput(forms.TextInput):
    """A number as text: a number control of the browser would refuse Persian digits."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off", "maxlength": "12"}
        super().__init__({**own, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        shown = super().format_value(value)
        return to_persian(shown) if isinstance(value, int) and shown else shown


class NumberField(forms.IntegerField):
    """A whole number typed with any digits and group marks."""

    widget = NumberInput

    def to_python(self, value: Any) -> int | None:
        return super().to_python(to_latin(str(value or "")).replace("٬", "").replace(",", "").strip())

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # min and max belong to a number control.
        return {}


class ContractForm(PanelForm):
    """A period, how many tickets, and the days it goes on after its end."""

    page_id = "renew"

    starts_on = JalaliDateField(label="آغاز")
    ends_on = JalaliDateField(label="پایان", help_text="آخرین روز قرارداد.")
    allowance = NumberField(
        label="تعداد تیکت", required=False, min_value=1, max_value=MOST, help_text="خالی یعنی بی سقف."
    )
    person_limit = NumberField(
        label="سقف هر نفر", required=False, min_value=1, max_value=MOST, help_text="خالی یعنی بی سقف."
    )
    grace_days = NumberField(
        label="روزهای مهلت پس از پایان",
        required=False,
        min_value=0,
        max_value=365,
        help_text="در مهلت هم تیکت می‌پذیرید.",
    )
    notes = forms.CharField(label="یادداشت", required=False, max_length=300, help_text="فقط شما می‌بینید.")

    def clean_grace_days(self) -> int:
        return self.cleaned_data["grace_days"] or 0

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "پایان قرارداد باید پس از آغاز آن باشد.")  # type: ignore[attr-defined]
        return data

    @classmethod
    def of(cls, contract: Contract, data: Any = None) -> ContractForm:
        """The form filled with what is stored; its ids stand apart from the other contracts' of the page."""
        initial = {name: getattr(contract, name) for name in cls.base_fields}
        return cls(data, initial=initial, auto_id=f"contract-{contract.pk}_%s")

    @classmethod
    def after(cls, contracts: Sequence[Contract], today: date) -> ContractForm:
        """The next contract as one would expect it: from the day after the last, a Jalali year, the same numbers."""
        last = max(contracts, key=lambda row: row.ends_on, default=None)
        starts_on = max(today, last.ends_on + timedelta(days=1)) if last else today
        initial: dict[str, Any] = {"starts_on": starts_on, "ends_on": year_from(starts_on), "grace_days": 0}
        if last is not None:
            kept = ("allowance", "person_limit", "grace_days")
            initial |= {name: getattr(last, name) for name in kept}
        return cls(initial=initial)


class OverrideForm(PanelForm):
    """Tickets are taken until a day, whatever the contract says; the reason stays in the history."""

    page_id = "override"

    until = JalaliDateField(label="تا روز")
    reason = forms.CharField(label="دلیل", max_length=300)


def year_from(start: date) -> date:
    """The last day of a Jalali year that begins on ``start``."""
    year, month, day = jalali.to_jalali(start)
    day = min(day, jalali.month_length(year + 1, month))
    return jalali.to_gregorian(year + 1, month, day) - timedelta(days=1)
