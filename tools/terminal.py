"""What every tool shares: where the project is, one way to speak, one way to stop. Standard library only."""

from __future__ import annotations

import ctypes
import hashlib
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class Stop(Exception):
    """Ends a tool with one clear line. ``code`` is the exit status: 2 for the machine's fault, 1 for a result."""

    def __init__(self, message: str, *, code: int = 2) -> None:
        super().__init__(message)
        self.code = code


def say(text: str) -> None:
    """One line of progress, at once."""
    print(text, flush=True)


def in_ci() -> bool:
    """True where a missing service is a failure and never a skip."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def die_with_parent() -> None:
    """In a child, before it starts: end with SIGTERM should the tool itself be killed (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM, 0, 0, 0)


def mark_of(files: Iterable[Path], *more: str) -> str:
    """A short text that changes when one of the files, their names, or ``more`` changes."""
    digest = hashlib.sha256("\n".join(more).encode())
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Stamp:
    """Remembers that a step was done, and for what; the step is skipped while its mark stays the same."""

    def __init__(self, path: Path, mark: str) -> None:
        self.path = path
        self.mark = mark

    def holds(self) -> bool:
        """True when the step was done for this very mark."""
        return self.path.exists() and self.path.read_text() == self.mark

    def set(self) -> None:
        """Remember; called after the step has ended well."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.mark)


def main(run: Callable[[], int | None]) -> None:
    """Run a tool: Stop becomes one line on stderr and its exit status, Ctrl-C a quiet 130."""
    try:
        code = run() or 0
    except Stop as stop:
        print(str(stop), file=sys.stderr, flush=True)
        code = stop.code
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
