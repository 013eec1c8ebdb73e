"""Ratings as pages read them (S8): what was given on an answer and at a closing, and until when it may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, F, JSONField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Cast, JSONArray
from django.utils import timezone

from . import access
from .models import Message, Rating, Ticket
from .states import Category, Channel, MessageKind, Side

WORDS: dict[int, str] = {5: "عالی", 4: "خوب", 3: "معمولی", 2: "بد", 1: "خیلی بد"}
LOW = 2  # this many stars and fewer are told to whoever answers for the department
TOLD_AFTER = timedelta(minutes=5)  # a star goes at once, its words follow, and a slip is mended
CHANGEABLE = timedelta(days=7)
LONGEST_COMMENT = 1000


@dataclass(frozen=True)
class Given:
    """What somebody gave: ``stars`` 1 to 5, a comment, who, since when, and for whose work (None: nobody's)."""

    stars: int
    comment: str
    rater_id: int
    created_at: datetime
    credited_to_id: int | None = None

    @property
    def word(self) -> str:
        """The number in a word."""
        return WORDS[self.stars]

    @property
    def is_final(self) -> bool:
        """Whether the days in which it may be changed are over."""
        return timezone.now() > self.created_at + CHANGEABLE

    def is_open_to(self, user: Any) -> bool:
        """Whether this person may still change it: who gave it, within the days."""
        return self.rater_id == user.pk and not self.is_final


def given_of(rating: Rating) -> Given:
    """A row as pages show it."""
    return Given(rating.stars, rating.comment, rating.rater_id, rating.created_at, rating.credited_to_id)


def _column(rows: QuerySet[Rating]) -> Subquery:
    at = Cast("created_at", CharField())
    facts = JSONArray(F("stars"), F("comment"), F("rater_id"), at, F("credited_to_id"))
    return Subquery(rows.values_list(facts)[:1], output_field=JSONField())


def _read(facts: list[Any] | None, ticket: Ticket, user: Any) -> Given | None:
    """What was given, for who may read it: customers what they see, our side as access.ratings_seen_by says."""
    if not facts:
        return None
    at = datetime.fromisoformat(facts[3])
    if user.is_staff_member and facts[4] != user.pk and not access.reads_ratings(user, ticket):
        return None
    # SQLite keeps moments without a zone, in UTC.
    return Given(facts[0], facts[1], facts[2], at if at.tzinfo else at.replace(tzinfo=UTC), facts[4])


def with_given(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Annotate what was given on our answers; no statement more."""
    rows = Rating.objects.filter(message=OuterRef("pk")).order_by()
    ours = When(kind=MessageKind.REPLY, side=Side.STAFF, then=_column(rows))
    return messages.annotate(rated=Case(ours, output_field=JSONField()))


def dress(message: Message, ticket: Ticket, user: Any) -> None:
    """Set ``given`` and ``may_rate`` (now, by this person) on a message that ``with_given`` has read."""
    message.given = given = _read(getattr(message, "rated", None), ticket, user)  # type: ignore[attr-defined]
    message.may_rate = is_ours(message, ticket) and _is_open(given, user)  # type: ignore[attr-defined]


def closing_column(user: Any) -> Subquery:
    """For a ticket's statement: what was given at its closing; our side also sees an earlier closing's."""
    rows = Rating.objects.filter(ticket=OuterRef("pk"), closing__isnull=False)
    if user.is_customer:
        rows = rows.filter(closing=OuterRef("closed_at"))
    return _column(rows.order_by("-closing"))


def dress_ticket(ticket: Ticket, user: Any) -> None:
    """Set ``given`` and ``may_rate`` (its closing, now, by this person) on a ticket read with ``closing_column``."""
    ticket.given = given = _read(getattr(ticket, "closing_rated", None), ticket, user)  # type: ignore[attr-defined]
    ticket.may_rate = is_closing(ticket) and _is_open(given, user)  # type: ignore[attr-defined]


def _is_open(given: Given | None, user: Any) -> bool:
    return user.is_customer and (given is None or given.is_open_to(user))


def is_ours(message: Message, ticket: Ticket) -> bool:
    """Whether it is an answer of our side to a customer: what may be rated."""
    ours = (message.kind, message.side) == (MessageKind.REPLY, Side.STAFF)
    return ours and ticket.channel != Channel.INTERNAL


def is_closing(ticket: Ticket) -> bool:
    """Whether there is a closing to rate now."""
    return ticket.category == Category.CLOSED and ticket.closed_at is not None
