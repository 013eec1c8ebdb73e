"""Requests to take a ticket over, as access rules them: who answers which, and whose they are (H13, S10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, F, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import AccessLevel, User
from accounts.roles import Right, Role
from departments.absence import answering, away_column
from departments.models import Department, Seat
from web.days import today
from web.errors import NotFound

from . import access, standing
from .models import Ticket, Transfer, Watcher
from .states import TransferState

ABSENT = "این درخواست پیدا نشد. شاید نشانی عوض شده یا به آن دسترسی ندارید."


def requests_for(user: Any) -> QuerySet[Transfer]:
    """Pending requests this person may answer; every one is the owner's to answer too (H13)."""
    rows = Transfer.objects.filter(state=TransferState.PENDING, ticket__deleted_at=None)
    if not getattr(user, "is_active", False) or not user.is_staff_member:
        return rows.none()
    return rows if user.role == Role.OWNER else rows.filter(target_id__in=standing.desks_decided_by(user))


def requests_of(user: Any) -> QuerySet[Transfer]:
    """Requests this person made, whatever became of them. ``seen``: whether they still see the ticket: what has left
    them they read no more of, but what they asked and what was answered is theirs.
    """
    seen = access.tickets_seen_by(user).order_by().filter(pk=OuterRef("ticket_id"))
    rows = Transfer.objects.filter(requested_by=user, ticket__deleted_at=None)
    return rows.annotate(seen=Exists(seen)) if user.is_staff_member else rows.none()


def fetch_request(user: Any, pk: int) -> Transfer:
    """A request this person has to do with: they may answer it, made it, or see its ticket. Raises NotFound."""
    rows = Transfer.objects.select_related("ticket", "target", "source").filter(ticket__deleted_at=None)
    transfer = rows.filter(pk=pk).first() if pk < 2**63 and user.is_staff_member else None
    if transfer is None or not (
        access.may_decide(user, transfer)
        or transfer.requested_by_id == user.pk
        or access.tickets_seen_by(user).filter(pk=transfer.ticket_id).exists()
    ):
        raise NotFound(ABSENT)
    return transfer


# What the pages of hand-overs read ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Answering:
    """Somebody who answers in a department, and until when they are away."""

    user: User
    away_until: date | None


@dataclass(frozen=True)
class Desk:
    """A department and those who answer there, by name."""

    department: Department
    seats: list[Answering] = field(default_factory=list)


def house(ticket: Ticket) -> dict[int, Desk]:
    """Every department that is on, and the ticket's own, with those who answer there. One statement for all of it."""
    builtin = AccessLevel.objects.filter(builtin=OuterRef("seats__level")).values("rights")[:1]
    rows = (
        Department.objects.filter(Q(is_active=True) | Q(pk=ticket.department_id))
        .annotate(
            granted=Coalesce(F("seats__access_level__rights"), Subquery(builtin), output_field=JSONField()),
            away=away_column(today(), "seats__user"),
        )
        .order_by("position", "pk", "seats__user__sort_key", "seats__user")
        .values_list(
            "pk",
            "name",
            "seats__user",
            "seats__user__public_id",
            "seats__user__name",
            "seats__user__is_active",
            "granted",
            "away",
        )
    )
    found: dict[int, Desk] = {}
    for pk, name, person, public_id, person_name, is_active, granted, away in rows:
        desk = found.setdefault(pk, Desk(Department(pk=pk, name=name, tenant_id=ticket.tenant_id)))
        if is_active and Right.REPLY in (granted or ()):
            user = User(pk=person, public_id=public_id, name=person_name, tenant_id=ticket.tenant_id)
            desk.seats.append(Answering(user, away))
    return found


def answering_by_desk(departments: Iterable[int]) -> dict[int, list[Seat]]:
    """Those who answer in each of these departments, by name; one statement."""
    found: dict[int, list[Seat]] = {pk: [] for pk in departments}
    seats = answering(found, today()) if found else []
    for seat in sorted(seats, key=lambda one: (one.user.sort_key, one.user_id)):
        found[seat.department_id].append(seat)
    return found


def answering_in(department_id: int) -> list[Seat]:
    """Those who answer in one department, by name, with ``away_until``."""
    return answering_by_desk([department_id])[department_id]


def last_request() -> Subquery:
    """For a ticket's row: its pending request, else the last one when it was rejected, else nothing."""
    last = Transfer.objects.filter(ticket=OuterRef("pk")).order_by("-created_at", "-pk")
    told = Q(state=TransferState.PENDING) | Q(state=TransferState.REJECTED, source=OuterRef("department"))
    return Subquery(last.filter(told).values("pk")[:1])


def with_people(rows: QuerySet[Transfer]) -> QuerySet[Transfer]:
    """All that a line about a request shows."""
    return rows.select_related("ticket", "source", "target", "requested_by", "person", "decided_by", "note")


def watchers_of(ticket: Ticket) -> list[Watcher]:
    """Colleagues who watch a ticket, by name; those whose door is closed see nothing and are left out."""
    rows = Watcher.objects.filter(ticket=ticket, user__is_active=True).select_related("user")
    return list(rows.order_by("user__sort_key", "user_id"))
