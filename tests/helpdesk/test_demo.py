"""The demo: built small, once, under whatever database the tests have."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import Customer, User
from departments import hours, sla
from departments.calendar import default_calendar, working_minutes
from departments.models import SlaPolicy
from helpdesk.demo import content, moments, pictures
from helpdesk.demo.build import Built, build
from helpdesk.demo.people import ARVAND, DEMO, FIRST_TIME, LOGINS, PASSWORD, mobile
from helpdesk.demo.plan import DAYS, Planner, Resident, Story
from helpdesk.demo.slots import Slots
from notifications.models import Bell, Delivery, DemoLetter
from persian import jalali
from tenants.models import StoredFile, Tenant
from tenants.scope import all_tenants, tenant_scope
from tests.tickets.clocks import rule
from tickets import clock, queries
from tickets.models import (
    Draft,
    Event,
    Message,
    NoteReader,
    Rating,
    ReadMark,
    Ticket,
    TicketStatus,
    Transfer,
    Watcher,
)
from tickets.services import turning
from tickets.states import UNFINISHED, Category, Origin, Priority

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
NOW = timezone.now()
SCALE = 0.05
TEXTS = (*DEMO.texts, *ARVAND.texts)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Built]:
    """A small demo in a transaction that is rolled back after the last test of this module."""
    with django_db_blocker.unblock():
        try:
            with transaction.atomic():
                made = build(now=NOW, scale=SCALE)
                assert made is not None
                yield made
                transaction.set_rollback(True)
        finally:
            connections.close_all()


@pytest.fixture
def demo(built: Built) -> Iterator[Tenant]:
    """The first tenant, in its scope."""
    tenant = Tenant.objects.get(slug="demo")
    with tenant_scope(tenant):
        yield tenant


def test_build_shows_every_category_and_colour(demo: Tenant) -> None:
    tickets = list(Ticket.objects.all())
    assert {ticket.category for ticket in tickets} == set(Category.values)
    assert {clock.colour(ticket, NOW) for ticket in tickets} == {"", "green", "yellow", "red"}
    assert {ticket.origin for ticket in tickets} == set(Origin.values)
    assert Event.objects.filter(kind="reopened").exists()
    assert set(Event.objects.filter(kind="turned").values_list("reason", flat=True)) == {
        "yellow",
        "red",
        "close",
    }
    assert queries.colour_of(Ticket.objects.all(), "close", now=NOW).exists()
    assert not turning.sweep(NOW), "what has turned was announced when it did"
    assert Message.objects.filter(kind="note").exists()


@pytest.mark.spec("S11", "S12", "S13")
def test_build_shows_what_staff_say_among_themselves(demo: Tenant) -> None:
    internal = list(Ticket.objects.filter(channel="internal"))
    assert len(internal) == 4 and {ticket.from_department_id is None for ticket in internal} == {False}
    assert {ticket.category for ticket in internal} >= {"new", "answered", "closed"}
    assert [ticket for ticket in internal if ticket.linked_to_id] and not [
        t for t in internal if t.customer_id
    ]
    assert Message.objects.filter(audience="named").exists()
    assert {row.via for row in NoteReader.objects.all()} == {"added", "mention"}
    assert Watcher.objects.filter(via="mention").exists()


def test_build_shows_requests_that_wait_and_one_refused(demo: Tenant) -> None:
    states = set(Transfer.objects.values_list("state", flat=True))
    assert states == {"pending", "rejected"}
    assert Watcher.objects.exists()
    assert not Transfer.objects.filter(created_at__gt=NOW).exists()


@pytest.mark.spec("B8", "S31")
def test_build_shows_what_somebody_was_in_the_middle_of(demo: Tenant) -> None:
    begun = {row.place.partition("-")[0]: row.values for row in Draft.objects.order_by("place")}
    assert set(begun) == {"new", "note", "reply"}
    assert begun["new"]["answers"] and len(begun["note"]["readers"]) == 1


def test_build_tells_what_it_made(built: Built) -> None:
    assert built.tenants == 3
    with all_tenants("counting what was built"):
        assert built.tickets == Ticket.objects.count()
        assert built.files == StoredFile.objects.count()
        assert built.categories == Counter(Ticket.objects.values_list("category", flat=True))
    assert Tenant.objects.get(is_platform=True).name == "پیگیر"


def test_build_sends_nothing_and_rings_no_bell(built: Built) -> None:
    assert not connection.run_on_commit
    with all_tenants("no letter of any tenant"):
        assert not Delivery.objects.exists()
        assert not DemoLetter.objects.exists()
        lines = list(Bell.objects.all())
    assert lines
    assert all(NOW - timedelta(days=2) <= line.created_at <= NOW for line in lines)


def test_build_twice_makes_no_doubles(built: Built) -> None:
    def rows() -> list[int]:
        with all_tenants("counting twice"):
            return [model.objects.count() for model in (User, Customer, Ticket, Message, Event, StoredFile)]

    before = rows()
    assert build(now=NOW, scale=SCALE) is None
    assert rows() == before
    assert Tenant.objects.count() == 3


def test_everybody_is_invented(built: Built) -> None:
    with all_tenants("everybody's number"):
        people = list(User.objects.all())
    assert all((person.mobile or "").startswith("+98900000") for person in people)
    assert all(person.email is None or person.email.endswith(".example") for person in people)


def test_history_is_told_in_the_order_of_time(demo: Tenant) -> None:
    opened = list(Ticket.objects.order_by("number").values_list("created_at", flat=True))
    assert opened == sorted(opened)
    assert opened[0] > NOW - timedelta(days=DAYS)
    for model, field in ((Message, "created_at"), (Event, "created_at"), (ReadMark, "read_at")):
        assert not model.objects.filter(**{f"{field}__gt": NOW}).exists(), model
    for ticket in Ticket.objects.all():
        said = list(Message.objects.filter(ticket=ticket).order_by("pk").values_list("created_at", flat=True))
        assert said == sorted(said) and said[0] == ticket.created_at
        assert 1 <= len(said) <= 8
        assert not Event.objects.filter(ticket=ticket, created_at__lt=ticket.created_at).exists()


def test_no_two_tickets_read_the_same(built: Built) -> None:
    with all_tenants("subjects of both tenants"):
        subjects = list(Ticket.objects.values_list("subject", flat=True))
        bodies = list(Message.objects.values_list("body", flat=True))
    assert len(set(subjects)) == len(subjects)
    assert not [text for text in subjects + bodies if set(text) & set("{}|[]")]


def test_some_open_tickets_are_unread_and_closed_ones_are_not(demo: Tenant) -> None:
    owner = User.objects.get(role="owner")
    rows = queries.decorate(queries.queue(owner))
    waiting = [ticket for ticket in rows if ticket.category in UNFINISHED]
    unread = [ticket for ticket in waiting if ticket.unread]
    assert 0 < len(unread) < len(waiting)
    assert not [ticket for ticket in rows if ticket.category == Category.CLOSED and ticket.unread]


def _is_what_it_says(name: str, data: bytes) -> bool:
    ending = name.rpartition(".")[2]
    if ending in ("png", "jpg"):
        with Image.open(io.BytesIO(data)) as image:
            return image.format == {"png": "PNG", "jpg": "JPEG"}[ending] and image.width > 500
    if ending == "pdf":
        return data.startswith(b"%PDF-") and b"%%EOF" in data[-32:]
    if ending == "zip":
        return zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    return "ERROR" in data.decode()


def test_files_are_stored_bound_and_what_their_names_say(demo: Tenant) -> None:
    files = list(StoredFile.objects.all())
    assert files
    for stored in files:
        data = default_storage.open(stored.path).read()
        assert stored.bound_at is not None and len(data) == stored.size
        assert _is_what_it_says(stored.name, data)


@pytest.mark.parametrize("kind", sorted(content.FILE_NAMES))
@pytest.mark.parametrize("typeface", [True, False])
def test_files_of_every_kind_can_be_made(kind: str, typeface: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not typeface:  # a machine without the product's fonts
        monkeypatch.setattr(pictures, "_typeface", lambda: None)
    pictures._font.cache_clear()
    for name in content.FILE_NAMES[kind]:
        made = pictures.make(kind, name=name, words="SQL Error 926", rng=Random(name))
        again = pictures.make(kind, name=name, words="SQL Error 926", rng=Random(name))
        assert _is_what_it_says(name, made.read())
        assert kind == "pdf" or made.size == again.size
    pictures._font.cache_clear()


def test_the_people_of_the_table_can_come_in(built: Built, settings: Settings) -> None:
    settings.DEMO = True
    out = io.StringIO()
    call_command("demo", "--logins", stdout=out)
    for login in LOGINS:
        line = next(line for line in out.getvalue().splitlines() if login.mobile in line)
        with tenant_scope(Tenant.objects.get(slug=login.tenant)):
            person = User.objects.get(mobile=f"+98{login.mobile[1:]}")
        assert (person.welcomed_at is None) == (login.number == FIRST_TIME)
        assert person.is_active and login.role in line
        if login.username:
            assert person.username == login.username and person.check_password(PASSWORD)
            assert login.username in line and person.name in line


def test_the_clock_has_rules_of_its_own_and_colours_stay(demo: Tenant) -> None:
    said = hours.read()
    assert len(said.weeks) == 2 and 2 * len(said.days) == SlaPolicy.objects.count() == 2
    closed = next(iter(said.days.values()))
    assert closed.is_announced and closed.day > jalali.local_day(NOW)
    calendar, policies = said.calendar, sla.rules().policies
    for ticket in Ticket.objects.filter(waiting_since__isnull=False):
        limits = policies.limits_for(ticket.department_id, ticket.priority)
        if ticket.red_at <= NOW:
            spent = ticket.answer_used + working_minutes(ticket.waiting_since, ticket.red_at, calendar)
            assert spent == limits.later[1]


def test_somebody_has_never_come_in(demo: Tenant) -> None:
    person = User.objects.get(mobile=f"+98{mobile(FIRST_TIME)[1:]}")
    assert person.name == "" and person.username is None and not person.has_usable_password()
    assert not Ticket.objects.filter(customer_id=person.customer_id).exists()


def test_command_says_it_is_there_already(built: Built, settings: Settings) -> None:
    settings.DEMO = True
    out = io.StringIO()
    call_command("demo", stdout=out)
    assert "already" in out.getvalue()


def test_command_refuses_without_demo(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo")


def test_every_conversation_is_complete() -> None:
    scenarios = [one for name in TEXTS for one in content.scenarios(name)]
    assert len([one for name in DEMO.texts for one in content.scenarios(name)]) >= 45
    desks = {
        desk.name: {name for name, _ in desk.topics} | {name for _, name, _ in desk.inner}
        for desk in (*DEMO.desks, *ARVAND.desks)
    }
    rng = Random(7)
    for one in scenarios:
        assert not one.topic or one.topic in desks[one.department]
        assert set(one.priorities) <= set(Priority.values)
        for text in (*one.subjects, *(line.text for line in one.lines)):
            slots = Slots(rng, NOW, title="خانم صالحی‌پور")
            said = content.spoken(text, slots, rng)
            assert not set(said) & set("{}[]|") and "  " not in said, said


HOURS = pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 20, 9, 0, tzinfo=UTC),  # Friday noon
        datetime(2026, 3, 22, 20, 0, tzinfo=UTC),  # a night of Nowruz
        datetime(2026, 10, 6, 5, 1, tzinfo=UTC),  # a minute after opening
        datetime(2026, 10, 8, 21, 30, tzinfo=UTC),  # after midnight
    ],
)


@HOURS
@pytest.mark.parametrize("colour", ["green", "yellow", "red"])
def test_clocks_show_their_colour_whatever_the_hour(
    now: datetime, colour: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(monkeypatch, lambda _, priority: sla.DEFAULT_LIMITS[priority], calendar=default_calendar())
    for priority in Priority.values:
        for seed in range(10):
            ticket = Ticket(priority=priority)
            clock.start(ticket, moments.started(now, colour, priority, Random(seed)))
            assert clock.colour(ticket, now) == colour


def _planned(now: datetime) -> list[Story]:
    residents = [Resident(one.number, one.contact, one, one.email) for one in DEMO.companies if one.contact]
    scenarios = [one for name in DEMO.texts for one in content.scenarios(name)]
    return Planner("demo", scenarios=scenarios, residents=residents, now=now).stories(DEMO.tickets)


@HOURS
def test_stories_keep_to_their_ninety_days_whatever_the_hour(now: datetime) -> None:
    stories = _planned(now)
    assert len(stories) == DEMO.tickets
    for story in stories:
        moments_of = [step.at for step in story.steps]
        assert moments_of == sorted(moments_of)
        assert now - timedelta(days=DAYS) <= moments_of[0] and moments_of[-1] <= now
        assert len([step for step in story.steps if step.verb in ("open", "reply", "note")]) <= 8


def test_stories_are_the_same_each_time() -> None:
    def told() -> list[tuple[str, list[str], list[datetime]]]:
        return [
            (story.subject, [step.text for step in story.steps], [step.at for step in story.steps])
            for story in _planned(NOW)
        ]

    assert told() == told()


def test_the_owner_has_statuses_of_their_own_and_something_in_the_bin(demo: Tenant) -> None:
    own = TicketStatus.objects.filter(is_default=False)
    assert {status.name for status in own} >= {"منتظر تأمین‌کننده"} and all(status.tint for status in own)
    assert Ticket.objects.filter(status__in=own).exists()
    binned = Ticket.with_bin.filter(deleted_at__isnull=False)
    assert binned.count() == 2 and all(one.deleted_by.is_owner and one.deleted_at <= NOW for one in binned)


@pytest.mark.spec("S8")
def test_customers_gave_stars_over_the_months(demo: Tenant) -> None:
    given = list(Rating.objects.order_by("created_at"))
    assert len(given) >= 8 and {row.stars for row in given} >= {2, 4, 5}
    assert {bool(row.message_id) for row in given} == {True, False}
    assert len({row.comment for row in given}) > 3 and max(row.created_at for row in given) < timezone.now()
    assert given[-1].created_at - given[0].created_at > timedelta(days=20)
