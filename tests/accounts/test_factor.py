"""The second factor: set up, asked for, replayed, lost, and asked of everybody by the owner (B17)."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from accounts.models import LoginRecord, RecoveryCode, SecondFactor, User
from accounts.services import factor
from notifications.models import Delivery
from notifications.seal import unseal
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tenants.services import profile
from tests.accounts.folk import (
    Folk,
    ask_code,
    come_in,
    give_code,
    give_password,
    is_in,
    last_code,
    make_folk,
    open_sessions,
)
from web.errors import Invalid, NotAllowed

NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
pytestmark = [pytest.mark.sqlite]


def seed_of(folk: Folk, person: User) -> str:
    with tenant_scope(folk.tenant):
        return unseal(SecondFactor.objects.get(user=person).seed)


def code_of(folk: Folk, person: User, *, steps: int = 0) -> str:
    """What the person's app shows now, or some steps later."""
    return pyotp.TOTP(seed_of(folk, person)).at(int(time.time()) + 30 * steps)


def set_up(folk: Folk, person: User) -> list[str]:
    """A factor in force, set up an age ago; returns the recovery codes."""
    with tenant_scope(folk.tenant):
        factor.begin(person)
        code = code_of(folk, person)
        codes = factor.confirm(person, code=code)
        SecondFactor.objects.filter(user=person).update(last_step=0)
    return codes


def first_step(folk: Folk, person: User):
    browser = folk.browser()
    ask_code(browser, person.mobile)
    answer = give_code(browser, last_code(folk.tenant))
    assert (answer.status_code, answer["Location"]) == (302, "/login/factor/")
    return browser


@pytest.mark.django_db
@pytest.mark.spec("B17")
def test_it_is_set_up_by_a_right_code_and_the_recovery_codes_are_shown_once():
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    assert "راه‌انداختن" in browser.get("/me/factor/").content.decode()
    assert browser.post("/me/factor/", {"act": "begin"}).status_code == 302
    page = browser.get("/me/factor/").content.decode()
    shown = re.search(r"data-seed>([A-Z2-7 ]+)<", page)
    assert shown and shown[1].replace(" ", "") == seed_of(folk, folk.staff)
    assert 'src="data:image/svg+xml' in page
    assert browser.post("/me/factor/", {"act": "confirm", "code": "000000"}).status_code == 422
    done = browser.post("/me/factor/", {"act": "confirm", "code": code_of(folk, folk.staff)})
    codes = re.findall(r"[ACDEFHJKMNPQRTUVWXY34679]{4}-[ACDEFHJKMNPQRTUVWXY34679]{4}", done.content.decode())
    assert done.status_code == 200 and len(set(codes)) == 10
    after = browser.get("/me/factor/").content.decode()
    assert "ورود دومرحله‌ای روشن است" in after and "data-seed" not in after and codes[0] not in after


@pytest.mark.django_db
@pytest.mark.spec("B17")
@pytest.mark.parametrize("way", ["code", "pass"])
def test_both_ways_in_ask_for_it_and_no_session_is_open_before(way):
    folk = make_folk()
    give_password(folk.staff, username="siavash", password="کلید-باران-۱۴")
    set_up(folk, folk.staff)
    browser = folk.browser()
    if way == "code":
        ask_code(browser, folk.staff.mobile)
        answer = give_code(browser, last_code(folk.tenant))
    else:
        answer = browser.post(
            "/login/",
            {"way": "pass", "username": "siavash", "password": "کلید-باران-۱۴", "next": "/desk/tickets/"},
        )
    assert answer["Location"] == "/login/factor/"
    assert open_sessions(folk.staff) == 0 and not is_in(browser)
    assert browser.post("/login/factor/", {"code": "123456"}).status_code == 422
    digits = code_of(folk, folk.staff).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    before = browser.cookies["peygir"].value
    inside = browser.post("/login/factor/", {"code": f"{digits[:3]} {digits[3:]}"})
    assert (inside.status_code, inside["Location"]) == (302, "/desk/" if way == "code" else "/desk/tickets/")
    assert browser.cookies["peygir"].value != before and is_in(browser)


@pytest.mark.django_db
@pytest.mark.spec("B17")
def test_a_code_is_good_once_in_any_browser():
    folk = make_folk()
    set_up(folk, folk.staff)
    with time_machine.travel(NOON, tick=False) as clock:
        code = code_of(folk, folk.staff)
        assert first_step(folk, folk.staff).post("/login/factor/", {"code": code}).status_code == 302
        clock.shift(timedelta(seconds=61))
        second = first_step(folk, folk.staff)
        assert second.post("/login/factor/", {"code": code}).status_code == 422
        # Nor is an earlier one that was never used.
        assert second.post("/login/factor/", {"code": code_of(folk, folk.staff, steps=-3)}).status_code == 422
        assert second.post("/login/factor/", {"code": code_of(folk, folk.staff)}).status_code == 302


@pytest.mark.django_db
def test_a_clock_half_a_minute_off_is_forgiven_and_no_more():
    folk = make_folk()
    with time_machine.travel(NOON, tick=False), tenant_scope(folk.tenant):
        for steps, right in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
            User.objects.filter(pk=folk.staff.pk).exists()
            SecondFactor.objects.filter(user=folk.staff).delete()
            factor.begin(folk.staff)
            SecondFactor.objects.filter(user=folk.staff).update(confirmed_at=NOON)
            assert factor.verify(folk.staff, code_of(folk, folk.staff, steps=steps)) is right, steps


@pytest.mark.django_db
@pytest.mark.spec("B17")
def test_a_recovery_code_opens_once_and_the_history_tells():
    folk = make_folk()
    codes = set_up(folk, folk.staff)
    assert first_step(folk, folk.staff).post("/login/factor/", {"code": codes[0].lower()}).status_code == 302
    with tenant_scope(folk.tenant):
        assert factor.codes_left(folk.staff) == 9
        assert not factor.verify(folk.staff, codes[0])
        assert not factor.verify(folk.customer, codes[1])
        assert factor.verify(folk.staff, codes[1].replace("-", " "))
        outcomes = list(LoginRecord.objects.filter(user=folk.staff).values_list("way", "outcome"))
    assert outcomes == [("sms", "in")]


@pytest.mark.django_db
def test_five_wrong_codes_send_back_to_the_first_step():
    folk = make_folk()
    set_up(folk, folk.staff)
    browser = first_step(folk, folk.staff)
    answers = [browser.post("/login/factor/", {"code": "000000"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert "از آغاز وارد شوید" in answers[-1].content.decode()
    late = browser.post("/login/factor/", {"code": code_of(folk, folk.staff)})
    assert late["Location"] == "/login/" and open_sessions(folk.staff) == 0
    with tenant_scope(folk.tenant):
        assert LoginRecord.objects.filter(user=folk.staff, outcome="factor").count() == 5


@pytest.mark.django_db
def test_tries_are_limited_however_often_the_first_step_is_done():
    folk = make_folk()
    set_up(folk, folk.staff)
    give_password(folk.staff, username="siavash", password="کلید-باران-۱۴")
    with time_machine.travel(NOON.replace(minute=0), tick=False):
        statuses = []
        for _ in range(3):
            browser = folk.browser()
            browser.post("/login/", {"way": "pass", "username": "siavash", "password": "کلید-باران-۱۴"})
            statuses += [browser.post("/login/factor/", {"code": "000000"}).status_code for _ in range(5)]
    # One of the ten the quarter allows was used when it was set up.
    assert statuses.count(422) <= 10 and statuses[-5:] == [429] * 5


@pytest.mark.django_db
def test_the_second_step_waits_five_minutes_and_belongs_to_its_browser():
    folk = make_folk()
    set_up(folk, folk.staff)
    with time_machine.travel(NOON, tick=False) as clock:
        browser = first_step(folk, folk.staff)
        assert (
            folk.browser().post("/login/factor/", {"code": code_of(folk, folk.staff)})["Location"]
            == "/login/"
        )
        clock.shift(timedelta(minutes=5, seconds=1))
        assert browser.post("/login/factor/", {"code": code_of(folk, folk.staff)})["Location"] == "/login/"
    assert open_sessions(folk.staff) == 0


@pytest.mark.postgres
def test_two_posts_of_one_code_at_one_moment_are_one(committed_db):
    folk = make_folk()
    set_up(folk, folk.staff)
    code = code_of(folk, folk.staff)

    def one(_: int) -> bool:
        from django.db import connection

        try:
            with tenant_scope(folk.tenant):
                return factor.verify(folk.staff, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]


@pytest.mark.django_db
@pytest.mark.spec("B17")
def test_the_owner_asks_it_of_everybody_and_customers_are_left_alone():
    folk = make_folk()
    staff, customer, owner = (come_in(folk, person) for person in (folk.staff, folk.customer, folk.owner))
    with tenant_scope(folk.tenant):
        profile.require_second_factor(folk.tenant, actor=folk.owner, on=True)
    for browser in (staff, owner):
        led = browser.get("/desk/tickets/")
        assert (led.status_code, led["Location"]) == (302, "/me/factor/?next=%2Fdesk%2Ftickets%2F")
        refused = browser.post("/me/password/", {"password": "x"})
        assert refused.status_code == 403 and "ورود دومرحله‌ای" in refused.content.decode()
    assert customer.get("/me/").status_code == 200
    assert customer.get("/me/factor/")["Location"] == "/me/"
    staff.post("/me/factor/", {"act": "begin"})
    staff.post("/me/factor/", {"act": "confirm", "code": code_of(folk, folk.staff)})
    assert staff.get("/me/").status_code == 200
    with tenant_scope(folk.tenant), pytest.raises(NotAllowed):
        factor.drop(folk.staff, actor=folk.staff, tenant=Tenant.objects.get(), code="1")
    # A session that came in before it was set up has not shown it.
    assert factor_acts(folk) == ["factor.on", "tenant.second_factor"]


def factor_acts(folk: Folk) -> list[str]:
    with tenant_scope(folk.tenant):
        verbs = AuditEntry.objects.filter(verb__in=["factor.on", "tenant.second_factor"])
        return sorted(verbs.values_list("verb", flat=True))


@pytest.mark.django_db
def test_it_is_switched_off_by_a_right_code_alone_and_by_the_owner_for_another():
    folk = make_folk()
    set_up(folk, folk.staff)
    with tenant_scope(folk.tenant):
        with pytest.raises(Invalid):
            factor.drop(folk.staff, actor=folk.staff, tenant=folk.tenant, code="000000")
        with pytest.raises(NotAllowed):
            factor.drop(folk.staff, actor=folk.customer, tenant=folk.tenant)
        factor.drop(folk.staff, actor=folk.owner, tenant=folk.tenant)
        assert not factor.has(folk.staff) and not RecoveryCode.objects.exists()
        letters = Delivery.objects.filter(kind="factor.dropped")
        assert {letter.channel for letter in letters} >= {"sms"}
    come_in(folk, folk.staff)


@pytest.mark.django_db
def test_nothing_of_it_lies_open_in_the_database():
    """TRUST 10: the seed is sealed, recovery codes are keyed hashes."""
    folk = make_folk()
    codes = set_up(folk, folk.staff)
    with tenant_scope(folk.tenant):
        row = SecondFactor.objects.get(user=folk.staff)
        assert seed_of(folk, folk.staff).encode() not in bytes(row.seed)
        hashes = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert not [code for code in codes if code in hashes or code.replace("-", "") in "".join(hashes)]
