"""Instants of the clock, exact to the minute, and the sum that explains them (H4, TRUST 23)."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from departments.calendar import DAY, DEFAULT, NeverOpens, Slot, WorkingCalendar, add_working
from departments.sla import Limits
from persian.digits import to_latin
from persian.jalali import TEHRAN, to_gregorian
from tenants.scope import tenant_scope
from tests.tickets.clocks import rule
from tests.worlds import House, make_house, make_ticket
from tickets import clock
from tickets.models import FAR, Ticket
from tickets.services import close, reopen, reply, set_status, turning
from tickets.services.common import default_status
from tickets.states import Category

WEEK = ((Slot(510, 1020),),) * 5 + ((Slot(510, 750),), ())


def tehran(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    found = to_gregorian(year, month, day)
    return datetime(found.year, found.month, found.day, hour, minute, tzinfo=TEHRAN)


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


# The table of TRUST 23 -------------------------------------------------------------------------------------------
PLAIN = WorkingCalendar(week=WEEK)  # no holidays: what is tested is the year, not the catalogue
ROUND = WorkingCalendar(week=((Slot(0, DAY),),) * 7)
BERLIN = WorkingCalendar(week=((Slot(0, DAY),),) * 7, zone=ZoneInfo("Europe/Berlin"))


def berlin(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN.zone)


@pytest.mark.spec("H4")
@pytest.mark.parametrize(
    ("since", "minutes", "calendar", "due"),
    [
        # 29 Esfand 1404 is a Friday, 1 Farvardin 1405 a Saturday (2026-03-21).
        (tehran(1404, 12, 28, 12, 0), 60, PLAIN, tehran(1405, 1, 1, 9, 0)),
        (tehran(1404, 12, 29, 23, 59), 1, PLAIN, tehran(1405, 1, 1, 8, 31)),
        (tehran(1405, 1, 1, 0, 0), 510, PLAIN, tehran(1405, 1, 1, 17, 0)),
        (tehran(1404, 12, 29, 23, 30), 60, ROUND, tehran(1405, 1, 1, 0, 30)),
        # With the public holidays the first days of a year pass over: 1 to 4 Farvardin.
        (tehran(1404, 12, 27, 16, 30), 300, DEFAULT, tehran(1405, 1, 5, 9, 0)),
        # 1403 is a leap year: 30 Esfand 1403 is a Thursday, and a day to work but for the holiday it is.
        (tehran(1403, 12, 30, 12, 0), 60, PLAIN, tehran(1404, 1, 2, 9, 0)),
        (tehran(1403, 12, 30, 23, 59), 2, ROUND, tehran(1404, 1, 1, 0, 1)),
        # 1404 is none: its last day is the 29th.
        (tehran(1404, 12, 29, 23, 59), 2, ROUND, tehran(1405, 1, 1, 0, 1)),
        # The Gregorian leap day.
        (
            datetime(2024, 2, 28, 23, 30, tzinfo=UTC),
            24 * 60,
            ROUND,
            datetime(2024, 2, 29, 23, 30, tzinfo=UTC),
        ),
        # Until 1401 Tehran moved its clock: on 2 Farvardin 1401 midnight became one, that day had 23 hours …
        (tehran(1401, 1, 1, 12, 0), 24 * 60, ROUND, tehran(1401, 1, 2, 13, 0)),
        # … and 31 Shahrivar had 25 (its last hour came twice).
        (tehran(1401, 6, 30, 12, 0), 24 * 60, ROUND, tehran(1401, 6, 31, 11, 0)),
        # Working hours are those of the wall: half past eight in summer and in winter.
        (tehran(1401, 1, 1, 16, 30), 60, PLAIN, tehran(1401, 1, 2, 9, 0)),
        (tehran(1401, 6, 30, 16, 30), 60, PLAIN, tehran(1401, 6, 31, 9, 0)),
        (tehran(1370, 6, 30, 16, 30), 60, PLAIN, tehran(1370, 6, 31, 9, 0)),
        # After 1401 nothing moves.
        (tehran(1402, 1, 1, 12, 0), 24 * 60, ROUND, tehran(1402, 1, 2, 12, 0)),
        # Berlin still moves: 29 March has 23 hours, 25 October 25.
        (berlin(3, 28, 12), 24 * 60, BERLIN, berlin(3, 29, 13)),
        (berlin(10, 24, 12), 24 * 60, BERLIN, berlin(10, 25, 11)),
        (berlin(3, 29, 1, 59), 2, BERLIN, berlin(3, 29, 3, 1)),
    ],
)
def test_fault_23_due_instants_are_exact_to_the_minute(
    since: datetime, minutes: int, calendar: WorkingCalendar, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(monkeypatch, Limits((0, minutes), (0, minutes)), calendar=calendar)
    ticket = Ticket()
    clock.start(ticket, since)
    assert ticket.red_at == due
    shown = {moment: clock.colour(ticket, due + timedelta(seconds=moment)) for moment in (-1, 0)}
    assert shown == {-1: "yellow", 0: "red"}


# What the verbs keep ---------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H4")
def test_first_and_later_answers_have_limits_of_their_own_and_closing_is_counted_on_our_side(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(monkeypatch, Limits((10, 20), (30, 40), 120))
    nine = tehran(1405, 7, 14, 9, 0)

    def at(minutes: int) -> datetime:
        return nine + timedelta(minutes=minutes)

    def said(who: object, minutes: int, **more: object) -> Ticket:
        reply(ticket, actor=who, body="…", client_key=uuid.uuid4(), at=at(minutes), **more)
        return ticket.refresh()

    ticket = make_ticket(house, staff=house.staff, at=nine)
    assert (ticket.refresh().yellow_at, ticket.red_at, ticket.resolve_at) == (at(10), at(20), at(120))
    said(house.staff, 15)
    assert (ticket.waiting_since, ticket.resolve_used, ticket.resolve_at) == (None, 15, FAR)
    said(house.customer_main, 60)
    assert (ticket.yellow_at, ticket.red_at, ticket.resolve_at) == (at(90), at(100), at(60 + 105))
    said(house.customer_main, 70)
    assert ticket.waiting_since == at(60), "a second message does not start it anew"
    # An answer that leaves the ball with us ends this wait and begins another.
    said(house.staff, 80, status=default_status(Category.OPEN))
    assert (ticket.waiting_since, ticket.resolve_used, ticket.red_at) == (at(80), 35, at(120))
    set_status(ticket, actor=house.staff, status=default_status(Category.WAITING), at=at(90))
    assert (ticket.refresh().colour, ticket.resolve_used) == ("", 45)
    close(ticket, actor=house.staff, at=at(95))
    reopen(ticket, actor=house.staff, at=at(100))
    assert ticket.refresh().resolve_at == at(100 + 75)
    page = house.client(house.staff).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert "تا بستن" in page
    shown = clock.to_close(ticket, at(115))
    assert shown is not None and shown.detail == "۱ ساعت کاری مانده"
    late = clock.to_close(ticket, at(235))
    assert late is not None and (late.state, late.detail) == ("red", "۱ ساعت گذشته")


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("H4")
@pytest.mark.parametrize("way", ["waiting", "answered", "closed"])
def test_only_an_answer_clears_the_clock_by_hand_it_pauses(
    house: House, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(monkeypatch, Limits((10, 20), (30, 40), 120))
    nine = tehran(1405, 7, 14, 9, 0)

    def at(minutes: int) -> datetime:
        return nine + timedelta(minutes=minutes)

    def pause(begin: int, end: int) -> Ticket:
        """Two clicks and no word written."""
        if way == "closed":
            close(ticket, actor=house.staff, at=at(begin))
            reopen(ticket, actor=house.staff, at=at(end))
        else:
            set_status(ticket, actor=house.staff, status=default_status(Category(way)), at=at(begin))
            assert ticket.refresh().red_at == FAR
            set_status(ticket, actor=house.staff, status=default_status(Category.OPEN), at=at(end))
        return ticket.refresh()

    ticket = make_ticket(house, staff=house.staff, at=nine)
    pause(4, 60)
    assert (ticket.answer_used, ticket.yellow_at, ticket.red_at) == (4, at(66), at(76))
    assert clock.waited(ticket, at(70)) == timedelta(minutes=4 + 10)
    lines = [(line.name, line.words) for line in clock.sum_of(ticket, DEFAULT)]
    assert lines == [
        ("آغاز دوباره", "سه‌شنبه ۱۴ مهر، ۱۰:۰۰"),
        ("زمان پاسخ نخست", "۲۰ دقیقه، از ۱۰ دقیقه رو به پایان"),
        ("پیش از توقف", "۴ دقیقه رفته بود"),
        ("سه‌شنبه ۱۴ مهر", "۱۰:۰۰ تا ۱۰:۱۶، ۱۶ دقیقه"),
        ("مهلت", "سه‌شنبه ۱۴ مهر، ۱۰:۱۶"),
    ]
    assert turning.sweep(at(80)) == 1 and ticket.refresh().told_colour == "red"
    pause(90, 100)
    assert (ticket.answer_used, ticket.red_at, ticket.colour) == (34, at(86), "red"), "late by 14 minutes"
    assert clock.colour(ticket, at(100)) == "red" and clock.clock(ticket, at(100)).detail == "۱۴ دقیقه گذشته"
    assert clock.sum_of(ticket, DEFAULT)[-1].words == "پیش از توقف گذشته بود"
    assert turning.sweep(at(101)) == 0, "nobody hears of it twice"
    # The customer's word while it stands is no answer of ours.
    set_status(ticket, actor=house.staff, status=default_status(Category.WAITING), at=at(110))
    reply(ticket, actor=house.customer_main, body="؟", client_key=uuid.uuid4(), at=at(120))
    assert clock.colour(ticket.refresh(), at(120)) == "red" and ticket.first_answered_at is None
    reply(ticket, actor=house.staff, body="…", client_key=uuid.uuid4(), at=at(125))
    assert (ticket.refresh().answer_used, ticket.told_colour, ticket.first_answered_at) == (0, "", at(125))
    # What we look into by hand after our answer is no wait of the customer's: their next word begins one.
    set_status(ticket, actor=house.staff, status=default_status(Category.OPEN), at=at(130))
    pause(150, 160)
    assert ticket.answer_used == 20
    set_status(ticket, actor=house.staff, status=default_status(Category.ANSWERED), at=at(165))
    reply(ticket, actor=house.customer_main, body="باز هم", client_key=uuid.uuid4(), at=at(170))
    assert (ticket.refresh().answer_used, ticket.red_at) == (0, at(210))


@pytest.mark.django_db
@pytest.mark.parametrize("verb", ["reply", "set_status", "close"])
def test_every_verb_saves_every_column_of_the_clock(
    house: House, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(monkeypatch, Limits((10, 20), (30, 40), 120))
    ticket = make_ticket(house, staff=house.staff)
    odd = datetime(2001, 1, 1, tzinfo=UTC)
    Ticket.objects.filter(pk=ticket.pk).update(
        colour="red", told_colour="red", colour_turns_at=odd, resolve_at=odd
    )
    if verb == "reply":
        reply(ticket, actor=house.staff, body="…", client_key=uuid.uuid4())
    elif verb == "close":
        close(ticket, actor=house.staff)
    else:
        set_status(ticket, actor=house.staff, status=default_status(Category.WAITING))
    ticket.refresh()
    told = "" if verb == "reply" else "red"  # a pause: people have heard of it already
    kept = (
        ticket.colour,
        ticket.told_colour,
        ticket.colour_turns_at,
        ticket.resolve_at,
        ticket.waiting_since,
    )
    assert kept == ("", told, FAR, FAR, None)


@pytest.mark.django_db
@pytest.mark.spec("H4")
def test_a_calendar_without_any_hours_says_so_and_hangs_nowhere(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shut:
        def __contains__(self, day: object) -> bool:
            return True

    rule(monkeypatch, calendar=replace(DEFAULT, holidays=Shut()))
    ticket = make_ticket(house, staff=house.staff)
    assert (ticket.refresh().yellow_at, ticket.red_at, ticket.colour_turns_at) == (FAR, FAR, FAR)
    page = house.client(house.staff).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert page.count("ساعت کاری تعریف نشده") >= 2
    assert "ساعت کاری تعریف نشده" in house.client(house.staff).get("/desk/tickets/").content.decode()
    reply(ticket, actor=house.staff, body="…", client_key=uuid.uuid4())
    assert ticket.refresh().resolve_used == 0


# The sum ---------------------------------------------------------------------------------------------------------
class Named:
    """Holidays that know why."""

    def __init__(self, days: dict[date, str]) -> None:
        self.days = days

    def __contains__(self, day: object) -> bool:
        return day in self.days

    def name_of(self, day: date) -> str:
        return self.days.get(day, "")


def running(since: datetime, yellow: int, red: int, calendar: WorkingCalendar) -> Ticket:
    return Ticket(
        waiting_since=since,
        yellow_at=add_working(since, yellow, calendar),
        red_at=add_working(since, red, calendar),
        category=Category.OPEN,
    )


@pytest.mark.spec("H4")
def test_the_sum_counts_day_by_day_and_names_the_days_left_out() -> None:
    calendar = replace(PLAIN, holidays=Named({to_gregorian(1405, 7, 18): "جشن محله"}))
    lines = clock.sum_of(running(tehran(1405, 7, 16, 10, 12), 240, 480, calendar), calendar)
    assert [(line.name, line.words.removesuffix(" هفتگی")) for line in lines] == [
        ("آغاز", "پنجشنبه ۱۶ مهر، ۱۰:۱۲"),
        ("زمان پاسخ نخست", "۸ ساعت، از ۴ ساعت رو به پایان"),
        ("پنجشنبه ۱۶ مهر", "۱۰:۱۲ تا ۱۲:۳۰، ۲ ساعت و ۱۸ دقیقه"),
        ("جمعه ۱۷ مهر", "تعطیل"),
        ("شنبه ۱۸ مهر", "جشن محله"),
        ("یکشنبه ۱۹ مهر", "۸:۳۰ تا ۱۴:۱۲، ۵ ساعت و ۴۲ دقیقه"),
        ("مهلت", "یکشنبه ۱۹ مهر، ۱۴:۱۲"),
    ]


def test_the_sum_of_a_clock_at_rest_is_empty() -> None:
    assert clock.sum_of(Ticket(), DEFAULT) == []


def _minutes(words: str) -> int:
    """«۸:۳۰ تا ۱۲:۰۰، ۳ ساعت و ۳۰ دقیقه» → 210, by the length it tells."""
    told, total = to_latin(words).split("، ")[-1], 0
    for part in told.split(" و "):
        number, _, unit = part.partition(" ")
        if number.replace("٬", "").isdigit():
            total += int(number.replace("٬", "")) * (60 if unit == "ساعت" else 1)
    return total


@given(
    start=st.integers(0, 400 * DAY),
    red=st.integers(1, 20_000),
    slots=st.sampled_from([PLAIN, DEFAULT, ROUND]),
)
@settings(max_examples=60)
def test_the_sum_adds_up_and_is_never_long(start: int, red: int, slots: WorkingCalendar) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    lines = clock.sum_of(running(since, red // 2, red, slots), slots)
    assert len(lines) <= clock.LINES
    assert sum(_minutes(line.words) for line in lines if line.kind in ("day", "more")) == red


def test_a_calendar_shut_for_over_a_year_never_opens() -> None:
    with pytest.raises(NeverOpens):
        add_working(
            tehran(1405, 1, 1), 1, replace(PLAIN, week=((),) * 6 + ((Slot(0, 1),),), holidays=Fridays())
        )


class Fridays:
    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day.weekday() == 4
