"""The questions of a department: a new one, one as it is, and its change of kind (S31)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from departments.models import ExtraField, FieldKind, Topic
from departments.questions import PICKS, Offered, options_of, topics_of
from departments.services.fields import LONGEST_HELP, LONGEST_LABEL, MOST_CHOICES, Wanted
from persian.digits import to_persian
from persian.templatetags.persian import mixed

from .fields import PanelForm

# What each kind is good for, as the owner reads it when choosing.
KINDS = {
    FieldKind.TEXT: "متن کوتاه، تا ۵۰۰ نویسه در یک سطر",
    FieldKind.LONG: "متن بلند، در چند سطر",
    FieldKind.NUMBER: "عدد، با اعشار و منفی هم",
    FieldKind.DATE: "تاریخ شمسی",
    FieldKind.CHOICE: "یک گزینه از فهرست",
    FieldKind.CHOICES: "چند گزینه از فهرست",
    FieldKind.FLAG: "بله یا نه",
    FieldKind.MOBILE: "شمارهٔ همراه، درستی‌اش سنجیده می‌شود",
    FieldKind.NATIONAL_ID: "کد ملی، با رقم کنترل",
    FieldKind.FILE: "یک فایل یا عکس",
}
LONGEST_LINES = MOST_CHOICES * (LONGEST_LABEL + 2)


def lines_field(label: str, help_text: str) -> forms.CharField:
    """Choices, each on a line of its own."""
    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    return forms.CharField(
        label=label, required=False, max_length=LONGEST_LINES, widget=widget, help_text=help_text
    )


def lines_of(text: str) -> list[Wanted]:
    """The choices of a text, a line each; empty lines are none."""
    return [Wanted(line.strip()) for line in text.splitlines() if line.strip()]


class _QuestionForm(PanelForm):
    """What every question has. ``topics`` offers the department's."""

    label = forms.CharField(label="عنوان", max_length=LONGEST_LABEL)
    help = forms.CharField(
        label="راهنما", max_length=LONGEST_HELP, required=False, help_text="یک جمله که زیر پرسش خوانده می‌شود."
    )
    is_required = forms.BooleanField(label="پاسخش لازم است", required=False)
    is_staff_only = forms.BooleanField(
        label="فقط برای کارکنان",
        required=False,
        help_text="مشتری نه آن را می‌بیند و نه پاسخش را.",
    )
    topics = forms.MultipleChoiceField(
        label="فقط در این گروه‌های موضوعی",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="اگر هیچ‌کدام را نزنید، در همهٔ تیکت‌های دپارتمان پرسیده می‌شود.",
        error_messages={"invalid_choice": "گروه‌های موضوعی را از فهرست انتخاب کنید."},
    )

    def __init__(self, *args: Any, topics: Iterable[Topic], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._topics = {str(one.pk): one for one in topics}
        if self._topics:
            self.fields["topics"].choices = [(key, mixed(one.path)) for key, one in self._topics.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["topics"]

    def clean_topics(self) -> list[Topic]:
        """The topics of the chosen keys."""
        return [self._topics[key] for key in self.cleaned_data["topics"]]


class NewFieldForm(_QuestionForm):
    """A new question."""

    page_id = "new"

    kind = forms.ChoiceField(
        label="نوع پاسخ",
        choices=[("", "نوع پاسخ را انتخاب کنید"), *((str(key), word) for key, word in KINDS.items())],
    )
    choices = lines_field("گزینه‌ها", "هر گزینه در یک سطر. فقط برای «یک گزینه» و «چند گزینه».")

    field_order = ["label", "kind", "choices", "help", "is_required", "is_staff_only", "topics"]

    def clean(self) -> dict[str, Any]:
        """Lines become choices; other kinds have none."""
        cleaned = super().clean() or self.cleaned_data
        picks = cleaned.get("kind") in PICKS
        cleaned["choices"] = lines_of(cleaned.get("choices", "")) if picks else []
        return cleaned


class FieldForm(_QuestionForm):
    """A question as it is. Each offered choice has a box of its own, so that a new name keeps its answers."""

    page_id = "field"

    def __init__(self, *args: Any, field: ExtraField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = [one for one in options_of(field) if one.is_active] if field.kind in PICKS else []
        for place, one in enumerate(self._offered):
            self.fields[f"choice_{one.pk}"] = forms.CharField(
                label=f"گزینهٔ {to_persian(str(place + 1))}",
                required=False,
                max_length=LONGEST_LABEL,
                initial=one.label,
            )
        self.is_pick = field.kind in PICKS
        if self.is_pick:
            words = (
                "هر گزینه در یک سطر، پس از گزینه‌های بالا می‌آید. "
                "گزینه‌ای که خالی کنید دیگر پیشنهاد نمی‌شود، ولی پاسخ‌های پیشین آن را نگه می‌دارند."
            )
            self.fields["more"] = lines_field("گزینه‌های تازه", words)
        boxes = [name for name in self.fields if name.startswith("choice_")]
        self.order_fields(["label", *boxes, "more", "help"])

    @classmethod
    def of(cls, field: ExtraField, *, topics: Iterable[Topic], data: Any = None) -> FieldForm:
        """The form of a stored question read with its details."""
        initial = {name: getattr(field, name) for name in ("label", "help", "is_required", "is_staff_only")}
        initial["topics"] = [str(pk) for pk in topics_of(field)]
        return cls(data, field=field, topics=topics, initial=initial)

    def clean(self) -> dict[str, Any]:
        """The boxes become choices in their order."""
        cleaned = super().clean() or self.cleaned_data
        named = [(one.pk, self._label_of(one, cleaned.pop(f"choice_{one.pk}", ""))) for one in self._offered]
        more = cleaned.pop("more", "")
        if self.is_pick:
            cleaned["choices"] = [Wanted(label, pk) for pk, label in named if label] + lines_of(more)
        return cleaned

    def _label_of(self, one: Offered, written: str) -> str:
        """What the box of a choice says; one that came after the page was made has no box there, and stays."""
        return written if self.add_prefix(f"choice_{one.pk}") in self.data else one.label

    def refuse(self, error: Any) -> None:
        """What is wrong with the choices is said at the new ones."""
        if error.field == "choices" and "more" in self.fields:
            self.add_error("more", error.message)
        else:
            super().refuse(error)


class RetypeForm(PanelForm):
    """Another kind of answer to the same question."""

    page_id = "retype"

    kind = forms.ChoiceField(label="نوع تازهٔ پاسخ")
    choices = lines_field("گزینه‌ها", "هر گزینه در یک سطر. اگر هر دو نوع گزینه دارند، خالی یعنی همان گزینه‌ها.")

    def __init__(self, *args: Any, field: ExtraField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(str(key), word) for key, word in KINDS.items() if key != field.kind]
        self.fields["kind"].choices = [("", "نوع تازه را انتخاب کنید"), *others]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Lines become choices."""
        cleaned = super().clean() or self.cleaned_data
        cleaned["choices"] = lines_of(cleaned.get("choices", ""))
        return cleaned
