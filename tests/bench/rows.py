"""Many rows for a measurement, written past row security by the role it does not bind."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import psycopg
import pytest

from tickets.models import Ticket


def copies(
    url: str, model: Ticket, different: Mapping[str, str], first: int, last: int, **values: object
) -> float:
    """Copies of a ticket, numbered by ``n`` from first to last, with other SQL in some columns; seconds it took."""
    columns = [field.column for field in Ticket._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join(different.get(column, f"t.{column}") for column in columns)
    names = ", ".join(columns)
    began = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as keeper:
        keeper.execute(
            f"INSERT INTO tickets_ticket ({names}) SELECT {chosen} FROM tickets_ticket t, "  # noqa: S608
            "generate_series(%(first)s::bigint, %(last)s::bigint) n WHERE t.id = %(model)s",
            {"first": first, "last": last, "model": model.pk, **values},
        )
    return time.perf_counter() - began


def run(url: str, statement: str, *values: object) -> int:
    """One statement in a transaction of its own; how many rows it touched."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement, values).rowcount


def teller(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Says a line at once, past pytest's capture."""

    def tell(line: str) -> None:
        with capsys.disabled():
            print(f"\n{line}", flush=True)

    return tell
