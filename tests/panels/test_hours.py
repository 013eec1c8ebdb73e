"""The owner's pages of working hours and limits, and the notice customers get of «فردا تعطیل» (H4)."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments import sla
from departments.models import DayOff, SlaPolicy, WorkingWeek
from departments.services import hours as services
from departments.services import policies
from persian import jalali
from persian.jalali import to_gregorian
from tenants.scope import tenant_scope
from tests.departments.test_calendar import tehran
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, hidden, portal, text
from tests.worlds import House, make_house, make_ticket
from tickets import closures
from tickets.services import close, reply

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
HOURS, SLA = "/manage/hours/", "/manage/sla/"
DAY = timedelta(days=1)
SATURDAY, SUNDAY = to_gregorian(1405, 7, 11), to_gregorian(1405, 7, 12)
LENGTHS = {
    "first_yellow_0": "۱",
    "first_yellow_1": "۳۰",
    "first_red_0": "3",
    "first_red_1": "",
    "next_yellow_0": "2",
    "next_yellow_1": "0",
    "next_red_0": "٤",
    "next_red_1": "",
    "resolve_0": "",
    "resolve_1": "",
}


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


@pytest.fixture
def noon(monkeypatch):
    """Saturday, noon: tomorrow is a plain working day."""
    monkeypatch.setattr(timezone, "now", lambda: tehran(1405, 7, 11, 12, 0))


def week_fields(valid_from: str = "۱۴۰۵/۰۷/۱۱", **more: str) -> dict[str, str]:
    fields = {f"day{day}_{place}": "" for day in range(7) for place in range(6)}
    return {"act": "week", "valid_from": valid_from, **fields, **more}


# The week -----------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H4")
def test_a_week_is_written_with_any_digits_and_shown(house, owner, noon):
    sent = week_fields(day0_0="۸:۳۰", day0_1="12", day0_2="13:15", day0_3="24:00", day5_0="٩", day5_1="۱۳٫۵")
    assert owner.post(HOURS, sent).status_code == 302
    with tenant_scope(house.tenant):
        week = WorkingWeek.objects.get()
    assert (week.valid_from, week.slots[0], week.slots[5]) == (
        SATURDAY,
        [[510, 720], [795, 1440]],
        [[540, 785]],
    )
    page = text(owner.get(HOURS))
    assert "شنبه: ۸:۳۰ تا ۱۲:۰۰ و ۱۳:۱۵ تا ۲۴:۰۰" in page and "هفتهٔ معمول سامانه" in page
    assert "شنبه تا چهارشنبه: ۸:۳۰ تا ۱۷:۰۰" in page and "پنجشنبه: ۸:۳۰ تا ۱۲:۳۰" in page
    # The form holds the current week; another one by its address.
    assert hidden(owner.get(HOURS), "day0_3") == ["۲۴:۰۰"]
    owner.post(HOURS, week_fields("1405/08/01", day1_0="10", day1_1="11"))
    with tenant_scope(house.tenant):
        later = WorkingWeek.objects.latest("valid_from")
    shown = owner.get(f"{HOURS}?week={later.pk}")
    assert hidden(shown, "day1_0") == ["۱۰:۰۰"] and hidden(shown, "valid_from") == ["۱۴۰۵/۰۸/۰۱"]
    assert owner.post(HOURS, {"act": "week_drop", "week": later.pk}).status_code == 302
    assert owner.post(HOURS, {"act": "week_drop", "week": later.pk}).status_code == 404


WRONG_WEEKS = [
    ({"day0_0": "25:00", "day0_1": "26:00"}, "شنبه: ساعت را میان ۰:۰۰ و ۲۴:۰۰ بنویسید."),
    ({"day1_0": "8:75", "day1_1": "9"}, "یکشنبه: ساعت را این‌طور بنویسید: ۸:۳۰"),
    ({"day2_0": "8"}, "دوشنبه: هم آغاز نوبت را بنویسید و هم پایانش را."),
    ({"day3_0": "17", "day3_1": "8:30"}, "سه‌شنبه: پایان پس از آغاز است"),
    ({"day4_0": "8", "day4_1": "12", "day4_2": "11", "day4_3": "14"}, "چهارشنبه: نوبت‌ها پشت سر هم‌اند"),
    ({"valid_from": "۱۳۷۹/۱۲/۲۹"}, "تاریخ باید ۱۳۸۰/۰۱/۰۱ یا پس از آن باشد."),
    ({"valid_from": "۱۴۰۵/۱۳/۰۱"}, "این تاریخ در تقویم نیست"),
    ({"valid_from": ""}, "تاریخ را بنویسید."),
]


def test_a_wrong_week_is_refused_at_its_day_and_nothing_is_lost(house, owner):
    for wrong, words in WRONG_WEEKS:
        response = owner.post(HOURS, {**week_fields(day6_0="10", day6_1="11:20"), **wrong})
        assert response.status_code == 422 and words in text(response), words
        assert hidden(response, "day6_1") == ["11:20"]
        for name, value in wrong.items():
            assert hidden(response, name)[0] == value if value else True
    with tenant_scope(house.tenant):
        assert not WorkingWeek.objects.exists()


def test_a_week_without_hours_is_kept_with_a_warning(house, owner, noon):
    response = owner.post(HOURS, week_fields(), follow=True)
    page = text(response)
    assert "این هفته ساعت کاری ندارد" in page and "هیچ ساعت کاری نیست" in page
    assert "این مرکز ساعت کاری ندارد" in text(owner.get(SLA))


# Days ---------------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H4")
def test_days_are_closed_worked_and_forgotten_from_the_list(house, owner, noon):
    page = text(owner.get(HOURS))
    assert "سال ۱۴۰۵" in page and "سال ۱۴۰۶" in page and "عید نوروز" in page
    nowruz = to_gregorian(1406, 1, 1)
    assert f'value="{nowruz.isoformat()}" aria-label="کار می‌کنیم' in page
    assert owner.post(HOURS, {"act": "open", "day": nowruz.isoformat()}).status_code == 302
    closed = {"act": "close", "day": "۱۴۰۷/۰۲/۰۱", "name": f"سالگرد {SCRIPT}", "announce": ""}
    assert owner.post(HOURS, closed).status_code == 302
    page = text(owner.get(HOURS))
    assert "کار می‌کنید" in page and "سال ۱۴۰۷" in page and SCRIPT not in page and ESCAPED in page
    again = owner.post(HOURS, closed)
    assert again.status_code == 422 and "پیش‌تر تعطیل شده است" in text(again)
    with tenant_scope(house.tenant):
        rows = list(DayOff.objects.all())
    for row in rows:
        assert owner.post(HOURS, {"act": "forget", "off": row.pk}).status_code == 302
    assert owner.post(HOURS, {"act": "forget", "off": rows[0].pk}).status_code == 404
    assert owner.post(HOURS, {"act": "open", "day": "1405-99"}).status_code == 404
    refused = owner.post(HOURS, {"act": "open", "day": SUNDAY.isoformat()})
    assert refused.status_code == 422 and "تعطیل رسمی نیست" in text(refused)


# «فردا تعطیل» -----------------------------------------------------------------------------------------------------
def _notice(page: str) -> str:
    found = re.search(r"data-closure>.*?<p[^>]*>(.*?)</p>", page, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


@pytest.mark.spec("H4")
def test_tomorrow_closed_is_told_to_those_who_wait_and_to_nobody_else(house, owner, noon):
    with tenant_scope(house.tenant):
        waiting, answered = make_ticket(house), make_ticket(house, by=house.other_customer)
        reply(answered, actor=house.staff, body="بفرمایید", client_key=uuid.uuid4())
        done = make_ticket(house, by=house.section_member)
        close(done, actor=house.owner)
    main, other = house.client(house.customer_main), house.client(house.other_customer)
    assert _notice(text(main.get("/portal/"))) == ""
    assert "فردا تعطیل" in text(owner.get("/manage/"))
    pressed = owner.post(HOURS, {"act": "tomorrow", "origin": "manage"}, follow=True)
    assert pressed.redirect_chain[-1][0].startswith("/manage/?") and "فردا باز است" in text(pressed)
    words = (
        "فردا، یکشنبه ۱۲ مهر، تعطیلیم. پاسخ شما، اگر امروز نرسد، از دوشنبه ۱۳ مهر، ساعت ۸:۳۰، پی گرفته می‌شود."
    )
    assert _notice(text(main.get("/portal/"))) == words
    assert _notice(text(main.get(portal(waiting)))) == words
    # Who waits for nothing is told nothing; neither on a ticket that is answered or closed.
    assert _notice(text(other.get("/portal/"))) == _notice(text(other.get(portal(answered)))) == ""
    assert _notice(text(main.get(portal(done)))) == ""
    again = owner.post(HOURS, {"act": "tomorrow"})
    assert again.status_code == 409 and "خودش تعطیل است" in text(again)
    with tenant_scope(house.tenant):
        off = DayOff.objects.get().pk
    undone = owner.post(HOURS, {"act": "undo", "off": off}, follow=True)
    assert "دوباره باز است" in text(undone) and _notice(text(main.get("/portal/"))) == ""
    assert owner.post(HOURS, {"act": "undo", "off": off}).status_code == 404


@pytest.mark.spec("H4")
@pytest.mark.parametrize("page", [HOURS, "/manage/"])
def test_tomorrow_pressed_past_midnight_on_a_page_of_the_evening_closes_no_other_day(
    house, owner, monkeypatch, page
):
    monkeypatch.setattr(timezone, "now", lambda: tehran(1405, 7, 11, 23, 58))
    (day,) = hidden(owner.get(page), "day")
    assert day == SUNDAY.isoformat()
    monkeypatch.setattr(timezone, "now", lambda: tehran(1405, 7, 12, 0, 3))
    late = owner.post(HOURS, {"act": "tomorrow", "day": day, "name": "تعمیر ساختمان"})
    assert late.status_code == 409 and "روز عوض شده است" in text(late) and "تعمیر ساختمان" in text(late)
    with tenant_scope(house.tenant):
        assert not DayOff.objects.exists()
    (now,) = hidden(late, "day")
    assert owner.post(HOURS, {"act": "tomorrow", "day": now}).status_code == 302
    with tenant_scope(house.tenant):
        assert DayOff.objects.get().day == SUNDAY + DAY


def test_the_notice_changes_with_the_day_and_goes_with_it(house, monkeypatch):
    with tenant_scope(house.tenant):
        waiting = make_ticket(house)
        services.close_day(actor=house.owner, day=SUNDAY, name=f"تعمیر {SCRIPT}", announce=True)
    main = house.client(house.customer_main)
    page = portal(waiting)
    for moment, words in (
        (tehran(1405, 7, 10, 23, 59), ""),
        (tehran(1405, 7, 11, 0, 1), "فردا، یکشنبه ۱۲ مهر، تعطیلیم. تعمیر"),
        (tehran(1405, 7, 12, 10), "امروز، یکشنبه ۱۲ مهر، تعطیلیم. تعمیر"),
        (tehran(1405, 7, 13, 0, 1), ""),
    ):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        main = house.client(house.customer_main)
        shown = text(main.get(page))
        assert _notice(shown).startswith(words) and bool(_notice(shown)) == bool(words)
        assert SCRIPT not in shown


def test_the_notice_costs_a_customer_one_statement_however_much_is_set(house):
    with tenant_scope(house.tenant):
        waiting, answered = make_ticket(house), make_ticket(house)
        reply(answered, actor=house.staff, body="بفرمایید", client_key=uuid.uuid4())
    main = house.client(house.customer_main)
    addresses = [portal(answered), portal(waiting), "/portal/"]
    main.get(addresses[0])
    bare = [_cost(main, address) for address in addresses]
    today = jalali.local_day(timezone.now())
    with tenant_scope(house.tenant):
        for number in range(30):
            services.close_day(actor=house.owner, day=today + number * DAY, name="تعطیلی", announce=True)
        for tickets, budget in (([waiting.refresh()], 1), ([answered.refresh()], 0), ([], 0)):
            with CaptureQueriesContext(connection) as seen:
                assert bool(closures.told(tickets)) == bool(budget)
            assert len(seen) == budget
    assert _notice(text(main.get("/portal/")))
    assert [_cost(main, address) for address in addresses] == bare


def _cost(client, url: str) -> int:
    return counted(client, url)[1]


# Limits -------------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H4")
def test_limits_are_written_shown_with_their_moments_and_taken_away(house, owner, noon):
    page = text(owner.get(SLA))
    assert page.count("پیش‌فرض") == 4
    assert "اگر تیکتی همین حالا برسد، امروز، ۱۶:۰۰ زرد و فردا، ۱۱:۳۰ قرمز می‌شود." in page
    sent = {
        "act": "policy",
        "department": str(house.support.pk),
        "priority": "4",
        **LENGTHS,
        "resolve_0": "20",
    }
    assert owner.post(SLA, sent).status_code == 302
    with tenant_scope(house.tenant):
        policy = SlaPolicy.objects.get()
        assert sla.rules().policies.limits_for(house.support.pk, 4) == sla.Limits((90, 180), (120, 240), 1200)
    page = text(owner.get(SLA))
    assert "زرد ۱ ساعت و ۳۰ دقیقه" in page and "قرمز ۳ ساعت" in page and "۲۰ ساعت" in page
    asked = owner.get(f"{SLA}?department={house.support.pk}&priority=4")
    assert hidden(asked, "first_yellow_0") == ["۱"] and hidden(asked, "first_yellow_1") == ["۳۰"]
    assert owner.post(SLA, {**sent, "department": "0", "priority": "0"}).status_code == 302
    page = text(owner.get(SLA))
    assert page.count("از همهٔ اولویت‌ها") == 4 and "پیش‌فرض" not in page
    assert owner.post(SLA, {"act": "drop", "policy": policy.pk}).status_code == 302
    assert owner.post(SLA, {"act": "drop", "policy": policy.pk}).status_code == 404
    assert (
        owner.post(SLA, {"act": "hears", "yellow": ["owner"], "red": [], "close": ["manager"]}).status_code
        == 302
    )
    with tenant_scope(house.tenant):
        assert sla.hears_all() == {"yellow": ["owner"], "red": [], "close": ["manager"]}


WRONG_LIMITS = [
    ({"first_yellow_0": "4"}, "زرد پیش از قرمز است"),
    ({"next_yellow_0": "0", "next_yellow_1": "0"}, "دست‌کم یک دقیقه بنویسید."),
    ({"next_red_0": "", "next_red_1": ""}, "این زمان را بنویسید."),
    ({"first_red_0": "-3"}, "ساعت و دقیقه را با عدد بنویسید."),
    ({"first_red_0": "99999"}, "بیش از دو هزار ساعت کاری"),
    ({"resolve_0": "1"}, "زمان بستن از مهلت پاسخ نخست کمتر است."),
    ({"priority": "7"}, "اولویت را از فهرست انتخاب کنید."),
    ({"department": "999999"}, "دپارتمان را از فهرست انتخاب کنید."),
]


def test_wrong_limits_are_refused_and_nothing_is_lost(house, owner):
    rival = make_house("raghib")
    theirs = ({"department": str(rival.support.pk)}, "دپارتمان را از فهرست انتخاب کنید.")
    for wrong, words in [*WRONG_LIMITS, theirs]:
        fields = {"act": "policy", "department": str(house.support.pk), "priority": "2", **LENGTHS, **wrong}
        response = owner.post(SLA, fields)
        assert response.status_code == 422 and words in text(response), words
        assert hidden(response, "first_yellow_1") == ["۳۰"]
    with tenant_scope(house.tenant):
        assert not SlaPolicy.objects.exists()


# Whose, and how dear --------------------------------------------------------------------------------------------
def test_pages_are_the_owners_alone(house):
    for person in (house.manager, house.staff, house.clerk):
        client = house.client(person)
        for address in (HOURS, SLA):
            assert client.get(address).status_code == 404
        assert client.post(HOURS, {"act": "tomorrow"}).status_code == 404
        assert "فردا تعطیل" not in text(client.get("/desk/"))
    with tenant_scope(house.tenant):
        assert not DayOff.objects.exists()


def test_pages_cost_the_same_for_1_and_for_30(house, owner):
    def fill(first: int, last: int) -> None:
        with tenant_scope(house.tenant):
            for number in range(first, last):
                day = date(2027, 1, 1) + number * DAY
                services.set_week(actor=house.owner, valid_from=day, slots=[[(510, 1020)]] * 7)
                services.close_day(actor=house.owner, day=day, name="تعطیلی")
                department = (house.support, house.finance, None)[number % 3]
                policies.set_policy(
                    actor=house.owner,
                    department=department,
                    priority=number % 5,
                    first_yellow=number + 1,
                    first_red=99,
                    next_yellow=1,
                    next_red=2,
                )

    fill(0, 1)
    for address in (HOURS, SLA, "/manage/"):
        owner.get(address)
    few = [_cost(owner, address) for address in (HOURS, SLA, "/manage/")]
    fill(1, 30)
    assert [_cost(owner, address) for address in (HOURS, SLA, "/manage/")] == few
