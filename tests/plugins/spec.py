"""Which test proves which promise: the marker ``spec("H22", "H23", part=True)`` and the record of its outcome.

With ``TEST_RUN=name`` the outcome of every test is written to var/test-results/<name>.json, where `make spec` and
the closing summary of `make test` read it. Under xdist only the controller writes; the marker travels to it with
the reports. ``TEST_RUN_MERGE=1`` (a run of some tests only) keeps the other tests' last outcome.
"""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "var" / "test-results"
FEATURES = ROOT / "docs" / "features.md"


def known_ids(text: str | None = None) -> dict[str, str]:
    """Every SPEC id in docs/features.md with its line: ``{"H1": "…"}``, in the file's order."""
    text = FEATURES.read_text(encoding="utf-8") if text is None else text
    return dict(re.findall(r"^\| ([HSB]\d+) \| (.+?) \|$", text, flags=re.MULTILINE))


def _claim(item: pytest.Item, known: dict[str, str]) -> dict:
    """What one test says it proves. Raises UsageError on an id nobody promised."""
    ids: dict[str, bool] = {}
    for mark in item.iter_markers("spec"):
        unknown = [name for name in mark.args if name not in known]
        if unknown or not mark.args or set(mark.kwargs) - {"part"}:
            raise pytest.UsageError(f"{item.nodeid}: spec marker with unknown ids or words: {mark}")
        for name in mark.args:
            ids[name] = ids.get(name, False) or bool(mark.kwargs.get("part", False))
    return {"ids": ids, "is_journey": item.get_closest_marker("journey") is not None}


class Recorder:
    """Gathers outcomes and writes them when the session ends."""

    def __init__(self, run: str) -> None:
        self.run = run
        self.started = time.monotonic()
        self.tests: dict[str, dict] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One test has set-up, call and tear-down; the worst of the three is its outcome."""
        claim = dict(report.user_properties).get("spec", {"ids": {}, "is_journey": False})
        test = self.tests.setdefault(report.nodeid, {**claim, "outcome": "passed", "seconds": 0.0})
        test["seconds"] = round(test["seconds"] + report.duration, 3)
        if report.failed:
            test["outcome"] = "failed"
        elif report.skipped and test["outcome"] == "passed":
            test["outcome"] = "skipped"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read is a failure of its own."""
        if report.failed:
            self.tests[report.nodeid or "collection"] = {
                "ids": {},
                "is_journey": False,
                "outcome": "failed",
                "seconds": 0,
            }

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write var/test-results/<run>.json whole: to a draft first, then in one move."""
        RESULTS.mkdir(parents=True, exist_ok=True)
        target = RESULTS / f"{self.run}.json"
        tests = self.tests
        if os.environ.get("TEST_RUN_MERGE") == "1" and target.exists():
            tests = {**json.loads(target.read_text())["tests"], **tests}
        counts = dict.fromkeys(("passed", "failed", "skipped"), 0)
        for test in self.tests.values():
            counts[test["outcome"]] += 1
        seconds = round(time.monotonic() - self.started, 1)
        record = {"run": self.run, "exit": int(exitstatus), "seconds": seconds, **counts, "tests": tests}
        draft = target.with_suffix(".draft")
        draft.write_text(json.dumps(record, ensure_ascii=False, indent=1))
        draft.replace(target)


def pytest_configure(config: pytest.Config) -> None:
    """Record in the controller (or the only process), never in an xdist worker."""
    run = os.environ.get("TEST_RUN")
    if run and not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(Recorder(run), "spec-recorder")


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Check the markers and fasten each test's claim to its reports."""
    known = known_ids()
    claims = {}
    for item in items:
        claims[item.nodeid] = _claim(item, known)
        item.user_properties.append(("spec", claims[item.nodeid]))
    listing = os.environ.get("SPEC_LISTING")
    if listing:
        Path(listing).write_text(json.dumps(claims))
