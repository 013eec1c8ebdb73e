"""Removing what is over: sessions past their limits, one-time codes of yesterday."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from tenants.scope import all_tenants

from ..models import OtpChallenge, Session

# A browser that asked for a code and went away.
STRANGER_KEEPS = timedelta(days=1)
# Limits look back an hour; a day leaves room to answer "I got no code".
CODE_KEEPS = timedelta(days=1)


def sweep(*, now: datetime | None = None) -> int:
    """Delete over-aged sessions and challenges of every tenant; returns how many rows went."""
    now = now or timezone.now()
    longest_idle = timedelta(seconds=max(settings.SESSION_IDLE_STAFF, settings.SESSION_IDLE_CUSTOMER))
    sessions, _ = Session.objects.filter(
        Q(expire_date__lt=now)
        | Q(seen_at__lt=now - longest_idle)
        | Q(user_id=None, seen_at__lt=now - STRANGER_KEEPS)
    ).delete()
    with all_tenants("codes of every tenant grow old"):
        codes, _ = OtpChallenge.objects.filter(created_at__lt=now - CODE_KEEPS).delete()
    return sessions + codes
