"""Tickets of the demo that change hands: requests that wait, one that was refused, a colleague who watches."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from tickets import services
from tickets.models import Message, Ticket
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
        ticket = _held(home, source, before=now - timedelta(hours=hours), taken=taken)
        if ticket is None or ticket.assignee is None:
            continue
        taken.add(ticket.pk)
        # After the last word on it, a note among colleagues included; nothing may have lain so long untouched.
        said = Message.objects.filter(ticket=ticket).latest("created_at").created_at
        said = max(said, ticket.updated_at)
        at = max(now - timedelta(hours=hours), said + (now - said) / 4)
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
            services.reject(
                row, actor=decider, reason=refusal, at=at + min(timedelta(hours=2), (now - at) / 2)
            )
        else:
            watcher = home.manager(source)
            services.watch(ticket, actor=ticket.assignee, user=watcher, at=at)


def _held(home: Household, department: str, *, before: datetime, taken: set[int]) -> Ticket | None:
    """The oldest of its unfinished tickets in somebody's hands that nothing happened to since then; where there is
    none, the one left alone longest.
    """
    rows = Ticket.objects.filter(
        department=home.desks[department],
        assignee__in=home.seated[department],
        category__in=UNFINISHED,
    )
    rows = rows.exclude(pk__in=taken).select_related("assignee")
    return (
        rows.filter(updated_at__lt=before).order_by("number").first() or rows.order_by("updated_at").first()
    )
