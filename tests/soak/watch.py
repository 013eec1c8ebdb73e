"""Looks at the running parts every few seconds: memory and files of each process, the database, Redis, a bare view."""

from __future__ import annotations

import os
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from .ledger import Ledger

PROC = Path("/proc")
PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
STATES = """
    SELECT coalesce(state, ''), count(*), coalesce(max(extract(epoch FROM now() - state_change)), 0)
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user
    GROUP BY 1
"""
WAITING = """
    SELECT (SELECT count(*) FROM notifications_delivery WHERE state = 'waiting'),
           (SELECT count(*) FROM tickets_outgoing WHERE failed = '')
"""


@dataclass(frozen=True)
class Look:
    """What stood at one moment. ``memory`` (bytes) and ``files``: by part, all its processes together."""

    at: float
    memory: dict[str, int]
    files: dict[str, int]
    work: dict[str, dict[int, float]]  # by part: pid → seconds of processor so far
    connections: int
    idle_in_transaction: int
    longest_idle: float
    keys: int
    redis_memory: int
    rings: int
    letters: int
    answers: int
    bare: float


@dataclass
class Watch:
    """A thread that looks; ``parts`` gives the main process of each part that runs just now."""

    ledger: Ledger
    parts: Callable[[], dict[str, int]]
    healthz: str
    every: float
    looks: list[Look] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Watch:
        self._app = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
        self._keeper = psycopg.connect(os.environ["KEEPER_DATABASE_URL"], autocommit=True)
        self._redis = redis.Redis.from_url(os.environ["REDIS_URL"])
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(30)
        self._app.close()
        self._keeper.close()
        self._redis.close()

    def _run(self) -> None:
        while not self._over.wait(self.every):
            try:
                self.looks.append(self.look())
            except Exception as fault:
                self.ledger.fault(f"the watch could not look: {type(fault).__name__}: {fault}")

    def look(self) -> Look:
        """Everything at this moment."""
        families = family_of(self.parts())
        states = {state: (count, age) for state, count, age in self._app.execute(STATES)}
        idle = states.get("idle in transaction", (0, 0)), states.get("idle in transaction (aborted)", (0, 0))
        letters, answers = self._keeper.execute(WAITING).fetchone() or (0, 0)
        info = self._redis.info("memory")
        return Look(
            at=self.ledger.now(),
            memory={part: sum(map(memory_of, pids)) for part, pids in families.items()},
            files={part: sum(map(files_of, pids)) for part, pids in families.items()},
            work={part: {pid: work_of(pid) for pid in pids} for part, pids in families.items()},
            connections=sum(count for count, _ in states.values()),
            idle_in_transaction=sum(count for count, _ in idle),
            longest_idle=float(max(age for _, age in idle)),
            keys=int(self._redis.dbsize()),  # type: ignore[arg-type]
            redis_memory=info["used_memory"],  # type: ignore[index]
            rings=rings_of(self._redis),
            letters=letters,
            answers=answers,
            bare=self._bare(),
        )

    def _bare(self) -> float:
        """Seconds of the barest view: what the machine does besides shows in it. 0 while nobody answers."""
        begun = time.monotonic()
        try:
            with urllib.request.urlopen(self.healthz, timeout=10) as answer:
                answer.read()
        except OSError:
            return 0.0
        return time.monotonic() - begun


def rings_of(client: redis.Redis, *, since: float = 0) -> int:
    """Rings that lie in the queue, and those a worker has taken and not done.

    ``since``: when a worker was killed, by the clock on the wall. What it held comes back ten minutes later (the
    broker's visibility timeout) and then finds nothing to do.
    """
    taken = client.zcount("unacked_index", since, "+inf")
    return int(client.llen("normal")) + int(taken)  # type: ignore[arg-type]


def family_of(parts: dict[str, int]) -> dict[str, list[int]]:
    """Each part's main process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                after_name = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended meanwhile
            children.setdefault(int(after_name[1]), []).append(int(folder.name))

    def all_of(pid: int) -> list[int]:
        return [pid, *(one for child in children.get(pid, []) for one in all_of(child))]

    return {part: all_of(pid) for part, pid in parts.items()}


def memory_of(pid: int) -> int:
    """Resident bytes; 0 for one that has ended."""
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


def work_of(pid: int) -> float:
    """Seconds of processor; 0 for one that has ended."""
    try:
        after_name = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / TICK


def files_of(pid: int) -> int:
    """Open file descriptors; 0 for one that has ended."""
    try:
        return len(list((PROC / str(pid) / "fd").iterdir()))
    except OSError:
        return 0
