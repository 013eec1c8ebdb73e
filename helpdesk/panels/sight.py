"""«Who sees and does what»: one person's tickets and verbs, as tickets.access itself answers (H10, S19).

Nothing is decided here: the reasons are access's own conditions, counted, and the verbs are asked of example tickets
that are never saved.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import has_right
from accounts.models import User
from accounts.roles import Right
from departments.models import Department
from departments.places import places_of
from persian.digits import to_latin
from tickets import access
from tickets import queries as tickets
from tickets.models import Ticket
from tickets.states import Category, Channel
from web.counting import Bounded
from web.errors import NotFound
from web.numbers import whole

NOBODY = -1  # the id of no person: a colleague's ticket, whoever they are

REASONS = {
    "held": "تیکت‌هایی که دست خود اوست",
    "opened": "تیکت‌هایی که خودش ثبت کرده است",
    "department": "همهٔ تیکت‌های این دپارتمان‌ها",
    "unassigned": "تیکت‌های واگذارنشدهٔ این دپارتمان‌ها",
    "sent": "تیکت‌های داخلی که این دپارتمان‌ها فرستاده‌اند",
    "watched": "تیکت‌هایی که ناظر آن‌هاست یا در یادداشتشان نام برده شده است",
    "asked": "تیکت‌هایی که انتقالشان را از او خواسته‌اند",
    "company": "همهٔ تیکت‌های شرکت",
    "own": "تیکت‌های خودش",
    "section": "تیکت‌های کارمندان بخش خودش",
}
VERBS = {
    "reply": "پاسخ دادن",
    "take": "برداشتن",
    "assign": "واگذاری به همکار",
    "set_status": "تغییر وضعیت",
    "set_priority": "تغییر اولویت",
    "close": "بستن",
    "reopen": "بازگشایی",
    "note": "نوشتن یادداشت خصوصی",
    "refer": "ارجاع به همکار با توضیح",
    "transfer": "درخواست انتقال به دپارتمان دیگر",
    "move": "بردن به دپارتمان دیگر، بی درخواست",
    "fill": "تغییر اطلاعات تکمیلی",
    "watch": "افزودن و برداشتن ناظر",
    "delete": "بردن به سطل",
    "rate": "امتیاز دادن به پاسخ و رسیدگی",
}
# Rights that are of no one ticket.
GENERAL = (
    Right.OPEN,
    Right.CUSTOMERS,
    Right.STAFF,
    Right.EXPORT,
)


@dataclass(frozen=True)
class Reason:
    """Why tickets are seen: the words, the departments it holds for, and how many open ones there are."""

    words: str
    departments: str
    open: Bounded


@dataclass(frozen=True)
class Situation:
    """A kind of ticket: whether it is seen, and the verbs that may be done to it."""

    title: str
    seen: bool
    verbs: frozenset[str]


@dataclass(frozen=True)
class Desk:
    """What one seat allows in its department."""

    title: str
    reads_notes: bool
    situations: list[Situation]

    @property
    def rows(self) -> list[tuple[str, list[bool | None]]]:
        """Verb → for each situation: may, may not, or None where the ticket is not seen at all."""
        return [
            (word, [verb in one.verbs if one.seen else None for one in self.situations])
            for verb, word in VERBS.items()
            if any(verb in one.verbs for one in self.situations)
        ]


@dataclass(frozen=True)
class Answer:
    """About one ticket of a number."""

    number: int
    seen: bool
    verbs: list[str]
    reads_notes: bool


def reasons(person: User) -> list[Reason]:
    """Why the person sees tickets, each with the open ones of today; the owner and the switched off need none."""
    if person.is_owner or not person.is_active:
        return []
    conditions = access.staff_sight(person) if person.is_staff_member else access.customer_sight(person)
    seen = tickets.view_of(access.tickets_seen_by(person), "open", user=person)
    counts = tickets.count_each({name: seen.filter(condition) for name, condition in conditions.items()})
    names = _names(person)
    return [
        Reason(REASONS[name], names.get(name, ""), counts[name])
        for name in conditions
        if names.get(name) != ""  # a reason that holds for no department says nothing
    ]


def _names(person: User) -> dict[str, str]:
    """For the reasons that speak of departments: which ones."""
    if not person.is_staff_member:
        return {}
    places = places_of(person).values()
    known = dict(Department.objects.filter(pk__in=places_of(person)).values_list("pk", "name"))
    whole = "، ".join(known[place.department_id] for place in places if place.sees_department)
    return {
        "department": whole,
        "sent": whole,
        "unassigned": "، ".join(
            known[place.department_id]
            for place in places
            if place.shares_unassigned and not place.sees_department
        ),
    }


def desks(person: User) -> list[Desk]:
    """What they may do in each of their departments; for the owner and for customers one answer for all."""
    if not person.is_active:
        return []
    if not person.is_staff_member:
        return [Desk("", False, _situations(person, None, sees_all=True, shares=True))]
    if person.is_owner:
        return [Desk("همهٔ دپارتمان‌ها", True, _situations(person, None, sees_all=True, shares=True))]
    known = Department.objects.filter(pk__in=places_of(person)).order_by("position", "pk")
    return [_desk(person, department) for department in known]


def _desk(person: User, department: Department) -> Desk:
    place = places_of(person)[department.pk]
    situations = _situations(
        person, department, sees_all=place.sees_department, shares=place.shares_unassigned
    )
    return Desk(department.name, Right.READ_NOTES in place.rights, situations)


def _situations(
    person: User, department: Department | None, *, sees_all: bool, shares: bool
) -> list[Situation]:
    def one(title: str, *, seen: bool = True, **facts: object) -> Situation:
        ticket = Ticket(department=department, channel=Channel.PORTAL, **facts)
        return Situation(title, seen, frozenset(access.allowed(person, ticket)) if seen else frozenset())

    if not person.is_staff_member:
        return [one("تیکت باز", category=Category.OPEN), one("تیکت بسته", category=Category.CLOSED)]
    return [
        one("دست خودش", category=Category.OPEN, assignee_id=person.pk),
        one("واگذارنشده", category=Category.OPEN, seen=sees_all or shares),
        one("دست همکار", category=Category.OPEN, assignee_id=NOBODY, seen=sees_all),
        one("بسته، دست خودش", category=Category.CLOSED, assignee_id=person.pk),
    ]


def general(person: User) -> list[str]:
    """Rights that are of no one ticket, in words."""
    return [str(right.label) for right in GENERAL if has_right(person, right)]


def about(person: User, text: str) -> Answer | None:
    """What the person may do with the ticket of a number; None where no number was written. Absent = unseen."""
    number = whole(to_latin(text).strip().lstrip("#"), 9)
    if number < 0:
        return None
    try:
        ticket = access.fetch(person, number)
    except NotFound:
        return Answer(number, False, [], False)
    may = access.allowed(person, ticket)
    return Answer(
        ticket.number,
        True,
        [word for verb, word in VERBS.items() if verb in may],
        access.reads_notes(person, ticket),
    )
