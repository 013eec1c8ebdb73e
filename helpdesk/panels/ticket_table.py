"""The queue as a table to take away: what its reader sees, with a column for each of the department's fields (S31)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from accounts.models import User, beyond_names
from departments.models import ExtraField
from departments.places import places_of
from departments.questions import FILTERED, all_of
from persian import jalali
from persian.digits import to_persian
from tenants.models import Tenant
from tickets import access, answers, queries
from tickets.models import Ticket

from .exporting import batches

HEADER = (
    "شماره",
    "کد رهگیری",
    "موضوع",
    "مشتری",
    "شرکت",
    "دپارتمان",
    "گروه موضوعی",
    "وضعیت",
    "اولویت",
    "مسئول",
    "تاریخ ثبت",
)
MOST = 50_000  # rows of one table
ORDER = ("-number", "-id")


def columns_of(user: User, department: int) -> list[ExtraField]:
    """The fields of a desk of one's own that get a column: those asked now and, after them, those once asked."""
    if department < 0 or not (user.is_owner or department in places_of(user)):
        return []
    return sorted(all_of(department), key=lambda one: not one.is_active)


def header(fields: list[ExtraField]) -> list[str]:
    """The words of the first line."""
    return [*HEADER, *(one.label if one.is_active else f"{one.label} (پیشین)" for one in fields)]


def lines(
    tenant: Tenant, user: User, *, view: str, params: dict[str, str], fields: list[ExtraField]
) -> Iterator[list[str]]:
    """The tickets of a view as its filters leave them, newest first, at most MOST; only what the person sees."""

    def rows() -> Any:
        found = queries.view_of(access.tickets_seen_by(user), view, user=user)
        offered = [one for one in fields if one.is_active and one.kind in FILTERED]
        found = queries.apply_filters(found, params, fields=offered)
        joined = ("status", "department", "topic__parent", "requester", "customer", "assignee")
        return found.select_related(*joined).defer("search_text", *beyond_names("requester", "assignee"))

    def shown(batch: list[Ticket]) -> Iterator[list[str]]:
        told = _answers(user, batch, fields)
        for ticket in batch:
            mine = told.get(ticket.pk, {})
            yield [*_line(ticket), *(mine.get(one.pk, "") for one in fields)]

    return islice(batches(tenant, rows, ORDER, shown), MOST)


def _answers(user: User, batch: list[Ticket], fields: list[ExtraField]) -> dict[int, dict[int, str]]:
    """The words of a batch's answers, by ticket and field; one statement, none without fields."""
    if not fields:
        return {}
    rows = access.answers_on(user).filter(ticket__in=[one.pk for one in batch], field__in=fields)
    told: dict[int, dict[int, str]] = {}
    for one in answers.with_picks(rows).select_related("field", "file"):
        told.setdefault(one.ticket_id, {})[one.field_id] = answers.words_of(one)
    return told


def _line(ticket: Ticket) -> list[str]:
    return [
        to_persian(str(ticket.number)),
        ticket.tracking_code,
        ticket.subject,
        ticket.requester.display_name,
        ticket.customer.name if ticket.customer else "",
        ticket.department.name,
        ticket.topic.path if ticket.topic else "",
        ticket.status.name,
        str(ticket.get_priority_display()),
        ticket.assignee.display_name if ticket.assignee else "",
        to_persian(jalali.format_date(ticket.created_at)),
    ]
