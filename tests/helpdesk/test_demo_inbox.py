"""The demo inbox shows what would have left, to anybody, and only where the demo runs."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from notifications import kinds
from notifications.models import DemoLetter
from notifications.services import Mobile, delivery, post
from tenants.scope import tenant_scope
from tests.notifications.conftest import Office, make_office
from tests.stubs.letters import CODE, NOTE
from tests.worlds import make_house, make_ticket
from tickets.models import Rating
from tickets.services import reply

pytestmark = [pytest.mark.sqlite, pytest.mark.urls("tests.helpdesk.demo_urls")]


@pytest.fixture
def demo(committed_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A tenant of the demo that has sent an SMS with a code and an e-mail; no broker."""
    settings.DEMO = True
    monkeypatch.setattr("web.ring.current_app.send_task", lambda *a, **k: None, raising=False)
    kinds.register(NOTE)
    kinds.register(CODE)
    office = make_office("demo")
    with tenant_scope(office.tenant):
        soon = timezone.now() + timedelta(minutes=2)
        post("test.code", to=Mobile("+989123456789"), secret="402815", expires_at=soon)
        post(
            "test.note",
            to=office.owner,
            data={"subject": "<script>x</script>"},
            url="/desk/",
            channels=("email",),
        )
    delivery.deliver()
    return office


def test_inbox_shows_a_stranger_the_letters_with_their_codes(demo: Office) -> None:
    page = Client(HTTP_HOST=demo.tenant.host).get("/demo/inbox/")
    text = page.content.decode()
    assert page.status_code == 200
    assert 'data-copy="402815"' in text and "+989123456789" in text and "mahtab@demo.example" in text
    assert text.index("mahtab@demo.example") < text.index("+989123456789")  # newest first
    assert "<script>x" not in text and "&lt;script&gt;x" in text
    assert f'href="{demo.tenant.absolute("/desk/")}"' in text


def test_inbox_narrows_to_an_address_in_any_spelling(demo: Office) -> None:
    client = Client(HTTP_HOST=demo.tenant.host)
    for spelling in ("۰۹۱۲ ۳۴۵", "+98912", "0098912345", "912-345-6789"):
        text = client.get("/demo/inbox/", {"to": spelling}).content.decode()
        assert "+989123456789" in text and "mahtab@demo.example" not in text, spelling
    assert "402815" not in client.get("/demo/inbox/", {"to": "MAHTAB@"}).content.decode()
    assert "برای این گیرنده چیزی نیست" in client.get("/demo/inbox/", {"to": "0935"}).content.decode()


def test_letter_stands_alone_in_a_sandbox(demo: Office) -> None:
    with tenant_scope(demo.tenant):
        mail = DemoLetter.objects.get(channel="email")
        sms = DemoLetter.objects.get(channel="sms")
    client = Client(HTTP_HOST=demo.tenant.host)
    answer = client.get(f"/demo/inbox/{mail.pk}/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy and "allow-scripts" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN" and "&lt;script&gt;" in answer.content.decode()
    assert client.get(f"/demo/inbox/{sms.pk}/").status_code == 404


def test_inbox_belongs_to_its_host(demo: Office) -> None:
    rival = make_office("rival")
    with tenant_scope(demo.tenant):
        mail = DemoLetter.objects.get(channel="email")
    client = Client(HTTP_HOST=rival.tenant.host)
    assert "402815" not in client.get("/demo/inbox/").content.decode()
    assert client.get(f"/demo/inbox/{mail.pk}/").status_code == 404


def test_inbox_is_absent_without_the_demo(demo: Office, settings: Any) -> None:
    settings.DEMO = False
    client = Client(HTTP_HOST=demo.tenant.host)
    assert client.get("/demo/inbox/").status_code == 404
    assert client.post("/demo/inbox/").status_code in (403, 404, 405)


@pytest.mark.spec("S8")
def test_an_answers_letter_in_the_inbox_leads_to_the_stars(demo: Office) -> None:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        User.objects.filter(pk=house.customer_main.pk).update(email="negar@kashi.example")
        ticket = make_ticket(house, staff=house.staff)
        reply(ticket, actor=house.staff, body="درست شد.", client_key=uuid.uuid4())
    delivery.deliver()
    browser = Client(HTTP_HOST=house.host)
    inbox = browser.get("/demo/inbox/", {"to": "negar@"}).content.decode()
    page = browser.get(re.findall(r'src="(/demo/inbox/[^"]+)"', inbox)[0]).content.decode()
    found = re.findall(r'href="https?://[^/"]+(/rate/[^"?]+)\?stars=4"', page)
    assert 'value="4" checked' in browser.get(found[0], {"stars": "4"}).content.decode()
    assert browser.post(found[0], {"stars": "4"}).status_code == 302
    with tenant_scope(house.tenant):
        assert Rating.objects.get().stars == 4
