"""A throwaway PostgreSQL cluster and Redis for tests and for development.

    python tools/services.py start      start both in the background, write var/services.env
    python tools/services.py stop       end both and remove what they left
    python tools/services.py status     say what is running
    python tools/services.py refresh    drop left-over test databases; the next test run migrates a fresh template

Both listen on 127.0.0.1 on free ports, with random passwords, and run as an ordinary user even when root starts
them. Nothing in them is worth keeping: fsync is off.
"""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from programs import PACKAGES, install, missing, postgres_program, program
from terminal import ROOT, Stop, die_with_parent, main, say

ENV_FILE = ROOT / "var" / "services.env"
# Names of the three roles, the same as in deploy/postgres/roles.sh.
OWNER, APP, KEEPER = "owner", "app", "keeper"


def free_port() -> int:
    """A TCP port on 127.0.0.1 nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Ordinary:
    """The user the servers run as: us, or `postgres`/`nobody` when we are root (PostgreSQL refuses root)."""

    uid: int
    gid: int
    bound: bool = True  # the servers end when the tool that started them is killed; not so in the background

    @classmethod
    def find(cls) -> "Ordinary":
        if os.geteuid() != 0:
            return cls(os.getuid(), os.getgid())
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                entry = pwd.getpwnam(name)
                return cls(entry.pw_uid, entry.pw_gid)
        raise Stop("Neither a `postgres` nor a `nobody` user exists to run the test services as.")

    def popen(self, folder: Path) -> dict:
        """Arguments for subprocess that drop to this user, in a session of its own (a Ctrl-C reaches only us)."""
        changes: dict = {"cwd": folder, "start_new_session": True, "stdin": subprocess.DEVNULL}
        if os.geteuid() == 0:
            changes |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        if self.bound:
            changes["preexec_fn"] = die_with_parent
        return changes


@dataclass
class Services:
    """Two running servers and the addresses of their roles."""

    folder: Path
    postgres_pid: int
    redis_pid: int
    postgres_port: int
    redis_port: int
    password: str

    def postgres_url(self, role: str, database: str = "{name}") -> str:
        """Address of a database for a role; by default a template with {name} for the database."""
        return f"postgres://{role}:{self.password}@127.0.0.1:{self.postgres_port}/{database}"

    @property
    def environment(self) -> dict[str, str]:
        """What tests/plugins/ground.py wants to know."""
        return {
            "TEST_APP_URL": self.postgres_url(APP),
            "TEST_OWNER_URL": self.postgres_url(OWNER),
            "TEST_KEEPER_URL": self.postgres_url(KEEPER),
            "TEST_REDIS_URL": f"redis://:{self.password}@127.0.0.1:{self.redis_port}",
        }


def _private(path: Path, text: str, user: Ordinary) -> None:
    """Write a file only the servers' user may read."""
    path.touch(mode=0o600)
    path.write_text(text)
    if os.geteuid() == 0:
        os.chown(path, user.uid, user.gid)


def _initdb(folder: Path, user: Ordinary, password: str) -> None:
    """Make the cluster. Text is sorted by code point; our own sort keys know the Persian alphabet."""
    pwfile = folder / "password"
    _private(pwfile, password, user)
    if os.geteuid() == 0:
        os.chown(folder, user.uid, user.gid)
    command = [
        postgres_program("initdb"),
        "-D",
        str(folder / "pg"),
        "-U",
        "root",
        "--locale=C.UTF-8",
        "-E",
        "UTF8",
    ]
    command += ["--auth=scram-sha-256", f"--pwfile={pwfile}", "--no-sync"]
    done = subprocess.run(command, capture_output=True, text=True, **user.popen(folder))
    if done.returncode:
        raise Stop(f"initdb failed: {done.stderr.strip().splitlines()[-1]}")


def psql(services: Services, statements: str) -> str:
    """Run SQL as the cluster's superuser. The password travels by the environment, not the command line."""
    command = [postgres_program("psql") or "psql", "-h", "127.0.0.1", "-p", str(services.postgres_port)]
    command += ["-U", "root", "-d", "postgres", "-qXAt", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    known = {**os.environ, "PGPASSWORD": services.password}
    done = subprocess.run(command, input=statements, env=known, capture_output=True, text=True)
    if done.returncode:
        raise Stop(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout


def _make_roles(services: Services) -> None:
    """The three roles of production. The owner may create databases here because test databases are copies."""
    statements = f"""
        CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB PASSWORD '{services.password}';
        CREATE ROLE {APP} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB PASSWORD '{services.password}';
        CREATE ROLE {KEEPER} LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB PASSWORD '{services.password}';
        GRANT pg_read_all_data, pg_write_all_data, pg_signal_backend TO {KEEPER};
    """
    psql(services, statements)


def _wait(what: str, ready, process: subprocess.Popen, log: Path) -> None:
    """Wait until ready() is true; a server that died says the last line of its log."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            lines = log.read_text(errors="replace").strip().splitlines() or ["no output"]
            raise Stop(f"{what} did not start: {lines[-1]}")
        if ready():
            return
        time.sleep(0.05)
    raise Stop(f"{what} did not answer within a minute.")


def _start_postgres(folder: Path, user: Ordinary, port: int) -> subprocess.Popen:
    options = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": 200,
        "shared_buffers": "128MB",
        "max_wal_size": "1GB",
        "jit": "off",
        "lock_timeout": "20s",
        "log_min_messages": "warning",
    }
    command = [postgres_program("postgres"), "-D", str(folder / "pg")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    log = folder / "postgres.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, **user.popen(folder))
    check = [postgres_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    _wait("PostgreSQL", lambda: subprocess.run(check).returncode == 0, process, log)
    return process


def _start_redis(folder: Path, user: Ordinary, port: int, password: str) -> subprocess.Popen:
    # 1024 numbered databases: each test process takes one of its own (tests/plugins/ground.py).
    settings = {"port": port, "bind": "127.0.0.1", "save": '""', "databases": 1024, "requirepass": password}
    config = folder / "redis.conf"
    _private(config, "".join(f"{name} {value}\n" for name, value in settings.items()), user)
    log = folder / "redis.log"
    with log.open("w") as output:
        command = [program("redis-server"), str(config)]
        process = subprocess.Popen(command, stdout=output, stderr=output, **user.popen(folder))

    def ready() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    _wait("Redis", ready, process, log)
    return process


def _end(pid: int, how: signal.Signals) -> None:
    """End a process we started and wait until it is gone; after 10 s it is killed."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, how)
        for _ in range(200):
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
            os.kill(pid, 0)
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)


def start(*, bound: bool = True) -> Services:
    """Start both servers; ``bound`` ones do not outlive us. Raises Stop when one is missing."""
    absent = missing(["postgres", "redis-server"])
    if absent:
        raise Stop(f"Missing on this machine: {', '.join(PACKAGES[name] for name in absent)}.")
    user = Ordinary.find()
    user.bound = bound
    # Short path (a Unix socket's is at most 107 bytes), readable by the ordinary user.
    folder = Path(tempfile.mkdtemp(prefix="peygir-", dir="/tmp"))
    services = Services(folder, 0, 0, free_port(), free_port(), secrets.token_hex(16))
    try:
        _initdb(folder, user, services.password)
        services.postgres_pid = _start_postgres(folder, user, services.postgres_port).pid
        services.redis_pid = _start_redis(folder, user, services.redis_port, services.password).pid
        _make_roles(services)
    except BaseException:
        stop(services)
        raise
    return services


def stop(services: Services) -> None:
    """End both servers, whatever state they are in, and remove their folder."""
    if services.postgres_pid:
        _end(services.postgres_pid, signal.SIGINT)  # "fast": open connections are cut
    if services.redis_pid:
        _end(services.redis_pid, signal.SIGTERM)
    shutil.rmtree(services.folder, ignore_errors=True)


@contextlib.contextmanager
def running() -> Iterator[Services]:
    """Both servers for the length of a block; ended on every way out, SIGTERM included."""

    def leave(*_: object) -> None:
        raise SystemExit(143)

    before = signal.signal(signal.SIGTERM, leave)
    services = start()
    try:
        yield services
    finally:
        signal.signal(signal.SIGTERM, before)
        stop(services)


@contextlib.contextmanager
def at_hand() -> Iterator[dict[str, str]]:
    """What a test run is to know of its services: nothing more where the background pair runs, else those of a pair
    that lives as long as the block.
    """
    if read_env():
        say("On the services of `make services`.")
        yield {}
        return
    with running() as own:
        yield own.environment


# The background pair for development --------------------------------------------------------------------------
def read_env() -> dict[str, str]:
    """Lines of var/services.env as a dict; empty when there is no such file."""
    if not ENV_FILE.exists():
        return {}
    lines = (line.strip() for line in ENV_FILE.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _background() -> Services | None:
    """The background pair when it is running."""
    values = read_env()
    try:
        services = Services(
            Path(values["SERVICES_FOLDER"]),
            int(values["SERVICES_POSTGRES_PID"]),
            int(values["SERVICES_REDIS_PID"]),
            int(values["SERVICES_POSTGRES_PORT"]),
            int(values["SERVICES_REDIS_PORT"]),
            values["SERVICES_PASSWORD"],
        )
    except KeyError:
        return None
    both = _alive(services.postgres_pid) and _alive(services.redis_pid) and services.folder.exists()
    return services if both else None


def _write_env(services: Services) -> None:
    ENV_FILE.parent.mkdir(exist_ok=True)
    values = {
        "SERVICES_FOLDER": services.folder,
        "SERVICES_POSTGRES_PID": services.postgres_pid,
        "SERVICES_REDIS_PID": services.redis_pid,
        "SERVICES_POSTGRES_PORT": services.postgres_port,
        "SERVICES_REDIS_PORT": services.redis_port,
        "SERVICES_PASSWORD": services.password,
        **services.environment,
    }
    text = "".join(f"{name}={value}\n" for name, value in values.items())
    ENV_FILE.write_text(f"# Written by tools/services.py; gone after `make services-stop`.\n{text}")
    ENV_FILE.chmod(0o600)


def command_start() -> None:
    """Start the background pair unless it already runs."""
    if _background():
        say("PostgreSQL and Redis are already running; addresses in var/services.env.")
        return
    install(["postgres", "redis-server"])
    services = start(bound=False)
    _write_env(services)
    say(
        "PostgreSQL and Redis are running; addresses in var/services.env, end them with `make services-stop`."
    )


def command_stop() -> None:
    """End the background pair."""
    services = _background()
    if services:
        stop(services)
    ENV_FILE.unlink(missing_ok=True)
    say("PostgreSQL and Redis are stopped." if services else "Nothing was running.")


def command_status() -> None:
    """Say whether the background pair runs; exit 1 when not."""
    services = _background()
    if not services:
        raise Stop("Not running. `make services` starts them.", code=1)
    say(f"PostgreSQL on {services.postgres_port}, Redis on {services.redis_port}.")


def command_refresh() -> None:
    """Drop every test database and template, so that the next run migrates afresh."""
    services = _background()
    if not services:
        raise Stop("Not running. `make services` starts them.", code=1)
    names = psql(services, "SELECT datname FROM pg_database WHERE datname LIKE 'peygir_%'").split()
    for name in names:
        psql(services, f'DROP DATABASE "{name}" WITH (FORCE)')
    say(f"Dropped {len(names)} test databases.")


COMMANDS = {
    "start": command_start,
    "stop": command_stop,
    "status": command_status,
    "refresh": command_refresh,
}


def run() -> None:
    """Command line."""
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        raise Stop(f"Say one of: {', '.join(COMMANDS)}.")
    COMMANDS[sys.argv[1]]()


if __name__ == "__main__":
    main(run)
