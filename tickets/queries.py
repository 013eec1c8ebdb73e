"""What the pages of tickets read. Everything starts from access.tickets_seen_by and only narrows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import meter
from accounts.models import Customer, User
from accounts.roles import Right
from departments.absence import away_column, today
from departments.models import Department, Seat, StaffGroup, StaffGroupMember
from departments.places import rights_in, with_rights
from persian import jalali, sort_key
from web.counting import LIMIT, Bounded
from web.errors import NotFound

from . import access, clock, search, sentences
from .models import Attachment, Event, Message, ReadMark, Ticket, TicketStatus
from .states import MOVES, OURS, UNFINISHED, Category

PAGE = 25

# Lists ----------------------------------------------------------------------------------------------------------
VIEWS: dict[str, tuple[str, Callable[[Any, datetime], Q]]] = {
    "open": ("تیکت‌های باز", lambda user, now: Q(category__in=UNFINISHED)),
    "unanswered": ("بی‌پاسخ‌ها", lambda user, now: Q(category__in=OURS)),
    "overdue": ("دیرشده‌ها", lambda user, now: Q(category__in=OURS, red_at__lte=now)),
    "mine": ("واگذارشده به من", lambda user, now: Q(category__in=UNFINISHED, assignee=user)),
    "unassigned": ("واگذارنشده‌ها", lambda user, now: Q(category__in=UNFINISHED, assignee=None)),
    "answered_today": ("پاسخ امروز", lambda user, now: Q(answered_at__gte=start_of_day(now))),
    "closed": ("بسته‌شده‌ها", lambda user, now: Q(category=Category.CLOSED)),
    "all": ("همهٔ تیکت‌ها", lambda user, now: Q()),
}
SORTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "deadline": ("مهلت پاسخ", ("red_at", "id")),
    "recent": ("تازه‌ترین تغییر", ("-updated_at", "-id")),
    "priority": ("اولویت", ("-priority", "-id")),
    "newest": ("تازه‌ترین تیکت", ("-number", "-id")),
}


def start_of_day(now: datetime) -> datetime:
    """Midnight in Tehran before ``now``."""
    return now.astimezone(jalali.TEHRAN).replace(hour=0, minute=0, second=0, microsecond=0)


def view_of(
    queryset: QuerySet[Ticket], name: str, *, user: Any, now: datetime | None = None
) -> QuerySet[Ticket]:
    """Narrow to a quick view of VIEWS; an unknown name is the open ones."""
    _title, condition = VIEWS.get(name, VIEWS["open"])
    return queryset.filter(condition(user, now or timezone.now()))


def colour_of(queryset: QuerySet[Ticket], colour: str, *, now: datetime | None = None) -> QuerySet[Ticket]:
    """Narrow to the tickets whose clock is of a colour now; the SQL twin of clock.colour."""
    now = now or timezone.now()
    running = queryset.filter(category__in=OURS, waiting_since__isnull=False)
    conditions = {
        "red": Q(red_at__lte=now),
        "yellow": Q(yellow_at__lte=now, red_at__gt=now),
        "green": Q(yellow_at__gt=now, red_at__gt=now),
    }
    return running.filter(conditions[colour]) if colour in conditions else queryset


FILTERS: dict[str, Callable[[QuerySet[Ticket], str], QuerySet[Ticket]]] = {
    "department": lambda rows, value: rows.filter(department_id=whole_number(value)),
    "topic": lambda rows, value: rows.filter(topic_id=whole_number(value)),
    "category": lambda rows, value: rows.filter(category=value),
    "priority": lambda rows, value: rows.filter(priority=whole_number(value)),
    "assignee": lambda rows, value: rows.filter(assignee_id=whole_number(value)),
    "group": lambda rows, value: rows.filter(
        assignee_id__in=StaffGroupMember.objects.filter(group_id=whole_number(value)).values("user_id")
    ),
    "customer": lambda rows, value: rows.filter(customer_id=whole_number(value)),
    "origin": lambda rows, value: rows.filter(origin=value),
    "colour": lambda rows, value: colour_of(rows, value),
    "q": lambda rows, value: search.narrow(rows, value),
}


def apply_filters(queryset: QuerySet[Ticket], params: dict[str, str]) -> QuerySet[Ticket]:
    """Narrow by the known keys of ``params`` and by no other (TRUST: filter injection); empty values are skipped."""
    for key, narrow in FILTERS.items():
        value = params.get(key, "").strip()
        if value:
            queryset = narrow(queryset, value)
    return queryset


def whole_number(value: str) -> int:
    """A non-negative id from an address; -1, which no row has, for anything else."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else -1


def queue(user: Any) -> QuerySet[Ticket]:
    """Visible tickets, joined with all a row shows; ``decorate`` the page's rows before showing them."""
    read = ReadMark.objects.filter(ticket=OuterRef("pk"), user=user).values("read_at")[:1]
    return (
        access.tickets_seen_by(user)
        .select_related("status", "department", "requester", "customer", "assignee")
        .defer("customer__notes", "requester__password", "assignee__password")
        # Who opened a ticket has read what they wrote: no mark is written for that.
        .annotate(read_at=Coalesce(Subquery(read), Case(When(opened_by=user, then=F("created_at")))))
    )


def decorate(
    tickets: Iterable[Ticket], *, now: datetime | None = None, rules: clock.Rules | None = None
) -> list[Ticket]:
    """Set ``clock``, ``to_close``, ``unread`` and ``waiting`` on each ticket of a page; the calendar is read once."""
    now = now or timezone.now()
    rows, rules = list(tickets), rules or clock.Rules()
    for ticket in rows:
        ticket.clock = clock.clock(ticket, now, rules)  # type: ignore[attr-defined]
        ticket.to_close = clock.to_close(ticket, now, rules)  # type: ignore[attr-defined]
        read_at = getattr(ticket, "read_at", None)
        ticket.unread = read_at is None or read_at < ticket.last_message_at  # type: ignore[attr-defined]
        ticket.waiting = now - ticket.waiting_since if ticket.waiting_since else None  # type: ignore[attr-defined]
    return rows


# Counts ---------------------------------------------------------------------------------------------------------
COUNTED = ("open", "unanswered", "overdue", "mine", "unassigned")


def counts(user: Any, *, names: Iterable[str] = COUNTED, now: datetime | None = None) -> dict[str, Bounded]:
    """How many tickets each named quick view holds for this person, up to «+۹۹۹», in one statement."""
    now = now or timezone.now()
    seen = access.tickets_seen_by(user)
    return count_each({name: view_of(seen, name, user=user, now=now) for name in names})


def count_each(querysets: dict[str, QuerySet[Ticket]]) -> dict[str, Bounded]:
    """Bounded counts of several querysets in one statement."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in querysets.values():
        try:
            sql, params = rows.order_by().values("pk")[:LIMIT].query.sql_with_params()
        except EmptyResultSet:  # nothing can match: a person without seats, say
            parts.append("0")
            continue
        # Django's own SQL, its values apart.
        parts.append(f"(SELECT count(*) FROM ({sql}) AS part)")  # noqa: S608
        values.extend(params)
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        row = cursor.fetchone()
    return {
        name: Bounded(LIMIT - 1, more=True) if number >= LIMIT else Bounded(number)
        for name, number in zip(querysets, row, strict=True)
    }


# The ticket page ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Entry:
    """One line of a thread: ``kind`` is message or event."""

    kind: str
    obj: Message | Event


def one(user: Any, number: int) -> Ticket:
    """The ticket of a number with all its page shows, for our side ``contract`` (accounts.meter) and ``sum``.

    Raises NotFound.
    """
    access_rows = queue(user).select_related("topic", "tenant").defer("tenant__logo")
    if user.is_staff_member:
        access_rows = access_rows.annotate(contract=meter.column("customer", meter.today()))
    ticket = access_rows.filter(number=number).first() if number < 2**31 else None
    if ticket is None:
        raise NotFound(access.ABSENT)
    rules = clock.Rules()
    if user.is_staff_member and ticket.waiting_since is not None:
        ticket.sum = clock.sum_of(ticket, rules.calendar)
    return decorate([ticket], rules=rules)[0]


def thread(ticket: Ticket, user: Any) -> list[Entry]:
    """Messages and events this person may see, oldest first; events carry ``text`` and ``icon``."""
    attached = Attachment.objects.select_related("file").order_by("pk")
    messages = (
        access.messages_seen_by(user, ticket)
        .select_related("author")
        .prefetch_related(Prefetch("attachments", queryset=attached))
        .order_by("created_at", "pk")
    )
    events = (
        access.events_seen_by(user, ticket)
        .select_related(
            "actor",
            "from_person",
            "to_person",
            "from_status",
            "to_status",
            "from_department",
            "to_department",
        )
        .order_by("created_at", "pk")
    )
    entries = [Entry("message", message) for message in messages]
    for event in events:
        event.text = sentences.sentence(event)  # type: ignore[attr-defined]
        event.icon = sentences.ICONS[event.kind]  # type: ignore[attr-defined]
        entries.append(Entry("event", event))
    return sorted(entries, key=lambda entry: (entry.obj.created_at, entry.kind == "event", entry.obj.pk))


def seats_of(ticket: Ticket) -> list[Seat]:
    """Seats of active people who answer in the ticket's department, by name, with ``away_until``."""
    seats = Seat.objects.filter(department_id=ticket.department_id, user__is_active=True)
    seats = with_rights(seats.annotate(away_until=away_column(today())))
    rows = seats.select_related("user").order_by("user__sort_key", "user_id")
    return [seat for seat in rows if Right.REPLY in rights_in(seat)]


def statuses_for(ticket: Ticket) -> list[TicketStatus]:
    """The statuses staff may set by hand now."""
    targets = MOVES[ticket.category]
    return [status for status in TicketStatus.objects.filter(is_active=True) if status.category in targets]


# A company's own page ---------------------------------------------------------------------------------------------
def latest_of(user: Any, customer: Customer, *, size: int) -> list[Ticket]:
    """A company's tickets that this person sees, the last changed first."""
    first = access.tickets_seen_by(user).filter(customer=customer).order_by("-updated_at", "-id")
    return decorate(queue(user).filter(pk__in=first.values("pk")[:size]).order_by("-updated_at", "-id"))


def files_of(user: Any, customer: Customer, *, size: int) -> list[Attachment]:
    """The newest files of a company's tickets, on messages this person may read; each with its message and ticket."""
    readable = access.messages_seen_by(user).filter(ticket__customer=customer).order_by()
    rows = Attachment.objects.select_related("file", "message", "message__ticket")
    return list(rows.filter(message__in=readable.values("pk")).order_by("-pk")[:size])


# What the queue's filters offer ---------------------------------------------------------------------------------
def filter_choices(user: Any) -> tuple[list[Department], list[User]]:
    """Departments and people a member of staff may filter by: the owner all, others those of their own desks.

    One statement: departments with their seats, those without any among them.
    """
    departments = Department.objects.filter(is_active=True)
    if not user.is_owner:
        departments = departments.filter(pk__in=Seat.objects.filter(user=user).values("department_id"))
    rows = departments.order_by("position", "pk").values_list(
        "pk", "name", "seats__user_id", "seats__user__name", "seats__user__sort_key"
    )
    found: dict[int, Department] = {}
    people: dict[int, User] = {}
    for pk, name, person, person_name, person_key in rows:
        found.setdefault(pk, Department(pk=pk, name=name))
        if person is not None:
            people.setdefault(person, User(pk=person, name=person_name, sort_key=person_key))
    return list(found.values()), sorted(people.values(), key=lambda one: (one.sort_key, one.pk))


def staff_groups() -> list[StaffGroup]:
    """The named groups of staff a list may be narrowed to (S19)."""
    return sorted(StaffGroup.objects.order_by("pk")[:50], key=lambda group: sort_key(group.name))


def names_of(user: Any, *, topic: str = "", customer: str = "") -> dict[str, dict[str, str]]:
    """Names behind ids of an address, for its chips: only of what stands on a ticket this person sees.

    A statement for each that is asked.
    """
    names: dict[str, dict[str, str]] = {}
    for kind, value in (("topic", topic), ("customer", customer)):
        seen = (
            access.tickets_seen_by(user).order_by().filter(**{f"{kind}_id": whole_number(value)})
            if value
            else None
        )
        name = seen.values_list(f"{kind}__name", flat=True).first() if seen is not None else None
        names[kind] = {value: name} if name else {}
    return names


def turn_first(queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """A customer's open tickets: those that wait for them first, then the newest change."""
    theirs = Case(When(category=Category.WAITING, then=0), default=1, output_field=IntegerField())
    return queryset.annotate(turn=theirs).order_by("turn", "-updated_at", "-id")


def order_keys(sort: str) -> tuple[str, ...]:
    """The keyset of a sort's name; an unknown one sorts by deadline."""
    return SORTS.get(sort, SORTS["deadline"])[1]
