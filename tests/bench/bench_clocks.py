"""One sweep with 1,000 clocks turning this minute, among 10,000 and among 1,000,000 open tickets (H4)."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.scope import tenant_scope
from tests.bench.rows import copies, run, teller
from tests.worlds import House, make_house, make_ticket
from tickets.services import turning

TURNING = 1_000
SIZES = (10_000, int(os.environ.get("BENCH_TICKETS", "1000000")))
ROUNDS = 12
RATIO = 1.3
# Of the rows made here these columns differ; the rest is as in a ticket opened by hand.
DIFFERENT = {
    "number": "100000 + n",
    "tracking_code": "'B' || n",
    "client_key": "gen_random_uuid()",
    "assignee_id": "(%(people)s::bigint[])[1 + n %% 4]",
    "priority": "1 + n %% 4",
    "updated_at": "now() - (n %% 5000) * interval '7 minutes'",
    "created_at": "now() - (n %% 5000) * interval '7 minutes'",
    "last_message_at": "now() - (n %% 5000) * interval '7 minutes'",
    "waiting_since": "now() - interval '1 hour'",
    "yellow_at": "now() + interval '2 days' + (n %% 9000) * interval '1 minute'",
    "red_at": "now() + interval '9 days' + (n %% 9000) * interval '1 minute'",
    "colour_turns_at": "now() + interval '2 days' + (n %% 9000) * interval '1 minute'",
}


def _make_due(url: str, size: int, turn: int) -> None:
    """A thousand tickets spread over the whole table turn yellow now; another thousand each time."""
    step = size // TURNING
    run(
        url,
        "UPDATE tickets_ticket SET yellow_at = now() - interval '1 second', colour = 'green', told_colour = '', "
        "colour_turns_at = now() - interval '1 second' WHERE number > 100000 AND number %% %s = %s",
        step,
        turn % step,
    )


def _measure(url: str, size: int) -> tuple[float, int, list[float]]:
    """Seconds of the quickest sweep, its statements, and each round's seconds.

    The quickest, because what else the machine does only ever makes a round slower.
    """
    seconds: list[float] = []
    for turn in range(ROUNDS):
        _make_due(url, size, turn)
        began = time.perf_counter()
        assert turning.sweep() == TURNING
        seconds.append(time.perf_counter() - began)
    _make_due(url, size, ROUNDS)
    with CaptureQueriesContext(connection) as seen:
        assert turning.sweep() == TURNING
    return min(seconds[1:]), len(seen), seconds


@pytest.mark.postgres
@pytest.mark.timeout(3600)
def test_a_sweep_costs_what_turns_not_what_is_open(
    committed_db: None, owner_url: str, keeper_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    house = make_house("arvand")
    people = [house.staff.pk, house.colleague.pk, house.manager.pk, house.finance_manager.pk]
    with tenant_scope(house.tenant):
        model = make_ticket(house, staff=house.staff)
    told: Callable[[str], None] = teller(capsys)
    figures: dict[int, tuple[float, int, list[float]]] = {}
    made = 0
    for size in SIZES:
        took = copies(keeper_url, model, DIFFERENT, made + 1, size, people=people)
        made = size
        run(owner_url, "VACUUM (ANALYZE) tickets_ticket")
        idle = _idle(house)
        quickest, statements, rounds = figures[size] = _measure(keeper_url, size)
        shown, middle = [round(one * 1000) for one in rounds[1:]], statistics.median(rounds[1:])
        told(
            f"{size:>9,} open: {statements} statements, quickest {quickest * 1000:.0f} ms, median {middle * 1000:.0f}"
            f" of {shown}; with nothing to do {idle * 1000:.1f} ms; filled in {took:.0f} s"
        )
    small, big = (figures[size] for size in SIZES)
    told(f"ratio {big[0] / small[0]:.2f} (≤ {RATIO}); statements {small[1]} and {big[1]}")
    assert small[1] == big[1]
    assert big[0] / small[0] <= RATIO


def _idle(house: House) -> float:
    """Seconds of a sweep that finds nothing."""
    turning.sweep()
    began = time.perf_counter()
    assert turning.sweep() == 0
    return time.perf_counter() - began
