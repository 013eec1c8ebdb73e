"""Answers to a department's extra fields: what one may be, and how it reads (S31)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONArray

from departments.models import ExtraField, FieldKind
from departments.questions import PICKS, WORDED, options_of
from persian import fold, ids, jalali, mobile, numbers
from persian.clean import one_line, strip_controls
from persian.digits import to_persian
from tenants.models import StoredFile
from web.errors import Invalid
from web.gathering import Gathered

from . import access
from .models import FieldAnswer, FieldPick, Ticket

LONGEST_TEXT, LONGEST_LONG = 500, 10_000
LONGEST_WORD = 100  # of a word that lists are narrowed by
MOST = Decimal(10) ** 14  # what the column holds: 18 digits, 4 of them decimals
YES, NO = "بله", "نه"
NUMBER_TOO_BIG = "این عدد بزرگ‌تر از آن است که ثبت شود. حداکثر ۱۴ رقم و ۴ رقم اعشار بنویسید."
NOT_OFFERED = "این گزینه دیگر پیشنهاد نمی‌شود. یکی دیگر را انتخاب کنید."
WRONG = "این پاسخ با نوع پرسش نمی‌خواند. دوباره بنویسید."


# What an answer may be ------------------------------------------------------------------------------------------
def name_of(question: ExtraField) -> str:
    """What a field is called in forms and addresses."""
    return f"f{question.pk}"


def checked(question: ExtraField, value: Any, *, kept: Collection[int] = ()) -> Any:
    """An answer as it is stored, None for none: str, Decimal, date, bool, StoredFile, or a set of choices' ids.

    ``kept``: choices picked before, which may stay though they are no longer offered. Raises Invalid at the field.
    """
    if value is None or value == "" or value == [] or value == set():
        return None
    try:
        return _CHECKS[FieldKind(question.kind)](question, value, kept)
    except (ValueError, TypeError, ArithmeticError):
        raise Invalid(WRONG, field=name_of(question)) from None


def digest(value: Any) -> str:
    """What a form says of an answer it showed: a stored answer, or one as ``checked`` gives it, None for none."""
    if isinstance(value, set):
        value = sorted(value)
    told = value.pk if isinstance(value, StoredFile) else value
    none = told is None or told == "" or told == []
    return "" if none else hashlib.sha256(f"{type(told).__name__} {told}".encode()).hexdigest()[:20]


def number(value: Decimal) -> Decimal:
    """A number the column holds exactly. Raises Invalid."""
    if not value.is_finite() or abs(value) >= MOST or value != round(value, 4):
        raise Invalid(NUMBER_TOO_BIG)
    return numbers.trimmed(value)


def scaled(value: Decimal) -> int:
    """A number in ten-thousandths: what lists are narrowed by."""
    return int(value * 10_000)


def words_in(question: ExtraField, value: Any) -> set[str]:
    """The words that lists find an answer by (FieldWord); kinds found by a column of their own have none."""
    if question.kind == FieldKind.TEXT:
        return {word[:LONGEST_WORD] for word in fold(value).split()}
    if question.kind in PICKS:
        return {str(pk) for pk in value}
    return {value} if question.kind in WORDED else set()


def _text(question: ExtraField, value: str, kept: Collection[int]) -> str | None:
    return _short(question, one_line(value), LONGEST_TEXT)


def _long(question: ExtraField, value: str, kept: Collection[int]) -> str | None:
    return _short(question, strip_controls(value).strip(), LONGEST_LONG)


def _short(question: ExtraField, text: str, longest: int) -> str | None:
    if len(text) > longest:
        words = f"پاسخ حداکثر {to_persian(f'{longest:,}'.replace(',', '٬'))} نویسه است. کوتاه‌ترش کنید."
        raise Invalid(words, field=name_of(question))
    return text or None


def _number(question: ExtraField, value: Any, kept: Collection[int]) -> Decimal:
    try:
        return number(value if isinstance(value, Decimal) else numbers.parse(value))
    except Invalid as refused:
        raise Invalid(refused.message, field=name_of(question)) from None


def _day(question: ExtraField, value: Any, kept: Collection[int]) -> date:
    if not isinstance(value, date):
        raise TypeError
    return value


def _picks(question: ExtraField, value: Collection[int], kept: Collection[int]) -> set[int]:
    offered = {one.pk for one in options_of(question) if one.is_active or one.pk in kept}
    wanted = set(value)
    if not wanted <= offered or (question.kind == FieldKind.CHOICE and len(wanted) != 1):
        raise Invalid(NOT_OFFERED, field=name_of(question))
    return wanted


def _flag(question: ExtraField, value: Any, kept: Collection[int]) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _mobile(question: ExtraField, value: str, kept: Collection[int]) -> str:
    return mobile.normalise(value)


def _national_id(question: ExtraField, value: str, kept: Collection[int]) -> str:
    plain = ids.plain(value)
    if not ids.is_national_id(plain):
        raise ValueError
    return plain


def _file(question: ExtraField, value: Any, kept: Collection[int]) -> StoredFile:
    if not isinstance(value, StoredFile):
        raise TypeError
    return value


_CHECKS: dict[FieldKind, Callable[[ExtraField, Any, Collection[int]], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG: _long,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _day,
    FieldKind.CHOICE: _picks,
    FieldKind.CHOICES: _picks,
    FieldKind.FLAG: _flag,
    FieldKind.MOBILE: _mobile,
    FieldKind.NATIONAL_ID: _national_id,
    FieldKind.FILE: _file,
}


# How it reads ---------------------------------------------------------------------------------------------------
@dataclass
class Shown:
    """An answer on a page: ``words`` in Persian, or a file; ``is_code`` for what is read from left to right."""

    label: str
    kind: str
    words: str
    is_asked: bool
    is_staff_only: bool
    is_code: bool = False
    file: StoredFile | None = None


def read(ticket: Ticket, user: Any) -> list[FieldAnswer]:
    """The answers of a ticket this person may see, in the fields' order, each with ``picked`` ([id, label, position]),
    ``field`` and ``file``; one statement however many there are.
    """
    rows = with_picks(access.answers_seen_by(user, ticket)).select_related("field", "file")
    return list(rows.order_by("-field__is_active", "field__position", "field_id"))


def with_picks(rows: Any) -> Any:
    """Annotate ``picked`` with the picked choices of answers."""
    fact = JSONArray(F("choice_id"), F("choice__label"), F("choice__position"))
    picks = FieldPick.objects.filter(answer=OuterRef("pk")).order_by().values("answer")
    return rows.annotate(picked=Subquery(picks.annotate(all=Gathered(fact)).values("all")))


def shown(ticket: Ticket, user: Any) -> list[Shown]:
    """A ticket's answers as its page tells them, those no longer asked at the end. One statement."""
    return [
        Shown(
            label=one.field.label,
            kind=one.field.kind,
            words=words_of(one),
            # What moved here from another department is read, and asked there.
            is_asked=one.field.is_active and one.field.department_id == ticket.department_id,
            is_staff_only=one.field.is_staff_only,
            is_code=one.field.kind in (FieldKind.MOBILE, FieldKind.NATIONAL_ID),
            file=one.file,
        )
        for one in read(ticket, user)
    ]


def words_of(answer: FieldAnswer) -> str:
    """An answer read with ``picked``, as people read it."""
    kind = answer.field.kind
    if kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        picked = sorted(getattr(answer, "picked", None) or (), key=lambda one: (one[2], one[0]))
        return "، ".join(label for _pk, label, _place in picked)
    if kind == FieldKind.NUMBER:
        return numbers.show(answer.number) if answer.number is not None else ""
    if kind == FieldKind.DATE:
        return to_persian(jalali.format_date(answer.day)) if answer.day else ""
    if kind == FieldKind.FLAG:
        return {True: YES, False: NO}.get(answer.flag, "") if answer.flag is not None else ""
    if kind == FieldKind.MOBILE:
        return mobile.show(answer.text)
    if kind == FieldKind.NATIONAL_ID:
        return to_persian(answer.text)
    if kind == FieldKind.FILE:
        return answer.file.name if answer.file else ""
    return answer.text


def value_of(answer: FieldAnswer) -> Any:
    """The stored answer, as ``checked`` gives it."""
    kind = answer.field.kind
    if kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return {one[0] for one in getattr(answer, "picked", None) or ()}
    if kind == FieldKind.NUMBER:
        return None if answer.number is None else numbers.trimmed(answer.number)
    column = {FieldKind.DATE: "day", FieldKind.FLAG: "flag", FieldKind.FILE: "file"}
    return getattr(answer, column.get(FieldKind(kind), "text"))
