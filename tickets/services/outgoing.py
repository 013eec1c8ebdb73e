"""An answer of ours on its way (B8): for some seconds nothing has happened on the ticket and its writer may take it
back. The row is the truth; the author's page, a ring and a sweep each minute only say that its time has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from tenants.models import StoredFile, Tenant
from tenants.scope import all_tenants, tenant_scope
from tenants.services import files as storage
from web.errors import Conflict, DomainError, Invalid, NotFound
from web.ring import ring

from .. import access, moves
from ..models import Message, Outgoing, OutgoingFile, Ticket, TicketStatus
from ..states import Category, MessageKind
from ..writing import undo_seconds
from . import drafts, telling
from .common import Used, clean_words, sent_before, side_of
from .going import hold
from .life import close
from .talk import reply
from .versions import check, check_twice

GONE = "این پاسخ پیش از این فرستاده شده است."
IMPOSSIBLE = "این وضعیت اکنون ممکن نیست. یکی دیگر را انتخاب کنید."
KEPT_FAILED = timedelta(days=30)
BATCH = 200


@dataclass(frozen=True)
class Answered:
    """What became of an answer: on its way, or said; ``closed`` None where closing was not asked for."""

    message: Message | None = None
    outgoing: Outgoing | None = None
    closed: bool | None = None


def answer(
    ticket: Ticket,
    *,
    actor: User,
    body: str,
    client_key: UUID,
    html: str = "",
    files: Iterable[StoredFile] = (),
    signed: bool = True,
    then: str = "",
    seen: int | None = None,
    coming: int | None = None,
    at: datetime | None = None,
) -> Answered:
    """Answer from the desk, with what the pressed button adds («ارسال و …»): ``then`` is "", close, waiting or
    status:<id>. It goes after the tenant's seconds (TicketRules.undo_seconds), at once where there are none.

    ``seen`` and ``coming``: the last message, and the last answer on its way, that the page showed; raises Newer when
    somebody else wrote since. A closing that is not theirs, or over a newer word of the customer's, is left out.
    The same ``client_key`` again changes nothing. Raises Invalid, NotAllowed, NotFound, Conflict.
    """
    (body, html), now, held = clean_words(body, html), at or timezone.now(), list(files)
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("reply", actor, ticket)
        said: dict[str, Any] = {"ticket": ticket, "actor": actor, "words": (body, html)}
        before = sent_before(client_key, kind=MessageKind.REPLY, **said)
        if before is not None:
            return Answered(before, closed=ticket.category == Category.CLOSED if then == "close" else None)
        row = _laid_before(client_key, **said)
        if row is not None:
            return Answered(outgoing=row)
        check_twice(ticket, actor, body=body, key=client_key, seen=seen, coming=coming)
        # What this person sent a moment ago goes first: two answers keep their order.
        if _send_mine(ticket, actor=actor, now=now):
            ticket = access.lock(actor, ticket)
        check(ticket, actor, seen=seen, coming=coming)
        status = _status(ticket, actor, then)
        seconds = undo_seconds()
        words: dict[str, Any] = {
            "body": body,
            "html": html,
            "client_key": client_key,
            "files": held,
            "signed": signed,
        }
        if not seconds:
            message = reply(ticket, actor=actor, status=status, at=now, **words)
            return Answered(message, closed=_close(ticket, actor, seen, now) if then == "close" else None)
        row = _lay_down(ticket, actor, words, then="close" if then == "close" else "", status=status,
                        seen=seen, now=now, seconds=seconds)  # fmt: skip
    return Answered(outgoing=row)


def take_back(row: Outgoing, *, actor: User, at: datetime | None = None) -> None:
    """Take one's own answer back while it has not gone, or one that could not go once its ticket is seen again: its
    text and files lie in the composer's draft.

    Raises NotFound for somebody else's and for an unseen ticket, Conflict when it has been sent.
    """
    now = at or timezone.now()
    with transaction.atomic():
        found = _locked(row.pk, actor=actor, failed=True)
        if found is None:
            raise Conflict(GONE)
        if found.failed and not access.sees(actor, found.ticket):
            raise NotFound(access.ABSENT)
        _give_back(found, now)


def send_now(row: Outgoing, *, actor: User, at: datetime | None = None) -> Answered:
    """Send one's own answer without waiting; one that has gone meanwhile is the same page. Raises NotFound."""
    with transaction.atomic():
        found = _locked(row.pk, actor=actor)
        return _send(found, at or timezone.now()) if found is not None else Answered()


def drop(row: Outgoing, *, actor: User) -> None:
    """Forget one's own answer that could not be sent, with its files. Raises NotFound for anything else."""
    with transaction.atomic():
        found = _locked(row.pk, actor=actor, failed=True)
        if found is None or not found.failed:
            raise NotFound
        _forget([found.pk])


def say(pk: int, *, at: datetime) -> bool:
    """Say an answer before its time, for what comes after it, which decides over closing; whether it was there still.
    Inside the transaction that holds its ticket.
    """
    found = _locked(pk)
    if found is not None:
        _send(found, at, closes=False)
    return found is not None


def send_due(pk: int, at: datetime | None = None) -> bool:
    """Send one answer whose time has come, inside its tenant's scope; False where it went meanwhile."""
    now = at or timezone.now()
    with transaction.atomic():
        found = _locked(pk)
        if found is None or found.due_at > now:
            return False
        _send(found, now)
        return True


def send_due_everywhere(at: datetime | None = None) -> int:
    """Every tenant's answers whose time has come; returns how many went. Call it with no transaction open.

    Those that could not go are forgotten after 30 days.
    """
    now, sent = at or timezone.now(), 0
    with all_tenants("answers of every tenant whose time has come"):
        due = Outgoing.objects.filter(failed="", due_at__lte=now).order_by("due_at", "pk")
        rows = list(due.values_list("tenant_id", "pk")[:BATCH])
        _forget(list(_unsent().filter(created_at__lt=now - KEPT_FAILED).values_list("pk", flat=True)[:BATCH]))
    for tenant, pk in rows:
        with tenant_scope(Tenant.objects.defer("logo").get(pk=tenant)):
            sent += send_due(pk, now)
    return sent


def _unsent() -> QuerySet[Outgoing]:
    return Outgoing.objects.exclude(failed="")


def _forget(rows: list[int]) -> None:
    """Rows that could not go, for good: nobody holds their files any more, and the sweep of orphans takes them."""
    if rows:
        storage.let_go(OutgoingFile.objects.filter(outgoing__in=rows).values_list("file_id", flat=True))
        Outgoing.objects.filter(pk__in=rows).delete()


def _laid_before(client_key: UUID, *, ticket: Ticket, actor: User, words: tuple[str, str]) -> Outgoing | None:
    """The answer on its way that this form has already made. Raises Conflict for somebody else's key, Used."""
    row = Outgoing.objects.filter(client_key=client_key).first()
    if row is not None and (row.ticket_id, row.author_id) != (ticket.pk, actor.pk):
        raise Conflict
    if row is not None and (row.body, row.html) != words:
        raise Used
    return row


def _lay_down(
    ticket: Ticket,
    actor: User,
    words: dict[str, Any],
    *,
    then: str,
    status: TicketStatus | None,
    seen: int | None,
    now: datetime,
    seconds: int,
) -> Outgoing:
    """Write the answer down to be sent later; its draft has ended, its files are held."""
    bound = storage.bind(words.pop("files"), actor=actor)
    row = Outgoing.objects.create(
        ticket=ticket,
        author=actor,
        then=then,
        status=status,
        seen=seen,
        created_at=now,
        due_at=now + timedelta(seconds=seconds),
        **words,
    )
    OutgoingFile.objects.bulk_create(
        OutgoingFile(tenant_id=row.tenant_id, outgoing=row, file=stored) for stored in bound
    )
    drafts.ended(actor, row.client_key)
    ring("tickets.send", countdown=seconds + 1, tenant=row.tenant_id, pk=row.pk)
    return row


def _send_mine(ticket: Ticket, *, actor: User, now: datetime) -> bool:
    """Say what this person has on its way there; whether there was any."""
    rows = Outgoing.objects.filter(ticket=ticket, author=actor, failed="").order_by("pk")
    return bool(sum(say(pk, at=now) for pk in list(rows.values_list("pk", flat=True))))


def _locked(pk: int, *, actor: User | None = None, failed: bool = False) -> Outgoing | None:
    """A row, held after its ticket (services/going.py); None when it has gone, or could not go and ``failed`` ones are
    not meant. Raises NotFound for somebody else's than the ``actor``'s.
    """
    hold(Outgoing.objects.filter(pk=pk).values_list("ticket_id", flat=True))
    rows = Outgoing.objects.select_for_update(of=("self",)).select_related("author", "ticket")
    found = rows.filter(pk=pk).first()
    if found is None or (found.failed and not failed):
        return None
    if actor is not None and found.author_id != actor.pk:
        raise NotFound
    return found


def _send(row: Outgoing, now: datetime, *, closes: bool = True) -> Answered:
    """Say it, with what was asked beside it; where that is no longer possible it goes back to its writer.

    Over a word of the other side's that its page did not show, the words go and no more: the ticket waits for us
    since that word, whatever was to be set.
    """
    over = _unread(row)
    words: dict[str, Any] = {name: getattr(row, name) for name in ("body", "html", "client_key", "signed")}
    try:
        with transaction.atomic():
            words["files"] = _let_go(row)
            message = _reply(row.ticket, row.author, words, None if over else row.status, over, now)
    except DomainError as refusal:
        _fail(row, refusal, now)
        return Answered()
    row.delete()
    if row.then == "close" and closes:
        return Answered(message, closed=_close(row.ticket, row.author, row.seen, now))
    return Answered(message, closed=False if over else None)


def _unread(row: Outgoing) -> datetime | None:
    """The moment of the first word of the other side's that came after what the page of an answer showed."""
    if row.seen is None:
        return None
    ticket, author = row.ticket, row.author
    said = Message.objects.filter(ticket=ticket, kind=MessageKind.REPLY, pk__gt=row.seen)
    later = said.exclude(side=side_of(author, ticket)).order_by("pk")
    return later.values_list("created_at", flat=True).first()


def _reply(
    ticket: Ticket,
    actor: User,
    words: dict[str, Any],
    status: TicketStatus | None,
    over: datetime | None,
    now: datetime,
) -> Message:
    """A status that is no longer possible does not hold the words back."""
    try:
        with transaction.atomic():
            return reply(ticket, actor=actor, status=status, over=over, at=now, **words)
    except Invalid as refusal:
        if refusal.field != "status":
            raise
        return reply(ticket, actor=actor, over=over, at=now, **words)


def _close(ticket: Ticket, actor: User, seen: int | None, now: datetime) -> bool | None:
    """Close it, not over words nobody has read; whether it is closed now, None where closing is not theirs."""
    fresh = access.fetch(actor, ticket.number)
    if fresh.category == Category.CLOSED:
        return True
    if "close" not in access.allowed(actor, fresh):
        return None
    try:
        with transaction.atomic():
            close(fresh, actor=actor, seen=seen, at=now)
    except Conflict:
        return False
    return True


def _let_go(row: Outgoing) -> list[StoredFile]:
    """Its files, unbound for the message or the draft; inside the transaction that holds the row."""
    held = [one.file for one in row.files.select_related("file").order_by("pk")]
    row.files.all().delete()
    return storage.unbind(held)


def _give_back(row: Outgoing, now: datetime) -> None:
    held = _let_go(row)
    place = f"reply-{row.ticket.number}"
    drafts.give_back(row.author, place, at=now, **_written(row, held))
    row.delete()


def _written(row: Outgoing, held: list[StoredFile]) -> dict[str, Any]:
    """All its writer gave and chose, for the composer to hold again."""
    then = row.then or (f"status:{row.status_id}" if row.status_id else "")
    return {"body": row.body, "html": row.html, "files": held, "signed": row.signed, "then": then}


def _fail(row: Outgoing, refusal: DomainError, now: datetime) -> None:
    """The words and files go back to their writer: into the composer, or to the page of the unsent where the ticket is
    gone. Of a writer whose door is closed whoever answers for the department hears.
    """
    author, ticket = row.author, row.ticket
    seen = access.sees(author, ticket) and "reply" in access.allowed(author, ticket)
    telling.unsent(ticket, author=author, mark=row.pk, is_seen=seen)
    if seen:
        _give_back(row, now)
    else:
        row.failed = refusal.message[:300]
        row.save(update_fields=["failed"])


def _status(ticket: Ticket, actor: User, then: str) -> TicketStatus | None:
    """The status a button of the page named. Raises Invalid for one that was not offered."""
    if then in ("", "close") or "set_status" not in access.allowed(actor, ticket):
        return None
    for status in moves.targets_of(ticket):
        if then == f"status:{status.pk}" or (
            then == Category.WAITING and status.category == then and status.is_default
        ):
            return status
    raise Invalid(IMPOSSIBLE)
