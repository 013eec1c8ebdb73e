"""How often a code may be asked for: TRUST 13, the waits, and a new code that kills the former."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.services import otp
from persian.mobile import normalise
from tests.accounts.folk import ask_code, challenges, give_code, last_code, make_folk, next_mobile

NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H22")
def test_trust_13_ten_spellings_are_one_person_and_one_counter():
    with time_machine.travel(NOON.replace(minute=0), tick=False) as clock:
        folk = make_folk()
        tail = folk.customer.mobile[3:]
        persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
        arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        spellings = [
            f"0{tail}",
            f"+98{tail}",
            f"98{tail}",
            f"0098{tail}",
            tail,
            f"0{tail}".translate(persian),
            f"0{tail}".translate(arabic),
            f"0{tail[:3]} {tail[3:6]} {tail[6:]}",
            f"0{tail[:3]}-{tail[3:6]}-{tail[6:]}",
            f"\u202a+98 {tail}\u202c",
        ]
        statuses = []
        for at, spelling in enumerate(spellings):
            assert normalise(spelling) == folk.customer.mobile
            statuses.append(ask_code(folk.browser(), spelling, REMOTE_ADDR=f"10.2.{at}.1").status_code)
            clock.shift(timedelta(seconds=121))
        assert statuses == [302] * 5 + [429] * 5
        assert {row.user_id for row in challenges(folk.tenant)} == {folk.customer.pk}


@pytest.mark.django_db
def test_trust_13_number_gets_ten_codes_a_day():
    with time_machine.travel(NOON.replace(hour=1, minute=0), tick=False) as clock:
        folk = make_folk()
        sent = 0
        for hour in range(4):
            for turn in range(6):
                sent += (
                    ask_code(folk.browser(), folk.staff.mobile, REMOTE_ADDR=f"10.3.{hour}.{turn}").status_code
                    == 302
                )
                clock.shift(timedelta(seconds=121))
            clock.shift(timedelta(minutes=50))
        assert sent == 10


@pytest.mark.django_db
def test_trust_13_address_asks_twenty_codes_an_hour_whatever_the_numbers():
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        statuses = [
            ask_code(folk.browser(), next_mobile(), REMOTE_ADDR="10.4.0.1").status_code for _ in range(22)
        ]
        assert statuses == [302] * 20 + [429] * 2
        assert ask_code(folk.browser(), next_mobile(), REMOTE_ADDR="10.4.0.2").status_code == 302


@pytest.mark.django_db
def test_trust_13_home_of_an_ipv6_address_is_one_counter():
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        statuses = [
            ask_code(folk.browser(), next_mobile(), REMOTE_ADDR=f"2001:db8:7:1::{at:x}").status_code
            for at in range(21)
        ]
        assert statuses == [302] * 20 + [429]


@pytest.mark.django_db
def test_trust_13_tenant_has_a_budget_of_codes_a_day(monkeypatch):
    monkeypatch.setattr(otp, "TENANT_A_DAY", 3)
    with time_machine.travel(NOON, tick=False):
        folk, other = make_folk(), make_folk("sepehr")
        statuses = [
            ask_code(folk.browser(), next_mobile(), REMOTE_ADDR=f"10.5.0.{at}").status_code for at in range(4)
        ]
        assert statuses == [302] * 3 + [429]
        assert ask_code(other.browser(), next_mobile(), REMOTE_ADDR="10.5.0.9").status_code == 302


@pytest.mark.django_db
@pytest.mark.sqlite
def test_another_code_waits_sixty_then_a_hundred_and_twenty_seconds():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = folk.browser()
        ask_code(browser, folk.staff.mobile)
        for wait in (60, 120):
            assert f'data-wait="{wait}"' in browser.get("/login/code/").content.decode()
            clock.shift(timedelta(seconds=wait - 1))
            early = browser.post("/login/code/", {"again": "1"})
            assert (early.status_code, early["Retry-After"]) == (429, "1")
            assert "۱ ثانیهٔ دیگر" in early.content.decode()
            clock.shift(timedelta(seconds=1))
            assert browser.post("/login/code/", {"again": "1"}).status_code == 302
        assert len(challenges(folk.tenant)) == 3


@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_new_code_kills_the_former():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = folk.browser()
        ask_code(browser, folk.staff.mobile)
        former = last_code(folk.tenant)
        clock.shift(timedelta(seconds=61))
        browser.post("/login/code/", {"again": "1"})
        newer = last_code(folk.tenant)
        if former != newer:
            assert give_code(browser, former).status_code == 422
        assert challenges(folk.tenant)[0].expires_at == NOON + timedelta(seconds=61)
        assert give_code(browser, newer).status_code == 302


@pytest.mark.django_db
def test_pressing_again_on_the_login_page_returns_to_the_code_that_is_on_its_way():
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        browser = folk.browser()
        ask_code(browser, folk.staff.mobile)
        assert ask_code(browser, folk.staff.mobile)["Location"] == "/login/code/"
        assert len(challenges(folk.tenant)) == 1
