"""The day itself: the real parts as they are deployed, the people, and what goes wrong meanwhile."""

from __future__ import annotations

import contextlib
import math
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis
from django.db import connections

from helpdesk.celery import app
from notifications.services.delivery import LEASE
from tests.stack import BIN, Stack, free_port
from tests.stubs.kavenegar import Kavenegar
from tests.stubs.smtp import mail_server
from tests.worlds import House

from . import cast
from .browser import Browser
from .ledger import Ledger
from .moods import Moody, all_moods
from .people import Person
from .watch import Watch, rings_of

WEB_PROCESSES, WEB_THREADS, WORKER_PROCESSES = 2, 8, 2
# Shares of the day. Before WARM everybody logs in and the processes load what they load once; it is not compared.
WARM, KILLS, RESTART = 0.1, (0.35, 0.75), 0.55
LONG = 600.0  # seconds of a day in which the worker dies a second time
FIRST_MOOD, LAST_MOOD = 0.14, 0.85
MINUTES_BETWEEN_MOODS = 2
# Shorter days are over before the processes have warmed: growth is told and not judged, and half the faults fit in.
JUDGED_FROM = 120.0  # seconds
OVERTIME = 60.0
DRAIN = 240.0  # seconds: a channel rests up to a minute after faults, and beat rings once a minute
QUIET_LETTERS = """
    UPDATE notifications_delivery SET next_try_at = now(), leased_until = NULL, lease = NULL
    WHERE state = 'waiting' AND (leased_until IS NULL AND next_try_at > now() OR leased_until < to_timestamp(%s))
"""
LEFT = """
    SELECT (SELECT count(*) FROM notifications_delivery WHERE state = 'waiting'),
           (SELECT count(*) FROM tickets_outgoing WHERE failed = '')
"""


@dataclass
class Day:
    """A day of so many seconds. ``pace`` above one makes everybody slower."""

    seconds: float
    seed: int
    pace: float
    stack: Stack
    provider: Kavenegar
    mailbox: Moody
    ledger: Ledger = field(default_factory=Ledger)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed_at: float = 0.0  # of the clock on the wall
    moods: list[str] = field(default_factory=list)
    drained_after: float = math.inf
    left: str = ""
    _over: threading.Event = field(default_factory=threading.Event)

    # Hours, as people know them ---------------------------------------------------------------------------------
    def is_over(self) -> bool:
        return self._over.is_set()

    def rest(self, usual: float, rng: random.Random) -> None:
        """Shorter in the two rushes of the day, before and after noon, which are alike."""
        share = min(1.0, max(0.0, (self.ledger.now() / self.seconds - WARM) / (1 - WARM)))
        busy = 0.6 + 0.4 * abs(math.sin(2 * math.pi * share))
        self._over.wait(rng.expovariate(1.0) * usual * self.pace / busy)

    # The parts ------------------------------------------------------------------------------------------------
    def start(self, part: str) -> None:
        """Start a part as deploy/ starts it."""
        self.parts[part] = self.stack.start(part, "sh", "deploy/entrypoint.sh", part)

    def mains(self) -> dict[str, int]:
        """The main process of each part that runs."""
        return {part: process.pid for part, process in self.parts.items() if process.poll() is None}

    def kill_the_worker(self) -> None:
        """Signal 9 to it and its children in the middle of whatever they do; it is back three seconds later."""
        worker = self.parts["worker"]
        self.killed_at = time.time()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
        time.sleep(min(3.0, self.seconds / 30))
        self.start("worker")

    def restart_the_web(self) -> None:
        """A new version goes up: gunicorn ends politely and is started again, announced beforehand."""
        self.ledger.away()
        web = self.parts["web"]
        os.kill(web.pid, signal.SIGTERM)
        web.wait(45)
        self.start("web")
        self.stack.wait_until_up()
        self.ledger.back()

    # The day --------------------------------------------------------------------------------------------------
    def run(self, house: House, people: list[Person]) -> None:
        """From the first log-in to the last word, then until everything owed has been done."""
        self.ledger.began = time.monotonic()
        threads = [threading.Thread(target=person.live, name=person.role.name) for person in people]
        for thread in threads:
            thread.start()
        try:
            for share, act in self._plan():
                self._wait_for(share)
                act()
            self._wait_for(1.0)
            while not self.ledger.has_enough() and self.ledger.now() < self.seconds + OVERTIME:
                time.sleep(0.2)  # a short day on a machine that is busy elsewhere
        finally:
            self._over.set()
        for thread in threads:
            thread.join(120)
            if thread.is_alive():
                self.ledger.fault(f"{thread.name} did not come home")
        self.provider.mode = "ok"
        self.mailbox.mood = "fine"
        self._drain()

    def _wait_for(self, share: float) -> None:
        time.sleep(max(0.0, share * self.seconds - self.ledger.now()))

    def _plan(self) -> list[tuple[float, Callable[[], None]]]:
        """What goes wrong, and at which share of the day. The kinds of faults come by the seed."""
        rng = random.Random(f"{self.seed}-moods")
        count = max(5 if self.seconds < JUDGED_FROM else 9, round(self.seconds / 60 / MINUTES_BETWEEN_MOODS))
        kinds: list[Callable[[], str]] = []
        while len(kinds) < count:
            kinds += all_moods(self.provider, self.mailbox, self.seconds, rng)
        step = (LAST_MOOD - FIRST_MOOD) / (count - 1)
        plan: list[tuple[float, Callable[[], None]]] = [
            (FIRST_MOOD + place * step, self._moody(kind)) for place, kind in enumerate(kinds[:count])
        ]
        plan += [(share, self.kill_the_worker) for share in KILLS[: 2 if self.seconds >= LONG else 1]]
        plan.append((RESTART, self.restart_the_web))
        return sorted(plan, key=lambda planned: planned[0])

    def _moody(self, kind: Callable[[], str]) -> Callable[[], None]:
        return lambda: self.moods.append(kind())

    def _drain(self) -> None:
        """Until nothing waits. What waits for its next try, or for the lease of the killed worker to end, does not wait
        for the clock: its time is brought forward, as if the night had passed.
        """
        begun = time.monotonic()
        client = redis.Redis.from_url(os.environ["REDIS_URL"])
        with psycopg.connect(os.environ["KEEPER_DATABASE_URL"], autocommit=True) as keeper:
            while time.monotonic() - begun < DRAIN:
                letters, answers = keeper.execute(LEFT).fetchone() or (0, 0)
                rings = rings_of(client, since=self.killed_at)
                self.left = f"{letters} letters, {answers} answers, {rings} rings"
                if not (letters or answers or rings):
                    self.drained_after = time.monotonic() - begun
                    break
                if letters and not rings:
                    keeper.execute(QUIET_LETTERS, [self.killed_at + LEASE.total_seconds()])
                    app.send_task("notifications.deliver", ignore_result=True)
                if answers and not rings:
                    app.send_task("tickets.send_due", ignore_result=True)
                time.sleep(0.5)
        client.close()


@contextlib.contextmanager
def ready(
    *, seconds: float, seed: int, pace: float, customers: int
) -> Iterator[tuple[Day, House, list[Person], Watch]]:
    """Everything running and nobody come in yet; ended on every way out."""
    port, var = free_port(), Path(os.environ["VAR_DIR"])
    mailbox = Moody()
    with Kavenegar() as provider, mail_server(mailbox) as mail_port:
        known = {
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "PORT": str(port),
            "HTTPS": "0",
            "PLATFORM_DOMAIN": "localhost",
            # Everybody has an address of their own, told by the proxy that this test is.
            "TRUSTED_PROXIES": "127.0.0.1",
            "WEB_BIND": f"127.0.0.1:{port}",
            "BEAT_SCHEDULE": str(var / "soak-beat"),
            "WEB_PROCESSES": str(WEB_PROCESSES),
            "WEB_THREADS": str(WEB_THREADS),
            "WORKER_PROCESSES": str(WORKER_PROCESSES),
            "UNDO_SECONDS": str(round(min(15, max(2, seconds / 20)))),
            "KAVENEGAR_API_KEY": provider.key,
            "KAVENEGAR_BASE_URL": provider.url,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        }
        day = Day(seconds, seed, pace, Stack(port, known), provider, mailbox)
        house, roles = cast.make(customers)
        connections.close_all()  # the day's own connections are counted without ours
        people = [
            kind(
                role,
                Browser(house.host, port, f"10.20.{place}.7", day.ledger),
                seed=seed,
                ledger=day.ledger,
                hours=day,
                sms=provider,
            )
            for place, (kind, role) in enumerate(roles)
        ]
        every = min(5.0, max(0.5, seconds / 60))
        watch = Watch(day.ledger, day.mains, day.stack.url("127.0.0.1", "/healthz"), every)
        try:
            for part in ("web", "worker", "beat"):
                day.start(part)
            day.stack.wait_until_up()
            yield day, house, people, watch
        finally:
            day.stack.stop()
