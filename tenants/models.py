"""Tenants and what every tenant has: addresses, storage, files, jobs and the audit log."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .fields import TenantField
from .scope import EVERYONE, NoScope, scope_value

GIGABYTE = 1024**3


class TenantQuerySet(models.QuerySet):
    """A queryset of a tenant-owned model; bulk inserts take their tenant from the scope like single ones."""


class TenantManager(models.Manager.from_queryset(TenantQuerySet)):  # type: ignore[misc]
    """Rows of the tenant in scope, and of no other; outside a scope it raises NoScope."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[Any]:
        scope = scope_value()
        if scope is None:
            raise NoScope(f"{self.model.__name__}.objects was used outside a tenant scope.")
        rows = super().get_queryset()
        return rows if scope == EVERYONE else rows.filter(tenant_id=scope)


class Tenant(models.Model):
    """A company that has its own support centre. The platform itself is the one with ``is_platform``."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField("نام", max_length=120)
    is_platform = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    phone = models.CharField("تلفن", max_length=20, blank=True)
    hours_text = models.CharField("ساعت‌های پاسخ‌گویی", max_length=200, blank=True)
    # The owner's rule of S5: the tracking code goes by SMS to whoever opened a ticket, asked for or not.
    sms_on_open = models.BooleanField("با ثبت تیکت، کد رهگیری برای مشتری پیامک شود", default=True)
    # Owners and staff must have an authenticator app before they may go on (B17).
    requires_second_factor = models.BooleanField("ورود دومرحله‌ای برای کارکنان الزامی است", default=False)
    # A small PNG made by us from what the owner uploaded; served from /brand/logo.png, never the original.
    logo = models.BinaryField(null=True, editable=False)
    logo_changed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_platform"], condition=Q(is_platform=True), name="one_platform"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def host(self) -> str:
        """The host people reach this tenant by: from our records, never from a request (TRUST 21)."""
        if self.is_platform:
            return settings.PLATFORM_DOMAIN
        return f"{self.slug}.{settings.PLATFORM_DOMAIN}"

    @property
    def logo_url(self) -> str:
        """Where the logo is, or "" when there is none; a new logo has a new address."""
        return (
            f"/brand/logo.png?v={self.logo_changed_at.timestamp() * 1000:.0f}" if self.logo_changed_at else ""
        )

    def absolute(self, path: str) -> str:
        """A full address for letters, e.g. ``https://demo.example.ir/t/…``."""
        scheme = "https" if settings.HTTPS else "http"
        port = "" if settings.HTTPS else f":{settings.PORT}"
        return f"{scheme}://{self.host}{port}{path}"


class Domain(models.Model):
    """A tenant's own domain, beside slug.PLATFORM_DOMAIN."""

    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    host = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.host


class TenantOwned(models.Model):
    """Base of every row that belongs to a tenant."""

    tenant = TenantField()

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def refresh(self) -> Self:
        """Read the row again; returns itself for chaining."""
        self.refresh_from_db()
        return self


class Quota(TenantOwned):
    """Storage of a tenant, in bytes. Its own row: the tenant's row is share-locked by every insert."""

    limit = models.BigIntegerField(default=5 * GIGABYTE)
    used = models.BigIntegerField(default=0)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant"], name="one_quota_per_tenant"),
            models.CheckConstraint(condition=Q(used__gte=0), name="quota_used_not_negative"),
            models.CheckConstraint(condition=Q(used__lte=F("limit")), name="quota_used_within_limit"),
        ]


class StoredFile(TenantOwned):
    """A file's row. The bytes are in storage at ``path``; the Persian name lives only here."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    # The row and its quota come first, then the bytes: a process killed between leaves something to sweep.
    arrived_at = models.DateTimeField(null=True)
    # Set when something (a message) holds the file; a file never bound is swept with its bytes.
    bound_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        indexes = [
            models.Index(fields=["created_at"], condition=Q(bound_at=None), name="stored_file_orphans")
        ]

    @property
    def is_image(self) -> bool:
        """True for pictures a browser may show inline."""
        return self.content_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}


class Job(TenantOwned):
    """Long work behind a progress bar: imports, exports, bulk acts."""

    class State(models.TextChoices):
        WAITING = "waiting", "در نوبت"
        RUNNING = "running", "در حال انجام"
        DONE = "done", "انجام شد"
        FAILED = "failed", "انجام نشد"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    result = models.ForeignKey(StoredFile, null=True, on_delete=models.SET_NULL, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)


class AuditEntry(TenantOwned):
    """One administrative act. No foreign keys: it outlives what it speaks of. Never changed, never deleted."""

    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    verb = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField(null=True)
    target_label = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    append_only = True  # tenants.rls puts a trigger on it

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="audit_recent")]
