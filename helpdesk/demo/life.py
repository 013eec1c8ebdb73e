"""What the owner of the demo decided about a ticket's life: statuses of its own, its rules, two tickets in the bin."""

from __future__ import annotations

from datetime import datetime, timedelta

from tickets import access
from tickets.models import Ticket, TicketStatus
from tickets.services import delete, drafts, ruling, set_status, statuses
from tickets.states import Category

from .households import Household
from .people import DEMO

# Name, what the customer reads, category, colour.
OWN = (
    ("منتظر تأمین‌کننده", "در دست پیگیری", Category.OPEN, "#d46a1e"),
    ("در آزمایش نسخهٔ تازه", "در حال بررسی", Category.OPEN, "#1b9793"),
    ("منتظر تأیید مشتری", "منتظر تأیید شما", Category.WAITING, "#5a84e7"),
)
DAYS = {"reopen_days": 14, "silence_days": 10, "warning_days": 2, "transfer_days": 3, "bin_days": 30}
EVERY = 3  # of the tickets of a category, one in so many has a status of the owner's own
BINNED = 2
ASIDE = "پیش از پاسخ، یک نگاه به این می‌اندازید؟ "
BEGUN = "سلام و وقت بخیر. فایل شما را دیدیم؛ "


def arrange(home: Household, now: datetime) -> None:
    """In the house that is shown first; in its scope, once its tickets are written."""
    if home.house is not DEMO:
        return
    ruling.change_rules(actor=home.owner, **DAYS, undo_seconds=15)
    own = [
        statuses.create_status(
            actor=home.owner, name=name, customer_label=label, category=category, colour=colour
        )
        for name, label, category, colour in OWN
    ]
    waiting = TicketStatus.objects.get(category=Category.WAITING, is_default=True)
    statuses.allow_moves(
        own[2],
        actor=home.owner,
        targets=[waiting, *TicketStatus.objects.filter(category=Category.ANSWERED)],
    )
    for category in (Category.OPEN, Category.WAITING):
        fitting = [status for status in own if status.category == category]
        rows = Ticket.objects.filter(category=category).select_related("assignee").order_by("number")
        for place, ticket in enumerate(rows[::EVERY]):
            at = min(now, ticket.updated_at + timedelta(minutes=5))
            status = fitting[place % len(fitting)]
            # Not everybody who holds one may change its status (rights.arrange).
            holder = ticket.assignee
            may = holder is not None and "set_status" in access.allowed(holder, ticket)
            set_status(ticket, actor=holder if may else home.owner, status=status, at=at)
    # What two of them were in the middle of writing: it is there when they come in.
    for ticket in (
        Ticket.objects.filter(category=Category.OPEN, assignee__isnull=False)
        .select_related("assignee")
        .order_by("number")[:2]
    ):
        begun = {"body": BEGUN}
        drafts.keep(actor=ticket.assignee, place=f"reply-{ticket.number}", values=begun, at=now)
        # And aside, for the owner alone.
        aside = {"body": ASIDE, "audience": "named", "readers": [str(home.owner.public_id)]}
        drafts.keep(actor=ticket.assignee, place=f"note-{ticket.number}", values=aside, at=now)
    closed = Ticket.objects.filter(category=Category.CLOSED).order_by("number")
    for place, ticket in enumerate(closed[:BINNED]):
        delete(ticket, actor=home.owner, at=now - timedelta(days=3 * place + 1))
