"""What the owner's forms are made of."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from departments.models import Department, Seat, ServiceLink
from persian import jalali
from web.forms import PersianForm


class PanelForm(PersianForm, forms.Form):
    """A form that stands on a page with others: ``page_id`` keeps the ids of their fields apart."""

    page_id = "id"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.page_id}_%s")
        super().__init__(*args, **kwargs)


class SettledChoice(forms.TypedChoiceField):
    """A choice among a few of which one always holds: where nothing is posted it is the first shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.RadioSelect, **kwargs})

    def clean(self, value: Any) -> Any:
        return super().clean(value or str(self.initial))


class LongSelect(forms.Select):
    """A select that may list hundreds of people: written in one go, where Django draws each option by a template."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The same markup as Django's, every value and label escaped."""
        drawn = "".join(_options(self.choices, set(self.format_value(value))))
        # Both parts are escaped where they are made.
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            mark_safe(drawn),  # noqa: S308
        )


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> Iterator[str]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield f'<optgroup label="{escape(value)}">{"".join(_options(label, chosen))}</optgroup>'
        else:
            mark = " selected" if str(value) in chosen else ""
            yield f'<option value="{escape(value)}"{mark}>{escape(label)}</option>'


class RowField(forms.ChoiceField):
    """One of the rows offered, read once for all the forms of a page; cleans to the row, or None."""

    widget = LongSelect

    def __init__(self, *, empty: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.empty = empty
        self._rows: dict[str, Any] = {}

    def offer(self, rows: Iterable[Any]) -> None:
        """Set what may be chosen."""
        self._rows = {str(row.pk): row for row in rows}
        self.choices = [("", self.empty), *((key, str(row)) for key, row in self._rows.items())]

    def clean(self, value: Any) -> Any:
        return self._rows.get(super().clean(value))


class PersonField(RowField):
    """One of the people offered."""


class ColleagueField(PersonField):
    """One of the colleagues offered, by the name others know and with the end of a vacation, never by a number."""

    def offer(self, people: Iterable[User]) -> None:
        people = list(people)
        super().offer(people)
        self.choices = [("", self.empty), *((str(person.pk), _known_as(person)) for person in people)]


def _known_as(person: Any) -> str:
    last = getattr(person, "away_until", None)
    return f"{person.display_name}، در مرخصی تا {jalali.day_month(last)}" if last else person.display_name


class DeskField(forms.ChoiceField):
    """A customer's own desk as one choice, a department or one person of it: the two can then never disagree.

    Cleans to (Department, User or None), or None where nothing was chosen.
    """

    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._desks: dict[str, tuple[Department, Any]] = {}

    def offer(self, departments: Iterable[Department], seats: Iterable[Seat]) -> None:
        """Set what may be chosen: each department, and under it each of its people."""
        people: dict[int, list[Seat]] = {}
        for seat in seats:
            people.setdefault(seat.department_id, []).append(seat)
        choices: list[Any] = [("", "هر دپارتمانی که مشتری برگزیند")]
        for department in departments:
            group = [(self._key(department.pk), f"{department.name}، هر کارشناس")]
            self._desks[self._key(department.pk)] = (department, None)
            for seat in people.get(department.pk, ()):
                key = self._key(department.pk, seat.user_id)
                self._desks[key] = (department, seat.user)
                group.append((key, f"{department.name}، {seat.user}"))
            choices.append((department.name, group))
        self.choices = choices

    def clean(self, value: Any) -> tuple[Department, Any] | None:
        return self._desks.get(super().clean(value))

    @classmethod
    def key_of(cls, link: ServiceLink | None) -> str:
        """The choice a link stands for."""
        return cls._key(link.department_id, link.staff_id) if link else ""

    @staticmethod
    def _key(department: int, person: int | None = None) -> str:
        return f"{department}-{person}" if person else str(department)
