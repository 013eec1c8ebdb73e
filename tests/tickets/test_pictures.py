"""Pictures of a text being written: their writer's alone until it is sent (TRUST 23, 26)."""

import uuid
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets.models import Attachment, Message
from tickets.views import pictures

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house("arvand")


def png(width: int = 8, height: int = 8) -> bytes:
    made = BytesIO()
    Image.new("1", (width, height)).save(made, "PNG")
    return made.getvalue()


def send(client, data: bytes, name: str = "screen.png"):
    return client.post("/pictures/", {"picture": SimpleUploadedFile(name, data)})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg onload=alert(1)>", "تصویر نیست"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 99, "تصویر نیست"),
        (png()[:40], "تصویر نیست"),
        (png(9000, 9000), "میلیون نقطه"),
        (b"", "خالی است"),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused_in_words(house, data, said):
    answer = send(house.client(house.staff), data)
    assert answer.status_code == 422 and (said in answer.json()["message"] or not data)


def test_too_many_bytes_and_too_many_pictures_are_refused(house, monkeypatch):
    client = house.client(house.staff)
    monkeypatch.setattr(pictures, "AN_HOUR", 1)
    assert send(client, png()).status_code == 200
    assert send(client, png()).status_code == 429
    monkeypatch.setattr(pictures, "AN_HOUR", 9)
    monkeypatch.setattr(pictures, "LONGEST", 10)
    assert "حداکثر" in send(client, png()).json()["message"]
    assert client.post("/pictures/").status_code == 422


def test_a_picture_is_its_writers_until_the_text_is_sent(house):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff, customer = house.client(house.staff), house.client(house.customer_main)
    url = send(staff, png()).json()["url"]
    others = [
        house.client(person) for person in (house.manager, house.colleague, house.owner, house.customer_main)
    ]
    assert staff.get(url).status_code == 200
    assert {other.get(url).status_code for other in others} == {404}
    # Somebody else's picture in a text stays theirs.
    stolen = {"client_key": str(uuid.uuid4()), "body": "x", "html": f'<p>x</p><img src="{url}">'}
    assert customer.post(f"/portal/tickets/{ticket.number}/reply/", stolen).status_code == 302
    with tenant_scope(house.tenant):
        assert not Attachment.objects.exists()
    assert customer.get(url).status_code == 404
    words = {"client_key": str(uuid.uuid4()), "body": "x", "html": f'<p>ببینید</p><p><img src="{url}"></p>'}
    assert staff.post(f"/desk/tickets/{ticket.number}/reply/", words).status_code == 302
    with tenant_scope(house.tenant):
        assert Attachment.objects.get().message == Message.objects.latest("pk")
    assert customer.get(url).status_code == 200
    assert url in customer.get(f"/portal/tickets/{ticket.number}/").content.decode()
