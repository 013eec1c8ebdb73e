"""Departments, their seats and their topics."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import AccessLevel, User
from departments.models import Department, Seat, Sharing, StaffGroup, Topic
from web.forms import MobileField

from .fields import PanelForm, PersonField, RowField, SettledChoice

# How new tickets are given out, in the words of the page (S1).
SHARING = {
    Sharing.QUEUE: "در صف بماند تا کسی بردارد",
    Sharing.ROTATION: "به نوبت میان کارشناسان حاضر",
    Sharing.LEAST: "به کارشناس حاضری که تیکت باز کمتری دارد",
}
MANAGER_WAITS = "مدیر دپارتمان فقط وقتی در نوبت است که کس دیگری حاضر نباشد."


class DepartmentForm(PanelForm):
    """A department's own words and switches."""

    page_id = "department"

    name = forms.CharField(label="نام دپارتمان", max_length=80)
    description = forms.CharField(
        label="توضیح",
        max_length=300,
        required=False,
        help_text="یک جمله که مشتری هنگام انتخاب دپارتمان می‌خواند.",
    )
    visibility = SettledChoice(
        label="چه کسانی می‌بینند",
        choices=[("all", "همهٔ مشتریان"), ("chosen", "مشتریان برگزیده"), ("hidden", "پنهان")],
        initial="all",
        help_text="دپارتمان پنهان را فقط همکاران می‌بینند. مشتریان برگزیده را پس از ذخیره انتخاب می‌کنید.",
    )
    shares_unassigned = forms.BooleanField(
        label="کارشناسان تیکت‌های واگذارنشده را ببینند و بردارند", required=False, initial=True
    )

    rule = SettledChoice(
        label="تقسیم تیکت‌های تازه",
        choices=list(SHARING.items()),
        initial=Sharing.QUEUE.value,
        widget=forms.Select,
        help_text=f"برای تیکت‌هایی که گروه موضوعی‌شان شیوهٔ خودش را ندارد. {MANAGER_WAITS}",
    )

    @classmethod
    def of(cls, department: Department) -> "DepartmentForm":
        """The form filled with what is stored."""
        words = ("name", "description", "shares_unassigned", "rule")
        return cls(
            initial={**{name: getattr(department, name) for name in words}, "visibility": _seen(department)}
        )

    def clean(self) -> dict[str, Any]:
        """The three choices as the two switches the verbs take (S33); nothing posted is everybody."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        seen = data.pop("visibility", "")
        return {**data, "is_hidden": seen == "hidden", "is_restricted": seen == "chosen"}


def _seen(department: Department) -> str:
    if department.is_hidden:
        return "hidden"
    return "chosen" if department.is_restricted else "all"


@dataclass(frozen=True)
class Grants:
    """What a person may give with a seat: which access levels, and whether a manager's place (S19)."""

    levels: Sequence[AccessLevel]
    manager: bool = True


class LevelField(forms.ChoiceField):
    """One of the access levels offered; empty is the built-in one of the seat's own level, and cleans to None (S19)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="سطح دسترسی", required=False, **kwargs)
        self._levels: dict[str, AccessLevel] = {}

    def offer(self, levels: Iterable[AccessLevel]) -> None:
        """Set what may be given. A seat's own level stands for its built-in one."""
        self._levels = {str(level.pk): level for level in levels}
        self.choices = [("", "معمول همین سطح"), *((key, level.name) for key, level in self._levels.items())]

    def clean(self, value: Any) -> AccessLevel | None:
        return self._levels.get(super().clean(value))


class PlaceForm(PanelForm):
    """What is set on a seat: its level, its access level, and whether customers may choose its person."""

    level = SettledChoice(label="سطح", choices=Seat.SeatLevel.choices, initial=Seat.SeatLevel.STAFF)
    access_level = LevelField(
        help_text="سطح می‌گوید کدام تیکت‌ها را می‌بیند؛ سطح دسترسی می‌گوید چه کارهایی می‌تواند بکند."
    )
    accepts_choice = forms.BooleanField(
        label="مشتری می‌تواند این کارشناس را انتخاب کند", required=False, initial=True
    )

    def __init__(self, *args: Any, grants: Grants, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access_level"].offer(grants.levels)  # type: ignore[attr-defined]
        if not grants.manager:
            del self.fields["level"]

    def clean(self) -> dict[str, Any]:
        """Who may seat no manager seats staff, and is not asked."""
        data: dict[str, Any] = super().clean() or self.cleaned_data  # type: ignore[misc]
        data.setdefault("level", Seat.SeatLevel.STAFF)
        return data

    @classmethod
    def of(cls, seat: Seat, *, grants: Grants, data: Any = None) -> "PlaceForm":
        """The form of a stored seat; ``data`` is what was posted for it."""
        initial = {
            "level": seat.level,
            "access_level": seat.access_level_id,
            "accepts_choice": seat.accepts_choice,
        }
        return cls(data, initial=initial, grants=grants, auto_id=f"seat{seat.pk}_%s")


class SeatForm(PlaceForm):
    """A colleague for a department."""

    page_id = "seat"

    user = PersonField(label="همکار", empty="همکار را انتخاب کنید")
    field_order = ("user", "level", "access_level", "accepts_choice")

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].offer(people)  # type: ignore[attr-defined]


class NewcomerForm(PanelForm):
    """A colleague who is not known yet, for one department: the number is enough (H23)."""

    page_id = "newcomer"

    mobile = MobileField(label="شمارهٔ همراه")
    name = forms.CharField(label="نام و نام خانوادگی", max_length=150, required=False)
    access_level = LevelField()

    def __init__(self, *args: Any, grants: Grants, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access_level"].offer(grants.levels)  # type: ignore[attr-defined]


class ManagerForm(PanelForm):
    """Another manager for a department; where there is one, what becomes of them."""

    page_id = "manager"

    user = PersonField(label="مدیر تازه", empty="مدیر تازه را انتخاب کنید")
    former = SettledChoice(
        label="مدیر پیشین",
        choices=[("stays", "کارشناس می‌ماند"), ("leaves", "از دپارتمان می‌رود")],
        initial="stays",
        help_text="اگر برود، تیکت‌های باز و مشتریان اختصاصی‌اش در این دپارتمان به مدیر تازه می‌رسد.",
    )

    def __init__(self, *args: Any, people: Iterable[User], former: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].offer(people)  # type: ignore[attr-defined]
        if former is None:
            del self.fields["former"]
        else:
            self.fields["former"].label = str(former)


class RetireForm(PanelForm):
    """Where a department's open tickets go before it is switched off."""

    page_id = "retire"

    move_to = forms.ModelChoiceField(
        label="تیکت‌های باز به کدام دپارتمان بروند",
        queryset=None,
        empty_label="دپارتمان را انتخاب کنید",
        error_messages={
            "required": "بگویید تیکت‌های باز به کدام دپارتمان بروند.",
            "invalid_choice": "دپارتمان روشنی را از فهرست انتخاب کنید.",
        },
    )

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["move_to"].queryset = departments  # type: ignore[attr-defined]


@dataclass(frozen=True)
class TopicChoices:
    """What the forms of a department's topics offer, read once for all of them."""

    people: Sequence[User]
    parents: Sequence[Topic]
    groups: Sequence[StaffGroup]


class TopicForm(PanelForm):
    """A topic, what it lies in, and who gets its tickets (S1, S18)."""

    page_id = "topic"

    name = forms.CharField(label="نام گروه موضوعی", max_length=80)
    parent = RowField(label="زیر کدام گروه", empty="هیچ‌کدام، خودش گروه است", required=False)
    rule = forms.ChoiceField(
        label="تقسیم تیکت‌های تازه",
        choices=[
            ("", "همان شیوهٔ گروه بالاتر یا دپارتمان"),
            (Sharing.PERSON.value, "به مسئول این گروه"),
            *SHARING.items(),
        ],
        required=False,
        help_text=MANAGER_WAITS,
    )
    assignee = PersonField(
        label="مسئول",
        empty="مسئول ندارد",
        required=False,
        help_text="اگر در مرخصی باشد، تیکت به جانشین او می‌رسد.",
    )
    group = RowField(
        label="میان کدام گروه از کارکنان",
        empty="همهٔ کارشناسان دپارتمان",
        required=False,
        help_text="برای نوبت و کمترین تیکت؛ فقط اعضایی که در همین دپارتمان‌اند.",
    )
    is_active = forms.BooleanField(label="در فرم تیکت دیده شود", required=False, initial=True)

    def __init__(self, *args: Any, choices: TopicChoices, topic: Topic | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assignee"].offer(choices.people)  # type: ignore[attr-defined]
        own = topic.pk if topic else None
        self.fields["parent"].offer(row for row in choices.parents if row.pk != own)  # type: ignore[attr-defined]
        self.fields["group"].offer(choices.groups)  # type: ignore[attr-defined]

    @classmethod
    def of(cls, topic: Topic, *, choices: TopicChoices, data: Any = None) -> "TopicForm":
        """The form of a stored topic; ``data`` is what was posted for it."""
        initial = {
            "name": topic.name,
            "parent": topic.parent_id,
            "rule": topic.own_rule,
            "assignee": topic.assignee_id,
            "group": topic.group_id,
            "is_active": topic.is_active,
        }
        return cls(data, initial=initial, choices=choices, topic=topic, auto_id=f"topic{topic.pk}_%s")


def sharing_words(topic: Topic) -> str:
    """Who gets a topic's tickets, in one line of the list."""
    rule = topic.own_rule
    if rule == Sharing.PERSON:
        return f"مسئول: {topic.assignee.display_name}" if topic.assignee else "مسئول ندارد"
    if not rule:
        return "همان شیوهٔ گروه بالاتر" if topic.decider else "همان شیوهٔ دپارتمان"
    return f"{SHARING[Sharing(rule)]}، گروه {topic.group.name}" if topic.group else SHARING[Sharing(rule)]
