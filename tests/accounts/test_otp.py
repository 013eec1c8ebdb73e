"""Coming in by code: TRUST 8–13 and every wrong code there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from accounts.models import Session
from accounts.services import otp, people
from notifications.models import Delivery
from tenants.scope import tenant_scope
from tests.accounts.folk import (
    ask_code,
    challenges,
    come_in,
    give_code,
    is_in,
    last_code,
    make_folk,
    next_mobile,
    open_sessions,
    wrong,
)
from tests.races import at_once
from web.errors import TooMany

NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H22")
@pytest.mark.parametrize("digits", ["latin", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"])
def test_code_lets_its_holder_in_whatever_digits_are_typed(digits):
    folk = make_folk()
    browser = folk.browser()
    shown = "0" + folk.staff.mobile[3:]
    code_table = str.maketrans("0123456789", "0123456789" if digits == "latin" else digits)
    assert ask_code(browser, shown.translate(code_table))["Location"] == "/login/code/"
    answer = give_code(browser, last_code(folk.tenant).translate(code_table))
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert is_in(browser)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "panel"), [("owner", "/manage/"), ("staff", "/desk/"), ("customer", "/portal/")]
)
@pytest.mark.spec("H22")
def test_every_level_comes_in_by_code_and_lands_in_its_panel(role, panel):
    folk = make_folk()
    browser = folk.browser()
    ask_code(browser, getattr(folk, role).mobile)
    assert give_code(browser, last_code(folk.tenant))["Location"] == panel


@pytest.mark.django_db
def test_code_page_offers_the_code_by_itself_and_takes_one_box():
    folk = make_folk()
    browser = folk.browser()
    ask_code(browser, folk.staff.mobile)
    page = browser.get("/login/code/").content.decode()
    assert 'autocomplete="one-time-code"' in page and 'inputmode="numeric"' in page
    with tenant_scope(folk.tenant):
        letter = Delivery.objects.get()
    assert (letter.kind, letter.lane, letter.channel) == ("otp", "now", "sms")
    assert letter.expires_at == challenges(folk.tenant)[0].expires_at


def _post_together(cookies: list[str], host: str, code: str, address: str) -> list[int]:
    """The same code from as many browsers at one moment; their statuses."""

    def post(cookie: str) -> int:
        browser = Client(HTTP_HOST=host, raise_request_exception=False)
        browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return give_code(browser, code, REMOTE_ADDR=address).status_code

    return at_once(*[partial(post, cookie) for cookie in cookies])


@pytest.mark.postgres
@pytest.mark.slow
def test_trust_08_code_works_once_under_parallel_posts(committed_db):
    folk = make_folk()
    for number in range(50):
        address = f"10.1.{number}.7"
        with tenant_scope(folk.tenant):
            person = people.create_staff(actor=None, mobile=next_mobile())
        browser = folk.browser()
        ask_code(browser, person.mobile, REMOTE_ADDR=address)
        cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
        statuses = _post_together([cookie] * 2, folk.tenant.host, last_code(folk.tenant), address)
        assert statuses.count(302) >= 1 and all(status in (302, 400, 422) for status in statuses)
        assert open_sessions(person) == 1, f"round {number}: {statuses}"
    connections.close_all()


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_08_code_used_once_is_refused_in_the_same_browser():
    folk = make_folk()
    first = folk.browser()
    ask_code(first, folk.staff.mobile)
    waiting = first.session["otp"]
    code = last_code(folk.tenant)
    assert give_code(first, code).status_code == 302
    with tenant_scope(folk.tenant):
        assert otp.verify(waiting["challenge"], code, browser=waiting["browser"]) == otp.Gone()


@pytest.mark.django_db
@pytest.mark.parametrize(("later", "status"), [(119, 302), (121, 422)])
def test_trust_09_code_dies_after_two_minutes(later, status):
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        browser = folk.browser()
        ask_code(browser, folk.staff.mobile)
        clock.shift(timedelta(seconds=later))
        assert give_code(browser, last_code(folk.tenant)).status_code == status


@pytest.mark.django_db
def test_trust_10_code_is_nowhere_to_be_read(monkeypatch, caplog, django_capture_on_commit_callbacks):
    """Not in a table, not in Redis (counters, broker), not in a log; only sealed, until it is sent."""
    caplog.set_level("DEBUG")
    monkeypatch.setattr(otp.secrets, "randbelow", lambda top: 402815)
    folk = make_folk()
    browser = folk.browser()
    with django_capture_on_commit_callbacks(execute=True):
        ask_code(browser, folk.staff.mobile)
    give_code(browser, "111111")
    found = []
    with tenant_scope(folk.tenant), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if connection.vendor == "postgresql":
                cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', ["%402815%"])
                found += [table] * cursor.fetchone()[0]
    assert found == []
    assert "402815" not in _everything_in_redis()
    assert "402815" not in caplog.text
    assert last_code(folk.tenant) == "402815"


def _everything_in_redis() -> str:
    if not settings.REDIS_URL:
        return ""
    client = cache._cache.get_client()
    texts = []
    for key in client.scan_iter("*"):
        kind = client.type(key)
        value = {b"string": client.get, b"list": lambda name: client.lrange(name, 0, -1)}.get(
            kind, lambda name: ""
        )
        texts.append(f"{key} {value(key)}")
    return "\n".join(texts)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_11_code_asked_in_one_browser_is_refused_in_another():
    folk = make_folk()
    asking, other = folk.browser(), folk.browser()
    ask_code(asking, folk.staff.mobile)
    code = last_code(folk.tenant)
    assert give_code(other, code)["Location"] == "/login/"
    # Even one that learned the challenge's address lacks the secret of the asking browser.
    with tenant_scope(folk.tenant):
        assert otp.verify(challenges(folk.tenant)[0].public_id, code, browser="another") == otp.Gone()
    assert challenges(folk.tenant)[0].tries == 0
    assert give_code(asking, code).status_code == 302


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("posts", [1, 4, 8])
def test_trust_12_wrong_codes_are_counted_although_they_are_refused(posts):
    folk = make_folk()
    browser = folk.browser()
    ask_code(browser, folk.staff.mobile)
    code = last_code(folk.tenant)
    for _ in range(posts):
        assert give_code(browser, wrong(code)).status_code == 422
    assert challenges(folk.tenant)[0].tries == posts
    assert give_code(browser, code).status_code == (302 if posts < 5 else 422)
    assert open_sessions(folk.staff) == (1 if posts < 5 else 0)


@pytest.mark.django_db
def test_trust_12_guessing_is_stopped_and_asking_anew_does_not_start_it_anew():
    tried, asked = 0, 0
    with time_machine.travel(NOON.replace(minute=0), tick=False) as clock:
        folk = make_folk()
        mobile = folk.staff.mobile
        with tenant_scope(folk.tenant):
            for _ in range(300):
                try:
                    challenge = otp.ask(
                        mobile, tenant=folk.tenant, address="10.9.9.9", browser="one"
                    ).challenge
                    asked += 1
                except TooMany:
                    break
                code = last_code(folk.tenant)
                verdicts = [otp.verify(challenge, wrong(code), browser="one") for _ in range(100)]
                assert verdicts[:5] == [otp.Wrong(left, folk.staff.pk) for left in (4, 3, 2, 1, 0)]
                assert set(verdicts[5:]) == {otp.Gone()}
                assert otp.verify(challenge, code, browser="one") == otp.Gone()
                tried += 5
                clock.shift(timedelta(seconds=121))
    assert asked == 3 and tried == 15


@pytest.mark.django_db
def test_number_with_many_wrong_tries_is_refused_even_a_right_code_for_the_hour():
    with time_machine.travel(NOON.replace(minute=0), tick=False) as clock:
        folk = make_folk()
        browser = folk.browser()
        for _ in range(3):
            ask_code(browser, folk.staff.mobile)
            for _ in range(5):
                give_code(browser, wrong(last_code(folk.tenant)))
            clock.shift(timedelta(seconds=130))
        assert ask_code(browser, folk.staff.mobile).status_code == 429
        clock.shift(timedelta(minutes=61))
        come_in(folk, folk.staff, browser)


@pytest.mark.postgres
def test_two_askings_for_one_number_at_one_moment_send_one_code(committed_db):
    folk = make_folk()

    def ask(at: int) -> int:
        return ask_code(folk.browser(), folk.staff.mobile, REMOTE_ADDR=f"10.6.0.{at}").status_code

    statuses = at_once(*[partial(ask, at) for at in range(4)])
    assert sorted(statuses) == [302, 429, 429, 429]
    assert len(challenges(folk.tenant)) == 1


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "۱۲۳", "12 34\u0000"])
def test_what_is_not_six_digits_is_told_and_costs_no_try(code):
    folk = make_folk()
    browser = folk.browser()
    ask_code(browser, folk.staff.mobile)
    answer = give_code(browser, code)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert challenges(folk.tenant)[0].tries == 0


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize(
    "mobile", ["", "0912", "02188776655", "0912345678901234", "x" * 5000, "0912\u0000345678"]
)
def test_what_is_not_a_mobile_is_told_and_nothing_is_sent(mobile):
    folk = make_folk()
    assert ask_code(folk.browser(), mobile).status_code == 422
    assert challenges(folk.tenant) == []


@pytest.mark.django_db
def test_person_switched_off_after_asking_does_not_come_in():
    folk = make_folk()
    browser = folk.browser()
    ask_code(browser, folk.staff.mobile)
    code = last_code(folk.tenant)
    with tenant_scope(folk.tenant):
        people.switch_off(folk.staff, actor=folk.owner)
    assert give_code(browser, code).status_code == 422
    assert open_sessions(folk.staff) == 0


@pytest.mark.django_db
def test_code_page_without_an_asked_code_leads_to_the_login_page():
    folk = make_folk()
    assert folk.browser().get("/login/code/")["Location"] == "/login/"
    assert Session.objects.count() == 0
