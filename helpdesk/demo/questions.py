"""What two departments of the demo ask on their tickets, with answers on some of them (S31)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from departments.models import Department, ExtraField, FieldKind
from departments.questions import PICKS, asked, options_of
from departments.services.fields import create_field, retire_field
from persian import jalali
from tickets.answers import name_of
from tickets.models import Ticket
from tickets.services import drafts, fields
from tickets.states import Category, Origin

from .households import Household
from .people import DEMO

# Of the first and the second department: kind, label, help, more.
ASKED: tuple[tuple[tuple[str, str, str, dict[str, Any]], ...], ...] = (
    (
        ("text", "نسخهٔ برنامه", "پایین صفحهٔ ورود نوشته شده است.", {}),
        ("choice", "شدت مشکل", "", {"choices": ["کند است", "گاهی خطا می‌دهد", "کار خوابیده است"]}),
        ("choices", "کجا پیش می‌آید", "", {"choices": ["ویندوز", "مرورگر", "گوشی"]}),
        ("date", "از چه روزی", "", {}),
        ("flag", "پشتیبان‌گیری امروز انجام شده", "", {}),
        ("text", "ارزیابی کارشناس", "برای خودمان.", {"is_staff_only": True}),
    ),
    (
        ("number", "مبلغ فاکتور", "به ریال.", {}),
        ("id", "کد ملی مدیرعامل", "", {}),
        ("mobile", "همراه مسئول پرداخت", "", {}),
        ("long", "توضیح حسابدار", "", {}),
        ("number", "شمارهٔ پیش‌فاکتور", "", {"is_staff_only": True}),
    ),
)
TEXTS = {
    "نسخهٔ برنامه": ("۱۴٫۲", "۱۴٫۳", "۱۳٫۹"),
    "ارزیابی کارشناس": ("باید نسخه را به‌روز کند.", "آموزش می‌خواهد.", "خطای خود ماست."),
    "توضیح حسابدار": ("فاکتور اصلاحی هم فرستاده شد.", "دو قسط مانده است."),
}
MOBILES = ("09120000101", "09120000102")
NATIONAL_ID = "0013542419"
BEGUN = "گزارش فروش ماه باز نمی‌شود"
EVERY = 3  # one ticket in so many was asked these things


def arrange(home: Household) -> None:
    """In the house that is shown first; in its scope, once its tickets are written."""
    if home.house is not DEMO:
        return
    for desk, rows in zip(
        Department.objects.filter(is_active=True).order_by("position", "pk"), ASKED, strict=False
    ):
        for kind, label, words, more in rows:
            create_field(actor=home.owner, department=desk, kind=kind, label=label, help=words, **more)
        _answer(home, desk)
        # One that was asked once and is only read now.
        last = ExtraField.objects.filter(department=desk, is_staff_only=False).order_by("-position").first()
        if last is not None and last.kind == FieldKind.LONG:
            retire_field(last, actor=home.owner)
    _begin()


def _begin() -> None:
    """A customer was in the middle of a new ticket to the first department, and of its questions."""
    text = ExtraField.objects.filter(kind=FieldKind.TEXT, is_staff_only=False, is_active=True).first()
    ticket = (
        Ticket.objects.filter(origin=Origin.CUSTOMER).select_related("requester").order_by("number").first()
    )
    if text is None or ticket is None:
        return
    said = {name_of(text): [TEXTS[text.label][0]]}
    begun = {"subject": BEGUN, "department": str(text.department_id), "answers": said}
    drafts.keep(actor=ticket.requester, place="new-portal", values=begun)


def _answer(home: Household, desk: Department) -> None:
    tickets = Ticket.objects.filter(department=desk).select_related("topic", "requester").order_by("number")
    last_open: tuple[Ticket, list[ExtraField]] | None = None
    for place, ticket in enumerate(tickets[::EVERY]):
        questions = asked(desk.pk, ticket.topic, by_staff=True)
        given = {one.pk: _value(one, place, ticket) for one in questions}
        fields.write(ticket, actor=home.owner, answers=given, at=ticket.created_at)
        last_open = (ticket, questions) if ticket.category != Category.CLOSED else last_open
    if last_open is not None:
        # Put right afterwards, so that its history names what was asked.
        ticket, questions = last_open
        better = {one.pk: _value(one, len(tickets), ticket) for one in questions[-2:]}
        fields.fill(ticket, actor=home.owner, answers=better, at=ticket.updated_at)


def _value(one: ExtraField, place: int, ticket: Ticket) -> Any:
    """The answer of the so-manyth ticket."""
    if one.kind in PICKS:
        offered = [choice.pk for choice in options_of(one)]
        first = place % len(offered)
        return set(offered[: first + 1]) if one.kind == FieldKind.CHOICES else {offered[first]}
    values = {
        FieldKind.NUMBER: Decimal(1_250_000 + 370_000 * place),
        FieldKind.DATE: jalali.local_day(ticket.created_at) - timedelta(days=place % 5),
        FieldKind.FLAG: place % 2 == 0,
        FieldKind.MOBILE: MOBILES[place % len(MOBILES)],
        FieldKind.NATIONAL_ID: NATIONAL_ID,
    }
    texts = TEXTS.get(one.label, ("",))
    return values.get(FieldKind(one.kind), texts[place % len(texts)])
