"""The ground each test process stands on: a database, a Redis database and a var/ folder of its own.

Loaded by ``-p`` before pytest-django reads the settings, because it decides their environment. On PostgreSQL the
database is a copy of a template migrated by the *owner* role and kept until the migrations change; the tests use
it as the *app* role, so row-level security holds in them as it does in production. ``TEST_SQLITE=1`` asks for a
copy of a migrated SQLite file and no Redis instead.

Without running services nothing is prepared; the first test that wants the database says what to do.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDRESSES = ("TEST_APP_URL", "TEST_OWNER_URL", "TEST_KEEPER_URL", "TEST_REDIS_URL")
HELP = "No test services: run `make test`, or `make services` once and then pytest (docs/testing.md)."
# What a test must not inherit from the shell it was started in.
PRODUCTION_NAMES = (
    "DATABASE_URL",
    "REDIS_URL",
    "KAVENEGAR_API_KEY",
    "EMAIL_URL",
    "S3_BUCKET",
    "DEMO",
    "DEBUG",
)


def is_sqlite() -> bool:
    """True in the SQLite subset."""
    return os.environ.get("TEST_SQLITE") == "1"


def has_ground() -> bool:
    """True when this process got a database."""
    return os.environ.get("TEST_GROUND") == "1"


def worker() -> str:
    """``gw0`` … under xdist, ``main`` otherwise."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _is_controller() -> bool:
    """The xdist process that only hands out tests; it needs no database of its own."""
    arguments = " ".join(sys.argv)
    return worker() == "main" and ("-n" in sys.argv or " -n" in arguments or "--numprocesses" in arguments)


def _read_background_services() -> None:
    """Take the addresses of `make services` unless `make test` has given its own."""
    file = ROOT / "var" / "services.env"
    if "TEST_APP_URL" in os.environ or not file.exists():
        return
    for line in file.read_text().splitlines():
        name, _, value = line.partition("=")
        if name in ADDRESSES:
            os.environ[name] = value


def _migrations_mark() -> str:
    """Changes whenever a fresh database would come out differently: migrations, and what post_migrate does."""
    digest = hashlib.sha256()
    for pattern in ("*/migrations/*.py", "*/apps.py", "tenants/*.py", "*/sql/*", "*/*.sql"):
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def _one_at_a_time(name: str) -> Iterator[None]:
    """Several test processes start together; one builds the template, the others wait for it."""
    with (Path(tempfile.gettempdir()) / f"peygir-{os.getuid()}-{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "-v", "0"]
    known = {name: value for name, value in os.environ.items() if name not in PRODUCTION_NAMES}
    done = subprocess.run(command, cwd=ROOT, env={**known, **environment}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The test template could not be migrated:\n{done.stderr[-3000:]}")


# PostgreSQL ----------------------------------------------------------------------------------------------------
def _owner(database: str):
    import psycopg

    return psycopg.connect(os.environ["TEST_OWNER_URL"].replace("{name}", database), autocommit=True)


def _template() -> str:
    """Name of the migrated template; made when there is none for the migrations as they are."""
    name = f"peygir_template_{_migrations_mark()}"
    with _one_at_a_time(f"template-{hashlib.sha256(os.environ['TEST_OWNER_URL'].encode()).hexdigest()[:8]}"):
        with _owner("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return name
            draft = f"{name}_draft"
            connection.execute(f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{draft}" TEMPLATE template0')
        with _owner(draft) as connection:
            # The same privileges as deploy/postgres/roles.sh gives.
            rows = "SELECT, INSERT, UPDATE, DELETE"
            connection.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rows} ON TABLES TO app")
            connection.execute(
                "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO app"
            )
        _migrate({"DATABASE_URL": os.environ["TEST_OWNER_URL"].replace("{name}", draft)})
        with _owner("postgres") as connection:
            connection.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def _drop_database(name: str, pid: int) -> None:
    if os.getpid() != pid:  # a child forked by a test leaves its parent's database alone
        return
    with contextlib.suppress(Exception), _owner("postgres") as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _prepare_postgres() -> None:
    import redis

    name = f"peygir_test_{worker()}_{os.getpid()}"
    template = _template()
    with _owner("postgres") as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    atexit.register(_drop_database, name, os.getpid())
    for role, variable in (
        ("APP", "DATABASE_URL"),
        ("OWNER", "OWNER_DATABASE_URL"),
        ("KEEPER", "KEEPER_DATABASE_URL"),
    ):
        os.environ[variable] = os.environ[f"TEST_{role}_URL"].replace("{name}", name)
    client = redis.Redis.from_url(f"{os.environ['TEST_REDIS_URL']}/0")
    number = client.incr("test-processes") % 1023 + 1
    os.environ["REDIS_URL"] = f"{os.environ['TEST_REDIS_URL']}/{number}"
    redis.Redis.from_url(os.environ["REDIS_URL"]).flushdb()


# SQLite --------------------------------------------------------------------------------------------------------
def copy_sqlite(var: Path) -> None:
    """Put a migrated SQLite database into a folder; the template it is copied from is made when there is none."""
    store = Path(tempfile.gettempdir()) / f"peygir-{os.getuid()}-sqlite"
    template = store / _migrations_mark() / "peygir.sqlite3"
    with _one_at_a_time("sqlite"):
        if not template.exists():
            shutil.rmtree(store, ignore_errors=True)
            draft = store / "draft"
            draft.mkdir(parents=True)
            _migrate({"VAR_DIR": str(draft)})
            draft.rename(template.parent)
    for file in template.parent.glob("peygir.sqlite3*"):
        shutil.copy(file, var)


def prepare() -> None:
    """Point the settings' environment at this process's own database, Redis and folder."""
    for name in PRODUCTION_NAMES:
        os.environ.pop(name, None)
    os.environ.setdefault("SECRET_KEY", "tests-only-key-0123456789-0123456789-0123456789-abcdef")
    os.environ["PLATFORM_DOMAIN"] = "localhost"
    os.environ["HTTPS"] = "0"
    os.environ["LOG_LEVEL"] = "WARNING"
    # Answers go at once; who tests taking one back says so by the tenant's own rule.
    os.environ["UNDO_SECONDS"] = "0"
    _read_background_services()
    ready = is_sqlite() or all(name in os.environ for name in ADDRESSES)
    os.environ["TEST_GROUND"] = "1" if ready and not _is_controller() else "0"
    var = Path(tempfile.mkdtemp(prefix=f"peygir-test-{worker()}-"))
    atexit.register(shutil.rmtree, var, ignore_errors=True)
    os.environ["VAR_DIR"] = str(var)
    for folder in ("media", "broker", "broker-control"):
        (var / folder).mkdir()
    if not has_ground() or "--collect-only" in sys.argv or "--co" in sys.argv:
        return
    if is_sqlite():
        copy_sqlite(var)
    else:
        _prepare_postgres()


prepare()
