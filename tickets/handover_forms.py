"""What people fill in when a ticket changes hands: referral, transfer and its answers, watchers (H12, H13, S10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from accounts.models import User
from departments.models import Department
from persian.digits import group
from web.forms import PersianForm

from .forms import KeyedForm, PickField, body_field, offer_people, pick
from .handovers import Answering, Desk

REASON_LIMIT = 500
WORDS = "توضیح"


class ReferForm(KeyedForm):
    """To which colleague, and why (S10, S21)."""

    to = PickField(label="همکار", empty="همکار را انتخاب کنید")
    explanation = body_field(WORDS, rows=4)
    stay = forms.BooleanField(label="من هم ناظر تیکت بمانم", required=False)

    def __init__(self, *args: Any, seats: Iterable[Answering], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="refer_%s", **kwargs)
        offer_people(pick(self, "to"), seats)


class _ToDepartment(KeyedForm):
    """A department, and perhaps somebody there; a pair that does not fit is refused at the person."""

    target = PickField(label="دپارتمان مقصد", empty="دپارتمان را انتخاب کنید")
    person = PickField(label="همکار در آن دپارتمان", empty="فرقی نمی‌کند", required=False)

    def __init__(self, *args: Any, desks: Iterable[Desk], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {desk.department: desk for desk in desks}
        people: dict[User, list[int]] = {}
        for desk in known.values():
            for seat in desk.seats:
                people.setdefault(seat.user, []).append(desk.department.pk)
        target, person = pick(self, "target"), pick(self, "person")
        target.offer(lambda: list(known), label=lambda one: one.name)
        target.widget.attrs["data-department-select"] = ""
        person.offer(
            lambda: list(people),
            key=lambda user: user.public_id,
            label=lambda user: user.display_name,
            fits=lambda user: people[user],
        )
        person.widget.attrs["data-narrowed"] = ""
        self._people = people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        target: Department | None = cleaned.get("target")
        person: User | None = cleaned.get("person")
        if target is not None and person is not None and target.pk not in self._people[person]:
            self.add_error("person", "این همکار در آن دپارتمان نیست. کس دیگری را انتخاب کنید.")
        return cleaned


class TransferForm(_ToDepartment):
    """A request to another department (H13)."""

    explanation = body_field(WORDS, rows=4)
    stay = forms.BooleanField(label="پس از انتقال هم ناظر تیکت بمانم", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="transfer_%s", **kwargs)


class MoveForm(_ToDepartment):
    """The owner's own move, which asks nobody (H13)."""

    explanation = body_field(WORDS, rows=4, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="move_%s", **kwargs)
        pick(self, "person").empty = "در صف دپارتمان بماند"


class AcceptForm(PersianForm, forms.Form):
    """To whom in the department a ticket that was asked for goes."""

    to = PickField(label="مسئول تازه", empty="در صف دپارتمان بماند", required=False)

    def __init__(self, *args: Any, seats: Iterable[Answering], key: int, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"accept-{key}_%s", **kwargs)
        offer_people(pick(self, "to"), seats)


class RejectForm(PersianForm, forms.Form):
    """Why a department does not take a ticket."""

    reason = forms.CharField(
        label="دلیل",
        max_length=REASON_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"max_length": f"دلیل باید کوتاه‌تر از {group(REASON_LIMIT)} نویسه باشد."},
    )

    def __init__(self, *args: Any, key: int, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"reject-{key}_%s", **kwargs)


class WatchForm(PersianForm, forms.Form):
    """Who may see a ticket besides those whose it is."""

    user = PickField(label="همکار", empty="همکار را انتخاب کنید")

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="watch_%s", **kwargs)
        offered: Mapping[str, User] = {str(one.public_id): one for one in people}
        pick(self, "user").offer(
            lambda: list(offered.values()),
            key=lambda one: one.public_id,
            label=lambda one: one.display_name,
            find=offered.get,
        )
