"""Opening a ticket among ourselves, which no customer ever sees (S11, S13)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.access import has_right
from accounts.models import User
from accounts.roles import Right
from departments.models import Department, Topic
from departments.services.rows import require_ours
from persian import jalali
from tenants.models import StoredFile
from web.errors import Invalid, NotAllowed, NotFound

from .. import access, clock
from ..models import Event, Ticket
from ..offers import own_departments
from ..routing import Route, responsible, route
from ..states import Category, Channel, EventKind, Origin, Priority
from .common import clean_subject, clean_words
from .opening import Opened, enter, search_text


def open_internal(
    *,
    actor: User,
    department: Department | None,
    subject: str,
    body: str,
    client_key: UUID,
    html: str = "",
    source: Department | None = None,
    topic: Topic | None = None,
    staff: User | None = None,
    priority: int = Priority.NORMAL,
    files: Iterable[StoredFile] = (),
    about: Ticket | None = None,
    answers: Mapping[int, Any] | None = None,
    at: datetime | None = None,
) -> Opened:
    """Open a ticket to a department of ours, their own among them (S11).

    ``source`` is which of the actor's departments it comes from, asked of those with several seats; the owner's come
    from none. ``about`` is a customer's ticket the actor sees. Never taken from a contract. Sending the same
    ``client_key`` again returns the first ticket. Raises Invalid(field=…), NotAllowed, NotFound, Conflict.
    """
    if not (actor.is_staff_member and has_right(actor, Right.OPEN)):
        raise NotAllowed
    require_ours(department, topic, staff)
    (body, html), subject, now = clean_words(body, html), clean_subject(subject), at or timezone.now()
    if priority not in Priority.values:
        raise Invalid("اولویت را انتخاب کنید.", field="priority")
    if staff is not None and staff.pk == actor.pk:
        raise Invalid("تیکت داخلی به خودتان نمی‌رود. همکار دیگری را انتخاب کنید.", field="staff")
    with transaction.atomic():
        about = _about(about, actor)
        way = _way(actor, department=department, topic=topic, staff=staff, at=now)
        ticket = _draft(way, actor=actor, subject=subject, priority=priority, at=now)
        ticket.from_department, ticket.linked_to = _source(actor, source), about
        said: dict[str, Any] = {"body": body, "html": html, "client_key": client_key, "files": files}
        opened = enter(ticket, way, actor=actor, answers=answers, **said)
        if opened.created and about is not None:
            _link(opened.ticket, about, actor=actor)
        return opened


def _about(about: Ticket | None, actor: User) -> Ticket | None:
    """The customer's ticket it is about, which the actor sees. Raises NotFound like for one that never was."""
    if about is None:
        return None
    seen = access.tickets_seen_by(actor).filter(pk=about.pk).first()
    if seen is None:
        raise NotFound(access.ABSENT)
    if seen.channel == Channel.INTERNAL:
        raise Invalid("تیکت داخلی دربارهٔ تیکت یک مشتری است. تیکت مشتری را انتخاب کنید.", field="about")
    return seen


def _source(actor: User, source: Department | None) -> Department | None:
    """Which department it comes from: the actor's own, the chosen of several; the owner's none."""
    if actor.is_owner:
        return None
    own = own_departments(actor)
    if source is None and len(own) == 1:
        return own[0]
    if source is None or source not in own:
        raise Invalid("دپارتمان خودتان را انتخاب کنید که تیکت از آن می‌رود.", field="source")
    return source


def _way(
    actor: User, *, department: Department | None, topic: Topic | None, staff: User | None, at: datetime
) -> Route:
    """Where it goes. A topic of one's own does not bring the question back to who asks: it waits in the queue."""
    way = route(
        customer=None,
        department=department,
        topic=topic,
        chosen=staff,
        by_staff=True,
        day=jalali.local_day(at),
    )
    if way.assignee is None or way.assignee.pk != actor.pk:
        return way
    return replace(way, assignee=None, reason="manager", told=responsible(way.department))


def _draft(way: Route, *, actor: User, subject: str, priority: int, at: datetime) -> Ticket:
    """The new row before its number: whoever answers there owes an answer from now on."""
    ticket = Ticket(
        subject=subject,
        search_text=search_text(subject, actor),
        department=way.department,
        topic=way.topic,
        priority=priority,
        category=Category.NEW,
        origin=Origin.STAFF,
        channel=Channel.INTERNAL,
        requester=actor,
        opened_by=actor,
        assignee=way.assignee,
        created_at=at,
        updated_at=at,
        last_message_at=at,
    )
    clock.start(ticket, at)
    return ticket


def _link(ticket: Ticket, about: Ticket, *, actor: User) -> None:
    """Both histories tell of it; the customer's part of theirs does not."""
    kept = {"tenant_id": ticket.tenant_id, "actor": actor, "kind": EventKind.LINKED}
    kept["created_at"] = ticket.created_at
    Event.objects.bulk_create(
        [Event(ticket=ticket, reason="about", **kept), Event(ticket=about, reason="internal", **kept)]
    )
