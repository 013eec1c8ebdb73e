"""What the page tests share: a counted request, a form as a browser would send it, small files."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.worlds import House
from tickets.models import Ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
SCRIPT = "<script>alert('x')</script>"
ESCAPED = "&lt;script&gt;"


def upload(name: str = "گزارش.txt", content: bytes = b"a line of text") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def counted(client: Client, url: str, data: dict[str, Any] | None = None) -> tuple[HttpResponse, int]:
    """The answer to a GET, or a POST of ``data``, and how many statements it took, all told."""
    with CaptureQueriesContext(connection) as seen:
        response = client.get(url) if data is None else client.post(url, data)
    return response, len(seen)


def text(response: Any) -> str:
    """The page's HTML."""
    return response.content.decode()


def hidden(response: Any, name: str) -> list[str]:
    """Values of the inputs of a name, in order, as the page holds them."""
    inputs = re.findall(r"<input[^>]*>", text(response))
    named = [one for one in inputs if f'name="{name}"' in one]
    return [found[1] for one in named if (found := re.search(r'value="([^"]*)"', one))]


def message(body: str = "پیام تازه", **more: Any) -> dict[str, Any]:
    """The fields of a composer."""
    return {"client_key": str(uuid.uuid4()), "body": body, **more}


def request_for(house: House, subject: str = "چاپ فاکتور رسمی خطا می‌دهد", **more: Any) -> dict[str, Any]:
    """The fields of a new ticket to support."""
    fields = {
        "client_key": str(uuid.uuid4()),
        "subject": subject,
        "department": str(house.support.pk),
        "topic": "",
        "staff": "",
        "priority": "3",
        "body": "از امروز صبح چاپ نمی‌شود.",
    }
    return {**fields, **more}


def desk(ticket: Ticket, verb: str = "") -> str:
    """Address of a ticket on the desk, or of one of its verbs."""
    return f"/desk/tickets/{ticket.number}/" + (f"{verb}/" if verb else "")


def portal(ticket: Ticket, verb: str = "") -> str:
    """Address of a ticket in the customer's panel, or of one of its verbs."""
    return f"/portal/tickets/{ticket.number}/" + (f"{verb}/" if verb else "")


def send_raw(
    client: Client, url: str, fields: dict[str, Any], name: str, content: bytes = b"x"
) -> HttpResponse:
    """A POST with one file whose name goes over the wire exactly so; Django's own test file would clean it."""
    mark = "edge-of-parts"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
    body = (
        "".join(parts).encode() + head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content
    )
    body += f"\r\n--{mark}--\r\n".encode()
    return client.post(url, body, content_type=f"multipart/form-data; boundary={mark}")
