"""Named groups of staff."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import User
from departments.models import StaffGroup

from .fields import PanelForm, PersonField


class GroupForm(PanelForm):
    """A group's own words."""

    page_id = "group"

    name = forms.CharField(label="نام گروه", max_length=60)
    description = forms.CharField(label="توضیح", max_length=200, required=False)

    @classmethod
    def of(cls, group: StaffGroup, data: Any = None) -> "GroupForm":
        """The form of a stored group."""
        return cls(data, initial={"name": group.name, "description": group.description})


class MemberForm(PanelForm):
    """One more colleague for a group."""

    page_id = "member"

    user = PersonField(label="همکار", empty="همکار را انتخاب کنید")

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].offer(people)  # type: ignore[attr-defined]
