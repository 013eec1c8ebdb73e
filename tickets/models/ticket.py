"""Ticket, what is said on it, what happened to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Customer, User
from departments.models import Department, Topic
from tenants.models import StoredFile, TenantManager, TenantOwned

from .states import (
    Audience,
    Category,
    Channel,
    EventKind,
    MessageKind,
    Origin,
    Priority,
    Side,
    TransferState,
    Via,
)
from .tints import tint_class

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
    # «#rrggbb», tinting the icon only; empty: ink.
    colour = models.CharField("رنگ", max_length=7, blank=True)
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

    @property
    def tint(self) -> str:
        """The class that tints its icon, "" for ink."""
        return tint_class(self.colour)


STATUS_ICONS = {
    Category.NEW: "circle-dot",
    Category.OPEN: "circle",
    Category.WAITING: "player-pause",
    Category.ANSWERED: "check",
    Category.CLOSED: "circle-check",
}


class StatusMove(TenantOwned):
    """A move the tenant allows from a status; a status without any may go wherever its category may (S7)."""

    source = models.ForeignKey(TicketStatus, on_delete=models.CASCADE, related_name="moves", db_index=False)
    target = models.ForeignKey(TicketStatus, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "source", "target"], name="status_move_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="status_move_goes_somewhere"),
        ]


class TicketRules(TenantOwned):
    """What one tenant decided about a ticket's life, in days; at most one row, none means these defaults.

    0 switches a rule off: a closed ticket is reopened however old, a waiting one is never closed by itself.
    """

    reopen_days = models.PositiveSmallIntegerField("بازگشایی با پاسخ مشتری تا", default=14)
    silence_days = models.PositiveSmallIntegerField("بستن تیکت منتظر مشتری پس از", default=0)
    warning_days = models.PositiveSmallIntegerField("هشدار پیش از بستن", default=2)
    transfer_days = models.PositiveSmallIntegerField("مهلت پاسخ به درخواست انتقال", default=3)
    bin_days = models.PositiveSmallIntegerField("نگه‌داری در سطل", default=30)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="one_ticket_rules")]


class LivingTickets(TenantManager):
    """Every ticket but those in the bin (H6): nothing but the owner's bin speaks of them."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().filter(deleted_at=None)


class Ticket(TenantOwned):
    """A request and its life. Only tickets.services writes it.

    ``objects`` are the living ones, ``with_bin`` those in the bin too.
    """

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
    # An internal ticket comes from a department of ours (S11, S13).
    from_department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The ticket this one is about (internal) or goes on from (a customer's, after a long-closed one).
    linked_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="linked")
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
    # The colour last announced, when the next turn is due, and which rules that was reckoned by.
    colour = models.CharField(max_length=6, blank=True)
    colour_turns_at = models.DateTimeField(default=FAR)
    reckoned_at = models.DateTimeField(null=True)
    # The worst colour people were told of since the clock began, so that no reckoning tells them twice.
    told_colour = models.CharField(max_length=6, blank=True)
    # Time to close: working minutes spent on our side before the clock's present run, and when it is due.
    resolve_used = models.PositiveIntegerField(default=0)
    resolve_at = models.DateTimeField(default=FAR)
    # Waiting for the customer: since when, and when they were warned that it will be closed (S7).
    silent_since = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    # In the owner's bin (H6).
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = LivingTickets()
    with_bin = TenantManager()

    class Meta(TenantOwned.Meta):
        base_manager_name = "with_bin"  # what hangs on a ticket finds it in the bin too
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
            models.Index(
                fields=["tenant", "colour_turns_at"],
                condition=Q(colour_turns_at__lt=FAR),
                name="ticket_turns",
            ),
            models.Index(
                fields=["tenant", "reckoned_at"],
                condition=Q(waiting_since__isnull=False),
                name="ticket_reckoned",
            ),
            models.Index(
                fields=["tenant", "silent_since"],
                condition=Q(silent_since__isnull=False),
                name="ticket_silent",
            ),
            models.Index(
                fields=["tenant", "deleted_at"], condition=Q(deleted_at__isnull=False), name="ticket_binned"
            ),
            models.Index(
                fields=["tenant", "from_department", "-updated_at", "-id"],
                condition=Q(from_department__isnull=False),
                name="ticket_from_department",
            ),
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
    # Private notes only (S12): NoteReader names the people.
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.RIGHT)
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


class NoteReader(TenantOwned):
    """A person who may read a private note whatever their right: named on it, mentioned, or handed the ticket (S12)."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="readers", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    via = models.CharField(max_length=10, choices=Via, default=Via.ADDED)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "message", "user"], name="note_reader_once")]


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


class Watcher(TenantOwned):
    """A colleague who sees a ticket that is not theirs: added by its holder or manager, or mentioned; revocable."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watchers", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    added_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    via = models.CharField(max_length=10, choices=Via, default=Via.ADDED)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user", "ticket"], name="watcher_once"),
        ]
        indexes = [models.Index(fields=["tenant", "ticket"], name="watcher_ticket")]


class Transfer(TenantOwned):
    """A request to take a ticket over to another department (H13): for ``person``, if named, explained by ``note``."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="transfers", db_index=False)
    source = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=TransferState, default=TransferState.PENDING)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=FAR)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField("دلیل", max_length=500, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket"], condition=Q(state="pending"), name="one_pending_transfer"
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "target", "created_at"],
                condition=Q(state="pending"),
                name="transfer_pending",
            ),
            models.Index(fields=["tenant", "due_at"], condition=Q(state="pending"), name="transfer_due"),
            models.Index(fields=["tenant", "ticket", "created_at"], name="transfer_ticket"),
        ]

    @property
    def key(self) -> str:
        """What ids in a page are made of."""
        return str(self.pk)

    @property
    def waits_forever(self) -> bool:
        """Whether no time limit was set when it was made."""
        return self.due_at >= FAR


class Custody(TenantOwned):
    """A span in which one desk and person had a ticket, and whose turn it was («who kept it how long», H13)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="custody", db_index=False)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whose turn: ours (the clock runs) or the customer's.
    is_ours = models.BooleanField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "ticket"], condition=Q(ended_at=None), name="one_open_custody"
            )
        ]
        indexes = [models.Index(fields=["tenant", "ticket", "began_at"], name="custody_ticket")]
