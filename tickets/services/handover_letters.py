"""Who is told of a hand-over (H12, H13, S10). Letters about a request lead to the list of requests: who made one may no
longer see its ticket.
"""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from departments.models import Department
from notifications.services import post, together
from persian import jalali
from persian.digits import to_persian
from tenants.scope import current_tenant

from ..models import FAR, Ticket, Transfer
from ..routing import Answering, deciders, responsible, responsible_for
from ..states import TransferState
from . import telling

CHANNELS = ("email", "bell")
SENT, WAITING = "/desk/transfers/?view=sent", "/desk/transfers/"


def requested(transfer: Transfer, *, actor: User, mark: int) -> None:
    """Whoever answers for the other department has a request to answer."""
    _post("transfer.requested", transfer, deciders(transfer.target), actor=actor, url=WAITING, key=f"{mark}")


def accepted(transfer: Transfer, *, actor: User, former: User | None, to: User | None) -> None:
    """Who asked, and who had it, hear that it has gone; who has it now is told of the ticket itself."""
    people = {person.pk: person for person in (transfer.requested_by, former) if person is not None}
    if to is not None:
        people.pop(to.pk, None)
    _post("transfer.accepted", transfer, people.values(), actor=actor, url=SENT)


def rejected(transfer: Transfer, *, actor: User, mark: int) -> None:
    """Who asked hears why not; where they are not here any more, who has the ticket, or answers for it."""
    kind, ticket = "transfer.rejected", transfer.ticket
    if transfer.requested_by.is_active:
        _post(kind, transfer, [transfer.requested_by], actor=actor, url=SENT, key=f"{mark}")
        return
    people = (ticket.assignee,) if ticket.assignee else responsible_for(ticket)
    _post(kind, transfer, people, actor=actor, url=f"/t/{ticket.tracking_code}/", key=f"{mark}")


def ended(rows: Iterable[Transfer], *, state: TransferState, reason: str = "", actor: User | None) -> None:
    """Requests that nobody answered are over, withdrawn or returned: one letter each to whom it concerns, all of them
    written together. Of a ticket in the bin nothing is told (H6).
    """
    desks, house = Answering(), current_tenant().name
    with together():
        for row in rows:
            if row.ticket.deleted_at is None:
                end = _returned if state == TransferState.RETURNED else _withdrawn
                end(row, reason=reason, actor=actor, desks=desks, house=house)


def _withdrawn(transfer: Transfer, *, reason: str, actor: User | None, desks: Answering, house: str) -> None:
    """Who was asked need not answer any more; who asked hears it, when it was not them."""
    people = [*desks.deciders(transfer.target), transfer.requested_by]
    _post("transfer.withdrawn", transfer, people, actor=actor, url=WAITING, house=house)


def _returned(transfer: Transfer, *, reason: str, actor: User | None, desks: Answering, house: str) -> None:
    """Who asked, and who answers for the department it came from and sees its ticket, have it back."""
    kind = "transfer.retired" if reason == "retired" else "transfer.returned"
    _post(kind, transfer, [transfer.requested_by], actor=actor, url=SENT, house=house)
    there = desks.responsible(transfer.source, holder=transfer.ticket.assignee_id)
    others = [one for one in there if one.pk != transfer.requested_by_id]
    url = f"/t/{transfer.ticket.tracking_code}/"
    _post(kind, transfer, others, actor=actor, url=url, house=house)


def arrived(ticket: Ticket, *, actor: User, mark: int) -> None:
    """A ticket lies in another department's queue: who answers there hears it, unless they brought it."""
    telling.arrived(ticket, people=responsible(ticket.department), actor=actor, mark=mark)


def assigned_many(count: int, *, department: Department, to: User, actor: User, mark: int) -> None:
    """Several tickets came to a person in one act: one letter."""
    if to.pk != actor.pk:
        data = {
            "tenant": current_tenant().name,
            "count": to_persian(str(count)),
            "department": department.name,
            "person": actor.display_name,
        }
        mine = "/desk/tickets/?view=mine"
        about = f"department:{department.pk}"
        post("tickets.assigned", to=to, data=data, url=mine, about=about, key=f"tickets.assigned:{mark}")


def watching(ticket: Ticket, *, to: User, actor: User, mark: int) -> None:
    """A colleague may see a ticket from now on: a line in the bell."""
    if to.pk != actor.pk:
        telling.tell(
            "ticket.watching", ticket, to=to, person=actor, key=f"watching:{mark}", channels=("bell",)
        )


def _post(
    kind: str,
    transfer: Transfer,
    people: Iterable[User],
    *,
    actor: User | None,
    url: str,
    key: str = "",
    house: str = "",
) -> None:
    others = {one.pk: one for one in people if actor is None or one.pk != actor.pk}
    if not others:
        return
    due = transfer.due_at
    data = {
        "tenant": house or current_tenant().name,
        "number": to_persian(str(transfer.ticket.number)),
        "source": transfer.source.name,
        "department": transfer.target.name,
        "person": actor.display_name if actor else "سامانه",
        "until": f"تا {jalali.day_month(jalali.local_day(due))}" if due < FAR else "هر زمان که شد",
        "reason": transfer.answer,
    }
    post(
        kind,
        to=list(others.values()),
        data=data,
        url=url,
        about=f"transfer:{transfer.pk}",
        channels=CHANNELS,
        key=f"{kind}:{transfer.pk}:{key}",
    )
