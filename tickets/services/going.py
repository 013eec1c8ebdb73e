"""Answers on their way go before a verb they would cross (B8).

Who closes, refers or sets a status a moment after sending means the answer to be said first; and a colleague's words
are not lost to a hand that comes in between. Locks are taken in one order: tickets by their id, then what is on its
way on them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from accounts.models import User

from .. import access
from ..models import Outgoing, Ticket


def lock(actor: User, ticket: Ticket, *, at: datetime) -> Ticket:
    """``access.lock`` of a verb that an answer on its way would cross: it is said before. Raises NotFound."""
    let_go([ticket.pk], at=at)
    return access.lock(actor, ticket)


def let_go(tickets: Collection[int], *, at: datetime) -> bool:
    """Say what is on its way on these tickets (ids), whoever wrote it, and hold them; whether there was anything.
    Inside the verb's transaction.

    What could not go lies with its writer again. Closing («ارسال و بستن») is left to the verb: it is the later word.
    """
    hold(tickets)
    rows = Outgoing.objects.filter(ticket_id__in=tickets, failed="").order_by("pk")
    leaving = list(rows.values_list("pk", flat=True))
    if leaving:
        from .outgoing import say  # late: an answer is said, and closes, by the verbs that come here first

        for pk in leaving:
            say(pk, at=at)
    return bool(leaving)


def hold(tickets: Collection[int]) -> None:
    """Lock these tickets, also those in the bin."""
    rows = Ticket.with_bin.select_for_update(no_key=True).filter(pk__in=tickets).order_by("pk")
    list(rows.values_list("pk", flat=True))
