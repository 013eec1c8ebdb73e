"""Who may define whom. Ticket visibility is asked in tickets.access, not here.

``actor`` None is the system itself: provisioning, demo data, ``manage.py create_owner``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from web.errors import NotAllowed

from .roles import Level, Right

if TYPE_CHECKING:
    from .models import Customer, Section, User


# Rights come with seats, which are a floor higher: departments says how to read them when the apps are ready.
_rights_of: Callable[[User], frozenset[str]] = lambda user: frozenset()  # noqa: E731


def learn_rights(reader: Callable[[User], frozenset[str]]) -> None:
    """Take the reader of a member of staff's rights, all their seats together (S19)."""
    global _rights_of
    _rights_of = reader


def has_right(actor: User | None, right: Right) -> bool:
    """Whether the right is held in any seat; the owner and the system have every one (S19)."""
    if actor is None or (actor.is_owner and actor.is_active):
        return True
    return actor.is_staff_member and actor.is_active and right in _rights_of(actor)


def may_manage_staff(actor: User | None) -> bool:
    """Staff and owners are defined by the owner (SPEC: people)."""
    return actor is None or (actor.is_owner and actor.is_active)


def may_create_staff(actor: User | None) -> bool:
    """A new colleague: the owner, and who arranges a department; which one, departments asks (SPEC: people)."""
    return has_right(actor, Right.STAFF)


def may_manage_customers(actor: User | None) -> bool:
    """Customers and their contracts: the owner, and staff with the right (H11, SPEC: people)."""
    return has_right(actor, Right.CUSTOMERS)


def may_override_contracts(actor: User | None) -> bool:
    """Taking tickets past a contract's end is the owner's own decision (S2)."""
    return may_manage_staff(actor)


def may_add_person(actor: User | None, customer: Customer, level: int, section: Section | None) -> bool:
    """A company's people: by who manages customers, by its main contact, by a section's manager below them (H21)."""
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
    """Switching a person on or off (S22): the owner anyone, others the company people they may add."""
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


def may_change_contact(actor: User | None, person: User) -> bool:
    """Another's mobile or e-mail without their proof: the owner anybody's, who manages customers theirs (TRUST 6)."""
    if may_manage_staff(actor):
        return actor is None or actor.pk != person.pk
    return person.is_customer and may_manage_customers(actor)


def may_edit(actor: User | None, person: User) -> bool:
    """A profile is changed by its holder or by the owner."""
    return may_manage_staff(actor) or (actor is not None and actor.pk == person.pk)


def require(allowed: bool) -> None:
    """Raise NotAllowed unless the rule above said yes."""
    if not allowed:
        raise NotAllowed()
