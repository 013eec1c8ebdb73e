"""Customers with their exclusive link: one by one, or a whole table at once (H9, H11)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.db import transaction

from accounts.models import Customer, User
from accounts.services import companies, contracts, importing
from tenants.services import audit
from web.errors import Conflict, Invalid

from ..models import Department, Seat, ServiceLink
from .customer_table import Entry
from .links import link_customer
from .rights import require_keeper

BATCH = 250
MOVED_ON = "در همین میان دپارتمان یا کارشناسی که در فایل آمده تغییر کرده است. فایل را دوباره بفرستید."


@transaction.atomic
def create_customer(
    *,
    actor: User | None,
    name: str,
    mobile: str,
    contact_name: str = "",
    email: str | None = None,
    phone: str = "",
    national_id: str = "",
    economic_code: str = "",
    notes: str = "",
    department: Department | None = None,
    staff: User | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    allowance: int | None = None,
) -> tuple[Customer, User]:
    """A company with its main contact and, where they are given, its exclusive link and first contract (H9, S2).

    All or nothing. Raises Invalid (name, mobile, contact_name, email, phone, national_id, economic_code, notes,
    department, staff, starts_on, ends_on, allowance).
    """
    require_keeper(actor)
    if staff is not None and department is None:
        raise Invalid("برای کارشناس پشتیبان، دپارتمان را هم انتخاب کنید.", field="department")
    customer, contact = companies.create_customer(
        actor=actor,
        name=name,
        mobile=mobile,
        contact_name=contact_name,
        email=email,
        phone=phone,
        national_id=national_id,
        economic_code=economic_code,
        notes=notes,
    )
    if department is not None:
        link_customer(actor=actor, customer=customer, department=department, staff=staff)
    if starts_on or ends_on or allowance:
        if starts_on is None or ends_on is None:
            missing = "ends_on" if starts_on else "starts_on"
            raise Invalid("آغاز و پایان قرارداد را با هم بنویسید.", field=missing)
        contracts.create_contract(
            actor=actor, customer=customer, starts_on=starts_on, ends_on=ends_on, allowance=allowance
        )
    return customer, contact


@transaction.atomic
def import_customers(
    *, actor: User | None, entries: Sequence[Entry], told: Callable[[int], None] | None = None
) -> int:
    """Make every customer of a table with its contact and link, or none of them; returns how many (H11).

    ``told`` hears how many are in after each batch. Raises NotAllowed, Conflict where a desk has changed since the
    table was read, and IntegrityError where a number, e-mail or national id was taken meanwhile
    (customer_table.taken tells which).
    """
    require_keeper(actor)
    _hold_desks(entries)
    for start in range(0, len(entries), BATCH):
        part = entries[start : start + BATCH]
        customers = importing.create_customers(actor=actor, companies=[entry.company for entry in part])
        _link(actor, part, customers)
        if told is not None:
            told(start + len(part))
    return len(entries)


def _link(actor: User | None, entries: Sequence[Entry], customers: Sequence[Customer]) -> None:
    links = [
        ServiceLink(customer=customer, department=entry.department, staff=entry.staff)
        for entry, customer in zip(entries, customers, strict=True)
        if entry.department is not None
    ]
    ServiceLink.objects.bulk_create(links)
    acts = [
        (
            link.customer,
            {
                "department_id": link.department_id,
                "department": link.department.name,
                "staff_id": link.staff_id,
                "staff": link.staff.name if link.staff else "",
            },
        )
        for link in links
    ]
    audit.record_many("link_customer", actor=actor, acts=acts)


def _hold_desks(entries: Sequence[Entry]) -> None:
    """Keep the desks of a table as they are until it is in: nobody switches them off or leaves them meanwhile."""
    desks = {entry.department.pk for entry in entries if entry.department}
    places = {(entry.department.pk, entry.staff.pk) for entry in entries if entry.department and entry.staff}
    held = (
        Department.objects.select_for_update(no_key=True).filter(pk__in=desks, is_active=True).order_by("pk")
    )
    seats = Seat.objects.filter(department_id__in=desks, user__is_active=True)
    seated = set(seats.values_list("department_id", "user_id"))
    if len(held) != len(desks) or not places <= seated:
        raise Conflict(MOVED_ON)
