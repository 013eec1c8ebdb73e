"""Tickets whose customer says nothing: warned first, closed later, by the owner's rule (S7).

A sweep goes tenant by tenant in short transactions, set-based; rows somebody holds are left for the next one, so that
two sweeps at once tell nobody twice and a reply that is being written wins.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from notifications.services import together
from persian import jalali
from tenants.models import Tenant
from tenants.rounds import each
from tenants.scope import all_tenants, current_tenant_id, tenant_scope

from .. import rules as reading
from ..models import Event, Outgoing, Ticket, TicketRules, Transfer
from ..states import THEIRS, Category, Channel, EventKind, TransferState
from . import custody, requests, telling
from .common import default_status

BATCH = 200


def sweep_everywhere(at: datetime | None = None) -> int:
    """Every tenant's turn; returns how many tickets were warned or closed. Call it with no transaction open."""
    now = at or timezone.now()
    with all_tenants("every tenant has its rule of silence"):
        ruled = TicketRules.objects.filter(silence_days__gt=0, tenant__is_active=True)
        tenants = list(ruled.order_by("tenant_id").values_list("tenant_id", flat=True))
    return each(tenants, lambda tenant: sweep(tenant, now), what="silence")


def sweep(pk: int, now: datetime) -> int:
    """One tenant's: batch after batch, each a transaction of its own."""
    tenant = Tenant.objects.defer("logo").get(pk=pk)
    return _all(tenant, close_silent, now) + _all(tenant, warn_silent, now)


def _all(tenant: Tenant, step: Callable[[datetime], int], now: datetime) -> int:
    done = 0
    while True:
        # Fresh: every letter names the tenant, which is read once.
        with tenant_scope(tenant, fresh=True):
            count = step(now)
        done += count
        if count < BATCH:
            return done


@transaction.atomic
def warn_silent(now: datetime) -> int:
    """Tell the customers of one batch on which day their silence closes the ticket; returns how many."""
    rule = reading.rules()
    if not rule.silence_days or not rule.warning_days:
        return 0
    before = now - timedelta(days=rule.silence_days - rule.warning_days)
    # Tickets older than this rule's column have been silent since their last message.
    silent = Q(silent_since__lte=before) | Q(silent_since=None, last_message_at__lte=before)
    ids = _claim(_theirs().filter(silent, warned_at=None))
    _theirs().filter(pk__in=ids, warned_at=None).update(
        warned_at=now, silent_since=Coalesce(F("silent_since"), F("last_message_at"))
    )
    marks = _record(ids, kind=EventKind.WARNED, created_at=now)
    with together():
        for ticket in _told(ids):
            since = (ticket.silent_since or now) + timedelta(days=rule.silence_days)
            day = jalali.local_day(max(since, now + timedelta(days=rule.warning_days)))
            telling.closing_soon(ticket, day=jalali.day_month(day), mark=marks[ticket.pk])
    return len(ids)


@transaction.atomic
def close_silent(now: datetime) -> int:
    """Close one batch of those silent for long enough and warned early enough; returns how many."""
    rule = reading.rules()
    if not rule.silence_days:
        return 0
    due = _theirs().filter(silent_since__lte=now - timedelta(days=rule.silence_days))
    if rule.warning_days:
        # Whoever was silent before there was a rule is warned first, and has the same days to answer.
        due = due.filter(warned_at__lte=now - timedelta(days=rule.warning_days))
    ids = _claim(due)
    requests.end(
        Transfer.objects.filter(ticket__in=ids),
        actor=None,
        state=TransferState.WITHDRAWN,
        reason="closed",
        at=now,
    )
    with custody.keeping(ids, at=now):
        _theirs().filter(pk__in=ids).update(
            status=default_status(Category.CLOSED),
            category=Category.CLOSED,
            closed_at=now,
            updated_at=now,
            silent_since=None,
            warned_at=None,
        )
    marks = _record(ids, kind=EventKind.CLOSED, reason="silence", created_at=now)
    with together():
        for ticket in _told(ids):
            telling.closed_silent(ticket, mark=marks[ticket.pk])
    return len(ids)


def _theirs() -> QuerySet[Ticket]:
    """Whose turn is the customer's; an internal ticket has none, nor one with an answer of ours on its way. The answer
    clock of such a ticket stands already.
    """
    leaving = Exists(Outgoing.objects.filter(ticket=OuterRef("pk"), failed=""))
    return Ticket.objects.filter(~leaving, category__in=THEIRS).exclude(channel=Channel.INTERNAL)


def _claim(rows: QuerySet[Ticket]) -> list[int]:
    """The ids of one batch, locked; what somebody else holds at this moment is left."""
    locked = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("pk")
    return list(locked.values_list("pk", flat=True)[:BATCH])


def _record(ids: list[int], **facts: object) -> dict[int, int]:
    """One event a ticket, by the system; ticket's id → event's."""
    tenant = current_tenant_id()
    events = Event.objects.bulk_create(Event(tenant_id=tenant, ticket_id=pk, **facts) for pk in ids)
    return {event.ticket_id: event.pk for event in events}


def _told(ids: list[int]) -> QuerySet[Ticket]:
    return Ticket.objects.filter(pk__in=ids).select_related("requester", "department")
