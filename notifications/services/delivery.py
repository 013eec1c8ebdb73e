"""Delivery by lease: rows are claimed and committed, sent with no transaction open, and marked (docs/architecture.md).

Celery only rings. The table is the truth: whatever a killed worker held comes back when its lease ends, and every
attempt is written down before it begins, so that a cut one is known as such.
"""

import logging
import random
import time
import uuid
from collections import deque
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from tenants.models import Tenant
from tenants.scope import all_tenants, tenant_scope
from web.ring import ring
from web.throttle import allow

from ..channels import Channel, Outcome, open_channel
from ..compose import Letter, compose
from ..kinds import LANES, UnknownKind
from ..models import Delivery
from ..seal import Unsealable, unseal
from . import breaker

log = logging.getLogger(__name__)
alarms = logging.getLogger("notifications.alarm")

CHANNELS = ("sms", "email")
BATCH = 10
# Longer than ten of the worst sends; renewed before each one.
LEASE = timedelta(minutes=5)
# A ring works this long (seconds), then rings again: the broker's visibility timeout must never meet a living task.
ROUND = 120.0
# Minutes until the next try; after the last one the letter has failed. E-mail gives up within 48 hours.
BACKOFF = {"sms": (1, 5, 15, 60), "email": (1, 5, 15, 60, 240, 720, 1440)}
JITTER = 0.1
FORGOTTEN = "متن این نامه دیگر در سامانه نیست"
LOST_SECRET = "کلید نگهداری کد عوض شده است؛ کد تازه بخواهید"  # noqa: S105  a sentence, not a secret

# Where the last claim of a lane stopped, so that the next one begins with the tenant after it.
_last_tenant: dict[tuple[str, str], int] = {}


def deliver(lane: str | None = None, *, seconds: float = ROUND) -> int:
    """Send what is due until nothing is, the urgent lane first; returns how many letters were tried.

    ``lane``: nothing slower than it is touched. Call it with no transaction open.
    """
    expire()
    work = _Round(LANES if lane is None else LANES[: LANES.index(lane) + 1], seconds)
    try:
        work.run()
    finally:
        work.close()
    if work.is_over:
        ring("notifications.deliver", lane=lane or LANES[-1])
    return work.tried


def expire() -> int:
    """Letters past their time are never sent, and their secrets are wiped; returns how many."""
    now = timezone.now()
    with all_tenants("codes of every tenant die on time"):
        return (
            _unleased(now)
            .filter(expires_at__lte=now)
            .update(state=Delivery.State.EXPIRED, secret=None, lease=None, leased_until=None)
        )


def claim(channel: str, lane: str) -> list[Delivery]:
    """Lease up to ten due letters of a lane and commit. Letters of a suspended tenant wait.

    The slower lanes go round the tenants, so that one tenant's thousand letters do not hold another's single one.
    """
    now = timezone.now()
    lease = uuid.uuid4()
    with all_tenants("the post office serves every tenant"):
        due = _unleased(now).filter(channel=channel, lane=lane, next_try_at__lte=now)
        if lane == Delivery.Lane.NOW:
            chosen = _first(due.filter(tenant__is_active=True), BATCH)
        else:
            chosen = _round_robin(due, channel, lane)
        if not chosen:
            return []
        # The condition again: on SQLite, and wherever SKIP LOCKED is not, the second of two claims finds nothing.
        _unleased(now).filter(pk__in=chosen).update(lease=lease, leased_until=now + LEASE)
        rows = Delivery.objects.filter(lease=lease, pk__in=chosen)
        return list(rows.select_related("tenant").defer("tenant__logo").order_by("next_try_at", "pk"))


def _unleased(now: datetime):  # type: ignore[no-untyped-def]
    return Delivery.objects.filter(
        Q(leased_until=None) | Q(leased_until__lt=now), state=Delivery.State.WAITING
    )


def _first(due, count: int) -> list[int]:  # type: ignore[no-untyped-def]
    """Ids of the oldest due rows that nobody else is claiming at this moment."""
    rows = due.order_by("next_try_at", "pk").select_for_update(of=("self",), skip_locked=True)
    return [row.pk for row in rows.only("pk")[:count]]


def _round_robin(due, channel: str, lane: str) -> list[int]:  # type: ignore[no-untyped-def]
    """Ids of ten due rows, shared among up to ten tenants, starting after the tenant served last."""
    waiting = Tenant.objects.filter(Exists(due.filter(tenant_id=OuterRef("pk"))), is_active=True)
    ids = sorted(waiting.values_list("pk", flat=True))
    last = _last_tenant.get((channel, lane), 0)
    turn = [pk for pk in ids if pk > last] + [pk for pk in ids if pk <= last]
    chosen: list[int] = []
    for place, tenant_id in enumerate(turn[:BATCH]):
        share = -(-(BATCH - len(chosen)) // (min(len(turn), BATCH) - place))
        chosen += _first(due.filter(tenant_id=tenant_id), share)
        _last_tenant[channel, lane] = tenant_id
    return chosen


class _Round:
    """One ring's work: which lanes, how long, over which channels."""

    def __init__(self, lanes: tuple[str, ...], seconds: float) -> None:
        self.lanes = lanes
        self.ends = time.monotonic() + seconds
        self.turn = deque(CHANNELS)
        self.channels: dict[str, Channel] = {}
        self.tried = 0

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.ends

    def run(self) -> None:
        """Batch after batch, each time from the most urgent lane, until nothing can be claimed."""
        while not self.is_over and self._one_batch(self.lanes):
            self.turn.rotate(1)

    def close(self) -> None:
        """Let go of every channel's connection."""
        for channel in self.channels.values():
            channel.close()

    def _one_batch(self, lanes: tuple[str, ...]) -> bool:
        for lane in lanes:
            for channel in self.turn:
                if not breaker.of(channel).is_open and (rows := claim(channel, lane)):
                    self._send_all(channel, lane, rows)
                    return True
        return False

    def _send_all(self, channel: str, lane: str, rows: list[Delivery]) -> None:
        for place, row in enumerate(rows):
            if lane != Delivery.Lane.NOW:
                # A code does not wait behind ten slow letters.
                while not self.is_over and self._one_batch(LANES[:1]):
                    pass
            if self.is_over or breaker.of(channel).is_open:
                _release(rows[place:])
                return
            self._send(channel, row)

    def _send(self, channel: str, row: Delivery) -> None:
        if not _begin(row):
            return
        self.tried += 1
        outcome = self._attempt(channel, row)
        _mark(row, outcome)
        if outcome.down:
            breaker.of(channel).fault()
        else:
            breaker.of(channel).fine()
        if outcome.alarm and allow(f"alarm:{outcome.alarm}", limit=1, seconds=3600):
            alarms.critical("letters need a hand: %s", outcome.alarm)

    def _attempt(self, channel: str, row: Delivery) -> Outcome:
        try:
            letter = _open(row)
        except UnknownKind:
            return Outcome.permanent(FORGOTTEN)
        except Unsealable:
            return Outcome.permanent(LOST_SECRET)
        try:
            if channel not in self.channels:
                self.channels[channel] = open_channel(channel)
            return self.channels[channel].send(letter)
        except Exception as error:
            # Only the name: the text of an error may hold what the letter says.
            log.error("letter %s was not sent: %s", row.pk, type(error).__name__)
            return Outcome.temporary("این نامه به مشکلی از سمت ما برخورد", unsure=True)


def _begin(row: Delivery) -> bool:
    """Write that an attempt begins, if the lease is still ours and there is still time. Returns False otherwise."""
    now = timezone.now()
    if row.expires_at is not None and row.expires_at <= now:
        _release([row])
        expire()
        return False
    row.unsure = row.unsure or row.attempt_open
    row.tries += 1
    with tenant_scope(row.tenant_id):
        ours = Delivery.objects.filter(
            pk=row.pk, lease=row.lease, leased_until__gt=now, state=Delivery.State.WAITING
        )
        begun = ours.update(tries=row.tries, unsure=row.unsure, attempt_open=True, leased_until=now + LEASE)
    return bool(begun)


def _open(row: Delivery) -> Letter:
    """The row's letter, its secret opened. Raises UnknownKind or Unsealable."""
    letter = compose(row, unseal(row.secret) if row.secret is not None else None)
    row.subject, row.text = letter.subject, letter.shown
    return letter


def _mark(row: Delivery, outcome: Outcome) -> None:
    """Write what became of the attempt, if the lease is still ours."""
    now = timezone.now()
    fields: dict[str, Any] = {
        "lease": None,
        "leased_until": None,
        "attempt_open": False,
        "unsure": row.unsure or outcome.unsure,
        "subject": row.subject,
        "text": row.text,
        "provider_status": outcome.status[:80],
        "error": outcome.error[:300],
    }
    waits = BACKOFF[row.channel]
    if outcome.state == "sent":
        fields |= {
            "state": Delivery.State.SENT,
            "sent_at": now,
            "secret": None,
            "provider_id": outcome.provider_id[:80],
            "cost": outcome.cost,
        }
    elif outcome.state == "permanent" or row.tries > len(waits):
        fields |= {"state": Delivery.State.FAILED, "secret": None}
    else:
        minutes = waits[row.tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  spreads the tries
        later = now + timedelta(minutes=minutes)
        # A letter that will be too late by then is looked at when its time is over, to be wiped.
        fields["next_try_at"] = min(later, row.expires_at) if row.expires_at else later
    with tenant_scope(row.tenant_id):
        Delivery.objects.filter(pk=row.pk, lease=row.lease).update(**fields)


def _release(rows: list[Delivery]) -> None:
    """Give back letters that were leased and not tried."""
    for row in rows:
        with tenant_scope(row.tenant_id):
            ours = Delivery.objects.filter(pk=row.pk, lease=row.lease)
            ours.update(lease=None, leased_until=None)
