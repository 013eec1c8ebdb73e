"""People as the owner defines them: staff with a seat, a company's person with a section (H8, H21)."""

from django.db import transaction

from accounts.models import AccessLevel, Customer, Section, User
from accounts.services import companies, people
from web.errors import Invalid

from ..models import Department, Seat
from .desks import seat
from .rights import require_desk, require_owner
from .rows import require_ours


@transaction.atomic
def create_staff(
    *,
    actor: User | None,
    mobile: str,
    name: str = "",
    email: str | None = None,
    department: Department | None = None,
    level: str = Seat.SeatLevel.STAFF,
    access_level: AccessLevel | None = None,
) -> User:
    """A staff member known by a mobile alone (H23), seated at once where a department is given; both or neither.

    The owner's verb; who arranges a department makes people for that department only (SPEC: people).
    Raises Invalid (mobile, name, email, level, access_level), NotFound or NotAllowed.
    """
    if department is None:
        require_owner(actor)
    else:
        require_ours(department)
        require_desk(actor, department)
    user = people.create_staff(actor=actor, mobile=mobile, name=name, email=email)
    if department is not None:
        seat(actor=actor, user=user, department=department, level=level, access_level=access_level)
    return user


@transaction.atomic
def add_customer_person(
    *,
    actor: User | None,
    customer: Customer,
    mobile: str,
    level: int,
    section: Section | None = None,
    new_section: str = "",
    name: str = "",
    email: str | None = None,
) -> User:
    """One of a company's people, with their section made on the way where it is new (H21); both or neither.

    Raises Invalid (mobile, name, email, level, section, new_section) or NotAllowed.
    """
    if new_section:
        try:
            section = companies.create_section(actor=actor, customer=customer, name=new_section)
        except Invalid as refused:
            raise Invalid(refused.message, field="new_section") from None
    return people.create_customer_person(
        actor=actor, customer=customer, mobile=mobile, level=level, section=section, name=name, email=email
    )
