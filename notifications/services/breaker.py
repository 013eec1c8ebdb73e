"""A light circuit breaker per channel and process: a dead provider is not asked once per letter.

In memory on purpose: it must work when Redis is what died. Two worker processes learn the same thing twice.
"""

import time
from dataclasses import dataclass

FAULTS = 3  # in a row
SHORTEST = 30.0  # seconds a channel rests at first …
LONGEST = 60.0  # … and when it stays dead; codes live two minutes


@dataclass
class Breaker:
    """Counts faults of a whole channel in a row."""

    faults: int = 0
    rest: float = SHORTEST
    open_until: float = 0.0

    @property
    def is_open(self) -> bool:
        """True while the channel rests. Afterwards one letter is tried, and one more fault is enough."""
        return time.monotonic() < self.open_until

    def fault(self) -> None:
        """One more attempt ended in a fault of the channel."""
        self.faults += 1
        if self.faults >= FAULTS:
            self.open_until = time.monotonic() + self.rest
            self.rest = min(LONGEST, self.rest * 2)

    def fine(self) -> None:
        """The channel answered properly."""
        self.faults, self.rest, self.open_until = 0, SHORTEST, 0.0


_breakers: dict[str, Breaker] = {}


def of(channel: str) -> Breaker:
    """This process's breaker of a channel."""
    return _breakers.setdefault(channel, Breaker())


def forget() -> None:
    """Close them all, as a new process has them."""
    _breakers.clear()
