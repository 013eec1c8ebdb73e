"""The signed address of a letter by which its reader rates without logging in (S8).

It names one answer or one closing and one person, is good on one tenant's host and for sixty days. Opening it does
nothing; the page behind it posts a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.urls import reverse

from accounts.models import User
from tenants.scope import current_tenant_id
from web.errors import Gone, NotFound

from . import access, ratings
from .models import Message, Rating, Ticket

VALID = timedelta(days=60)
ABSENT = "این پیوند درست نیست. شاید همهٔ نشانی کپی نشده؛ از خود نامه بازش کنید."
EXPIRED = "مهلت این پیوند گذشته است. اگر حرفی مانده، در تیکت برایمان بنویسید."
REOPENED = "این تیکت دوباره باز شده است. هر وقت بسته شد، دوباره نظرتان را می‌پرسیم."
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = {"a", "c"}


class _Signer(TimestampSigner):
    """With the first 96 bits of the signature: short enough for an SMS, beyond guessing."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        """The signature, cut."""
        return super().signature(value, key)[:16]


_signer = _Signer(salt="tickets.rating", sep=".")


@dataclass(frozen=True)
class Rated:
    """What a link rates: ``message`` of a ticket, or its closing; by whom, and what is given already."""

    ticket: Ticket
    person: User
    message: Message | None
    given: ratings.Given | None

    @property
    def answerer(self) -> User | None:
        """Whom it is about."""
        return self.message.author if self.message else self.ticket.assignee

    @property
    def is_open(self) -> bool:
        """Whether the person may (still) give or change it."""
        return self.given is None or self.given.is_open_to(self.person)


def answer_link(message: Message, person: User) -> str:
    """The path by which a person rates an answer."""
    return _link("a", message.pk, person.pk)


def closing_link(ticket: Ticket, person: User) -> str:
    """The path by which a person rates the closing that a ticket has now; "" where it has none."""
    if not ratings.is_closing(ticket) or ticket.closed_at is None:
        return ""
    return _link("c", ticket.pk, person.pk, (ticket.closed_at - _EPOCH) // timedelta(microseconds=1))


def _link(kind: str, *numbers: int) -> str:
    facts = [kind, *(f"{number:x}" for number in (current_tenant_id(), *numbers))]
    return reverse("rate", args=[_signer.sign("-".join(facts))])


def read(token: str) -> Rated:
    """What a token rates, for whom it was made and who still sees it. Raises NotFound, and Gone when it is over."""
    kind, tenant, target, person_id, *moment = _facts(token)
    person = User.objects.who_may_enter().filter(pk=person_id).first()
    if tenant != current_tenant_id() or person is None:
        raise NotFound(ABSENT)
    rows = access.tickets_seen_by(person).select_related("assignee", "tenant").defer("tenant__logo")
    if kind == "a":
        message = Message.objects.filter(pk=target).select_related("author").first()
        ticket = rows.filter(pk=message.ticket_id).first() if message else None
        seen = ticket and access.messages_seen_by(person, ticket).filter(pk=target).exists()
        if ticket is None or message is None or not seen or not ratings.is_ours(message, ticket):
            raise NotFound(ABSENT)
        return _rated(ticket, person, message, Rating.objects.filter(message=message))
    ticket = rows.filter(pk=target).first()
    if ticket is None or not moment or "rate" not in access.allowed(person, ticket):
        raise NotFound(ABSENT)
    closing = _EPOCH + timedelta(microseconds=moment[0])
    if not ratings.is_closing(ticket) or ticket.closed_at != closing:
        raise Gone(REOPENED)
    return _rated(ticket, person, None, Rating.objects.filter(ticket=ticket, closing=closing))


def _rated(ticket: Ticket, person: User, message: Message | None, rows: object) -> Rated:
    found = rows.first()  # type: ignore[attr-defined]
    return Rated(ticket, person, message, ratings.given_of(found) if found else None)


def _facts(token: str) -> tuple[str, *tuple[int, ...]]:
    try:
        kind, *numbers = _signer.unsign(token, max_age=VALID).split("-")
        facts = [int(number, 16) for number in numbers]
    except SignatureExpired:
        raise Gone(EXPIRED) from None
    except (BadSignature, ValueError):
        raise NotFound(ABSENT) from None
    if kind not in _KINDS or len(facts) != (3 if kind == "a" else 4):
        raise NotFound(ABSENT)
    return (kind, *facts)
