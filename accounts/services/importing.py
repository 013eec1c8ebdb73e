"""Many companies at once, each with its main contact: a few statements for a thousand (H11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from persian import sort_key
from tenants.services import audit

from ..access import may_manage_customers, require
from ..models import Contract, Customer, User
from ..roles import Level, Role


@dataclass(frozen=True)
class NewCompany:
    """One company and its main contact; every value already clean (``values``)."""

    name: str
    mobile: str
    contact_name: str = ""
    email: str | None = None
    phone: str = ""
    national_id: str = ""
    notes: str = ""
    economic_code: str = ""
    contract: Contract | None = None  # checked, and without its company yet


@transaction.atomic
def create_customers(*, actor: User | None, companies: Iterable[NewCompany]) -> list[Customer]:
    """Make every company and its main contact, or none; in the order given.

    Raises NotAllowed, and IntegrityError where a value is already taken: only the caller knows whose row it was.
    """
    require(may_manage_customers(actor))
    given = list(companies)
    customers = [
        Customer(
            name=one.name,
            sort_key=sort_key(one.name),
            phone=one.phone,
            national_id=one.national_id,
            economic_code=one.economic_code,
            notes=one.notes,
        )
        for one in given
    ]
    Customer.objects.bulk_create(customers)
    people = [_contact(one, customer) for one, customer in zip(given, customers, strict=True)]
    User.objects.bulk_create(people)
    audit.record_many(
        "customer.create",
        actor=actor,
        acts=[
            (
                customer,
                {
                    "name": one.name,
                    "phone": one.phone,
                    "national_id": one.national_id,
                    "economic_code": one.economic_code,
                    "notes": one.notes,
                    "contact_name": one.contact_name,
                    "mobile": one.mobile,
                    "email": one.email,
                },
            )
            for one, customer in zip(given, customers, strict=True)
        ],
    )
    _sign(actor, given, customers)
    return customers


def _sign(actor: User | None, given: Sequence[NewCompany], customers: Sequence[Customer]) -> None:
    """The contracts that came with the companies (S2)."""
    signed: list[Contract] = []
    for one, customer in zip(given, customers, strict=True):
        if one.contract is not None:
            one.contract.customer, one.contract.created_by = customer, actor
            signed.append(one.contract)
    Contract.objects.bulk_create(signed)
    acts = [
        (
            contract.customer,
            {
                "starts_on": contract.starts_on.isoformat(),
                "ends_on": contract.ends_on.isoformat(),
                "allowance": contract.allowance,
            },
        )
        for contract in signed
    ]
    audit.record_many("contract.create", actor=actor, acts=acts)


def _contact(one: NewCompany, customer: Customer) -> User:
    person = User(
        role=Role.CUSTOMER,
        level=Level.MAIN,
        customer=customer,
        mobile=one.mobile,
        email=one.email,
        password=make_password(None),
    )
    person.set_name(one.contact_name)
    return person
