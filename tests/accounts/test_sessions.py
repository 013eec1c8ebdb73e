"""Sessions: TRUST 1–5, 7, 21 and 37, and S22."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.test import Client

from accounts.models import Session
from accounts.services import companies, people, sessions, sweeping
from tenants.models import Tenant
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
    open_sessions,
)
from web.errors import NotFound

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
COOKIE = settings.SESSION_COOKIE_NAME


def key_of(browser: Client) -> str:
    return browser.cookies[COOKIE].value


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_01_login_changes_the_session_key_and_the_old_one_is_dead():
    folk = make_folk()
    browser = folk.browser()
    ask_code(browser, folk.staff.mobile)
    before = key_of(browser)
    give_code(browser, last_code(folk.tenant))
    assert key_of(browser) != before
    copied = folk.browser()
    copied.cookies[COOKIE] = before
    assert not is_in(copied)
    assert not Session.objects.filter(pk=before).exists()


@pytest.mark.django_db
def test_trust_01_a_planted_session_key_is_never_taken_over():
    folk = make_folk()
    browser = folk.browser()
    browser.cookies[COOKIE] = "a" * 32
    ask_code(browser, folk.staff.mobile)
    assert key_of(browser) != "a" * 32
    give_code(browser, last_code(folk.tenant))
    assert not Session.objects.filter(pk="a" * 32).exists()


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_02_copied_cookie_is_worth_nothing_after_logout():
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    copied = folk.browser()
    copied.cookies[COOKIE] = key_of(browser)
    assert is_in(copied)
    answer = browser.post("/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    for page in ("/me/", "/me/password/", "/me/sessions/"):
        assert copied.get(page).status_code == 302
    assert open_sessions(folk.customer) == 0


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("S22")
def test_trust_03_switching_a_person_off_ends_every_open_session_at_once():
    folk = make_folk()
    with time_machine.travel(NOON, tick=False) as clock:
        phone = come_in(folk, folk.customer)
        clock.shift(timedelta(seconds=61))
        laptop = come_in(folk, folk.customer)
        bystander = come_in(folk, folk.staff)
        with tenant_scope(folk.tenant):
            people.switch_off(folk.customer, actor=folk.owner)
        assert [is_in(browser) for browser in (phone, laptop, bystander)] == [False, False, True]
        assert open_sessions(folk.customer) == 0
        with tenant_scope(folk.tenant):
            people.switch_on(folk.customer, actor=folk.owner)
        clock.shift(timedelta(seconds=121))
        come_in(folk, folk.customer)


@pytest.mark.django_db
def test_trust_03_a_session_that_outlived_the_switch_is_still_refused():
    """The row may have been written a moment after the switch; the person is asked on every request."""
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    with tenant_scope(folk.tenant):
        type(folk.customer).objects.filter(pk=folk.customer.pk).update(is_active=False)
    assert not is_in(browser)


@pytest.mark.django_db
@pytest.mark.spec("S22")
def test_trust_03_switching_a_company_off_ends_its_peoples_sessions():
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    with tenant_scope(folk.tenant):
        companies.switch_customer_off(folk.customer.customer, actor=folk.owner)
    assert not is_in(browser)
    assert open_sessions(folk.customer) == 0


@pytest.mark.django_db
def test_trust_03_switching_a_tenant_off_refuses_open_sessions_at_once():
    folk = make_folk()
    browser = come_in(folk, folk.owner)
    Tenant.objects.filter(pk=folk.tenant.pk).update(is_active=False)
    assert browser.get("/me/").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "limit"), [("staff", settings.SESSION_IDLE_STAFF), ("customer", settings.SESSION_IDLE_CUSTOMER)]
)
@pytest.mark.parametrize(("beyond", "stays"), [(-1, True), (1, False)])
def test_trust_04_idle_limit_of_each_side(role, limit, beyond, stays):
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = come_in(folk, getattr(folk, role))
        clock.shift(timedelta(seconds=limit + beyond))
        assert is_in(browser) is stays
        assert open_sessions(getattr(folk, role)) == int(stays)


@pytest.mark.django_db
def test_trust_04_absolute_limit_holds_although_the_session_is_used():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = come_in(folk, folk.customer)
        step = timedelta(days=5)
        for _ in range(5):
            clock.shift(step)
            assert is_in(browser)
        # A new password changes the key of the session, not the moment it began.
        browser.post("/me/password/", {"password": "ستارهٔ سهیل 9", "again": "ستارهٔ سهیل 9"})
        clock.shift(step + timedelta(seconds=-1))
        assert is_in(browser)
        clock.shift(timedelta(seconds=2))
        assert not is_in(browser)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_seen_at_is_written_at_most_once_a_minute():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = come_in(folk, folk.staff)
        clock.shift(timedelta(seconds=59))
        is_in(browser)
        assert Session.objects.get(user_id=folk.staff.pk).seen_at == NOON
        clock.shift(timedelta(seconds=1))
        is_in(browser)
        assert Session.objects.get(user_id=folk.staff.pk).seen_at == NOON + timedelta(seconds=60)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_05_ending_one_session_ends_only_that_one():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        phone = come_in(
            folk, folk.customer, folk.browser(HTTP_USER_AGENT="Mozilla/5.0 (Android 14; Mobile) Chrome/126")
        )
        clock.shift(timedelta(seconds=61))
        laptop = come_in(
            folk, folk.customer, folk.browser(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130")
        )
        page = laptop.get("/me/sessions/").content.decode()
        assert "کروم روی اندروید" in page and "فایرفاکس روی ویندوز" in page and "127.0.0.1" in page
        on_phone = Session.objects.get(pk=key_of(phone))
        assert laptop.post("/me/sessions/", {"end": str(on_phone.public_id)}).status_code == 302
        assert (is_in(phone), is_in(laptop)) == (False, True)


@pytest.mark.django_db
def test_trust_05_all_others_end_and_this_one_stays():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browsers = []
        for wait in (61, 121, 121):
            browsers.append(come_in(folk, folk.staff))
            clock.shift(timedelta(seconds=wait))
        browsers[0].post("/me/sessions/", {"all": "1"})
        assert [is_in(browser) for browser in browsers] == [True, False, False]


@pytest.mark.django_db
def test_trust_05_another_persons_session_is_not_there_to_end():
    folk = make_folk()
    victim, other = come_in(folk, folk.owner), come_in(folk, folk.staff)
    row = Session.objects.get(user_id=folk.owner.pk)
    assert other.post("/me/sessions/", {"end": str(row.public_id)}).status_code == 404
    assert other.post("/me/sessions/", {"end": "not-an-id"}).status_code == 404
    assert is_in(victim)
    with tenant_scope(folk.tenant), pytest.raises(NotFound):
        sessions.end(folk.owner, row.public_id, actor=folk.staff)


@pytest.mark.django_db
def test_trust_05_owner_lists_and_ends_a_persons_session():
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    with tenant_scope(folk.tenant):
        (row,) = sessions.list_for(folk.staff)
        sessions.end(folk.staff, row.public_id, actor=folk.owner)
    assert not is_in(browser)


@pytest.mark.django_db
def test_trust_07_session_cookie_keeps_to_its_host(settings):
    """Under production settings, as they come out of the environment."""
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
        "HTTPS": "1",
        "SECRET_KEY": "k" * 60,
    }
    script = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,"
        " s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE)"
    )
    command = [
        sys.executable,
        "-c",
        f"import os;os.environ['DJANGO_SETTINGS_MODULE']='helpdesk.settings';{script}",
    ]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__Host-peygir", "True", "True", "Lax", "None", "/", "__Host-csrf", "True"]

    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-peygir", True
    folk = make_folk()
    answer = ask_code(folk.browser(), folk.staff.mobile)
    parsed = SimpleCookie(answer.cookies["__Host-peygir"].OutputString())["__Host-peygir"]
    assert parsed["secure"] and parsed["httponly"] and parsed["samesite"] == "Lax"
    assert parsed["path"] == "/" and parsed["domain"] == ""


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_21_another_tenants_session_shows_a_logged_out_view():
    folk, rival = make_folk(), make_folk("sepehr")
    browser = come_in(folk, folk.owner)
    at_rival = rival.browser()
    at_rival.cookies[COOKIE] = key_of(browser)
    answer = at_rival.get("/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=%2Fme%2F")
    assert at_rival.get("/login/").status_code == 200
    # It was a copied cookie: the session it belongs to is over as well.
    assert open_sessions(folk.owner) == 0


@pytest.mark.django_db
def test_session_of_a_tenantless_row_is_nobodys():
    folk = make_folk()
    browser = come_in(folk, folk.owner)
    Session.objects.update(tenant=None)
    assert not is_in(browser)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cookie", ["short", "x" * 33, "A" * 32, "\\000" * 8 + "a" * 24, "' OR 1=1 --", "é" * 32]
)
def test_malformed_session_cookies_are_a_strangers(cookie):
    folk = make_folk()
    browser = folk.browser()
    browser.cookies[COOKIE] = cookie
    assert browser.get("/login/").status_code == 200
    assert not is_in(browser)


@pytest.mark.django_db
def test_session_ended_while_its_page_was_made_does_not_come_back():
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    store = browser.session
    assert store["tenant"] == folk.tenant.pk
    Session.objects.all().delete()
    store["planted"] = 1
    with pytest.raises(UpdateError):
        store.save()
    assert open_sessions(folk.staff) == 0


@pytest.mark.django_db
@pytest.mark.sqlite
def test_session_row_tells_whose_it_is_and_a_later_save_keeps_its_times():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = come_in(folk, folk.staff, folk.browser(HTTP_USER_AGENT="Firefox\x00 ۱۲" + "x" * 300))
        row = Session.objects.get(pk=key_of(browser))
        assert (row.tenant_id, row.user_id, row.address) == (folk.tenant.pk, folk.staff.pk, "127.0.0.1")
        assert row.agent.startswith("Firefox") and len(row.agent) <= 200 and row.agent.isascii()
        clock.shift(timedelta(hours=1))
        store = browser.session
        store["later"] = True
        store.save()
        again = Session.objects.get(pk=row.pk)
        assert (again.created_at, again.seen_at, again.public_id) == (
            row.created_at,
            row.seen_at,
            row.public_id,
        )


@pytest.mark.django_db
def test_changed_password_ends_the_other_sessions():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        other = come_in(folk, folk.staff)
        clock.shift(timedelta(seconds=61))
        browser = come_in(folk, folk.staff)
        answer = browser.post("/me/password/", {"password": "رود و کوه 77", "again": "رود و کوه 77"})
        assert answer.status_code == 302
        assert (is_in(browser), is_in(other)) == (True, False)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_sweep_takes_what_is_over_and_leaves_the_rest():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = come_in(folk, folk.customer)
        ask_code(folk.browser(), "09121111111")
        assert sweeping.sweep() == 0
        clock.shift(timedelta(days=1, seconds=1))
        assert sweeping.sweep() == 3  # the stranger's session, two old codes
        assert is_in(browser)
        clock.shift(timedelta(days=31))
        assert sweeping.sweep() == 1
        assert Session.objects.count() == 0


@pytest.mark.django_db
def test_services_of_sessions_know_only_their_tenants():
    folk, rival = make_folk(), make_folk("sepehr")
    come_in(folk, folk.staff)
    row = Session.objects.get(user_id=folk.staff.pk)
    Session.objects.filter(pk=row.pk).update(tenant=rival.tenant)
    with tenant_scope(folk.tenant):
        assert sessions.list_for(folk.staff) == []
        assert sessions.end_all(folk.staff) == 0
    assert Session.objects.filter(pk=row.pk).exists()


@pytest.mark.django_db
def test_password_given_by_the_person_survives_the_switch():
    folk = make_folk()
    give_password(folk.customer, username="mina")
    with tenant_scope(folk.tenant):
        people.switch_off(folk.customer, actor=folk.owner)
        people.switch_on(folk.customer, actor=folk.owner)
    browser = folk.browser()
    answer = browser.post("/login/", {"way": "pass", "username": "mina", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
