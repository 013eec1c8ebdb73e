"""Working hours, days off and the limits of the clock (H4)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from tenants.models import TenantOwned

from .desks import Department


class WorkingWeek(TenantOwned):
    """The working hours of a tenant from a day on, until the next such row (H4).

    ``slots``: seven lists, from Saturday, of ``[opens, closes]`` in minutes from midnight. All empty: never open.
    """

    valid_from = models.DateField("از روز")
    slots = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "valid_from"], name="one_week_from_a_day")]


class DayOff(TenantOwned):
    """A day that differs from its weekday: a closure, a holiday of the tenant's own, or work on a public holiday."""

    class Kind(models.TextChoices):
        CLOSED = "closed", "تعطیل"
        OPEN = "open", "باز است"

    day = models.DateField("روز")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.CLOSED)
    name = models.CharField("مناسبت", max_length=120, blank=True)
    # Customers whose tickets wait are shown it («فردا تعطیل»).
    is_announced = models.BooleanField("به مشتریان منتظر نشان داده شود", default=False)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "day"], name="one_word_about_a_day")]


class SlaPolicy(TenantOwned):
    """Limits in working minutes; without a department or a priority they hold for every one (H4).

    ``resolve`` None: no time to close is promised.
    """

    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="policies"
    )
    priority = models.PositiveSmallIntegerField("اولویت", default=0)  # 0: every priority
    first_yellow = models.PositiveIntegerField("پاسخ نخست، زرد")
    first_red = models.PositiveIntegerField("پاسخ نخست، قرمز")
    next_yellow = models.PositiveIntegerField("پاسخ‌های بعدی، زرد")
    next_red = models.PositiveIntegerField("پاسخ‌های بعدی، قرمز")
    resolve = models.PositiveIntegerField("تا بستن تیکت", null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "department", "priority"],
                condition=Q(department__isnull=False),
                name="sla_policy_once_per_desk",
            ),
            models.UniqueConstraint(
                fields=["tenant", "priority"], condition=Q(department=None), name="sla_policy_once"
            ),
            models.CheckConstraint(
                condition=Q(first_yellow__lte=F("first_red"), next_yellow__lte=F("next_red")),
                name="sla_yellow_before_red",
            ),
        ]


class ClockRules(TenantOwned):
    """What one tenant decided about its clock: at most one row, none means the defaults (H4).

    ``stamp``: when hours, holidays or policies last changed; the sweep reckons older tickets anew.
    """

    tell_yellow = models.JSONField(default=list)
    tell_red = models.JSONField(default=list)
    # None: as usual (sla.usual_rules), in a house whose owner chose before there was this.
    tell_close = models.JSONField(null=True)
    stamp = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_clock_rules")]
