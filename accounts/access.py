"""Who may define whom. Ticket visibility is asked in tickets.access, not here.

``actor`` None is the system itself: provisioning, demo data, ``manage.py create_owner``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.errors import NotAllowed

from .roles import Level

if TYPE_CHECKING:
    from .models import Customer, Section, User


def may_manage_staff(actor: User | None) -> bool:
    """Staff and owners are defined by the owner (SPEC: people)."""
    return actor is None or actor.is_owner


def may_manage_customers(actor: User | None) -> bool:
    """Customers are defined by the owner (H11)."""
    return actor is None or actor.is_owner


def may_add_person(actor: User | None, customer: Customer, level: int, section: Section | None) -> bool:
    """A company's people are added by the owner, by its main contact, or by a section's manager below them (H21)."""
    if may_manage_customers(actor):
        return True
    assert actor is not None  # the line above answered for the system
    if not actor.is_customer or actor.customer_id != customer.pk or level == Level.MAIN:
        return False
    if actor.level == Level.MAIN:
        return True
    return (
        actor.level == Level.SECTION_MANAGER
        and level == Level.SECTION_MEMBER
        and section is not None
        and actor.section_id == section.pk
    )


def may_switch(actor: User | None, person: User) -> bool:
    """Switching a person on or off (S22): the owner anyone, a company's people those they may add."""
    if may_manage_staff(actor):
        return True
    if person.customer is None or person.level is None:
        return False
    return may_add_person(actor, person.customer, person.level, person.section)


def may_keep_personnel(user: User) -> bool:
    """The page of personnel: a company's main contact has it, and the manager of a section for that section (H21)."""
    if not user.is_customer:
        return False
    return user.level == Level.MAIN or (user.level == Level.SECTION_MANAGER and user.section_id is not None)


def may_name_sections(actor: User | None, customer: Customer) -> bool:
    """A company's sections are made and named by the owner and by its main contact (H21)."""
    return may_add_person(actor, customer, Level.SECTION_MANAGER, None)


def may_move(actor: User | None, person: User, level: int | None = None) -> bool:
    """Another section, or another level (``level``, where it is known): the owner, or the company's main contact.

    A main contact neither makes nor unmakes one of their own rank, so nobody raises themself (H21).
    """
    if not person.is_customer:
        return False
    if may_manage_customers(actor):
        return True
    return (
        actor is not None
        and actor.is_customer
        and actor.level == Level.MAIN
        and actor.customer_id == person.customer_id
        and Level.MAIN not in (person.level, level)
    )


def may_edit(actor: User | None, person: User) -> bool:
    """A profile is changed by its holder or by the owner."""
    return may_manage_staff(actor) or (actor is not None and actor.pk == person.pk)


def require(allowed: bool) -> None:
    """Raise NotAllowed unless the rule above said yes."""
    if not allowed:
        raise NotAllowed()
