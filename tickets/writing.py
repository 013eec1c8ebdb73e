"""What a person is writing: their drafts (B8), and answers of ours on their way. Everything read here is the reader's
own, or of a ticket they see already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Replace, StrIndex
from django.utils import timezone
from django.utils.html import escape

from accounts.models import User
from tenants.models import StoredFile
from web import rich

from . import access, rules
from .models import Draft, Message, Outgoing, OutgoingFile, Ticket

# What a form may leave in a draft, by the names its fields have; ``kept`` are the ids of files that have arrived,
# ``readers`` of people a note is for, and ``answers`` what stands in the questions of a new ticket.
FLAGS = ("signed", "wants_sms")  # boxes, «on» or «off»: an empty one says something too
WORDS = ("body", "html", "subject", "department", "topic", "staff", "source", "audience", "priority", "then")
FIELDS = (*WORDS, *FLAGS)
KEPT, READERS, ANSWERS = "kept", "readers", "answers"
# An answer that did not go, or came after a session: it stands before what was begun there since.
RETURNED = "returned"
# An answer, or the file that has arrived for one (tickets.answers.name_of).
ANSWER = re.compile(r"(?:kept_)?f(?P<field>[0-9]{1,12})")
# For how long a form may leave a draft for its writer after their session has ended.
LATE = timedelta(days=3)
UNDO_CHOICES = (0, 5, 15, 30)
_signer = TimestampSigner(salt="tickets.writer")
_PLACE = re.compile(
    r"(?P<kind>reply|note|portal)-(?P<number>[0-9]{1,9})|(?P<new>new-portal)"
    r"|new-desk-(?P<person>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|new-internal(?:-(?P<about>[0-9]{1,9}))?"
)


@dataclass(frozen=True)
class Place:
    """Where something is written: on a ticket (``number``), or a new one, for a ``person`` of a customer's or
    ``about`` a ticket.
    """

    name: str
    is_portal: bool
    number: int | None
    person: UUID | None = None
    about: int | None = None


def place_of(name: str) -> Place | None:
    """The place of a name like «reply-1024», «new-portal», «new-desk-<person>», «new-internal-1024»; None for anything
    that is none.
    """
    found = _PLACE.fullmatch(name)
    if found is None:
        return None
    number, about = (int(found[part]) if found[part] else None for part in ("number", "about"))
    person = UUID(found["person"]) if found["person"] else None
    return Place(name, bool(found["new"]) or found["kind"] == "portal", number, person, about)


def desk_place(person: Any) -> str:
    """Where a ticket for a customer's person is begun: a draft for one is never shown for another."""
    return f"new-desk-{person.public_id}"


def internal_place(about: Ticket | None) -> str:
    """Where a ticket among ourselves is begun."""
    return f"new-internal-{about.number}" if about else "new-internal"


def drafts_of(user: Any, *places: str) -> dict[str, Draft]:
    """This person's drafts by place, without those whose text has been sent meanwhile; one statement. What several
    forms have left in one place is joined here, and stays apart until a form that shows them all is saved.

    A draft of a ticket is asked for on that ticket's page alone, which its reader sees.
    """
    found: dict[str, list[Draft]] = {}
    for row in Draft.objects.filter(user=user, place__in=places).exclude(is_sent()):
        found.setdefault(row.place, []).append(row)
    return {place: _whole(rows) for place, rows in found.items()}


def _whole(rows: list[Draft]) -> Draft:
    """One draft of what several forms hold, under the key of the newest; not saved."""
    rows.sort(key=lambda row: (not row.values.get(RETURNED), row.updated_at, row.pk))
    whole = rows[0]
    for row in rows[1:]:
        values = joined(whole.values, row.values) | {"seen": {**whole.seen, **row.seen}}
        key = {"client_key": row.client_key, "updated_at": max(whole.updated_at, row.updated_at)}
        whole = Draft(user_id=row.user_id, place=row.place, values=values, **key)
    return whole


def joined(first: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Two drafts of one place as one: text after text, every file and reader, and what is chosen as in the later one;
    never for more readers than either. A text that stands in the other whole is there once.
    """
    one, two = dict(first), dict(later)
    if one.get("subject") and two.get("subject") and one["subject"] != two["subject"]:
        # There is one line for it: the other one is not lost, it begins its text.
        one |= _led(one, one["subject"])
    lists = {name: list(dict.fromkeys([*one.get(name, []), *two.get(name, [])])) for name in (KEPT, READERS)}
    answers = {**one.get(ANSWERS, {}), **two.get(ANSWERS, {})}
    found = {**one, **two, **_texts(one, two), **lists, ANSWERS: answers}
    if "named" in (one.get("audience"), two.get("audience")):
        found["audience"] = "named"
    return found


def _texts(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, str]:
    for whole, part in ((two, one), (one, two)):
        if _holds(whole, part):
            return {"body": whole.get("body", ""), "html": whole.get("html", "")}
    bodies = [text for text in (one.get("body", ""), two.get("body", "")) if text]
    has_form = one.get("html") or two.get("html")
    html = (
        "".join(side.get("html") or _as_html(side.get("body", "")) for side in (one, two)) if has_form else ""
    )
    return {"body": "\n\n".join(bodies), "html": html}


def _holds(whole: Mapping[str, Any], part: Mapping[str, Any]) -> bool:
    html = part.get("html", "")
    return part.get("body", "").strip() in whole.get("body", "") and (
        not html or html in whole.get("html", "")
    )


def _led(values: Mapping[str, Any], line: str) -> dict[str, str]:
    html = values.get("html", "")
    body = "\n".join(text for text in (line, values.get("body", "")) if text)
    return {"body": body, "html": html and _as_html(line) + html}


def _as_html(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def is_sent() -> Q:
    """Of a draft: what it holds has been sent, or is on its way."""
    same = {"tenant_id": OuterRef("tenant_id"), "client_key": OuterRef("client_key")}
    return Q(Exists(Message.objects.filter(**same))) | Q(Exists(Outgoing.objects.filter(**same)))


def typed(draft: Draft | None) -> dict[str, Any]:
    """A draft as the initial values of its form, with the key it will be sent under."""
    if draft is None:
        return {}
    found = {name: value for name, value in draft.values.items() if name in (*WORDS, READERS)}
    found |= {name: draft.values[name] == "on" for name in FLAGS if name in draft.values}
    return found | ({"client_key": draft.client_key} if draft.client_key else {})


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
    """The files that have arrived for a draft and nothing holds yet: its writer's own alone. How many of them, and of
    the pictures in its text, are no more is ``draft.lost`` from now on. One statement, where it names any.
    """
    ids = draft.values.get(KEPT, []) if draft else []
    drawn = clean_ids(rich.pictures(draft.values.get("html", "")), most=50) if draft else []
    if draft is None or not (ids or drawn):
        return []
    rows = list(StoredFile.objects.filter(public_id__in=[*ids, *drawn]).order_by("pk"))
    free = [
        row for row in rows if row.bound_at is None and row.arrived_at and row.uploaded_by_id == draft.user_id
    ]
    found = [row for row in free if str(row.public_id) in ids]
    draft.lost += len(set(ids)) - len(found) + len(set(drawn) - {str(row.public_id) for row in rows})
    return found


def named_in_drafts() -> Exists:
    """Of a stored file: a draft of its uploader's names it, as a file or a picture, so that it is no orphan."""
    bare = (Value("-"), Value(""))  # one of two databases keeps ids without them
    rows = Draft.objects.filter(tenant_id=OuterRef("tenant_id"), user_id=OuterRef("uploaded_by_id"))
    text = Replace(Cast("values", TextField()), *bare)
    at = StrIndex(text, Replace(Cast(OuterRef("public_id"), TextField()), *bare))
    return Exists(rows.annotate(at=at).filter(at__gt=0))


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
