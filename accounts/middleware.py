"""Where a request acts from, and the guard of sessions: whose, how old, how long unused.

Runs outside any scope and touches no tenant's table.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from tenants.services.audit import acting_from

from .models import Session
from .origin import address_of
from .services.login import ENTERED, SIDE

log = logging.getLogger(__name__)
SEEN_EVERY = timedelta(minutes=1)


class Origin:
    """What a request does is written down with the address it came from (B10)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_from(address_of(request)):
            return self.get_response(request)


class SessionGuard:
    """Ends a session that is another tenant's, idle too long or too old (TRUST 4, 21); notes when it was seen.

    ``request.user`` stays lazy: it is read inside the scope, by the gates or a template.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.tenant is not None and request.session.session_key is not None:  # type: ignore[attr-defined]
            self._check(request)
        return self.get_response(request)

    @staticmethod
    def _check(request: HttpRequest) -> None:
        session = request.session
        row: Session | None = session.open_row()  # type: ignore[attr-defined]
        if row is None:  # ended meanwhile, or never ours
            return
        now = timezone.now()
        if row.tenant_id != request.tenant.pk or _is_over(row, session.get(SIDE), session.get(ENTERED), now):  # type: ignore[attr-defined]
            session.flush()
            request.user = AnonymousUser()
        elif now - row.seen_at >= SEEN_EVERY:
            _touch(row, now)


def _is_over(row: Session, side: str | None, entered: float | None, now: datetime) -> bool:
    """Idle past its side's limit, or older than any session may be."""
    if row.user_id is None:
        return False  # somebody on the way in; the sweep takes what stays behind
    idle = settings.SESSION_IDLE_CUSTOMER if side == "customer" else settings.SESSION_IDLE_STAFF
    if now - row.seen_at > timedelta(seconds=idle):
        return True
    return now.timestamp() - (entered or 0) > settings.SESSION_ABSOLUTE


def _touch(row: Session, now: datetime) -> None:
    """At most once a minute; the condition keeps parallel requests to one write."""
    try:
        Session.objects.filter(pk=row.pk, seen_at__lte=now - SEEN_EVERY).update(seen_at=now)
    except DatabaseError as fault:  # a page is worth more than its time stamp
        log.warning("seen_at was not written: %s", type(fault).__name__)
