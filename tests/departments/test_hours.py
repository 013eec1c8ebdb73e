"""A tenant's own hours, days off and limits: what is set, what is refused, and what the clock reads of it (H4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments import hours, sla
from departments.absence import today
from departments.calendar import NeverOpens, add_working, working_minutes
from departments.models import ClockRules, DayOff, SlaPolicy, WorkingWeek
from departments.services import clock_rules, policies
from departments.services import hours as services
from persian.jalali import to_gregorian, weekday
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.departments.test_calendar import tehran
from tests.races import at_once, refusals
from tests.tickets.browsing import SCRIPT
from tests.worlds import House, make_house, make_ticket, make_world
from tickets.services import turning
from web.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.sqlite
DAY = timedelta(days=1)
NINE_TO_FIVE = [(540, 1020)]
WEEK = [NINE_TO_FIVE] * 5 + [[(540, 720), (780, 900)], []]
NEVER: list[list[tuple[int, int]]] = [[]] * 7
HALF = {"first_yellow": 15, "first_red": 30, "next_yellow": 60, "next_red": 120}
# 1405/07/11 is a Saturday, 1406/01/01 a public holiday.
SATURDAY, NOWRUZ = to_gregorian(1405, 7, 11), to_gregorian(1406, 1, 1)


@pytest.fixture
def house(db):
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


@pytest.fixture
def workday(monkeypatch):
    """Tomorrow is a plain Sunday; the clock stands at noon of Saturday."""
    monkeypatch.setattr(timezone, "now", lambda: tehran(1405, 7, 11, 12, 0))
    return to_gregorian(1405, 7, 12)


# Weeks ------------------------------------------------------------------------------------------------------------
def test_a_limit_the_hours_never_come_to_is_refused_at_its_field(house: House) -> None:
    make_ticket(house)
    services.set_week(actor=house.owner, valid_from=today(), slots=[[(540, 600)]] + [[]] * 6)
    values = HALF | {"first_red": 9_500}
    with pytest.raises(Invalid, match="بیش از سه سال") as refused:
        policies.set_policy(actor=house.owner, department=None, priority=0, **values)
    assert refused.value.field == "first_red"
    assert policies.set_policy(actor=house.owner, department=None, priority=0, **HALF).pk
    # Without any hours nothing is due, and any limit may be set for the day there are some.
    services.set_week(actor=house.owner, valid_from=today(), slots=NEVER)
    assert policies.set_policy(actor=house.owner, department=None, priority=0, **values).first_red == 9_500
    # Then a week so short that it is due in years: the clock and the owner's page say that, not that there is none.
    services.set_week(actor=house.owner, valid_from=today(), slots=[[(540, 541)]] + [[]] * 6)
    turning.sweep()
    assert "سال‌های دور" in house.client(house.owner).get("/manage/sla/").content.decode()
    page = house.client(house.owner).get("/desk/tickets/").content.decode()
    assert "با این ساعت کاری سال‌ها بعد" in page and "ساعت کاری تعریف نشده" not in page


@pytest.mark.spec("H4")
def test_without_rows_the_usual_hours_hold(house: House) -> None:
    assert add_working(tehran(1405, 7, 11, 9), 60, sla.working_calendar()) == tehran(1405, 7, 11, 10)
    assert sla.stamp() is None
    assert sla.hears("yellow") == ["holder"] and sla.hears("red") == ["holder", "manager"]
    assert sla.hears("close") == ["holder", "manager"]


@pytest.mark.spec("H4")
def test_a_week_holds_from_its_day_until_the_next(house: House) -> None:
    services.set_week(actor=house.owner, valid_from=SATURDAY, slots=WEEK)
    services.set_week(actor=house.owner, valid_from=SATURDAY + 7 * DAY, slots=[[(600, 660)]] + [[]] * 6)
    calendar = sla.working_calendar()
    # The usual week before, ours from its day on, then the next.
    assert working_minutes(tehran(1405, 7, 4), tehran(1405, 7, 11), calendar) == 5 * 510 + 240
    assert working_minutes(tehran(1405, 7, 11), tehran(1405, 7, 18), calendar) == 5 * 480 + 180 + 120
    assert working_minutes(tehran(1405, 7, 18), tehran(1405, 8, 2), calendar) == 2 * 60
    # A due time that crosses the change; and a day of two slots.
    assert add_working(tehran(1405, 7, 16, 11, 30), 60, calendar) == tehran(1405, 7, 16, 13, 30)
    assert add_working(tehran(1405, 7, 16, 14, 30), 60, calendar) == tehran(1405, 7, 18, 10, 30)
    assert calendar.name_of(to_gregorian(1405, 7, 19)) == "تعطیل هفتگی"
    week = WorkingWeek.objects.get(valid_from=SATURDAY + 7 * DAY)
    services.drop_week(week.pk, actor=house.owner)
    assert add_working(tehran(1405, 7, 16, 14, 30), 60, sla.working_calendar()) == tehran(1405, 7, 18, 9, 30)
    with pytest.raises(NotFound):
        services.drop_week(week.pk, actor=house.owner)
    verbs = list(AuditEntry.objects.filter(verb__startswith="hours.").values_list("verb", flat=True))
    assert sorted(verbs) == ["hours.week", "hours.week", "hours.week_drop"]


def test_a_week_without_any_hours_never_opens_and_nothing_hangs(house: House) -> None:
    services.set_week(actor=house.owner, valid_from=SATURDAY, slots=NEVER)
    calendar = sla.working_calendar()
    assert working_minutes(tehran(1405, 7, 11), tehran(1415, 7, 11), calendar) == 0
    with pytest.raises(NeverOpens):
        add_working(tehran(1405, 7, 11, 9), 1, calendar)
    assert sla.turns(sla.DEFAULT_LIMITS[2], calendar, tehran(1405, 7, 11, 9)) is None


@pytest.mark.parametrize(
    ("day", "slots", "field"),
    [
        (SATURDAY, [[(480, 600), (590, 700)], *[[]] * 6], "day0"),
        (SATURDAY, [[], [(700, 800), (480, 600)], *[[]] * 5], "day1"),
        (SATURDAY, [*[[]] * 6, [(480, 25 * 60)]], "day6"),
        (SATURDAY, [*[[]] * 6, [(600, 600)]], "day6"),
        (SATURDAY, [*[[]] * 6, [(-5, 600)]], "day6"),
        (SATURDAY, [[]] * 6, "valid_from"),
        (to_gregorian(1379, 12, 29), WEEK, "valid_from"),
        (to_gregorian(1500, 12, 29) + DAY, WEEK, "valid_from"),
    ],
)
def test_a_week_out_of_order_is_refused_at_its_day(house: House, day: date, slots, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        services.set_week(actor=house.owner, valid_from=day, slots=slots)
    assert refused.value.field == field
    assert not WorkingWeek.objects.exists() and sla.working_calendar().slots_of(SATURDAY)


def test_setting_the_same_week_again_changes_nothing(house: House) -> None:
    services.set_week(actor=house.owner, valid_from=SATURDAY, slots=WEEK)
    stamp = sla.stamp()
    services.set_week(actor=house.owner, valid_from=SATURDAY, slots=WEEK)
    assert sla.stamp() == stamp and AuditEntry.objects.filter(verb="hours.week").count() == 1
    services.set_week(actor=house.owner, valid_from=SATURDAY, slots=NEVER)
    assert sla.stamp() > stamp and WorkingWeek.objects.count() == 1
    entry = AuditEntry.objects.filter(verb="hours.week").latest("pk")
    assert entry.before["day0"] == ["۹:۰۰ تا ۱۷:۰۰"] and entry.after["day0"] == []


# Days -------------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H4")
def test_a_day_is_closed_a_holiday_is_worked_and_both_are_forgotten(house: House) -> None:
    day = to_gregorian(1405, 7, 12)
    row = services.close_day(actor=house.owner, day=day, name="جابه‌جایی دفتر")
    calendar = sla.working_calendar()
    assert calendar.is_closed(day) and calendar.name_of(day) == "جابه‌جایی دفتر"
    assert add_working(tehran(1405, 7, 12, 9), 60, calendar) == tehran(1405, 7, 13, 9, 30)
    assert calendar.name_of(NOWRUZ) and calendar.name_of(to_gregorian(1405, 7, 13)) == ""
    services.close_day(actor=house.owner, day=NOWRUZ, name="سال نو")
    assert sla.working_calendar().name_of(NOWRUZ) == "سال نو"
    opened = services.open_day(actor=house.owner, day=NOWRUZ)
    calendar = sla.working_calendar()
    assert not calendar.is_closed(NOWRUZ) and calendar.name_of(NOWRUZ) == ""
    assert services.open_day(actor=house.owner, day=NOWRUZ) == opened
    for pk in (row.pk, opened.pk):
        services.forget_day(pk, actor=house.owner)
    calendar = sla.working_calendar()
    assert not calendar.is_closed(day) and calendar.is_closed(NOWRUZ)
    with pytest.raises(NotFound):
        services.forget_day(row.pk, actor=house.owner)
    # A closure without a name says so all the same.
    services.close_day(actor=house.owner, day=day)
    assert sla.working_calendar().name_of(day) == "تعطیل"


def test_days_that_make_no_sense_are_refused(house: House) -> None:
    day = to_gregorian(1405, 7, 12)
    services.close_day(actor=house.owner, day=day)
    friday_holiday = next(one for one in _holidays() if weekday(one) == 6)
    for wrong in (
        lambda: services.close_day(actor=house.owner, day=day),
        lambda: services.close_day(actor=house.owner, day=NOWRUZ),
        lambda: services.close_day(actor=house.owner, day=to_gregorian(1379, 1, 1)),
        lambda: services.open_day(actor=house.owner, day=day),
        lambda: services.open_day(actor=house.owner, day=friday_holiday),
        lambda: services.open_day(actor=house.owner, day=date(2622, 1, 1)),
    ):
        with pytest.raises(Invalid) as refused:
            wrong()
        assert refused.value.field == "day"
    with pytest.raises(Invalid) as refused:
        services.close_day(actor=house.owner, day=day + DAY, name="ب" * 121)
    assert refused.value.field == "name" and DayOff.objects.count() == 1


def _holidays() -> list[date]:
    first = to_gregorian(1405, 1, 1)
    return [day for day in (first + n * DAY for n in range(365)) if day in services.PUBLIC]


def test_hostile_names_are_kept_as_one_line(house: House) -> None:
    row = services.close_day(actor=house.owner, day=SATURDAY, name=f" {SCRIPT}\n\u202eسلام\x00 ")
    assert row.name == f"{SCRIPT} سلام"


# «فردا تعطیل» --------------------------------------------------------------------------------------------------
@pytest.mark.spec("H4")
def test_tomorrow_is_closed_told_and_opened_again(house: House, workday: date) -> None:
    row = services.close_tomorrow(actor=house.owner, name="تعمیر ساختمان")
    closed = sla.stamp()
    assert (row.day, row.is_announced) == (workday, True)
    told = hours.read().announced(timezone.now())
    assert (told.day, told.is_today, told.opens) == (workday, False, tehran(1405, 7, 13, 8, 30))
    # Its own day still says so, the one after does not.
    assert hours.read().announced(tehran(1405, 7, 12, 20)).is_today
    assert hours.read().announced(tehran(1405, 7, 13, 0, 1)) is None
    with pytest.raises(Conflict, match="خودش تعطیل است: تعمیر ساختمان"):
        services.close_tomorrow(actor=house.owner)
    assert services.open_again(row.pk, actor=house.owner) == workday
    assert hours.read().announced(timezone.now()) is None and sla.stamp() > closed
    with pytest.raises(NotFound):
        services.open_again(row.pk, actor=house.owner)
    verbs = AuditEntry.objects.filter(verb__startswith="hours.").order_by("pk")
    assert [one.verb for one in verbs] == ["hours.close", "hours.open_again"]


def test_tomorrow_on_a_holiday_that_is_worked_closes_and_opens_to_work(house: House, monkeypatch) -> None:
    holiday = next(one for one in _holidays() if weekday(one) < 5)
    eve = tehran(1405, 1, 1, 12) + (holiday - to_gregorian(1405, 1, 2)) * 1
    monkeypatch.setattr(timezone, "now", lambda: eve)
    assert today() + DAY == holiday
    with pytest.raises(Conflict):
        services.close_tomorrow(actor=house.owner)
    services.open_day(actor=house.owner, day=holiday)
    row = services.close_tomorrow(actor=house.owner)
    assert sla.working_calendar().is_closed(holiday)
    services.open_again(row.pk, actor=house.owner)
    assert not sla.working_calendar().is_closed(holiday)


def test_the_undo_of_another_day_is_refused(house: House, workday: date) -> None:
    far = services.close_day(actor=house.owner, day=workday + 3 * DAY)
    past = services.close_day(actor=house.owner, day=workday - 3 * DAY)
    renamed = services.close_day(actor=house.owner, day=NOWRUZ, name="سال نو")
    opened = services.open_day(actor=house.owner, day=NOWRUZ + DAY)
    for row in (far, past, renamed, opened):
        with pytest.raises(Invalid):
            services.open_again(row.pk, actor=house.owner)
    with pytest.raises(Conflict, match="تعطیل هفتگی"):
        services.set_week(actor=house.owner, valid_from=SATURDAY, slots=NEVER)
        services.close_tomorrow(actor=house.owner)


# Limits -----------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H4")
def test_the_closest_policy_holds(house: House) -> None:
    default = sla.DEFAULT_LIMITS
    assert sla.rules().policies.limits_for(house.support.pk, 3) == default[3]

    def put(department, priority: int, first_red: int) -> SlaPolicy:
        return policies.set_policy(
            actor=house.owner, department=department, priority=priority, **{**HALF, "first_red": first_red}
        )

    put(None, 0, 100)
    assert [sla.rules().policies.limits_for(house.support.pk, one).first[1] for one in default] == [100] * 4
    put(None, 4, 90)
    put(house.support, 0, 80)
    nearest = put(house.support, 4, 70)
    reds = [
        sla.rules().policies.limits_for(desk.pk, one).first[1]
        for desk in (house.support, house.finance)
        for one in (2, 4)
    ]
    assert reds == [80, 70, 100, 90]
    every = sla.rules()
    assert [every.policies.limits_for(house.support.pk, one).first[1] for one in (2, 4)] == [80, 70]

    policies.drop_policy(nearest.pk, actor=house.owner)
    assert sla.rules().policies.limits_for(house.support.pk, 4).first[1] == 80
    with pytest.raises(NotFound):
        policies.drop_policy(nearest.pk, actor=house.owner)
    changed = policies.set_policy(
        actor=house.owner, department=None, priority=0, **{**HALF, "first_red": 100}, resolve=600
    )
    assert sla.rules().policies.limits_for(house.finance.pk, 1) == sla.Limits((15, 100), (60, 120), 600)
    assert SlaPolicy.objects.filter(department=None, priority=0).get() == changed
    assert AuditEntry.objects.filter(verb="sla.set").latest("pk").after == {"resolve": 600}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("first_yellow", {"first_yellow": 31}),
        ("next_yellow", {"next_yellow": 121}),
        ("first_yellow", {"first_yellow": 0}),
        ("next_red", {"next_red": -1}),
        ("next_red", {"next_red": 2**40}),
        ("resolve", {"resolve": 10}),
        ("resolve", {"resolve": 0}),
        ("priority", {"priority": 9}),
    ],
)
def test_limits_that_make_no_sense_are_refused(house: House, field: str, values: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refused:
        policies.set_policy(actor=house.owner, department=None, **{"priority": 2, **HALF, **values})
    assert refused.value.field == field and not SlaPolicy.objects.exists()


def test_who_hears_is_the_owners_choice(house: House) -> None:
    clock_rules.set_hears(actor=house.owner, yellow=[], red=["owner", "holder"], close=["manager"])
    assert sla.hears("yellow") == [] and sla.hears("red") == ["holder", "owner"]
    assert sla.hears("close") == ["manager"]
    # Who chose before there was a choice of this has the usual ones, and may have nobody.
    ClockRules.objects.update(tell_close=None)
    assert sla.hears("close") == ["holder", "manager"]
    clock_rules.set_hears(actor=house.owner, yellow=[], red=["owner", "holder"], close=[])
    assert sla.hears("close") == []
    with pytest.raises(Invalid) as refused:
        clock_rules.set_hears(actor=house.owner, yellow=["everybody"], red=[], close=[])
    assert refused.value.field == "yellow"


# Whose, and how dear --------------------------------------------------------------------------------------------
def test_only_the_owner_sets_rules(house: House, workday: date) -> None:
    for person in (house.manager, house.staff, house.customer_main):
        for verb in (
            lambda who: services.set_week(actor=who, valid_from=SATURDAY, slots=WEEK),
            lambda who: services.drop_week(1, actor=who),
            lambda who: services.close_day(actor=who, day=workday),
            lambda who: services.open_day(actor=who, day=NOWRUZ),
            lambda who: services.forget_day(1, actor=who),
            lambda who: services.close_tomorrow(actor=who),
            lambda who: services.open_again(1, actor=who),
            lambda who: policies.set_policy(actor=who, department=None, priority=0, **HALF),
            lambda who: policies.drop_policy(1, actor=who),
            lambda who: clock_rules.set_hears(actor=who, yellow=[], red=[], close=[]),
        ):
            with pytest.raises(NotAllowed):
                verb(person)
    assert not ClockRules.objects.exists()


@pytest.mark.django_db
def test_a_rivals_rules_are_not_ours(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: tehran(1405, 7, 11, 12, 0))
    world = make_world()
    with tenant_scope(world.rival.tenant):
        theirs = services.close_tomorrow(actor=world.rival.owner)
        week = services.set_week(actor=world.rival.owner, valid_from=SATURDAY, slots=NEVER)
        policy = policies.set_policy(actor=world.rival.owner, department=None, priority=0, **HALF)
    with tenant_scope(world.home.tenant):
        owner = world.home.owner
        for verb, pk in (
            (services.open_again, theirs.pk),
            (services.forget_day, theirs.pk),
            (services.drop_week, week.pk),
            (policies.drop_policy, policy.pk),
        ):
            with pytest.raises(NotFound):
                verb(pk, actor=owner)
        with pytest.raises(NotFound):
            policies.set_policy(actor=owner, department=world.rival.support, priority=0, **HALF)
        assert hours.read() == hours.Hours() and sla.stamp() is None
        assert sla.rules().policies.limits_for(world.home.support.pk, 2) == sla.DEFAULT_LIMITS[2]


def test_rules_are_read_in_few_statements_however_many(house: House) -> None:
    for number in range(30):
        services.close_day(actor=house.owner, day=SATURDAY + number * DAY, name="x")
        services.set_week(actor=house.owner, valid_from=SATURDAY + number * DAY, slots=WEEK)
    for read, budget in (
        (sla.working_calendar, 1),
        (lambda: sla.rules().policies.limits_for(house.support.pk, 2), 1),
        (sla.stamp, 1),
        (lambda: sla.hears("red"), 1),
        (sla.rules, 1),
    ):
        with CaptureQueriesContext(connection) as seen:
            read()
        assert len(seen) == budget


@pytest.mark.postgres
@pytest.mark.usefixtures("committed_db")
def test_two_owners_at_once_leave_one_row_each() -> None:
    house = make_house("arvand")
    far = today() + 400 * DAY
    *weeks, day, again = at_once(
        lambda: services.set_week(actor=house.owner, valid_from=SATURDAY, slots=WEEK),
        lambda: services.set_week(actor=house.owner, valid_from=SATURDAY, slots=NEVER),
        lambda: services.close_day(actor=house.owner, day=far, name="x"),
        lambda: services.close_day(actor=house.owner, day=far, name="x"),
        within=house.tenant,
    )
    assert not refusals(weeks)
    [refused] = refusals([day, again])
    assert isinstance(refused, (Invalid, Conflict))
    with tenant_scope(house.tenant):
        assert WorkingWeek.objects.count() == DayOff.objects.count() == ClockRules.objects.count() == 1
