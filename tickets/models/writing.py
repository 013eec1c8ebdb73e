"""What is being written: drafts kept on the server (B8), and answers on their way that can still be taken back."""

from __future__ import annotations

import json

from django.db import models
from django.utils import timezone

from accounts.models import User
from tenants.models import StoredFile, TenantOwned

from .ticket import Ticket, TicketStatus


class Draft(TenantOwned):
    """Text a person has not sent yet, in one place («reply-1024», «new-portal»), as one form holds it; the same on each
    of their devices.

    ``values``: the fields of its form by name, as they were typed, with the ``number`` of that save (it grows with
    each) and the ``seen`` numbers of forms it has taken the place of, by their keys. ``client_key`` is the key the form
    will send with: what arrives under it ends the draft. Two forms in one place are two rows; a page shows them as one.
    """

    lost = 0  # files named in it that are no more, once somebody has looked (writing.kept_files)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    client_key = models.UUIDField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user", "place", "client_key"], name="one_draft_of_a_form"
            )
        ]

    @property
    def seen(self) -> dict[str, int]:
        """What stands in it, by the key of the form that wrote it: the number of the newest save that is in."""
        mine = {str(self.client_key or ""): int(self.values.get("number", 0))}
        return {**self.values.get("seen", {}), **mine}

    @property
    def shown(self) -> str:
        """``seen`` as a page carries it."""
        return json.dumps(self.seen)


class Outgoing(TenantOwned):
    """An answer of ours on its way: nothing has happened on the ticket yet, and until ``due_at`` it may be taken back.

    Sending it turns it into the Message of the same ``client_key`` and ends the row; ``failed`` says why it could not.
    ``then`` is what its button adds to sending, ``seen`` the last message its page showed.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="outgoing", db_index=False)
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    body = models.TextField()
    html = models.TextField(blank=True)
    signed = models.BooleanField(default=True)
    then = models.CharField(max_length=20, blank=True)
    status = models.ForeignKey(TicketStatus, null=True, on_delete=models.SET_NULL, related_name="+")
    seen = models.BigIntegerField(null=True)
    client_key = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    failed = models.CharField(max_length=300, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "client_key"], name="outgoing_client_key_once")
        ]
        indexes = [
            models.Index(fields=["tenant", "ticket", "created_at"], name="outgoing_ticket"),
            models.Index(fields=["tenant", "due_at"], name="outgoing_due"),
        ]


class OutgoingFile(TenantOwned):
    """A file that goes with an answer on its way; it is bound to the message once that is sent."""

    outgoing = models.ForeignKey(Outgoing, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="+", db_index=False)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "file"], name="file_on_its_way_once")]
