"""TRUST 30, 31 and bad input: every field of every form is fed what a form should never see."""

from __future__ import annotations

import os
import re
import uuid
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from notifications.channels.email import build
from notifications.compose import compose
from notifications.models import Bell, Delivery
from tenants.scope import tenant_scope
from tickets.models import Attachment

from .asking import HTMX, hands, send, text, undone
from .database import photograph, values
from .scene import STRANGER, Scene
from .urls import BY_NAME, Fields, Row, readable, sendable

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = "\"'><img src=x onerror=alert(1)>"
INJECTION = "x\r\nBcc: a@b"
HOSTILE = {
    "empty": "",
    "blank": " \u200c ",
    "long": "ب" * 5000,
    "nul": "سلام\x00دنیا",
    "turned": "\u202egpj.exe\u2066",
    "script": SCRIPT,
    "breakout": BREAKOUT,
    "emoji": "👩‍👩‍👧‍👦" * 40,
    "huge": "9" * 60,
    "negative": "-1",
    "fraction": "1e308",
    "null": "None",
    "header": INJECTION,
    "sql": "'; DROP TABLE tickets_ticket; --",
    "template": "{{settings.SECRET_KEY}}{% debug %}{0.__class__}{tenant}",
    "digits": "۱۲۳٤٥",
    "path": "../../../../etc/passwd",
    "uuid": str(uuid.uuid4()),
    "surrogate": "\udcff\ud800",
    "list": ["یک", "دو", "9" * 30, "<b>"],
}
SHOWN = ("script", "breakout", "header", "template", "turned")
# The database's own limits are met by these, whatever a form says of itself.
STUBBORN = ("nul", "surrogate")
FEW = 3
EVERYTHING = bool(os.environ.get("THOROUGH"))


def tries(row: Row, fields: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Which fields are wrong, and by which kind: all of them at once, and a few at a time, each in its own way.

    Which way is fixed by the field's name. THOROUGH=1 tries every kind at every field alone (minutes).
    """
    names = [name for name in fields if name != "act"]
    for kind in HOSTILE if EVERYTHING else STUBBORN:
        yield dict.fromkeys(names, kind)
    if EVERYTHING:
        yield from ({name: kind} for name in names for kind in HOSTILE)
        return
    kinds = list(HOSTILE)
    for start in range(0, len(names), FEW):
        some = names[start : start + FEW]
        ways = (zlib.crc32(f"{row.name}.{fields.get('act')}.{name}".encode()) for name in some)
        yield {name: kinds[-way % len(kinds)] for name, way in zip(some, ways, strict=True)}


@pytest.mark.parametrize("row", sendable(), ids=lambda row: row.name)
def test_trust_30_no_value_of_any_field_breaks_a_form(scene: Scene, row: Row):
    """Answered, never failed, never echoed as markup."""
    for place, fields in enumerate(row.sends(scene.ours)):
        for kinds in tries(row, fields):
            wrong = {name: HOSTILE[kind] for name, kind in kinds.items()}
            with undone():
                response = _post(scene, row, {**row.sends(scene.ours)[place], **wrong})
            where = (fields.get("act"), kinds)
            assert response.status_code < 500, where
            if set(SHOWN) & set(kinds.values()) and response.status_code not in (204, 302):
                page = text(response)
                assert SCRIPT not in page and hands(page) == [], where
                assert "\u202e" not in page and "SECRET" not in page.replace("settings.SECRET_KEY", ""), where


def _post(scene: Scene, row: Row, fields: dict[str, Any]) -> Any:
    """As a browser sends it; what cannot be written as UTF-8 goes as the bytes somebody would send."""
    if "\udcff\ud800" not in fields.values():
        return send(scene, row, fields)
    told = {name: value for name, value in fields.items() if isinstance(value, str)}
    body = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in told.items())
    browser = scene.browser(row.sender)
    if row.before is not None:
        row.before(browser, scene.ours)
    return browser.post(row.path(scene.ours), body, content_type="application/x-www-form-urlencoded")


READERS = (
    "login",
    "profile",
    "manage_department",
    "manage_logo",
    "portal_new",
    "portal_ticket_reply",
    "desk_ticket_note",
)


@pytest.mark.parametrize("row", [BY_NAME[name] for name in READERS], ids=lambda row: row.name)
def test_trust_30_no_shape_of_a_body_breaks_a_form(scene: Scene, row: Row):
    path = row.path(scene.ours)
    form = "application/x-www-form-urlencoded"
    parts = "multipart/form-data; boundary=grenze"
    bodies = [
        (form, b"%"),
        (form, b"&&&===;;"),
        (form, b"body=%ff%fe&name=%80&client_key=%00"),
        (form, b"name[]=1&name[a][b]=2&__proto__[x]=1"),
        (form, b"act=change&" * 300),
        (parts, b""),
        (parts, b"--grenze\r\n"),
        (parts, b'--grenze\r\nContent-Disposition: form-data; name="body"\r\n\r\nx'),
        (
            parts,
            b'--grenze\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n\r\n--grenze--',
        ),
        (
            parts,
            b'--grenze\r\nContent-Disposition: form-data; name="body"; filename="a"\r\n\r\nx\r\n--grenze--',
        ),
        (
            parts,
            b"--grenze\r\nContent-Transfer-Encoding: base64\r\n"
            b'Content-Disposition: form-data; name="a"\r\n\r\n!\r\n--grenze--',
        ),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=" + "x" * 300, b"x"),
        ("application/json", b'{"body": {"a": [1, null]}}'),
        ("text/plain", b"x"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"body=+ADw-script+AD4-"),
        ("application/x-www-form-urlencoded; charset=none-such", b"body=a"),
        ("", b"body=a"),
    ]
    for content_type, body in bodies:
        with undone():
            browser = scene.browser(row.sender)
            response = browser.generic("POST", path, body, content_type)
            assert response.status_code < 500, (content_type, body[:60])
    for name in ("files", "logo", "body", "name"):
        fields = row.sends(scene.ours)[0]
        with undone():
            odd = SimpleUploadedFile("x" * 300 + "\u202e<b>.svg", SCRIPT.encode(), content_type="text/html")
            assert send(scene, row, {**fields, name: odd}).status_code < 500, name
        with undone():
            assert send(scene, row, {**fields, name: SimpleUploadedFile("ه.txt", b"")}).status_code < 500, (
                name
            )


QUERIES = (
    "q cursor done next person department assignee topic customer sort view state priority category origin colour"
    " inline saved way subject to v page channel source about hand before"
).split()
# Pages that read their address; the others are asked with a few.
LISTENING = (
    "desk_tickets",
    "desk_new",
    "desk_new_internal",
    "portal_tickets",
    "portal_new",
    "manage_staff",
    "manage_customers",
    "bell",
    "login",
)


@pytest.mark.parametrize("row", readable(), ids=lambda row: row.name)
def test_trust_30_no_word_in_an_address_breaks_a_page(scene: Scene, row: Row):
    """Every parameter any page knows, all at once; a person who is nobody ends it early, so also without one."""
    path = row.path(scene.ours).partition("?")[0]
    browser = scene.browser(
        STRANGER if row.name == "login" else min(row.roles & {"staff", "owner", "customer_main"})
    )
    for kind, value in HOSTILE.items():
        if row.name not in LISTENING and kind not in ("script", "nul", "surrogate"):
            continue
        names = [name for name in QUERIES if name != "person"] if kind != "uuid" else QUERIES
        if kind == "surrogate":
            response = browser.get(f"{path}?" + "&".join(f"{name}=%ff%fe%00%ed%a0%80" for name in names))
        else:
            response = browser.get(path, dict.fromkeys(names, value))
        assert response.status_code < 500, kind
        page = text(response)
        assert SCRIPT not in page and "onerror=alert(1)>" not in page, kind
        assert "\nBcc:" not in page and "\u202e" not in page, kind


def test_trust_30_no_address_of_any_shape_breaks_the_house(scene: Scene):
    """Values in paths: huge, negative, foreign digits, nothing, markup, dots, encodings."""
    odd = [
        "0", "-1", "9" * 30, "2147483648", "9223372036854775808", "۱۰۰۱", "1.0", "1e3", "", "%00", "%0d%0aX:y", "..",
        "%2e%2e", "%ff", "%ed%a0%80", SCRIPT, quote(SCRIPT), "a" * 3000, "PG-2222-2222", "pg22222222", "ＰＧ",
        "00000000-0000-0000-0000-000000000000", "{{7*7}}", "%u202e", "a/b", "a\\b", "null", "nan", ";", "?", "#",
    ]  # fmt: skip
    walks = {
        "owner": (
            "/desk/tickets/{}/",
            "/manage/departments/{}/",
            "/manage/staff/{}/",
            "/manage/customers/{}/",
        ),
        "customer_main": ("/portal/tickets/{}/", "/portal/tickets/{}/reply/", "/files/{}/", "/t/{}/"),
        STRANGER: ("/t/{}/", "/{}/", "/static/{}"),
    }
    for role, bases in walks.items():
        browser = scene.browser(role)
        for base in bases:
            for value in odd:
                response = browser.get(base.format(value))
                assert response.status_code < 500, (base, value)
                told = text(response)
                assert SCRIPT not in told and "\nX:y" not in told, (base, value)


def test_trust_30_no_header_of_a_request_breaks_a_page(scene: Scene):
    long = "x" * 9000
    odd: list[dict[str, str]] = [
        {"HTTP_REFERER": value}
        for value in ("http://[", "::", "javascript:alert(1)", "http://[::1", long, "\x80\xff")
    ]
    odd += [
        {**HTMX, "HTTP_HX_CURRENT_URL": value}
        for value in ("http://[", "javascript:x", "//evil", long, "\xff")
    ]
    odd += [{**HTMX, "HTTP_HX_CURRENT_URL": "%80", "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": "true"}]
    odd += [{**HTMX, "HTTP_HX_TRIGGERING_EVENT": "{", "HTTP_HX_PROMPT": SCRIPT, "HTTP_HX_TARGET": SCRIPT}]
    odd += [
        {"HTTP_USER_AGENT": value} for value in ("", long, "\x00", SCRIPT, "👾".encode().decode("latin-1"))
    ]
    odd += [
        {"HTTP_ACCEPT_LANGUAGE": long},
        {"HTTP_ACCEPT_LANGUAGE": "../../etc"},
        {"HTTP_ACCEPT_ENCODING": "\x00"},
    ]
    odd += [
        {"HTTP_COOKIE": value}
        for value in ("peygir=", f"peygir={long}", "peygir=../../x; csrf=\x00; theme=<b>", ";;=;")
    ]
    odd += [{"HTTP_COOKIE": 'theme="><script>alert(1)</script>'}, {"HTTP_IF_MODIFIED_SINCE": "yesterday"}]
    odd += [{"HTTP_IF_NONE_MATCH": 'W/"x'}, {"HTTP_RANGE": "bytes=9-1,-5,a"}, {"HTTP_IF_RANGE": "x"}]
    odd += [{"HTTP_X_FORWARDED_FOR": value} for value in ("", "a, b", "::1%eth0", long, "1.2.3.4, " * 200)]
    odd += [{"CONTENT_LENGTH": value} for value in ("abc", "-5", "9" * 30, "1.5")]
    odd += [
        {"CONTENT_TYPE": "multipart/form-data; boundary=\xff"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "unix:"},
    ]
    file = f"/files/{scene.ours.file.public_id}/"
    for role, paths in (("staff", ("/brand/logo.png", file)), (STRANGER, ("/desk/", "/login/"))):
        for path in paths:
            for headers in odd:
                with undone():
                    response = scene.browser(role).get(path, **headers)
                    assert response.status_code < 500, (role, path, headers)
                    assert SCRIPT not in text(response), (role, path, headers)
    # A body shorter than it says it is cannot be sent by the test client.
    odd = [headers for headers in odd if headers.get("CONTENT_LENGTH") != "9" * 30]
    reply = f"/desk/tickets/{scene.ours.ticket.number}/reply/"
    for headers in odd:
        for role, path in ((STRANGER, "/login/"), (STRANGER, "/bell/read/"), ("staff", reply)):
            with undone():
                response = scene.browser(role).post(path, {"way": "code", "mobile": "09120000000"}, **headers)
                assert response.status_code < 500, (role, path, headers)


# What is stored, shown and sent ---------------------------------------------------------------------------------
def plant(scene: Scene, value: str) -> set[str]:
    """Write a value into every field that takes it, by its own form; returns the fields that took it.

    Each gets the value with a number of its own behind it, by which it is found again in the database. Of fields that
    differ by a number alone (the hours of seven days) the first is one for all.
    """
    numbered: dict[str, str] = {}
    before = photograph()
    # What a department asks is changed last: the forms of new tickets say which questions they have shown.
    for row in sorted(sendable(), key=lambda row: row.name in ("manage_field", "manage_fields")):
        if row.name in ("login", "login_code", "logout", "password", "sessions", "theme"):
            continue
        for place, fields in enumerate(row.sends(scene.ours)):
            firsts = {re.sub(r"\d+", "#", name): name for name in reversed(fields)}.values()
            taken: Fields = {}
            for name in (name for name in fields if name in firsts):
                usual = fields[name]
                if not isinstance(usual, str) or name in ("act", "client_key", "mobile", "next"):
                    continue
                sign = f"qx{len(numbered)}xq"
                numbered[sign] = f"{row.name}.{name}"
                fresh = {**row.sends(scene.ours)[place], name: value + sign}
                if "mobile" in fresh:
                    fresh["mobile"] = f"0935{len(numbered):07d}"
                status = send(scene, row, fresh).status_code
                assert status < 500, (row.name, name)
                if status in (204, 302):
                    taken[name] = value + sign
            # What one field has taken, the next one's form has overwritten with its usual value.
            if len(taken) > 1:
                assert send(scene, row, {**row.sends(scene.ours)[place], **taken}).status_code < 500, row.name
    written = "\n".join(values(before, photograph()))
    return {field for sign, field in numbered.items() if sign in written}


TEMPLATE = "{{7*7}}"  # 49 where somebody put it through a template engine


def test_trust_30_what_is_stored_is_text_everywhere_and_makes_no_header(scene: Scene):
    """Markup, template words and a line end, stored in every field by the forms themselves; then every page, letter,
    header and bell is read.
    """
    taken = plant(scene, f"{SCRIPT}{BREAKOUT}{TEMPLATE}{INJECTION}")
    assert {"portal_new.subject", "portal_new.body", "profile.name", "manage_customers.name"} <= taken
    assert {"manage_department.name", "manage_settings.hours_text", "manage_settings.name"} <= taken
    assert len(taken) >= 15
    shown = 0
    for row in readable():
        for role in sorted(row.roles & {"owner", "staff", "customer_main", "section_manager"} | {STRANGER}):
            response = scene.browser(role).get(row.path(scene.ours))
            assert response.status_code < 500, (row.name, role)
            page = text(response)
            # JSON is text for a script of ours, which writes it as text.
            is_json = response.headers["Content-Type"] == "application/json"
            assert is_json or (SCRIPT not in page and "<img src=x" not in page), (row.name, role)
            assert "alert(1)" not in page or TEMPLATE in page, (row.name, role)
            assert "bcc" not in {name.lower() for name in response.headers}, (row.name, role)
            if response.headers["Content-Type"].startswith("text/html"):
                assert hands(response.content.decode()) == [], (row.name, role)
            shown += "alert(1)" in page
    assert shown > 20, "the value was there to be shown"
    with tenant_scope(scene.house.tenant):
        scene.house.tenant.refresh_from_db()
        for row in Delivery.objects.select_related("tenant").exclude(kind="otp"):
            letter = compose(row, None)
            assert "<script" not in letter.html and "<img src=x" not in letter.html, row.kind
            assert "alert(1)" not in letter.text or TEMPLATE in letter.text, row.kind
        _no_header_of_the_visitors()


def _no_header_of_the_visitors() -> None:
    """Every e-mail is made and its headers read; names and bells are one line."""
    emails = list(Delivery.objects.filter(channel="email").select_related("tenant"))
    texts = [f"{row.tenant.name}{row.address}{row.data.get('subject', '')}" for row in emails]
    assert len(emails) >= 10 and any("Bcc: a@b" in one for one in texts), (
        "the words did come into the letters"
    )
    known = set()
    for row in emails:
        message = build(compose(row, None))
        assert message.recipients() == [row.address] and not message.bcc and not message.cc
        parsed = message_from_bytes(message.message().as_bytes())
        assert parsed["Bcc"] is None and parsed["To"] == row.address
        assert len(parsed.get_all("Subject")) == len(parsed.get_all("From")) == 1
        known |= {name.lower() for name in parsed}
    assert known <= {
        "content-type", "mime-version", "subject", "from", "to", "date", "message-id", "auto-submitted",
        "x-auto-response-suppress", "content-transfer-encoding",
    }  # fmt: skip
    bells = list(Bell.objects.values_list("text", flat=True))
    assert not [one for one in bells if "\n" in one or "\r" in one]
    names = list(User.objects.values_list("name", "email", "username"))
    assert not [part for row in names for part in row if part and ("\n" in part or "\r" in part)]


def test_trust_30_line_ends_make_no_header_of_an_answer(scene: Scene):
    """Names of files, words of redirects: an answer's headers have no line the visitor wrote."""
    for name in (
        "a\r\nSet-Cookie: x=1.txt",
        'a"; filename="b.html',
        "الف\u2028ب.txt",
        "a\x00b.txt",
        "\u202egpj.exe",
    ):
        with undone():
            row = BY_NAME["portal_ticket_reply"]
            fields = {**row.sends(scene.ours)[0], "files": SimpleUploadedFile(name, b"words")}
            assert send(scene, row, fields).status_code == 302
            with tenant_scope(scene.house.tenant):
                file = Attachment.objects.latest("pk").file
            response = scene.browser("customer_main").get(f"/files/{file.public_id}/")
            assert response.status_code == 200 and not response.cookies
            told = response["Content-Disposition"]
            assert told.startswith("attachment; filename") and not {"\r", "\n", "\x00"} & set(told)
            assert told.count("filename=") + told.count("filename*=") == 1, told
