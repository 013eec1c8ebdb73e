"""Working hours, single days and limits, as the owner types them (H4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from departments.calendar import Week
from departments.models import Department
from departments.services.clock_rules import EARLIEST, LATEST
from departments.services.hours import LONGEST_NAME
from departments.sla import EVERY_PRIORITY, Limits
from persian.jalali import WEEKDAYS
from tickets.states import Priority
from web.forms import JalaliDateField

from .fields import LongSelect, PanelForm
from .several import LengthField, SpansField

HEARERS = [("holder", "مسئول تیکت"), ("manager", "مدیر دپارتمان"), ("owner", "مدیر اصلی")]
ALL, EVERY = "0", "همهٔ دپارتمان‌ها"
PRIORITIES = [(EVERY_PRIORITY, "همهٔ اولویت‌ها"), *Priority.choices]


class WeekForm(PanelForm):
    """The hours of the seven days, and from which day they hold."""

    page_id = "week"
    mark_optional = False

    valid_from = JalaliDateField(
        label="از روز",
        earliest=EARLIEST,
        latest=LATEST,
        help_text="ساعت‌های پیشین تا این روز سر جایشان می‌مانند.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, word in enumerate(WEEKDAYS):
            self.fields[f"day{number}"] = SpansField(word)

    @classmethod
    def of(cls, week: Week, valid_from: date) -> WeekForm:
        """The form of a week, from a day on."""
        hours = {f"day{number}": SpansField.shown(spans) for number, spans in enumerate(week)}
        return cls(initial={"valid_from": valid_from, **hours})

    @property
    def days(self) -> Iterator[BoundField]:
        """The seven days, from Saturday."""
        return (self[f"day{number}"] for number in range(7))

    def clean(self) -> dict[str, Any]:
        """``valid_from`` and ``slots``."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        slots = [data.get(f"day{number}", []) for number in range(7)]
        return {"valid_from": data.get("valid_from"), "slots": slots}


class ClosureForm(PanelForm):
    """A day on which nobody works."""

    page_id = "closure"

    day = JalaliDateField(label="روز", earliest=EARLIEST, latest=LATEST)
    name = forms.CharField(label="مناسبت", max_length=LONGEST_NAME, required=False)
    announce = forms.BooleanField(
        label="از روز پیش از آن به مشتریانی که منتظر پاسخ‌اند نشان داده شود", required=False, initial=True
    )


class TomorrowForm(PanelForm):
    """«فردا تعطیل», with or without a reason."""

    page_id = "tomorrow"

    name = forms.CharField(label="مناسبت", max_length=LONGEST_NAME, required=False)


class PolicyForm(PanelForm):
    """Limits for a department and a priority."""

    page_id = "policy"

    department = forms.ChoiceField(label="دپارتمان", widget=LongSelect)
    priority = forms.TypedChoiceField(label="اولویت", choices=PRIORITIES, coerce=int)
    first_yellow = LengthField(label="پاسخ نخست، زرد پس از")
    first_red = LengthField(label="پاسخ نخست، قرمز پس از")
    next_yellow = LengthField(label="پاسخ‌های بعدی، زرد پس از")
    next_red = LengthField(label="پاسخ‌های بعدی، قرمز پس از")
    resolve = LengthField(label="بستن تیکت، تا", required=False)

    def __init__(self, *args: Any, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._departments = {str(row.pk): row for row in departments}
        choices = [(ALL, EVERY), *((key, row.name) for key, row in self._departments.items())]
        self.fields["department"].choices = choices  # type: ignore[attr-defined]

    @classmethod
    def of(
        cls, limits: Limits, *, departments: Iterable[Department], department: int | None, priority: int
    ) -> PolicyForm:
        """The form of a place's limits as they hold now."""
        numbers = (*limits.first, *limits.later, limits.resolve)
        names = ("first_yellow", "first_red", "next_yellow", "next_red", "resolve")
        lengths = {name: LengthField.shown(minutes) for name, minutes in zip(names, numbers, strict=True)}
        return cls(
            departments=departments,
            initial={"department": department or ALL, "priority": priority, **lengths},
        )

    def clean_department(self) -> Department | None:
        """The department itself; None for all of them."""
        return self._departments.get(self.cleaned_data["department"])

    @property
    def lengths(self) -> Iterator[BoundField]:
        """The five lengths."""
        return (self[name] for name, field in self.fields.items() if isinstance(field, LengthField))


class HearsForm(PanelForm):
    """Who hears when a ticket turns yellow, and red, and when it passes its time to close."""

    page_id = "hears"
    mark_optional = False

    yellow = forms.MultipleChoiceField(
        label="وقتی تیکتی زرد می‌شود",
        choices=HEARERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    red = forms.MultipleChoiceField(
        label="وقتی تیکتی قرمز می‌شود", choices=HEARERS, required=False, widget=forms.CheckboxSelectMultiple
    )
    close = forms.MultipleChoiceField(
        label="وقتی زمان بستن تیکتی می‌گذرد",
        choices=HEARERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
