"""Who sees which ticket, and who may do what to it. Every list, count, search, file and letter asks here (H10).

A ticket a person may not see is absent for them (NotFound); one they see but may not act on is NotAllowed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from accounts.roles import Level, Right, Role
from departments.places import places_of, rights_of
from tenants.scope import scope_value
from web.errors import NotAllowed, NotFound

from .models import Event, FieldAnswer, Message, NoteReader, Rating, Ticket, Transfer, Watcher
from .standing import asked, desks_decided_by, handles, is_asking, rights
from .states import Audience, Category, Channel, EventKind, MessageKind, TransferState

# The customer's part of the history (S20); of links only that a long-closed ticket goes on in a new one.
CUSTOMER_EVENTS = (EventKind.OPENED, EventKind.CLOSED, EventKind.REOPENED, EventKind.MOVED)
ONWARD, CAME_FROM = "onward:", "from:"
ABSENT = "این تیکت پیدا نشد. شاید نشانی عوض شده یا به آن دسترسی ندارید."
REFUSED = "این کار روی این تیکت برای شما باز نیست."


# Seeing ---------------------------------------------------------------------------------------------------------
def tickets_seen_by(user: Any) -> QuerySet[Ticket]:
    """Every ticket this person may see (SPEC: people). Nobody and the switched off see none."""
    if not getattr(user, "is_active", False):
        return Ticket.objects.none()
    rule = _SIGHT.get(user.role)
    return rule(user) if rule else Ticket.objects.none()


def _owner_sees(user: User) -> QuerySet[Ticket]:
    return Ticket.objects.all()


def _staff_sees(user: User) -> QuerySet[Ticket]:
    """Kept on the person with the seats it rests on (departments.places), for the scope: a page asks a dozen times."""
    kept: dict[int | None, QuerySet[Ticket]] = user.__dict__.setdefault("_sight", {})
    scope = scope_value()
    if scope not in kept:
        kept[scope] = _any_of(*staff_sight(user).values())
    return kept[scope].all()


def staff_sight(user: User) -> dict[str, Q]:
    """Why a member of staff sees a ticket, each reason apart (SPEC: people); «who sees what» shows them so."""
    places = places_of(user).values()
    whole = [place.department_id for place in places if place.sees_department]
    shared = [place.department_id for place in places if place.shares_unassigned]
    requests = Transfer.objects.filter(state=TransferState.PENDING, target_id__in=desks_decided_by(user))
    return {
        "held": Q(assignee=user),
        "opened": Q(opened_by=user),
        "department": Q(department_id__in=whole),
        "unassigned": Q(assignee=None, department_id__in=shared),
        # An internal ticket is also its own department's that sent it (S11).
        "sent": Q(from_department_id__in=whole),
        "watched": Q(pk__in=Watcher.objects.filter(user=user).values("ticket_id")),
        # Who is asked to take a ticket over reads it first (H13).
        "asked": Q(pk__in=requests.values("ticket_id")),
    }


def _customer_sees(user: User) -> QuerySet[Ticket]:
    return _any_of(*customer_sight(user).values()).exclude(channel=Channel.INTERNAL)


def customer_sight(user: User) -> dict[str, Q]:
    """Why a company's person sees a ticket, by their level (SPEC: people)."""
    if user.level == Level.MAIN:
        return {"company": Q(customer_id=user.customer_id)}
    own = {"own": Q(requester=user)}
    if user.level != Level.SECTION_MANAGER or user.section_id is None:
        return own
    people = User.objects.filter(
        customer_id=user.customer_id, section_id=user.section_id, level=Level.SECTION_MEMBER
    )
    return own | {"section": Q(requester_id__in=people.values("pk"))}


def _any_of(*parts: Q) -> QuerySet[Ticket]:
    """Tickets for which any part holds. Each part speaks of the ticket's own columns and of id lists, never of a
    join: then a list walks its index and a count stays with the open ones. As a union of ids each of them first
    gathered a manager's whole past (30 s against 0.1 s on 200,000 tickets, docs/decisions.md).
    """
    return Ticket.objects.filter(reduce(or_, parts))


_SIGHT: dict[str, Callable[[User], QuerySet[Ticket]]] = {
    Role.OWNER: _owner_sees,
    Role.STAFF: _staff_sees,
    Role.CUSTOMER: _customer_sees,
}


def tickets_in_bin(user: Any) -> QuerySet[Ticket]:
    """What lies in the bin: the owner's alone to see (H6)."""
    if not (getattr(user, "is_active", False) and user.role == Role.OWNER):
        return Ticket.with_bin.none()
    return Ticket.with_bin.filter(deleted_at__isnull=False)


def messages_seen_by(user: Any, ticket: Ticket | None = None) -> QuerySet[Message]:
    """Messages this person may see: of one ticket already fetched for them, or of all they see.

    Private notes are for those of our side who have the right where the ticket is, for their writer and for whoever
    is named on them; one for named people is for those alone, and the owner's (S12).
    """
    if ticket is not None:
        rows = Message.objects.filter(ticket=ticket)
    else:
        rows = Message.objects.filter(ticket__in=tickets_seen_by(user).order_by().values("pk"))
    return rows.filter(_readable(user, ticket))


def _readable(user: Any, ticket: Ticket | None) -> Q:
    """The condition on a message's kind."""
    if user.role == Role.OWNER:
        return Q()
    if user.role != Role.STAFF:
        return Q(kind=MessageKind.REPLY)
    named = Q(pk__in=NoteReader.objects.filter(user=user).values("message_id"))
    mine = Q(kind=MessageKind.REPLY) | Q(author=user) | named
    if ticket is not None:
        return mine | Q(audience=Audience.RIGHT) if reads_notes(user, ticket) else mine
    blind = [pk for pk, place in places_of(user).items() if Right.READ_NOTES not in place.rights]
    seated = Q(ticket__department_id__in=list(places_of(user)))
    notes = ~Q(ticket__department_id__in=blind)
    # Where they have no seat, what they may elsewhere counts, as in standing.rights().
    notes &= Q() if Right.READ_NOTES in rights_of(user) else seated
    return mine | Q(audience=Audience.RIGHT) & notes


def reads_notes(user: User, ticket: Ticket) -> bool:
    """Whether a person who sees the ticket may read its private notes (S12)."""
    return Right.READ_NOTES in rights(user, ticket)


def may_decide(user: Any, transfer: Transfer) -> bool:
    """Whether this person answers requests to the department: its manager, their substitute; the owner answers for
    every department without a manager, and may for any (H13).
    """
    if not getattr(user, "is_active", False):
        return False
    return user.role == Role.OWNER or transfer.target_id in desks_decided_by(user)


def may_withdraw(user: Any, transfer: Transfer, ticket: Ticket) -> bool:
    """Whether this person may take a request back: who made it, and who handles the ticket (H13)."""
    return transfer.requested_by_id == user.pk or handles(user, ticket)


def events_seen_by(user: Any, ticket: Ticket) -> QuerySet[Event]:
    """What happened, as far as this person is told: customers see their part of it (S20)."""
    rows = Event.objects.filter(ticket=ticket)
    if user.is_staff_member:
        return rows if reads_ratings(user, ticket) else rows.exclude(~Q(to_person=user), kind=EventKind.RATED)
    links = Q(reason__startswith=ONWARD) | Q(reason__startswith=CAME_FROM)
    return rows.filter(Q(kind__in=CUSTOMER_EVENTS) | Q(kind=EventKind.LINKED) & links)


def ratings_seen_by(user: Any) -> QuerySet[Rating]:
    """Ratings this person reads: the owner all, others those of departments they answer for and their own, of tickets
    they still see (S8). Customers see theirs where they gave them.
    """
    if not (getattr(user, "is_active", False) and user.is_staff_member):
        return Rating.objects.none()
    if user.role == Role.OWNER:
        return Rating.objects.filter(ticket__deleted_at=None)
    # A value a row: as a join or an EXISTS it may begin with every ticket (0.4 s for a month, against 0.03 s).
    desk = Subquery(tickets_seen_by(user).filter(pk=OuterRef("ticket")).values("department")[:1])
    theirs = Q(desk__in=desks_decided_by(user)) | Q(credited_to=user, desk__isnull=False)
    return Rating.objects.alias(desk=desk).filter(theirs)


def reads_ratings(user: Any, ticket: Ticket) -> bool:
    """Whether all ratings on a ticket they see are theirs to read, or only their own: ratings_seen_by's rule (S8)."""
    return user.role == Role.OWNER or ticket.department_id in desks_decided_by(user)


def answers_seen_by(user: Any, ticket: Ticket | None = None) -> QuerySet[FieldAnswer]:
    """Answers to extra fields this person may see (S31): of one ticket already fetched for them, or of all they see.

    What is only our side's, customers see nowhere.
    """
    if ticket is not None:
        return answers_on(user).filter(ticket=ticket)
    return answers_on(user).filter(ticket__in=tickets_seen_by(user).order_by().values("pk"))


def answers_on(user: Any) -> QuerySet[FieldAnswer]:
    """The same on tickets that this person is known to see."""
    rows = FieldAnswer.objects.all()
    return rows if user.is_staff_member else rows.filter(field__is_staff_only=False)


def fetch(user: Any, number: int) -> Ticket:
    """The ticket of a number, for this person. Raises NotFound like for one that never was."""
    ticket = tickets_seen_by(user).filter(number=number).first() if number < 2**31 else None
    if ticket is None:
        raise NotFound(ABSENT)
    return ticket


# Doing ----------------------------------------------------------------------------------------------------------
def sees(user: User, ticket: Ticket) -> bool:
    """Whether the person sees a ticket somebody else has fetched."""
    return tickets_seen_by(user).filter(pk=ticket.pk).exists()


def _is_open(ticket: Ticket) -> bool:
    return ticket.category != Category.CLOSED


def _may_take(user: User, ticket: Ticket) -> bool:
    if not user.is_staff_member or ticket.assignee_id is not None or not _is_open(ticket):
        return False
    # An owner has every right and no seat: they assign.
    return ticket.department_id in places_of(user) and Right.TAKE in rights(user, ticket)


def _may_reply(user: User, ticket: Ticket) -> bool:
    if asked(user, ticket) or is_asking(user, ticket):
        return True
    if Right.REPLY not in rights(user, ticket):
        return False
    return handles(user, ticket) or _may_take(user, ticket) or ticket.opened_by_id == user.pk


def _may_note(user: User, ticket: Ticket) -> bool:
    return Right.NOTE in rights(user, ticket)


def _may_assign(user: User, ticket: Ticket) -> bool:
    if not _is_open(ticket) or Right.ASSIGN not in rights(user, ticket):
        return False
    return handles(user, ticket) or ticket.assignee_id is None


def _may_change(user: User, ticket: Ticket) -> bool:
    return _is_open(ticket) and handles(user, ticket) and Right.CHANGE in rights(user, ticket)


def _may_close(user: User, ticket: Ticket) -> bool:
    if not _is_open(ticket):
        return False
    return asked(user, ticket) or (handles(user, ticket) and Right.CLOSE in rights(user, ticket))


def _may_reopen(user: User, ticket: Ticket) -> bool:
    if _is_open(ticket):
        return False
    return asked(user, ticket) or (handles(user, ticket) and Right.REOPEN in rights(user, ticket))


def _may_pass_on(user: User, ticket: Ticket) -> bool:
    """Hand it to a colleague of the department at once, with words (S10, S21), or ask another department (H13)."""
    return _is_open(ticket) and handles(user, ticket) and Right.TRANSFER in rights(user, ticket)


def _may_move(user: User, ticket: Ticket) -> bool:
    """Move it to another department without asking: the owner's (H13)."""
    return _is_open(ticket) and user.role == Role.OWNER


def _may_watch(user: User, ticket: Ticket) -> bool:
    """Let a colleague see it, or take that back (SPEC: people)."""
    return handles(user, ticket) and Right.TRANSFER in rights(user, ticket)


def _may_rate(user: User, ticket: Ticket) -> bool:
    """Give our answers and our handling stars (S8)."""
    return user.is_customer and ticket.channel != Channel.INTERNAL


def _may_delete(user: User, ticket: Ticket) -> bool:
    """Put it into the bin (H6)."""
    return user.role == Role.OWNER


MAY: dict[str, Callable[[User, Ticket], bool]] = {
    "reply": _may_reply,
    "note": _may_note,
    "take": _may_take,
    "assign": _may_assign,
    "set_status": _may_change,
    "set_priority": _may_change,
    "close": _may_close,
    "reopen": _may_reopen,
    "refer": _may_pass_on,
    "transfer": _may_pass_on,
    "move": _may_move,
    "watch": _may_watch,
    "delete": _may_delete,
    "fill": _may_change,
    "rate": _may_rate,
}


def allowed(user: Any, ticket: Ticket) -> set[str]:
    """The verbs this person may do now to a ticket they see: what templates show, by the rule services ask."""
    return {verb for verb, rule in MAY.items() if rule(user, ticket)}


def lock(user: Any, ticket: Ticket) -> Ticket:
    """The ticket's row, locked and fresh, when this person sees it. Raises NotFound: unseen is absent.

    The first step of every verb, inside its transaction; ``require`` is the second.
    """
    # Two statements on purpose. A locking read that had to wait judges its joins by the rows it read before the
    # wait: a ticket whose status or holder has just changed would be lost. The second reads what is true now.
    Ticket.objects.select_for_update(no_key=True).filter(pk=ticket.pk).values_list("pk").first()
    fresh = (
        tickets_seen_by(user)
        .select_related("tenant", "requester", "department", "assignee", "status")
        .defer("tenant__logo")
        .filter(pk=ticket.pk)
        .first()
    )
    if fresh is None:
        raise NotFound(ABSENT)
    return fresh


def require(verb: str, user: Any, ticket: Ticket) -> None:
    """Raise NotAllowed when the person, who sees the ticket, may not do ``verb`` to it."""
    if not MAY[verb](user, ticket):
        raise NotAllowed(REFUSED)
