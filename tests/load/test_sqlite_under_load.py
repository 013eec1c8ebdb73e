"""As under `make run`: SQLite, one web process of eight threads, a worker on the filesystem broker, and people on it.

Makes a database of its own for the processes it starts, so it may run in any part of the tests.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.load.visitor import EDGE, Visitor
from tests.plugins import ground
from tests.stack import BIN, ROOT, Stack, collect_static, free_port

pytestmark = pytest.mark.slow
READERS, WRITERS = 8, 2
SECONDS = 12.0
# People look at a page before they ask for the next one; in the rush nobody does, and only errors count.
PAUSE, RUSH = 0.75, 5.0
CHUNKS, CHUNK = 24, 32 * 1024
# What `make run` does not hand on to the demo.
NOT_OURS = ("DATABASE_URL", "OWNER_DATABASE_URL", "KEEPER_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HTTPS")


@dataclass
class Demo:
    """The running demo: where it is, who has a session, which tickets there are."""

    stack: Stack
    database: Path
    host: str
    sessions: dict[str, dict[str, str]]
    numbers: list[int]
    faults: list[str] = field(default_factory=list)

    def visitor(self, who: str) -> Visitor:
        return Visitor(self.host, self.stack.port, dict(self.sessions[who]))

    def ask(self, query: str) -> list[Any]:
        """Rows of the demo's own database."""
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query).fetchall()


def _environment(var: Path, port: int) -> dict[str, str]:
    for folder in ("media", "broker", "broker-control"):
        (var / folder).mkdir()
    known = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    known.update(DEMO="1", PORT=str(port), VAR_DIR=str(var), C_FORCE_ROOT="1", LOG_LEVEL="WARNING")
    return {**known, "DJANGO_SETTINGS_MODULE": "helpdesk.settings"}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    collect_static()
    stack = Stack(free_port(), {})
    stack.environment = _environment(tmp_path, stack.port)
    ground.copy_sqlite(tmp_path)
    made = subprocess.run(
        [sys.executable, "-m", "tests.load.sqlite_world"],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    try:
        stack.start_web(threads=8)
        worker = [str(BIN / "celery"), "-A", "helpdesk.celery:app", "worker", "-B", "--pool", "threads"]
        worker += ["--concurrency", "2", "-l", "ERROR", "--without-gossip", "--without-mingle"]
        stack.start("worker", *worker, "--schedule", str(tmp_path / "beat-schedule"))
        yield Demo(stack, tmp_path / "peygir.sqlite3", **json.loads(made.stdout))
    finally:
        stack.stop()


def _pages(demo: Demo, who: str, offset: int) -> list[str]:
    """What one reader goes through, again and again."""
    numbers = demo.numbers[offset::READERS]
    if who == "staff":
        return ["/desk/tickets/", *(f"/desk/tickets/{number}/" for number in numbers[:3])]
    return ["/portal/", *(f"/portal/tickets/{number}/" for number in numbers[:3])]


def _read(demo: Demo, offset: int, over: Callable[[], bool], pause: float) -> list[float]:
    """Read pages with a pause between them; the seconds each took."""
    who = "staff" if offset % 2 else "customer_main"
    visitor, took, pages = demo.visitor(who), [], _pages(demo, who, offset)
    while not over():
        path = pages[len(took) % len(pages)]
        answer = visitor.get(path)
        if answer.status != 200:
            demo.faults.append(f"{answer.status} {path}")
        took.append(answer.seconds)
        time.sleep(pause)
    return took


def _write(demo: Demo, offset: int, over: Callable[[], bool], pause: float) -> int:
    """Reply to one ticket again and again; how many replies went."""
    who, panel = (("staff", "desk"), ("customer_main", "portal"))[offset % 2]
    visitor, path, sent = demo.visitor(who), f"/{panel}/tickets/{demo.numbers[offset]}/", 0
    visitor.get(path)
    while not over():
        answer = visitor.post(f"{path}reply/", {"client_key": str(uuid.uuid4()), "body": f"پیام {sent}"})
        if answer.status != 302:
            demo.faults.append(f"{answer.status} reply {answer.text[:200]}")
        sent += 1
        time.sleep(pause)
    return sent


def _upload_slowly(demo: Demo, number: int) -> bytes:
    """A reply whose file takes twelve seconds to arrive, as from a phone on the road; the first line of the answer."""
    visitor, path = demo.visitor("customer_main"), f"/portal/tickets/{number}/"
    visitor.get(path)
    fields = {"csrfmiddlewaretoken": visitor.token, "client_key": str(uuid.uuid4()), "body": "فیلم خطا"}
    begin = "".join(
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    begin += f'--{EDGE}\r\nContent-Disposition: form-data; name="files"; filename="video.mp4"\r\n'
    begin += "Content-Type: video/mp4\r\n\r\n"
    end = f"\r\n--{EDGE}--\r\n".encode()
    length = len(begin.encode()) + CHUNKS * CHUNK + len(end)
    head = [
        f"POST {path}reply/ HTTP/1.1",
        f"Host: {demo.host}:{demo.stack.port}",
        f"Cookie: {visitor.header()}",
        f"Content-Type: multipart/form-data; boundary={EDGE}",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    with socket.create_connection(("127.0.0.1", demo.stack.port), timeout=60) as wire:
        wire.sendall("\r\n".join([*head, "", begin]).encode())
        for _ in range(CHUNKS):
            wire.sendall(b"\0" * CHUNK)
            time.sleep(SECONDS / CHUNKS)
        wire.sendall(end)
        return wire.makefile("rb").readline()


def _idle(demo: Demo) -> float:
    """The median page of one person alone in the house."""
    took: list[float] = []
    for reader in (0, 1):
        left = iter(range(12))
        took += _read(demo, reader, lambda left=left: next(left, None) is None, 0)  # type: ignore[misc]
    return statistics.median(took)


@dataclass
class Seen:
    """What came of a crowd: the seconds of each page, how many replies went, the first line of the upload's answer."""

    pages: list[float]
    replies: int
    upload: bytes

    @property
    def median(self) -> float:
        return statistics.median(self.pages)


def _crowd(demo: Demo, seconds: float, pause: float, *, upload_to: int | None = None) -> Seen:
    """Eight read, two write, and one uploads, all at once."""
    ended = Event()
    with ThreadPoolExecutor(READERS + WRITERS + 1) as pool:
        reading = [pool.submit(_read, demo, place, ended.is_set, pause) for place in range(READERS)]
        writing = [pool.submit(_write, demo, place, ended.is_set, pause) for place in range(WRITERS)]
        uploading = pool.submit(_upload_slowly, demo, upload_to) if upload_to is not None else None
        ended.wait(seconds)
        answer = uploading.result(60) if uploading else b""
        ended.set()
        pages = [took for reader in reading for took in reader.result(60)]
        return Seen(pages, sum(writer.result(60) for writer in writing), answer)


def _letters_leave(demo: Demo, seconds: float = 30) -> None:
    """The worker lives, and what was posted meanwhile is sent: into the demo inbox."""
    ends = time.monotonic() + seconds
    while True:
        waiting = demo.ask("SELECT count(*) FROM notifications_delivery WHERE state != 'sent'")[0][0]
        if not waiting:
            return
        assert time.monotonic() < ends, f"{waiting} letters wait\n{demo.stack.said()}"
        time.sleep(0.2)


@pytest.mark.timeout(240)
def test_demo_bears_eight_readers_two_writers_and_a_slow_upload(demo: Demo) -> None:
    """Nobody gets an error, nothing is lost, and a page still comes in under five times what it takes alone."""
    before = demo.ask("SELECT count(*) FROM tickets_message")[0][0]
    number = demo.numbers[20]
    idle = _idle(demo)
    people = _crowd(demo, SECONDS, PAUSE, upload_to=number)
    rush = _crowd(demo, RUSH, 0)
    idle = max(idle, _idle(demo))  # other tests share the machine: the busier of the two moments
    assert demo.faults == []
    assert people.upload.startswith(b"HTTP/1.1 302"), people.upload
    sent = people.replies + rush.replies + 1
    assert demo.ask("SELECT count(*) FROM tickets_message")[0][0] == before + sent
    file = "SELECT size FROM tenants_storedfile WHERE name = 'video.mp4' AND bound_at IS NOT NULL"
    assert demo.ask(file) == [(CHUNKS * CHUNK,)]
    _letters_leave(demo)
    print(
        f"alone {idle * 1000:.0f} ms; people: {len(people.pages)} pages, median {people.median * 1000:.0f} ms, "
        f"{people.replies} replies, upload {SECONDS:.0f} s; rush: {len(rush.pages) / RUSH:.0f} pages/s, "
        f"median {rush.median * 1000:.0f} ms, {rush.replies / RUSH:.0f} replies/s"
    )
    assert people.median < 5 * idle, f"{people.median:.3f} s among others, {idle:.3f} s alone"
    said = demo.stack.said()
    assert "Traceback" not in said and "locked" not in said, said
