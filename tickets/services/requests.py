"""The end of pending requests that nobody answers: withdrawn with what made them idle, or returned (H13).

Set-based, for one ticket or many. The requests are locked here, and they come last in the order of locks
(docs/architecture.md): whoever will hold tickets too has locked them before.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from tenants.scope import current_tenant_id

from ..models import Event, Transfer
from ..states import EventKind, TransferState
from . import handover_letters

KINDS = {TransferState.WITHDRAWN: EventKind.WITHDRAWN, TransferState.RETURNED: EventKind.RETURNED}


def end(
    rows: QuerySet[Transfer],
    *,
    actor: User | None,
    state: TransferState,
    reason: str = "",
    at: datetime,
    only_free: bool = False,
) -> list[Transfer]:
    """End those of ``rows`` that are pending, once each however many try; returns the ones ended here.

    ``state`` is WITHDRAWN or RETURNED; ``reason`` tells the sentence why (sentences.REASONED). ``only_free`` leaves out
    those somebody is deciding at this moment. Inside a transaction.
    """
    pending = rows.filter(state=TransferState.PENDING).order_by("pk")
    locked = pending.select_for_update(of=("self",), no_key=True, skip_locked=only_free)
    ended = list(locked.select_related("ticket", "source", "target", "requested_by"))
    if not ended:
        return []
    Transfer.objects.filter(pk__in=[row.pk for row in ended]).update(
        state=state, decided_by=actor, decided_at=at
    )
    tenant = current_tenant_id()
    Event.objects.bulk_create(
        Event(
            tenant_id=tenant,
            ticket_id=row.ticket_id,
            actor=actor,
            kind=KINDS[state],
            from_department_id=row.source_id,
            to_department_id=row.target_id,
            reason=reason,
            created_at=at,
        )
        for row in ended
    )
    handover_letters.ended(ended, state=state, reason=reason, actor=actor)
    return ended
