"""`make spec`: which tests and journeys prove which promise of docs/features.md, and how their last run ended.

proven    every test passed in its last run, none covers only a part, and at least one is a browser journey
partial   something of it is shown, but not all of that
none      no test of it has passed

FORMAT=tsv prints id, state, number of tests, number of journeys.
"""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import prepare
from terminal import PYTHON, ROOT, VAR, Stop, main

FEATURES = ROOT / "docs" / "features.md"
RESULTS = VAR / "test-results"
# Of several outcomes of one test (parameters, databases) the worst one counts.
WORST_FIRST = ("failed", "skipped", "not run", "passed")


@dataclass
class Test:
    """One test function: what it claims and how it last ended."""

    name: str
    is_journey: bool
    part: bool = False
    outcomes: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """The worst of its outcomes."""
        return next((name for name in WORST_FIRST if name in self.outcomes), "not run")


def collected() -> dict[str, dict]:
    """Every test there is now with its claim, by node id; asked from pytest, runs nothing."""
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "listing.json"
        command = [str(PYTHON), "-m", "pytest", "-q", "--collect-only"]
        environ = {**os.environ, "SPEC_LISTING": str(listing)}
        done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
        if done.returncode or not listing.exists():
            raise Stop(f"The tests could not be listed:\n{(done.stdout + done.stderr)[-2000:]}", code=1)
        return json.loads(listing.read_text())


def last_outcomes() -> dict[str, list[str]]:
    """Outcomes of each test by node id, one for every part of `make test` it ran in."""
    found: dict[str, list[str]] = {}
    for file in sorted(RESULTS.glob("*.json")):
        for name, test in json.loads(file.read_text())["tests"].items():
            found.setdefault(name, []).append(test["outcome"])
    return found


def by_promise(promises: dict[str, str]) -> dict[str, list[Test]]:
    """For each id the tests that claim it; parameters of one function are one test."""
    outcomes = last_outcomes()
    tests: dict[str, dict[str, Test]] = {name: {} for name in promises}
    for node, claim in collected().items():
        function = re.sub(r"\[.*", "", node)
        for name, part in claim["ids"].items():
            test = tests[name].setdefault(function, Test(function, claim["is_journey"]))
            test.part = test.part or part
            test.outcomes += outcomes.get(node, ["not run"])
    return {name: list(found.values()) for name, found in tests.items()}


def state(tests: list[Test]) -> str:
    """proven, partial or none."""
    if not any(test.outcome == "passed" for test in tests):
        return "none"
    whole = all(test.outcome == "passed" and not test.part for test in tests)
    return "proven" if whole and any(test.is_journey for test in tests) else "partial"


def run() -> None:
    """Print the list."""
    prepare.environment()
    prepare.packages(dev=True)
    promises = dict(
        re.findall(r"^\| ([HSB]\d+) \| (.+?) \|$", FEATURES.read_text(encoding="utf-8"), re.MULTILINE)
    )
    table = by_promise(promises)
    if os.environ.get("FORMAT") == "tsv":
        for name, tests in table.items():
            journeys = sum(test.is_journey for test in tests)
            print(name, state(tests), len(tests) - journeys, journeys, sep="\t")
        return
    counts = {"proven": 0, "partial": 0, "none": 0}
    for name, tests in table.items():
        counts[state(tests)] += 1
        print(f"{name:<4} {state(tests):<8} {promises[name]}")
        for test in sorted(tests, key=lambda test: (not test.is_journey, test.name)):
            kind = "journey" if test.is_journey else "test"
            print(f"       {test.outcome:<8} {kind:<8} {test.name}{'  (a part)' if test.part else ''}")
    print(
        f"\n{counts['proven']} proven, {counts['partial']} partial, {counts['none']} none of {len(promises)}."
    )


if __name__ == "__main__":
    main(run)
