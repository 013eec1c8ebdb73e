"""Random histories of tickets: nobody finds what access denies them, and whoever is told of a ticket can see it.

A state machine has everybody do everything to tickets (VERBS) and moves the world under them (WORLD: seats, sharing,
days away). After each step some people look for what they may not see: lists, search, ticket pages, short addresses,
files, counts, letters, the bell. A new verb needs a row in VERBS, and a new page that shows tickets one in ``_pages``.

``LEAK_EXAMPLES=200 LEAK_STEPS=40`` is the long form.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, currently_in_test_context, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User, Vacation
from accounts.roles import Level
from departments import services as desks
from departments.absence import today
from departments.models import Department, ExtraField, Seat, Topic
from departments.services import vacations
from departments.services.fields import create_field
from notifications.models import Bell, Delivery
from tenants.models import StoredFile
from tenants.scope import tenant_scope
from tenants.services import files
from tests.worlds import House, World, make_ticket, make_world
from tickets import access, queries, services
from tickets.models import Attachment, FieldAnswer, Message, Ticket, TicketRules, TicketStatus, Transfer
from tickets.ratings import TOLD_AFTER
from tickets.services import leaving
from tickets.services.people import leave_seat, relink_customer, retire_department
from tickets.services.rating import tell_low
from tickets.states import OURS, UNFINISHED, Audience, Channel, MessageKind, Side
from web.errors import DomainError

pytestmark = pytest.mark.slow
EXAMPLES = int(os.environ.get("LEAK_EXAMPLES", "2"))
STEPS = int(os.environ.get("LEAK_STEPS", "20"))
COUNTED = 3  # people whose counts are reckoned again after a step; one more walks through the pages
OPENED_FIRST = 3
# Letters that tell somebody a ticket is no longer theirs to see.
FAREWELLS: frozenset[str] = frozenset({"ticket.unsent"})
NO_VERBS = {"Opened"}


@dataclass(frozen=True)
class Hand:
    """What hypothesis drew for one step; each verb takes of it what it needs."""

    actor: User
    person: User  # somebody else: a colleague to assign to, to refer to, to mention
    department: Department
    number: int
    flag: bool

    def __str__(self) -> str:
        """For the story of a failure."""
        return f"{self.actor.name}, {self.person.name}, {self.department.name}, {self.number}, {self.flag}"


Do = Callable[["Leaks", Ticket, Hand], Any]


def _say(machine: Leaks, hand: Hand) -> dict[str, Any]:
    """A text nobody else has written, by the form it comes with, and now and then a file."""
    held = [machine.paper(hand.actor)] if hand.number % 3 == 0 else []
    return {"actor": hand.actor, "body": machine.canary(), "client_key": uuid.uuid4(), "files": held}


def _status(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    rows = list(TicketStatus.objects.order_by("pk"))
    return services.set_status(ticket, actor=hand.actor, status=rows[hand.number % len(rows)])


def _open(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    """By a customer for themself, by our side for one; with a topic, a person, or neither."""
    topics = [None, *Topic.objects.filter(department=hand.department).select_related("parent").order_by("pk")]
    customers = [person for person in machine.home.everyone().values() if person.is_customer]
    return services.open_ticket(
        actor=hand.actor,
        requester=customers[hand.number % len(customers)],
        subject=machine.canary(),
        body=machine.canary(),
        client_key=uuid.uuid4(),
        department=hand.department,
        topic=topics[hand.number % len(topics)],
        staff=hand.person if hand.flag else None,
        wants_sms=hand.flag,
    )


def _note(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    """For those with the right, for somebody named, or with a call in it."""
    words = _say(machine, hand)
    if hand.number % 3 == 1:
        words |= {"audience": Audience.NAMED, "readers": [hand.person]}
    if hand.number % 4 == 1:
        words["body"] += f" @{hand.person.name}"
    return services.note(ticket, **words)


def _internal(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    return services.open_internal(
        actor=hand.actor,
        department=hand.department,
        subject=machine.canary(),
        body=machine.canary(),
        client_key=uuid.uuid4(),
        about=ticket if ticket.pk and hand.flag else None,
    )


def _explained(machine: Leaks, hand: Hand) -> dict[str, Any]:
    """The words that go with a hand-over, by the form they come with."""
    return {"actor": hand.actor, "explanation": machine.canary(), "client_key": uuid.uuid4()}


def _ask(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    person = hand.person if hand.number % 3 == 0 else None
    return services.request_transfer(
        ticket, target=hand.department, person=person, **_explained(machine, hand)
    )


def _answer(verb: Callable[..., Any], **more: Callable[[Hand], Any]) -> Do:
    """Something done to the last request about a ticket, over or not."""

    def do(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
        last = Transfer.objects.select_related("ticket").order_by("-pk").first()
        if last is not None:
            return verb(last, actor=hand.actor, **{name: pick(hand) for name, pick in more.items()})
        return None

    return do


def _refer(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    return services.refer(ticket, to=hand.person, **_explained(machine, hand))


def _move(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    to = hand.person if hand.flag else None
    return services.move(ticket, target=hand.department, to=to, **_explained(machine, hand))


def _assign_many(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    rows = access.tickets_seen_by(hand.actor).filter(department=hand.department).order_by("pk")
    numbers = [ticket.number, *rows.values_list("number", flat=True)[:3]]
    return services.assign_many(numbers, actor=hand.actor, to=hand.person, note=machine.canary())


def _rate_answer(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    """Mostly an answer, written first where there is none; now and then any message of it, seen or not."""
    said = Message.objects.filter(ticket=ticket).order_by("pk")
    answers = said.filter(kind=MessageKind.REPLY, side=Side.STAFF)
    if hand.number % 4 and not answers.exists():
        words = {"body": machine.canary(), "client_key": uuid.uuid4()}
        services.reply(ticket, actor=ticket.assignee or machine.home.owner, **words)
    rated = (hand.number % 4 and list(answers)) or list(said)
    return _told(services.rate_answer(rated[hand.number % len(rated)], **_stars(machine, ticket, hand)))


def _rate_closing(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    if hand.number % 4 and ticket.category in UNFINISHED:
        services.close(ticket, actor=machine.home.owner)
    return _told(services.rate_closing(ticket, **_stars(machine, ticket, hand)))


def _told(rating: Any) -> Any:
    """The minutes after which few stars are told are over."""
    tell_low(timezone.now() + TOLD_AFTER)
    return rating


def _stars(machine: Leaks, ticket: Ticket, hand: Hand) -> dict[str, Any]:
    """Mostly by who asked, mostly few: few stars are told to somebody."""
    return {
        "actor": ticket.requester if hand.number % 4 else hand.actor,
        "stars": 1 + hand.number % 3 * 2,
        "comment": machine.canary() if hand.flag else "",
    }


def _fill(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
    """An answer only our side may read, to a question of the department the ticket is in now."""
    desk = Department.objects.get(pk=ticket.department_id or hand.department.pk)
    found = ExtraField.objects.filter(department=desk, is_active=True).first()
    if found is None:
        found = create_field(
            actor=machine.home.owner, department=desk, kind="text", label="ارزیابی", is_staff_only=True
        )
    return services.fill(ticket, actor=hand.actor, answers={found.pk: machine.canary()})


def _sending(verb: Callable[..., Any]) -> Do:
    """An answer is laid down for a while, and what becomes of it is up to the verb."""

    def do(machine: Leaks, ticket: Ticket, hand: Hand) -> Any:
        TicketRules.objects.update_or_create(defaults={"undo_seconds": 15})
        try:
            row = services.answer(ticket, **_say(machine, hand)).outgoing
        finally:
            TicketRules.objects.update(undo_seconds=0)
        return verb(row, actor=hand.actor) if row else None

    return do


VERBS: dict[str, Do] = {
    "rate_answer": _rate_answer,
    "rate_closing": _rate_closing,
    "fill": _fill,
    "open_ticket": _open,
    "reply": lambda machine, ticket, hand: services.reply(ticket, **_say(machine, hand)),
    "answer": lambda machine, ticket, hand: services.answer(ticket, **_say(machine, hand)),
    "take_back": _sending(services.take_back),
    "send_now": _sending(services.send_now),
    "note": _note,
    "open_internal": _internal,
    "request_transfer": _ask,
    "accept": _answer(services.accept, to=lambda hand: hand.person if hand.flag else None),
    "reject": _answer(services.reject, reason=lambda hand: "نه، نزد شما بماند"),
    "withdraw": _answer(services.withdraw),
    "refer": _refer,
    "move": _move,
    "assign_many": _assign_many,
    "watch": lambda machine, ticket, hand: services.watch(ticket, actor=hand.actor, user=hand.person),
    "unwatch": lambda machine, ticket, hand: services.unwatch(ticket, actor=hand.actor, user=hand.person),
    "delete": lambda machine, ticket, hand: services.delete(ticket, actor=hand.actor),
    "restore": lambda machine, ticket, hand: services.restore(ticket, actor=hand.actor),
    "purge": lambda machine, ticket, hand: services.purge(ticket, actor=hand.actor),
    "take": lambda machine, ticket, hand: services.take(ticket, actor=hand.actor),
    "assign": lambda machine, ticket, hand: services.assign(ticket, actor=hand.actor, to=hand.person),
    "set_status": _status,
    "set_priority": lambda machine, ticket, hand: services.set_priority(
        ticket, actor=hand.actor, priority=1 + hand.number % 4
    ),
    "close": lambda machine, ticket, hand: services.close(ticket, actor=hand.actor),
    "solve": lambda machine, ticket, hand: services.solve(ticket, **_say(machine, hand)),
    "reopen": lambda machine, ticket, hand: services.reopen(ticket, actor=hand.actor),
    "mark_read": lambda machine, ticket, hand: services.mark_read(ticket, actor=hand.actor),
}


# What moves under the tickets -----------------------------------------------------------------------------------
def _share(machine: Leaks, hand: Hand) -> None:
    row = hand.department
    words = {"name": row.name, "description": row.description, "is_hidden": row.is_hidden}
    rules = ("queue", "rotation", "least")
    desks.change_department(
        row,
        actor=machine.home.owner,
        **words,
        shares_unassigned=hand.flag,
        rule=rules[hand.number % len(rules)],
    )


def _seat(machine: Leaks, hand: Hand) -> None:
    desks.seat(actor=machine.home.owner, user=hand.person, department=hand.department)


def _unseat(machine: Leaks, hand: Hand) -> None:
    place = Seat.objects.filter(user=hand.person, department=hand.department).select_related("user").first()
    if place is not None:
        leave_seat(place, actor=machine.home.owner)


def _away(machine: Leaks, hand: Hand) -> None:
    if hand.flag and (planned := Vacation.objects.filter(user=hand.person).first()):
        vacations.cancel(planned, actor=machine.home.owner)
        return
    days = {"starts_on": today(), "ends_on": today() + timedelta(days=1)}
    person, stand_in = hand.person, hand.actor if hand.actor.is_staff_member else None
    if hand.number % 2:  # whoever stands in for a manager does not see all that the manager sees
        seats = {seat.is_manager: seat.user for seat in Seat.objects.filter(department=hand.department)}
        person, stand_in = seats.get(True, person), seats.get(False, stand_in)
    vacations.plan(person, actor=machine.home.owner, substitute=stand_in, **days)


def _link(machine: Leaks, hand: Hand) -> None:
    desks.link_customer(
        actor=machine.home.owner,
        customer=machine.home.other_company,
        department=hand.department,
        staff=hand.person if hand.flag else None,
    )


def _relink(machine: Leaks, hand: Hand) -> None:
    """Tied to another desk, with all that is open."""
    company = (machine.home.customer, machine.home.other_company)[hand.number % 2]
    staff = hand.person if hand.flag else None
    words = {"actor": machine.home.owner, "department": hand.department, "staff": staff}
    relink_customer(company, move_open=True, **words)
    if hand.number % 3:  # so that what is opened next goes everywhere again
        desks.unlink_customer(actor=machine.home.owner, customer=company)


def _settle(machine: Leaks, hand: Hand) -> None:
    """A seat goes while something is on its way to it, and the sweep comes by."""
    Seat.objects.filter(user=hand.person, department=hand.department).exclude(level="manager").delete()
    leaving.settle()


WORLD: dict[str, Callable[[Leaks, Hand], None]] = {
    "relink": _relink,
    "settle": _settle,
    "share": _share,
    "seat": _seat,
    "unseat": _unseat,
    "away": _away,
    "link": _link,
}


# More is said than done: what is said is what may leak. A third of the steps change who sees what.
EVERY = [*sorted(VERBS) * 2, *["note", "reply"] * 4, *sorted(WORLD) * 2]
DICE = st.integers(0, 2**64 - 1)


@dataclass(frozen=True)
class Watched:
    """What a person may find just now and what not: of our tickets and messages, by the words only they hold."""

    person: User | None
    rows: dict[int, Ticket]
    messages: dict[int, Message]
    seen: set[int]
    read: set[int]
    secrets: set[str]  # answers for our side alone, or on tickets they do not see (S31)

    @property
    def denied(self) -> list[Ticket]:
        return [row for pk, row in self.rows.items() if pk not in self.seen]

    @property
    def subjects(self) -> set[str]:
        """Of tickets they do not see."""
        return {row.subject for row in self.denied}

    @property
    def bodies(self) -> set[str]:
        """Of messages they may not read, and answers."""
        return {row.body for pk, row in self.messages.items() if pk not in self.read} | self.secrets


class Leaks(RuleBasedStateMachine):
    """One history; everything it writes is undone when it ends."""

    def __init__(self, world: World, browsers: dict[str, Client]) -> None:
        super().__init__()
        self.home, self.rival, self.browsers = world.home, world.rival, browsers
        self.people: dict[str, User] = world.home.everyone()
        self.staff = [name for name, person in self.people.items() if person.is_staff_member]
        self.spoken = self.steps = 0
        self.letters = self.bells = 0
        self.kept: dict[int, Watched] = {}
        self.rows: dict[int, Ticket] = {}
        self.messages: dict[int, Message] = {}
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # What the verbs use ---------------------------------------------------------------------------------------------
    def canary(self) -> str:
        """A word that stands nowhere else."""
        self.spoken += 1
        letters = "".join("bcdfghjkmn"[int(digit)] for digit in f"{self.spoken:04d}")
        return f"canary{letters}yranac"

    def paper(self, actor: User) -> StoredFile:
        """A stored file, not bound yet."""
        upload = SimpleUploadedFile("paper.txt", self.canary().encode())
        return files.store(upload, tenant=self.home.tenant, actor=actor)

    def fresh(self, name: str) -> User:
        """A person as a request reads them, with nothing remembered of their seats."""
        return User.objects.select_related("customer", "section").get(pk=self.people[name].pk)

    def watch(self, pk: int | None) -> Watched:
        """What a person of ours (by id) may find after this step; None is somebody of the rival's. In the scope."""
        if not self.kept:
            self.rows = {row.pk: row for row in Ticket.with_bin.all()}
            self.messages = {row.pk: row for row in Message.objects.all()}
        if (pk or 0) not in self.kept:
            person = User.objects.select_related("customer", "section").get(pk=pk) if pk else None
            seen = set(access.tickets_seen_by(person).values_list("pk", flat=True)) if person else set()
            read = set(access.messages_seen_by(person).values_list("pk", flat=True)) if person else set()
            ours = person is not None and person.is_staff_member
            secrets = {
                text
                for text, ticket in FieldAnswer.objects.values_list("text", "ticket_id")
                if not ours or ticket not in seen
            }
            self.kept[pk or 0] = Watched(person, self.rows, self.messages, seen, read, secrets)
        return self.kept[pk or 0]

    def next(self, names: list[str], count: int) -> list[str]:
        """Some people, others after each step."""
        return [names[(self.steps * count + turn) % len(names)] for turn in range(count)]

    def one_of(self, hand: Hand) -> Ticket | None:
        """Mostly a ticket the actor sees, now and then any."""
        rows = access.tickets_seen_by(hand.actor) if hand.number % 5 else Ticket.with_bin.all()
        found = list(rows.order_by("pk"))
        return found[hand.number % len(found)] if found else None

    def hand(self, draw: Random) -> Hand:
        """Who does it, with whom, where."""
        with tenant_scope(self.home.tenant):
            place = getattr(self.home, draw.choice(("support", "support", "finance", "orphan")))
            desk = Department.objects.get(pk=place.pk)
            actor = self.fresh(draw.choice([*self.people]))
            other = self.fresh(draw.choice([name for name in self.staff if name != "owner"]))
        return Hand(actor, other, desk, draw.randrange(60), draw.random() < 0.5)

    @contextmanager
    def step(self, words: str) -> Iterator[None]:
        """One step in the tenant's scope; a refusal is as good as a success."""
        _noted(words)
        self.steps += 1
        self.kept.clear()
        with tenant_scope(self.home.tenant):
            self.letters = Delivery.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            self.bells = Bell.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            try:
                with transaction.atomic():
                    yield
            except DomainError as refused:
                _noted(f"  refused: {type(refused).__name__} {refused.message}")

    # Rules ----------------------------------------------------------------------------------------------------------
    # One rule and one number a step, mixed with the step's place: hypothesis leaves whole rules out of a history and
    # likes to repeat what it drew, so that a few short histories would hardly do anything.
    @initialize(dice=DICE)
    def begin(self, dice: int) -> None:
        """A few tickets of several people: whoever is drawn of our side opens them for a customer."""
        for number in range(OPENED_FIRST):
            hand = self.hand(Random(f"{dice}/{number}"))
            with self.step(f"begin: {hand}"):
                _open(self, Ticket(), hand)

    @rule(dice=DICE)
    def act(self, dice: int) -> None:
        """Somebody does something to a ticket, allowed or not; or the world turns under them."""
        draw = Random(f"{dice}/{self.steps}")
        what, hand = draw.choice(EVERY), self.hand(draw)
        with self.step(f"{what}: {hand}"):
            if what in WORLD:
                WORLD[what](self, hand)
                return
            ticket = self.one_of(hand)
            if ticket is not None or what == "open_ticket":
                VERBS[what](self, ticket or Ticket(), hand)

    # Looking --------------------------------------------------------------------------------------------------------
    @invariant()
    def who_is_told_can_see(self) -> None:
        """Letters and bell lines of this step are about tickets their reader sees now, and quote nothing hidden."""
        if not self.steps:
            return
        with tenant_scope(self.home.tenant):
            rows = list(Delivery.objects.filter(pk__gt=self.letters, recipient__isnull=False))
            told = [(one.recipient_id, one.kind, one.about, json.dumps(one.data)) for one in rows]
            lines = Bell.objects.filter(pk__gt=self.bells)
            told += [(one.user_id, one.kind, one.about, one.text) for one in lines]
            for reader, kind, about, words in told:
                watched = self.watch(reader)
                if about.startswith("ticket:") and kind not in FAREWELLS:
                    number = int(about.removeprefix("ticket:"))
                    assert number in watched.seen, f"{kind} told person {reader} of a ticket they cannot see"
                if kind == "transfer.requested":
                    asked = Transfer.objects.get(pk=int(about.removeprefix("transfer:"))).ticket_id
                    assert asked in watched.seen, f"person {reader} is asked for a ticket they cannot see"
                hidden = [word for word in watched.bodies | watched.subjects if word in words]
                assert not hidden, f"{kind} quotes to person {reader} what they may not read"

    @invariant()
    def counts_are_of_what_is_seen(self) -> None:
        """The numbers beside the views, reckoned again from the visible tickets alone."""
        if not self.steps:
            return
        with tenant_scope(self.home.tenant):
            for name in self.next([*self.people], COUNTED):
                watched = self.watch(self.people[name].pk)
                person = self.fresh(name)
                self._as_spec_says(name, person, watched)
                rows = [watched.rows[pk] for pk in watched.seen]
                left = [row for row in rows if row.category in UNFINISHED]
                wanted = {
                    "open": len(left),
                    "unanswered": sum(
                        # Whoever asked among ourselves does not owe the answer.
                        row.category in OURS
                        and (row.channel, row.requester_id) != (Channel.INTERNAL, person.pk)
                        for row in rows
                    ),
                    "mine": sum(row.assignee_id == person.pk for row in left),
                    "unassigned": sum(row.assignee_id is None for row in left),
                }
                counts = queries.counts(person, names=wanted)
                assert {key: int(value) for key, value in counts.items()} == wanted, name

    def _as_spec_says(self, name: str, person: User, watched: Watched) -> None:
        """What must hold whatever access thinks: said here a second time, in the words of SPEC's table of people."""
        if not person.is_customer:
            return
        assert all(watched.messages[pk].kind == MessageKind.REPLY for pk in watched.read), (
            f"{name} reads a note"
        )
        for row in (watched.rows[pk] for pk in watched.seen):
            assert row.channel != Channel.INTERNAL and row.deleted_at is None, name
            assert row.customer_id == person.customer_id, f"{name} sees another company's ticket"
            assert person.level != Level.SECTION_MEMBER or row.requester_id == person.pk, name

    @invariant()
    def nobody_finds_what_is_denied(self) -> None:
        """Somebody else each time looks everywhere a ticket may show."""
        if not self.steps:
            return
        (name,) = self.next([*self.people, "rival_owner", "rival_customer"], 1)
        pk = self.people[name].pk if name in self.people else None
        with tenant_scope(self.home.tenant):
            watched = self.watch(pk)
            paper = Attachment.objects.select_related("file").order_by("pk").last()
            heard = set(Bell.objects.filter(user=pk).values_list("about", flat=True)) if pk else set()
        self._walk(name, watched, heard)
        self._knock(name, watched, paper)

    def _walk(self, name: str, watched: Watched, heard: set[str]) -> None:
        """Pages that list or show: no subject, text or address of what is denied."""
        browser, desk = self.browsers[name], self._at_desk(name)
        for path in self._pages(desk, watched):
            response = browser.get(path)
            assert response.status_code == 200, (name, path)
            page = _without_echo(response.content.decode(), path)
            hidden = {word for word in watched.bodies if word in page}
            # What somebody was rightly told of stays in their bell.
            told = (
                {row.subject for row in watched.denied if f"ticket:{row.pk}" in heard}
                if path == "/bell/"
                else set()
            )
            hidden |= {word for word in watched.subjects - told if word in page}
            assert not hidden, (name, path, hidden)
            ways = [row.number for row in watched.denied if f"/tickets/{row.number}/" in page]
            assert not ways, (name, path, ways)

    def _pages(self, desk: bool, watched: Watched) -> list[str]:
        lists = (
            ["/desk/", "/desk/tickets/?view=all", "/desk/transfers/"]
            if desk
            else ["/portal/", "/portal/tickets/"]
        )
        searched = "/desk/tickets/?view=all&q=" if desk else "/portal/tickets/?q="
        denied = sorted((watched.subjects, watched.bodies)[self.steps % 2])[-1:]
        seen = sorted(watched.rows[pk].number for pk in watched.seen)[-1:]
        side = "desk" if desk else "portal"
        return [
            *lists,
            "/bell/",
            *(searched + word for word in denied),
            *(f"/{side}/tickets/{number}/" for number in seen),
        ]

    def _knock(self, name: str, watched: Watched, paper: Attachment | None) -> None:
        """Addresses of what is denied: they are not there. A file opens for whoever reads its message, alone."""
        browser, side = self.browsers[name], "desk" if self._at_desk(name) else "portal"
        for row in watched.denied[-1:]:
            for path in (f"/{side}/tickets/{row.number}/", f"/t/{row.tracking_code}/"):
                # A rival's number may be one of their own.
                if name in self.people or path.startswith("/t/"):
                    assert browser.get(path).status_code == 404, (name, path)
        if paper is not None:
            wanted = 200 if paper.message_id in watched.read else 404
            response = browser.get(f"/files/{paper.file.public_id}/")
            # Read to its end: a stream that is only closed takes the test's connection with it.
            if response.streaming:
                b"".join(response.streaming_content)
            assert response.status_code == wanted, (name, "file", paper.message_id)

    def _at_desk(self, name: str) -> bool:
        return name in self.staff or name == "rival_owner"


def _noted(words: str) -> None:
    """For the story of a failure; a history nobody draws tells its own."""
    if currently_in_test_context():
        note(words)


def _without_echo(page: str, path: str) -> str:
    """The page without the search word it was asked for, where it repeats it: in its box, its links and its chip."""
    word = path.partition("&q=")[2] or path.partition("?q=")[2]
    return re.sub(rf'(value="|[?&;]q=|«|<b class="clip">){word}', "", page) if word else page


def _browsers(world: World) -> dict[str, Client]:
    """Everybody's browser, once for all histories."""
    home, rival = world.home, world.rival
    browsers = {name: home.client(person) for name, person in home.everyone().items()}
    strangers: dict[str, tuple[House, User]] = {
        "rival_owner": (rival, rival.owner),
        "rival_customer": (rival, rival.customer_main),
    }
    return browsers | {name: house.client(person) for name, (house, person) in strangers.items()}


def test_every_verb_of_a_ticket_has_its_row() -> None:
    assert set(services.__all__) - NO_VERBS == set(VERBS)


ACTORS = ("owner", "colleague", "customer_main")


def _retire(machine: Leaks, hand: Hand) -> None:
    """What was asked of a department that is switched off goes back."""
    retire_department(hand.department, actor=machine.home.owner, move_to=machine.home.support)


@pytest.mark.spec("H10", "S8", "H13")
def test_nothing_is_told_to_a_substitute_of_what_they_do_not_see(db: None) -> None:
    """Where chance seldom leads: the manager is away, and who stands in for them sees no colleague's ticket. Everything
    is done to one, by all who have to do with it, each time from the same beginning.
    """
    world = make_world()
    home, machine = world.home, Leaks(world, {})
    with tenant_scope(home.tenant):
        words = {"subject": machine.canary(), "body": machine.canary()}
        ticket = make_ticket(home, staff=home.colleague, **words)
        services.reply(ticket, actor=home.colleague, body=machine.canary(), client_key=uuid.uuid4())
        services.request_transfer(
            ticket,
            target=home.finance,
            **_explained(machine, Hand(home.colleague, home.staff, home.finance, 3, False)),
        )
        days = {"starts_on": today(), "ends_on": today()}
        vacations.plan(home.manager, actor=home.owner, substitute=home.staff, **days)
    done = 0
    turns = {**WORLD, "retire": _retire}
    acts = [(what, name) for what in VERBS for name in ACTORS] + [(what, "owner") for what in turns]
    for what, name in acts:
        with tenant_scope(home.tenant), transaction.atomic():
            hand = Hand(machine.fresh(name), machine.fresh("clerk"), home.finance, 3, False)
            with machine.step(what):
                if what in turns:
                    turns[what](machine, hand)
                else:
                    VERBS[what](machine, Ticket.objects.get(pk=ticket.pk), hand)
                done += 1
            machine.who_is_told_can_see()
            transaction.set_rollback(True)
    machine.teardown()
    assert done > 40, "most of it is refused"


@pytest.mark.spec("H10", "S12")
@pytest.mark.timeout(0 if "LEAK_EXAMPLES" in os.environ else 300)
def test_no_history_leaks(db: None) -> None:
    world = make_world()
    browsers = _browsers(world)
    with tenant_scope(world.home.tenant):
        for rule_, parent in (("rotation", None), ("least", None)):
            desks.create_topic(
                actor=world.home.owner,
                department=world.home.support,
                name=f"گروه {rule_}",
                rule=rule_,
                parent=parent,
            )
    run_state_machine_as_test(
        lambda: Leaks(world, browsers),
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Making a found history shorter takes minutes: the long form's work.
            phases=[Phase.generate, *([Phase.shrink] if "LEAK_EXAMPLES" in os.environ else [])],
        ),
    )
