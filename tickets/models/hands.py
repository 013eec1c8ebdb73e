"""Whose hands a ticket goes through: watchers, requests to another desk, who kept it how long."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from departments.models import Department
from tenants.models import TenantOwned

from ..states import TransferState, Via
from .thread import Message
from .ticket import FAR, Ticket


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
