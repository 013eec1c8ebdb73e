"""Deliveries (SMS and e-mail), the bell, and the demo inbox."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from tenants.models import TenantOwned


class Delivery(TenantOwned):
    """One letter on one channel. The table is the queue: Celery only rings (docs/architecture.md)."""

    class Channel(models.TextChoices):
        SMS = "sms", "پیامک"
        EMAIL = "email", "ایمیل"

    class Lane(models.TextChoices):
        NOW = "now", "فوری"
        NORMAL = "normal", "عادی"
        BULK = "bulk", "انبوه"

    class State(models.TextChoices):
        WAITING = "waiting", "در نوبت"
        SENT = "sent", "فرستاده شد"
        FAILED = "failed", "فرستاده نشد"
        EXPIRED = "expired", "زمانش گذشت"
        SKIPPED = "skipped", "لازم نبود"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)
    lane = models.CharField(max_length=10, choices=Lane, default=Lane.NORMAL)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    address = models.CharField(max_length=254)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    about = models.CharField(max_length=60, blank=True)
    # One key, one letter per tenant; posting it twice is posting it once.
    key = models.CharField(max_length=120)
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    # A sealed one-time code; wiped when sent, failed or expired.
    secret = models.BinaryField(null=True)
    # What was really sent, for the log; without the secret.
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=80, blank=True)
    provider_status = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=300, blank=True)
    cost = models.PositiveIntegerField(null=True, help_text="ریال")
    # True from the beginning of an attempt until its outcome is written: found true, it was cut short.
    attempt_open = models.BooleanField(default=False)
    # An earlier attempt may have arrived although nobody told us so.
    unsure = models.BooleanField(default=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key", "channel"], name="delivery_key_once")]
        indexes = [
            # Lane before tenant: delivery goes round the tenants of a lane, a few letters of each.
            models.Index(
                fields=["channel", "lane", "tenant", "next_try_at"],
                condition=Q(state="waiting"),
                name="delivery_waiting",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(state="waiting", expires_at__isnull=False),
                name="delivery_expiring",
            ),
            models.Index(fields=["tenant", "-created_at", "-id"], name="delivery_recent"),
            models.Index(fields=["tenant", "about"], name="delivery_about"),
        ]


class Bell(TenantOwned):
    """One line in a person's bell."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=120, default=uuid.uuid4)  # one key, one line
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="bell_key_once")]
        indexes = [
            models.Index(fields=["tenant", "user", "-created_at", "-id"], name="bell_recent"),
            models.Index(fields=["tenant", "user"], condition=Q(read_at=None), name="bell_unread"),
        ]


class DemoLetter(TenantOwned):
    """What would have left, kept for the demo inbox; written only with DEMO=1."""

    channel = models.CharField(max_length=10, choices=Delivery.Channel)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-created_at"], name="demo_letter_recent")]
