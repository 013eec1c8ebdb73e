"""A day of a support house on the real parts. In the suite a few seconds; ``make soak`` makes it twenty.

``SOAK_MINUTES``, ``SOAK_SEED`` (what people do and what goes wrong), ``SOAK_PACE`` (2: everybody half as fast).
"""

from __future__ import annotations

import os

import pytest

from tests.stack import collect_static

from . import day, verdict

MINUTES = float(os.environ.get("SOAK_MINUTES", "0.2"))
SEED = int(os.environ.get("SOAK_SEED", "1405"))
PACE = float(os.environ.get("SOAK_PACE", "1" if MINUTES >= 1 else "0.3"))
CUSTOMERS = 12 if MINUTES >= 1 else 1  # beside five
# What comes before and after the day: making the house, starting, coming home, and the letters that are still owed.
AROUND = 480


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.timeout(MINUTES * 60 + AROUND)
def test_soak_a_day_loses_nothing_and_grows_nothing(
    committed_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    collect_static()
    with day.ready(seconds=MINUTES * 60, seed=SEED, pace=PACE, customers=CUSTOMERS) as (
        today,
        house,
        people,
        watch,
    ):
        with watch:
            today.run(house, people)
            watch.looks.append(watch.look())
        lines = verdict.judge(today, house, watch)
        told = verdict.table(today, lines)
    with capsys.disabled():
        if "SOAK_MINUTES" in os.environ:
            print(f"\n{told}\n")
    assert not verdict.broken(lines), told
