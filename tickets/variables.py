"""What the names in braces stand for on a ticket: in canned answers (S28) and in signatures (S23)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from accounts.models import User
from departments.models import CannedResponse
from persian import jalali
from persian.digits import to_persian
from tenants.scope import current_tenant
from web import variables
from web.variables import Lookup

from .models import Ticket

# Asked for one by one: a name that a text does not hold costs nothing.
_OF_TICKET: dict[str, Callable[[Ticket], str]] = {
    "مشتری": lambda ticket: ticket.requester.display_name,
    "شرکت": lambda ticket: ticket.customer.name if ticket.customer else "",
    "شماره": lambda ticket: to_persian(str(ticket.number)),
    "کد_رهگیری": lambda ticket: ticket.tracking_code,
    "موضوع": lambda ticket: ticket.subject,
    "دپارتمان": lambda ticket: ticket.department.name,
}
_OF_PERSON: dict[str, Callable[[User], str]] = {
    "مشتری": lambda person: person.display_name,
    "شرکت": lambda person: person.customer.name if person.customer else "",
}


def lookup(actor: User, *, ticket: Ticket | None = None, person: User | None = None) -> Lookup:
    """What each name stands for when ``actor`` answers ``ticket``, or writes to ``person`` before there is one: then
    the names of a ticket stand for nothing and stay in the text.
    """

    def value(name: str) -> str | None:
        if name == "کارشناس":
            return actor.display_name
        if name == "امروز":
            return to_persian(jalali.format_date(jalali.local_day(timezone.now())))
        if name == "مرکز":
            return str(current_tenant().name)
        if ticket is not None and name in _OF_TICKET:
            return _OF_TICKET[name](ticket)
        if person is not None and name in _OF_PERSON:
            return _OF_PERSON[name](person)
        return None

    return value


def filled(row: CannedResponse, values: Lookup) -> tuple[str, str]:
    """A canned answer's text and HTML ("" where it was written plainly) with its names replaced."""
    return variables.fill(row.body, values), variables.fill_html(row.html, values) if row.html else ""


def signature(actor: User, ticket: Ticket) -> str:
    """The person's signature as it would stand under an answer on this ticket now; "" for who has none (S23)."""
    return variables.fill(actor.signature, lookup(actor, ticket=ticket)).strip() if actor.signature else ""
