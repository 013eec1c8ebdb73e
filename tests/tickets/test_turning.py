"""The sweep of the clocks: told once, in few statements, by whichever rules hold (H4)."""

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count as count_from

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Vacation
from departments import sla
from departments.absence import today
from departments.calendar import working_minutes
from departments.models import ClockRules
from departments.services import hours, policies
from departments.sla import Limits
from notifications.models import Bell, Delivery
from persian import jalali
from tenants.scope import tenant_scope
from tests.tickets.clocks import rule
from tests.worlds import House, make_house, make_ticket
from tickets import access, clock, queries, tasks
from tickets.models import FAR, Event, Ticket
from tickets.sentences import sentence
from tickets.services import close, reply, set_priority, set_status, turning
from tickets.services.common import default_status
from tickets.states import OURS, Category, EventKind, Priority

pytestmark = pytest.mark.django_db
NOW = datetime.fromisoformat("2026-10-06T10:00:00+03:30")  # a Tuesday at work
_numbers = count_from(50_000)


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def spread(house: House, count: int, **columns: object) -> list[Ticket]:
    """Running tickets like one opened by hand, in bulk; ``columns`` over it."""
    model, rows = make_ticket(house), []
    for _ in range(count):
        row = _copy(model)
        number = next(_numbers)
        row.pk, row.number, row.tracking_code, row.client_key = None, number, f"X{number:07d}", uuid.uuid4()
        for name, value in columns.items():
            setattr(row, name, value)
        rows.append(row)
    close(model, actor=house.owner)
    return Ticket.objects.bulk_create(rows)


def _copy(ticket: Ticket) -> Ticket:
    return Ticket(**{field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields})


def late(ticket: Ticket, colour: str = "red", at: datetime | None = None) -> Ticket:
    """Shift the instants of a running clock so that it is of a colour, not announced yet."""
    at = at or timezone.now()
    yellow = at - timedelta(minutes=5)
    red = yellow + timedelta(minutes=1) if colour == "red" else at + timedelta(hours=2)
    Ticket.objects.filter(pk=ticket.pk).update(yellow_at=yellow, red_at=red, colour_turns_at=yellow)
    return ticket.refresh()


def bells(person: object) -> list[str]:
    return list(
        Bell.objects.filter(user=person, kind__contains="turned")
        .order_by("pk")
        .values_list("text", flat=True)
    )


def turned(ticket: Ticket) -> list[str]:
    return list(
        Event.objects.filter(ticket=ticket, kind=EventKind.TURNED)
        .order_by("pk")
        .values_list("reason", flat=True)
    )


@pytest.mark.sqlite
@pytest.mark.spec("H4")
def test_a_turn_is_written_and_told_once_to_holder_and_manager(house: House) -> None:
    ticket = late(make_ticket(house, staff=house.staff), "yellow")
    assert turning.sweep() == 1 and turning.sweep() == 0
    assert turned(ticket) == ["yellow"] and ticket.refresh().colour == "yellow"
    assert bells(house.staff) == [f"مهلت پاسخ «{ticket.subject}» رو به پایان است"] and not bells(
        house.manager
    )
    assert "رو به پایان" in sentence(Event.objects.get(ticket=ticket, kind=EventKind.TURNED))
    Ticket.objects.filter(pk=ticket.pk).update(red_at=timezone.now(), colour_turns_at=timezone.now())
    assert turning.sweep() == 1 and turning.sweep() == 0
    assert turned(ticket) == ["yellow", "red"]
    assert len(bells(house.staff)) == 2
    assert bells(house.manager) == [f"مهلت پاسخ «{ticket.subject}» گذشته است"]
    assert not bells(house.owner) and not bells(house.customer_main)
    assert (ticket.refresh().colour, ticket.colour_turns_at, ticket.told_colour) == ("red", FAR, "red")


def test_an_answer_clears_it_and_the_next_message_starts_a_run_that_is_told_anew(house: House) -> None:
    ticket = late(make_ticket(house, staff=house.staff))
    turning.sweep()
    reply(ticket, actor=house.staff, body="بررسی شد.", client_key=uuid.uuid4())
    ticket.refresh()
    assert (ticket.colour, ticket.told_colour, ticket.colour_turns_at) == ("", "", FAR)
    reply(ticket, actor=house.customer_main, body="هنوز هست.", client_key=uuid.uuid4())
    assert (ticket.refresh().colour, ticket.colour_turns_at) == ("green", ticket.yellow_at)
    late(ticket)
    assert turning.sweep() == 1
    assert turned(ticket) == ["red", "red"] and len(bells(house.staff)) == 2


def test_several_at_once_are_one_letter_a_person(house: House) -> None:
    for row in spread(house, 3, assignee_id=house.staff.pk):
        late(row)
    late(spread(house, 1, assignee_id=house.staff.pk, priority=Priority.LOW)[0], "yellow")
    assert turning.sweep() == 4
    assert bells(house.staff) == ["مهلت پاسخ: ۳ تیکت دیر شد، ۱ تیکت رو به پایان است"]
    assert bells(house.manager) == ["مهلت پاسخ: ۳ تیکت دیر شد"]
    assert Delivery.objects.filter(kind="tickets.turned", channel="email").count() <= 2


def test_who_hears_is_the_tenants_choice_and_nobody_means_nobody(house: House) -> None:
    ClockRules.objects.create(tell_yellow=[], tell_red=["owner"], stamp=timezone.now() - timedelta(days=1))
    first, second = make_ticket(house, staff=house.staff), make_ticket(house, staff=house.staff)
    late(first)
    late(second, "yellow")
    assert turning.sweep() == 2
    assert bells(house.owner) == [f"مهلت پاسخ «{first.subject}» گذشته است"]
    assert not bells(house.staff) and not bells(house.manager)


def test_an_unassigned_one_is_the_managers_and_without_one_the_owners(house: House) -> None:
    late(make_ticket(house), "yellow")
    late(make_ticket(house, department=house.orphan, subject="بی مدیر"), "yellow")
    turning.sweep()
    assert len(bells(house.manager)) == 1
    assert bells(house.owner) == ["مهلت پاسخ «بی مدیر» رو به پایان است"]


def test_who_stands_in_for_the_manager_hears_only_of_what_they_see(house: House) -> None:
    Vacation.objects.create(
        user=house.manager, starts_on=today(), ends_on=today(), substitute=house.colleague
    )
    late(make_ticket(house, subject="در صف"))
    held = late(make_ticket(house, staff=house.staff, subject="دست آرش"))
    turning.sweep()
    assert bells(house.colleague) == ["مهلت پاسخ «در صف» گذشته است"]
    assert bells(house.owner) == [f"مهلت پاسخ «{held.subject}» گذشته است"]
    assert not bells(house.manager)


def test_closed_answered_binned_and_suspended_do_not_turn(house: House) -> None:
    done = late(make_ticket(house, staff=house.staff))
    close(done, actor=house.staff)
    binned = late(make_ticket(house))
    Ticket.objects.filter(pk=binned.pk).update(deleted_at=timezone.now())
    assert turning.sweep() == 0
    late(make_ticket(house))
    house.tenant.__class__.objects.filter(pk=house.tenant.pk).update(is_active=False)
    assert turning.sweep() == 0 and not Event.objects.filter(kind=EventKind.TURNED).exists()


# The time to close ----------------------------------------------------------------------------------------------
def unclosed(house: House, **more: object) -> Ticket:
    """A ticket with an answer not due for long, past its time to close."""
    ticket, at = make_ticket(house, staff=house.staff, **more), timezone.now()
    far = at + timedelta(days=5)
    Ticket.objects.filter(pk=ticket.pk).update(
        yellow_at=far, red_at=far, colour_turns_at=far, resolve_at=at - timedelta(minutes=90)
    )
    return ticket.refresh()


def close_bells(person: object) -> list[str]:
    rows = Bell.objects.filter(user=person, kind__contains="unclosed").order_by("pk")
    return list(rows.values_list("text", flat=True))


@pytest.mark.sqlite
@pytest.mark.spec("H4")
def test_a_time_to_close_that_passes_is_told_once_and_marked_wherever_the_ticket_is(house: House) -> None:
    ticket, other = unclosed(house), make_ticket(house, subject="چراغ سبز کارخانه")
    assert turning.sweep() == 1 and turning.sweep() == 0
    assert turned(ticket) == ["close"] and not turned(other)
    assert (
        close_bells(house.staff) == close_bells(house.manager) == [f"زمان بستن «{ticket.subject}» گذشته است"]
    )
    assert not close_bells(house.owner) and not close_bells(house.customer_main) and not bells(house.staff)
    event = Event.objects.get(ticket=ticket, kind=EventKind.TURNED)
    assert sentence(event) == "زمان بستن گذشت و تیکت هنوز باز است"
    assert event not in access.events_seen_by(house.customer_main, ticket)
    # By mark and word: in the list, in the ticket, among the filters and on the dashboard.
    client, late = house.client(house.staff), "از زمان بستن گذشته"
    page = client.get("/desk/tickets/?colour=close").content.decode()
    assert ticket.subject in page and other.subject not in page
    assert page.count(late) >= 2 and "#i-calendar-x" in page
    assert (
        "دیر شد" in client.get(f"/desk/tickets/{ticket.number}/").content.decode().split("تا بستن")[1][:600]
    )
    board = client.get("/desk/").content.decode()
    assert late in board and "view=unanswered&amp;colour=close" in board
    # A pause does not make it news again; what is closed is past nothing.
    set_status(ticket, actor=house.staff, status=default_status(Category.WAITING))
    assert ticket.refresh().resolve_at == FAR
    set_status(ticket, actor=house.staff, status=default_status(Category.OPEN))
    Ticket.objects.filter(pk=ticket.pk).update(resolve_at=timezone.now())
    assert turning.sweep() == 0 and turned(ticket) == ["close"]
    close(ticket, actor=house.staff)
    assert late not in client.get("/desk/").content.decode()


def test_who_hears_of_a_time_to_close_is_the_tenants_choice_in_one_letter(house: House) -> None:
    ClockRules.objects.create(
        tell_yellow=[], tell_red=["holder"], tell_close=["owner"], stamp=timezone.now() - timedelta(days=1)
    )
    for _ in range(3):
        unclosed(house)
    late(make_ticket(house, staff=house.staff, subject="پاسخ"))
    assert turning.sweep() == 4
    assert close_bells(house.owner) == ["زمان بستن ۳ تیکت گذشته است"]
    assert Bell.objects.get(kind="tickets.unclosed").url == "/desk/tickets/?view=unanswered&colour=close"
    assert bells(house.staff) == ["مهلت پاسخ «پاسخ» گذشته است"] and not close_bells(house.staff)


def test_one_whose_time_to_close_is_of_older_rules_is_reckoned_before_it_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = unclosed(house)
    ClockRules.objects.create(stamp=timezone.now())
    assert turning.turn(timezone.now()) == (0, False), "awaits reckoning"
    assert turning.sweep() == 0 and ticket.refresh().resolve_at == FAR, "nothing is promised any more"


# Reckoning anew -------------------------------------------------------------------------------------------------
def test_what_was_never_reckoned_is_and_nobody_is_told_twice(house: House) -> None:
    ticket = make_ticket(house, staff=house.staff, at=NOW)
    known = ticket.refresh().red_at
    late(ticket, at=NOW + timedelta(days=4))
    assert turning.sweep(NOW + timedelta(days=4)) == 1
    Ticket.objects.filter(pk=ticket.pk).update(reckoned_at=None, red_at=FAR, colour_turns_at=FAR)
    assert turning.sweep(NOW + timedelta(days=4)) == 0
    assert (ticket.refresh().red_at, ticket.colour, ticket.told_colour) == (known, "red", "red")
    assert ticket.reckoned_at is not None and len(bells(house.staff)) == 1


def test_a_change_of_rules_is_pulled_in_by_the_next_sweep(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = make_ticket(house, staff=house.staff, at=NOW)
    before = ticket.refresh().red_at
    rule(monkeypatch, Limits((10, 20), (10, 20), 90))
    assert turning.sweep(NOW + timedelta(minutes=15)) == 0, "nothing is stamped, nothing is looked at"
    ClockRules.objects.create(stamp=timezone.now())
    assert turning.sweep(NOW + timedelta(minutes=15)) == 1
    assert ticket.refresh().red_at == NOW + timedelta(minutes=20) < before
    assert ticket.resolve_at == NOW + timedelta(minutes=90)
    assert turned(ticket) == ["yellow"] and ticket.reckoned_at == sla.stamp()
    with CaptureQueriesContext(connection) as seen:
        turning.sweep(NOW + timedelta(minutes=16))
    assert len(seen) <= 6, [query["sql"][:90] for query in seen]


def test_a_policy_changed_while_the_sweep_runs_is_the_next_ones(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = make_ticket(house, at=NOW)
    rules = ClockRules.objects.create(stamp=timezone.now())

    def changing(department: int, priority: int) -> Limits:
        """The owner saves while the old rules are being read."""
        ClockRules.objects.filter(pk=rules.pk).update(stamp=timezone.now())
        return Limits((100, 200), (100, 200))

    rule(monkeypatch, changing)
    turning.reckon(NOW)
    assert ticket.refresh().reckoned_at < sla.stamp(), "still older: it will be reckoned once more"
    rule(monkeypatch, Limits((10, 20), (10, 20)))
    turning.sweep(NOW)
    assert ticket.refresh().red_at == NOW + timedelta(minutes=20)


def test_a_verb_that_read_old_rules_just_before_a_change_is_reckoned_again(house: House) -> None:
    stamped = timezone.now()  # the owner's transaction began …
    ticket = make_ticket(house)  # … this one read the old rules …
    ClockRules.objects.create(stamp=stamped)  # … and only then the change was there.
    assert ticket.refresh().reckoned_at < stamped
    assert turning.reckon(timezone.now()) == 1 and turning.reckon(timezone.now()) == 0


def test_a_milder_rule_makes_it_green_again_and_its_second_turn_tells_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = make_ticket(house, staff=house.staff, at=NOW)
    turning.sweep(ticket.refresh().red_at)
    assert len(bells(house.staff)) == 1
    rule(monkeypatch, Limits((5000, 6000), (5000, 6000)))
    ClockRules.objects.create(stamp=timezone.now())
    assert turning.sweep(NOW + timedelta(days=2)) == 0 and ticket.refresh().colour == "green"
    assert turning.sweep(ticket.red_at) == 1
    assert len(bells(house.staff)) == 1 and turned(ticket) == ["red", "red"]


def test_priority_and_department_reckon_anew(house: House) -> None:
    ticket = make_ticket(house, staff=house.staff, at=NOW)
    set_priority(ticket, actor=house.staff, priority=Priority.URGENT, at=NOW + timedelta(minutes=40))
    assert (ticket.refresh().colour, ticket.colour_turns_at) == ("green", NOW + timedelta(minutes=30))
    assert turning.sweep(NOW + timedelta(minutes=41)) == 1, (
        "what is late by its new priority is told by the sweep"
    )


def test_reckoning_looks_at_the_time_and_does_one_at_least(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    spread(house, 4, reckoned_at=None)
    monkeypatch.setattr(turning, "HELD", 0.0)
    assert turning.reckon(NOW) == 1, "a batch holds its rows no longer than it may"
    turning.sweep(seconds=0)
    assert Ticket.objects.filter(waiting_since__isnull=False, reckoned_at=None).count() == 2
    turning.sweep()
    assert not Ticket.objects.filter(waiting_since__isnull=False, reckoned_at=None).exists()


# Statements and races -------------------------------------------------------------------------------------------
def _sweep_statements(house: House, count: int) -> list[str]:
    at = timezone.now()
    spread(
        house, count, assignee_id=house.staff.pk, yellow_at=at - timedelta(hours=2), red_at=at - timedelta(hours=1),
        colour_turns_at=at - timedelta(hours=2),
    )  # fmt: skip
    with CaptureQueriesContext(connection) as seen:
        assert turning.sweep() == count
    return [query["sql"] for query in seen]


@pytest.mark.postgres
def test_a_sweep_costs_the_same_for_30_and_for_300_but_for_its_batches(house: House) -> None:
    few, many = _sweep_statements(house, 30), _sweep_statements(house, 300)
    batch = 3  # locked, written, events
    assert len(many) == len(few) + batch, "\n".join(sql[:100] for sql in many)
    assert len(few) <= 24, "\n".join(sql[:100] for sql in few)
    assert len(bells(house.staff)) == 2


@pytest.mark.postgres
def test_a_sweep_of_times_to_close_costs_the_same_for_30_and_for_300_but_for_its_batches(
    house: House,
) -> None:
    figures = []
    for count in (30, 300):
        at = timezone.now()
        far = {name: at + timedelta(days=9) for name in ("yellow_at", "red_at", "colour_turns_at")}
        spread(house, count, assignee_id=house.staff.pk, resolve_at=at - timedelta(hours=1), **far)
        with CaptureQueriesContext(connection) as seen:
            assert turning.sweep() == count
        figures.append(len(seen))
    assert figures[1] == figures[0] + 3 and figures[0] <= 25, figures


@pytest.mark.postgres
@pytest.mark.django_db(transaction=False)
@pytest.mark.spec("H4")
def test_python_and_sql_agree_on_the_colours_of_ten_thousand(house: House) -> None:
    dice, now = random.Random(5), timezone.now()
    model = _copy(make_ticket(house))

    def row(place: int) -> Ticket:
        ticket = _copy(model)
        ticket.pk = None
        ticket.number, ticket.tracking_code, ticket.client_key = 5000 + place, f"R{place:07d}", uuid.uuid4()
        ticket.category = dice.choice(Category.values)
        edges = sorted(now + timedelta(minutes=dice.randint(-60, 60)) for _ in range(3))
        ticket.waiting_since = edges[0] if dice.random() < 0.7 else None
        ticket.resolve_at = dice.choice((edges[1], now, FAR))
        ticket.yellow_at, ticket.red_at = dice.choice(
            [
                (edges[1], edges[2]),
                (edges[1], edges[1]),
                (now, edges[2]),
                (edges[1], now),
                (edges[1], FAR),
                (FAR, FAR),
            ]
        )
        return ticket

    Ticket.objects.bulk_create((row(place) for place in range(10_000)), batch_size=2_500)
    drawn = Ticket.objects.filter(number__gte=5000).annotate(sql=clock.colour_sql(now))
    shown = {colour: set() for colour in ("green", "yellow", "red", "close")}
    by_filter = {
        colour: set(
            queries.colour_of(Ticket.objects.filter(number__gte=5000), colour, now=now).values_list(
                "pk", flat=True
            )
        )
        for colour in shown
    }
    for ticket in drawn:
        named = clock.colour(ticket, now)
        assert ticket.sql == named
        if ticket.category in OURS and named:
            shown[named].add(ticket.pk)
            if clock.is_unclosed(ticket, now):
                shown["close"].add(ticket.pk)
    assert shown == by_filter and all(len(ids) > 100 for ids in shown.values())


def test_the_beat_task_sweeps(house: House) -> None:
    late(make_ticket(house, staff=house.staff))
    assert tasks.turn_clocks() == 1


@pytest.mark.spec("H4")
def test_a_day_that_closes_moves_running_deadlines_and_its_undo_brings_them_back(house: House) -> None:
    ticket = make_ticket(house, priority=Priority.LOW, staff=house.staff)
    due = ticket.refresh().red_at
    closed = hours.close_day(actor=house.owner, day=jalali.local_day(due), name="جابه‌جایی")
    turning.sweep()
    assert ticket.refresh().red_at > due
    hours.forget_day(closed.pk, actor=house.owner)
    turning.sweep()
    assert ticket.refresh().red_at == due
    assert not Bell.objects.filter(kind="ticket.turned").exists()


@pytest.mark.spec("H4")
def test_an_owners_policy_reaches_the_next_answer_and_the_running_ones(house: House) -> None:
    running = make_ticket(house, staff=house.staff)
    policies.set_policy(
        actor=house.owner,
        department=house.support,
        priority=0,
        first_yellow=5,
        first_red=11,
        next_yellow=7,
        next_red=13,
        resolve=20,
    )
    turning.sweep()
    fresh = make_ticket(house, staff=house.staff)
    for ticket in (running.refresh(), fresh.refresh()):
        spent = working_minutes(ticket.waiting_since, ticket.red_at, sla.working_calendar())
        assert (spent, ticket.resolve_at > ticket.red_at) == (11, True)
