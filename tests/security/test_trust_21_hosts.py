"""TRUST 21: a host is what our own tables say; no header of a request makes a link, a tenant or a session."""

from __future__ import annotations

import os
import random
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections
from django.test import RequestFactory

from notifications.compose import compose
from notifications.models import Bell, Delivery
from tenants.models import Domain, Tenant
from tenants.scope import tenant_scope

from .asking import send, text, undone
from .scene import RIVAL, STRANGER, Scene, build
from .urls import BY_NAME, LOGIN, TABLE, Row, readable

EVIL = "evil.example"
FORWARDED = {
    "HTTP_X_FORWARDED_HOST": EVIL,
    "HTTP_X_FORWARDED_SERVER": EVIL,
    "HTTP_FORWARDED": f"host={EVIL};proto=https",
    "HTTP_X_HOST": EVIL,
    "HTTP_X_ORIGINAL_HOST": EVIL,
    "HTTP_X_ORIGINAL_URL": "/manage/",
    "HTTP_X_REWRITE_URL": "/manage/",
    "HTTP_X_FORWARDED_PREFIX": "/evil",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "POST",
}


@pytest.mark.parametrize(
    "host",
    [
        EVIL,
        "nobody.localhost",
        "arvand.localhost.evil.example",
        "evilarvand.localhost",
        "a.arvand.localhost",
        "127.0.0.1",
        "[::1]",
        "localhost",  # no platform was made here
        "xn--arvand-.localhost",
    ],
)
def test_trust_21_an_unknown_host_is_a_plain_404(scene: Scene, host: str):
    for path in ("/", "/login/", "/desk/", f"/t/{scene.ours.ticket.tracking_code}/", "/brand/logo.png"):
        response = scene.browser("owner").get(path, HTTP_HOST=host)
        assert response.status_code == 404
        page = text(response)
        assert scene.house.tenant.name not in page and "arvand" not in page.replace(host, "")
        assert host not in page and "set-cookie" not in page.lower()
    posted = scene.browser().post("/login/", {"way": "code", "mobile": "09120000000"}, HTTP_HOST=host)
    assert posted.status_code == 404


@pytest.mark.parametrize(
    "host",
    [
        "",
        "arvand.localhost, evil.example",
        "arvand.localhost/evil",
        "arvand.localhost@evil.example",
        "evil.example#arvand.localhost",
        "arvand.localhost:80:80",
        "arvand.localhost:x",
        "arvand localhost",
        "آروند.localhost",
        "arvand.localhost\\evil",
        "arvand.localhost%00",
        "arvand_.localhost",
        "<script>",
    ],
)
def test_trust_21_a_malformed_host_is_a_400(scene: Scene, host: str):
    _malformed(scene, host)


def _malformed(scene: Scene, host: str) -> None:
    # As the server hands it over: bytes of a header read as latin-1.
    raw = host.encode().decode("latin-1")
    response = scene.browser("owner").get("/login/", HTTP_HOST=raw)
    if not host:
        # Without one the server's own name counts, and that is nobody's.
        assert response.status_code in (400, 404)
        return
    assert response.status_code == 400
    assert scene.house.tenant.name not in text(response)


@pytest.mark.parametrize(
    "host",
    [
        "arvand.localhost",
        "ARVAND.localhost",
        "Arvand.LocalHost:8000",
        "arvand.localhost.",
        "arvand.localhost.:443",
    ],
)
def test_trust_21_one_host_in_all_its_spellings(scene: Scene, host: str):
    response = scene.browser("staff").get("/desk/", HTTP_HOST=host)
    assert response.status_code == 200
    assert scene.house.tenant.name in text(response)


@pytest.mark.sqlite
def test_trust_21_a_tenants_own_domain_serves_it_and_nobody_else(scene: Scene):
    Domain.objects.create(tenant=scene.house.tenant, host="help.arvand.example")
    assert scene.browser("staff").get("/desk/", HTTP_HOST="help.arvand.example").status_code == 200
    for near in ("x.help.arvand.example", "help.arvand.example.evil.example", "arvand.example"):
        assert scene.browser("staff").get("/desk/", HTTP_HOST=near).status_code == 404


def test_trust_21_a_switched_off_tenant_is_closed_at_once(scene: Scene):
    browser = scene.browser("owner")
    assert browser.get("/desk/").status_code == 200
    Tenant.objects.filter(pk=scene.house.tenant.pk).update(is_active=False)
    for path in ("/desk/", "/login/", "/manage/settings/", "/brand/logo.png"):
        assert browser.get(path).status_code == 503, path
    assert scene.browser("owner", scene.world.rival).get("/desk/").status_code == 200


@pytest.mark.parametrize("row", readable(), ids=lambda row: row.name)
def test_trust_21_headers_of_proxies_say_nothing(scene: Scene, row: Row):
    """The same answer with and without them, and never a word of theirs."""
    for role in (row.sender, STRANGER):
        path = row.path(scene.ours)
        plain, spoofed = scene.browser(role).get(path), scene.browser(role).get(path, **FORWARDED)
        assert plain.status_code == spoofed.status_code
        assert plain.headers.get("Location") == spoofed.headers.get("Location")
        assert EVIL not in text(spoofed)


def test_trust_21_a_rivals_host_in_a_proxys_header_is_not_the_rival(scene: Scene):
    response = scene.browser().get("/login/", HTTP_X_FORWARDED_HOST=scene.world.rival.host)
    assert RIVAL not in text(response) and scene.house.tenant.name in text(response)


@pytest.mark.sqlite
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_trust_21_another_tenants_session_is_nobodys(scene: Scene, row: Row):
    """Our owner's cookie on the rival's host: the rival's stranger, at every address."""
    method = "get" if "GET" in row.methods else "post"
    path = row.path(scene.rival)
    with undone():
        browser = scene.browser("owner")
        as_owner = getattr(browser, method)(path, HTTP_HOST=scene.world.rival.host)
    with undone():
        as_stranger = getattr(scene.browser(STRANGER, scene.world.rival), method)(path)
    assert as_owner.status_code == as_stranger.status_code
    assert as_owner.headers.get("Location") == as_stranger.headers.get("Location")
    if row.stranger == LOGIN:
        assert as_owner["Location"].startswith("/login/")
    assert scene.house.tenant.name not in text(as_owner)


def test_trust_21_links_in_letters_come_from_the_tenants_record(scene: Scene):
    """Tickets, replies and codes asked for under a forged address book of headers."""
    home = scene.house.tenant
    forged = {**FORWARDED, "HTTP_HOST": "ARVAND.localhost:1234", "HTTP_REFERER": f"https://{EVIL}/"}
    with tenant_scope(home):
        known = set(Delivery.objects.values_list("pk", flat=True))
    for name in ("portal_new", "desk_new", "desk_ticket_reply", "portal_ticket_reply", "login"):
        row = BY_NAME[name]
        assert send(scene, row, row.sends(scene.ours)[0], **forged).status_code == 302, name
    with tenant_scope(home):
        letters = list(Delivery.objects.exclude(pk__in=known).select_related("tenant"))
        bells = list(Bell.objects.all())
    assert len(letters) >= 6 and {row.channel for row in letters} == {"sms", "email"}
    for row in letters:
        letter = compose(row, "123456" if row.kind == "otp" else None)
        told = f"{letter.subject}\n{letter.text}\n{letter.html}"
        assert EVIL not in told and "1234/" not in told and "ARVAND" not in told
        hosts = set(re.findall(r"https?://([^/\"<\s]+)", told))
        assert hosts <= {f"arvand.localhost:{settings.PORT}"}, hosts
        assert row.kind == "otp" or hosts
    assert {bell.url[:1] for bell in bells} == {"/"}, [bell.url for bell in bells]
    assert not [bell for bell in bells if EVIL in bell.text + bell.url]


def test_trust_21_redirects_stay_on_the_host(scene: Scene):
    """``next`` in every spelling leads to a path of ours or is dropped."""
    wrong = [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:a=b",
        "https:///evil.example",
        "///evil.example",
        " //evil.example",
        "/login/\r\nX: y",
    ]
    for address in wrong:
        for browser, path, fields in (
            (scene.browser("staff"), "/login/", {"next": address}),
            (scene.browser("customer_main"), "/welcome/", {"next": address, "name": "نام"}),
            (scene.browser("newcomer"), "/welcome/", {"next": address, "name": "نام"}),
            (scene.browser("staff"), "/me/theme/", {"theme": "dark", "next": address}),
        ):
            with undone():
                for response in (browser.get(path, fields), browser.post(path, fields)):
                    where = response.headers.get("Location", "/")
                    assert re.match(r"/(?![/\\])", where) and "\n" not in where, (path, address, where)
                    assert "evil.example" not in where or "next=" in where, (path, address, where)


# 2,000 mixed requests -------------------------------------------------------------------------------------------
MIXED = int(os.environ.get("MIXED_REQUESTS", "400"))
THREADS = 3
LIGHT = ("login", "brand_logo", "short", "home", "login_code", "file")
HEAVY = (
    "desk",
    "portal",
    "desk_ticket",
    "portal_ticket",
    "portal_tickets",
    "profile",
    "manage_settings",
    "bell",
)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_trust_21_mixed_requests_never_mix_tenants(emptied: None, monkeypatch: pytest.MonkeyPatch):
    """Three threads, two tenants, warm caches: the rival's word on every page of theirs, on none of ours."""
    scene = build()
    house, rival = scene.house, scene.world.rival
    Tenant.objects.filter(pk=house.tenant.pk).update(name="شرکت خانه7arvand")
    handler, factory = WSGIHandler(), RequestFactory()
    chance = random.Random(1404)
    asked = [_one(scene, chance, chance.choice((house, rival))) for _ in range(MIXED)]

    def ask(one: tuple[str, bool, str, str | None]) -> tuple[str, bool, int, str]:
        path, is_rival, host, key = one
        environ = factory.get(path, HTTP_HOST=host, **({"HTTP_COOKIE": key} if key else {})).environ
        status: list[str] = []
        headers: list[Any] = []
        body = handler(environ, lambda code, found, *rest: (status.append(code), headers.extend(found)))
        told = b"".join(body).decode("utf-8", "replace") + repr(headers)
        getattr(body, "close", lambda: None)()
        return path, is_rival, int(status[0][:3]), told

    def part(mine: list[Any]) -> list[Any]:
        # As with a pool: one connection serves many requests of both.
        kept = connections["default"]
        kept.settings_dict = {**kept.settings_dict, "CONN_MAX_AGE": None}
        try:
            return [ask(one) for one in mine]
        finally:
            connections.close_all()

    cache.clear()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [
            answer
            for found in pool.map(part, [asked[n::THREADS] for n in range(THREADS)])
            for answer in found
        ]
    assert len(answers) == MIXED
    named = 0
    for path, is_rival, status, told in answers:
        assert status in (200, 302), path
        assert (RIVAL if not is_rival else "7arvand") not in told, path
        named += (RIVAL if is_rival else "7arvand") in told
    assert named > MIXED // 9, "the words were there to be mixed up"


def _one(scene: Scene, chance: random.Random, house: Any) -> tuple[str, bool, str, str | None]:
    """A random request: (path, whether the rival's, host, Cookie)."""
    is_rival = house is scene.world.rival
    things = scene.rival if is_rival else scene.ours
    row = BY_NAME[chance.choice(HEAVY if chance.random() < 0.05 else LIGHT)]
    stranger = row.name in ("login", "login_code", "brand_logo")
    role = STRANGER if stranger else chance.choice(sorted(row.roles))
    user = scene.people(house)[role]
    cookie = f"{settings.SESSION_COOKIE_NAME}={scene.kept[user.pk]}" if user else None
    host = chance.choice((house.host, house.host.upper(), f"{house.host}:8000"))
    return row.path(things), is_rival, host, cookie
