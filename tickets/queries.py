"""What the pages of tickets read. Everything starts from access.tickets_seen_by and only narrows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, When
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

from . import access, clock, note_readers, search, sentences
from .models import Attachment, Event, Message, ReadMark, Ticket, TicketStatus
from .states import MOVES, OURS, UNFINISHED, Category, Channel

PAGE = 25
INTERNAL_SHOWN = 20
COLLEAGUES = 200  # offered by name for a note; others are called by «@»


# Lists ----------------------------------------------------------------------------------------------------------
def _owed(user: Any) -> Q:
    """An answer is owed by our side, and not to this very person, who asked a colleague (S11)."""
    return Q(category__in=OURS) & ~Q(channel=Channel.INTERNAL, requester=user)


VIEWS: dict[str, tuple[str, Callable[[Any, datetime], Q]]] = {
    "open": ("تیکت‌های باز", lambda user, now: Q(category__in=UNFINISHED)),
    "unanswered": ("بی‌پاسخ‌ها", lambda user, now: _owed(user)),
    "overdue": ("دیرشده‌ها", lambda user, now: _owed(user) & Q(red_at__lte=now)),
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
    "channel": lambda rows, value: rows.filter(channel=value),
    "source": lambda rows, value: rows.filter(from_department_id=whole_number(value)),
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
        .select_related("status", "department", "from_department", "requester", "customer", "assignee")
        .defer("customer__notes", "requester__password", "assignee__password")
        .annotate(read_at=Subquery(read))
    )


def decorate(tickets: Iterable[Ticket], *, now: datetime | None = None) -> list[Ticket]:
    """Set ``clock``, ``unread`` and ``waiting`` on each ticket of a page; no statements."""
    now = now or timezone.now()
    rows = list(tickets)
    for ticket in rows:
        ticket.clock = clock.clock(ticket, now)  # type: ignore[attr-defined]
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
    """The ticket of a number with all its page shows, for our side ``contract`` (accounts.meter). Raises NotFound."""
    access_rows = queue(user).select_related("topic", "tenant").defer("tenant__logo")
    if user.is_staff_member:
        access_rows = access_rows.annotate(contract=meter.column("customer", meter.today()), **_links(user))
    ticket = access_rows.filter(number=number).first() if number < 2**31 else None
    if ticket is None:
        raise NotFound(access.ABSENT)
    return decorate([ticket])[0]


def _links(user: Any) -> dict[str, Any]:
    """``about`` and ``about_subject``: the customer's ticket an internal one is about, when this person sees it;
    ``has_internal``: whether some are about this one, whoever sees them.
    """
    about = access.tickets_seen_by(user).filter(pk=OuterRef("linked_to_id")).order_by()
    return {
        "about": Subquery(about.values("number")[:1]),
        "about_subject": Subquery(about.values("subject")[:1]),
        "has_internal": Exists(Ticket.objects.filter(linked_to=OuterRef("pk"), channel=Channel.INTERNAL)),
    }


def internal_about(ticket: Ticket, user: Any) -> list[Ticket]:
    """The newest internal tickets about one that ``one`` has fetched, those this person sees (S11)."""
    if not getattr(ticket, "has_internal", False):
        return []
    rows = access.tickets_seen_by(user).filter(linked_to=ticket, channel=Channel.INTERNAL)
    return list(rows.select_related("status", "department").order_by("-number")[:INTERNAL_SHOWN])


def thread(ticket: Ticket, user: Any) -> list[Entry]:
    """Messages and events this person may see, oldest first; events carry ``text`` and ``icon``."""
    attached = Attachment.objects.select_related("file").order_by("pk")
    messages = (
        note_readers.with_readers(access.messages_seen_by(user, ticket))
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
    for message in messages:
        note_readers.dress(message)
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


def seats_and_colleagues(ticket: Ticket, user: Any) -> tuple[list[Seat], list[User]]:
    """``seats_of`` the ticket, and everybody with a seat whom a note of this person's may be for, by name.

    Both in one statement: the ticket page has none to spare.
    """
    seats = with_rights(Seat.objects.filter(user__is_active=True).annotate(away_until=away_column(today())))
    rows = list(seats.select_related("user").order_by("user__sort_key", "user_id", "pk"))
    here = [
        row for row in rows if row.department_id == ticket.department_id and Right.REPLY in rights_in(row)
    ]
    # The owner reads every note.
    others = {row.user_id: row.user for row in rows if row.user_id != user.pk and not row.user.is_owner}
    return here, list(others.values())[:COLLEAGUES]


def statuses_for(ticket: Ticket) -> list[TicketStatus]:
    """The statuses staff may set by hand now."""
    targets = MOVES[ticket.category]
    if ticket.channel == Channel.INTERNAL:  # there is no customer to wait for
        targets = targets - {Category.WAITING}
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
@dataclass(frozen=True)
class Choices:
    """What a list may be narrowed to: one's own desks, their people, and where internal tickets come from."""

    departments: list[Department]
    people: list[User]
    sources: list[Department]


def filter_choices(user: Any) -> Choices:
    """The owner's are all, others' those of their own desks; internal tickets may come from anywhere.

    One statement: departments with their seats, those without any among them.
    """
    rows = Department.objects.filter(is_active=True).order_by("position", "pk")
    seats = list(
        rows.values_list("pk", "name", "seats__user_id", "seats__user__name", "seats__user__sort_key")
    )
    every = {pk: Department(pk=pk, name=name) for pk, name, *_ in seats}
    own = set(every) if user.is_owner else {pk for pk, _name, person, *_ in seats if person == user.pk}
    people: dict[int, User] = {}
    for pk, _name, person, person_name, person_key in seats:
        if person is not None and pk in own:
            people.setdefault(person, User(pk=person, name=person_name, sort_key=person_key))
    return Choices(
        [department for pk, department in every.items() if pk in own],
        sorted(people.values(), key=lambda one: (one.sort_key, one.pk)),
        list(every.values()),
    )


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
