"""Rating an answer, and at closing how it was handled (S8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from persian.clean import one_line, strip_controls
from persian.digits import to_persian
from tenants.rounds import each
from tenants.scope import all_tenants, tenant_scope
from web.errors import Conflict, Invalid, NotAllowed, NotFound

from .. import access, ratings
from ..models import Event, Message, Rating, Ticket
from ..states import EventKind, RatedBy
from . import telling

BATCH = 100
LATE = "هفت روز از این امتیاز گذشته و دیگر عوض نمی‌شود. اگر حرفی مانده، در تیکت بنویسید."
ANOTHERS = "همکارتان پیش‌تر به این امتیاز داده است."
NOT_OURS = "فقط به پاسخ‌های پشتیبانی می‌شود امتیاز داد."
REOPENED = "این تیکت دوباره باز شده است. هر وقت بسته شد، دوباره نظرتان را می‌پرسیم."


def rate_answer(
    message: Message,
    *,
    actor: User,
    stars: int,
    comment: str = "",
    by: str = RatedBy.PORTAL,
    at: datetime | None = None,
) -> Rating:
    """One to five stars on an answer of ours, credited to its writer (S8).

    Whoever of the company sees the ticket may give it; there is one per answer, and who gave it may change it for seven
    days. Raises Invalid (stars, comment), NotFound, NotAllowed for another's, Conflict when it is too late.
    """
    given = _clean(stars, comment) | {"by": by}
    with transaction.atomic():
        ticket = _lock(message.ticket, actor)
        found = access.messages_seen_by(actor, ticket).select_related("author").filter(pk=message.pk).first()
        if found is None:
            raise NotFound(access.ABSENT)
        if not ratings.is_ours(found, ticket):
            raise NotAllowed(NOT_OURS)
        about = {"ticket": ticket, "message": found}
        return _give(about, given, actor=actor, credited=found.author, at=at or timezone.now())


def rate_closing(
    ticket: Ticket,
    *,
    actor: User,
    stars: int,
    comment: str = "",
    by: str = RatedBy.PORTAL,
    closing: datetime | None = None,
    at: datetime | None = None,
) -> Rating:
    """One to five for how a closed ticket was handled, credited to who held it last, else to who closed it (S8).

    ``closing``: the closing a letter spoke of. Raises Invalid (stars, comment), NotFound, NotAllowed for another's,
    Conflict when the ticket is open again or it is too late.
    """
    given = _clean(stars, comment) | {"by": by}
    with transaction.atomic():
        ticket = _lock(ticket, actor)
        if not ratings.is_closing(ticket) or closing not in (None, ticket.closed_at):
            raise Conflict(REOPENED)
        about = {"ticket": ticket, "closing": ticket.closed_at}
        return _give(about, given, actor=actor, credited=_handler(ticket), at=at or timezone.now())


def _lock(ticket: Ticket, actor: User) -> Ticket:
    ticket = access.lock(actor, ticket)
    access.require("rate", actor, ticket)
    return ticket


def _clean(stars: int, comment: str) -> dict[str, Any]:
    if stars not in ratings.WORDS:
        raise Invalid("از یک تا پنج ستاره انتخاب کنید.", field="stars")
    text = strip_controls(comment).strip()
    if len(text) > ratings.LONGEST_COMMENT:
        longest = to_persian(str(ratings.LONGEST_COMMENT))
        raise Invalid(f"توضیح حداکثر {longest} نویسه می‌تواند باشد. کمی کوتاه‌ترش کنید.", field="comment")
    return {"stars": stars, "comment": text if one_line(text) else ""}


def _handler(ticket: Ticket) -> User | None:
    """Who held it last, else who of our side closed it."""
    if ticket.assignee is not None:
        return ticket.assignee
    closed = Event.objects.filter(ticket=ticket, kind=EventKind.CLOSED).select_related("actor")
    last = closed.order_by("-created_at", "-pk").first()
    return last.actor if last and last.actor and last.actor.is_staff_member else None


def _give(
    about: dict[str, Any], given: dict[str, Any], *, actor: User, credited: User | None, at: datetime
) -> Rating:
    """Insert it, or change what the same person gave; the ticket's lock lets one do it at a time."""
    before = Rating.objects.filter(**about).first()
    if before is None:
        facts = {
            "credited_to": credited,
            "created_at": at,
            "updated_at": at,
            "tell_at": _due(None, given, at),
        }
        rating = Rating.objects.create(**about, **given, **facts, rater=actor)
    else:
        if before.rater_id != actor.pk:
            raise NotAllowed(ANOTHERS)
        if at > before.created_at + ratings.CHANGEABLE:
            raise Conflict(LATE)
        rating, old = before, before.stars
        rating.tell_at = _due(before, given, at)
        rating.stars, rating.comment, rating.updated_at = given["stars"], given["comment"], at
        rating.save(update_fields=["stars", "comment", "updated_at", "tell_at"])
        if old == rating.stars:
            return rating
    Event.objects.create(
        ticket=about["ticket"],
        actor=actor,
        kind=EventKind.RATED,
        to_person_id=rating.credited_to_id,
        reason=f"{'answer' if rating.message_id else 'closing'}:{rating.stars}",
        created_at=at,
    )
    return rating


def _due(before: Rating | None, given: dict[str, Any], at: datetime) -> datetime | None:
    """When few stars are told: some minutes later, for their words follow them, and a slip is mended meanwhile."""
    if given["stars"] > ratings.LOW:
        return None
    if before is None or before.stars > ratings.LOW or (given["comment"] and not before.comment):
        return (before.tell_at if before else None) or at + ratings.TOLD_AFTER
    return before.tell_at


def tell_low_everywhere(at: datetime | None = None) -> int:
    """Every tenant's turn of ``tell_low``; returns how many were told. Call it with no transaction open."""
    now = at or timezone.now()
    with all_tenants("few stars are told in every tenant"):
        tenants = list(_untold(now).order_by("tenant_id").values_list("tenant_id", flat=True).distinct())

    def turn(tenant: int) -> int:
        with tenant_scope(tenant):
            return tell_low(now)

    return each(tenants, turn, what="few stars")


def tell_low(at: datetime | None = None) -> int:
    """Tell of few stars whose minutes are over, as they stand now, up to 100 a turn; returns how many (S8).

    Two at once tell nobody twice: each row is held by one.
    """
    with transaction.atomic():
        rows = _untold(at or timezone.now()).order_by("tell_at", "pk")
        held = rows.select_for_update(of=("self",), skip_locked=True).select_related(
            "ticket__department", "ticket__requester", "rater", "credited_to"
        )
        due = list(held[:BATCH])
        for rating in due:
            telling.rated_low(rating.ticket, rating)
        Rating.objects.filter(pk__in=[rating.pk for rating in due]).update(tell_at=None)
    return len(due)


def _untold(now: datetime) -> QuerySet[Rating]:
    # Of a ticket in the bin nothing is told; restored, it is.
    return Rating.objects.filter(tell_at__lte=now, ticket__deleted_at=None, ticket__tenant__is_active=True)
