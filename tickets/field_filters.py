"""The queue narrowed by a department's extra fields (S31): ``?f<id>=`` for choices and yes or no, ``f<id>min`` and
``f<id>max`` for numbers and days. A value that is none of the field's narrows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from departments.models import ExtraField, FieldKind
from departments.questions import FILTERED, PICKS, all_of, options_of
from persian import jalali, numbers
from persian.digits import to_latin, to_persian

from . import answers
from .models import FieldAnswer, FieldPick, Ticket

RANGES = (FieldKind.NUMBER, FieldKind.DATE)
FLAGS = {"yes": (True, answers.YES), "no": (False, answers.NO)}
LOW, HIGH = "min", "max"


def filterable(department: int) -> list[ExtraField]:
    """The fields of a department that the queue may be narrowed by; one statement."""
    return [one for one in all_of(department) if one.is_active and one.kind in FILTERED]


def names(field: ExtraField) -> list[str]:
    """What a field's parameters are called in the address."""
    name = answers.name_of(field)
    return [name + LOW, name + HIGH] if field.kind in RANGES else [name]


def label(field: ExtraField, name: str) -> str:
    """What a chip says of a parameter."""
    return field.label + {LOW: "، از", HIGH: "، تا"}.get(name[-3:], "")


def options(field: ExtraField) -> list[tuple[str, str]]:
    """What a field may be set to: (value in the address, word); none for a range."""
    if field.kind in PICKS:
        return [(str(one.pk), one.label) for one in options_of(field) if one.is_active]
    return [(key, word) for key, (_, word) in FLAGS.items()] if field.kind == FieldKind.FLAG else []


def word(field: ExtraField, value: str) -> str:
    """A value of the address in Persian; empty for one that narrows nothing."""
    if field.kind in PICKS:
        return next((one.label for one in options_of(field) if str(one.pk) == value), "")
    if field.kind == FieldKind.FLAG:
        return FLAGS[value][1] if value in FLAGS else ""
    found = _edge(field, value)
    if found is None:
        return ""
    return numbers.show(found) if field.kind == FieldKind.NUMBER else to_persian(jalali.format_date(found))


def narrow(
    rows: QuerySet[Ticket], fields: Iterable[ExtraField], params: Mapping[str, str]
) -> QuerySet[Ticket]:
    """Narrow by the parameters of these fields and by no other; no statement more."""
    for field in fields:
        given = {name: params.get(name, "") for name in names(field)}
        wanted = {name: value for name, value in given.items() if value and word(field, value)}
        if wanted:
            rows = rows.filter(pk__in=_tickets(field, wanted))
    return rows


def _tickets(field: ExtraField, wanted: Mapping[str, str]) -> Any:
    """The tickets answered so. By the indexes pick_choice, answer_flag, answer_scaled and answer_day."""
    name = answers.name_of(field)
    if field.kind in PICKS:
        picked = FieldPick.objects.filter(choice=int(wanted[name]))
        return picked.values("answer__ticket")
    found = FieldAnswer.objects.filter(field=field)
    if field.kind == FieldKind.FLAG:
        return found.filter(flag=FLAGS[wanted[name]][0]).values("ticket")
    is_number = field.kind == FieldKind.NUMBER
    for end, sign in ((LOW, "gte"), (HIGH, "lte")):
        if name + end in wanted:
            edge = _edge(field, wanted[name + end])
            condition = {f"scaled__{sign}": answers.scaled(edge)} if is_number else {f"day__{sign}": edge}
            found = found.filter(**condition)
    return found.values("ticket")


def _edge(field: ExtraField, value: str) -> Any:
    """A number or a day of the address, None for what is none."""
    read: Callable[[str], Any] = _number if field.kind == FieldKind.NUMBER else jalali.parse
    try:
        return read(to_latin(value).strip())
    except (ValueError, answers.Invalid):
        return None


def _number(text: str) -> Any:
    return answers.number(numbers.parse(text))
