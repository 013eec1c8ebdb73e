"""First welcome and one's own account, through the pages (H23), with TRUST 22, 33 and 36 for this floor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.services import people
from tenants.scope import tenant_scope
from tests.accounts.folk import (
    PASSWORD,
    ask_code,
    challenges,
    come_in,
    give_code,
    give_password,
    is_in,
    last_code,
    make_folk,
)

NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)
NEW = "سپیده‌دم 1405"


def stored(folk, person: User) -> User:
    with tenant_scope(folk.tenant):
        return User.objects.get(pk=person.pk)


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H23")
def test_first_login_names_the_person_who_may_choose_a_user_name_and_password():
    folk = make_folk(welcomed=False)
    browser = folk.browser()
    browser.post("/login/", {"way": "code", "mobile": folk.customer.mobile, "next": "/portal/tickets/"})
    assert give_code(browser, last_code(folk.tenant))["Location"] == "/welcome/?next=%2Fportal%2Ftickets%2F"
    page = browser.get("/welcome/?next=/portal/tickets/")
    assert page.status_code == 200 and 'autocomplete="new-password"' in page.content.decode()
    given = {"name": "مینا رستگار", "username": "Mina.R", "password": PASSWORD, "next": "/portal/tickets/"}
    done = browser.post("/welcome/", given)
    assert (done.status_code, done["Location"]) == (302, "/portal/tickets/")
    assert is_in(browser)
    person = stored(folk, folk.customer)
    assert (person.name, person.username) == ("مینا رستگار", "mina.r") and person.welcomed_at
    other = folk.browser()
    assert (
        other.post("/login/", {"way": "pass", "username": "mina.r", "password": PASSWORD})["Location"]
        == "/portal/"
    )


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H23")
def test_user_name_and_password_may_be_left_for_later():
    folk = make_folk(welcomed=False)
    browser = come_in(folk, folk.staff)
    assert (
        browser.post("/welcome/", {"name": "سیاوش", "username": "", "password": ""})["Location"] == "/desk/"
    )
    person = stored(folk, folk.staff)
    assert person.username is None and not person.has_usable_password() and person.welcomed_at
    assert browser.get("/welcome/")["Location"] == "/desk/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " \u200c "}, "name"),
        ({"name": "سیاوش", "username": "09121234567"}, "username"),
        ({"name": "سیاوش", "username": "taken"}, "username"),
        ({"name": "سیاوش", "username": "free", "password": "12345678"}, "password"),
    ],
)
def test_refused_welcome_keeps_what_was_typed_and_writes_nothing(given, field):
    folk = make_folk(welcomed=False)
    with tenant_scope(folk.tenant):
        people.choose_username(folk.owner, actor=folk.owner, username="taken")
        people.change_profile(folk.staff, actor=folk.staff, name="نام پیشین")
    browser = come_in(folk, folk.staff)
    answer = browser.post("/welcome/", given)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    if given.get("username"):
        assert given["username"] in answer.content.decode()
    person = stored(folk, folk.staff)
    assert (person.name, person.username, person.welcomed_at) == ("نام پیشین", None, None)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_profile_is_changed_and_said_so():
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    given = {
        "name": "مینا رستگار‌نیا",
        "username": "mina",
        "wants_sms": "on",
        "theme": "dark",
    }
    done = browser.post("/me/", given)
    assert (done.status_code, done["Location"]) == (302, "/me/?saved=1")
    assert done.cookies["theme"].value == "dark"
    assert "ذخیره شد." in browser.get("/me/?saved=1").content.decode()
    person = stored(folk, folk.customer)
    assert (person.name, person.username) == ("مینا رستگار‌نیا", "mina")
    assert person.wants_sms and person.theme == "dark"
    browser.post("/me/", {**given, "username": "", "wants_sms": "", "theme": "auto"})
    person = stored(folk, folk.customer)
    assert (person.username, person.wants_sms, person.theme) == (None, False, "auto")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"username": "bahar"}, "username"),
        ({"theme": "blue"}, "theme"),
    ],
)
def test_refused_profile_shows_the_field_and_writes_nothing(change, field):
    folk = make_folk()
    with tenant_scope(folk.tenant):
        people.change_details(folk.owner, actor=None, username="bahar")
    browser = come_in(folk, folk.customer)
    given = {"name": "نام تازه", "username": "mina", "theme": "light", **change}
    answer = browser.post("/me/", given)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert stored(folk, folk.customer).name == "مینا رستگار" and stored(folk, folk.customer).username is None


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_22_extra_fields_change_nothing():
    folk = make_folk(welcomed=False)
    browser = come_in(folk, folk.customer)
    extra = {
        "role": "owner",
        "tenant": "99",
        "tenant_id": "99",
        "is_active": "",
        "customer": "1",
        "level": "2",
        "mobile": "09121112233",
        "public_id": "0" * 32,
        "actor": "1",
        "keep_session": "x",
        "welcomed_at": "",
    }
    before = stored(folk, folk.customer)
    browser.post("/welcome/", {"name": "مینا", **extra})
    browser.post("/me/", {"name": "مینا", "theme": "auto", **extra})
    browser.post("/me/password/", {"password": NEW, "again": NEW, **extra})
    after = stored(folk, folk.customer)
    for name in ("tenant_id", "role", "is_active", "customer_id", "level", "mobile", "public_id"):
        assert getattr(after, name) == getattr(before, name)
    assert after.name == "مینا"


@pytest.mark.django_db
@pytest.mark.spec("H23")
def test_reset_of_a_password_is_a_login_by_code():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        give_password(folk.staff, username="siavash")
        browser = come_in(folk, folk.staff)
        assert "رمز کنونی" not in browser.get("/me/password/").content.decode()
        assert browser.post("/me/password/", {"password": NEW, "again": NEW}).status_code == 302
        assert is_in(browser)
        assert stored(folk, folk.staff).check_password(NEW)
        # Later the open browser alone is not enough.
        clock.shift(timedelta(minutes=16))
        assert "رمز کنونی" in browser.get("/me/password/").content.decode()
        other = "کبوتر سفید 66"
        assert browser.post("/me/password/", {"password": other, "again": other}).status_code == 422
        wrong = {"current": PASSWORD, "password": other, "again": other}
        assert browser.post("/me/password/", wrong).status_code == 422
        assert browser.post("/me/password/", {**wrong, "current": NEW}).status_code == 302
        assert stored(folk, folk.staff).check_password(other)


@pytest.mark.django_db
def test_session_by_password_must_know_the_present_one_and_guessing_is_limited():
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        give_password(folk.staff, username="siavash")
        browser = folk.browser()
        browser.post("/login/", {"way": "pass", "username": "siavash", "password": PASSWORD})
        statuses = [
            browser.post("/me/password/", {"current": "نادرست", "password": NEW, "again": NEW}).status_code
            for _ in range(11)
        ]
        assert statuses == [422] * 11
        answer = browser.post("/me/password/", {"current": PASSWORD, "password": NEW, "again": NEW})
        assert "چند بار پشت سر هم" in answer.content.decode()
        assert stored(folk, folk.staff).check_password(PASSWORD.replace("۱۴", "14"))


@pytest.mark.django_db
def test_new_password_is_written_twice_the_same():
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    answer = browser.post("/me/password/", {"password": NEW, "again": NEW + "x"})
    assert answer.status_code == 422 and "again" in answer.context["form"].errors
    assert not stored(folk, folk.staff).has_usable_password()


@pytest.mark.django_db
def test_colours_are_kept_with_the_person_and_in_the_browser():
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    done = browser.post("/me/theme/", {"theme": "light", "next": "https://example.com/"})
    assert (done["Location"], done.cookies["theme"].value) == ("/desk/", "light")
    assert stored(folk, folk.staff).theme == "light"
    assert browser.post("/me/theme/", {"theme": "dark"}, HTTP_HX_REQUEST="true").status_code == 204
    assert browser.post("/me/theme/", {"theme": "blue"}).status_code == 422
    assert browser.get("/me/theme/").status_code == 405


PAGES = ["/login/", "/login/code/", "/welcome/", "/me/", "/me/password/", "/me/sessions/"]
POSTS = [*PAGES, "/logout/", "/me/theme/"]


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
        return counts


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize("who", ["stranger", "on the way in", "customer"])
def test_trust_33_get_writes_nothing(who):
    folk = make_folk()
    browser = folk.browser()
    if who == "on the way in":
        ask_code(browser, folk.staff.mobile)
    if who == "customer":
        come_in(folk, folk.customer, browser)
    for page in PAGES:
        with tenant_scope(folk.tenant):
            before = _counts()
        assert browser.get(page).status_code in (200, 302)
        assert browser.head(page).status_code in (200, 302)
        with tenant_scope(folk.tenant):
            assert _counts() == before, page


@pytest.mark.django_db
@pytest.mark.parametrize("htmx", [{}, {"HTTP_HX_REQUEST": "true"}])
@pytest.mark.parametrize("page", POSTS)
def test_trust_33_post_without_its_token_is_403(page, htmx):
    folk = make_folk()
    come = come_in(folk, folk.customer)
    browser = Client(HTTP_HOST=folk.tenant.host, enforce_csrf_checks=True)
    browser.cookies = come.cookies
    given = {"way": "code", "mobile": folk.staff.mobile, "name": "x", "theme": "dark", "all": "1"}
    assert browser.post(page, given, **htmx).status_code == 403
    assert is_in(browser)
    assert len(challenges(folk.tenant)) == 1
    assert stored(folk, folk.customer).name == "مینا رستگار"


@pytest.mark.django_db
def test_trust_33_logout_and_other_methods_are_refused():
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    assert browser.get("/logout/").status_code == 405
    for page in PAGES:
        for method in ("put", "delete", "patch"):
            assert getattr(browser, method)(page).status_code == 405, (method, page)
    assert is_in(browser)


@pytest.fixture
def no_cache(settings):
    """A cache nobody answers for."""
    address = "redis://127.0.0.1:9/0"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": address}
    }


@pytest.mark.django_db
def test_trust_36_without_its_counters_the_door_of_codes_closes_kindly(no_cache):
    folk = make_folk()
    browser = folk.browser()
    assert browser.get("/login/").status_code == 200
    answer = ask_code(browser, folk.staff.mobile)
    page = answer.content.decode()
    assert answer.status_code == 503 and "چند لحظه در دسترس نیست" in page and int(answer["Retry-After"]) > 0
    assert "Redis" not in page and "127.0.0.1" not in page and "Traceback" not in page
    assert challenges(folk.tenant) == []


@pytest.mark.django_db
def test_trust_36_without_its_counters_the_door_of_passwords_closes_too(no_cache):
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    answer = folk.browser().post("/login/", {"way": "pass", "username": "siavash", "password": PASSWORD})
    assert answer.status_code == 503 and "sessionid" not in answer.cookies


@pytest.mark.django_db
def test_trust_36_an_open_session_works_on_without_the_cache(settings):
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
        }
    }
    assert is_in(browser)


SCRIPT = "\"><script>alert('x')</script><img src=x onerror=alert(1)>"


@pytest.mark.django_db
def test_script_in_every_field_comes_out_as_text():
    folk = make_folk(welcomed=False)
    browser = folk.browser()
    pages = [
        browser.post("/login/", {"way": "code", "mobile": SCRIPT, "next": SCRIPT}),
        browser.post("/login/", {"way": "pass", "username": SCRIPT, "password": SCRIPT}),
        browser.get("/login/", {"next": SCRIPT, "way": SCRIPT}),
    ]
    come_in(folk, folk.customer, browser)
    pages += [browser.post("/welcome/", {"name": SCRIPT, "username": SCRIPT, "next": SCRIPT})]
    browser.post("/welcome/", {"name": SCRIPT})
    pages += [browser.get("/me/"), browser.get("/me/sessions/", HTTP_USER_AGENT=SCRIPT)]
    pages += [browser.post("/me/", {"name": SCRIPT, "email": SCRIPT, "username": SCRIPT, "theme": SCRIPT})]
    for page in pages:
        assert "<script>alert" not in page.content.decode() and "<img src=x" not in page.content.decode()
