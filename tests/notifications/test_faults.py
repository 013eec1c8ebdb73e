"""TRUST's faults 1, 2, 5 and 29, and statement 10, in short form: real processes, real sockets."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from notifications.services import delivery
from tests.stubs.kavenegar import Kavenegar

from .conftest import Office, everything_in_the_database, time_passes

ROOT = Path(__file__).resolve().parents[2]
# Unmistakable: six digits could stand in any timestamp.
CANARY = "90817263544536271809"

pytestmark = pytest.mark.postgres


def until(happens: Callable[[], object], seconds: float = 30) -> None:
    """Wait for it, or fail."""
    ends = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def worker(provider: Kavenegar) -> Iterator[subprocess.Popen]:
    """The product's Celery worker in a process group of its own; whatever is left of it is killed."""
    environment = {**os.environ, "KAVENEGAR_API_KEY": provider.key, "KAVENEGAR_BASE_URL": provider.url}
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "tests.stubs.worker",
        "worker",
        "-c",
        "1",
        "-l",
        "WARNING",
    ]
    process = subprocess.Popen(
        [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen) -> None:
    """SIGKILL the main process and its children, all of one group that the test started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_fault_01_worker_killed_between_claim_and_send(
    office: Office, provider: Kavenegar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # real rings, to a real broker
    # The SMS is out and the answer is on its way when the worker dies: the hardest moment.
    provider.mode, provider.seconds = "late", 0.4
    for n in range(14):
        office.post(key=f"letter-{n}", channels=("sms",))
    for goal in (3, 6, 14):
        with worker(provider) as process:
            office.post("test.code", secret=CANARY, channels=("sms",), key=f"ring-{goal}")
            until(lambda goal=goal: len(provider.sent) >= goal)
            if goal < 14:
                kill(process)
                cut = [row for row in office.letters(kind="test.note") if row.lease is not None]
                assert cut and any(row.attempt_open for row in cut), (
                    "the worker held nothing when it was killed"
                )
                # Its lease is over; the next ring finds what it held.
                time_passes(minutes=5, seconds=1)
            else:
                until(lambda: not office.letters(state="waiting"))
    notes = office.letters(kind="test.note")
    assert {row.state for row in notes} == {"sent"}
    said = [one.localid for one in provider.sent]
    assert (
        len(said) == len(set(said)) and len([one for one in provider.sent if CANARY not in one.message]) == 14
    )
    assert max(row.tries for row in notes) in (2, 3)


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """A Redis nobody else uses, to be stopped at will."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"

    def answers() -> bool:
        try:
            return bool(redis.Redis.from_url(url).ping())
        except redis.ConnectionError:
            return False

    try:
        until(answers)
        yield url, server
    finally:
        server.send_signal(signal.SIGCONT)
        server.kill()
        server.wait()


POSTER = """
import sys, time, django
django.setup()
from notifications import kinds
from notifications.services import Mobile, post
from tenants.scope import tenant_scope
from tests.stubs.letters import NOTE
kinds.register(NOTE)
for line in sys.stdin:
    began = time.monotonic()
    with tenant_scope(int(sys.argv[1])):
        post("test.note", to=Mobile("+989123456789"), data={"subject": line.strip()}, channels=("sms",))
    print(time.monotonic() - began, flush=True)
"""


def test_fault_02_broker_silent_reply_commits_within_two_seconds(
    office: Office, provider: Kavenegar, own_redis: tuple[str, subprocess.Popen]
) -> None:
    url, server = own_redis
    environment = {**os.environ, "REDIS_URL": url, "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    poster = subprocess.Popen(
        [sys.executable, "-c", POSTER, str(office.tenant.pk)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )

    def post(subject: str) -> float:
        poster.stdin.write(f"{subject}\n")
        poster.stdin.flush()
        return float(poster.stdout.readline())

    try:
        assert post("with a broker") < 2
        assert redis.Redis.from_url(url).llen("normal") == 1
        server.send_signal(signal.SIGSTOP)
        assert [
            seconds for seconds in (post("silent 1"), post("silent 2"), post("silent 3")) if seconds > 2
        ] == []
        server.kill()
        assert post("dead") < 2
    finally:
        poster.kill()
        poster.communicate()
    assert [row.data["subject"] for row in office.letters()] == [
        "with a broker",
        "silent 1",
        "silent 2",
        "silent 3",
        "dead",
    ]
    # The minute's beat needs no memory of the lost rings.
    assert delivery.deliver() == 5 and len(provider.sent) == 5


@pytest.mark.slow
def test_fault_05_sms_stall_holds_slot_at_most_13_seconds(office: Office, provider: Kavenegar) -> None:
    provider.mode, provider.seconds = "stall", 60
    office.post(channels=("sms",))
    began = time.monotonic()
    assert delivery.deliver() == 1
    assert time.monotonic() - began <= 13.5
    row = office.letter()
    assert row.state == "waiting" and row.next_try_at > row.created_at and row.error


@pytest.mark.parametrize("mode", ["html", "drop", "lost", "garbage"])
def test_fault_05_every_letter_arrives_once_after_the_fault_is_over(
    office: Office, provider: Kavenegar, mode: str
) -> None:
    for n in range(6):
        office.post(channels=("sms",), key=f"letter-{n}")
    provider.mode, provider.times = mode, 4
    for _ in range(4):
        delivery.deliver()
        time_passes(minutes=10)
        delivery.breaker.of("sms").open_until = 0.0
    assert {row.state for row in office.letters()} == {"sent"}
    assert len(provider.sent) == 6 and max(row.tries for row in office.letters()) <= 5


def test_fault_05_an_empty_account_raises_one_alarm(
    office: Office, provider: Kavenegar, caplog: pytest.LogCaptureFixture
) -> None:
    provider.mode, provider.code = "error", 418
    for n in range(12):
        office.post(channels=("sms",), key=f"letter-{n}")
    assert delivery.deliver() == 12
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL] == [
        "letters need a hand: sms-418"
    ]
    assert {row.error for row in office.letters()} == {"اعتبار درگاه پیامک تمام شده است (418)"}


@pytest.mark.parametrize("template", ["", "peygir-login"])
def test_fault_29_no_key_or_code_in_logs_or_rows(
    office: Office,
    provider: Kavenegar,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    rings: list,
    template: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.KAVENEGAR_OTP_TEMPLATE = template
    provider.seconds = 0.1
    for mode in ("ok", "error", "html", "stall", "drop", "lost", "garbage"):
        provider.mode = mode
        office.post("test.code", secret=CANARY, channels=("sms", "email"))
        delivery.deliver()
        delivery.breaker.forget()
    settings.KAVENEGAR_BASE_URL = "http://127.0.0.1:9"
    office.post("test.code", secret=CANARY, channels=("sms",))
    delivery.deliver()
    rows = everything_in_the_database()
    assert rows.count("test.code") >= 8, "the rows were looked at"
    for secret in (CANARY, provider.key):
        assert secret not in caplog.text and secret not in str(rings)
        assert secret not in rows and secret.encode().hex() not in rows
    assert any(
        CANARY in (*fields.values(), *[fields.get("message", "")[8:28]]) for _, fields in provider.requests
    )


def test_trust_10_code_is_nowhere_in_clear(
    office: Office, provider: Kavenegar, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.undo()  # real rings, to a real broker: its messages are looked at too
    store = redis.Redis.from_url(os.environ["REDIS_URL"])
    office.post("test.code", secret=CANARY, channels=("sms",))

    def told() -> str:
        values = []
        for key in store.keys("*"):
            values.append(str(key))
            values.append(str(store.dump(key)))
            if store.type(key) == b"list":
                values.append(str(store.lrange(key, 0, -1)))
        return everything_in_the_database() + caplog.text + "\n".join(values)

    waiting = told()
    assert "notifications.deliver" in waiting, "the broker's messages were looked at"
    delivery.deliver()
    sent = told()
    assert (
        CANARY in provider.sent[0].message
        and office.letter().state == "sent"
        and office.letter().secret is None
    )
    for text in (waiting, sent):
        assert CANARY not in text and CANARY.encode().hex() not in text
