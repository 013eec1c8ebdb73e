"""What every channel answers."""

from dataclasses import dataclass
from typing import Literal, Protocol, Self

from ..compose import Letter


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt. ``error`` is a Persian reason for the owner; it never holds keys or codes.

    ``unsure``: it may have arrived although we were not told. ``down``: the fault is the whole channel's, not this
    letter's, so the ones behind it need not be tried now. ``alarm``: somebody must mend something of ours.
    """

    state: Literal["sent", "temporary", "permanent"]
    provider_id: str = ""
    status: str = ""
    cost: int | None = None
    error: str = ""
    unsure: bool = False
    down: bool = False
    alarm: str = ""

    @classmethod
    def sent(cls, provider_id: str = "", status: str = "", cost: int | None = None) -> Self:
        """The provider has taken it. ``cost`` in rial."""
        return cls("sent", provider_id=provider_id, status=status, cost=cost)

    @classmethod
    def temporary(cls, error: str, *, unsure: bool = False, down: bool = False, alarm: str = "") -> Self:
        """Worth another try later."""
        return cls("temporary", error=error, unsure=unsure, down=down, alarm=alarm)

    @classmethod
    def permanent(cls, error: str, *, unsure: bool = False, down: bool = False, alarm: str = "") -> Self:
        """Trying again would change nothing."""
        return cls("permanent", error=error, unsure=unsure, down=down, alarm=alarm)


class Channel(Protocol):
    """A way out. ``send`` never raises for what the other side does; ``close`` lets go of connections."""

    def send(self, letter: Letter) -> Outcome: ...

    def close(self) -> None: ...


class Unconfigured:
    """A channel nobody has set up: its letters fail with a reason the owner can read."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def send(self, letter: Letter) -> Outcome:
        """Refuse."""
        return Outcome.permanent(self.reason)

    def close(self) -> None:
        """Nothing is open."""
