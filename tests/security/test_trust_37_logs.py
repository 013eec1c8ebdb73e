"""TRUST 37: no code, token, password, number or message text in a log line or an address."""

from __future__ import annotations

import logging
import re
import uuid
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError

from notifications import kinds
from notifications.services import breaker, delivery
from persian.digits import to_persian
from tests.accounts.folk import last_code, wrong
from tests.stubs.kavenegar import Kavenegar
from web.logs import Line

from .asking import HTMX, Page, send
from .scene import Scene
from .urls import BY_NAME

BODY = "متن-محرمانهٔ-قناری"
PASSWORD = "کلید-باران-۱۴-قناری"


@pytest.fixture
def provider(settings: Any) -> Any:
    breaker.forget()
    with Kavenegar(key="0f1e2d3c4b5a-canary-key") as stub:
        settings.KAVENEGAR_API_KEY, settings.KAVENEGAR_BASE_URL = stub.key, stub.url
        settings.KAVENEGAR_OTP_TEMPLATE = ""
        yield stub
    breaker.forget()


def lines(caplog: pytest.LogCaptureFixture) -> str:
    """What production would have written."""
    formatter = Line(django_settings.LOGGING["formatters"]["line"]["fmt"])
    quiet = [record for record in caplog.records if record.name != "django.request"]
    return "\n".join(formatter.format(record) for record in quiet)


def test_trust_37_a_whole_day_leaves_no_secret_in_the_log(
    scene: Scene, provider: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    """Log in by code and by password, wrongly too; write, fail, deliver, fail to deliver; then read the log."""
    caplog.set_level(logging.INFO)
    house = scene.house
    secrets: dict[str, str] = {"key": provider.key, "setting": django_settings.SECRET_KEY, "body": BODY}
    browser = house.client(raise_request_exception=False)
    browser.post("/login/", {"way": "code", "mobile": house.customer_main.mobile})
    secrets["code"] = last_code(house.tenant)
    browser.post("/login/code/", {"code": wrong(secrets["code"])})
    secrets["wrong code"] = wrong(secrets["code"])
    assert browser.post("/login/code/", {"code": secrets["code"]}).status_code == 302
    secrets["session"] = browser.cookies[django_settings.SESSION_COOKIE_NAME].value
    secrets["password"] = PASSWORD
    browser.post("/me/password/", {"password": PASSWORD, "again": PASSWORD})
    browser.post("/login/", {"way": "pass", "username": house.customer_main.mobile, "password": PASSWORD})
    stranger = house.client()
    stranger.post(
        "/login/", {"way": "pass", "username": house.customer_main.mobile, "password": f"{PASSWORD}x"}
    )
    row = BY_NAME["portal_new"]
    assert browser.post("/portal/tickets/new/", {**row.sends(scene.ours)[0], "body": BODY}).status_code == 302
    for name in ("desk_ticket_reply", "desk_ticket_note", "portal_ticket_reply"):
        fields = BY_NAME[name].sends(scene.ours)[0]
        assert send(scene, BY_NAME[name], {**fields, "body": BODY}).status_code == 302
    for mode in ("error", "garbage", "html", "ok"):
        provider.mode, provider.times = mode, 2
        delivery.deliver()
    assert provider.sent, "codes and letters did leave"
    _fail(scene, monkeypatch)
    strict = house.client(house.staff, enforce_csrf_checks=True)
    strict.post("/me/theme/", {"csrfmiddlewaretoken": "tokencanary" * 6})
    secrets["token"] = "tokencanary"
    log = lines(caplog)
    assert "IntegrityError" in log and "failure " in log, "the log was on"
    assert not [name for name, secret in secrets.items() if secret in log]
    for person in house.everyone().values():
        plain = str(person.mobile).removeprefix("+98")
        assert plain not in log and to_persian(plain) not in log
        assert str(person.email) not in log
    assert not re.search(r"PG-[2-9A-Z]{4}", log), "a tracking code in the log"


def _fail(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure whose exception holds what was written, on an address that holds a tracking code."""
    said = f"DETAIL: Key (mobile)=({scene.house.staff.mobile}) exists; {BODY}"

    def broken(*args: Any, **kwargs: Any) -> None:
        raise IntegrityError(said)

    with monkeypatch.context() as patch:
        patch.setattr("tickets.views.short.tickets_seen_by", broken)
        response = scene.browser("staff").get(f"/t/{scene.ours.ticket.tracking_code}/")
    assert response.status_code == 500


def test_trust_37_djangos_own_line_with_the_path_is_off():
    assert django_settings.LOGGING["loggers"]["django.request"]["level"] == "CRITICAL"
    assert django_settings.LOGGING["handlers"]["console"]["formatter"] == "line"


def test_trust_37_addresses_hold_no_secret(scene: Scene, pages: dict[tuple[str, str], Page]):
    """Of every page: where its links and forms lead. A tracking code opens nothing without a log-in."""
    mobiles = [str(person.mobile).removeprefix("+98") for person in scene.house.everyone().values()]
    keys = list(scene.kept.values())
    for (name, role), page in pages.items():
        led = re.findall(r'(?:href|src|action|hx-\w+)="([^"]*)"', page.text)
        led.append(page.headers.get("location", ""))
        for address in led:
            assert not re.search(r"[?&](\w*token|session\w*|password|code)=", address), (name, role, address)
            assert not [key for key in keys if key in address], (name, role)
            if not address.startswith("tel:"):
                assert not [mobile for mobile in mobiles if mobile in address], (name, role, address)
        for form in re.findall(r"<form\b[^>]*>", page.text):
            if "get" in form.lower() and 'method="post"' not in form.lower():
                assert "password" not in form


def test_trust_37_a_code_never_travels_in_an_address(scene: Scene):
    """Steps of the log-in: where each answer leads."""
    browser = scene.house.client()
    led = [browser.post("/login/", {"way": "code", "mobile": scene.house.staff.mobile})["Location"]]
    code = last_code(scene.house.tenant)
    led.append(browser.post("/login/code/", {"code": code})["Location"])
    for address in led:
        assert code not in address and str(scene.house.staff.mobile)[3:] not in address
    # Put there by hand, it is not read.
    again = scene.house.client()
    again.post("/login/", {"way": "code", "mobile": scene.house.manager.mobile})
    code = last_code(scene.house.tenant)
    assert again.get("/login/code/", {"code": code}).status_code == 200
    assert again.get("/me/").status_code == 302


def test_trust_37_letters_of_codes_lead_nowhere_and_name_nobody(scene: Scene):
    kind = kinds.get("otp")
    assert "{url}" not in kind.sms and "{recipient}" not in kind.sms


def test_trust_37_what_htmx_is_told_holds_no_secret(scene: Scene):
    browser = scene.browser("customer_main")
    fields = {"client_key": str(uuid.uuid4()), "body": BODY}
    for path in (
        f"/portal/tickets/{scene.ours.ticket.number}/reply/",
        "/me/theme/",
        "/portal/tickets/999/reply/",
    ):
        response = browser.post(path, fields, **HTMX)
        told = " ".join(f"{name}: {value}" for name, value in response.headers.items())
        assert BODY not in told.encode().decode("unicode_escape", "ignore")
