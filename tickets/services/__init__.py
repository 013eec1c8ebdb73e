"""The verbs of a ticket. Only these write it; each is one transaction and names its actor."""

from .bin import delete, purge, restore
from .hands import assign, take
from .internal import open_internal
from .life import close, reopen, set_priority, set_status
from .opening import Opened, open_ticket
from .reading import mark_read
from .talk import note, reply

__all__ = [
    "Opened",
    "assign",
    "close",
    "delete",
    "mark_read",
    "note",
    "open_internal",
    "open_ticket",
    "purge",
    "reopen",
    "reply",
    "restore",
    "set_priority",
    "set_status",
    "take",
]
