"""The login history, and what it may not tell (TRUST 5, 14)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import LoginRecord
from accounts.services import history, sweeping
from tenants.scope import tenant_scope
from tests.accounts.folk import ask_code, come_in, give_code, give_password, last_code, make_folk, wrong
from tests.tickets.browsing import counted

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


def rows(folk):
    with tenant_scope(folk.tenant):
        return list(LoginRecord.objects.order_by("pk").values_list("user_id", "way", "outcome"))


def test_trust_05_each_coming_in_and_each_wrong_try_is_written_with_where_from():
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    browser = folk.browser(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="10.1.2.3")
    ask_code(browser, folk.staff.mobile)
    give_code(browser, wrong(last_code(folk.tenant)))
    give_code(browser, last_code(folk.tenant))
    folk.browser().post("/login/", {"way": "pass", "username": "siavash", "password": "نادرست"})
    pk = folk.staff.pk
    assert rows(folk) == [(pk, "sms", "wrong"), (pk, "sms", "in"), (pk, "password", "wrong")]
    page = browser.get("/me/logins/").content.decode()
    assert page.count("کروم روی اندروید") == 2 and "10.1.2.3" in page
    assert "وارد شد، با پیامک" in page and "رمز یا کد نادرست، با رمز" in page


def test_trust_14_a_try_at_a_name_nobody_has_leaves_the_same_row_without_a_person():
    folk = make_folk()
    folk.browser().post("/login/", {"way": "pass", "username": "nobody", "password": "نادرست"})
    browser = folk.browser()
    ask_code(browser, "09350009999")
    give_code(browser, "000000")
    assert rows(folk) == [(None, "password", "wrong"), (None, "sms", "wrong")]


def test_one_sees_ones_own_history_alone():
    folk = make_folk()
    staff, customer = come_in(folk, folk.staff), come_in(folk, folk.customer)
    assert customer.get("/me/logins/").content.decode().count("وارد شد، با پیامک") == 1
    assert staff.get("/me/logins/").content.decode().count("وارد شد، با پیامک") == 1
    assert folk.browser().get("/me/logins/").status_code == 302


def test_the_page_costs_the_same_with_one_row_and_thirty():
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    counted(browser, "/me/logins/")
    _, few = counted(browser, "/me/logins/")
    with tenant_scope(folk.tenant):
        LoginRecord.objects.bulk_create(
            LoginRecord(user=folk.staff, way="sms", outcome="in", tenant=folk.tenant) for _ in range(30)
        )
    page, many = counted(browser, "/me/logins/")
    assert many == few and "بعدی" in page.content.decode()


def test_old_rows_are_swept_and_strangers_sooner():
    folk = make_folk()
    with time_machine.travel(NOON, tick=False) as clock, tenant_scope(folk.tenant):
        for user in (folk.staff, None):
            LoginRecord.objects.create(user=user, way="sms", outcome="wrong")
        clock.shift(timedelta(days=8))
        assert history.sweep() == 1
        clock.shift(timedelta(days=173))
        assert history.sweep() == 1
    assert sweeping.sweep() >= 0
