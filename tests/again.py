"""A world that the services have built once in a process, written again for the next test as the rows it was.

A house takes the services some two hundred statements. Most tests want the same one, in a transaction that is rolled
back, so after the first time its rows are inserted as they were read, table by table, and its people come from a
pickle. Wherever that would not be the same (real commits, a clock that a test has set, rows changed that were there
before), the services build it.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from tenants.scope import all_tenants

T = TypeVar("T")
_usual_now = timezone.now
Rows = dict[str, dict[Any, tuple[Any, ...]]]
Inserts = list[tuple[str, list[Any] | None]]


@dataclass(frozen=True)
class Recording:
    """Insert statements, each with its values, and what the building gave back."""

    inserts: Inserts
    built: bytes


_known: dict[Any, Recording] = {}


def forget() -> None:
    """The tables were emptied and their ids begin anew: what is recorded could meet other rows' ids."""
    _known.clear()


def again(key: Any, build: Callable[[], T]) -> T:
    """What ``build`` gives, built the first time and written again afterwards."""
    if not connection.in_atomic_block or timezone.now is not _usual_now:
        return build()
    key = (key, _next_ids())
    if (known := _known.get(key)) is not None:
        with all_tenants("the rows of a recorded world"), connection.cursor() as cursor:
            for statement, values in known.inserts:
                cursor.execute(statement, values)
        found: T = pickle.loads(known.built)  # noqa: S301 (our own, made below)
        return found
    before = _photograph()
    built = build()
    inserts = _inserts(before, _photograph())
    if inserts is not None:
        _known[key] = Recording(_in_one(inserts), pickle.dumps(built))
    return built


def _next_ids() -> frozenset[tuple[str, int]]:
    """Where ids go on from: SQLite rolls its counters back with the rest, so a recording fits one state of them."""
    if connection.vendor != "sqlite":
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, seq FROM sqlite_sequence")
        return frozenset(cursor.fetchall())


def _photograph() -> Rows:
    with all_tenants("the rows of a world"), connection.cursor() as cursor:
        found: Rows = {}
        for model in _models():
            cursor.execute(f"SELECT {_columns(model)} FROM {_table(model)}")  # noqa: S608 (our own names)
            place = [field.primary_key for field in model._meta.concrete_fields].index(True)
            found[model._meta.db_table] = {row[place]: tuple(map(_plain, row)) for row in cursor.fetchall()}
    return found


def _inserts(before: Rows, after: Rows) -> Inserts | None:
    """One statement a table; None when the building has touched rows that were there."""
    found: Inserts = []
    for model in _models():
        old, new = before[model._meta.db_table], after[model._meta.db_table]
        if any(new.get(pk) != row for pk, row in old.items()):
            return None
        if rows := [row for pk, row in new.items() if pk not in old]:
            line = f"({', '.join(['%s'] * len(rows[0]))})"
            statement = (
                f"INSERT INTO {_table(model)} ({_columns(model)}) VALUES {', '.join([line] * len(rows))}"  # noqa: S608
            )
            found.append((statement, [value for row in rows for value in row]))
    return found


def _in_one(inserts: Inserts) -> Inserts:
    """On PostgreSQL all of them as one text, which is sent at once and whose values are quoted already."""
    if connection.vendor != "postgresql":
        return inserts
    with connection.cursor() as cursor:
        return [(";\n".join(cursor.mogrify(statement, values) for statement, values in inserts), None)]


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _columns(model: type[models.Model]) -> str:
    return ", ".join(connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
