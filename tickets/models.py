"""Ticket, what is said on it, what happened to it."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Customer, User
from departments.models import Department, Topic
from tenants.models import StoredFile, TenantOwned

from .states import Category, Channel, EventKind, MessageKind, Origin, Priority, Side

# Sort columns are never null: an absent deadline sorts last (docs/architecture.md, lists).
FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Counter(TenantOwned):
    """The last ticket number of a tenant. Drawn by UPDATE … RETURNING, never a lock on the tenant."""

    last = models.PositiveIntegerField(default=1000)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_counter_per_tenant")]


class TicketStatus(TenantOwned):
    """A tenant's own name for a state, on a fixed category (S7)."""

    name = models.CharField("نام", max_length=60)
    customer_label = models.CharField("نام نزد مشتری", max_length=60, blank=True)
    category = models.CharField(max_length=10, choices=Category)
    position = models.PositiveSmallIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="status_name_once"),
            models.UniqueConstraint(
                fields=["tenant", "category"],
                condition=Q(is_default=True),
                name="one_default_status_per_category",
            ),
        ]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def icon(self) -> str:
        """The icon of its category, as drawn in the look."""
        return STATUS_ICONS[self.category]


STATUS_ICONS = {
    Category.NEW: "circle-dot",
    Category.OPEN: "circle",
    Category.WAITING: "player-pause",
    Category.ANSWERED: "check",
    Category.CLOSED: "circle-check",
}


class Ticket(TenantOwned):
    """A request and its life. Only tickets.services writes it."""

    number = models.PositiveIntegerField()
    tracking_code = models.CharField(max_length=12)
    subject = models.CharField("موضوع", max_length=200)
    # Folded subject, requester and company: what the queue's quick search reads.
    search_text = models.CharField(max_length=900, blank=True, editable=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    topic = models.ForeignKey(Topic, null=True, on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    status = models.ForeignKey(TicketStatus, on_delete=models.PROTECT, related_name="+")
    # The status's category, beside it: every list filters on it.
    category = models.CharField(max_length=10, choices=Category)
    origin = models.CharField(max_length=10, choices=Origin)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PORTAL)
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_key = models.UUIDField()
    file_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    last_message_at = models.DateTimeField(default=timezone.now)
    first_answered_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # The clock: since when the customer waits for us, and when that turns yellow and red (H4).
    waiting_since = models.DateTimeField(null=True)
    yellow_at = models.DateTimeField(default=FAR)
    red_at = models.DateTimeField(default=FAR)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="ticket_number_once"),
            models.UniqueConstraint(fields=["tenant", "tracking_code"], name="tracking_code_once"),
            models.UniqueConstraint(fields=["tenant", "client_key"], name="ticket_client_key_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-updated_at", "-id"], name="ticket_recent"),
            models.Index(fields=["tenant", "red_at", "id"], name="ticket_deadline"),
            models.Index(fields=["tenant", "-priority", "-id"], name="ticket_priority"),
            models.Index(fields=["tenant", "-answered_at", "-id"], name="ticket_answered"),
            models.Index(fields=["tenant", "category", "-updated_at", "-id"], name="ticket_category"),
            models.Index(fields=["tenant", "assignee", "-updated_at", "-id"], name="ticket_assignee"),
            models.Index(fields=["tenant", "department", "-updated_at", "-id"], name="ticket_department"),
            models.Index(fields=["tenant", "requester", "-updated_at", "-id"], name="ticket_requester"),
            models.Index(fields=["tenant", "customer", "-updated_at", "-id"], name="ticket_customer"),
            models.Index(fields=["tenant", "opened_by", "-updated_at", "-id"], name="ticket_opened_by"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.subject}"


class Message(TenantOwned):
    """A reply or a private note. ``client_key`` is unique: a form sent twice is one message."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages", db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MessageKind)
    side = models.CharField(max_length=10, choices=Side)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PORTAL)
    body = models.TextField()
    client_key = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "client_key"], name="message_client_key_once")
        ]
        indexes = [models.Index(fields=["tenant", "ticket", "created_at", "id"], name="message_thread")]

    @property
    def is_note(self) -> bool:
        return self.kind == MessageKind.NOTE


class Attachment(TenantOwned):
    """A file on a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "file"], name="file_attached_once")]


class Event(TenantOwned):
    """One thing that happened to a ticket: who, when, what (S20). Never changed."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events", db_index=False)
    actor = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=EventKind)
    from_status = models.ForeignKey(TicketStatus, null=True, on_delete=models.PROTECT, related_name="+")
    to_status = models.ForeignKey(TicketStatus, null=True, on_delete=models.PROTECT, related_name="+")
    from_person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    to_person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    from_priority = models.PositiveSmallIntegerField(null=True, choices=Priority)
    to_priority = models.PositiveSmallIntegerField(null=True, choices=Priority)
    from_department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Why routing chose as it did: link, chosen, topic, manager, owner; why a ticket was moved: retired.
    reason = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    append_only = True  # tenants.rls puts a trigger on it

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "ticket", "created_at", "id"], name="event_thread")]


class ReadMark(TenantOwned):
    """Until when a person has read a ticket; newer messages make it unread for them."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "user", "ticket"], name="one_read_mark")]
