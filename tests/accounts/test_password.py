"""Coming in by password: names, spellings, limits (TRUST 15) and doors that do not exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.auth import authenticate
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Session
from accounts.services import login as entering
from accounts.services import people
from tenants.scope import tenant_scope
from tests.accounts.folk import (
    PASSWORD,
    ask_code,
    come_in,
    give_password,
    is_in,
    make_folk,
    open_sessions,
    past_the_sum,
)

NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)


def by_password(browser, name, password=PASSWORD, **extra):
    return past_the_sum(browser, {"way": "pass", "username": name, "password": password}, **extra)


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H22")
@pytest.mark.parametrize(
    ("role", "panel"), [("owner", "/manage/"), ("staff", "/desk/"), ("customer", "/portal/")]
)
def test_every_level_comes_in_by_user_name_or_mobile(role, panel):
    folk = make_folk()
    person = getattr(folk, role)
    give_password(person, username="Nika.82")
    tail = person.mobile[3:]
    for name in ("nika.82", " NIKA.82 ", "nika.۸۲", f"0{tail}", f"0098 {tail}", person.mobile):
        browser = folk.browser()
        answer = by_password(browser, name)
        assert (answer.status_code, answer["Location"]) == (302, panel), name
        assert is_in(browser)


@pytest.mark.django_db
@pytest.mark.spec("H22")
def test_digits_of_a_password_are_the_same_on_every_keyboard():
    folk = make_folk()
    give_password(folk.staff, "خانه ۱۲۳۴ دوست", username="siavash")
    for typed in ("خانه ۱۲۳۴ دوست", "خانه 1234 دوست", "خانه ١٢٣٤ دوست"):
        assert by_password(folk.browser(), "siavash", typed).status_code == 302
    assert by_password(folk.browser(), "siavash", "خانه 1235 دوست").status_code == 422


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("siavash", ""),
        ("", PASSWORD),
        ("siavash", "x" * 900),
        ("siavash", "x" * 5000),
        ("s\x00iavash", PASSWORD + "\x00"),
    ],
)
def test_nonsense_is_refused_and_opens_nothing(name, password):
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    assert by_password(folk.browser(), name, password).status_code == 422
    assert open_sessions(folk.staff) == 0


@pytest.mark.django_db
def test_person_without_a_password_does_not_come_in_by_an_empty_one():
    folk = make_folk()
    for typed in ("", "!", folk.staff.password):
        assert by_password(folk.browser(), folk.staff.mobile, typed).status_code == 422


@pytest.mark.django_db
def test_password_of_another_tenants_person_opens_nothing_here():
    folk, rival = make_folk(), make_folk("sepehr")
    give_password(rival.staff, username="siavash")
    assert by_password(folk.browser(), "siavash").status_code == 422
    assert by_password(rival.browser(), "siavash").status_code == 302


@pytest.mark.django_db
def test_person_switched_off_does_not_come_in_by_password():
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    with tenant_scope(folk.tenant):
        people.switch_off(folk.staff, actor=folk.owner)
    assert by_password(folk.browser(), "siavash").status_code == 422


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_15_guessing_one_name_from_one_address_is_stopped_and_codes_still_work():
    with time_machine.travel(NOON, tick=False) as clock:
        folk = make_folk()
        give_password(folk.staff, username="siavash")
        statuses = [by_password(folk.browser(), "siavash", "نادرست").status_code for _ in range(11)]
        assert statuses == [422] * 10 + [429]
        refused = by_password(folk.browser(), "siavash")
        assert refused.status_code == 429 and int(refused["Retry-After"]) <= 900
        assert "با پیامک وارد شوید" in refused.content.decode()
        # Neither the person at another address nor the other door is locked.
        assert by_password(folk.browser(), "siavash", REMOTE_ADDR="10.8.0.2").status_code == 302
        come_in(folk, folk.staff)
        clock.shift(timedelta(minutes=15))
        assert by_password(folk.browser(), "siavash").status_code == 302


@pytest.mark.django_db
def test_trust_15_every_spelling_of_a_mobile_shares_one_counter():
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        give_password(folk.staff)
        tail = folk.staff.mobile[3:]
        spellings = [f"0{tail}", f"+98{tail}", f"98{tail}", f"0098{tail}", tail] * 2
        assert {by_password(folk.browser(), name, "نادرست").status_code for name in spellings} == {422}
        assert by_password(folk.browser(), f"0{tail}").status_code == 429


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["PER_NAME", "PER_ADDRESS", "PER_TENANT"])
def test_trust_15_limits_by_name_address_and_tenant(monkeypatch, limit):
    monkeypatch.setattr(entering, limit, (3, 3600))
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        statuses = [
            by_password(
                folk.browser(),
                "siavash" if limit == "PER_NAME" else f"name{at}",
                "نادرست",
                REMOTE_ADDR="10.8.1.1" if limit == "PER_ADDRESS" else f"10.8.{at}.1",
            ).status_code
            for at in range(4)
        ]
        assert statuses == [422] * 3 + [429]
        assert ask_code(folk.browser(), folk.staff.mobile).status_code == 302


def _routes(resolver: URLResolver, prefix: str = "/") -> list[str]:
    found = []
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            found += _routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and "<" not in str(entry.pattern):
            found.append(prefix + str(entry.pattern))
    return found


@pytest.mark.django_db
def test_trust_15_only_the_login_page_takes_a_password():
    """Every address that needs no id is given right credentials under every usual name; one of them lets in."""
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    given = {"way": "pass", "user": "siavash", "login": "siavash", "identifier": "siavash", "pass": PASSWORD}
    opened = set()
    for path in _routes(get_resolver()):
        browser = folk.browser(raise_request_exception=False)
        browser.post(
            path, {**given, "username": "siavash", "password": PASSWORD, "mobile": folk.staff.mobile}
        )
        if Session.objects.filter(user_id=folk.staff.pk).exists():
            opened.add(path)
            Session.objects.filter(user_id=folk.staff.pk).delete()
    assert opened == {"/login/"}


@pytest.mark.django_db
def test_trust_15_no_other_door_is_built_in():
    assert settings.AUTHENTICATION_BACKENDS == ["accounts.backends.TenantBackend"]
    assert not apps.is_installed("django.contrib.admin") and not apps.is_installed("rest_framework")
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    assert authenticate(None, username="siavash", password=PASSWORD) is None
    assert authenticate(None, public_id=folk.staff.public_id, password=PASSWORD) is None


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "Token"])
def test_trust_15_no_header_lets_anybody_in(scheme):
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    answer = folk.browser().get(
        "/me/", HTTP_AUTHORIZATION=f"{scheme} c2lhdmFzaDp4", HTTP_REMOTE_USER="siavash"
    )
    assert answer.status_code == 302
