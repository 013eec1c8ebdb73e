"""The lease: claimed once, sent with no transaction open, marked, tried again in time, wiped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from notifications.channels import Outcome
from notifications.channels.sms import SmsChannel
from notifications.models import Delivery
from notifications.services import Mobile, breaker, delivery
from tenants.models import Tenant
from tenants.scope import all_tenants, tenant_scope
from tests.races import at_once, refusals
from tests.stubs.kavenegar import Kavenegar

from .conftest import MOBILE, Office, make_office, time_passes


@pytest.fixture
def sends(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """A provider without a wire: every address that was written to, in order. No transaction may be open."""
    settings.KAVENEGAR_API_KEY = "key"
    addresses: list[str] = []

    def send(self: Any, letter: Any) -> Outcome:
        assert not connection.in_atomic_block
        addresses.append(letter.address)
        return Outcome.sent("1")

    monkeypatch.setattr(SmsChannel, "send", send)
    return addresses


def number(n: int) -> Mobile:
    return Mobile(f"+98935{n:07d}")


@pytest.mark.sqlite
@pytest.mark.spec("S25", part=True)
def test_a_letter_is_sent_and_marked_with_what_the_provider_said(office: Office, provider: Kavenegar) -> None:
    office.post(url="/t/PG-7K4M/", channels=("sms",))
    assert delivery.deliver() == 1
    row, [sent] = office.letter(), provider.sent
    assert (row.state, row.tries, row.provider_id, row.cost) == ("sent", 1, str(sent.messageid), 120)
    assert row.provider_status == "در صف ارسال" and row.sent_at and row.lease is None and not row.attempt_open
    assert sent.message == f"خبر تازه: چاپ فاکتور\n{office.tenant.absolute('/t/PG-7K4M/')}" == row.text
    assert sent.receptor == "0" + office.owner.mobile.removeprefix("+98")
    assert delivery.deliver() == 0 and len(provider.sent) == 1


@pytest.mark.sqlite
def test_a_code_leaves_and_is_wiped_and_the_log_does_not_show_it(office: Office, provider: Kavenegar) -> None:
    office.post("test.code", secret="402815", channels=("sms",))
    delivery.deliver("now")
    row, [sent] = office.letter(), provider.sent
    assert sent.message == f"کد شما: 402815\n@{office.tenant.host} #402815"
    assert row.state == "sent" and row.secret is None
    assert "402815" not in row.text and "••••••" in row.text


@pytest.mark.sqlite
def test_a_letter_past_its_time_is_never_sent_and_its_secret_is_wiped(
    office: Office, provider: Kavenegar
) -> None:
    office.post("test.code", secret="402815", channels=("sms",))
    time_passes(minutes=2)
    assert delivery.deliver() == 0
    row = office.letter()
    assert row.state == "expired" and row.secret is None and provider.requests == []


@pytest.mark.sqlite
def test_a_letter_that_expires_between_claim_and_send_is_not_sent(
    office: Office, provider: Kavenegar
) -> None:
    office.post("test.code", secret="402815", channels=("sms",))
    [row] = delivery.claim("sms", "now")
    row.expires_at = timezone.now() - timedelta(seconds=1)
    with tenant_scope(office.tenant):
        Delivery.objects.update(expires_at=row.expires_at)
    assert not delivery._begin(row)
    assert office.letter().state == "expired" and provider.requests == []


@pytest.mark.sqlite
def test_a_failing_sms_is_tried_five_times_at_growing_distances(office: Office, provider: Kavenegar) -> None:
    provider.mode, provider.code = "error", 409
    office.post(channels=("sms",))
    for expected in (1, 5, 15, 60):
        assert delivery.deliver() == 1
        row = office.letter()
        minutes = (row.next_try_at - timezone.now()).total_seconds() / 60
        assert row.state == "waiting" and "409" in row.error
        assert expected * 0.9 - 0.1 <= minutes <= expected * 1.1
        assert delivery.deliver() == 0
        time_passes(minutes=expected * 1.2)
        breaker.forget()
    assert delivery.deliver() == 1
    row = office.letter()
    assert (row.state, row.tries) == ("failed", 5) and row.error and len(provider.requests) == 5
    time_passes(days=2)
    assert delivery.deliver() == 0


def test_an_email_is_given_up_within_48_hours() -> None:
    worst = sum(delivery.BACKOFF["email"]) * (1 + delivery.JITTER)
    assert worst < 48 * 60 and len(delivery.BACKOFF["sms"]) == 4


@pytest.mark.sqlite
def test_a_permanent_refusal_ends_it_with_its_reason(office: Office, provider: Kavenegar) -> None:
    provider.mode, provider.code = "error", 411
    office.post("test.code", secret="402815", channels=("sms",))
    delivery.deliver()
    row = office.letter()
    assert row.state == "failed" and "411" in row.error and row.secret is None and row.tries == 1


@pytest.mark.sqlite
def test_a_retry_that_would_come_too_late_is_not_kept_longer_than_its_time(
    office: Office, provider: Kavenegar
) -> None:
    provider.mode, provider.code = "error", 451
    office.post(
        "test.code", secret="402815", channels=("sms",), expires_at=timezone.now() + timedelta(seconds=30)
    )
    delivery.deliver()
    row = office.letter()
    assert row.state == "waiting" and row.next_try_at == row.expires_at


@pytest.mark.sqlite
def test_letters_of_a_suspended_tenant_wait(office: Office, sends: list) -> None:
    office.post(channels=("sms",))
    office.post(channels=("sms",), lane="now")
    Tenant.objects.filter(pk=office.tenant.pk).update(is_active=False)
    assert delivery.deliver() == 0
    Tenant.objects.filter(pk=office.tenant.pk).update(is_active=True)
    assert delivery.deliver() == 2 and len(sends) == 2


@pytest.mark.sqlite
def test_urgent_letters_leave_first_and_a_code_posted_meanwhile_goes_next(
    office: Office, sends: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(15):
        office.post(to=number(n), lane="bulk", channels=("sms",))
    office.post(to=number(50), lane="normal", channels=("sms",))
    office.post("test.code", to=number(60), secret="402815", channels=("sms",))
    kept = SmsChannel.send

    def send(self: Any, letter: Any) -> Outcome:
        if len(sends) == 4:
            office.post("test.code", to=number(61), secret="402816", channels=("sms",))
        return kept(self, letter)

    monkeypatch.setattr(SmsChannel, "send", send)
    assert delivery.deliver() == 18
    assert sends[:2] == [number(60), number(50)]
    assert sends.index(number(61)) == 5  # right behind the one that was being sent


@pytest.mark.sqlite
def test_a_ring_for_a_lane_leaves_slower_ones_alone(office: Office, sends: list) -> None:
    office.post(to=number(1), lane="bulk", channels=("sms",))
    office.post(to=number(2), channels=("sms",))
    assert delivery.deliver("now") == 0
    assert delivery.deliver("normal") == 1 and sends == [number(2)]
    assert delivery.deliver() == 1


@pytest.mark.sqlite
def test_tenants_take_turns_behind_a_burst(office: Office, sends: list) -> None:
    for n in range(40):
        office.post(to=number(n), lane="bulk", channels=("sms",))
    small = make_office("kuchak")
    small.post(to=MOBILE, lane="bulk", channels=("sms",))
    delivery.deliver()
    assert len(sends) == 41 and sends.index(MOBILE) < 10


@pytest.mark.sqlite
def test_channels_take_turns(office: Office, sends: list, settings: Any) -> None:
    for n in range(30):
        office.post(to=number(n), channels=("sms",))
    office.post(channels=("email",))
    rows = iter(range(100))
    order: dict[str, int] = {}
    begin = delivery._begin

    def noted(row: Delivery) -> bool:
        order.setdefault(row.channel, next(rows))
        return begin(row)

    delivery._begin = noted
    try:
        delivery.deliver()
    finally:
        delivery._begin = begin
    assert order["email"] <= 10
    mail = [row for row in office.letters() if row.channel == "email"][0]
    assert mail.state == "failed" and mail.error == "سرور ایمیل هنوز تنظیم نشده است."


def test_two_workers_never_claim_or_send_the_same_letter(office: Office, sends: list) -> None:
    for n in range(60):
        office.post(to=number(n), lane=("now", "normal", "bulk")[n % 3], channels=("sms",))
    assert not refusals(at_once(*[delivery.deliver] * 4))
    assert sorted(sends) == [number(n) for n in range(60)]
    assert {(row.state, row.tries) for row in office.letters()} == {("sent", 1)}


@pytest.mark.sqlite
def test_a_claimed_letter_is_not_claimed_again_until_its_lease_ends(office: Office) -> None:
    office.post(channels=("sms",))
    [first] = delivery.claim("sms", "normal")
    assert delivery.claim("sms", "normal") == []
    time_passes(minutes=5, seconds=1)
    [second] = delivery.claim("sms", "normal")
    assert second.pk == first.pk and second.lease != first.lease
    # The first worker wakes up late: it neither sends nor marks what is another's now.
    assert not delivery._begin(first)
    delivery._mark(first, Outcome.permanent("x"))
    delivery._release([first])
    assert office.letter().state == "waiting" and office.letter().lease == second.lease


@pytest.mark.sqlite
def test_a_dead_channel_is_left_alone_after_three_faults_and_the_other_goes_on(
    office: Office, provider: Kavenegar, settings: Any
) -> None:
    provider.mode = "html"
    for n in range(8):
        office.post(to=number(n), channels=("sms",))
    office.post(channels=("email",))
    assert delivery.deliver() == 4
    assert len(provider.requests) == 3
    assert len(office.letters(state="waiting", tries=0, lease=None)) == 5
    assert len(office.letters(channel="email", state="failed")) == 1
    provider.mode = "ok"
    assert delivery.deliver() == 0  # it rests
    breaker.of("sms").open_until = 0.0
    assert delivery.deliver() == 5 and len(provider.sent) == 5
    time_passes(minutes=2)
    assert delivery.deliver() == 3 and len(provider.sent) == 8


def test_a_breaker_opens_after_faults_in_a_row_and_one_more_is_enough_later() -> None:
    one = breaker.Breaker()
    for _ in range(2):
        one.fault()
    one.fine()
    for _ in range(2):
        one.fault()
    assert not one.is_open
    one.fault()
    assert one.is_open
    one.open_until = 0.0
    assert not one.is_open
    one.fault()
    assert one.is_open and one.rest == breaker.LONGEST
    one.fine()
    assert not one.is_open and one.rest == breaker.SHORTEST


@pytest.mark.sqlite
def test_a_round_that_takes_too_long_gives_back_and_rings_again(
    office: Office, sends: list, rings: list
) -> None:
    for n in range(3):
        office.post(to=number(n), channels=("sms",))
    rings.clear()
    assert delivery.deliver("normal", seconds=0) == 0
    assert rings == [("notifications.deliver", {"lane": "normal"})]
    assert delivery.deliver() == 3


@pytest.mark.sqlite
def test_a_kind_nobody_knows_any_more_and_a_lost_key_fail_with_a_reason(
    office: Office, sends: list, settings: Any
) -> None:
    office.post(channels=("sms",))
    with tenant_scope(office.tenant):
        Delivery.objects.update(kind="retired")
    office.post("test.code", secret="402815", channels=("sms",))
    settings.SECRET_KEY = "changed" * 10
    delivery.deliver()
    assert sends == []
    code, retired = sorted(office.letters(), key=lambda row: row.kind, reverse=True)
    assert (retired.state, retired.error) == ("failed", delivery.FORGOTTEN)
    assert (code.state, code.error, code.secret) == ("failed", delivery.LOST_SECRET, None)


@pytest.mark.sqlite
def test_a_fault_of_our_own_is_told_by_its_name_only(
    office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.KAVENEGAR_API_KEY = "key"

    def broken(self: Any, letter: Any) -> Outcome:
        raise RuntimeError(f"could not say {letter.text}")

    monkeypatch.setattr(SmsChannel, "send", broken)
    office.post("test.code", secret="402815", channels=("sms",))
    delivery.deliver()
    row = office.letter()
    assert (
        row.state == "waiting"
        and row.unsure
        and "RuntimeError" in caplog.text
        and "402815" not in caplog.text
    )


@pytest.mark.sqlite
def test_without_a_provider_letters_fail_with_a_reason_the_owner_can_read(office: Office) -> None:
    office.post()
    delivery.deliver()
    assert {(row.state, row.error) for row in office.letters()} == {
        ("failed", "درگاه پیامک هنوز تنظیم نشده است."),
        ("failed", "سرور ایمیل هنوز تنظیم نشده است."),
    }


@pytest.mark.postgres
def test_claiming_uses_the_index_of_waiting_letters(office: Office) -> None:
    with all_tenants("a plan"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM notifications_delivery WHERE state = 'waiting' AND channel = 'sms'"
            " AND lane = 'bulk' AND tenant_id = 1 AND next_try_at <= now() ORDER BY next_try_at, id LIMIT 10"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "delivery_waiting" in plan
