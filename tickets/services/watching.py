"""Colleagues who see a ticket that is not theirs (SPEC: people): added, shown on the ticket, taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from departments.services.rows import require_ours
from web.errors import Invalid

from .. import access
from ..models import Event, Ticket, Watcher
from ..states import EventKind
from . import handover_letters


def watch(ticket: Ticket, *, actor: User, user: User, at: datetime | None = None) -> Watcher:
    """Let an active colleague see a ticket, oneself among them: who handles it, with the right to pass it on.

    Twice is once. Raises Invalid(field="user") for who is not an active colleague, NotAllowed, NotFound.
    """
    now = at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("watch", actor, ticket)
        require_ours(user)
        person = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user.pk).first()
        if person is None or not (person.is_active and person.is_staff_member):
            raise Invalid("همکاری را انتخاب کنید که دسترسی‌اش باز است.", field="user")
        return _add(ticket, user, actor=actor, now=now)


def stay(ticket: Ticket, *, actor: User, at: datetime) -> None:
    """Who gives a ticket away goes on seeing it, where they may let colleagues see it (H13). A step of a verb that
    holds the ticket: for oneself nobody's row is locked, so that two who refer to each other never wait in a ring.
    """
    access.require("watch", actor, ticket)
    _add(ticket, actor, actor=actor, now=at)


def unwatch(ticket: Ticket, *, actor: User, user: User, at: datetime | None = None) -> None:
    """Take that back: who may give it, or the watcher themself. Twice is once. Raises NotAllowed, NotFound."""
    now = at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        if actor.pk != user.pk:
            access.require("watch", actor, ticket)
        if Watcher.objects.filter(ticket=ticket, user=user).delete()[0]:
            _event(ticket, EventKind.UNWATCHED, actor=actor, user=user, now=now)


def _add(ticket: Ticket, user: User, *, actor: User, now: datetime) -> Watcher:
    watcher, created = Watcher.objects.get_or_create(
        ticket=ticket, user=user, defaults={"added_by": actor, "created_at": now}
    )
    if created:
        event = _event(ticket, EventKind.WATCHING, actor=actor, user=user, now=now)
        handover_letters.watching(ticket, to=user, actor=actor, mark=event.pk)
    return watcher


def _event(ticket: Ticket, kind: EventKind, *, actor: User, user: User, now: datetime) -> Event:
    reason = "self" if actor.pk == user.pk else ""
    return Event.objects.create(
        ticket=ticket, actor=actor, kind=kind, to_person=user, reason=reason, created_at=now
    )
