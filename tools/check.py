"""`make check`: lint, format, types, imports, migrations, deploy settings, compose file; `fmt` mends the first two."""

import oldest  # noqa: F401, I001  (first: an old Python must not meet newer syntax)

import os
import subprocess
import sys
import tempfile
import time

import prepare
import programs
from terminal import PYTHON, ROOT, VENV, Stop, in_ci, main, say

BIN = VENV / "bin"


def _clean() -> dict[str, str]:
    """Our own environment without anything the settings read."""
    ours = (
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "DEMO",
        "DEBUG",
        "PLATFORM_DOMAIN",
        "HTTPS",
        "EMAIL_URL",
    )
    return {name: value for name, value in os.environ.items() if name not in ours}


def demo(var: str) -> dict[str, str]:
    """Settings as under `make run`, on an empty folder."""
    return {**_clean(), "DEMO": "1", "VAR_DIR": var}


def production(var: str) -> dict[str, str]:
    """Settings as docker-compose.yml gives them; nothing is reached by the checks."""
    return {
        **_clean(),
        "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ-production",
        "DATABASE_URL": "postgres://app:secret@127.0.0.1:1/peygir",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PLATFORM_DOMAIN": "support.example.ir",
        "EMAIL_URL": "smtp+tls://user:secret@127.0.0.1:1",
        "SEAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "KAVENEGAR_API_KEY": "0123456789abcdef",
        "TRUSTED_PROXIES": "172.16.0.0/12",
        "SENDFILE": "accel",
        "VAR_DIR": var,
    }


def steps(var: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """Every check: what it is, its command, its environment."""
    python, plain = str(PYTHON), demo(var)
    compose = {**plain, "PLATFORM_DOMAIN": "support.example.ir", "EMAIL_FROM": "noreply@support.example.ir"}
    return [
        ("lint", [str(BIN / "ruff"), "check", "--quiet", "."], plain),
        (
            "format",
            [str(BIN / "ruff"), "format", "--check", "--quiet", "--output-format", "concise", "."],
            plain,
        ),
        (
            "imports",
            [str(BIN / "lint-imports"), "--no-logo", "--cache-dir", str(ROOT / ".import_linter_cache")],
            plain,
        ),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], plain),
        (
            "deploy settings",
            [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            production(var),
        ),
        ("compose file", ["docker-compose", "config", "-q"], compose),
        ("types", [str(BIN / "mypy")], plain),
    ]


def check() -> list[tuple[str, str]]:
    """Run every check to the end; returns (name, ok / failed / not run) in order and prints what is wrong."""
    outcomes = []
    with tempfile.TemporaryDirectory(prefix="peygir-check-") as var:
        for name, command, environ in steps(var):
            if command[0] == "docker-compose" and not programs.program("docker-compose"):
                outcomes.append((name, "failed" if in_ci() else "not run"))
                say(f"  {name}: docker-compose is not on this machine")
                continue
            started = time.monotonic()
            done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
            outcomes.append((name, "failed" if done.returncode else "ok"))
            say(f"  {name}: {outcomes[-1][1]} ({time.monotonic() - started:.1f} s)")
            if done.returncode:
                say((done.stdout + done.stderr).rstrip())
    return outcomes


def fmt() -> None:
    """Sort imports, mend what can be mended, format."""
    subprocess.run([str(BIN / "ruff"), "check", "--fix", "--quiet", "."], cwd=ROOT)
    subprocess.run([str(BIN / "ruff"), "format", "."], cwd=ROOT, check=True)


def run() -> None:
    """Command line: nothing, or `fmt`."""
    prepare.environment()
    prepare.packages(dev=True)
    if sys.argv[1:] == ["fmt"]:
        fmt()
        return
    failed = [name for name, outcome in check() if outcome == "failed"]
    if failed:
        raise Stop(f"Not clean: {', '.join(failed)}.", code=1)
    say("All clean.")


if __name__ == "__main__":
    main(run)
