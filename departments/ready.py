"""Who sees, uses and writes the answers kept ready (S28), and how one is found."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Right
from persian import query_words

from .models import CannedResponse, Department
from .places import has_right_in, places_of


def seen_by(user: Any) -> QuerySet[CannedResponse]:
    """What a person of ours may look at: everybody's, their departments' (the owner: all of them), and their own."""
    return _some(user, _in_desks(user))


def usable(user: Any, department_id: int | None) -> QuerySet[CannedResponse]:
    """What a person may put into an answer of a department: everybody's, that department's, and their own.

    Before a department is chosen (None): those of the departments they sit in.
    """
    return _some(user, _in_desks(user) if department_id is None else Q(department_id=department_id))


def may_write(user: Any, *, department: Department | None = None, user_of: User | None = None) -> bool:
    """Whether a person makes and changes those of a department, of a person, or, with neither, everybody's: the owner
    everybody's and every department's, who has the right there a department's, each their own (S19).
    """
    if not (user.is_active and user.is_staff_member):
        return False
    if user_of is not None:
        return bool(user_of.pk == user.pk)
    if department is not None:
        return has_right_in(user, department.pk, Right.CANNED)
    return bool(user.is_owner)


def desks_written_by(user: Any) -> QuerySet[Department]:
    """The departments whose ready answers a person writes."""
    rows = Department.objects.filter(is_active=True)
    if user.is_owner:
        return rows
    return rows.filter(pk__in=[pk for pk, place in places_of(user).items() if Right.CANNED in place.rights])


def matching(rows: QuerySet[CannedResponse], text: str) -> QuerySet[CannedResponse]:
    """Those in whose name or text every word stands, in any of its spellings; the last may be half typed."""
    for readings in query_words(text[:200]):
        rows = rows.filter(reduce(or_, (_holds(reading) for reading in readings)))
    return rows


def _holds(reading: str) -> Q:
    return reduce(and_, (Q(search_text__contains=word) for word in reading.split()))


def _some(user: Any, of_desks: Q) -> QuerySet[CannedResponse]:
    if not (user.is_active and user.is_staff_member):
        return CannedResponse.objects.none()
    everybodys = Q(department=None, user=None)
    return CannedResponse.objects.filter(everybodys | Q(user=user) | of_desks, is_active=True)


def _in_desks(user: Any) -> Q:
    return Q(department__isnull=False) if user.is_owner else Q(department_id__in=list(places_of(user)))
