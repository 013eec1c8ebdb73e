"""Departments, seats, topics, groups of staff and the exclusive link of a customer (H7–H9, S1, S19)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import AccessLevel, Customer, User
from tenants.models import TenantOwned


class Sharing(models.TextChoices):
    """How a department, or one of its topics, gives out its new tickets (S1, S18)."""

    QUEUE = "queue", "در صف بماند تا کسی بردارد"
    PERSON = "person", "به مسئول گروه موضوعی برسد"
    ROTATION = "rotation", "به نوبت میان کارشناسان حاضر"
    LEAST = "least", "به کارشناس حاضری که تیکت کمتری دارد"


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
    # Step 4 of S1: what happens to a ticket for which neither link, nor person, nor topic decides.
    rule = models.CharField("تقسیم تیکت‌های تازه", max_length=10, choices=Sharing, default=Sharing.QUEUE)
    # Counts the tickets given out in turn; UPDATE … RETURNING, so that two at once never draw the same.
    turn = models.PositiveIntegerField(default=0, editable=False)
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
    """A subject group of a department, one level of groups inside it, and who gets its tickets (S1, S18).

    ``rule`` is empty where the department's own holds, ``group`` narrows rotation and least load to a named group.
    """

    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="topics")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name="زیر"
    )
    name = models.CharField("نام", max_length=80)
    position = models.PositiveSmallIntegerField("ترتیب", default=0)
    rule = models.CharField("تقسیم تیکت‌های تازه", max_length=10, choices=Sharing, blank=True)
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="مسئول"
    )
    group = models.ForeignKey(
        "StaffGroup", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="گروه"
    )
    turn = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField("فعال", default=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "department", "name"], name="topic_name_once"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="topic_is_not_its_own_parent"),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """The name with the group it lies in: «گروه / زیرگروه»."""
        return f"{self.parent.name} / {self.name}" if self.parent else self.name

    @property
    def is_offered(self) -> bool:
        """Whether new tickets may name it: a group taken off the form takes what lies in it along."""
        return self.is_active and (self.parent is None or self.parent.is_active)

    @property
    def own_rule(self) -> str:
        """Its own word on sharing; a topic that only names somebody means that person."""
        return self.rule or (Sharing.PERSON if self.assignee_id else "")

    @property
    def decider(self) -> Topic | None:
        """The topic whose rule holds for its tickets: itself, else the one it lies in; None: the department's."""
        if self.own_rule:
            return self
        return self.parent if self.parent is not None and self.parent.own_rule else None


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
