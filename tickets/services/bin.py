"""The owner's bin (H6): a ticket goes there, comes back, or is purged with its files. Nobody else sees it meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from departments.services.rights import require_owner
from departments.services.rows import require_ours
from notifications.services import forget, hush
from persian.digits import to_persian
from tenants.rounds import each
from tenants.scope import all_tenants, tenant_scope
from tenants.services import audit, files
from web.errors import Conflict, NotFound
from web.ring import ring

from .. import access, clock
from ..models import Attachment, Event, FieldAnswer, Outgoing, OutgoingFile, Ticket, Transfer
from ..rules import rules
from ..states import OURS, UNFINISHED, EventKind
from . import custody, moving

IN_BIN = "این تیکت پیش از شما به سطل رفته است."
BACK = "این تیکت پیش از شما از سطل برگشته است."
PURGED = "این تیکت پیش از شما برای همیشه پاک شده است."


def delete(ticket: Ticket, *, actor: User, at: datetime | None = None) -> Ticket:
    """Put a ticket into the bin: from now on it is absent for everybody, and nothing more is told of it.

    Raises NotAllowed for who sees it without being an owner, NotFound unseen, Conflict when it lies there already.
    """
    now = at or timezone.now()
    with transaction.atomic():
        try:
            ticket = access.lock(actor, ticket)
        except NotFound:
            if access.tickets_in_bin(actor).filter(pk=ticket.pk).exists():
                raise Conflict(IN_BIN) from None
            raise
        access.require("delete", actor, ticket)
        before = custody.held(ticket)
        ticket.deleted_at, ticket.deleted_by = now, actor
        clock.stop(ticket, now)  # days in the bin are nobody's: the clock stands, and nobody keeps it
        ticket.save(update_fields=["deleted_at", "deleted_by", *clock.COLUMNS])
        custody.keep(ticket, before, at=now)
        Event.objects.create(ticket=ticket, actor=actor, kind=EventKind.DELETED, created_at=now)
        hush(*_about(ticket))
        audit.record("ticket.delete", actor=actor, target=ticket, label=_label(ticket))
    return ticket


def restore(ticket: Ticket, *, actor: User, at: datetime | None = None) -> Ticket:
    """Take a ticket out of the bin, as it was: its clock goes on, the customer's silence begins anew.

    Raises NotAllowed, Conflict.
    """
    now = at or timezone.now()
    with transaction.atomic():
        ticket = _locked(ticket, actor)
        ticket.deleted_at = ticket.deleted_by = ticket.warned_at = None
        ticket.silent_since = now if ticket.silent_since else None
        if ticket.category in OURS:
            clock.start(ticket, now)
        Event.objects.create(ticket=ticket, actor=actor, kind=EventKind.RESTORED, created_at=now)
        if ticket.category in UNFINISHED:
            moving.let_go(ticket, actor=actor, at=now)
        fields = ("deleted_at", "deleted_by", "silent_since", "warned_at", "assignee", *clock.COLUMNS)
        ticket.save(update_fields=fields)
        custody.keep(ticket, None, at=now)
        audit.record("ticket.restore", actor=actor, target=ticket, label=_label(ticket))
    return ticket


def purge(ticket: Ticket, *, actor: User) -> None:
    """Remove a ticket of the bin for good, with all that hangs on it; its files follow at once, by the worker.

    Raises NotAllowed, Conflict when it was restored or purged meanwhile.
    """
    with transaction.atomic():
        _remove(_locked(ticket, actor), actor=actor)


def purge_everywhere(at: datetime | None = None) -> int:
    """What has lain in the bin for its days, in every tenant; returns how many. Call it with no transaction open."""
    now = at or timezone.now()
    with all_tenants("every tenant's bin is emptied by its own rule"):
        rows = Ticket.with_bin.filter(deleted_at__isnull=False, tenant__is_active=True)
        tenants = list(rows.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())
    return each(tenants, lambda tenant: _purge_due(tenant, now), what="purge")


def _purge_due(tenant: int, now: datetime) -> int:
    """One tenant's, each ticket in a transaction of its own: a killed worker has done whole tickets only."""
    with tenant_scope(tenant):
        before = now - timedelta(days=rules().bin_days)
        due = list(Ticket.with_bin.filter(deleted_at__lte=before).order_by("pk").values_list("pk", flat=True))
    done = 0
    for pk in due:
        with tenant_scope(tenant):
            rows = Ticket.with_bin.select_for_update(of=("self",), skip_locked=True)
            found = rows.filter(pk=pk, deleted_at__lte=before).first()
            if found is not None:
                _remove(found, actor=None)
                done += 1
    return done


def _remove(ticket: Ticket, *, actor: User | None) -> None:
    """Rows now, in this transaction; files are let go and swept by the worker, room and bytes, after it."""
    held = list(Attachment.objects.filter(message__ticket=ticket).values_list("file_id", flat=True))
    answered = FieldAnswer.objects.filter(ticket=ticket, file__isnull=False)
    held += answered.values_list("file_id", flat=True)
    held += OutgoingFile.objects.filter(outgoing__ticket=ticket).values_list("file_id", flat=True)
    audit.record(
        "ticket.purge",
        actor=actor,
        target=ticket,
        label=_label(ticket),
        before={"messages": ticket.messages.count(), "files": len(held)},
    )
    forget(_about(ticket))
    _history_may_go(True)
    ticket.delete()
    _history_may_go(False)
    if files.let_go(held):
        ring("tenants.sweep_files")


def _history_may_go(open_: bool) -> None:
    """The only door through the append-only trigger of events, for this transaction (tenants/rls.py)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.purge', %s, true)", ["on" if open_ else ""])


def _locked(ticket: Ticket, actor: User) -> Ticket:
    require_owner(actor)
    require_ours(ticket)
    found = Ticket.with_bin.select_for_update(of=("self",)).filter(pk=ticket.pk).first()
    if found is None:
        raise Conflict(PURGED)
    if found.deleted_at is None:
        raise Conflict(BACK)
    return found


def _about(ticket: Ticket) -> list[str]:
    """What its letters are about: the ticket, its requests, and answers of it that could not go."""
    asked = Transfer.objects.filter(ticket=ticket).values_list("pk", flat=True)
    unsent = Outgoing.objects.filter(ticket=ticket).values_list("pk", flat=True)
    return [
        f"ticket:{ticket.pk}",
        *(f"transfer:{pk}" for pk in asked),
        *(f"outgoing:{pk}" for pk in unsent),
    ]


def _label(ticket: Ticket) -> str:
    return f"{to_persian(str(ticket.number))}: {ticket.subject}"
