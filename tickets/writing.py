"""What a person is writing: their drafts (B8), and answers of ours on their way. Everything read here is the reader's
own, or of a ticket they see already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from tenants.models import StoredFile

from . import access, rules
from .models import Draft, Message, Outgoing, OutgoingFile, Ticket

# What a form may leave in a draft, by the names its fields have; ``kept`` are the ids of files that have arrived,
# ``readers`` of people a note is for, and ``answers`` what stands in the questions of a new ticket.
FIELDS = ("body", "html", "subject", "department", "topic", "staff", "source", "audience")
KEPT, READERS, ANSWERS = "kept", "readers", "answers"
RETURNED = (
    "returned"  # an answer that did not go lies in it and nowhere else; gone once a form that shows it saves
)
# An answer, or the file that has arrived for one (tickets.answers.name_of).
ANSWER = re.compile(r"(?:kept_)?f(?P<field>[0-9]{1,12})")
# For how long a form may leave a draft for its writer after their session has ended.
LATE = timedelta(days=3)
UNDO_CHOICES = (0, 5, 15, 30)
_signer = TimestampSigner(salt="tickets.writer")
_PLACE = re.compile(
    r"(?:(?P<kind>reply|note|portal)-(?P<number>[0-9]{1,9})|new-(?P<new>portal|desk|internal))"
)


@dataclass(frozen=True)
class Place:
    """Where something is written: on a ticket (``number``), or a new one."""

    name: str
    is_portal: bool
    number: int | None


def place_of(name: str) -> Place | None:
    """The place of a name like «reply-1024», «new-portal»; None for anything that is none."""
    found = _PLACE.fullmatch(name)
    if found is None:
        return None
    number = int(found["number"]) if found["number"] else None
    return Place(name, "portal" in (found["kind"], found["new"]), number)


def drafts_of(user: Any, *places: str) -> dict[str, Draft]:
    """This person's drafts by place, without those whose text has been sent meanwhile; one statement.

    A draft of a ticket is asked for on that ticket's page alone, which its reader sees.
    """
    rows = Draft.objects.filter(user=user, place__in=places).exclude(is_sent())
    return {row.place: row for row in rows}


def is_sent() -> Q:
    """Of a draft: what it holds has been sent, or is on its way."""
    same = {"tenant_id": OuterRef("tenant_id"), "client_key": OuterRef("client_key")}
    return Q(Exists(Message.objects.filter(**same))) | Q(Exists(Outgoing.objects.filter(**same)))


def typed(draft: Draft | None) -> dict[str, Any]:
    """A draft as the initial values of its form, with the key it will be sent under."""
    if draft is None:
        return {}
    key = {"client_key": draft.client_key} if draft.client_key else {}
    return {name: value for name, value in draft.values.items() if name in (*FIELDS, READERS)} | key


def writer(user: User) -> str:
    """The sign in a form that it was given to this person: what comes with it may be left in their drafts, no more."""
    return _signer.sign(str(user.public_id))


def writer_of(sign: str) -> User | None:
    """Whom the form was given to, when they may still come in; None for a forged or an old sign. One statement."""
    try:
        public_id = _signer.unsign(sign, max_age=LATE)
    except BadSignature:
        return None
    return User.objects.who_may_enter().filter(public_id=public_id).first()


def answered(draft: Draft | None) -> dict[str, list[str]]:
    """What stands in the questions of a new ticket's draft, by their names in the form."""
    found: dict[str, list[str]] = draft.values.get(ANSWERS, {}) if draft else {}
    return found


def kept_files(draft: Draft | None) -> list[StoredFile]:
    """The files that have arrived for a draft and nothing holds yet: its writer's own alone."""
    ids = draft.values.get(KEPT, []) if draft else []
    if not ids:
        return []
    rows = StoredFile.objects.filter(public_id__in=ids, bound_at=None, arrived_at__isnull=False)
    return list(rows.filter(uploaded_by_id=draft.user_id).order_by("pk"))  # type: ignore[union-attr]


def undo_seconds() -> int:
    """For how long an answer of ours may be taken back. One statement."""
    chosen = rules.rules().undo_seconds
    return settings.UNDO_SECONDS if chosen is None else chosen


def outgoing_of(ticket: Ticket, user: Any) -> list[Outgoing]:
    """Answers on their way on a ticket ``queries.one`` has fetched, oldest first, each with ``seconds`` left,
    and ``is_mine``; customers are told of none.
    """
    if not (user.is_staff_member and getattr(ticket, "is_leaving", False)):
        return []
    rows = list(
        Outgoing.objects.filter(ticket=ticket, failed="").select_related("author", "status").order_by("pk")
    )
    now = timezone.now()
    for row in rows:
        row.seconds = max(0, round((row.due_at - now).total_seconds()))  # type: ignore[attr-defined]
        row.is_mine = row.author_id == user.pk  # type: ignore[attr-defined]
    return rows


def own_outgoing(user: Any, ticket: Ticket, key: UUID, *, failed: bool = False) -> Outgoing | None:
    """This person's answer on its way on a ticket, by the key of its form; ``failed``: or that could not go."""
    rows = Outgoing.objects.filter(ticket=ticket, author=user, client_key=key)
    found = rows.select_related("author", "ticket").first()
    return found if found is not None and (failed or not found.failed) else None


def unsent_of(user: Any) -> list[Outgoing]:
    """Answers of this person's that could not be sent because their ticket went out of sight, newest first, with their
    files; ``is_seen`` where it is seen again. Two statements.
    """
    rows = Outgoing.objects.filter(author=user).exclude(failed="").select_related("ticket").order_by("-pk")
    seen = Exists(access.tickets_seen_by(user).filter(pk=OuterRef("ticket_id")))
    return list(rows.annotate(is_seen=seen).prefetch_related("files__file")[:50])


def unsent_file(user: Any, public_id: UUID) -> StoredFile | None:
    """A file of an answer of this person's that could not be sent: theirs alone."""
    held = OutgoingFile.objects.filter(outgoing__author=user, file__public_id=public_id)
    found = held.exclude(outgoing__failed="").select_related("file").first()
    return found.file if found else None


def newer_than(ticket: Ticket, user: Any, *, seen: int, coming: int) -> tuple[list[int], bool]:
    """What others wrote after the messages a page showed: ids of messages this person reads, and whether a
    colleague's answer is on its way. A customer is told of our answers alone.
    """
    rows = access.messages_seen_by(user, ticket).filter(pk__gt=seen).exclude(author=user)
    if user.is_customer:
        return list(rows.filter(side="staff").order_by("pk").values_list("pk", flat=True)), False
    leaving = Outgoing.objects.filter(ticket=ticket, failed="", pk__gt=coming).exclude(author=user)
    return list(rows.order_by("pk").values_list("pk", flat=True)), leaving.exists()


def clean_ids(values: Iterable[str], *, most: int) -> list[str]:
    """Public ids among posted values, at most so many."""
    fits = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
    return [value for value in values if fits.fullmatch(value)][:most]
