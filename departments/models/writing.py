"""What a department asks of those who write to it (S31), and the answers it keeps ready (S28)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from tenants.models import TenantOwned

from .desks import Department, Topic


class FieldKind(models.TextChoices):
    """What an extra field holds (S31)."""

    TEXT = "text", "متن کوتاه"
    LONG = "long", "متن بلند"
    NUMBER = "number", "عدد"
    DATE = "date", "تاریخ"
    CHOICE = "choice", "یک گزینه"
    CHOICES = "choices", "چند گزینه"
    FLAG = "flag", "بله یا نه"
    MOBILE = "mobile", "شمارهٔ همراه"
    NATIONAL_ID = "id", "کد ملی"
    FILE = "file", "فایل"


class ExtraField(TenantOwned):
    """A question of a department's own on its tickets (S31); with topics (FieldTopic), only on theirs.

    A kind never changes on the row: retyping retires it and puts another in its place (``replaces``), so that what
    was answered stays readable as it was meant.
    """

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="extra_fields", db_index=False
    )
    kind = models.CharField("نوع", max_length=10, choices=FieldKind)
    label = models.CharField("عنوان", max_length=80)
    help = models.CharField("راهنما", max_length=200, blank=True)
    position = models.PositiveSmallIntegerField("ترتیب", default=0)
    is_required = models.BooleanField("پاسخش لازم است", default=False)
    # Neither shown to customers nor asked of them.
    is_staff_only = models.BooleanField("فقط برای کارکنان", default=False)
    is_active = models.BooleanField(default=True)
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "department", "label"],
                condition=Q(is_active=True),
                name="field_label_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "department", "position"], name="field_department")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class FieldChoice(TenantOwned):
    """One of the choices of an extra field; one that is no longer offered stays for the answers that picked it."""

    field = models.ForeignKey(ExtraField, on_delete=models.CASCADE, related_name="choices", db_index=False)
    label = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "field", "label"], name="choice_label_once")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.label


class FieldTopic(TenantOwned):
    """A topic on whose tickets an extra field is asked; a field without any is asked on all of its department's."""

    field = models.ForeignKey(ExtraField, on_delete=models.CASCADE, related_name="topics", db_index=False)
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "field", "topic"], name="field_topic_once")]


class CannedResponse(TenantOwned):
    """An answer kept ready (S28): a department's, a person's own, or, with neither, everybody's."""

    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    user = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField("نام", max_length=80)
    body = models.TextField("متن")
    html = models.TextField(blank=True)
    # Folded name and text: what the composer's search reads.
    search_text = models.TextField(blank=True, editable=False)
    position = models.PositiveSmallIntegerField("ترتیب", default=0)
    is_active = models.BooleanField(default=True)
    used = models.PositiveIntegerField(default=0, editable=False)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=Q(department=None, user=None), name="canned_name_once"
            ),
            models.UniqueConstraint(
                fields=["tenant", "department", "name"],
                condition=Q(department__isnull=False),
                name="canned_name_once_per_desk",
            ),
            models.UniqueConstraint(
                fields=["tenant", "user", "name"],
                condition=Q(user__isnull=False),
                name="canned_name_once_per_person",
            ),
            models.CheckConstraint(condition=Q(department=None) | Q(user=None), name="canned_has_one_scope"),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name
