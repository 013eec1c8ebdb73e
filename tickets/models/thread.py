"""What is said on a ticket, what happened to it, and who has read it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from accounts.models import User
from departments.models import Department
from tenants.models import StoredFile, TenantOwned

from ..states import Audience, Channel, EventKind, MessageKind, Priority, Side, Via
from .ticket import Ticket, TicketStatus


class Message(TenantOwned):
    """A reply or a private note. ``client_key`` is unique: a form sent twice is one message."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages", db_index=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=MessageKind)
    side = models.CharField(max_length=10, choices=Side)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PORTAL)
    # What was written, as plain text: what is searched, mentioned from and quoted. ``html`` is the same with its form,
    # already clean (web/rich.py), and empty where it was typed plainly.
    body = models.TextField()
    html = models.TextField(blank=True)
    # The writer's signature as it was when it was sent (S23).
    signature = models.TextField(blank=True)
    # Private notes only (S12): NoteReader names the people.
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.RIGHT)
    client_key = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "client_key"], name="message_client_key_once")
        ]
        indexes = [models.Index(fields=["tenant", "ticket", "created_at", "id"], name="message_thread")]


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
    # What the extra fields were called whose answers were changed (S31); a label may be another one later.
    fields = models.JSONField(default=list)
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
