"""The form of a rating, in the portal and behind the link of a letter (S8)."""

from __future__ import annotations

from django import forms

from web.forms import PersianForm

from .ratings import LONGEST_COMMENT, WORDS


class RateForm(PersianForm, forms.Form):
    """Stars and a comment; ``message`` names the answer, empty for the closing."""

    stars = forms.TypedChoiceField(
        label="امتیاز", choices=list(WORDS.items()), coerce=int, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        label="توضیح",
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="چه چیزی خوب بود یا می‌توانست بهتر باشد؟",
    )
    message = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
