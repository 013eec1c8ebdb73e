"""The ticket itself, its statuses and the rules of its life."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Customer, User
from departments.models import Department, Topic
from tenants.models import TenantManager, TenantOwned

from ..states import UNFINISHED, Category, Channel, Origin, Priority
from ..tints import tint_class

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
    """What one tenant decided about a ticket's life, in days where nothing else is said. No row means these defaults;

    0 switches a rule off: a closed ticket is reopened however old, a waiting one is never closed by itself.
    """

    reopen_days = models.PositiveSmallIntegerField("بازگشایی با پاسخ مشتری تا", default=14)
    silence_days = models.PositiveSmallIntegerField("بستن تیکت منتظر مشتری پس از", default=0)
    warning_days = models.PositiveSmallIntegerField("هشدار پیش از بستن", default=2)
    transfer_days = models.PositiveSmallIntegerField("مهلت پاسخ به درخواست انتقال", default=3)
    bin_days = models.PositiveSmallIntegerField("نگه‌داری در سطل", default=30)
    # Seconds in which an answer of ours may be taken back; None: as the server is set (UNDO_SECONDS).
    undo_seconds = models.PositiveSmallIntegerField("مهلت پس‌گرفتن پاسخ", null=True)

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
    # The worst colour people were told of since our last answer, so that no reckoning tells them twice.
    told_colour = models.CharField(max_length=6, blank=True)
    # Working minutes of the answer clock spent before its present run: setting a status by hand only pauses it.
    answer_used = models.PositiveIntegerField(default=0)
    # Time to close: working minutes spent on our side before the clock's present run, and when it is due.
    resolve_used = models.PositiveIntegerField(default=0)
    resolve_at = models.DateTimeField(default=FAR)
    # People were told that it passed: once in a ticket's life.
    is_close_told = models.BooleanField(default=False)
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
            # How much each person has to do in a department (sharing.least_loaded), read from the index alone.
            models.Index(
                fields=["tenant", "department", "assignee", "id"],
                condition=Q(deleted_at=None, category__in=UNFINISHED),
                name="ticket_load",
            ),
            models.Index(
                fields=["tenant", "colour_turns_at"],
                condition=Q(colour_turns_at__lt=FAR),
                name="ticket_turns",
            ),
            # Past their time to close, and those of them nobody has heard of.
            models.Index(
                fields=["tenant", "resolve_at"], condition=Q(resolve_at__lt=FAR), name="ticket_to_close"
            ),
            models.Index(
                fields=["tenant", "resolve_at"],
                condition=Q(resolve_at__lt=FAR, is_close_told=False),
                name="ticket_close_untold",
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
