"""The people named on private notes, read with the notes themselves (S12)."""

from __future__ import annotations

from django.db.models import Case, F, JSONField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import JSONArray

from accounts.models import User
from persian import sort_key
from web.gathering import Gathered

from .mentions import Directory
from .models import Message, NoteReader
from .states import Audience, MessageKind, Via


def with_readers(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Annotate ``named``; no statement more, for a page has few to give."""
    facts = JSONArray(F("user_id"), F("user__name"), F("user__username"), F("via"))
    rows = NoteReader.objects.filter(message=OuterRef("pk")).order_by().values("message")
    named = Subquery(rows.annotate(all=Gathered(facts)).values("all"))
    return messages.annotate(named=Case(When(kind=MessageKind.NOTE, then=named), output_field=JSONField()))


def dress(message: Message) -> None:
    """Set ``reads`` (names of those a note is only for, in order) and ``calls`` (who is called in its text)."""
    people = [
        (User(pk=pk, name=name, username=username), via)
        for pk, name, username, via in getattr(message, "named", None) or ()
    ]
    everybody = [person for person, _ in people] if message.audience == Audience.NAMED else []
    names = [person.display_name for person in everybody]
    message.reads = sorted(names, key=sort_key)  # type: ignore[attr-defined]
    message.calls = Directory(person for person, via in people if via == Via.MENTION)  # type: ignore[attr-defined]
