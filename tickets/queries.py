"""What the pages of tickets read. Everything starts from access.tickets_seen_by and only narrows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import meter
from accounts.models import Customer, User, beyond_names
from accounts.roles import Role
from departments.models import ExtraField, Seat, ServiceLink, StaffGroupMember, Topic
from departments.questions import asks
from persian import jalali
from web.counting import LIMIT, Bounded
from web.days import today
from web.errors import NotFound
from web.gathering import Gathered
from web.numbers import whole

from . import access, clock, field_filters, handovers, moves, note_readers, ratings, search, sentences
from .models import Attachment, Message, Outgoing, ReadMark, Ticket, TicketStatus, Watcher
from .states import OURS, UNFINISHED, Category, Channel
from .timeline import SHOWN, Entry, Place, Thread

PAGE = 25
INTERNAL_SHOWN = 20
# What the sentence of an event names.
TOLD = ("actor", "from_person", "to_person", "from_status", "to_status", "from_department", "to_department")
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
    """Narrow to the tickets whose clock is of a colour now (SQL twin of clock.colour), or past the time to close."""
    now = now or timezone.now()
    running = queryset.filter(category__in=OURS, waiting_since__isnull=False)
    conditions = {
        "red": Q(red_at__lte=now),
        "yellow": Q(yellow_at__lte=now, red_at__gt=now),
        "green": Q(yellow_at__gt=now, red_at__gt=now),
        clock.CLOSE: clock.unclosed_q(now),
    }
    return running.filter(conditions[colour]) if colour in conditions else queryset


FILTERS: dict[str, Callable[[QuerySet[Ticket], str], QuerySet[Ticket]]] = {
    "department": lambda rows, value: rows.filter(department_id=whole(value)),
    "topic": lambda rows, value: rows.filter(topic_id__in=topic_and_inner(value)),
    "category": lambda rows, value: rows.filter(category=value),
    "priority": lambda rows, value: rows.filter(priority=whole(value)),
    "assignee": lambda rows, value: rows.filter(assignee_id=whole(value)),
    "group": lambda rows, value: rows.filter(
        assignee_id__in=StaffGroupMember.objects.filter(group_id=whole(value)).values("user_id")
    ),
    "customer": lambda rows, value: rows.filter(customer_id=whole(value)),
    "origin": lambda rows, value: rows.filter(origin=value),
    "channel": lambda rows, value: rows.filter(channel=value),
    "source": lambda rows, value: rows.filter(from_department_id=whole(value)),
    "colour": lambda rows, value: colour_of(rows, value),
    "q": lambda rows, value: search.narrow(rows, value),
}


def apply_filters(
    queryset: QuerySet[Ticket], params: dict[str, str], *, fields: Iterable[ExtraField] = ()
) -> QuerySet[Ticket]:
    """Narrow by the known keys of ``params`` and by no other (TRUST: filter injection); empty values are skipped.

    ``fields``: extra fields this person may narrow by (field_filters), those of the chosen department.
    """
    for key, narrow in FILTERS.items():
        value = params.get(key, "").strip()
        if value:
            queryset = narrow(queryset, value)
    return field_filters.narrow(queryset, fields, params)


def topic_and_inner(topic: str) -> QuerySet[Topic, int]:
    """A topic's id and those of the topics that lie in it."""
    pk = whole(topic)
    return Topic.objects.filter(Q(pk=pk) | Q(parent=pk)).values_list("pk", flat=True).order_by()


def queue(user: Any) -> QuerySet[Ticket]:
    """Visible tickets, joined with all a row shows; ``decorate`` the page's rows before showing them."""
    read = ReadMark.objects.filter(ticket=OuterRef("pk"), user=user).values("read_at")[:1]
    return (
        access.tickets_seen_by(user)
        .select_related("status", "department", "from_department", "requester", "customer", "assignee")
        .defer("search_text", "is_close_told", "customer__notes", *beyond_names("requester", "assignee"))
        # Whoever opened a ticket had read it then.
        .annotate(read_at=Coalesce(Subquery(read), Case(When(opened_by=user, then="created_at"))))
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
        ticket.waiting = clock.waited(ticket, now)  # type: ignore[attr-defined]
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
def one(user: Any, number: int) -> Ticket:
    """The ticket of a number with all its page shows, for our side ``contract`` (accounts.meter) and ``sum``.

    Raises NotFound.
    """
    access_rows = queue(user).select_related("topic__parent", "tenant").defer("tenant__logo")
    access_rows = access_rows.annotate(closing_rated=ratings.closing_column(user))
    answered = access.answers_on(user).filter(ticket=OuterRef("pk"))
    access_rows = access_rows.annotate(is_filled=Exists(answered))
    if user.is_staff_member:
        access_rows = access_rows.annotate(
            contract=meter.column("customer", today()),
            **_links(user),
            request_pk=handovers.last_request(),
            is_watched=Exists(Watcher.objects.filter(ticket=OuterRef("pk"))),
            asks=asks("department"),
            is_leaving=Exists(Outgoing.objects.filter(ticket=OuterRef("pk"), failed="")),
            is_linked=Exists(ServiceLink.objects.filter(customer=OuterRef("customer"))),
        )
    ticket = access_rows.filter(number=number).first() if number < 2**31 else None
    if ticket is None:
        raise NotFound(access.ABSENT)
    ratings.dress_ticket(ticket, user)
    rules = clock.Rules()
    if user.is_staff_member and ticket.waiting_since is not None:
        ticket.sum = clock.sum_of(ticket, rules.calendar)
    return decorate([ticket], rules=rules)[0]


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


def thread(ticket: Ticket, user: Any, *, before: Place | None = None, size: int = SHOWN) -> Thread:
    """The newest ``size`` messages and events this person may see (before a place), oldest first; three statements.

    Events carry ``text`` and ``icon``.
    """
    readable = access.messages_seen_by(user, ticket)
    messages = ratings.with_given(note_readers.with_readers(readable)).select_related("author")
    messages = messages.defer(*beyond_names("author"))
    events = access.events_seen_by(user, ticket).select_related(*TOLD)
    events = events.defer(*beyond_names("actor", "from_person", "to_person"))
    if before is not None:
        messages = messages.filter(before.older(events=False))
        events = events.filter(before.older(events=True))
    entries = [Entry("message", one) for one in messages.order_by("-created_at", "-pk")[: size + 1]]
    if len(entries) > size:
        # What stands before the oldest of so many messages has no place among the newest lines.
        events = events.filter(created_at__gte=entries[-1].obj.created_at)
    entries += [Entry("event", one) for one in events.order_by("-created_at", "-pk")[: size + 1]]
    entries.sort(key=lambda entry: entry.place, reverse=True)
    shown = entries[:size][::-1]
    for entry in shown:
        if isinstance(entry.obj, Message):
            note_readers.dress(entry.obj)
            ratings.dress(entry.obj, ticket, user)
        else:
            entry.obj.text = sentences.sentence(entry.obj, for_customer=user.is_customer)  # type: ignore[attr-defined]
            entry.obj.icon = sentences.ICONS[entry.obj.kind]  # type: ignore[attr-defined]
    # One statement for the files beside the thread and for those on its messages.
    attached = Attachment.objects.filter(message__in=readable.order_by().values("pk"))
    return Thread(
        entries=shown,
        earlier=str(shown[0].place) if len(entries) > size else "",
        attachments=list(attached.select_related("file").order_by("pk")),
    )


def colleagues(user: Any) -> list[User]:
    """Everybody with a seat whom a note of this person's may be for, by name, each with the names of their ``groups``
    (a list, or None), which may be called too; the owner reads every note.
    """
    seats = Seat.objects.filter(user=OuterRef("pk"))
    people = User.objects.filter(Exists(seats), is_active=True).exclude(pk=user.pk).exclude(role=Role.OWNER)
    members = StaffGroupMember.objects.filter(user=OuterRef("pk")).order_by().values("user")
    groups = Subquery(members.annotate(all=Gathered(F("group__name"))).values("all"))
    shown = people.only("public_id", "name", "username", "role").annotate(groups=groups)
    return list(shown.order_by("sort_key", "pk")[:COLLEAGUES])


def statuses_for(ticket: Ticket) -> list[TicketStatus]:
    """The statuses staff may set by hand now."""
    return moves.targets_of(ticket)


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


def turn_first(queryset: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """A customer's open tickets: those that wait for them first, then the newest change."""
    theirs = Case(When(category=Category.WAITING, then=0), default=1, output_field=IntegerField())
    return queryset.annotate(turn=theirs).order_by("turn", "-updated_at", "-id")


def order_keys(sort: str) -> tuple[str, ...]:
    """The keyset of a sort's name; an unknown one sorts by deadline."""
    return SORTS.get(sort, SORTS["deadline"])[1]
