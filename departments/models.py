"""Departments, seats, topics and the exclusive link of a customer (H7–H9, S1)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import AccessLevel, Customer, User
from tenants.models import TenantOwned


class Department(TenantOwned):
    """A desk that answers tickets."""

    name = models.CharField("نام", max_length=80)
    description = models.CharField("توضیح", max_length=300, blank=True)
    position = models.PositiveSmallIntegerField("ترتیب", default=0)
    is_active = models.BooleanField("فعال", default=True)
    is_hidden = models.BooleanField("پنهان از مشتریان", default=False)
    # Shown to the customers chosen for it only (S33); DepartmentCustomer names them.
    is_restricted = models.BooleanField("فقط برای مشتریان برگزیده", default=False)
    # Staff see the unassigned tickets of their departments and may take them (SPEC: people).
    shares_unassigned = models.BooleanField("کارشناسان تیکت‌های واگذارنشده را ببینند و بردارند", default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="department_name_once")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Seat(TenantOwned):
    """A person's place in a department, with a level (H8)."""

    class SeatLevel(models.TextChoices):
        MANAGER = "manager", "مدیر دپارتمان"
        STAFF = "staff", "کارشناس"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="seats")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="seats")
    level = models.CharField("سطح", max_length=10, choices=SeatLevel, default=SeatLevel.STAFF)
    accepts_choice = models.BooleanField("مشتری می‌تواند این کارشناس را انتخاب کند", default=True)
    # None: the built-in access level of the seat's own level.
    access_level = models.ForeignKey(
        AccessLevel,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="سطح دسترسی",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "department"], name="one_seat_per_department"),
            models.UniqueConstraint(
                fields=["tenant", "department"],
                condition=Q(level="manager"),
                name="one_manager_per_department",
            ),
        ]

    @property
    def is_manager(self) -> bool:
        return self.level == self.SeatLevel.MANAGER


class Topic(TenantOwned):
    """A subject group of a department, with an optional person who gets its tickets (S1, S18)."""

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="topics")
    name = models.CharField("نام", max_length=80)
    position = models.PositiveSmallIntegerField("ترتیب", default=0)
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="مسئول"
    )
    is_active = models.BooleanField("فعال", default=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "department", "name"], name="topic_name_once")
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class ServiceLink(TenantOwned):
    """A customer's exclusive desk and person: at most one, inherited by its personnel (H9)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="links")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="links")
    staff = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="links")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "customer"], name="one_link_per_customer")]


class DepartmentCustomer(TenantOwned):
    """A customer who is shown a restricted department (S33)."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="chosen", db_index=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "department", "customer"], name="department_customer_once"
            )
        ]


class StaffGroup(TenantOwned):
    """A named group of staff, e.g. «خط اول» (S19)."""

    name = models.CharField("نام", max_length=60)
    description = models.CharField("توضیح", max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="staff_group_name_once")]

    def __str__(self) -> str:
        return self.name


class StaffGroupMember(TenantOwned):
    """A person in a group of staff."""

    group = models.ForeignKey(StaffGroup, on_delete=models.CASCADE, related_name="members", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "group", "user"], name="group_member_once")]
