"""Who hears that clocks have turned (H4): holder, manager, owner, as the tenant chose; a letter a person a sweep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import User
from departments import sla
from departments.models import Department
from notifications.services import post, together
from persian import jalali
from persian.digits import group

from ..clock import CLOSE
from ..models import Ticket
from ..routing import Answering
from .telling import ticket_data

STATES = {"yellow": "رو به پایان است", "red": "گذشته است"}


@dataclass(frozen=True)
class News:
    """A ticket whose clock has turned to a colour nobody has heard of yet, or ``close``: passed its time to close."""

    ticket: Ticket
    colour: str


def tell(news: list[News], *, at: datetime) -> None:
    """One letter a person of answers due and one of times to close, however many tickets; each names only tickets
    they see. Inside a transaction.

    A statement for each department concerned, none for each ticket.
    """
    if not news:
        return
    people = _People(news, at)
    inbox: dict[int, tuple[User, list[News]]] = {}
    for one in news:
        for person in people.who_hear(one):
            inbox.setdefault(person.pk, (person, []))[1].append(one)
    with together():
        for person, mine in inbox.values():
            unclosed = [one for one in mine if one.colour == CLOSE]
            for part in ([one for one in mine if one.colour != CLOSE], unclosed):
                if len(part) == 1:
                    _post_one(part[0], to=person, people=people)
                elif part:
                    _post_many(part, to=person)


def _post_one(one: News, *, to: User, people: _People) -> None:
    ticket = one.ticket
    ticket.requester, ticket.department = (
        people.users[ticket.requester_id],
        people.departments[ticket.department_id],
    )
    data, state = ticket_data(ticket), STATES.get(one.colour)
    post(
        "ticket.turned" if state else "ticket.unclosed",
        to=to,
        data={**data, "state": state} if state else data,
        url=f"/t/{ticket.tracking_code}/",
        about=f"ticket:{ticket.pk}",
        key=f"turned:{_mark(one)}",
    )


def _post_many(mine: list[News], *, to: User) -> None:
    late = sum(one.colour == "red" for one in mine)
    parts = ((late, "تیکت دیر شد"), (len(mine) - late, "تیکت رو به پایان است"))
    words = "، ".join(f"{group(count)} {word}" for count, word in parts if count)
    url = "/desk/tickets/?view=overdue" if late else "/desk/tickets/?view=unanswered&colour=yellow"
    is_close = mine[0].colour == CLOSE
    post(
        "tickets.unclosed" if is_close else "tickets.turned",
        to=to,
        data={"what": f"{group(len(mine))} تیکت" if is_close else words},
        url=f"/desk/tickets/?view=unanswered&colour={CLOSE}" if is_close else url,
        about="clock",
        key=f"turned-many:{_mark(mine[0])}",
    )


def _mark(one: News) -> str:
    """The same for one turn of one run of a clock, and for no other."""
    since = one.ticket.waiting_since
    return f"{one.ticket.pk}:{one.colour}:{since.timestamp() if since else 0:.6f}"


class _People:
    """Everybody concerned by some news, each kind read in one statement when it is first asked."""

    def __init__(self, news: Iterable[News], at: datetime) -> None:
        self._tickets = [one.ticket for one in news]
        self._desks = Answering(jalali.local_day(at))
        self._hears = {colour: sla.hears(colour) for colour in {one.colour for one in news}}

    @cached_property
    def users(self) -> dict[int, User]:
        """Holders and requesters."""
        ids = {ticket.requester_id for ticket in self._tickets}
        ids |= {ticket.assignee_id for ticket in self._tickets if ticket.assignee_id}
        return User.objects.in_bulk(list(ids))

    @cached_property
    def departments(self) -> dict[int, Department]:
        return Department.objects.in_bulk(list({ticket.department_id for ticket in self._tickets}))

    def who_hear(self, one: News) -> list[User]:
        """The people a piece of news is for, each once."""
        found = {
            person.pk: person
            for role in self._hears[one.colour]
            for person in self._by_role(role, one.ticket)
        }
        return list(found.values())

    def _by_role(self, role: str, ticket: Ticket) -> Iterator[User]:
        if role == "owner":
            yield from self._desks.owners
        elif role == "manager":
            yield from self._answering(ticket)
        else:
            holder = self.users.get(ticket.assignee_id or 0)
            yield from [holder] if holder is not None and holder.is_active else self._answering(ticket)

    def _answering(self, ticket: Ticket) -> tuple[User, ...]:
        """The department's manager, or who stands in for them and sees the ticket too; else the owners."""
        department = self.departments[ticket.department_id]
        return self._desks.responsible(department, holder=ticket.assignee_id)
