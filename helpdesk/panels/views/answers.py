"""What the owner's pages share: acts of one page told apart by ``act``, refusals shown in place, words of success."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse

from departments.models import Seat
from web.errors import Conflict, DomainError, Invalid, NotFound
from web.numbers import whole

from ..forms.departments import Grants, PlaceForm

Row = TypeVar("Row", bound=Model)
REFUSALS = (Invalid, Conflict)

DONE: dict[str, str] = {
    "saved": "ذخیره شد.",
    "department-created": "دپارتمان ساخته شد. همکاران و گروه‌های موضوعی‌اش را همین‌جا بیفزایید.",
    "moved": "ترتیب تغییر کرد.",
    "restricted": "ذخیره شد. حالا مشتریانی را که می‌بینندش برگزینید.",
    "chosen": "این مشتری دپارتمان را می‌بیند.",
    "dropped": "این مشتری دیگر دپارتمان را نمی‌بیند. تیکت‌هایش سر جایشان می‌ماند.",
    "manager": "مدیر دپارتمان تغییر کرد.",
    "off": "غیرفعال شد.",
    "left": "دسترسی او بسته شد و آنچه داشت به همکارانش رسید.",
    "leaves-behind": "نخست بگویید آنچه دست اوست به که برسد.",
    "vacation": "مرخصی ثبت شد.",
    "vacation-gone": "مرخصی برداشته شد.",
    "vacation-changed": "مرخصی تغییر کرد.",
    "group": "گروه ساخته شد. اعضایش را همین‌جا بیفزایید.",
    "group-gone": "گروه برداشته شد.",
    "joined": "به گروه افزوده شد.",
    "parted": "از گروه برداشته شد.",
    "off-moved": "تیکت‌های باز منتقل شد و دپارتمان غیرفعال است.",
    "on": "دوباره فعال شد.",
    "seated": "همکار به دپارتمان افزوده شد.",
    "level": "سطح دسترسی ساخته شد.",
    "level-gone": "سطح دسترسی برداشته شد.",
    "unseated": "از دپارتمان برداشته شد.",
    "topic": "گروه موضوعی افزوده شد.",
    "field": "پرسش افزوده شد و در تیکت‌های تازه پرسیده می‌شود.",
    "field-retyped": "نوع پاسخ تغییر کرد. پاسخ‌های پیشین در تیکت‌ها می‌مانند.",
    "field-retired": "دیگر پرسیده نمی‌شود. پاسخ‌هایش در تیکت‌ها می‌ماند.",
    "field-back": "دوباره پرسیده می‌شود.",
    "staff-created": "همکار تازه افزوده شد. با شمارهٔ همراهش وارد می‌شود.",
    "customer-created": "مشتری ساخته شد. رابط آن با شمارهٔ همراهش وارد می‌شود.",
    "linked": "پشتیبان اختصاصی ذخیره شد. تیکت‌های تازه به او می‌رسد.",
    "linked-moved": "پشتیبان اختصاصی ذخیره شد و تیکت‌های باز هم به او سپرده شد.",
    "unlinked": "پشتیبان اختصاصی برداشته شد.",
    "person": "فرد تازه افزوده شد. با شمارهٔ همراهش وارد می‌شود.",
    "person-moved": "جای او در شرکت تغییر کرد.",
    "person-off": "دسترسی او بسته شد و از همهٔ دستگاه‌هایش بیرون آمد.",
    "person-on": "دسترسی او دوباره باز شد.",
    "company-off": "دسترسی شرکت بسته شد و همهٔ افرادش از دستگاه‌هایشان بیرون آمدند.",
    "company-on": "دسترسی شرکت دوباره باز شد.",
    "section": "بخش تازه افزوده شد.",
    "section-renamed": "نام بخش تغییر کرد.",
    "import-dropped": "فایل برداشته شد و چیزی ثبت نشد.",
    "contract": "قرارداد ثبت شد.",
    "contract-open": "تا آن روز تیکت تازه می‌پذیرید.",
    "contract-closed": "باز گذاشتن برداشته شد.",
    "factor-on": "از این پس ورود کارکنان دومرحله‌ای است.",
    "factor-off": "ورود دومرحله‌ای دیگر الزامی نیست.",
    "factor-gone": "ورود دومرحله‌ای او برداشته شد و از همهٔ دستگاه‌ها بیرون آمد.",
    "session-ended": "آن دستگاه بیرون رفت.",
    "sessions-ended": "از همهٔ دستگاه‌ها بیرون آمد.",
    "contact": "ذخیره شد. به نشانی پیشین خبر دادیم و از همهٔ دستگاه‌ها بیرون آمد.",
    "week": "ساعت کاری ذخیره شد. مهلت تیکت‌های باز از نو شمرده می‌شود.",
    "week-empty": "ذخیره شد. این هفته ساعت کاری ندارد و مهلت هیچ تیکتی جلو نمی‌رود.",
    "week-gone": "آن هفته برداشته شد. مهلت تیکت‌های باز از نو شمرده می‌شود.",
    "day-closed": "آن روز تعطیل است. مهلت تیکت‌های باز از نو شمرده می‌شود.",
    "day-open": "آن روز کار می‌کنید. مهلت تیکت‌های باز از نو شمرده می‌شود.",
    "day-gone": "آن روز مانند روزهای دیگر شد. مهلت تیکت‌های باز از نو شمرده می‌شود.",
    "tomorrow": "فردا تعطیل است و مشتریانی که منتظر پاسخ‌اند آن را می‌بینند.",
    "open-again": "دوباره باز است و مشتریان دیگر آن خبر را نمی‌بینند.",
    "policy": "مهلت ذخیره شد و تیکت‌های باز با آن شمرده می‌شوند.",
    "policy-gone": "مهلت برداشته شد و نزدیک‌ترین مهلت دیگر به کار می‌رود.",
    "hears": "ذخیره شد. از این پس همین افراد خبر می‌گیرند.",
    "status": "وضعیت ساخته شد. می‌توانید بگویید از آن به کجا می‌رود.",
    "status-default": "پیش‌فرض دسته‌اش شد.",
    "status-retired": "وضعیت بازنشسته شد و تیکت‌هایش جانشین را گرفتند.",
    "status-back": "وضعیت دوباره به کار افتاد.",
    "binned": "تیکت به سطل رفت و فقط شما می‌بینیدش.",
    "restored": "تیکت سر جایش برگشت.",
    "purged": "تیکت برای همیشه پاک شد. فایل‌هایش هم تا چند لحظهٔ دیگر پاک می‌شود.",
    "canned": "پاسخ آماده ساخته شد و در جعبهٔ پاسخ پیدا می‌شود.",
    "canned-gone": "پاسخ آماده برداشته شد.",
    "logo": "نشان تازه ذخیره شد.",
    "logo-gone": "نشان برداشته شد.",
}


def notice(request: HttpRequest) -> str:
    """The sentence of ``?done=``; words we did not write say nothing."""
    return DONE.get(request.GET.get("done", ""), "")


def back(
    name: str, *args: Any, done: str, keep: HttpRequest | None = None, fragment: str = ""
) -> HttpResponseRedirect:
    """After an act: to the page it belongs to, saying what was done; ``keep`` stays in that request's search."""
    query = keep.GET.copy() if keep else QueryDict(mutable=True)
    query["done"] = done
    place = f"#{fragment}" if fragment else ""
    return HttpResponseRedirect(f"{reverse(name, args=args)}?{query.urlencode()}{place}")


def one(rows: QuerySet[Row], **wanted: Any) -> Row:
    """The row, or NotFound: absent and another tenant's look the same."""
    found = rows.filter(**wanted).first()
    if found is None:
        raise NotFound()
    return found


LONGEST_ID = 18  # digits


def posted_id(request: HttpRequest, name: str) -> int:
    """The id in a hidden field; raises NotFound for anything that is none."""
    found = whole(request.POST.get(name, ""), LONGEST_ID)
    if found < 0:
        raise NotFound()
    return found


def posted_ids(request: HttpRequest, name: str) -> list[int]:
    """The ids of several fields of one name, in their order; raises NotFound for anything that is none."""
    found = [whole(text, LONGEST_ID) for text in request.POST.getlist(name)]
    if min(found, default=0) < 0:
        raise NotFound()
    return found


def posted_uuid(request: HttpRequest, name: str) -> UUID:
    """The public id in a hidden field; raises NotFound for anything that is none."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotFound() from None


def carried_out(form: forms.BaseForm, act: Callable[[dict[str, Any]], Any]) -> bool:
    """Clean the form and do the act; a refusal lands at the field it names. ``form.result`` is what it returned."""
    if not form.is_valid():
        return False
    try:
        form.result = act(form.cleaned_data)  # type: ignore[attr-defined]
    except REFUSALS as refused:
        form.refuse(refused)  # type: ignore[attr-defined]
        return False
    return True


def with_forms(
    seats: Iterable[Seat],
    wrong: Mapping[int, PlaceForm],
    *,
    grants: Grants,
    opened: str | None = None,
) -> list[Seat]:
    """Give each seat its ``form``: the refused one, or one filled with what is stored.

    With ``opened`` only that seat (its id, as in an address) has one: the others are links that open theirs.
    """
    rows = list(seats)
    for seat in rows:
        form = PlaceForm.of(seat, grants=grants) if opened is None or str(seat.pk) == opened else None
        seat.form = wrong.get(seat.pk) or form  # type: ignore[attr-defined]
    return rows


def refusal_of(act: Callable[[], Any]) -> DomainError | None:
    """Do what a button asks; returns the refusal to show on the page it was pressed on, or None when it is done."""
    try:
        act()
    except REFUSALS as refused:
        return refused
    return None
