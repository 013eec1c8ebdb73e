"""Tickets of the demo that change hands: requests that wait, one that was refused, a colleague who watches."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from tickets import services
from tickets.models import Ticket
from tickets.states import UNFINISHED

from .households import Household
from .people import FINANCE, SALES, SUPPORT, dice

# From, to, hours ago, the words, and what was answered: nothing yet, or why not.
REQUESTS = (
    (SUPPORT, FINANCE, 5, "خودش می‌گوید فاکتور اشتباه صادر شده؛ از نظر فنی چیزی کم ندارد.", ""),
    (FINANCE, SUPPORT, 3, "صورت‌حسابش درست است؛ گزارش در سامانه با عدد دیگری باز می‌شود.", ""),
    (SALES, SUPPORT, 26, "قرارداد بسته شده و حالا راه‌اندازی می‌خواهد.", ""),
    (SUPPORT, FINANCE, 30, "دربارهٔ تمدید می‌پرسد.", "تمدیدش خودکار است؛ همان صفحهٔ قرارداد را نشانش بدهید."),
)


def pass_on(home: Household, *, now: datetime) -> None:
    """In the house that has these departments; in its scope, after its tickets are written."""
    if not {SUPPORT, FINANCE, SALES} <= home.desks.keys():
        return
    rng = dice(f"hand-overs of {home.house.slug}")
    taken: set[int] = set()
    for source, target, hours, words, refusal in REQUESTS:
        at = now - timedelta(hours=hours)
        ticket = next(_held(home, source, before=at, taken=taken), None)
        if ticket is None or ticket.assignee is None:
            continue
        taken.add(ticket.pk)
        row = services.request_transfer(
            ticket,
            actor=ticket.assignee,
            target=home.desks[target],
            explanation=words,
            client_key=uuid.UUID(int=rng.getrandbits(128), version=4),
            at=at,
        )
        if refusal:
            decider = home.manager(target)
            services.reject(row, actor=decider, reason=refusal, at=at + timedelta(hours=2))
        else:
            watcher = home.manager(source)
            services.watch(ticket, actor=ticket.assignee, user=watcher, at=at)


def _held(home: Household, department: str, *, before: datetime, taken: set[int]) -> Iterator[Ticket]:
    """Its unfinished tickets in somebody's hands since before then, the oldest number first."""
    rows = Ticket.objects.filter(
        department=home.desks[department],
        assignee__in=home.seated[department],
        category__in=UNFINISHED,
        updated_at__lt=before,
    )
    return iter(rows.exclude(pk__in=taken).select_related("assignee").order_by("number"))
