"""Answers kept ready: one of them, and for whom it is (S28)."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from departments.models import CannedResponse, Department

from .fields import PanelForm

EVERYBODY, MINE = "all", "me"


class CannedForm(PanelForm):
    """A name to find it by, and its text; ``html`` is the same with its form, from who writes with the editor."""

    page_id = "canned"

    name = forms.CharField(label="نام", max_length=80, help_text="با همین نام پیدایش می‌کنید؛ تا ۸۰ نویسه.")
    body = forms.CharField(
        label="متن",
        max_length=10_000,
        widget=forms.Textarea(
            attrs={"rows": 8, "dir": "auto", "class": "read", "data-editor": "words", "data-ctrl-enter": True}
        ),
    )
    # Sent by an editor alone (tickets.forms.HtmlField).
    html = forms.CharField(
        required=False, max_length=40_000, widget=forms.HiddenInput(attrs={"disabled": True})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A longer name is told about, not cut while it is typed or pasted.
        self.fields["name"].widget.attrs.pop("maxlength", None)

    @classmethod
    def of(cls, row: CannedResponse) -> "CannedForm":
        """The form filled with what is stored."""
        return cls(initial={"name": row.name, "body": row.body, "html": row.html})


class NewCannedForm(CannedForm):
    """A new one: for everybody, for a department, or for oneself; only what the person may write is offered."""

    scope = forms.ChoiceField(label="برای")
    field_order = ("scope", "name", "body", "html")

    def __init__(self, *args: Any, user: User, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.departments = {str(row.pk): row for row in departments}
        everybody = [(EVERYBODY, "همهٔ همکاران")] if user.is_owner else []
        desks = [(key, f"دپارتمان {row.name}") for key, row in self.departments.items()]
        field: Any = self.fields["scope"]
        field.choices = [*everybody, *desks, (MINE, "فقط خودم")]
        if len(field.choices) == 1:
            field.initial, field.widget = MINE, forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """``name``, ``body``, ``html``, and whose it is: ``department`` and ``user``."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        scope = data.pop("scope", "")
        return data | {
            "department": self.departments.get(scope),
            "user": self.user if scope == MINE else None,
        }
