"""The sweep of the clocks (H4): what turns is announced once, what was reckoned by older rules is reckoned anew.

Set-based and safe to run twice at once: rows another sweep holds are passed over, and what was told is written in the
transaction that tells it. A page is right without it, for colours are computed; it only makes them heard.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from departments import sla
from departments.models import ClockRules
from tenants.models import Tenant
from tenants.rounds import each
from tenants.scope import all_tenants, current_tenant_id, tenant_scope

from .. import clock
from ..models import Event, Ticket
from ..states import EventKind
from . import alarm

BATCH = 200
# Batches a tenant's turns may take in one transaction, so that each person gets one letter of a sweep.
LONGEST = 25
SECONDS = 45.0  # a sweep that reckons a whole tenant anew goes on in the next minute
HELD = 2.0  # a batch locks its rows no longer, however odd the hours it is reckoned by
# Reckoned by the rules of a tenant that never set any.
DEFAULTS = datetime(2000, 1, 1, tzinfo=UTC)
# What reckoning anew changes; the run itself goes on.
RECKONED = ("yellow_at", "red_at", "resolve_at", "colour", "colour_turns_at", "reckoned_at")


def sweep(at: datetime | None = None, *, seconds: float = SECONDS) -> int:
    """Every tenant's turn; returns how many clocks turned. Reckoning comes first: nobody hears of what is no more."""
    now, ends = at or timezone.now(), time.monotonic() + seconds
    tenants = _concerned(now)
    left = len(tenants)

    def step(tenant: Tenant) -> int:
        nonlocal left
        begun = time.monotonic()
        share, left = max(0.0, ends - begun) / left, left - 1
        return _sweep(tenant, now, until=begun + share)

    return each(tenants, step, what="clocks")


def _sweep(tenant: Tenant, now: datetime, *, until: float) -> int:
    """One tenant's: what it does not use of its share of the time is left to those after it."""
    while True:
        with tenant_scope(tenant, fresh=True):
            count = reckon(now, until=until)
        if not count or time.monotonic() >= until:
            break
    turned, more = 0, True
    while more:
        with tenant_scope(tenant, fresh=True):
            count, more = turn(now)
        turned += count
    return turned


def _concerned(now: datetime) -> list[Tenant]:
    """The tenants with something to do: a look into three small indexes for each, however many tickets it has."""

    def first(column: str, **condition: object) -> Subquery:
        rows = Ticket.objects.filter(tenant=OuterRef("pk"), **condition).order_by(column)
        return Subquery(rows.values("pk")[:1])

    with all_tenants("clocks turn for every tenant"):
        stamp = ClockRules.objects.filter(tenant=OuterRef("pk")).values("stamp")[:1]
        rows = Tenant.objects.filter(is_active=True).defer("logo")
        rows = rows.annotate(stamp=Subquery(stamp, output_field=DateTimeField()))
        rows = rows.annotate(
            due=first("colour_turns_at", colour_turns_at__lte=now),
            unclosed=first("resolve_at", resolve_at__lte=now, is_close_told=False),
            fresh=first("reckoned_at", waiting_since__isnull=False, reckoned_at=None),
            stale=first("reckoned_at", waiting_since__isnull=False, reckoned_at__lt=OuterRef("stamp")),
        )
        anything = (
            Q(due__isnull=False) | Q(unclosed__isnull=False) | Q(fresh__isnull=False) | Q(stale__isnull=False)
        )
        return list(rows.filter(anything).order_by("pk"))


def reckon(at: datetime, *, until: float | None = None) -> int:
    """Reckon up to a batch of running clocks by the rules of now, telling nobody; how many. Inside a tenant's scope.

    ``until``: when to stop (time.monotonic), after one at least, and after HELD seconds in any case: people wait for
    the rows. The stamp is read before the rules, so that a change made meanwhile is a newer one.
    """
    until = min(until or math.inf, time.monotonic() + HELD)
    stamp = sla.stamp() or DEFAULTS
    running = Ticket.objects.filter(waiting_since__isnull=False)
    rows = _locked(running.filter(reckoned_at=None))
    if not rows:
        rows = _locked(running.filter(reckoned_at__lt=stamp).order_by("reckoned_at"))
    rules = clock.Rules()
    done: list[Ticket] = []
    for ticket in rows:
        clock.set_limits(ticket, at, rules=rules, by=stamp)
        done.append(ticket)
        if time.monotonic() >= until:
            break
    if done:
        Ticket.objects.bulk_update(done, RECKONED)
    return len(done)


def turn(at: datetime) -> tuple[int, bool]:
    """Announce what has turned or passed its time to close by ``at``: how many, and whether there may be more.

    Inside a tenant's scope.
    """
    # What awaits reckoning is left for later: its instants are of rules that hold no more.
    reckoned = Ticket.objects.filter(reckoned_at__gte=sla.stamp() or DEFAULTS)
    due = reckoned.filter(colour_turns_at__lte=at).order_by("colour_turns_at")
    unclosed = reckoned.filter(resolve_at__lte=at, is_close_told=False).order_by("resolve_at")
    news: list[alarm.News] = []
    turned, more = _in_batches(due, lambda rows: _announce(rows, at, news))
    passed, rest = _in_batches(unclosed, lambda rows: _announce_close(rows, at, news))
    alarm.tell(news, at=at)
    return turned + passed, more or rest


def _in_batches(due: QuerySet[Ticket], announce: Callable[[list[Ticket]], int]) -> tuple[int, bool]:
    """Up to LONGEST batches; how many were announced, and whether there may be more."""
    count = rounds = 0
    rows: list[Ticket] = []
    while rounds < LONGEST and (rows := _locked(due)):
        count += announce(rows)
        rounds += 1
        if len(rows) < BATCH:
            break
    return count, len(rows) == BATCH


def _locked(rows: QuerySet[Ticket]) -> list[Ticket]:
    """A batch of rows nobody else holds, locked."""
    return list(rows.select_for_update(no_key=True, skip_locked=True)[:BATCH])


def _announce(rows: list[Ticket], at: datetime, news: list[alarm.News]) -> int:
    """Write the colours and events of a batch; what people have not heard of yet goes to ``news``."""
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in rows]).update(
        colour=clock.colour_sql(at), colour_turns_at=clock.turns_sql(at), told_colour=clock.told_sql(at)
    )
    tenant = current_tenant_id()
    events: list[Event] = []
    for ticket in rows:
        now = clock.colour(ticket, at)
        if clock.RANK[now] > clock.RANK[ticket.colour]:
            events.append(
                Event(tenant_id=tenant, ticket=ticket, kind=EventKind.TURNED, reason=now, created_at=at)
            )
        if clock.RANK[now] > clock.RANK[ticket.told_colour]:
            news.append(alarm.News(ticket, now))
    Event.objects.bulk_create(events)
    return len(events)


def _announce_close(rows: list[Ticket], at: datetime, news: list[alarm.News]) -> int:
    """The same for a batch that passed its time to close: once in a ticket's life."""
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in rows]).update(is_close_told=True)
    tenant = current_tenant_id()
    Event.objects.bulk_create(
        Event(tenant_id=tenant, ticket=ticket, kind=EventKind.TURNED, reason=clock.CLOSE, created_at=at)
        for ticket in rows
    )
    news += [alarm.News(ticket, clock.CLOSE) for ticket in rows]
    return len(rows)
