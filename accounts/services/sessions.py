"""A person's open sessions: listed, ended one by one or all (TRUST 3, 5)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone

from tenants.scope import current_tenant_id
from tenants.services import audit
from web.errors import NotFound

from ..access import may_manage_staff
from ..models import Session, User


def list_for(user: User) -> list[Session]:
    """The person's live sessions, the last seen first."""
    return list(
        Session.objects.filter(
            user_id=user.pk, tenant_id=user.tenant_id, expire_date__gt=timezone.now()
        ).order_by("-seen_at", "-created_at")
    )


def end(user: User, public_id: UUID, *, actor: User) -> None:
    """End one session of the person. Raises NotFound when it is not theirs or is gone already."""
    _require(user, actor)
    ended, _ = Session.objects.filter(user_id=user.pk, tenant_id=user.tenant_id, public_id=public_id).delete()
    if not ended:
        raise NotFound("این نشست دیگر باز نیست.")
    if actor.pk != user.pk:
        audit.record("sessions.end", actor=actor, target=user, after={"count": ended})


def end_all_by(user: User, *, actor: User) -> int:
    """End every session of another person, as the owner may; returns how many (TRUST 5). Raises NotFound."""
    _require(user, actor)
    ended = end_all(user)
    audit.record("sessions.end", actor=actor, target=user, after={"count": ended})
    return ended


def _require(user: User, actor: User) -> None:
    if actor.pk != user.pk and not may_manage_staff(actor):
        raise NotFound()


def end_all(user: User, *, keep: str | None = None) -> int:
    """End every session of the person but the one whose key is ``keep``; returns how many ended."""
    theirs = Session.objects.filter(user_id=user.pk, tenant_id=user.tenant_id)
    if keep:
        theirs = theirs.exclude(pk=keep)
    return theirs.delete()[0]


def end_all_of(people: Iterable[int]) -> int:
    """End every session of these people (ids) of the tenant in scope, in one statement; returns how many ended."""
    return Session.objects.filter(tenant_id=current_tenant_id(), user_id__in=list(people)).delete()[0]
