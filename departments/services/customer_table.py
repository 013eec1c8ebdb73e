"""A table of customers as people fill it in: which column is what, and what is wrong in which row (H11).

Reading is pure but for the tenant's desks and for what the tenant already has, which callers load in short scopes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from accounts.models import Customer, User
from accounts.services.importing import NewCompany
from accounts.services.values import (
    clean_email,
    clean_mobile,
    clean_name,
    clean_national_id,
    clean_notes,
    clean_phone,
)
from persian import ids, mobile, sort_key
from persian.clean import one_line
from persian.digits import group
from web.errors import Invalid
from web.exports import plain_cell
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


def _cell(line: Line, place: int) -> str:
    return plain_cell(line.cells[place]) if place < len(line.cells) else ""


def _whole_id(text: str) -> str:
    """A person's id of ten digits that lost its leading zeros in a spreadsheet; the check digit still decides."""
    code = ids.plain(text)
    padded = code.zfill(10)
    return padded if len(code) in (8, 9) and ids.is_national_id(padded) else text
