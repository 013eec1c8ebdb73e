"""Staff: a mobile is enough (H23)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import AccessLevel, User
from departments.models import Department, Seat, StaffGroup
from tickets.services.leaving import Burden
from web.forms import MobileField

from .departments import Grants, LevelField
from .fields import ColleagueField, PanelForm, SettledChoice


class ProfileForm(PanelForm):
    """A colleague's name, as the owner may correct it; mobile and e-mail are on the page of how they come in."""

    page_id = "profile"

    name = forms.CharField(label="نام و نام خانوادگی", max_length=150)
    signature = forms.CharField(
        label="امضا",
        required=False,
        max_length=600,
        help_text="زیر هر پاسخ او به مشتری می‌آید. {کارشناس}، {دپارتمان}، {مرکز} و {امروز} خودکار پر می‌شوند.",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    @classmethod
    def of(cls, user: User) -> "ProfileForm":
        """The form filled with what is stored."""
        return cls(initial={"name": user.name, "signature": user.signature})


class NewPlaceForm(PanelForm):
    """A seat for a person who is known: in which department, at which level."""

    page_id = "place"

    department = forms.ModelChoiceField(
        label="دپارتمان", queryset=None, empty_label="دپارتمان را انتخاب کنید"
    )
    level = SettledChoice(label="سطح", choices=Seat.SeatLevel.choices, initial=Seat.SeatLevel.STAFF)
    access_level = LevelField()

    def __init__(self, *args: Any, departments: QuerySet[Department], grants: Grants, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.levels = grants.levels
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
    access = LevelField()
    group = forms.ModelChoiceField(label="گروه", queryset=None, empty_label="همه", required=False)
    state = forms.ChoiceField(
        label="حال",
        required=False,
        choices=[("", "همه"), ("on", "فعال"), ("away", "در مرخصی"), ("off", "غیرفعال")],
    )

    def __init__(
        self,
        data: Any,
        *,
        departments: QuerySet[Department],
        groups: QuerySet[StaffGroup],
        levels: Iterable[AccessLevel],
    ) -> None:
        super().__init__(data)
        access: Any = self.fields["access"]
        access.offer(levels)
        access.choices = [("", "همه"), *list(access.choices)[1:]]
        self.fields["department"].queryset = departments  # type: ignore[attr-defined]
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]

    @property
    def words(self) -> str:
        """What the list is narrowed to, for one line: «پشتیبانی فنی، در مرخصی»."""
        chosen = {name: value for name, value in self.asked.items() if value and name != "q"}
        fixed = {
            name: dict(self.fields[name].choices).get(chosen.get(name))  # type: ignore[attr-defined]
            for name in ("level", "state")
        }
        return "، ".join(str(fixed.get(name) or value) for name, value in chosen.items())

    @property
    def asked(self) -> dict[str, Any]:
        """The cleaned values that were right; a wrong one narrows nothing."""
        return self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})


NOBODY = "0"


class HeirField(ColleagueField):
    """A colleague, or nobody in particular, and one of the two must be said; cleans to the person or None."""

    def __init__(self, *, people: Iterable[User], nobody: str, **kwargs: Any) -> None:
        super().__init__(empty="همکار را انتخاب کنید", **kwargs)
        self.offer(people)
        first, *others = self.choices
        self.choices = [first, (NOBODY, nobody), *others]


class LeavingForm(PanelForm):
    """Who takes what a colleague leaves behind, and who manages instead, department by department (S22)."""

    page_id = "leaving"
    has_work = False  # whether anything but a manager's place is handed on

    def __init__(self, data: Any = None, *, burdens: Sequence[Burden], people: Iterable[User]) -> None:
        super().__init__(data)
        people = list(people)
        for burden in burdens:
            pk, name = burden.department.pk, burden.department.name
            self.has_work |= bool(burden.words)
            if burden.words:
                self.fields[f"heir_{pk}"] = HeirField(
                    label=f"آنچه در {name} دارد به که برسد",
                    people=[with_absence(seat) for seat in burden.heirs],
                    nobody="صف دپارتمان",
                    help_text=f"{burden.words}.",
                    error_messages={"required": f"بگویید آنچه در {name} دارد به که برسد."},
                )
            if burden.manages:
                self.fields[f"manager_{pk}"] = HeirField(
                    label=f"مدیر تازهٔ {name}",
                    people=people,
                    nobody="بی مدیر بماند",
                    error_messages={"required": f"بگویید مدیر {name} چه کسی می‌شود."},
                )

    def clean(self) -> dict[str, Any]:
        """``heirs`` and ``managers``: department id → the chosen colleague or None."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        found: dict[str, dict[int, User | None]] = {"heirs": {}, "managers": {}}
        for name, person in data.items():
            kind, _, key = name.partition("_")
            found[f"{kind}s"][int(key)] = person
        return found


def with_absence(seat: Seat) -> User:
    """The seat's person, carrying the end of their vacation for the list of names."""
    seat.user.away_until = seat.away_until  # type: ignore[attr-defined]
    return seat.user
