"""A person's mobile and e-mail, as who looks after them may give new ones (TRUST 6)."""

from typing import Any

from django import forms

from accounts.models import User
from web.forms import MobileField

from .fields import PanelForm


class MobileForm(PanelForm):
    """A new mobile; the old one is told."""

    page_id = "mobile"

    value = MobileField(label="شمارهٔ همراه تازه")


class EmailForm(PanelForm):
    """A new e-mail, or none."""

    page_id = "email"

    value = forms.EmailField(label="ایمیل", required=False, max_length=254)

    @classmethod
    def of(cls, person: User, data: Any = None) -> "EmailForm":
        """The form of what is stored."""
        return cls(data, initial={"value": person.email or ""})
