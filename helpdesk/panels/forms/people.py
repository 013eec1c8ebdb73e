"""Staff: a mobile is enough (H23)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from departments.models import Department, Seat, StaffGroup
from persian.digits import group
from tickets.services.leaving import Burden
from web.errors import DomainError
from web.forms import MobileField

from .departments import Grants, LevelField
from .fields import PanelForm, PersonField, SettledChoice


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


class StaffFilterForm(PanelForm):
    """What the list of staff is narrowed to; everything optional, in the address."""

    page_id = "filter"
    mark_optional = False

    q = forms.CharField(label="نام یا شماره", required=False, max_length=200)
    department = forms.ModelChoiceField(label="دپارتمان", queryset=None, empty_label="همه", required=False)
    level = forms.ChoiceField(
        label="سطح", required=False, choices=[("", "همه"), *Seat.SeatLevel.choices, ("owner", "مدیر اصلی")]
    )
    group = forms.ModelChoiceField(label="گروه", queryset=None, empty_label="همه", required=False)
    state = forms.ChoiceField(
        label="حال",
        required=False,
        choices=[("", "همه"), ("on", "فعال"), ("away", "در مرخصی"), ("off", "غیرفعال")],
    )

    def __init__(self, data: Any, *, departments: QuerySet[Department], groups: QuerySet[StaffGroup]) -> None:
        super().__init__(data)
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """The cleaned values that were right; a wrong one narrows nothing."""
        return self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})


class LeavingForm(PanelForm):
    """Who takes what a colleague leaves behind, department by department (S22)."""

    page_id = "leaving"

    def __init__(
        self, *args: Any, burdens: Sequence[Burden], heirs: dict[int, list[User]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._burdens = burdens
        for place, burden in enumerate(burdens):
            field = PersonField(
                label=f"آنچه در {burden.department.name} دارد به",
                empty="صف دپارتمان" if not burden.manages else "صف دپارتمان، بی مدیر",
                required=False,
                help_text=_words(burden),
            )
            field.offer(heirs.get(burden.department.pk, ()))
            self.fields[f"heir_{place}"] = field

    def clean(self) -> dict[str, Any]:
        """``heirs``: department id → the chosen colleague or None."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        return {
            "heirs": {one.department.pk: data.get(f"heir_{place}") for place, one in enumerate(self._burdens)}
        }

    def refuse(self, error: DomainError) -> None:
        """A refusal names the department; the field of it is the one that stands for it."""
        names = {f"heir_{one.department.pk}": f"heir_{place}" for place, one in enumerate(self._burdens)}
        error.field = names.get(error.field or "", error.field)
        super().refuse(error)


def _words(burden: Burden) -> str:
    """«۳ تیکت باز، ۲ مشتری اختصاصی، مدیر دپارتمان است»."""
    parts = [
        f"{group(burden.tickets)} تیکت باز" if burden.tickets else "",
        f"{group(burden.customers)} مشتری اختصاصی" if burden.customers else "",
        f"{group(burden.topics)} گروه موضوعی" if burden.topics else "",
        "مدیر دپارتمان است" if burden.manages else "",
    ]
    return "، ".join(part for part in parts if part)
