"""Who reads a private note beyond their right: the people named on it and those called by «@» (S12, B5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from departments.models import StaffGroupMember
from web.errors import Invalid

from .. import access, mentions, standing
from ..models import Event, Message, NoteReader, Ticket, Watcher
from ..states import Audience, EventKind, Via
from . import telling

MOST = 30
TOO_MANY = "در یک یادداشت می‌توان حداکثر ۳۰ همکار را نام برد. یادداشت را در چند بخش بنویسید."
GONE = "یکی از کسانی که انتخاب کردید در دسترس نیست. انتخاب‌ها را ببینید و دوباره بفرستید."
NOBODY = "کسانی را که این یادداشت را می‌خوانند انتخاب کنید."
SHARED = "«{}» نام بیش از یک همکار یا گروه است. با نام کاربری بنویسید تا معلوم شود کدام است."
BLIND = "{} این تیکت را نمی‌بیند و تیکت دست شما نیست که نشانش دهید. او را از فهرست بردارید."


@dataclass(frozen=True)
class Called:
    """Whom a note names: ``named`` may read it, ``mentioned`` are called in its text; ``gain`` sight of the ticket."""

    named: Sequence[User] = ()
    mentioned: Sequence[User] = ()
    gain: Sequence[User] = ()


def called(ticket: Ticket, *, actor: User, body: str, audience: str, readers: Iterable[User]) -> Called:
    """Whom the note reaches. Raises Invalid for too many names or none, one that fits several, one who may not see it.

    Who does not handle the ticket shows it to nobody: their call reaches those who see it already (SPEC: people).
    """
    if audience not in Audience.values:
        raise Invalid("بگویید چه کسی یادداشت را بخواند.", field="audience")
    named = _named(actor, readers) if audience == Audience.NAMED else []
    mentioned = _mentioned(actor, body)
    if audience == Audience.NAMED and not (named or mentioned):
        raise Invalid(NOBODY, field="readers")
    everybody = {person.pk: person for person in (*named, *mentioned)}
    if len(everybody) > MOST:
        raise Invalid(TOO_MANY, field="body")
    gain = [person for person in everybody.values() if not _stays(person, ticket)]
    if standing.handles(actor, ticket):
        return Called(named, mentioned, gain)
    blind = {person.pk for person in gain if not access.sees(person, ticket)}
    for person in named:
        if person.pk in blind:
            raise Invalid(BLIND.format(person.display_name), field="readers")
    reached = [person for person in mentioned if person.pk not in blind]
    if audience == Audience.NAMED and not (named or reached):
        # Everybody it was for is out of reach: a note for nobody would look like one that was read.
        raise Invalid(BLIND.format(mentioned[0].display_name), field="body")
    return Called(named, reached)


def let_read(ticket: Ticket, message: Message, called: Called, *, actor: User) -> None:
    """Write down who may read the note and who sees the ticket by it, and tell them; inside the note's transaction."""
    via = dict.fromkeys(called.named, Via.ADDED) | dict.fromkeys(called.mentioned, Via.MENTION)
    if not via:
        return
    tenant, at = message.tenant_id, message.created_at
    NoteReader.objects.bulk_create(
        NoteReader(tenant_id=tenant, message=message, user=user, via=why, created_at=at)
        for user, why in via.items()
    )
    known = set(Watcher.objects.filter(ticket=ticket, user__in=called.gain).values_list("user_id", flat=True))
    fresh = [user for user in called.gain if user.pk not in known]
    Watcher.objects.bulk_create(
        Watcher(tenant_id=tenant, ticket=ticket, user=user, added_by=actor, via=Via.MENTION, created_at=at)
        for user in fresh
    )
    Event.objects.bulk_create(
        Event(
            tenant_id=tenant,
            ticket=ticket,
            actor=actor,
            kind=EventKind.WATCHING,
            to_person=user,
            reason="mention",
            created_at=at,
        )
        for user in fresh
    )
    telling.mentioned(ticket, message, told=via, actor=actor)


def _named(actor: User, readers: Iterable[User]) -> list[User]:
    """The chosen people, each once and as they are now, without the writer; the owner reads every note anyway."""
    wanted = {person.pk for person in readers} - {actor.pk}
    if len(wanted) > MOST:
        raise Invalid(TOO_MANY, field="readers")
    found = list(_ours().filter(pk__in=wanted).order_by("sort_key", "pk"))
    if len(found) != len(wanted):
        raise Invalid(GONE, field="readers")
    return found


def _mentioned(actor: User, body: str) -> list[User]:
    """The colleagues called in the text, by name or with their group, in its order and without the writer."""
    if "@" not in body:
        return []
    people = {person.pk: person for person in _ours().order_by("sort_key", "pk")}
    groups: dict[str, list[int]] = {}
    for name, member in StaffGroupMember.objects.values_list("group__name", "user_id"):
        groups.setdefault(name, []).append(member)
    ids: dict[int, None] = {}
    for mention in mentions.Directory(people.values(), groups).find(body):
        if mention.is_shared:
            raise Invalid(SHARED.format(body[mention.start + 1 : mention.end]), field="body")
        # Of a group, those who are there.
        ids |= dict.fromkeys(pk for pk in people if pk in mention.ids and pk != actor.pk)
    return [people[pk] for pk in ids]


def _ours() -> QuerySet[User]:
    return User.objects.filter(role__in=(Role.OWNER, Role.STAFF), is_active=True)


def _stays(person: User, ticket: Ticket) -> bool:
    """Whether they see the ticket for good without watching it: it is theirs, or they answer for it."""
    return standing.handles(person, ticket) or ticket.opened_by_id == person.pk
