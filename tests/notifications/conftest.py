"""Kinds of letters that only the tests know, a tenant with somebody to write to, and a provider to send through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from notifications import kinds
from notifications.models import Delivery
from notifications.services import Mobile, breaker, delivery, post
from tenants.scope import all_tenants, tenant_scope
from tests.stubs.kavenegar import Kavenegar
from tests.stubs.letters import CODE, NOTE

MOBILE = Mobile("+989123456789")


@pytest.fixture(autouse=True)
def known_kinds() -> None:
    """The two kinds of the tests, and breakers as a new process has them."""
    kinds.register(NOTE)
    kinds.register(CODE)
    breaker.forget()
    delivery._last_tenant.clear()


@pytest.fixture
def provider(settings: Any) -> Iterator[Kavenegar]:
    """An SMS provider, and settings that lead to it."""
    with Kavenegar(key="0f1e2d3c4b5a-canary-key") as stub:
        settings.KAVENEGAR_API_KEY, settings.KAVENEGAR_BASE_URL = stub.key, stub.url
        settings.KAVENEGAR_OTP_TEMPLATE = ""
        yield stub


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """No broker: the rings are kept here, with their arguments."""
    rung: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "web.ring.current_app.send_task",
        lambda name, kwargs, **options: rung.append((name, kwargs)),
        raising=False,
    )
    return rung


@pytest.fixture
def office(request: pytest.FixtureRequest, rings: list[Any]) -> Any:
    """A tenant (``.tenant``) and its owner (``.owner``, with mobile and e-mail); commits are real."""
    request.getfixturevalue("committed_db")
    return make_office("daftar")


class Office:
    """A tenant with one person in it."""

    def __init__(self, tenant: Any, owner: Any) -> None:
        self.tenant, self.owner = tenant, owner

    def post(self, kind: str = "test.note", **kwargs: Any) -> None:
        """Post one letter in a transaction of its own."""
        kwargs.setdefault("to", self.owner)
        if kind == "test.note":
            kwargs.setdefault("data", {"subject": "چاپ فاکتور"})
        else:
            kwargs.setdefault("expires_at", timezone.now() + timedelta(minutes=2))
        with tenant_scope(self.tenant):
            post(kind, **kwargs)

    def letters(self, **conditions: Any) -> list[Delivery]:
        """The tenant's letters, oldest first."""
        with tenant_scope(self.tenant):
            return list(Delivery.objects.filter(**conditions).order_by("pk"))

    def letter(self, **conditions: Any) -> Delivery:
        """The only letter there is."""
        [one] = self.letters(**conditions)
        return one


def make_office(slug: str) -> Office:
    """One more tenant."""
    from helpdesk.console.services import create_tenant
    from tests.worlds import next_mobile

    tenant, owner = create_tenant(
        slug=slug, name="دفتر نمونه", owner_mobile=next_mobile(), owner_name="مهتاب رستگار"
    )
    with tenant_scope(tenant):
        owner.email = f"mahtab@{slug}.example"
        owner.save(update_fields=["email"])
    return Office(tenant, owner)


def time_passes(**span: float) -> None:
    """As if so much time had gone by for every letter that waits."""
    away = timedelta(**span)
    with all_tenants("the clock of the tests"):
        for row in Delivery.objects.filter(state="waiting"):
            row.next_try_at -= away
            row.leased_until = row.leased_until and row.leased_until - away
            row.expires_at = row.expires_at and row.expires_at - away
            row.save(update_fields=["next_try_at", "leased_until", "expires_at"])


def everything_in_the_database() -> str:
    """Every row of every table as text, for looking for what must not be there."""
    import os

    import psycopg

    if connection.vendor != "postgresql":
        raise RuntimeError("reads through the keeper role")
    told = []
    with psycopg.connect(os.environ["KEEPER_DATABASE_URL"]) as keeper:
        names = keeper.execute(
            "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (name,) in names:
            told += [row[0] for row in keeper.execute(f"SELECT t::text FROM {name} t")]
    return "\n".join(told)
