"""TRUST 36: what a visitor sees of our failures is a sentence and a code; doors with limits close."""

from __future__ import annotations

import errno
import logging
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connection
from django.test import Client

from accounts.models import OtpChallenge
from notifications.models import Delivery
from tenants.scope import tenant_scope
from web.logs import Line

from .asking import HTMX, text, undone
from .breaking import Breaking
from .scene import Scene
from .urls import TABLE

# What an exception of ours, Django's, psycopg's or the system's may hold.
INSIDE = (
    "SELECT secret_column FROM accounts_user /srv/peygir/app.py key=sk-canary-1 host=10.0.0.7 password=sesame"
)
NEVER = (
    "secret_column",
    "SELECT",
    "accounts_user",
    "/srv/",
    ".py",
    "sk-canary",
    "10.0.0.7",
    "sesame",
    "Traceback",
    "psycopg",
    "django",
    "Exception",
    "Error",
    str(django_settings.BASE_DIR),
)
CODE = re.compile(r"[ACEFHJKMPRTXY3479]{6}")


def breaking(scene: Scene, settings: Any, error: Any) -> Client:
    """A browser of a house where every view fails with ``error()``; its handler is its own."""
    settings.MIDDLEWARE = [*django_settings.MIDDLEWARE, "tests.security.breaking.Breaking"]
    Breaking.error = staticmethod(error)  # type: ignore[method-assign, assignment]
    client = scene.house.client(raise_request_exception=False)
    client.cookies[django_settings.SESSION_COOKIE_NAME] = scene.kept[scene.house.owner.pk]
    return client


def check_page(response: Any, status: int) -> str:
    """A page in Persian without anything of the inside; returns its code."""
    page = response.content.decode()
    assert response.status_code == status
    assert not [word for word in NEVER if word in page]
    assert 'lang="fa"' in page and response["Cache-Control"] == "no-store"
    shown = re.search(
        r"([ACEFHJKMPRTXY3479]{6})", re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    )
    return shown[1] if shown else ""


def test_trust_36_every_page_fails_in_persian_and_says_nothing(scene: Scene, settings: Any, caplog: Any):
    client = breaking(scene, settings, lambda: RuntimeError(INSIDE))
    for row in TABLE:
        caplog.clear()
        path = row.path(scene.ours)
        for method in ("get", "post"):
            with undone():
                code = check_page(getattr(client, method)(path), 500)
            [record] = [record for record in caplog.records if record.name == "web.failures"]
            assert code and f"failure {code}: RuntimeError at {row.name}" in record.getMessage(), row.name
            assert INSIDE not in record.getMessage()
            caplog.clear()


def test_trust_36_htmx_gets_a_toast_with_the_code(scene: Scene, settings: Any):
    client = breaking(scene, settings, lambda: RuntimeError(INSIDE))
    for path in ("/desk/", "/me/theme/"):
        response = client.post(path, {"theme": "dark"}, **HTMX)
        assert response.status_code == 500 and response.content == b""
        told = response["HX-Trigger"].encode().decode("unicode_escape")
        assert CODE.search(told) and response["HX-Reswap"] == "none"
        assert not [word for word in NEVER if word in told]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (lambda: ProgrammingError(INSIDE), 500),
        (lambda: IntegrityError(INSIDE), 500),
        (lambda: DataError(INSIDE), 500),
        (lambda: OperationalError(INSIDE), 503),
        (lambda: OSError(errno.ENOSPC, INSIDE), 507),
        (lambda: PermissionDenied(INSIDE), 403),
        (lambda: SuspiciousOperation(INSIDE), 400),
        (lambda: KeyError(INSIDE), 500),
        (lambda: RecursionError(INSIDE), 500),
        (lambda: MemoryError(INSIDE), 500),
        (lambda: UnicodeDecodeError("utf-8", INSIDE.encode(), 0, 1, INSIDE), 500),
        (lambda: ExceptionGroup(INSIDE, [ValueError(INSIDE)]), 500),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else type(value()).__name__,
)
def test_trust_36_whatever_fails_the_page_is_ours(scene: Scene, settings: Any, error: Any, status: int):
    client = breaking(scene, settings, error)
    for path in ("/desk/", "/files/00000000-0000-0000-0000-000000000000/"):
        code = check_page(client.get(path), status)
        assert bool(code) == (status >= 500)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    ["SELECT secret_column FROM accounts_user", "SELECT 1/0", "INSERT INTO tenants_tenant (id) VALUES (1)"],
)
def test_trust_36_a_failed_statement_shows_nothing_and_leaves_the_house_well(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, statement: str
):
    """A real error of the database, in the middle of a page: rolled back, and the next page is fine."""

    def broken(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    browser = scene.browser("owner")
    with monkeypatch.context() as patch:
        patch.setattr("helpdesk.panels.views.dashboards.queries.dashboard", broken)
        assert check_page(browser.get("/desk/"), 500)
    assert browser.get("/desk/").status_code == 200


def test_trust_36_a_template_that_fails_shows_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ValueError(INSIDE)

    monkeypatch.setattr("helpdesk.panels.context.queries.shell_numbers", broken)
    assert check_page(scene.browser("owner").get("/me/"), 500)


def test_trust_36_writes_of_a_failed_request_are_undone(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    """A reply is written, then its page fails: nothing of it stays."""

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(INSIDE)

    monkeypatch.setattr("tickets.services.telling.post", broken)
    with tenant_scope(scene.house.tenant):
        before = scene.ours.ticket.messages.count()
    fields = {"body": "این گم نمی‌شود", "client_key": "0" * 32}
    response = scene.browser("staff").post(f"/desk/tickets/{scene.ours.ticket.number}/reply/", fields)
    check_page(response, 500)
    with tenant_scope(scene.house.tenant):
        assert scene.ours.ticket.messages.count() == before


class DeadCache:
    """Redis is away; its error holds its address."""

    def __getattr__(self, name: str) -> Any:
        raise ConnectionError("redis://:sesame@10.0.0.7:6379/0")


def test_trust_36_without_its_limits_the_door_for_codes_and_passwords_closes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    for module in ("web.throttle.cache", "tenants.hosts.cache"):
        monkeypatch.setattr(module, DeadCache())
    with tenant_scope(scene.house.tenant):
        before = OtpChallenge.objects.count(), Delivery.objects.count()
    mobile = scene.house.customer_main.mobile
    for fields in (
        {"way": "code", "mobile": mobile},
        {"way": "pass", "username": mobile, "password": "x" * 9},
    ):
        response = scene.browser().post("/login/", fields)
        page = text(response)
        assert response.status_code == 503, fields["way"]
        assert "در دسترس نیست" in page and not [
            word for word in ("sesame", "10.0.0.7", "redis") if word in page
        ]
    with tenant_scope(scene.house.tenant):
        assert (OtpChallenge.objects.count(), Delivery.objects.count()) == before
    assert "sesame" not in caplog.text
    # Who is in goes on working.
    assert scene.browser("staff").get("/desk/").status_code == 200
    assert scene.browser().get("/login/").status_code == 200


def test_trust_36_nothing_of_the_inside_stands_in_headers(scene: Scene):
    for row in TABLE:
        response = scene.browser("staff").get(row.path(scene.ours))
        told = " ".join(f"{name}: {value}" for name, value in response.headers.items()).lower()
        assert not [
            word for word in ("django", "python", "gunicorn", "x-powered-by", "server:") if word in told
        ]


def test_trust_36_log_lines_hold_no_text_of_an_exception():
    """The formatter of production: frames and types, and no loophole by a cause or another handler's traceback."""
    assert django_settings.LOGGING["formatters"]["line"]["()"] == "web.logs.Line"
    detail, saying = 'DETAIL: Key (mobile)=("+989120000001") already exists', f"while saving {INSIDE}"
    try:
        try:
            raise IntegrityError(detail)
        except IntegrityError as cause:
            raise RuntimeError(saying) from cause
    except RuntimeError as error:
        record = logging.LogRecord(
            "celery.app.trace", logging.ERROR, "", 1, "task raised: %r", (error,), None
        )
        record.exc_info = (type(error), error, error.__traceback__)
        record.exc_text = "another handler's: +989120000001"
        line = Line("%(levelname)s %(message)s").format(record)
    assert "IntegrityError" in line and "RuntimeError" in line and "test_trust_36" in line
    assert "+98912" not in line and "sesame" not in line and "sk-canary" not in line
