"""Who is told of what, and with which words (S5, S6, S24)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Customer, User
from accounts.roles import Level
from departments.models import Department
from notifications.services import post, together
from persian.digits import group, to_persian
from tenants.scope import current_tenant

from ..models import Message, Rating, Ticket
from ..rating_links import answer_link, closing_link
from ..routing import Route, responsible, responsible_for
from ..states import Channel

CONTACTS = 3  # as many of a company hear of what a colleague who is gone had asked


def ticket_data(ticket: Ticket, person: Any = None) -> dict[str, str]:
    """The variables of a letter about one ticket."""
    return {
        "tenant": current_tenant().name,
        "number": to_persian(str(ticket.number)),
        "code": ticket.tracking_code,
        "subject": ticket.subject,
        "customer": ticket.requester.display_name,
        "department": ticket.department.name,
        "person": person.display_name if person else "",
    }


def _post(
    kind: str,
    ticket: Ticket,
    *,
    to: User,
    key: str,
    channels: tuple[str, ...],
    person: Any = None,
    anchor: str = "",
    more: dict[str, str] | None = None,
) -> None:
    post(
        kind,
        to=to,
        data=ticket_data(ticket, person) | (more or {}),
        url=f"/t/{ticket.tracking_code}/{anchor}",
        about=f"ticket:{ticket.pk}",
        channels=channels,
        key=f"{key}:{to.pk}",
    )


def opened(ticket: Ticket, *, told: Iterable[User], actor: User, wants_sms: bool) -> None:
    """The customer gets the tracking code; the holder hears of the ticket, or whoever answers that nobody has it.

    Of an internal ticket only those hear whom it goes to, and no SMS leaves (S11).
    """
    key = f"opened:{ticket.pk}"
    if _is_internal(ticket):
        _tell("ticket.opened.internal", ticket, told, actor=actor, key=f"{key}:staff")
        return
    by_sms = wants_sms or ticket.requester.wants_sms or current_tenant().sms_on_open
    channels = ("sms", "email", "bell") if by_sms else ("email", "bell")
    with together():
        _post("ticket.opened.customer", ticket, to=ticket.requester, key=key, channels=channels)
        for person in told:
            if person.pk != actor.pk:
                _post(
                    "ticket.opened.staff" if ticket.assignee_id else "ticket.unassigned",
                    ticket,
                    to=person,
                    key=f"{key}:staff",
                    channels=("sms", "email", "bell"),
                )


def answered(ticket: Ticket, message: Message, *, actor: User) -> None:
    """The customer hears that we answered; of an internal ticket who opened it."""
    if _is_internal(ticket):
        _tell(
            "ticket.answered.internal", ticket, [ticket.requester], actor=actor, key=f"answered:{message.pk}"
        )
        return
    for person in _asking(ticket):
        _post(
            "ticket.answered",
            ticket,
            to=person,
            key=f"answered:{message.pk}",
            channels=("sms", "email", "bell"),
            person=actor,
            more={"rate": answer_link(message, person)},
        )


def customer_replied(ticket: Ticket, message: Message) -> None:
    """The holder hears of the asker's message; without one, whoever answers for the department."""
    people = (ticket.assignee,) if ticket.assignee else responsible(ticket.department)
    if _is_internal(ticket):
        key = f"said:{message.pk}"
        _tell("ticket.said.internal", ticket, people, actor=message.author, key=key)
        return
    for person in people:
        _post(
            "ticket.customer_replied", ticket, to=person, key=f"said:{message.pk}", channels=("email", "bell")
        )


def mentioned(ticket: Ticket, message: Message, *, told: Iterable[User], actor: User) -> None:
    """Who is named in a private note hears of it and is led to it; what it says is read there only (S12, B5)."""
    key, anchor = f"mentioned:{message.pk}", f"#message-{message.pk}"
    _tell("ticket.mentioned", ticket, told, actor=actor, key=key, anchor=anchor)


def _is_internal(ticket: Ticket) -> bool:
    return ticket.channel == Channel.INTERNAL


def _tell(
    kind: str, ticket: Ticket, people: Iterable[User], *, actor: User, key: str, anchor: str = ""
) -> None:
    """One letter to each colleague but the one who acts, by bell and e-mail."""
    with together():
        for person in people:
            if person.pk != actor.pk:
                channels = ("email", "bell")
                _post(kind, ticket, to=person, key=key, channels=channels, person=actor, anchor=anchor)


def assigned(ticket: Ticket, *, actor: User, mark: int) -> None:
    """The new holder hears of it, unless they did it themself. ``mark`` is the event's id."""
    person = ticket.assignee
    if person is not None and person.pk != actor.pk:
        _post("ticket.assigned", ticket, to=person, key=f"assigned:{mark}", channels=("email", "bell"))


def closing_soon(ticket: Ticket, *, day: str, mark: int) -> None:
    """The customer hears that their silence will close it, and on which day. ``mark`` is the event's id."""
    post(
        "ticket.closing_soon",
        to=_asking(ticket),
        data={**ticket_data(ticket), "day": day},
        url=f"/t/{ticket.tracking_code}/",
        about=f"ticket:{ticket.pk}",
        key=f"closing:{mark}",
    )


def closed_silent(ticket: Ticket, *, mark: int) -> None:
    """The customer hears that it was closed. ``mark`` is the event's id."""
    _closed("ticket.closed_silent", ticket, mark=mark)


def closed(ticket: Ticket, *, actor: User, mark: int) -> None:
    """The customer hears that our side closed it, and is asked how it was (S8). ``mark`` is the event's id."""
    if actor.is_staff_member and not _is_internal(ticket):
        # By SMS only to who asked for it: this letter asks, it brings nothing new.
        _closed("ticket.closed.customer", ticket, asks=True, mark=mark, person=actor)


def _closed(kind: str, ticket: Ticket, *, mark: int, asks: bool = False, person: Any = None) -> None:
    for to in _asking(ticket):
        channels = ("email", "bell") if asks and not to.wants_sms else ("sms", "email", "bell")
        more = {"rate": closing_link(ticket, to)}
        _post(kind, ticket, to=to, key=f"closed:{mark}", channels=channels, person=person, more=more)


def _asking(ticket: Ticket) -> list[User]:
    """Whom a customer's ticket is told to: who asked; where their door is closed, their company's main contacts."""
    if ticket.requester.is_active or ticket.customer_id is None:
        return [ticket.requester]
    mains = User.objects.filter(customer=ticket.customer_id, level=Level.MAIN, is_active=True)
    return list(mains.order_by("pk")[:CONTACTS])


def rated_low(ticket: Ticket, rating: Rating) -> None:
    """Whoever answers for the department and sees the ticket hears of few stars, once for each rating however it
    changes; once more when its words come later (S8).
    """
    more = {
        "stars": to_persian(str(rating.stars)),
        "comment": rating.comment or "توضیحی ننوشته است.",
        "customer": rating.rater.display_name,
    }
    anchor = f"#message-{rating.message_id}" if rating.message_id else ""
    with together():
        for person in responsible_for(ticket):
            _post(
                "ticket.rated_low",
                ticket,
                to=person,
                key=f"rated:{rating.pk}{':words' if rating.comment else ''}",
                channels=("email", "bell"),
                person=rating.credited_to,
                anchor=anchor,
                more=more,
            )


def arrived(ticket: Ticket, *, people: Iterable[User], actor: User, mark: int) -> None:
    """A ticket came into a department's queue."""
    for person in people:
        if person.pk != actor.pk:
            tell("ticket.arrived", ticket, to=person, key=f"arrived:{mark}", person=actor)


def tell(
    kind: str,
    ticket: Ticket,
    *,
    to: User,
    key: str,
    person: Any = None,
    channels: tuple[str, ...] = ("email", "bell"),
) -> None:
    """One letter about a ticket; the words and the address of every such letter are the same."""
    _post(kind, ticket, to=to, key=key, channels=channels, person=person)


def unsent(ticket: Ticket, *, author: User, mark: int, is_seen: bool) -> None:
    """An answer could not be sent: its writer hears where their words are. It names the ticket by its number alone.

    Of a writer whose door is closed whoever answers for the department hears that the customer still waits.
    """
    data = {"tenant": current_tenant().name, "number": to_persian(str(ticket.number))}
    if author.is_active:
        post(
            "ticket.unsent",
            to=author,
            data=data,
            url=f"/t/{ticket.tracking_code}/" if is_seen else "/desk/unsent/",
            about=f"ticket:{ticket.pk}" if is_seen else f"outgoing:{mark}",
            channels=("bell",),
            key=f"unsent:{mark}",
        )
    elif ticket.deleted_at is None:
        post(
            "ticket.unsent.left",
            to=responsible_for(ticket),
            data=data | {"person": author.display_name},
            url=f"/t/{ticket.tracking_code}/",
            about=f"ticket:{ticket.pk}",
            channels=("bell",),
            key=f"unsent:{mark}",
        )


def moved(
    count: int,
    *,
    source: Department,
    to: Department,
    actor: User,
    receivers: Iterable[User],
    losers: Iterable[User],
    mark: int,
) -> None:
    """A department's tickets went to another's queue: who answers there hears it once, and so does who held some."""
    data = _many(count, department=source, to=to.name, person=actor)
    waiting = f"/desk/tickets/?view=unassigned&department={to.pk}"
    with together():
        _post_many("tickets.moved", receivers, actor=actor, data=data, url=waiting, about=to, mark=mark)
        _post_many("tickets.taken", losers, actor=actor, data=data, url="/desk/", about=source, mark=mark)


def handed(count: int, *, department: Department, of: User, to: User, actor: User, mark: int) -> None:
    """One person's tickets of a department went to another, who hears it once."""
    data = _many(count, department=department, to=to.display_name, person=of)
    _post_many(
        "tickets.handed",
        [to],
        actor=actor,
        data=data,
        url="/desk/tickets/?view=mine",
        about=department,
        mark=mark,
    )


def released(
    count: int, *, department: Department, of: User, actor: User | None, receivers: Iterable[User], mark: int
) -> None:
    """One person's tickets of a department lie in its queue: who answers for it hears it once."""
    data = _many(count, department=department, to=department.name, person=of)
    waiting = f"/desk/tickets/?view=unassigned&department={department.pk}"
    _post_many(
        "tickets.released", receivers, actor=actor, data=data, url=waiting, about=department, mark=mark
    )


def followed(
    count: int, *, customer: Customer, way: Route, actor: User, losers: Iterable[User], mark: int
) -> None:
    """A customer's tickets followed its link to a person or into a queue: who has them hears it once, and so does who
    held some (H9).
    """
    desk = way.department
    data = _many(count, department=desk, to=desk.name, person=actor) | {"customer": customer.name}
    with together():
        if way.assignee is not None:
            mine = "/desk/tickets/?view=mine"
            _post_many(
                "tickets.assigned", [way.assignee], actor=actor, data=data, url=mine, about=desk, mark=mark
            )
        waiting = f"/desk/tickets/?view=unassigned&department={desk.pk}"
        _post_many("tickets.came", way.told, actor=actor, data=data, url=waiting, about=desk, mark=mark)
        _post_many("tickets.gone", losers, actor=actor, data=data, url="/desk/", about=desk, mark=mark)


def _many(count: int, *, department: Department, to: str, person: User) -> dict[str, str]:
    return {
        "tenant": current_tenant().name,
        "count": group(count),
        "department": department.name,
        "to": to,
        "person": person.display_name,
    }


def _post_many(
    kind: str,
    people: Iterable[User],
    *,
    actor: User | None,
    data: dict[str, str],
    url: str,
    about: Department,
    mark: int,
) -> None:
    others = [person for person in people if actor is None or person.pk != actor.pk]
    if others:
        about_it = f"department:{about.pk}"
        post(kind, to=others, data=data, url=url, about=about_it, key=f"{kind}:{mark}")
