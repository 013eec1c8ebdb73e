"""Customers: the companies a tenant supports, with their main contact and sections (H11, H21)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from persian import sort_key
from tenants.services import audit
from web.errors import Invalid

from ..access import may_manage_customers, may_name_sections, require
from ..models import Customer, OtpChallenge, Section, User
from ..roles import Level
from . import people, sessions
from .people import UNSET
from .values import (
    clean_economic_code,
    clean_name,
    clean_national_id,
    clean_notes,
    clean_phone,
    refused_twice,
)


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
) -> tuple[Customer, User]:
    """A company and its main contact, known by a mobile alone (H11, H23); both or neither.

    Raises Invalid (name, mobile, contact_name, email, phone, national_id, economic_code, notes) or NotAllowed.
    """
    require(may_manage_customers(actor))
    customer = Customer(
        phone=clean_phone(phone),
        national_id=clean_national_id(national_id),
        economic_code=clean_economic_code(economic_code),
        notes=clean_notes(notes),
    )
    _name(customer, name)
    contact = clean_name(contact_name, field="contact_name")
    with refused_twice():
        customer.save(force_insert=True)
    audit.record("customer.create", actor=actor, target=customer, after=_facts(customer))
    person = people.create_customer_person(
        actor=actor, customer=customer, mobile=mobile, level=Level.MAIN, name=contact, email=email
    )
    return customer, person


@transaction.atomic
def change_customer(
    customer: Customer,
    *,
    actor: User | None,
    name: str = UNSET,
    phone: str = UNSET,
    national_id: str = UNSET,
    economic_code: str = UNSET,
    notes: str = UNSET,
) -> Customer:
    """Change what was given of a company. Raises Invalid at the field, or NotAllowed."""
    require(may_manage_customers(actor))
    before = _facts(customer)
    if name is not UNSET:
        _name(customer, name)
    if phone is not UNSET:
        customer.phone = clean_phone(phone)
    if national_id is not UNSET:
        customer.national_id = clean_national_id(national_id)
    if economic_code is not UNSET:
        customer.economic_code = clean_economic_code(economic_code)
    if notes is not UNSET:
        customer.notes = clean_notes(notes)
    with refused_twice():
        customer.save(update_fields=["name", "sort_key", "phone", "national_id", "economic_code", "notes"])
    audit.record_change(
        "customer.change", actor=actor, target=customer, before=before, after=_facts(customer)
    )
    return customer


@transaction.atomic
def switch_customer_off(customer: Customer, *, actor: User | None) -> Customer:
    """Refuse everybody of the company from now on: open sessions and waiting codes end with it (S22).

    Raises NotAllowed. A fixed number of statements, however many people the company has.
    """
    require(may_manage_customers(actor))
    if Customer.objects.filter(pk=customer.pk, is_active=True).update(is_active=False):
        audit.record("customer.off", actor=actor, target=customer)
    people_of_it = User.objects.filter(customer=customer)
    OtpChallenge.objects.filter(user__in=people_of_it, used_at=None).update(expires_at=timezone.now())
    sessions.end_all_of(people_of_it.values_list("pk", flat=True))
    customer.is_active = False
    return customer


@transaction.atomic
def switch_customer_on(customer: Customer, *, actor: User | None) -> Customer:
    """Let the company's people in again; those switched off one by one stay off (S22). Raises NotAllowed."""
    require(may_manage_customers(actor))
    if Customer.objects.filter(pk=customer.pk, is_active=False).update(is_active=True):
        audit.record("customer.on", actor=actor, target=customer)
    customer.is_active = True
    return customer


@transaction.atomic
def create_section(*, actor: User | None, customer: Customer, name: str) -> Section:
    """A named part of the company, e.g. حسابداری (H21). Raises Invalid(field="name") or NotAllowed."""
    require(may_name_sections(actor, customer))
    section = Section(customer=customer, name=_section_name(customer, name))
    with refused_twice():
        section.save(force_insert=True)
    audit.record("section.create", actor=actor, target=section, after={"customer": customer.name})
    return section


@transaction.atomic
def rename_section(section: Section, *, actor: User | None, name: str) -> Section:
    """Another name for a section; its people stay (H21). Raises Invalid(field="name"), NotAllowed."""
    require(may_name_sections(actor, section.customer))
    before, section.name = section.name, _section_name(section.customer, name, but=section)
    if section.name != before:
        with refused_twice():
            section.save(update_fields=["name"])
        audit.record(
            "section.rename",
            actor=actor,
            target=section,
            before={"name": before},
            after={"name": section.name, "customer": section.customer.name},
        )
    return section


def _section_name(customer: Customer, name: str, but: Section | None = None) -> str:
    """A name that reads like no other section's: «حسابداري» and «حسابداری» are one."""
    cleaned = clean_name(name, longest=80, required=True)
    others = Section.objects.filter(customer=customer).exclude(pk=but.pk if but else None)
    if sort_key(cleaned) in {sort_key(other) for other in others.values_list("name", flat=True)}:
        raise Invalid("این شرکت بخشی با همین نام دارد.", field="name")
    return cleaned


def _name(customer: Customer, name: str) -> None:
    customer.name = clean_name(name)
    if not customer.name:
        raise Invalid("نام شرکت را بنویسید.", field="name")
    customer.sort_key = sort_key(customer.name)


def _facts(customer: Customer) -> dict[str, Any]:
    return {
        "name": customer.name,
        "phone": customer.phone,
        "national_id": customer.national_id,
        "economic_code": customer.economic_code,
        "notes": customer.notes,
    }
