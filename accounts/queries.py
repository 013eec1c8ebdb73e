"""What the pages of a company's people read (H21)."""

from __future__ import annotations

from django.db.models import QuerySet

from .access import may_keep_personnel
from .models import Section, User
from .roles import Level, Role


def personnel_of(keeper: User) -> QuerySet[User]:
    """The people this person keeps: a main contact the whole company, a section's manager that section.

    The keeper is among them; for anybody else there are none.
    """
    if not may_keep_personnel(keeper):
        return User.objects.none()
    rows = User.objects.filter(role=Role.CUSTOMER, customer_id=keeper.customer_id)
    return rows if keeper.level == Level.MAIN else rows.filter(section_id=keeper.section_id)


def sections_of(keeper: User) -> QuerySet[Section]:
    """The sections this person may put people into."""
    if not may_keep_personnel(keeper):
        return Section.objects.none()
    rows = Section.objects.filter(customer_id=keeper.customer_id)
    return rows if keeper.level == Level.MAIN else rows.filter(pk=keeper.section_id)
