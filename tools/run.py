"""`make run`: the whole product on this machine, with demo data, in one terminal. Ctrl-C ends it."""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import errno
import fcntl
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

import prepare
from terminal import PYTHON, ROOT, VAR, Stamp, Stop, die_with_parent, main, mark_of, say

STEPS = VAR / "run"
# Whatever the shell carries, the demo stays on SQLite and its letters stay on this machine.
NOT_OURS = {
    "DATABASE_URL",
    "REDIS_URL",
    "KAVENEGAR_API_KEY",
    "KAVENEGAR_BASE_URL",
    "EMAIL_URL",
    "PLATFORM_DOMAIN",
    "S3_BUCKET",
    "SENDFILE",
    "HTTPS",
    "TRUSTED_PROXIES",
    "DEBUG",
    "DB_POOL",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "SECRET_KEY",
    "SEAL_KEYS",
}
WEB_THREADS = 8


def port() -> int:
    """The port asked for by PORT, 8000 when none is."""
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Stop(f"PORT must be a number from 1 to 65535, not “{text}”.")
    return int(text)


def check_port(number: int) -> None:
    """Stop when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise Stop(
                    f"Port {number} may not be opened by this user. Try another: make run PORT=8001"
                ) from None
            raise Stop(f"Port {number} is taken. Try another: make run PORT={number % 65535 + 1}") from None


def hold_the_house():
    """One `make run` in one folder at a time: two would share a database and a beat. Freed when we end."""
    STEPS.mkdir(parents=True, exist_ok=True)
    lock = (STEPS / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise Stop(f"Peygir already runs from this folder: {lock.read().strip()}") from None
    lock.truncate(0)
    lock.write(f"http://localhost:{port()}\n")
    lock.flush()
    return lock


def demo_environment(number: int) -> dict:
    """What the product reads: the demo's settings, and nothing of a production the shell may know."""
    environ = {
        name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in NOT_OURS
    }
    environ.update(DEMO="1", PORT=str(number), VAR_DIR=str(VAR), PYTHONUNBUFFERED="1", C_FORCE_ROOT="1")
    environ.setdefault("LOG_LEVEL", "WARNING")
    for folder in ("media", "broker", "broker-control"):
        (VAR / folder).mkdir(parents=True, exist_ok=True)
    return environ


def database(environ: dict) -> None:
    """Migrations and demo data, each when something about it changed."""
    fresh = not (VAR / "peygir.sqlite3").exists()
    migrations = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/apps.py")]
    migrated = Stamp(STEPS / "migrated", mark_of(migrations))
    if fresh or not migrated.holds():
        say("Preparing the database …")
        prepare.manage("migrate", "-v", "0", environ=environ, trouble="The database could not be prepared.")
        migrated.set()
    filled = Stamp(STEPS / "filled", mark_of(ROOT.glob("helpdesk/demo/**/*.py"), migrated.mark))
    if fresh or not filled.holds():
        say("Filling in demo data …")
        prepare.manage("demo", environ=environ, trouble="The demo data could not be made.")
        filled.set()


def logins(environ: dict) -> str:
    """Who one may be in the demo; asked from the product once for each demo and port."""
    told = STEPS / "logins.txt"
    stamp = Stamp(STEPS / "logins-told", f"{(STEPS / 'filled').read_text()} {environ['PORT']}")
    if not stamp.holds() or not told.exists():
        command = [str(PYTHON), "manage.py", "demo", "--logins"]
        asked = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
        if asked.returncode:
            raise Stop(f"The demo logins could not be read: {asked.stderr.strip().splitlines()[-1]}")
        told.write_text(asked.stdout, encoding="utf-8")
        stamp.set()
    return told.read_text(encoding="utf-8").rstrip()


def commands(number: int) -> dict:
    """The two programs: one web process with threads, one worker with the clock in it."""
    python = str(PYTHON)
    web = [python, "-m", "gunicorn", "helpdesk.wsgi:application", "--bind", f"127.0.0.1:{number}"]
    web += ["--workers", "1", "--worker-class", "gthread", "--threads", str(WEB_THREADS)]
    web += ["--timeout", "120", "--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"]
    worker = [python, "-W", "ignore", "-m", "celery", "--quiet", "-A", "helpdesk.celery:app", "worker", "-B"]
    worker += ["--pool", "threads", "--concurrency", "2", "--loglevel", "ERROR"]
    worker += ["--without-gossip", "--without-mingle", "--schedule", str(VAR / "beat-schedule")]
    return {"web": web, "worker": worker}


def wait_until_up(number: int, children: dict, asked: list) -> None:
    """Wait for the first answer of the web process, or for a signal."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not asked:
        for name, child in children.items():
            if child.poll() is not None:
                raise Stop(f"The {name} process ended while starting; its reason is above.")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{number}/healthz", timeout=2).close()
        except urllib.error.HTTPError:
            return  # any answer is an answer
        except OSError:
            time.sleep(0.1)
            continue
        return
    if not asked:
        raise Stop("The web process did not answer within a minute.")


def announce(number: int, people: str) -> None:
    """Where to go and who one may be."""
    say("")
    say(f"  Platform     http://localhost:{number}")
    say(f"  A tenant     http://demo.localhost:{number}")
    say(
        f"  Demo inbox   http://demo.localhost:{number}/demo/inbox/   every SMS and e-mail that would have left"
    )
    say("")
    say(people)
    say("")
    say("Running. Ctrl-C ends it.")


def end(children: dict, *, patience: float = 10) -> None:
    """Ask every child to end, and after ``patience`` seconds make its whole group end."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + patience
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()


def serve(number: int, environ: dict, people: str) -> int:
    """Run both programs until a signal, or until one of them ends. Returns the exit status."""
    asked = []
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda number, frame: asked.append(number))
    children = {}
    try:
        for name, command in commands(number).items():
            children[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509  (nothing else runs in this process yet)
            )
        wait_until_up(number, children, asked)
        if not asked:
            announce(number, people)
        while not asked:
            for name, child in children.items():
                if child.poll() is not None:
                    say(f"The {name} process ended by itself; ending the rest.")
                    return 1
            time.sleep(0.2)
        say("Ending …")
        return 0
    finally:
        end(children)


def run() -> int:
    """The steps in their order."""
    number = port()
    lock = hold_the_house()
    check_port(number)
    prepare.environment()
    prepare.packages(dev=False)
    prepare.assets(dev=False)
    environ = demo_environment(number)
    prepare.static(environ)
    database(environ)
    people = logins(environ)
    say("Starting …")
    code = serve(number, environ, people)
    lock.close()
    return code


if __name__ == "__main__":
    main(run)
