"""A day of a support house on the real parts. In the suite a few seconds; ``make soak`` makes it twenty minutes.

``SOAK_MINUTES``, ``SOAK_SEED`` (what people do and what goes wrong), ``SOAK_PACE`` (2: everybody half as fast).
"""

from __future__ import annotations

import os
import time

import pytest

from tests.stack import collect_static
from tests.stubs.kavenegar import Sent

from . import day, verdict
from .ledger import Word
from .watch import PROC

MINUTES = float(os.environ.get("SOAK_MINUTES", "0.2"))
SEED = int(os.environ.get("SOAK_SEED", "1405"))
PACE = float(os.environ.get("SOAK_PACE", "1" if MINUTES >= 1 else "0.3"))
CUSTOMERS = 12 if MINUTES >= 1 else 1  # beside five
# What comes before and after the day: making the house, starting, coming home, and the letters that are still owed.
AROUND = 480


@pytest.mark.skipif(not PROC.exists(), reason="memory and open files are read from /proc")
@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.timeout(MINUTES * 60 + AROUND)
def test_fault_30_a_day_loses_nothing_and_grows_nothing(
    committed_db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    collect_static()
    with day.ready(seconds=MINUTES * 60, seed=SEED, pace=PACE, customers=CUSTOMERS) as parts:
        today, house, people, watch = parts
        with watch:
            today.run(house, people)
            watch.looks.append(watch.look())
        lines = verdict.judge(today, house, watch)
        told = verdict.table(today, lines)
        if "SOAK_MINUTES" in os.environ:
            with capsys.disabled():
                print(f"\n{told}\n")
        assert not verdict.broken(lines), told
        assert today.ledger.has_enough(), told
        spoilt = _spoil(today)
        assert set(verdict.broken(verdict.judge(today, house, watch))) == spoilt


def _spoil(today: day.Day) -> set[str]:
    """The same day with faults in its books, and the lines that must tell of them: a judge who sees nothing is none."""
    book, sent = today.ledger, today.provider.sent
    expected = {
        verdict.FAILED,
        verdict.FAULTS,
        verdict.LOST,
        verdict.STRANGE,
        verdict.TWICE,
        verdict.NOBODYS,
    }
    book.saw("GET /", 500, time.monotonic(), 0.1)
    book.fault("nobody came in")
    last = [word for word in book.words if word.is_owed and not word.may_return][-1]
    book.words.append(Word("message", "ghost-0001", 1, is_owed=True))
    book.words.remove(last)
    if held := next((word for word in book.words if word.is_owed and word.files), None):
        held.files = dict.fromkeys(held.files, "another")
        expected.add(verdict.FILES)
    sent.append(sent[0])
    sent.append(Sent(1, "9120000000", "سلام", "no-letter"))
    return expected
