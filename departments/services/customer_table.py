"""A table of customers as people fill it in: which column is what, and what is wrong in which row (H11).

Reading is pure but for the tenant's desks and for what the tenant already has, which callers load in short scopes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import Contract, Customer, User
from accounts.services import contracts
from accounts.services.importing import NewCompany
from accounts.services.values import (
    clean_economic_code,
    clean_email,
    clean_mobile,
    clean_name,
    clean_national_id,
    clean_notes,
    clean_phone,
)
from persian import ids, jalali, mobile, sort_key
from persian.clean import one_line
from persian.digits import group, to_latin
from web.errors import Invalid
from web.exports import plain_cell
from web.numbers import whole
from web.tables import Line

from ..models import Department, Seat


@dataclass(frozen=True)
class Column:
    """One column: the header we write, and what else people call it."""

    name: str
    header: str
    sample: str
    hint: str
    others: tuple[str, ...] = ()
    required: bool = False


COLUMNS = (
    Column("name", "نام شرکت", "شیشهٔ پویا", "الزامی", ("شرکت", "نام", "نام مشتری", "مشتری"), required=True),
    Column("contact_name", "نام رابط", "پری سهرابی", "اختیاری", ("رابط", "نام و نام خانوادگی")),
    Column(
        "mobile",
        "موبایل",
        "09120000000",
        "الزامی؛ رابط با همین شماره وارد می‌شود",
        ("شماره موبایل", "تلفن همراه", "همراه", "شماره همراه", "شماره همراه رابط", "موبایل رابط"),
        required=True,
    ),
    Column("email", "ایمیل", "pari@example.com", "اختیاری", ("پست الکترونیک", "email", "ایمیل رابط")),
    Column(
        "national_id",
        "شناسهٔ ملی",
        "10380284790",
        "اختیاری؛ شناسهٔ یازده‌رقمی شرکت یا کد ملی ده‌رقمی",
        ("کد ملی", "شناسه", "شناسه ملی شرکت"),
    ),
    Column("phone", "تلفن", "02188776655", "اختیاری", ("تلفن ثابت", "شماره تلفن", "تلفن شرکت")),
    Column("department", "دپارتمان", "پشتیبانی فنی", "اختیاری؛ نام یکی از دپارتمان‌های شما", ("واحد",)),
    Column(
        "staff",
        "کارشناس",
        "",
        "اختیاری؛ نام یا موبایل کارشناسی از همان دپارتمان",
        ("پشتیبان", "کارشناس پشتیبان"),
    ),
    Column("notes", "یادداشت", "", "اختیاری؛ مشتری هرگز نمی‌بیند", ("توضیح", "توضیحات")),
    Column("economic_code", "کد اقتصادی", "", "اختیاری؛ یازده، دوازده یا چهارده رقم", ("شماره اقتصادی",)),
    Column(
        "starts_on",
        "آغاز قرارداد",
        "1405/01/01",
        "اختیاری؛ تاریخ شمسی، همراه پایان قرارداد",
        ("شروع قرارداد", "تاریخ شروع قرارداد"),
    ),
    Column("ends_on", "پایان قرارداد", "1405/12/29", "اختیاری؛ آخرین روز قرارداد", ("تاریخ پایان قرارداد",)),
    Column(
        "allowance",
        "تعداد تیکت",
        "50",
        "اختیاری؛ خالی یعنی بی سقف",
        ("تعداد تیکت قرارداد", "سقف تیکت"),
    ),
)
BY_NAME = {column.name: column for column in COLUMNS}
_CLEAN: dict[str, Callable[..., Any]] = {
    "name": clean_name,
    "contact_name": clean_name,
    "mobile": clean_mobile,
    "email": clean_email,
    "national_id": clean_national_id,
    "phone": clean_phone,
    "notes": clean_notes,
    "economic_code": clean_economic_code,
}
ONCE = ("mobile", "email", "national_id")
FOUND_TWICE = "در ردیف {} همین فایل هم آمده است. یکی از دو ردیف را بردارید."


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell, and how to mend it."""

    row: int
    column: str
    value: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One row that can become a customer."""

    row: int
    company: NewCompany
    department: Department | None = None
    staff: User | None = None


@dataclass
class Desks:
    """The tenant's open desks and the people in them, found by what a person may write."""

    departments: dict[str, Department] = field(default_factory=dict)
    people: dict[int, list[User]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Desks:
        """Two statements; call it inside a scope."""
        desks = cls({sort_key(row.name): row for row in Department.objects.filter(is_active=True)})
        for seat in Seat.objects.filter(user__is_active=True, department__is_active=True).select_related(
            "user"
        ):
            desks.people.setdefault(seat.department_id, []).append(seat.user)
        return desks

    def department(self, text: str) -> Department | None:
        """The desk of that name, or None for an empty cell. Raises Invalid."""
        if not text:
            return None
        found = self.departments.get(sort_key(text))
        if found is None:
            names = "، ".join(row.name for row in list(self.departments.values())[:6])
            raise Invalid(f"دپارتمان فعالی با این نام نیست. یکی از این‌ها را بنویسید: {names}")
        return found

    def person(self, text: str, department: Department | None) -> User | None:
        """The person of that name or number in a desk, or None for an empty cell. Raises Invalid."""
        if not text:
            return None
        if department is None:
            raise Invalid("برای کارشناس، دپارتمان را هم بنویسید.")
        people = self.people.get(department.pk, [])
        try:
            number = mobile.normalise(text)
            found = [person for person in people if person.mobile == number]
        except ValueError:
            found = [person for person in people if sort_key(person.name) == sort_key(text)]
        if not found:
            raise Invalid(f"در دپارتمان «{department.name}» کارشناسی با این نام یا شماره نیست.")
        if len(found) > 1:
            raise Invalid("در این دپارتمان چند نفر همین نام را دارند. به جای نام، شمارهٔ موبایلش را بنویسید.")
        return found[0]


@dataclass
class Table:
    """A table that was read: what can be made of it, and what stands in the way."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    # (mobile, email or national_id; value) → the first row that has it, of good rows and bad ones.
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    total: int = 0

    @property
    def twins(self) -> list[str]:
        """Company names that stand in the table more than once: allowed, but worth a look."""
        seen: dict[str, int] = {}
        for entry in self.entries:
            seen[entry.company.name] = seen.get(entry.company.name, 0) + 1
        return [name for name, times in seen.items() if times > 1]


def read(lines: list[Line], desks: Desks, *, told: Callable[[int], None] | None = None) -> Table:
    """Make entries and problems of a table's rows; ``told`` hears every thousandth row.

    Raises Invalid where the header lacks a column or names one twice. What the tenant already has, taken() adds.
    """
    places, ignored = _places(lines[0])
    table = Table(ignored=ignored, total=len(lines) - 1)
    if not table.total:
        raise Invalid("زیر سرستون‌ها ردیفی نیست. مشتریان را زیر همان سرستون‌ها بنویسید و دوباره بفرستید.")
    for done, line in enumerate(lines[1:], 1):
        _read_row(line, places, desks, table)
        if told is not None and done % 1000 == 0:
            told(done)
    return table


def taken(table: Table) -> list[Problem]:
    """Rows whose number, e-mail or national id the tenant already has; call it inside a scope.

    Three statements for five thousand rows.
    """
    people = User.objects.select_related("customer")
    sources: dict[str, QuerySet[Any]] = {
        "mobile": people,
        "email": people,
        "national_id": Customer.objects.defer("notes"),
    }
    problems = []
    for name, rows in sources.items():
        values = [value for known, value in table.seen if known == name]
        for start in range(0, len(values), 5000):
            for row in rows.filter(**{f"{name}__in": values[start : start + 5000]}):
                problems.append(_already(table.seen[name, getattr(row, name)], name, row))
    return problems


def _already(row: int, name: str, holder: Customer | User) -> Problem:
    if isinstance(holder, Customer):
        whose = f"شرکت «{holder.name}»"
    elif holder.customer is not None:
        whose = f"شرکت «{holder.customer.name}»"
    else:
        whose = f"همکار شما، {holder}"
    text = f"پیش‌تر برای {whose} ثبت شده است. ردیف را بردارید یا درستش کنید."
    return Problem(row, BY_NAME[name].header, str(getattr(holder, name)), text)


def _places(header: Line) -> tuple[dict[str, int], list[str]]:
    """Where each column stands, and headers that mean nothing to us. Raises Invalid."""
    known = {sort_key(word): column.name for column in COLUMNS for word in (column.header, *column.others)}
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(header.cells):
        word = one_line(cell)
        name = known.get(sort_key(word))
        if name in places:
            raise Invalid(f"دو ستون برای «{BY_NAME[name].header}» هست. یکی را بردارید و دوباره بفرستید.")
        if name is not None:
            places[name] = place
        elif word:
            ignored.append(word[:40])
    missing = [column.header for column in COLUMNS if column.required and column.name not in places]
    if missing:
        raise Invalid(
            f"ستون {'، '.join(f'«{word}»' for word in missing)} پیدا نشد. ردیف نخست باید سرستون‌ها باشد؛"
            " نمونه را بگیرید و از روی آن پر کنید."
        )
    return places, ignored


def _read_row(line: Line, places: dict[str, int], desks: Desks, table: Table) -> None:
    cells = {name: _cell(line, place) for name, place in places.items()}
    values: dict[str, Any] = {}
    before = len(table.problems)

    def problem(name: str, text: str) -> None:
        shown = one_line(cells.get(name, ""))[:80]
        table.problems.append(Problem(line.number, BY_NAME[name].header, shown, text))

    for name, clean in _CLEAN.items():
        try:
            text = cells.get(name, "")
            values[name] = clean(_whole_id(text) if name == "national_id" else text, field=name)
        except Invalid as refused:
            problem(name, refused.message)
    if values.get("name") == "":
        problem("name", "نام شرکت را بنویسید.")
    for name in ONCE:
        if value := values.get(name):
            first = table.seen.setdefault((name, value), line.number)
            if first != line.number:
                problem(name, FOUND_TWICE.format(group(first)))
    try:
        values["contract"] = _contract(cells)
    except Invalid as refused:
        problem(refused.field or "starts_on", refused.message)
    department = staff = None
    try:
        at = "department"
        department = desks.department(one_line(cells.get("department", "")))
        at = "staff"
        staff = desks.person(one_line(cells.get("staff", "")), department)
    except Invalid as refused:
        problem(at, refused.message)
    if len(table.problems) == before:
        table.entries.append(Entry(line.number, NewCompany(**values), department, staff))


def _contract(cells: dict[str, str]) -> Contract | None:
    """The contract of a row, checked; None where its cells are empty. Raises Invalid at the column."""
    first, last = (one_line(cells.get(name, "")) for name in ("starts_on", "ends_on"))
    number = to_latin(one_line(cells.get("allowance", ""))).replace("٬", "").replace(",", "")
    if not (first or last or number):
        return None
    starts_on, ends_on = _day("starts_on", first), _day("ends_on", last)
    allowance = whole(number, 9) if number else None
    if allowance is not None and allowance < 0:
        raise Invalid("تعداد تیکت را با رقم بنویسید.", field="allowance")
    contract = Contract(starts_on=starts_on, ends_on=ends_on, allowance=allowance)
    contracts.check_alone(contract)
    return contract


def _day(name: str, text: str) -> date:
    """A Jalali date as people write it, or one that the spreadsheet itself keeps as a date. Raises Invalid."""
    if not text:
        raise Invalid("آغاز و پایان قرارداد را با هم بنویسید.", field=name)
    try:
        if _SPREADSHEET_DATE.match(text):
            return date.fromisoformat(text[:10])
        return jalali.parse(text)
    except ValueError:
        raise Invalid("این تاریخ در تقویم نیست. مانند ۱۴۰۵/۰۱/۰۱ بنویسید.", field=name) from None


_SPREADSHEET_DATE = re.compile(r"(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(T00:00:00)?$")


def _cell(line: Line, place: int) -> str:
    return plain_cell(line.cells[place]) if place < len(line.cells) else ""


def _whole_id(text: str) -> str:
    """A person's id of ten digits that lost its leading zeros in a spreadsheet; the check digit still decides."""
    code = ids.plain(text)
    padded = code.zfill(10)
    return padded if len(code) in (8, 9) and ids.is_national_id(padded) else text
