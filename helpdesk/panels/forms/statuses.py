"""The tenant's statuses and the rules of a ticket's life (S7, H6)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html

from persian.digits import to_persian
from tickets.models import TicketRules, TicketStatus
from tickets.states import Category
from tickets.tints import TINTS, tint_class
from tickets.writing import UNDO_CHOICES
from web.templatetags.web import icon_html

from .contracts import NumberField
from .fields import PanelForm, SettledChoice


class StatusForm(PanelForm):
    """A status's own words and colour."""

    page_id = "status"

    name = forms.CharField(label="نام", max_length=60)
    customer_label = forms.CharField(
        label="نام نزد مشتری",
        max_length=60,
        required=False,
        help_text="خالی یعنی مشتری فقط دسته‌اش را می‌خواند.",
    )
    colour = SettledChoice(label="رنگ نشانه", required=False, initial="")

    field_order = ["name", "customer_label", "category", "colour"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        drawn = [("", "بی‌رنگ")] + [(colour, _sample(colour, name)) for colour, (_, name) in TINTS.items()]
        self.fields["colour"].choices = drawn  # type: ignore[attr-defined]

    @classmethod
    def of(cls, status: TicketStatus, data: Any = None) -> "StatusForm":
        """The form of a stored status."""
        values = {"name": status.name, "customer_label": status.customer_label, "colour": status.colour}
        return cls(data, initial=values)


class NewStatusForm(StatusForm):
    """A new status, on one of the fixed categories."""

    page_id = "new"

    category = forms.ChoiceField(
        label="دسته",
        choices=[("", "دسته را انتخاب کنید"), *Category.choices],
        help_text="دسته پس از ساختن عوض نمی‌شود. تیکت تازه و تیکت بسته همیشه وضعیت پیش‌فرض دستهٔ خود را می‌گیرند.",
    )


class RetireForm(PanelForm):
    """What the tickets of a retired status get."""

    page_id = "retire"

    to = forms.ChoiceField(label="جانشین")

    def __init__(self, *args: Any, heirs: Iterable[TicketStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heirs = {str(heir.pk): heir for heir in heirs}
        names = ((key, heir.name) for key, heir in self._heirs.items())
        self.fields["to"].choices = [("", "وضعیتی از همین دسته"), *names]  # type: ignore[attr-defined]

    def clean_to(self) -> TicketStatus:
        """The status of the chosen key."""
        return self._heirs[self.cleaned_data["to"]]


class MovesForm(PanelForm):
    """Where a status may go by hand; nothing named is everywhere."""

    page_id = "moves"
    mark_optional = False

    targets = forms.MultipleChoiceField(
        label="از این وضعیت به کجا",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="اگر هیچ‌کدام را نزنید، به همهٔ این‌ها می‌رود.",
        error_messages={"invalid_choice": "وضعیت‌ها را از فهرست انتخاب کنید."},
    )

    def __init__(self, *args: Any, offered: Iterable[TicketStatus], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = {str(one.pk): one for one in offered}
        self.fields["targets"].choices = [(key, one.name) for key, one in self._offered.items()]  # type: ignore[attr-defined]

    def clean_targets(self) -> list[TicketStatus]:
        """The statuses of the chosen keys."""
        return [self._offered[key] for key in self.cleaned_data["targets"]]


class RulesForm(PanelForm):
    """The days of a ticket's life; the limits are the service's."""

    page_id = "rules"

    reopen_days = NumberField(
        label="بازگشایی با پاسخ مشتری",
        help_text="تا این چند روز پس از بسته‌شدن، پاسخ مشتری همان تیکت را باز می‌کند و پس از آن تیکت تازه‌ای می‌سازد. "
        "۰ یعنی همیشه همان.",
    )
    silence_days = NumberField(
        label="بستن تیکت بی پاسخ مشتری",
        help_text="تیکتی که نوبت مشتری است و این چند روز پاسخی نگرفته، خودکار بسته می‌شود. ۰ یعنی هیچ‌گاه.",
    )
    warning_days = NumberField(
        label="هشدار پیش از بستن", help_text="این چند روز پیش از بستن به مشتری خبر می‌دهیم. ۰ یعنی بی خبر."
    )
    transfer_days = NumberField(
        label="مهلت پاسخ به درخواست انتقال",
        help_text="درخواستی که این چند روز بی پاسخ بماند خودکار برمی‌گردد. ۰ یعنی بی مهلت.",
    )
    bin_days = NumberField(
        label="نگه‌داری در سطل", help_text="تیکت حذف‌شده پس از این چند روز با فایل‌هایش برای همیشه پاک می‌شود."
    )

    undo_seconds = forms.TypedChoiceField(
        label="مهلت پس‌گرفتن پاسخ",
        coerce=int,
        empty_value=None,
        required=False,
        choices=[(0, "بی مهلت، همان دم فرستاده شود")]
        + [(one, f"{to_persian(str(one))} ثانیه") for one in UNDO_CHOICES if one],
        help_text="پاسخ کارشناس پس از این مهلت به مشتری می‌رسد و تا آن دم می‌تواند پسش بگیرد.",
    )
    mark_optional = False

    @classmethod
    def of(cls, rules: TicketRules, data: Any = None) -> "RulesForm":
        """The form of the rules in force."""
        values = {name: getattr(rules, name) for name in cls.base_fields}
        if values["undo_seconds"] is None:
            values["undo_seconds"] = settings.UNDO_SECONDS
        return cls(data, initial=values)


def _sample(colour: str, name: str) -> str:
    return format_html("{} {}", icon_html("circle-dot", tint_class(colour)), name)
