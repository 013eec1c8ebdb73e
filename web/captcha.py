"""The security code of forms that strangers send (S32): a sum in Persian digits, as a picture or in words.

django-simple-captcha keeps the questions, draws them and takes each answer once. Ours are the question, the digits a
person may answer in, the words for those who cannot see the picture, and the trap for robots that fill every field.
"""

from __future__ import annotations

import secrets
from typing import Any

from captcha.fields import BaseCaptchaTextInput, CaptchaField
from captcha.models import CaptchaStore
from django import forms
from django.urls import reverse
from django.utils import timezone

from persian.digits import to_latin, to_persian
from persian.numerals import words

from .forms import PersianForm

TRAP = "homepage"  # a name robots like; people never see the field
FIRST = tuple(number for number in range(2, 20) if number != 10)
ASK_IN_WORDS = "words"  # the address parameter of whoever cannot see the picture


def sum_challenge() -> tuple[str, str]:
    """A question and its answer; settings.CAPTCHA_CHALLENGE_FUNCT. No zero: drawn alone it is a dot."""
    first, second = secrets.choice(FIRST), 1 + secrets.randbelow(9)
    return f"{to_persian(str(first))}+{to_persian(str(second))}", str(first + second)


def in_words(challenge: str) -> str:
    """The question as it is read aloud."""
    first, second = (int(part) for part in to_latin(challenge).split("+"))
    return f"{words(first)} به‌علاوهٔ {words(second)}"


def sweep() -> int:
    """Forget the questions whose time is over; returns how many."""
    return CaptchaStore.objects.filter(expiration__lte=timezone.now()).delete()[0]


class SumInput(BaseCaptchaTextInput):
    """The picture (or the words) with one box for the answer; a new question each time it is drawn."""

    template_name = "web/_captcha.html"

    def __init__(self, attrs: Any = None, *, spoken: bool = False) -> None:
        super().__init__(attrs)
        self.spoken = spoken

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """What was answered before is never shown again: its question is used up."""
        self._key = CaptchaStore.generate_key()
        return super().render(name, [self._key, ""], attrs, renderer)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["image"] = f"{reverse('captcha')}?key={self._key}"
        if self.spoken:
            context["words"] = in_words(CaptchaStore.objects.get(hashkey=self._key).challenge)
        return context


class SumField(CaptchaField):
    """The field of the security code; Persian and Arabic digits are answers too."""

    def __init__(self, *, spoken: bool = False) -> None:
        super().__init__(
            label="پاسخ این جمع",
            widget=SumInput(spoken=spoken),
            error_messages={
                "required": "پاسخ جمع را با رقم بنویسید.",
                "invalid": "پاسخ آن جمع درست نبود یا زمانش گذشته بود. این یکی را بنویسید.",
            },
        )
        for part in self.fields:
            part.error_messages["required"] = self.error_messages["required"]

    def clean(self, value: Any) -> Any:
        """Each question takes one answer, right or wrong."""
        key, answer = value or ("", "")
        return super().clean([key, to_latin(answer or "").strip()])


class GuardedForm(PersianForm):
    """Mixin for what strangers send: the trap always, the security code where ``asks_sum`` says so (S32)."""

    # Public forms (a visitor's question) leave it on; the gate asks after the first failures.
    asks_sum = True

    def __init__(self, *args: Any, asks_sum: bool | None = None, spoken: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_sum is not None:
            self.asks_sum = asks_sum
        form_fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        if self.asks_sum:
            form_fields["sum"] = SumField(spoken=spoken)
        form_fields[TRAP] = forms.CharField(
            label="این خانه را خالی بگذارید",
            required=False,
            widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
        )

    @property
    def is_robot(self) -> bool:
        """Whether the trap was filled: answer as if all went well, and do nothing."""
        data = self.data  # type: ignore[attr-defined]
        return bool(data.get(self.add_prefix(TRAP)))  # type: ignore[attr-defined]
