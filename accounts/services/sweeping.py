"""Removing what is over: sessions past their limits, one-time codes of yesterday, an old login history."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from tenants.scope import all_tenants

from ..models import ContactChange, OtpChallenge, Session
from . import history

# A browser that asked for a code and went away.
STRANGER_KEEPS = timedelta(days=1)
# Limits look back an hour; a day leaves room to answer "I got no code".
CODE_KEEPS = timedelta(days=1)


def sweep(*, now: datetime | None = None) -> int:
    """Delete what is over in every tenant; returns how many rows went."""
    now = now or timezone.now()
    longest_idle = timedelta(seconds=max(settings.SESSION_IDLE_STAFF, settings.SESSION_IDLE_CUSTOMER))
    sessions, _ = Session.objects.filter(
        Q(expire_date__lt=now)
        | Q(seen_at__lt=now - longest_idle)
        | Q(user_id=None, seen_at__lt=now - STRANGER_KEEPS)
    ).delete()
    with all_tenants("codes of every tenant grow old"):
        codes, _ = OtpChallenge.objects.filter(created_at__lt=now - CODE_KEEPS).delete()
        changes, _ = ContactChange.objects.filter(created_at__lt=now - CODE_KEEPS).delete()
        records = history.sweep(now)
    return sessions + codes + changes + records
