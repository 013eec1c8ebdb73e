"""The ratings of a Jalali month as the ratings page reads them (S8): by operator, and one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from departments.models import Department
from persian import jalali, sort_key
from persian.digits import to_persian
from web.numbers import whole

from . import access, standing
from .models import Rating
from .ratings import LOW

KINDS = {"answer": "پاسخ‌ها", "closing": "رسیدگی‌ها"}
FIRST_YEAR, LAST_YEAR = 1390, 1499
NOBODY = "0"  # in an address: credited to nobody
NOBODYS = "بی‌مسئول"


@dataclass(frozen=True)
class Month:
    """A Jalali month of an address (``1405-09``)."""

    year: int
    month: int

    @classmethod
    def read(cls, text: str, now: datetime) -> Month:
        """The month an address names; this one for anything that is none."""
        year, _, month = text.partition("-")
        found = cls(whole(year, 4), whole(month, 4))
        if FIRST_YEAR <= found.year <= LAST_YEAR and 1 <= found.month <= 12:
            return found
        today = jalali.today(now)
        return cls(today.year, today.month)

    def moved(self, by: int) -> Month:
        """So many months later."""
        place = self.year * 12 + self.month - 1 + by
        return Month(place // 12, place % 12 + 1)

    @property
    def key(self) -> str:
        """As it stands in an address."""
        return f"{self.year}-{self.month:02}"

    @property
    def word(self) -> str:
        """«آذر ۱۴۰۵»."""
        return f"{jalali.MONTHS[self.month - 1]} {to_persian(str(self.year))}"

    @property
    def within(self) -> Q:
        """The condition on ratings given in it."""
        first, beyond = jalali.month_range(self.year, self.month)
        return Q(created_at__gte=jalali.midnight(first), created_at__lt=jalali.midnight(beyond))


@dataclass(frozen=True)
class Bar:
    """A part of a distribution: ``stars``, how many, and where it lies on a line 100 long."""

    stars: int
    count: int
    start: str
    width: str


@dataclass(frozen=True)
class Line:
    """One operator's ratings (or all of them): ``counts`` of five stars down to one."""

    key: str
    name: str
    count: int
    mean: str
    counts: tuple[int, ...]

    @property
    def low(self) -> int:
        """How many of two stars and fewer."""
        return sum(self.counts[-LOW:])

    @property
    def told(self) -> str:
        """The distribution in words, for who cannot see the bar."""
        parts = (f"{5 - place} ستاره {count} بار" for place, count in enumerate(self.counts) if count)
        return to_persian("، ".join(parts))

    @property
    def bars(self) -> list[Bar]:
        """The distribution as parts of a line."""
        bars, done = [], 0.0
        for place, count in enumerate(self.counts):
            width = 100 * count / self.count if self.count else 0.0
            bars.append(Bar(5 - place, count, f"{done:.2f}", f"{width:.2f}"))
            done += width
        return bars


def of_month(user: Any, month: Month, *, department: str = "", kind: str = "") -> QuerySet[Rating]:
    """The ratings this person reads that were given in a month, of one department or of one kind."""
    rows = access.ratings_seen_by(user).filter(month.within)
    if department:
        rows = rows.filter(ticket__department_id=whole(department))
    if kind in KINDS:
        rows = rows.filter(message__isnull=kind != "answer")
    return rows


def of_person(rows: QuerySet[Rating], key: str) -> QuerySet[Rating]:
    """Those credited to one operator."""
    return rows.filter(credited_to=None) if key == NOBODY else rows.filter(credited_to=whole(key))


def name_of(key: str) -> str:
    """Whom an address names, also in a month without a rating of theirs; "" for none of ours. One statement."""
    if key == NOBODY:
        return NOBODYS
    found = User.objects.filter(pk=whole(key), role__in=(Role.OWNER, Role.STAFF)).first()
    return found.display_name if found else ""


def lines(rows: QuerySet[Rating]) -> list[Line]:
    """By operator, by name; one statement."""
    each = {f"of_{stars}": Count("pk", filter=Q(stars=stars)) for stars in range(5, 0, -1)}
    who = ("credited_to", "credited_to__name", "credited_to__username")
    found = rows.order_by().values_list(*who).annotate(Count("pk"), Avg("stars"), **each)
    made = [
        Line(str(pk or NOBODY), name or username or NOBODYS, count, mean_word(mean), tuple(counts))
        for pk, name, username, count, mean, *counts in found
    ]
    return sorted(made, key=lambda line: (line.key == NOBODY, sort_key(line.name), line.key))


def total(found: list[Line]) -> Line:
    """All of them together."""
    counts = tuple(map(sum, zip(*(line.counts for line in found), strict=True))) or (0,) * 5
    count = sum(counts)
    mean = sum((5 - place) * number for place, number in enumerate(counts)) / count if count else 0.0
    return Line("", "همه", count, mean_word(mean), counts)


def mean_word(mean: float) -> str:
    """A mean with one decimal, in Persian."""
    return to_persian(f"{mean:.1f}".replace(".", "٫"))


def departments_of(user: Any, month: Month, *, chosen: str = "") -> list[Department]:
    """What the page may be narrowed to: the owner's are all, of retired ones those with a rating in the month and the
    ``chosen`` one of an address; a manager's those they answer for.
    """
    rows = Department.objects.order_by("position", "pk").only("pk", "name")
    if user.is_owner:
        rated = Rating.objects.filter(month.within).order_by().values("ticket__department_id")
        return list(rows.filter(Q(is_active=True) | Q(pk__in=rated) | Q(pk=whole(chosen))))
    mine = standing.desks_decided_by(user)
    return list(rows.filter(pk__in=mine)) if len(mine) > 1 else []


def shown(rows: QuerySet[Rating]) -> QuerySet[Rating]:
    """Joined with all a row of the list says."""
    joined = rows.select_related("ticket", "ticket__department", "ticket__customer", "rater", "credited_to")
    return joined.only(
        "stars",
        "comment",
        "message_id",
        "created_at",
        "ticket__number",
        "ticket__subject",
        "ticket__department__name",
        "ticket__customer__name",
        "rater__name",
        "rater__username",
        "credited_to__name",
        "credited_to__username",
    )
