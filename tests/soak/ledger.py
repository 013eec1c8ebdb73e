"""The book a day is judged by: what people asked, what they were answered and promised."""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

from .browser import File

# Seconds around an announced absence in which a dropped line is part of it.
EDGE_OF_WINDOW = 1.0
# Words of a day that is one.
FEWEST = 3


@dataclass
class Word:
    """One thing somebody said: a ticket, an answer, a note, the words of a hand-over. ``mark`` stands in its text.

    ``is_owed``: the house has said it has it (a redirect to where it stands); from then on it must be there once.
    ``may_return``: an answer of ours on its way goes back to its writer when it can no longer go.
    """

    kind: str
    mark: str
    author: int
    is_owed: bool = False
    may_return: bool = False
    files: dict[str, str] = field(default_factory=dict)  # name → sha256
    key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def text(self) -> str:
        return f"از امروز صبح چاپ فاکتور خطا می‌دهد و کارمان مانده است. ({self.mark})"

    def hold(self, files: list[File]) -> None:
        """These files go with it."""
        self.files = {name: hashlib.sha256(raw).hexdigest() for _, name, raw in files}


@dataclass(frozen=True)
class Asked:
    """One request that was answered. ``at``: seconds since the day began."""

    kind: str
    status: int
    at: float
    seconds: float


@dataclass
class Ledger:
    """Written by every thread of the day."""

    began: float = field(default_factory=time.monotonic)
    words: list[Word] = field(default_factory=list)
    stars: dict[tuple[int, str], int | None] = field(default_factory=dict)  # (rater, form) → what stands
    asked: list[Asked] = field(default_factory=list)
    windows: list[list[float]] = field(default_factory=list)
    inside: Counter[str] = field(default_factory=Counter)  # what an announced absence cost
    faults: list[str] = field(default_factory=list)
    acts: Counter[str] = field(default_factory=Counter)
    idle_lines: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> float:
        return time.monotonic() - self.began

    def say(self, word: Word) -> Word:
        with self._lock:
            self.words.append(word)
        return word

    def find(self, mark: str) -> Word | None:
        with self._lock:
            return next((word for word in self.words if word.mark == mark), None)

    def has_enough(self) -> bool:
        """Whether enough was said to be judged at all."""
        return sum(word.is_owed and not word.may_return for word in self.words) >= FEWEST

    def did(self, act: str) -> None:
        with self._lock:
            self.acts[act] += 1

    def fault(self, words: str) -> None:
        """Something that must not happen, with the second of the day it happened at."""
        with self._lock:
            self.faults.append(f"{self.now():.1f} s: {words}")

    def saw(self, kind: str, status: int, begun: float, seconds: float) -> None:
        at = begun - self.began
        with self._lock:
            if status >= 500 and self._in_window(at, at + seconds):
                self.inside[f"{status}"] += 1
                return
            self.asked.append(Asked(kind, status, at, seconds))

    def dropped(self, kind: str, fault: Exception, begun: float) -> bool:
        """A line that broke; True when the house had said it would be away."""
        at = begun - self.began
        with self._lock:
            if self._in_window(at, self.now()):
                self.inside[type(fault).__name__] += 1
                return True
            self.faults.append(f"{at:.1f} s: {kind}: {type(fault).__name__}")
            return False

    def reopened(self) -> None:
        with self._lock:
            self.idle_lines += 1

    def away(self) -> None:
        """From now on the house is away, as it has said."""
        with self._lock:
            self.windows.append([self.now(), float("inf")])

    def back(self) -> None:
        with self._lock:
            self.windows[-1][1] = self.now()

    def _in_window(self, begun: float, ended: float) -> bool:
        edge = EDGE_OF_WINDOW
        return any(ended > first - edge and begun < last + edge for first, last in self.windows)
