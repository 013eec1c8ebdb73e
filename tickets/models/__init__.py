"""Ticket, what is said on it, what happened to it."""

from .answers import FieldAnswer, FieldPick, FieldWord, Rating
from .hands import Custody, Transfer, Watcher
from .thread import Attachment, Event, Message, NoteReader, ReadMark
from .ticket import FAR, Counter, StatusMove, Ticket, TicketRules, TicketStatus
from .writing import Draft, Outgoing, OutgoingFile

__all__ = [
    "FAR",
    "Attachment",
    "Counter",
    "Custody",
    "Draft",
    "Event",
    "FieldAnswer",
    "FieldPick",
    "FieldWord",
    "Message",
    "NoteReader",
    "Outgoing",
    "OutgoingFile",
    "Rating",
    "ReadMark",
    "StatusMove",
    "Ticket",
    "TicketRules",
    "TicketStatus",
    "Transfer",
    "Watcher",
]
