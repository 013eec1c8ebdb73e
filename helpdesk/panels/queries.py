"""What the pages over several floors read. Tickets are always asked of tickets.queries, never filtered here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from departments.models import Department, Seat
from departments.places import places_of
from notifications.models import Bell
from tenants.models import Quota
from tickets import access, handovers
from tickets import queries as tickets
from tickets.clock import CLOSE
from tickets.models import Ticket
from tickets.states import Channel, TransferState
from web.counting import Bounded, bounded

COUNTED = tickets.COUNTED
# Departments in the sidebar and on the dashboard; a house with more finds them on their own page.
SHOWN_DEPARTMENTS = 12
SHOWN_PEOPLE = 20
NEXT = 6
WAITING = 4


def desks_of(user: Any) -> list[Department]:
    """The departments a person works for, in their order; the owner's are all of them."""
    if user.is_owner:
        rows = Department.objects.filter(is_active=True).only("pk", "name", "position")
        return list(rows[:SHOWN_DEPARTMENTS])
    mine = [place.department for place in places_of(user).values() if place.department.is_active]
    return sorted(mine, key=lambda desk: (desk.position, desk.pk))[:SHOWN_DEPARTMENTS]


def shell_numbers(user: Any, desks: Iterable[Department], *, ours: bool) -> dict[str, Bounded]:
    """The sidebar's numbers in one statement: quick views, departments, and the unread bell."""
    asked: dict[str, QuerySet[Any]] = {"bell": Bell.objects.filter(user=user, read_at=None)}
    if ours:
        asked |= {name: listing(user, view=name) for name in COUNTED}
        asked |= {
            "waiting_requests": handovers.requests_for(user),
            "sent_requests": handovers.requests_of(user).filter(state=TransferState.PENDING),
        }
        asked |= {f"department-{desk.pk}": listing(user, view="open", department=desk.pk) for desk in desks}
    return tickets.count_each(asked)


def listing(user: Any, *, now: datetime | None = None, view: str = "open", **params: Any) -> QuerySet[Ticket]:
    """The tickets that the queue shows for these parameters of its address, unordered."""
    rows = tickets.view_of(access.tickets_seen_by(user), view, user=user, now=now)
    return tickets.apply_filters(rows, {name: str(value) for name, value in params.items()})


def listing_url(**params: Any) -> str:
    """The address of that list."""
    return f"{reverse('desk_tickets')}?{urlencode(params)}"


def number(user: Any, **params: Any) -> Bounded:
    """How many tickets that list holds, up to «+۹۹۹»."""
    return bounded(listing(user, **params))


def count_open(user: Any, rows: Iterable[Department]) -> None:
    """Set ``open`` and ``open_url`` on each department: its unfinished tickets, in one statement for all."""
    desks = {desk.pk: desk for desk in rows}
    counts = tickets.count_each({str(pk): listing(user, view="open", department=pk) for pk in desks})
    for pk, desk in desks.items():
        desk.open = counts[str(pk)]  # type: ignore[attr-defined]
        desk.open_url = listing_url(view="open", department=pk)  # type: ignore[attr-defined]


def storage() -> Quota:
    """The tenant's storage, in bytes."""
    return Quota.objects.get()


# The dashboard --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Number:
    """A count and the list it counts."""

    name: str
    word: str
    value: Bounded
    url: str

    @property
    def bad(self) -> bool:
        """Whether it is a number nobody wants to see above zero."""
        return self.name == "overdue" and bool(self.value)


@dataclass(frozen=True)
class Band:
    """One colour of the split, with its place in a bar 100 wide (right to left: red begins at the right)."""

    colour: str
    word: str
    icon: str
    value: Bounded
    url: str
    x: str
    width: str


@dataclass(frozen=True)
class Load:
    """A department's or a colleague's open tickets and how many of them are late."""

    name: str
    person: User | None
    open: Number
    overdue: Number


@dataclass(frozen=True)
class Board:
    """Everything the dashboard shows, in at most six statements whatever there is to show."""

    tiles: list[Number]
    bands: list[Band]
    unclosed: Number
    next_title: str
    next: list[Ticket]
    next_all: Number
    unassigned: list[Ticket]
    unassigned_all: Number
    channels: list[Number]
    loads: list[Load]
    load_title: str
    load_max: int


TILES = (
    ("open", "باز"),
    ("unanswered", "بی‌پاسخ"),
    ("overdue", "دیرشده"),
    ("answered_today", "پاسخ امروز"),
    ("unassigned", "واگذارنشده"),
)
COLOURS = (
    ("red", "دیر شد", "alarm"),
    ("yellow", "رو به پایان", "hourglass-low"),
    ("green", "سر وقت", "clock"),
)


def dashboard(user: Any) -> Board:
    """The numbers of a person's own scope; each is counted over the very list its link opens (H1)."""
    now = timezone.now()
    team, desks = _team_of(user)
    asked: dict[str, dict[str, Any]] = {name: {"view": name} for name, _ in TILES}
    asked["mine"] = {"view": "mine"}
    asked |= {colour: {"view": "unanswered", "colour": colour} for colour, _, _ in COLOURS}
    asked[CLOSE] = {"view": "unanswered", "colour": CLOSE}
    asked |= {f"channel-{one}": {"view": "open", "channel": one} for one in Channel.values}
    by, rows = ("assignee", team) if team else ("department", desks)
    for row in rows:
        asked |= {f"{view}-{row.pk}": {"view": view, by: row.pk} for view in ("open", "overdue")}
    counts = tickets.count_each({name: listing(user, now=now, **params) for name, params in asked.items()})
    words = (
        dict(TILES)
        | {CLOSE: "از زمان بستن گذشته"}
        | {f"channel-{one.value}": str(one.label) for one in Channel}
    )
    numbers = {
        name: Number(name, words.get(name, ""), counts[name], listing_url(**params))
        for name, params in asked.items()
    }
    mine = "unanswered" if user.is_owner else "mine"
    return Board(
        tiles=[numbers[name] for name, _ in TILES],
        bands=_bands(numbers),
        unclosed=numbers[CLOSE],
        next_title="نزدیک‌ترین مهلت‌ها" if user.is_owner else "تیکت‌های بعدی من",
        next=_first(user, mine, now, NEXT),
        next_all=numbers[mine],
        unassigned=_first(user, "unassigned", now, WAITING),
        unassigned_all=numbers["unassigned"],
        channels=[row for one in Channel if (row := numbers[f"channel-{one.value}"]).value],
        loads=[
            Load(str(row), row if team else None, numbers[f"open-{row.pk}"], numbers[f"overdue-{row.pk}"])
            for row in rows
        ],
        load_title="بار همکاران" if team else "بار دپارتمان‌ها",
        load_max=max([1, *(int(counts[f"open-{row.pk}"]) for row in rows)]),
    )


def _team_of(user: Any) -> tuple[list[User], list[Department]]:
    """Whose load the dashboard compares: the owner's departments, a manager's people, nothing for the others."""
    if user.is_owner:
        return [], list(desks_of(user))
    managed = Seat.objects.filter(user=user, level=Seat.SeatLevel.MANAGER).values("department_id")
    seated = Seat.objects.filter(department_id__in=managed).values("user_id")
    people = User.objects.filter(pk__in=seated, is_active=True).order_by("sort_key", "pk")
    return list(people[:SHOWN_PEOPLE]), []


def _first(user: Any, view: str, now: datetime, size: int) -> list[Ticket]:
    order = tickets.order_keys("deadline")
    # Which ones first, what they say after: with the joins inside, the planner sorts everything it might show.
    first = listing(user, now=now, view=view).order_by(*order).values("pk")[:size]
    return tickets.decorate(tickets.queue(user).filter(pk__in=first).order_by(*order), now=now)


def _bands(numbers: dict[str, Number]) -> list[Band]:
    """Widths in a bar of 100; they are drawn by SVG attributes, since inline styles are not allowed."""
    total = sum(int(numbers[colour].value) for colour, _, _ in COLOURS)
    bands, right = [], 100.0
    for colour, word, icon in COLOURS:
        here = numbers[colour]
        width = 100 * int(here.value) / total if total else 0.0
        right -= width
        bands.append(Band(colour, word, icon, here.value, here.url, f"{max(right, 0):.2f}", f"{width:.2f}"))
    return bands
