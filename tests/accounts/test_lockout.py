"""Nobody is locked out by strangers, and how many guesses an attacker gets an hour (TRUST 12, 15; SECURITY.md).

The figures are counted by really asking and guessing with a moved clock, and printed; SECURITY.md quotes them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import time_machine

from accounts import devices
from accounts.services import login as entering
from accounts.services import otp
from tenants.scope import tenant_scope
from tests.accounts.folk import (
    PASSWORD,
    ask_code,
    come_in,
    give_code,
    give_password,
    is_in,
    last_code,
    make_folk,
    next_mobile,
    past_the_sum,
    wrong,
)
from web.errors import TooMany

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOON = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)


def by_password(browser, name, password=PASSWORD, **extra):
    return past_the_sum(browser, {"way": "pass", "username": name, "password": password}, **extra)


@pytest.mark.spec("S32")
def test_trust_12_strangers_who_use_up_a_number_do_not_close_it_to_a_browser_that_has_been_inside():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = come_in(folk, folk.staff)
        browser.post("/logout/")
        clock.shift(timedelta(minutes=5))
        for at in range(6):  # asked for, guessed at, until the number is closed to strangers
            stranger = folk.browser()
            if ask_code(stranger, folk.staff.mobile, REMOTE_ADDR=f"10.6.{at}.1").status_code == 302:
                for _ in range(5):
                    give_code(stranger, wrong(last_code(folk.tenant)), REMOTE_ADDR=f"10.6.{at}.1")
            clock.shift(timedelta(seconds=121))
        assert ask_code(folk.browser(), folk.staff.mobile, REMOTE_ADDR="10.6.9.9").status_code == 429
        assert ask_code(browser, folk.staff.mobile).status_code == 302
        mine = last_code(folk.tenant)
        # Nor does a stranger's asking kill the code that is on its way.
        ask_code(folk.browser(), folk.staff.mobile, REMOTE_ADDR="10.6.9.8")
        assert give_code(browser, mine).status_code == 302 and is_in(browser)


@pytest.mark.spec("S32")
def test_trust_15_strangers_who_guess_at_a_name_do_not_close_it_to_a_browser_that_has_been_inside(
    monkeypatch,
):
    monkeypatch.setattr(entering, "PER_NAME", (5, 3600))
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        give_password(folk.staff, username="siavash")
        browser = folk.browser()
        assert by_password(browser, "siavash").status_code == 302
        browser.post("/logout/")
        statuses = [
            by_password(folk.browser(), "siavash", "نادرست", REMOTE_ADDR=f"10.7.{at}.1").status_code
            for at in range(7)
        ]
        assert statuses[-1] == 429
        assert by_password(browser, "siavash", REMOTE_ADDR="10.7.9.9").status_code == 302
        # The other door is open to everybody.
        come_in(folk, folk.staff)


def test_a_browser_that_has_been_inside_has_limits_of_its_own():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        give_password(folk.staff, username="siavash")
        browser = folk.browser()
        by_password(browser, "siavash")
        browser.post("/logout/")
        statuses = [by_password(browser, "siavash", "نادرست").status_code for _ in range(11)]
        assert statuses[:9] == [422] * 9 and statuses[-1] == 429
        sent = 0
        for _ in range(6):
            sent += ask_code(browser, folk.staff.mobile).status_code == 302
            clock.shift(timedelta(seconds=121))
        assert sent == otp.KNOWN_AN_HOUR


def test_the_cookie_opens_nothing_and_is_worth_nothing_elsewhere():
    folk, rival = make_folk(), make_folk("sepehr")
    browser = come_in(folk, folk.staff)
    said = browser.cookies[devices.name()]
    assert said["httponly"] and said["samesite"] == "Lax"
    thief = folk.browser()
    thief.cookies[devices.name()] = said.value
    assert not is_in(thief)

    class Request:
        COOKIES: dict[str, str]
        tenant: object

    def known(value: str, house) -> bool:
        request = Request()
        request.COOKIES, request.tenant = {devices.name(): value}, house.tenant
        return devices.of(request).knows(house.staff)

    assert known(said.value, folk)
    assert not known(said.value, rival)
    for broken in ("", "x", said.value[:-3], said.value.replace(":", ";"), "a" * 5000):
        assert not known(broken, folk)


# The figures ------------------------------------------------------------------------------------------------------
def _guess_codes(folk, mobiles, address_of, hours: int) -> int:
    """How many codes an attacker really gets to try: ask, guess until it is refused, wait as told, for some hours."""
    tries, end = 0, NOON + timedelta(hours=hours)
    with time_machine.travel(NOON, tick=False) as clock, tenant_scope(folk.tenant):
        for turn in count():
            now = datetime.now(UTC)
            if now >= end or turn > 20_000:
                return tries
            mobile = next(mobiles)
            try:
                asked = otp.ask(mobile, tenant=folk.tenant, address=address_of(turn), browser="b")
            except TooMany:
                clock.shift(timedelta(seconds=30))
                continue
            while isinstance(otp.verify(asked.challenge, "000000", browser="b"), otp.Wrong):
                tries += 1
        return tries


@pytest.mark.slow
@pytest.mark.spec("S32")
def test_trust_12_guesses_an_hour_by_number_address_and_tenant(monkeypatch):
    folk = make_folk()
    monkeypatch.setattr(otp.secrets, "randbelow", lambda top: 402815)
    one = iter(lambda: folk.staff.mobile, None)
    by_number = _guess_codes(folk, one, lambda turn: f"10.{turn % 250}.{turn // 250 % 250}.1", 3)
    assert by_number == 3 * otp.TRIES_AN_HOUR
    # From one address, every number it likes.
    many = (f"+98936{at:07d}" for at in count())
    by_address = _guess_codes(make_folk("sepehr"), many, lambda turn: "10.9.9.9", 1)
    assert by_address <= otp.ADDRESS_AN_HOUR * otp.TRIES
    # From everywhere at once the tenant's budget of codes a day is the end.
    monkeypatch.setattr(otp, "TENANT_A_DAY", 40)
    spread = (f"+98937{at:07d}" for at in count())
    by_tenant = _guess_codes(make_folk("mahtab"), spread, lambda turn: f"10.{turn % 250}.{turn // 250}.2", 1)
    assert by_tenant == 40 * otp.TRIES
    print(
        f"one-time codes an attacker may guess: {by_number // 3} an hour a number, {by_address} an hour an address, "
        f"{2000 * otp.TRIES} a day a tenant (measured with a budget of 40: {by_tenant})"
    )


@pytest.mark.slow
def test_trust_15_passwords_an_hour_by_name_address_and_tenant(monkeypatch):
    """Counted at the service, where the security code does not slow a robot down."""
    monkeypatch.setattr(entering, "_matches", lambda user, password: False)
    folk = make_folk()
    give_password(folk.staff, username="siavash")

    def tried(name_of, address_of, most: int) -> int:
        right = 0
        with time_machine.travel(NOON, tick=False) as clock, tenant_scope(folk.tenant):
            while datetime.now(UTC) < NOON + timedelta(hours=1) and right < most:
                try:
                    entering.by_password(
                        name_of(right), "نادرست", tenant=folk.tenant, address=address_of(right)
                    )
                    right += 1
                except TooMany:
                    clock.shift(timedelta(seconds=60))
        return right

    one_home = tried(lambda at: "siavash", lambda at: "10.1.1.1", 500)
    assert one_home == 4 * entering.PER_NAME_AND_ADDRESS[0]
    from django.core.cache import cache

    cache.clear()
    spread = tried(lambda at: "siavash", lambda at: f"10.2.{at % 200}.{at // 200}", 500)
    assert spread == entering.PER_NAME[0]
    cache.clear()
    address = tried(lambda at: f"name{at}", lambda at: "10.3.3.3", 500)
    assert address == entering.PER_ADDRESS[0]
    print(
        f"passwords an hour: {one_home} a name from one address, {spread} a name from many, {address} an address"
    )


def test_every_code_goes_to_a_number_somebody_has_named():
    """A stranger's guess at a number nobody has costs no SMS (TRUST 13)."""
    folk = make_folk()
    ask_code(folk.browser(), next_mobile())
    from notifications.models import Delivery

    with tenant_scope(folk.tenant):
        assert [row.state for row in Delivery.objects.all()] == ["skipped"]
