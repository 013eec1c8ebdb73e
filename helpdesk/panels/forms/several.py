"""Fields of several small inputs: the hours of a day, and a length in hours and minutes (H4)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from departments.services.hours import clock_words
from persian.digits import to_latin, to_persian

SPANS = 3
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{1,2}))?")
_NUMBER = re.compile(r"[0-9]{1,6}")
Span = tuple[int, int]


class SeveralInput(forms.MultiWidget):
    """Inputs that are named one by one; only the first takes the focus of a wrong field."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        for place, one in enumerate(context["widget"]["subwidgets"]):
            one["attrs"].pop("aria-required", None)
            if place:
                one["attrs"].pop("autofocus", None)
        return context

    def decompress(self, value: Any) -> list[Any]:
        """Nothing stands in a field without a value; a list is taken as it is."""
        return [value] if value else []


class SpansInput(SeveralInput):
    """Up to three spans of a day, each from and to; the later ones are folded away while they are empty."""

    template_name = "manage/_spans.html"

    def __init__(self, day: str) -> None:
        words = [f"{day}، نوبت {to_persian(str(n + 1))}، {end}" for n in range(SPANS) for end in ("از", "تا")]
        super().__init__([_typed(word, placeholder="۸:۳۰", longest=5) for word in words])

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        pairs = [parts[place : place + 2] for place in range(0, len(parts), 2)]
        context["widget"]["first"], *context["widget"]["more"] = pairs
        context["widget"]["is_open"] = any(part["value"] for pair in pairs[1:] for part in pair)
        return context


class SpansField(forms.Field):
    """The working hours of a weekday; cleans to a list of (opens, closes) in minutes from midnight."""

    def __init__(self, day: str) -> None:
        super().__init__(label=day, required=False, widget=SpansInput(day))

    def clean(self, value: Any) -> list[Span]:
        texts = [to_latin(str(text or "")).replace("٫", ".").strip() for text in value or []]
        pairs = [(texts[place], texts[place + 1]) for place in range(0, len(texts) - 1, 2)]
        return [self._span(*pair) for pair in pairs if any(pair)]

    def _span(self, opens: str, closes: str) -> Span:
        if not (opens and closes):
            raise ValidationError(f"{self.label}: هم آغاز نوبت را بنویسید و هم پایانش را.")
        return self._minutes(opens), self._minutes(closes)

    def _minutes(self, text: str) -> int:
        found = _CLOCK.fullmatch(text)
        if found is None or int(found[2] or 0) > 59:
            raise ValidationError(f"{self.label}: ساعت را این‌طور بنویسید: ۸:۳۰")
        return int(found[1]) * 60 + int(found[2] or 0)

    @staticmethod
    def shown(spans: Any) -> list[str]:
        """Stored spans as the inputs hold them."""
        return [clock_words(minutes) for span in spans for minutes in span]


class LengthInput(SeveralInput):
    """Hours and minutes."""

    template_name = "manage/_length.html"

    def __init__(self, label: str) -> None:
        super().__init__(
            [_typed(f"{label}، {unit}", placeholder="", longest=6) for unit in ("ساعت", "دقیقه")]
        )


class LengthField(forms.Field):
    """A length of working time; cleans to minutes, or None when empty and not required."""

    def __init__(self, *, label: str, **kwargs: Any) -> None:
        messages = {"required": "این زمان را بنویسید.", "invalid": "ساعت و دقیقه را با عدد بنویسید."}
        super().__init__(label=label, widget=LengthInput(label), error_messages=messages, **kwargs)

    def clean(self, value: Any) -> int | None:
        texts = [to_latin(str(text or "")).strip() for text in [*(value or []), "", ""][:2]]
        if not any(texts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if not all(_NUMBER.fullmatch(text) for text in texts if text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        hours, minutes = (int(text or 0) for text in texts)
        return hours * 60 + minutes

    @staticmethod
    def shown(minutes: int | None) -> list[str]:
        """Stored minutes as the inputs hold them."""
        return [] if minutes is None else [to_persian(str(part)) for part in divmod(minutes, 60)]


def _typed(label: str, *, placeholder: str, longest: int) -> forms.TextInput:
    attrs = {"aria-label": label, "dir": "ltr", "autocomplete": "off", "maxlength": str(longest)}
    if placeholder:
        attrs["placeholder"] = placeholder
    else:
        attrs["inputmode"] = "numeric"
    return forms.TextInput(attrs=attrs)
