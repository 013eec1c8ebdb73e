"""TRUST 14: nobody learns from us whether a number or a name is known."""

from __future__ import annotations

import re
import statistics
import time
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.roles import Role
from accounts.services import login as entering
from accounts.services import otp, people
from notifications.models import Delivery
from persian.mobile import show
from tenants.scope import tenant_scope
from tests.accounts.folk import (
    ask_code,
    challenges,
    give_code,
    give_password,
    make_folk,
    plain_page,
)

NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)


def shape_of(queries: list[dict]) -> list[str]:
    """Statements without their values."""
    shapes = []
    for query in queries:
        text = re.sub(
            r"""\b[bX]?'(?:[^']|'')*'(?:::\w+)?|\bb"[^"]*"|'(?:[^']|'')*'(?:::\w+)?|\bNULL\b|-?\b\d+\b""",
            "?",
            query["sql"],
        )
        shapes.append(re.sub(r"s\d+_x\d+|\s", "", text))
    return shapes


def rows_by_table() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def headers_of(response) -> dict[str, str]:
    kept = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    cookies = re.sub(r"=[A-Za-z0-9]{20,}", "=…", response.cookies.output())
    kept["cookies"] = re.sub(r"expires=[^;]+", "", cookies)
    return kept


def record(folk, steps):
    """Walk the steps in a fresh browser; what could be seen from outside and from below."""
    browser = folk.browser()
    browser.get("/login/")  # the host is looked up once a minute
    seen = []
    for step in steps:
        with tenant_scope(folk.tenant):
            before = rows_by_table()
        with CaptureQueriesContext(connection) as captured:
            response = step(browser)
        with tenant_scope(folk.tenant):
            after = rows_by_table()
        written = {table: after[table] - before[table] for table in after if after[table] != before[table]}
        seen.append(
            (response.status_code, plain_page(response), headers_of(response), shape_of(captured), written)
        )
    return seen


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H22")
@pytest.mark.parametrize("unknown", ["nobody", "switched off", "visitor", "another tenant's", "company off"])
def test_trust_14_known_and_unknown_numbers_look_the_same_from_outside_and_below(unknown):
    with time_machine.travel(NOON, tick=False):
        folk = make_folk()
        mobile = _unknown_number(folk, unknown)

        def walk(number: str):
            return record(
                folk,
                [
                    lambda browser: ask_code(browser, number, REMOTE_ADDR="10.7.0.1"),
                    lambda browser: browser.get("/login/code/"),
                    lambda browser: give_code(browser, "000000"),
                    lambda browser: browser.post("/login/code/", {"again": "1"}),
                ],
            )

        known = walk(folk.staff.mobile)
        stranger = walk(mobile)
        assert len(known) == len(stranger) == 4
        for step, (ours, theirs) in enumerate(zip(known, stranger, strict=True)):
            text_ours = ours[1].replace(_shown(folk.staff.mobile), "…")
            assert (ours[0], text_ours) == (theirs[0], theirs[1].replace(_shown(mobile), "…")), step
            assert ours[2] == theirs[2], step
            assert [a for a, b in zip(ours[3], theirs[3], strict=True) if a != b] == [], step
            assert ours[4] == theirs[4], step
        assert known[0][4]["accounts_otpchallenge"] == known[0][4]["notifications_delivery"] == 1
        with tenant_scope(folk.tenant):
            states = list(Delivery.objects.order_by("id").values_list("state", "recipient_id"))
        assert states == [("waiting", None), ("skipped", None)]


def _shown(mobile: str) -> str:
    return show(mobile)


def _unknown_number(folk, kind: str) -> str:
    if kind == "nobody":
        return "+989350009999"
    if kind == "another tenant's":
        return make_folk("sepehr").staff.mobile
    with tenant_scope(folk.tenant):
        if kind == "switched off":
            people.switch_off(folk.customer, actor=folk.owner)
            return folk.customer.mobile
        if kind == "company off":
            type(folk.customer.customer).objects.update(is_active=False)
            return folk.customer.mobile
        return User.objects.create(role=Role.VISITOR, mobile="+989350008888", password="!").mobile


@pytest.mark.django_db
def test_trust_14_even_the_right_code_of_an_unknown_number_opens_nothing(monkeypatch):
    monkeypatch.setattr(otp.secrets, "randbelow", lambda top: 402815)
    folk = make_folk()
    browser = folk.browser()
    ask_code(browser, "09350009999")
    answer = give_code(browser, "402815")
    assert answer.status_code == 422
    assert (challenges(folk.tenant)[0].tries, challenges(folk.tenant)[0].used_at) == (1, None)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_trust_14_wrong_password_unknown_name_and_no_password_look_the_same():
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    with tenant_scope(folk.tenant):
        people.choose_username(folk.customer, actor=folk.customer, username="mina")
    # What was typed is the guesser's own knowledge, so names are compared with names, numbers with numbers.
    _compare(folk, ["siavash", "mina", "nobody"])
    _compare(folk, [folk.staff.mobile, folk.customer.mobile, "+989350009999"])


def _compare(folk, names):
    seen = []
    with time_machine.travel(NOON, tick=False):
        for at, name in enumerate(names):
            ((status, page, *rest),) = record(
                # Each from an address of its own: what one has typed must not show in another's page.
                folk,
                [lambda browser, name=name, at=at: _by_password(browser, name, "نادرست-77", f"10.7.1.{at}")],
            )
            seen.append((status, page.replace(f'value="{name}"', ""), *rest))
    assert seen[0][0] == 422
    for name, other in zip(names, seen, strict=True):
        assert other == seen[0], name


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["person", "password"])
def test_trust_14_one_hash_is_computed_whatever_is_missing(monkeypatch, missing):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    folk = make_folk()
    give_password(folk.staff, username="siavash")
    runs = []
    for method in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, method)

        def counted(self, *args, real=real, method=method, **kwargs):
            runs.append(method)
            return real(self, *args, **kwargs)

        monkeypatch.setattr(Argon2PasswordHasher, method, counted)
    name = {"person": "nobody", "password": folk.customer.mobile}[missing]
    with tenant_scope(folk.tenant):
        for identifier in ("siavash", name):
            tried = entering.by_password(identifier, "نادرست", tenant=folk.tenant, address="10.7.0.9")
            assert not tried.is_right
    assert len(runs) == 2


def _by_password(browser, name, password, address="127.0.0.1"):
    fields = {"way": "pass", "username": name, "password": password}
    return browser.post("/login/", fields, REMOTE_ADDR=address)


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.postgres
def test_trust_14_known_and_unknown_numbers_take_the_same_time(monkeypatch):
    monkeypatch.setattr(otp, "TENANT_A_DAY", 10**6)
    folk = make_folk()
    ratios = []
    for attempt in range(3):
        known = [f"+98936{attempt}{at:06d}" for at in range(200)]
        with tenant_scope(folk.tenant):
            User.objects.bulk_create(
                User(role=Role.STAFF, mobile=mobile, password="!", tenant=folk.tenant) for mobile in known
            )
        took: dict[bool, list[float]] = {True: [], False: []}
        for at, mobile in enumerate(known):
            for is_known in (True, False) if at % 2 else (False, True):
                number = mobile if is_known else mobile.replace("+98936", "+98937")
                browser = folk.browser()
                started = time.perf_counter()
                answer = ask_code(browser, number, REMOTE_ADDR=f"10.{attempt}.{at}.{int(is_known)}")
                took[is_known].append(time.perf_counter() - started)
                assert answer.status_code == 302
        ratios.append(statistics.median(took[True]) / statistics.median(took[False]))
        if 0.8 <= ratios[-1] <= 1.25:
            break
    assert 0.8 <= ratios[-1] <= 1.25, ratios
