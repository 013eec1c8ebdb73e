"""TRUST 34, 7, 37: the headers of every answer, and what changes under HTTPS."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from tests.accounts.folk import last_code

from .asking import HTMX, Page, hands, send, undone
from .scene import STRANGER, Scene
from .urls import sendable

ROOT = Path(__file__).resolve().parents[2]
STATIC = "/static/css/tokens.css"
PUBLIC = {"brand_logo"}  # may be kept by browsers: it is the same for everybody
KEPT_PRIVATELY = {"file"}


def check(headers: dict[str, str], where: Any, *, sandboxed: bool = False) -> None:
    """What every answer carries."""
    headers = {name.lower(): value for name, value in headers.items()}
    assert headers.get("x-content-type-options") == "nosniff", where
    assert headers.get("referrer-policy") == "same-origin", where
    assert headers.get("cross-origin-opener-policy") == "same-origin", where
    assert headers.get("cross-origin-resource-policy") == "same-origin", where
    policy = directives(headers.get("content-security-policy", ""))
    assert policy.get("default-src") == ["'none'"], where
    if sandboxed:
        assert "sandbox" in policy and "script-src" not in policy, where
        return
    assert policy["script-src"] == ["'self'"] and policy["style-src"] == ["'self'"], where
    assert policy["frame-ancestors"] == ["'none'"] and policy["base-uri"] == ["'none'"], where
    assert policy["form-action"] == ["'self'"], where
    assert "unsafe" not in headers["content-security-policy"], where


def directives(policy: str) -> dict[str, list[str]]:
    """A policy's directives with their sources."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def test_trust_34_every_page_of_everybody_carries_the_headers(pages: dict[tuple[str, str], Page]):
    for (name, role), page in pages.items():
        check(page.headers, (name, role), sandboxed=name == "file" and page.status == 200)
        if page.is_html and page.status == 200:
            assert hands(page.text.partition("\n<!doctype")[2]) == [], (name, role)


def test_trust_37_personal_pages_are_not_kept(pages: dict[tuple[str, str], Page]):
    for (name, role), page in pages.items():
        kept = page.headers.get("cache-control", "")
        if page.status == 200 and name in PUBLIC:
            assert kept == "public, max-age=86400" and "set-cookie" not in page.headers
        elif page.status == 200 and name in KEPT_PRIVATELY:
            assert kept.startswith("private")
        elif role != STRANGER:
            assert "no-store" in kept, (name, role, kept)
        if page.is_html:
            assert "public" not in kept, (name, role)


def test_trust_34_answers_to_forms_carry_the_headers(scene: Scene):
    for row in sendable():
        with undone():
            response = send(scene, row, row.sends(scene.ours)[0])
        check(response.headers, row.name)
        assert "no-store" in response["Cache-Control"], row.name
        response = scene.browser(row.sender).post(row.path(scene.ours), {}, **HTMX)
        check(response.headers, row.name)


def error_pages(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One answer of every kind of refusal there is."""
    browser = scene.browser("staff")
    found = {
        "bad host": browser.get("/", HTTP_HOST="not a host"),
        "no such host": browser.get("/", HTTP_HOST="nobody.localhost"),
        "no such page": browser.get("/nothing/here/"),
        "no such static file": browser.get("/static/none.js"),
        "no such ticket": browser.get("/desk/tickets/999999/"),
        "wrong method": browser.get("/logout/"),
        "wrong token": scene.browser("staff", strict=True).post("/logout/"),
        "too long": browser.post("/me/", {"name": "x" * 3_000_000}),
        "too many fields": browser.post("/me/", {f"f{n}": "1" for n in range(600)}),
        "refused form": browser.post("/me/", {"name": ""}),
        "to the gate": scene.browser().get("/desk/"),
        "to the gate, htmx": scene.browser().post("/me/theme/", **HTMX),
    }

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr("helpdesk.panels.views.dashboards.queries.dashboard", broken)
        found["our failure"] = browser.get("/desk/")
        found["our failure, htmx"] = browser.get("/desk/", **HTMX)
    return found


STATUS = {
    "bad host": 400,
    "no such host": 404,
    "no such page": 404,
    "no such static file": 404,
    "no such ticket": 404,
    "wrong method": 405,
    "wrong token": 403,
    "too long": 413,
    "too many fields": 400,
    "refused form": 422,
    "to the gate": 302,
    "to the gate, htmx": 401,
    "our failure": 500,
    "our failure, htmx": 500,
}


def test_trust_34_error_pages_carry_the_headers(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    answers = error_pages(scene, monkeypatch)
    assert {name: response.status_code for name, response in answers.items()} == STATUS
    for name, response in answers.items():
        check(response.headers, name)
        if response.content and response["Content-Type"].startswith("text/html"):
            assert hands(response.content.decode()) == [], name
            assert 'lang="fa"' in response.content.decode(), name
            assert "no-store" in response["Cache-Control"], name


def test_trust_34_static_files_carry_the_headers(scene: Scene, settings: Any):
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True
    for path in (STATIC, "/static/icons.svg", "/static/mark.svg", "/static/js/toast.js"):
        response = scene.house.client().get(path)
        assert response.status_code == 200, path
        check(response.headers, path)
        assert not {"set-cookie", "access-control-allow-origin"} & {name.lower() for name in response.headers}


def test_trust_34_htmx_may_run_nothing(pages: dict[tuple[str, str], Page]):
    page = pages["desk", "staff"].text
    config = re.search(r"<meta name=\"htmx-config\" content='([^']+)'", page)
    told = json.loads(config[1])  # type: ignore[index]
    assert told["allowEval"] is False and told["includeIndicatorStyles"] is False
    assert told["historyCacheSize"] == 0, "pages of a person must not stay in the browser's storage"
    assert not [one for one in pages.values() if re.search(r"\shx-on|hx-vals=['\"]js:", one.text)]


# Under HTTPS ----------------------------------------------------------------------------------------------------
NAMES = (
    "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_NAME CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT"
    " SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_HSTS_PRELOAD HTTPS SESSION_COOKIE_HTTPONLY"
    " SESSION_COOKIE_SAMESITE CSRF_COOKIE_HTTPONLY SECURE_PROXY_SSL_HEADER SESSION_COOKIE_DOMAIN"
    " CSRF_COOKIE_DOMAIN SESSION_COOKIE_PATH DEBUG"
).split()


def production(**more: str) -> dict[str, Any]:
    """The settings as a production process reads them, asked of such a process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "SECRET_KEY": "k" * 60, "DJANGO_SETTINGS_MODULE": "helpdesk.settings", **more}
    code = (
        "import json; from django.conf import settings;"
        f"print(json.dumps({{n: getattr(settings, n) for n in {NAMES!r}}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr[-500:]
    return json.loads(done.stdout)


@pytest.fixture
def over_https(settings: Any) -> Any:
    """This process with the settings of a production one behind a proxy."""
    found = production(TRUSTED_PROXIES="127.0.0.1")
    assert found["HTTPS"] is True and found["DEBUG"] is False, (
        "HTTPS is what production has unless told otherwise"
    )
    for name, value in found.items():
        setattr(settings, name, tuple(value) if isinstance(value, list) else value)
    return settings


def test_trust_07_cookies_under_https_are_bound_to_the_host(scene: Scene, over_https: Any):
    house = scene.house
    browser = Client(HTTP_HOST=house.host)
    set_at: dict[str, Any] = {}

    def asked(response: Any) -> Any:
        set_at.update(response.cookies)
        return response

    asked(browser.get("/login/", secure=True))
    asked(browser.post("/login/", {"way": "code", "mobile": house.staff.mobile}, secure=True))
    code = last_code(house.tenant)
    assert asked(browser.post("/login/code/", {"code": code}, secure=True)).status_code == 302
    asked(browser.post("/me/theme/", {"theme": "dark"}, secure=True))
    assert set(set_at) == {"__Host-peygir", "__Host-csrf", "__Host-known", "theme"}
    for name, cookie in set_at.items():
        assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"], name
        assert cookie["samesite"] == "Lax", name
        # The colour is read by the page's script before anything is painted; it is worth nothing to a thief.
        assert cookie["httponly"] or name == "theme", name


def test_trust_34_https_is_remembered_and_insisted_on(scene: Scene, over_https: Any):
    house = scene.house
    browser = Client(HTTP_HOST=house.host)
    for path, role in (("/login/", None), ("/nothing/", None), ("/desk/", house.staff), (STATIC, None)):
        if role is not None:
            browser = house.client(role)
        response = browser.get(path, secure=True)
        assert response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", path
        plain = browser.get(path)
        assert plain.status_code == 301 and plain["Location"] == f"https://{house.host}{path}"
    assert browser.get("/healthz").status_code == 200, "the load balancer asks without TLS"


def test_trust_34_a_proxys_word_on_https_is_believed_only_where_there_is_a_proxy():
    assert production()["SECURE_PROXY_SSL_HEADER"] is None
    told = production(TRUSTED_PROXIES="10.0.0.2")["SECURE_PROXY_SSL_HEADER"]
    assert told == ["HTTP_X_FORWARDED_PROTO", "https"]


def test_trust_34_a_production_process_refuses_to_start_without_its_secret():
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"],
        cwd=ROOT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "helpdesk.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0 and "SECRET_KEY is missing" in done.stderr
    assert django_settings.USE_X_FORWARDED_HOST is False
