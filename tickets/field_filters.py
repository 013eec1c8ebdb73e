"""The queue narrowed by a department's extra fields (S31): ``?f<id>=`` for choices, yes or no, words of a short text,
and a whole mobile or national id; ``f<id>min`` and ``f<id>max`` for numbers and days. A value that is none of the
field's narrows nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from itertools import islice, product
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from departments.models import ExtraField, FieldKind
from departments.questions import FILTERED, PICKS, WORDED, all_of, options_of
from persian import jalali, mobile, numbers, query_words
from persian.clean import one_line
from persian.digits import to_latin, to_persian

from . import answers
from .models import FieldAnswer, FieldWord, Ticket
from .search import LONGEST, MOST_WORDS

RANGES = (FieldKind.NUMBER, FieldKind.DATE)
TYPED = (*RANGES, *WORDED)
CODES = (FieldKind.MOBILE, FieldKind.NATIONAL_ID)  # read from left to right
FLAGS = {"yes": (True, answers.YES), "no": (False, answers.NO)}
LOW, HIGH = "min", "max"
WRONG: dict[FieldKind, str] = {
    FieldKind.NUMBER: "عدد را با رقم بنویسید، مانند ۱۲٬۵۰۰.",
    FieldKind.DATE: "تاریخ را کامل بنویسید، مانند ۱۴۰۵/۰۷/۱۳.",
    FieldKind.TEXT: "یک واژه از پاسخ را بنویسید.",
    FieldKind.MOBILE: "شمارهٔ موبایل را کامل بنویسید، مانند ۰۹۱۲۳۴۵۶۷۸۹.",
    FieldKind.NATIONAL_ID: "کد ملی درست نیست. هر ده رقمش را بنویسید.",
}
LAST = "\U0010ffff"  # stands behind every word that begins alike


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


def input_label(field: ExtraField, name: str) -> str:
    """What stands over the input of a parameter."""
    if field.kind in RANGES:
        return "از" if name.endswith(LOW) else "تا"
    return field.label + ("، واژه‌هایی از آن" if field.kind == FieldKind.TEXT else "، همهٔ رقم‌هایش")


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
    if field.kind in WORDED:
        return _typed(field, value)
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
        for tickets in _tickets(field, wanted) if wanted else ():
            rows = rows.filter(pk__in=tickets)
    return rows


def _tickets(field: ExtraField, wanted: Mapping[str, str]) -> Iterator[QuerySet[Any, Any]]:
    """The tickets answered so: those that are in each of these. Each is of one table, by its indexes field_words,
    answer_flag, answer_scaled and answer_day; or, where many are answered so, ticket by ticket along the queue's order.
    """
    if field.kind in (*PICKS, *WORDED):
        for condition in islice(_words(field, wanted[answers.name_of(field)]), MOST_WORDS):
            yield FieldWord.objects.filter(condition, field=field).values("ticket")
    else:
        yield _valued(field, wanted).values("ticket")


def _valued(field: ExtraField, wanted: Mapping[str, str]) -> QuerySet[FieldAnswer]:
    """The answers that are yes, or no, or within the range."""
    name, found = answers.name_of(field), FieldAnswer.objects.filter(field=field)
    if field.kind == FieldKind.FLAG:
        return found.filter(flag=FLAGS[wanted[name]][0])
    is_number = field.kind == FieldKind.NUMBER
    for end, sign in ((LOW, "gte"), (HIGH, "lte")):
        if name + end in wanted:
            edge = _edge(field, wanted[name + end])
            condition = {f"scaled__{sign}": answers.scaled(edge)} if is_number else {f"day__{sign}": edge}
            found = found.filter(**condition)
    return found


def _typed(field: ExtraField, value: str) -> str:
    """What a chip says of a text, a mobile or a national id that was typed; empty for what cannot be asked for."""
    if field.kind == FieldKind.TEXT:
        text = one_line(value)[:LONGEST]
        return text if query_words(text) else ""
    plain = _plain(field, value)
    if not plain:
        return ""
    return mobile.show(plain) if field.kind == FieldKind.MOBILE else to_persian(plain)


def _plain(field: ExtraField, value: str) -> str:
    """A mobile or national id as answers hold it, empty for what is none."""
    try:
        return str(answers.checked(field, value) or "")
    except answers.Invalid:
        return ""


def _words(field: ExtraField, value: str) -> Iterator[Q]:
    """The conditions on words, each of which some word of the answer must meet.

    Of a text every word that was typed, from the start of a word on, as in the quick search (S29). Where it may be
    read in two ways, «پیش‌فرض» as one word or as two, one word of each way is asked for, in every pairing: that holds
    exactly where one of the ways does, and each pairing is a few ranges of the index.
    """
    if field.kind != FieldKind.TEXT:
        yield Q(word=value if field.kind in PICKS else _plain(field, value))
        return
    for readings in query_words(one_line(value)[:LONGEST]):
        for pairing in product(*(reading.split() for reading in readings)):
            yield reduce(or_, (_begins(word[: answers.LONGEST_WORD]) for word in dict.fromkeys(pairing)))


def _begins(word: str) -> Q:
    return Q(word__gte=word, word__lt=word + LAST)


def _edge(field: ExtraField, value: str) -> Any:
    """A number or a day of the address, None for what is none."""
    read: Callable[[str], Any] = _number if field.kind == FieldKind.NUMBER else jalali.parse
    try:
        return read(to_latin(value).strip())
    except (ValueError, answers.Invalid):
        return None


def _number(text: str) -> Any:
    return answers.number(numbers.parse(text))
