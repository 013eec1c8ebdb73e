"""The verbs of a ticket. Only these write it; each is one transaction and names its actor."""

from .bin import delete, purge, restore
from .fields import fill
from .hands import assign, assign_many, move, refer, take
from .internal import open_internal
from .life import close, reopen, set_priority, set_status, solve
from .opening import Opened, open_ticket
from .outgoing import answer, send_now, take_back
from .rating import rate_answer, rate_closing
from .reading import mark_read
from .talk import note, reply
from .transfers import accept, reject, request_transfer, withdraw
from .watching import unwatch, watch

__all__ = [
    "Opened",
    "accept",
    "answer",
    "assign",
    "assign_many",
    "close",
    "delete",
    "fill",
    "mark_read",
    "move",
    "note",
    "open_internal",
    "open_ticket",
    "purge",
    "rate_answer",
    "rate_closing",
    "refer",
    "reject",
    "reopen",
    "reply",
    "request_transfer",
    "restore",
    "send_now",
    "set_priority",
    "set_status",
    "solve",
    "take",
    "take_back",
    "unwatch",
    "watch",
    "withdraw",
]
