"""What the owner takes away as a table: rows read in short scopes, so that a long download holds no transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Contract, Customer, User
from accounts.roles import Level
from departments.services.customer_table import COLUMNS
from persian import jalali
from tenants.models import Tenant
from tenants.scope import tenant_scope
from web.paging import page

from . import lists

BATCH = 500
CUSTOMER_HEADER = (*(column.header for column in COLUMNS), "وضعیت", "تاریخ ثبت")
TEMPLATE_WIDTHS = (28, 24, 16, 28, 16, 16, 22, 22, 36, 16, 14, 14, 12)


def batches(
    tenant: Tenant,
    rows: Callable[[], QuerySet[Any]],
    keys: Sequence[str],
    shown: Callable[[list[Any]], Iterator[Any]],
) -> Iterator[Any]:
    """Every row of a queryset in the order of ``keys``, a batch to a scope; ``shown`` makes lines of a batch."""
    cursor: str | None = None
    while True:
        # SQLite: reading stays out of transactions, as in pages.
        with tenant_scope(tenant, atomic=connection.vendor == "postgresql"):
            found = page(rows(), keys=keys, cursor=cursor, size=BATCH)
            lines = list(shown(found.rows))
        yield from lines
        cursor = found.next
        if cursor is None:
            return


def customer_rows(tenant: Tenant, query: str = "") -> Iterator[list[str]]:
    """Customers as the import's columns have them, narrowed as the list is, and two columns more."""
    return batches(tenant, lambda: lists.customers(query).defer(None), lists.BY_NAME, _customer_lines)


def _customer_lines(rows: list[Customer]) -> Iterator[list[str]]:
    contacts: dict[int | None, User] = {}
    people = User.objects.filter(customer__in=rows, level=Level.MAIN).order_by("is_active", "-pk")
    for person in people:  # the last one stays: active before inactive, the first one made before later ones
        contacts[person.customer_id] = person
    latest: dict[int, Contract] = {}
    for signed in Contract.objects.filter(customer__in=rows).order_by("starts_on"):
        latest[signed.customer_id] = signed
    for row in rows:
        contact, contract = contacts.get(row.pk), latest.get(row.pk)
        yield [
            row.name,
            contact.name if contact else "",
            f"0{contact.mobile[3:]}" if contact and contact.mobile else "",
            (contact.email or "") if contact else "",
            row.national_id,
            row.phone,
            row.link_department or "",  # type: ignore[attr-defined]
            row.link_staff or "",  # type: ignore[attr-defined]
            row.notes,
            row.economic_code,
            jalali.format_date(contract.starts_on) if contract else "",
            jalali.format_date(contract.ends_on) if contract else "",
            "" if contract is None or contract.allowance is None else str(contract.allowance),
            "فعال" if row.is_active else "غیرفعال",
            jalali.format_date(row.created_at),
        ]
