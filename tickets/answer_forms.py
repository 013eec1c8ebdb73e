"""The form of a department's extra fields: a control of its kind for each, and what it says when it is wrong (S31)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from departments.models import ExtraField, FieldKind
from departments.questions import options_of
from persian import numbers
from persian.templatetags.persian import mixed
from tenants.models import StoredFile
from web.errors import Invalid
from web.forms import JalaliDateField, MobileField, NationalIdField, PersianForm

from . import answers

FIRST = "این دپارتمان چند پرسش دیگر هم دارد. پاسخشان را بنویسید و دوباره بفرستید."
CHANGED = "پرسش‌های این دپارتمان در همین میان عوض شد. پاسخ‌ها را ببینید و دوباره بفرستید."
NO_LONGER = "{}، دیگر پیشنهاد نمی‌شود"
FLAGS = {"yes": True, "no": False}


class NumberField(forms.CharField):
    """A number in any digits, with decimals if it has them; cleans to Decimal, or None."""

    default_error_messages = {"invalid": "عدد درست نیست. مانند ۱۲٬۵۰۰ یا ۳٫۵ بنویسید."}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr", "autocomplete": "off"})
        super().__init__(widget=widget, max_length=60, **kwargs)

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            return answers.number(numbers.parse(text))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        except Invalid as refused:
            raise ValidationError(refused.message, code="max_value") from None

    def prepare_value(self, value: Any) -> Any:
        """As it is typed again, without marks that turn around in a left-to-right box."""
        return numbers.show(value).replace("\u200e\u2212", "-") if isinstance(value, Decimal) else value


def _text(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    return forms.CharField(max_length=answers.LONGEST_TEXT, **given)


def _long(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    return forms.CharField(max_length=answers.LONGEST_LONG, widget=widget, **given)


def _flag(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    words = [("yes", answers.YES), ("no", answers.NO)]
    if not one.is_required:
        words.append(("", "بی‌پاسخ"))
    return forms.ChoiceField(choices=words, widget=forms.RadioSelect, **given)


def _offered(one: ExtraField, kept: set[int]) -> list[tuple[str, str]]:
    return [
        (str(choice.pk), choice.label if choice.is_active else NO_LONGER.format(choice.label))
        for choice in options_of(one)
        if choice.is_active or choice.pk in kept
    ]


def _choice(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    given["error_messages"] = {"invalid_choice": answers.NOT_OFFERED}
    return forms.ChoiceField(choices=[("", "انتخاب کنید"), *_offered(one, kept)], **given)


def _choices(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    given["error_messages"] = {"invalid_choice": answers.NOT_OFFERED}
    widget = forms.CheckboxSelectMultiple
    offered = [(key, mixed(word)) for key, word in _offered(one, kept)]
    return forms.MultipleChoiceField(choices=offered, widget=widget, **given)


def _file(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    # Whether a needed one has come, the view knows: it may have arrived with an earlier try.
    attrs = {"data-files": f"#id_{answers.name_of(one)}_list"}
    return forms.FileField(widget=forms.FileInput(attrs=attrs), **(given | {"required": False}))


def _number(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    return NumberField(**given)


def _day(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    return JalaliDateField(**given)


def _mobile(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    return MobileField(error_messages={"required": f"{one.label} را بنویسید."}, **given)


def _national_id(one: ExtraField, given: dict[str, Any], kept: set[int]) -> forms.Field:
    return NationalIdField(error_messages={"required": f"{one.label} را بنویسید."}, **given)


CONTROLS: dict[FieldKind, Callable[[ExtraField, dict[str, Any], set[int]], forms.Field]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG: _long,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _day,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.FLAG: _flag,
    FieldKind.MOBILE: _mobile,
    FieldKind.NATIONAL_ID: _national_id,
    FieldKind.FILE: _file,
}


class _Asking(forms.Form):
    """A form whose fields are questions of a department."""

    def __init__(self, *args: Any, questions: Iterable[ExtraField], before: Mapping[int, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for one in questions:
            was = before.get(one.pk)
            given = {"label": one.label, "help_text": one.help, "required": one.is_required}
            kept = was if isinstance(was, set) else set()
            made = CONTROLS[FieldKind(one.kind)](one, given, kept)
            if was is not None and one.kind != FieldKind.FILE:
                made.initial = _as_posted(was)
            made.widget.attrs["data-extra"] = ""
            self.fields[answers.name_of(one)] = made


class AnswersForm(PersianForm, _Asking):
    """The answers to ``questions``; those already given come in ``before`` (field's id → value).

    Posted data counts for what the page had shown (``asked``): what it had not is shown first, with what was typed.
    ``begun``: what a draft holds, by the names of the fields, shown as it was typed and judged only when it is sent.
    """

    def __init__(
        self,
        data: MultiValueDict[str, Any] | None = None,
        *,
        questions: Sequence[ExtraField],
        before: Mapping[int, Any] | None = None,
        begun: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.questions = list(questions)
        asked = set(data.getlist("asked")) if data is not None else set()
        self.unseen = [one for one in self.questions if data is not None and str(one.pk) not in asked]
        # Not one of them was on the page: nothing is wrong yet, they are only to be shown.
        self.is_first = bool(self.unseen) and len(self.unseen) == len(self.questions)
        self.held: dict[int, StoredFile] = {}
        super().__init__(None if self.is_first else data, questions=self.questions, before=before or {})
        for name in self.fields.keys() & (begun or {}).keys():
            several = isinstance(self.fields[name], forms.MultipleChoiceField)
            self.fields[name].initial = begun[name] if several else begun[name][0]
        self.news = (FIRST if self.is_first and not asked else CHANGED) if self.unseen else ""

    def is_valid(self) -> bool:
        """Whether everything was shown, and is right."""
        return not self.questions or not self.unseen and super().is_valid()

    @property
    def rows(self) -> list[tuple[ExtraField, Any]]:
        """Each question with its control."""
        return [(one, self[answers.name_of(one)]) for one in self.questions]

    def hold(self, one: ExtraField, stored: StoredFile) -> None:
        """A file that has arrived for a question."""
        self.held[one.pk] = stored

    def answers(self) -> dict[int, Any] | None:
        """What ``services`` take of a valid form: field's id → value; None where nothing is asked."""
        if not self.questions:
            return None
        return {one.pk: self._value(one) for one in self.questions}

    def _value(self, one: ExtraField) -> Any:
        if one.kind == FieldKind.FILE:
            return self.held.get(one.pk)
        value = self.cleaned_data.get(answers.name_of(one))
        if one.kind == FieldKind.FLAG:
            return FLAGS.get(value or "")
        if one.kind == FieldKind.CHOICE:
            return {int(value)} if value else None
        return {int(pk) for pk in value or ()} if one.kind == FieldKind.CHOICES else value


def _as_posted(value: Any) -> Any:
    """A stored answer as a control takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return [str(pk) for pk in sorted(value)] if isinstance(value, set) else value
