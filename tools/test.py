"""`make test`: prepares, starts a PostgreSQL and a Redis of its own, runs four parts, says what ran on what.

ONLY=check,postgres,sqlite,journeys chooses parts; K=words is given to pytest as -k.
"""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

import check
import prepare
import services
from terminal import PYTHON, ROOT, VAR, Stop, die_with_parent, in_ci, main, say

PARTS = ("check", "postgres", "sqlite", "journeys")
RESULTS = VAR / "test-results"
# One more than the cores: tests often wait for a database, a provider that stalls, or a lock.
WORKERS = os.environ.get("WORKERS", str(1 + (os.cpu_count() or 1)))
# A browser is several processes itself: one more of them only makes each slower.
BROWSERS = os.environ.get("WORKERS", "2")
SPREAD = ("-n", WORKERS, "--dist", "loadfile")  # what that means: tests/plugins/spread.py
# Where every journey is and nothing else (tests/test_architecture.py): no process reads files it will not run.
JOURNEYS = "tests/journeys"
NO_TESTS_COLLECTED = 5


@dataclass
class Outcome:
    """How one part went. ``ran`` counts checks or tests; ``ok`` is None when the part could not run here."""

    part: str
    on: str
    ok: bool | None
    ran: int
    text: str
    seconds: float


def chosen() -> list[str]:
    """The parts asked for by ONLY, all when nothing is."""
    only = [name for name in os.environ.get("ONLY", "").replace(",", " ").split() if name]
    unknown = [name for name in only if name not in PARTS]
    if unknown:
        raise Stop(f"There is no part “{unknown[0]}”; the parts are {', '.join(PARTS)}.")
    return [name for name in PARTS if not only or name in only]


def needs(parts: list[str]) -> list[str]:
    """Programs of the machine that the chosen parts use."""
    wanted = {
        "check": ["docker-compose"],
        "postgres": ["postgres", "redis-server"],
        "sqlite": [],
        "journeys": ["postgres", "redis-server", "chromium"],
    }
    return list(dict.fromkeys(name for part in parts for name in wanted[part]))


def run_check() -> Outcome:
    """`make check` as a part."""
    started = time.monotonic()
    outcomes = check.check()
    failed = [name for name, outcome in outcomes if outcome == "failed"]
    absent = [name for name, outcome in outcomes if outcome == "not run"]
    text = f"{len(outcomes) - len(failed) - len(absent)} clean, {len(failed)} failed"
    if absent:
        text += f", not run: {', '.join(absent)}"
    return Outcome(
        "check", "the code", not failed, len(outcomes) - len(absent), text, time.monotonic() - started
    )


def run_pytest(part: str, on: str, expression: str, environ: dict[str, str], *more: str) -> Outcome:
    """One run of pytest; its outcome is read from the record of tests/plugins/spec.py."""
    words = os.environ.get("K", "")
    record = RESULTS / f"{part}.json"
    started = time.time()
    command = [str(PYTHON), "-m", "pytest", "-q", "-m", expression, *more, *(["-k", words] if words else [])]
    if limit := os.environ.get("TEST_TIMEOUT"):
        command += [f"--timeout={limit}"]
    known = {**os.environ, **environ, "TEST_RUN": part, "TEST_RUN_MERGE": "1" if words else "0"}
    code = subprocess.run(command, cwd=ROOT, env=known, stdin=subprocess.DEVNULL).returncode
    seconds = time.time() - started
    if not record.exists() or record.stat().st_mtime < started - 1:
        return Outcome(part, on, False, 0, f"pytest ended with {code} and left no record", seconds)
    counts = json.loads(record.read_text())
    ran = counts["passed"] + counts["failed"]
    text = f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"
    # Words that match nothing in one part are no fault; a part without tests is.
    ok = code == 0 or (code == NO_TESTS_COLLECTED and bool(words))
    if in_ci() and counts["skipped"]:
        ok, text = False, text + " (in CI nothing may be skipped)"
    return Outcome(part, on, ok, ran, text, seconds)


def run_part(part: str, pair: services.Services | None) -> Outcome:
    """One part on what it needs."""
    if part == "check":
        return run_check()
    if part == "sqlite":
        return run_pytest(
            "sqlite",
            "SQLite, no Redis",
            "sqlite and not postgres and not journey",
            {"TEST_SQLITE": "1"},
            f"--ignore={JOURNEYS}",
            *SPREAD,
        )
    if pair is None:
        return Outcome(part, "PostgreSQL, Redis", None, 0, "not run: PostgreSQL or Redis is missing here", 0)
    if part == "postgres":
        return run_pytest(
            "postgres",
            "PostgreSQL, Redis",
            "not journey",
            pair.environment,
            f"--ignore={JOURNEYS}",
            *SPREAD,
        )
    chromium = services.program("chromium")
    if not chromium:
        return Outcome(part, "Chromium, PostgreSQL, Redis", None, 0, "not run: Chromium is missing here", 0)
    environ = {**pair.environment, "CHROMIUM": chromium}
    return run_pytest(
        "journeys",
        "Chromium, PostgreSQL, Redis",
        "journey",
        environ,
        JOURNEYS,
        "-n",
        BROWSERS,
        "--dist",
        "loadfile",
    )


def summary(outcomes: list[Outcome]) -> int:
    """Say what ran on what. Returns the exit status."""
    say("")
    words = {True: "ok", False: "FAILED", None: "NOT RUN"}
    for outcome in outcomes:
        minutes = f"{int(outcome.seconds) // 60}:{int(outcome.seconds) % 60:02d}"
        say(f"  {outcome.part:<9} {words[outcome.ok]:<8} {minutes:>6}  {outcome.text}  · on {outcome.on}")
    total = sum(outcome.ran for outcome in outcomes if outcome.part != "check")
    seconds = int(sum(outcome.seconds for outcome in outcomes))
    say(f"  {total} tests in {seconds // 60} min {seconds % 60} s")
    bad = any(outcome.ok is False or (outcome.ok is None and in_ci()) for outcome in outcomes)
    nothing = not any(outcome.ran for outcome in outcomes)
    return 1 if bad or nothing else 0


def prepare_grounds(pair: services.Services | None) -> None:
    """Migrate the templates of databases that test processes copy, while the checks leave a core idle.

    Who comes earlier waits for them (tests/plugins/ground.py), and finds out what is wrong when they cannot be made.
    """
    for environ in (pair.environment if pair else {}, {"TEST_SQLITE": "1"}):
        if environ:
            subprocess.run(
                [str(PYTHON), "-m", "tests.plugins.ground"],
                cwd=ROOT,
                env={**os.environ, **environ},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                preexec_fn=die_with_parent,
            )


def environment_of_static() -> tuple[dict[str, str], str]:
    """Static files are collected under the demo's settings; the hashed names are the same everywhere."""
    var = tempfile.mkdtemp(prefix="peygir-static-")
    return check.demo(var), var


def run() -> int:
    """The steps in their order."""
    parts = chosen()
    # Eight test processes and many servers read the same modules: they are compiled once, not in each.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    prepare.environment()
    prepare.packages(dev=True)
    if parts != ["check"]:
        prepare.assets(dev=True)
        environ, var = environment_of_static()
        try:
            prepare.static(environ)
        finally:
            shutil.rmtree(var, ignore_errors=True)
        os.environ["TEST_STATIC"] = "1"
    services.install(needs(parts))
    absent = services.missing(needs(parts))
    if absent and in_ci():
        raise Stop(f"Missing, and this is CI: {', '.join(absent)}.")
    outcomes = []
    with contextlib.ExitStack() as stack:
        pair = None
        if {"postgres", "journeys"} & set(parts) and not {"postgres", "redis-server"} & set(absent):
            say("Starting PostgreSQL and Redis …")
            pair = stack.enter_context(services.running())
        if "check" in parts and len(parts) > 1:
            threading.Thread(target=prepare_grounds, args=[pair], daemon=True).start()
        for part in parts:
            say(f"\n── {part} ──")
            outcomes.append(run_part(part, pair))
    return summary(outcomes)


if __name__ == "__main__":
    main(run)
