"""The provider's client and channel against a stub that speaks its API over real HTTP."""

from __future__ import annotations

import logging
import socket
import time
import uuid
from typing import Any

import pytest

from notifications.channels import kavenegar
from notifications.channels.kavenegar import PeygirKavenegar, Refused, Unanswered, Unreached
from notifications.channels.sms import ALARMS, LATER, REASONS, SmsChannel
from notifications.compose import Letter
from tenants.models import Tenant
from tests.stubs.kavenegar import Kavenegar

LONG = "پیام " * 300


def letter(**fields: Any) -> Letter:
    """A letter that no row stands behind."""
    values = {
        "pk": 1,
        "public_id": uuid.uuid4(),
        "kind": "test.note",
        "channel": "sms",
        "address": "+989123456789",
        "tenant": Tenant(slug="daftar", name="دفتر نمونه"),
        "subject": "",
        "text": "سلام",
        "html": "",
        "shown": "سلام",
        **fields,
    }
    return Letter(**values)


def code_letter(**fields: Any) -> Letter:
    return letter(code="402815", text="کد 402815", **fields)


@pytest.fixture
def by_template(settings: Any) -> None:
    settings.KAVENEGAR_OTP_TEMPLATE = "peygir-login"


def test_a_message_is_taken_with_its_number_and_price(provider: Kavenegar) -> None:
    outcome = SmsChannel().send(letter())
    [sent] = provider.sent
    assert (outcome.state, outcome.provider_id, outcome.cost) == ("sent", str(sent.messageid), 120)
    assert (sent.receptor, sent.message) == ("09123456789", "سلام")


def test_the_same_letter_sent_twice_reaches_the_telephone_once(provider: Kavenegar) -> None:
    one, other = letter(), letter()
    first, second, third = (SmsChannel().send(each) for each in (one, one, other))
    assert first.provider_id == second.provider_id != third.provider_id
    assert len(provider.sent) == 2 and 0 < one.local_id < 2**63


def test_the_sender_line_of_the_settings_is_used(provider: Kavenegar, settings: Any) -> None:
    settings.KAVENEGAR_SENDER = "10008663"
    SmsChannel().send(letter())
    assert provider.sent[0].sender == "10008663"


@pytest.mark.parametrize("code", sorted(LATER))
def test_codes_that_pass_are_tried_again(provider: Kavenegar, code: int) -> None:
    provider.mode, provider.code = "error", code
    outcome = SmsChannel().send(letter())
    assert outcome.state == "temporary" and outcome.down and not outcome.unsure and str(code) in outcome.error


def test_a_provider_that_stumbles_may_have_sent(provider: Kavenegar, settings: Any) -> None:
    provider.mode, provider.code = "error", 503
    outcome = SmsChannel().send(letter())
    assert outcome.state == "temporary" and outcome.unsure and outcome.down and "503" in outcome.error
    settings.KAVENEGAR_OTP_TEMPLATE = "peygir-login"
    assert SmsChannel().send(code_letter()).state == "permanent"


FINAL = sorted({*range(400, 408), *range(411, 433), 501, 607, 999} - LATER)


@pytest.mark.parametrize("code", FINAL)
def test_codes_that_stay_are_not_tried_again(provider: Kavenegar, code: int) -> None:
    provider.mode, provider.code = "error", code
    outcome = SmsChannel().send(letter())
    assert outcome.state == "permanent" and str(code) in outcome.error
    assert bool(outcome.alarm) == (code in ALARMS)
    assert REASONS.get(code, "نپذیرفت") in outcome.error


@pytest.mark.parametrize("mode", ["html", "drop", "lost", "garbage"])
def test_faults_on_the_way_are_tried_again_and_arrive_once(provider: Kavenegar, mode: str) -> None:
    provider.mode, provider.times = mode, 1
    one = letter()
    outcome = SmsChannel().send(one)
    assert outcome.state == "temporary" and outcome.unsure and outcome.down
    assert SmsChannel().send(one).state == "sent"
    assert len(provider.sent) == 1


def test_a_provider_that_is_not_there_is_surely_not_reached(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.KAVENEGAR_API_KEY, settings.KAVENEGAR_BASE_URL = "key", f"http://127.0.0.1:{port}"
    outcome = SmsChannel().send(code_letter())
    assert outcome.state == "temporary" and not outcome.unsure and outcome.down


def test_a_code_goes_by_template_when_one_is_set(provider: Kavenegar, by_template: None) -> None:
    assert SmsChannel().send(code_letter()).state == "sent"
    assert SmsChannel().send(letter()).state == "sent"
    (method, fields), (other, _) = provider.requests
    assert (method, other) == ("verify/lookup", "sms/send")
    assert fields == {"receptor": "09123456789", "template": "peygir-login", "token": "402815", "type": "sms"}


@pytest.mark.parametrize("mode", ["lost", "garbage", "html", "drop"])
def test_a_code_by_template_is_never_sent_again_when_it_may_have_left(
    provider: Kavenegar, by_template: None, mode: str
) -> None:
    provider.mode, provider.times = mode, 1
    outcome = SmsChannel().send(code_letter())
    assert outcome.state == "permanent" and outcome.unsure and outcome.error
    asked = len(provider.requests)
    assert SmsChannel().send(code_letter(unsure=True)).state == "permanent"
    assert len(provider.requests) == asked


def test_a_code_by_template_is_tried_again_when_it_surely_did_not_leave(
    provider: Kavenegar, by_template: None
) -> None:
    provider.mode, provider.code = "error", 409
    assert SmsChannel().send(code_letter()).state == "temporary"


def test_trust_fault_05_a_dripping_answer_does_not_hold_the_worker(
    provider: Kavenegar, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each byte comes within the read limit; only the limit on the whole call ends it.
    monkeypatch.setattr(kavenegar, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(kavenegar, "READ_SECONDS", 1.5)
    provider.mode, provider.seconds = "drip", 30
    began = time.monotonic()
    outcome = SmsChannel().send(letter())
    assert outcome.state == "temporary" and outcome.unsure and time.monotonic() - began < 2.5


def test_lists_travel_as_json(provider: Kavenegar) -> None:
    client = PeygirKavenegar(provider.key, provider.url)
    receptors = ["09120000001", "09120000002"]
    entries = client.sms_sendarray(
        {"receptor": receptors, "sender": ["1", "1"], "message": ["یک", "دو"], "localmessageids": [7, 8]}
    )
    assert [entry["receptor"] for entry in entries] == receptors
    assert [(one.receptor, one.message, one.localid) for one in provider.sent] == [
        ("09120000001", "یک", "7"),
        ("09120000002", "دو", "8"),
    ]
    [state, _] = client.sms_status({"messageid": ",".join(str(one.messageid) for one in provider.sent)})
    assert state["status"] == 10
    [account] = client.account_info()
    assert account["remaincredit"] == 1_250_000


@pytest.mark.parametrize("mode", ["html", "drop", "garbage", "error"])
def test_the_key_is_in_no_error_and_no_name(
    provider: Kavenegar, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.mode = mode
    client = PeygirKavenegar(provider.key, provider.url)
    with pytest.raises((Refused, Unanswered)) as told:
        client.sms_send({"receptor": "09123456789", "message": "سلام"})
    error: BaseException | None = told.value
    while error is not None:
        assert provider.key not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__
    assert provider.key not in f"{client} {client!r}" and provider.key not in caplog.text
    wrong = PeygirKavenegar("another-key", "http://127.0.0.1:9")
    with pytest.raises(Unreached) as unreached:
        wrong.account_info()
    assert "another-key" not in f"{unreached.value!r} {unreached.value.__context__!r}"


def test_a_wrong_key_is_a_refusal_that_calls_for_a_hand(provider: Kavenegar, settings: Any) -> None:
    settings.KAVENEGAR_API_KEY = "stolen"
    outcome = SmsChannel().send(letter())
    assert outcome.state == "permanent" and outcome.alarm == "sms-403"
