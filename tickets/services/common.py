"""Steps the verbs share: words checked, messages written, statuses found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from persian.clean import one_line, strip_controls
from tenants.models import StoredFile
from tenants.services import files as storage
from web import rich
from web.errors import Conflict, Invalid

from .. import standing
from ..models import Attachment, Message, Outgoing, Ticket, TicketStatus
from ..states import Audience, Channel, MessageKind, Side

LONGEST_BODY = 100_000
LONGEST_SUBJECT = 200
USED = "این فرم پیش‌تر متن دیگری را فرستاده است. این نوشته نرفته و سر جایش است؛ دوباره بفرستید."


def clean_words(body: str, html: str) -> tuple[str, str]:
    """A message's plain text and its HTML, "" where it was typed plainly; written with an editor, the text is read
    from the HTML, never believed beside it. Raises Invalid(field="body") when empty or too long.
    """
    html = rich.clean(html) if html.strip() else ""
    return clean_body(rich.text_of(html) if html else body), html


def clean_body(text: str) -> str:
    """The text of a message without control characters. Raises Invalid(field="body") when empty or too long."""
    body = strip_controls(text).strip()
    if not one_line(body):
        raise Invalid("متن پیام را بنویسید.", field="body")
    if len(body) > LONGEST_BODY:
        raise Invalid("متن بلندتر از ۱۰۰ هزار نویسه است. بخشی از آن را در یک فایل بفرستید.", field="body")
    return body


def clean_subject(text: str) -> str:
    """The subject on one line. Raises Invalid(field="subject") when empty or too long."""
    subject = one_line(text)
    if not subject:
        raise Invalid("موضوع را بنویسید.", field="subject")
    if len(subject) > LONGEST_SUBJECT:
        raise Invalid("موضوع باید کوتاه‌تر از ۲۰۰ نویسه باشد.", field="subject")
    return subject


def default_status(category: str) -> TicketStatus:
    """The tenant's default status of a category; provisioning made one for each."""
    return TicketStatus.objects.get(category=category, is_default=True)


def side_of(actor: Any, ticket: Ticket) -> Side:
    """Which side of the conversation a person speaks from; who asks among ourselves stands on the customer's."""
    return Side.CUSTOMER if standing.is_asking(actor, ticket) else Side.STAFF


class Used(Conflict):
    """A form whose key has sent another text already: this one has not gone, and goes under a fresh key."""

    def __init__(self) -> None:
        super().__init__(USED, field="client_key")


def sent_before(
    client_key: UUID, *, ticket: Ticket, actor: Any, kind: str, words: tuple[str, str] | None = None
) -> Message | None:
    """The message this form already made, when it was sent twice. Raises Conflict for somebody else's key, and Used
    where ``words`` (body and HTML, cleaned) are others than it said then.

    On a long-closed ticket that message stands in the new one it goes on in (services/onward.py).
    """
    message = Message.objects.select_related("ticket").filter(client_key=client_key).first()
    if message is None:
        return None
    there = ticket.pk in (message.ticket_id, message.ticket.linked_to_id)
    if not there or (message.author_id, message.kind) != (actor.pk, kind):
        raise Conflict
    if words is not None and (message.body, message.html) != words:
        raise Used
    return message


def is_said(client_key: UUID, *, body: str, html: str, subject: str = "") -> bool:
    """Whether the same words have been sent under this key, or are on their way: the form was sent twice. With a
    ``subject`` those of a new ticket.
    """
    try:
        words = clean_words(body, html)
    except Invalid:
        return False
    said = Message.objects.filter(client_key=client_key)
    if subject:
        said = said.filter(ticket__subject=one_line(subject))
    laid = Outgoing.objects.filter(client_key=client_key)
    return any(words in rows.values_list("body", "html") for rows in (said, laid))


def write_message(
    ticket: Ticket,
    *,
    actor: Any,
    kind: MessageKind,
    body: str,
    client_key: UUID,
    files: Iterable[StoredFile],
    at: datetime,
    html: str = "",
    signature: str = "",
    channel: str = Channel.PORTAL,
    audience: str = Audience.RIGHT,
) -> Message:
    """Insert a message with its files and count them on the ticket (the caller saves the ticket)."""
    bound = storage.bind(files, actor=actor)
    message = Message.objects.create(
        ticket=ticket,
        author=actor,
        kind=kind,
        side=side_of(actor, ticket),
        channel=channel,
        body=body,
        html=html,
        signature=signature,
        audience=audience,
        client_key=client_key,
        created_at=at,
    )
    if bound:
        tenant = message.tenant_id
        Attachment.objects.bulk_create(
            Attachment(tenant_id=tenant, message=message, file=stored) for stored in bound
        )
        if kind == MessageKind.REPLY:
            ticket.file_count += len(bound)
    return message
