"""E-mail to real SMTP servers on loopback: what the letter looks like, and what each refusal means."""

from __future__ import annotations

import smtplib
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from notifications.channels.email import EmailChannel, build
from notifications.compose import Letter, compose
from notifications.models import Delivery
from notifications.services import breaker, delivery
from tenants.models import Tenant
from tests.stubs.smtp import Hanger, Mailbox, mail_server, silent_server

from .conftest import Office, time_passes


@pytest.fixture
def mail_settings(settings: Any) -> Any:
    settings.EMAIL_CONFIGURED = True
    settings.EMAIL_HOST, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "127.0.0.1", "", ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_FROM = "noreply@peygir.example"
    return settings


@pytest.fixture
def mailbox(mail_settings: Any) -> Iterator[Mailbox]:
    handler = Mailbox()
    with mail_server(handler) as port:
        mail_settings.EMAIL_PORT = port
        yield handler


def letter(**data: str) -> Letter:
    """An e-mail of the test kind, composed as for a row."""
    row = Delivery(
        pk=1,
        public_id=uuid.uuid4(),
        kind="test.note",
        channel="email",
        address="mahtab@daftar.example",
        data={"subject": "چاپ فاکتور", "recipient": "مهتاب رستگار", **data},
        url="/desk/tickets/12/",
    )
    row.tenant = Tenant(slug="daftar", name="دفتر نمونه", phone="021-5550100")
    return compose(row, None)


@pytest.mark.spec("S26", part=True)
def test_a_letter_has_a_right_to_left_html_part_and_a_text_part(mailbox: Mailbox) -> None:
    outcome = EmailChannel().send(letter())
    [message] = mailbox.messages
    assert outcome.state == "sent" and outcome.provider_id == message["Message-ID"]
    assert message["Subject"] == "خبر: چاپ فاکتور" and message["To"] == "mahtab@daftar.example"
    assert message["From"] == "دفتر نمونه <noreply@peygir.example>"
    assert message["Auto-Submitted"] == "auto-generated" and message["Date"]
    assert message.get_content_type() == "multipart/alternative"
    text, html = (message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    link = "http://daftar.localhost:8000/desk/tickets/12/"
    assert text.startswith("سلام مهتاب رستگار.\n\nخبر تازه‌ای هست: چاپ فاکتور\n\n") and link in text
    assert '<html lang="fa" dir="rtl">' in html and f'href="{link}"' in html and "۰۲۱-۵۵۵۰۱۰۰" in html
    assert '<bdi dir="rtl">چاپ فاکتور</bdi>' in html
    assert "<style" not in html and "<script" not in html and "<img" not in html and "<link" not in html


def test_what_people_wrote_is_text_in_the_html_part() -> None:
    html = letter(subject="<img src=x onerror=alert(1)>\nسطر دو", recipient="<b>علی</b>").html
    assert "<img" not in html and "&lt;img src=x onerror=alert(1)&gt;<br>سطر دو" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com", "x\rBcc: eve@example.com"]
)
def test_trust_30_newline_in_subject_never_makes_a_header(mailbox: Mailbox, evil: str) -> None:
    one = letter(subject=evil, recipient=evil)
    one.tenant.name = evil
    assert EmailChannel().send(one).state == "sent"
    [message] = mailbox.messages
    assert message["Bcc"] is None and "eve@example.com" in message["Subject"]
    assert [name for name in message.keys() if name.lower() == "bcc"] == []  # noqa: SIM118  headers, not a dict
    assert (
        message["From"].addresses[0].addr_spec == "noreply@peygir.example"
        and len(message["From"].addresses) == 1
    )


def test_trust_30_newline_in_an_address_is_refused_before_any_connection(mail_settings: Any) -> None:
    mail_settings.EMAIL_PORT = 9
    outcome = EmailChannel().send(replace(letter(), address="a@b.example\r\nBcc: eve@example.com"))
    assert outcome.state == "permanent" and outcome.error


@pytest.mark.parametrize(
    "name", ['"دفتر", <eve@example.com>', "a, b@c.example", "شرکت (سهامی خاص)", "x" * 120]
)
def test_a_tenants_name_stays_a_name(mailbox: Mailbox, name: str) -> None:
    one = letter()
    one.tenant.name = name
    assert EmailChannel().send(one).state == "sent"
    [sender] = mailbox.messages[0]["From"].addresses
    assert sender.addr_spec == "noreply@peygir.example" and sender.display_name == name


def test_a_resend_carries_the_same_message_id(mail_settings: Any) -> None:
    one = letter()
    first, second = build(one).message(), build(one).message()
    assert first["Message-ID"] == second["Message-ID"] == f"<{one.public_id.hex}@peygir.example>"


def test_letters_of_a_round_share_a_connection(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    connect = smtplib.SMTP.connect
    monkeypatch.setattr(smtplib.SMTP, "connect", lambda *a, **k: opened.append(1) or connect(*a, **k))
    channel = EmailChannel()
    assert [channel.send(letter()).state for _ in range(5)] == ["sent"] * 5
    channel.close()
    assert len(opened) == 1 and len(mailbox.raw) == 5


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_fault_06_a_4xx_is_tried_again_and_arrives(mail_settings: Any, at: str, code: int) -> None:
    handler = Mailbox(f"{code} not now", at=at)
    with mail_server(handler) as port:
        mail_settings.EMAIL_PORT = port
        channel, one = EmailChannel(), letter()
        outcome = channel.send(one)
        assert outcome.state == "temporary" and str(code) in outcome.error and not outcome.unsure
        assert outcome.down == (code == 421)
        assert channel.send(one).state == "sent"
        channel.close()
    assert len(handler.raw) == 1


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
@pytest.mark.parametrize("code", [550, 552, 554])
def test_fault_06_a_5xx_is_tried_once(office: Office, mail_settings: Any, at: str, code: int) -> None:
    handler = Mailbox(f"{code} never", at=at)
    with mail_server(handler) as port:
        mail_settings.EMAIL_PORT = port
        office.post(channels=("email",))
        delivery.deliver()
        time_passes(days=3)
        delivery.deliver()
    row = office.letter()
    assert (row.state, row.tries, handler.asked) == ("failed", 1, 1) and str(code) in row.error


def test_fault_06_closing_after_data_gives_at_most_one_double_with_the_same_id(
    office: Office, mail_settings: Any
) -> None:
    handler = Hanger(times=1)
    with mail_server(handler) as port:
        mail_settings.EMAIL_PORT = port
        office.post(channels=("email",))
        delivery.deliver()
        row = office.letter()
        assert row.state == "waiting" and row.unsure
        time_passes(minutes=2)
        delivery.deliver()
    assert office.letter().state == "sent"
    assert len(handler.raw) == 2 and len({message["Message-ID"] for message in handler.messages}) == 1


def test_fault_06_a_server_that_always_closes_after_data_gets_two_copies_and_no_more(
    office: Office, mail_settings: Any
) -> None:
    handler = Hanger(times=100)
    with mail_server(handler) as port:
        mail_settings.EMAIL_PORT = port
        office.post(channels=("email",))
        for _ in range(5):
            delivery.deliver()
            time_passes(days=1)
            breaker.forget()
    row = office.letter()
    assert (row.state, len(handler.raw)) == ("failed", 2) and "شاید رسیده باشد" in row.error


def test_fault_06_a_silent_server_holds_the_worker_no_longer_than_its_limit(mail_settings: Any) -> None:
    mail_settings.EMAIL_TIMEOUT = 1
    with silent_server() as port:
        mail_settings.EMAIL_PORT = port
        channel = EmailChannel()
        began = time.monotonic()
        outcome = channel.send(letter())
        channel.close()
    assert outcome.state == "temporary" and outcome.down and not outcome.unsure
    assert time.monotonic() - began < 2.5


def test_a_server_that_is_not_there_or_refuses_our_login_keeps_the_letter_waiting(mail_settings: Any) -> None:
    mail_settings.EMAIL_PORT = 9
    outcome = EmailChannel().send(letter())
    assert outcome.state == "temporary" and outcome.down and not outcome.alarm
    handler = Mailbox()
    with mail_server(handler) as port:
        mail_settings.EMAIL_PORT, mail_settings.EMAIL_HOST_USER, mail_settings.EMAIL_HOST_PASSWORD = (
            port,
            "u",
            "hunter2",
        )
        outcome = EmailChannel().send(letter())
    assert outcome.state == "temporary" and outcome.down and outcome.alarm and "hunter2" not in outcome.error
    assert handler.raw == []


@pytest.mark.parametrize("address", ["no-at-sign", "a@", "دو نشانی@x.example, b@y.example"])
def test_an_address_that_is_none_fails_with_a_reason(
    mail_settings: Any, mailbox: Mailbox, address: str
) -> None:
    outcome = EmailChannel().send(replace(letter(), address=address))
    assert outcome.state == "permanent" and outcome.error and mailbox.raw == []
