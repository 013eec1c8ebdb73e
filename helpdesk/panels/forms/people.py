"""Staff: a mobile is enough (H23)."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from departments.models import Department, Seat
from web.forms import MobileField

from .departments import Grants, LevelField
from .fields import PanelForm, SettledChoice


class ProfileForm(PanelForm):
    """A colleague's name, as the owner may correct it; mobile and e-mail are on the page of how they come in."""

    page_id = "profile"

    name = forms.CharField(label="نام و نام خانوادگی", max_length=150)

    @classmethod
    def of(cls, user: User) -> "ProfileForm":
        """The form filled with what is stored."""
        return cls(initial={"name": user.name})


class NewPlaceForm(PanelForm):
    """A seat for a person who is known: in which department, at which level."""

    page_id = "place"

    department = forms.ModelChoiceField(label="دپارتمان", queryset=None, empty_label="یکی را برگزینید")
    level = SettledChoice(label="سطح", choices=Seat.SeatLevel.choices, initial=Seat.SeatLevel.STAFF)
    access_level = LevelField()

    def __init__(self, *args: Any, departments: QuerySet[Department], grants: Grants, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access_level"].offer(grants.levels)  # type: ignore[attr-defined]
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]


class StaffForm(NewPlaceForm):
    """A new colleague: the number, and if wanted a name and a first seat."""

    mobile = MobileField(label="شمارهٔ همراه")
    name = forms.CharField(label="نام و نام خانوادگی", max_length=150, required=False)
    field_order = ("mobile", "name", "department", "level", "access_level")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].required = False
        self.fields["department"].empty_label = "بعداً"  # type: ignore[attr-defined]
