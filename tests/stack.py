"""The real parts, running: gunicorn and a Celery worker on this test process's database, Redis and var/ folder."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def collect_static() -> None:
    """The static files a server in a process of its own serves. `make test` has collected them before."""
    if os.environ.get("TEST_STATIC") != "1" and not os.environ.get("STATIC_FRESH"):
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
            cwd=ROOT,
            env={**os.environ, "DEMO": "0", "SECRET_KEY": "only-for-collecting", "HTTPS": "0"},
            check=True,
        )


@dataclass
class Stack:
    """A running web server (and worker). ``url(host, path)`` is an address a browser can open."""

    port: int
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start one process; its output goes to a file under var/."""
        log = Path(self.environment["VAR_DIR"]) / f"{name}-{len(self.processes)}.log"
        self.logs.append(log)
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def start_web(self, *, threads: int = 8, workers: int = 1) -> None:
        """gunicorn, up and answering."""
        self.start(
            "web",
            str(BIN / "gunicorn"),
            "helpdesk.wsgi:application",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--worker-class",
            "gthread",
            "--workers",
            str(workers),
            "--threads",
            str(threads),
            "--timeout",
            "60",
            "--no-control-socket",
        )
        self.wait_until_up()

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A Celery worker with its beat."""
        beat = str(Path(self.environment["VAR_DIR"]) / "beat")
        return self.start(
            "worker",
            str(BIN / "celery"),
            "-A",
            "helpdesk.celery",
            "worker",
            "-B",
            "-s",
            beat,
            "-l",
            "WARNING",
            "--concurrency",
            "2",
            "-Q",
            "normal",
        )

    def wait_until_up(self, seconds: float = 30) -> None:
        """Until /healthz answers 200. Raises AssertionError with the log otherwise."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, OSError):
                if urllib.request.urlopen(self.url("127.0.0.1", "/healthz"), timeout=2).status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError("The server did not come up:\n" + self.said())

    def said(self) -> str:
        """The last of what the processes printed."""
        return "\n".join(f"== {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in self.logs)

    def stop(self) -> None:
        """End every process this stack started, and their children."""
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)


@contextlib.contextmanager
def running(*, worker: bool = True, **environment: str) -> Iterator[Stack]:
    """A stack for the time of a ``with``; extra environment as keywords."""
    port = free_port()
    # The key is this process's: sessions made by tests.worlds.sign_in hold on the server as well.
    # The static files of `make test` are collected; single runs use the same storage as the tests do.
    known = {
        **os.environ,
        "PORT": str(port),
        "HTTPS": "0",
        "PLATFORM_DOMAIN": "localhost",
        **environment,
    }
    stack = Stack(port, known)
    try:
        stack.start_web()
        if worker:
            stack.start_worker()
        yield stack
    finally:
        stack.stop()
