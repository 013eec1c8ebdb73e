"""Fixtures every test may use. How the database comes about: tests/plugins/ground.py and docs/testing.md."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from tests import again
from tests.plugins import ground

# Walks of pages make garbage by the million; collecting it less often saves a tenth of the suite's time.
gc.set_threshold(100_000, 20, 100)

settings.register_profile("quick", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.register_profile("same", settings.get_profile("quick"), derandomize=True)
settings.load_profile("same" if os.environ.get("CI") or os.environ.get("TEST_RUN") else "quick")


def pytest_configure(config: pytest.Config) -> None:
    """Without freshly collected static files (`make test` collects them) names are left unhashed."""
    from django.conf import settings as django_settings

    if os.environ.get("TEST_STATIC") != "1":
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        django_settings.STORAGES = {**django_settings.STORAGES, "staticfiles": plain}


# Written by migrate itself; a test that empties the database leaves them.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database was prepared before the settings were read; without one, say how to get it."""
    if not ground.has_ground():
        pytest.exit(ground.HELP, returncode=2)


@pytest.fixture(scope="session")
def owner_url() -> str:
    """Address of this process's database as the role that owns the tables (PostgreSQL only)."""
    return os.environ["OWNER_DATABASE_URL"]


@pytest.fixture(scope="session")
def keeper_url() -> str:
    """Address of this process's database as the role row-level security does not bind (PostgreSQL only)."""
    return os.environ["KEEPER_DATABASE_URL"]


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    """No test meets another's counters and locks."""
    yield
    from django.core.cache import cache

    if ground.has_ground():
        cache.clear()


def _empty_postgres() -> None:
    """Truncate every table through the owner; the app role may not."""
    import psycopg

    with psycopg.connect(os.environ["OWNER_DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        query = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
        tables = [row[0] for row in connection.execute(query) if row[0] not in KEPT]
        if tables:
            connection.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def _empty_sqlite() -> None:
    """Delete every row; triggers that guard rows against deletion are put back afterwards."""
    import sqlite3

    from django.db import connection as ours

    with sqlite3.connect(ours.settings_dict["NAME"], timeout=20) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        tables = connection.execute(query).fetchall()
        virtual = tuple(f"{name}_" for name, sql in tables if sql.upper().startswith("CREATE VIRTUAL"))
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        for name, _ in tables:
            if name not in KEPT and not (virtual and name.startswith(virtual)):
                connection.execute(f'DELETE FROM "{name}"')
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'").fetchone():
            connection.execute("DELETE FROM sqlite_sequence")
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database where commits are real: for live servers, workers, threads and races.

    Nothing is rolled back, so afterwards every table is emptied and this process's Redis database is flushed. Use
    it instead of the ``django_db`` mark, never beside it.
    """
    from django.db import connections

    with django_db_blocker.unblock():
        try:
            yield
        finally:
            connections.close_all()
            if ground.is_sqlite():
                _empty_sqlite()
            else:
                _empty_postgres()
                _flush_redis()
            again.forget()


def _flush_redis() -> None:
    import redis

    redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()
