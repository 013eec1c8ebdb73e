"""Groups of staff, days away and leaving, on their pages (S19, S22, S27, H8)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import AccessLevel, User, Vacation
from departments import services
from departments.absence import today
from departments.models import Seat, StaffGroup
from departments.services import groups, vacations
from persian import jalali
from tenants.scope import tenant_scope
from tests.tickets.browsing import SCRIPT, counted, text
from tests.worlds import House, make_house, make_ticket, next_mobile

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
LIST = "/manage/groups/"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def person_page(person: User) -> str:
    return reverse("manage_person", args=[person.public_id])


def _group(house: House, name: str = "خط اول") -> StaffGroup:
    with tenant_scope(house.tenant):
        return groups.create_group(actor=house.owner, name=name)


def day(offset: int) -> str:
    return jalali.format_date(today() + timedelta(days=offset))


# Groups -----------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S19")
def test_a_group_is_made_filled_used_and_taken_away(house, owner):
    assert owner.post(LIST, {"act": "create", "name": "خط اول"}).status_code == 302
    with tenant_scope(house.tenant):
        group = StaffGroup.objects.get()
        mine, other = make_ticket(house, staff=house.staff), make_ticket(house, staff=house.colleague)
    page = reverse("manage_group", args=[group.pk])
    assert owner.post(page, {"act": "join", "user": house.staff.pk}).status_code == 302
    shown = text(owner.get(page))
    assert house.staff.name in shown and "<bdi>۱</bdi> تیکت باز</a> دست این گروه" in shown
    queue = text(owner.get(f"/desk/tickets/?group={group.pk}"))
    assert f"/desk/tickets/{mine.number}/" in queue and f"/desk/tickets/{other.number}/" not in queue
    assert "گروه: <b" in queue and "خط اول" in queue
    assert "گروه خط اول" in text(owner.get("/manage/staff/"))
    assert owner.post(page, {"act": "part", "person": house.staff.public_id}).status_code == 302
    assert owner.post(page, {"act": "part", "person": house.staff.public_id}).status_code == 404
    assert owner.post(page, {"act": "delete"}).status_code == 302
    assert owner.get(page).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "را بنویسید"),
        ({"name": "خط اول"}, "گروه دیگری همین نام را دارد"),
        ({"name": "ن" * 61}, "حداکثر ۶۰ نویسه"),
        ({"name": "تازه", "description": "ن" * 201}, "حداکثر ۲۰۰ نویسه"),
    ],
)
def test_a_refused_group_says_why(house, owner, fields, words):
    _group(house)
    refused = owner.post(LIST, {"act": "create", **fields})
    assert refused.status_code == 422 and words in text(refused)


def test_a_customer_joins_no_group_and_names_are_text(house, owner):
    group = _group(house, SCRIPT[:60])
    page = reverse("manage_group", args=[group.pk])
    refused = owner.post(page, {"act": "join", "user": house.customer_main.pk})
    assert refused.status_code == 422
    assert SCRIPT[:60] not in text(owner.get(LIST)) + text(owner.get(page)) + text(
        owner.get("/desk/tickets/")
    )


def test_group_pages_cost_the_same_with_few_and_many(house, owner):
    group = _group(house)
    page = reverse("manage_group", args=[group.pk])
    with tenant_scope(house.tenant):
        groups.join(group, actor=house.owner, user=house.staff)
    for path in (LIST, page):
        counted(owner, path)
    few = [counted(owner, path)[1] for path in (LIST, page)]
    with tenant_scope(house.tenant):
        for index in range(30):
            person = services.create_staff(actor=house.owner, mobile=next_mobile(), name=f"همکار {index}")
            groups.join(group, actor=house.owner, user=person)
            groups.create_group(actor=house.owner, name=f"گروه {index}")
    many = [counted(owner, path)[1] for path in (LIST, page)]
    assert many == few and max(many) <= 13


# The list of staff ------------------------------------------------------------------------------------------------
@pytest.mark.spec("S27")
def test_staff_are_narrowed_by_department_level_group_and_state(house, owner):
    group = _group(house)
    with tenant_scope(house.tenant):
        groups.join(group, actor=house.owner, user=house.colleague)
        vacations.plan(house.staff, actor=house.owner, starts_on=today(), ends_on=today())

    def names(**words: object) -> set[str]:
        page = text(owner.get("/manage/staff/", words)).partition('aria-label="کارکنان">')[2]
        return set(re.findall(r'<b class="clip-1">([^<]+)</b>', page.partition("<details")[0]))

    support = house.support.pk
    assert names(department=support) == {house.manager.name, house.staff.name, house.colleague.name}
    assert names(department=support, level="manager") == {house.manager.name}
    assert names(level="owner") == {house.owner.name}
    assert names(group=group.pk) == {house.colleague.name}
    assert names(state="away") == {house.staff.name}
    assert names(department=support, state="on", q="مهدیار") == {house.colleague.name}
    assert names(state="off") == set()
    assert house.staff.name in names(department="x", level="king", group="-1")


# Days away --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("whose", ["own", "owner's"])
def test_days_away_are_planned_and_taken_back(house, owner, whose):
    own = whose == "own"
    client = house.client(house.staff) if own else owner
    page, act = ("/desk/vacation/", "plan") if own else (person_page(house.staff), "vacation")
    fields = {"act": act, "starts_on": day(0), "ends_on": day(4), "substitute": house.colleague.pk}
    assert client.post(page, fields).status_code == 302
    shown = text(client.get(page))
    assert f"جانشین: {house.colleague.name}" in shown and "اکنون" in shown
    assert "مرخصی تا" in text(owner.get("/manage/staff/"))
    with tenant_scope(house.tenant):
        row = Vacation.objects.get()
        ticket = make_ticket(house, staff=None)
    assert "در مرخصی تا" in text(owner.get(f"/desk/tickets/{ticket.number}/?hand=assign"))
    assert client.post(page, {"act": "stay", "vacation": row.pk}).status_code == 302
    with tenant_scope(house.tenant):
        assert not Vacation.objects.exists()


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(3, 1, "پایان پیش از روز آغاز"), (-9, -8, "گذشته است"), (0, 500, "بیش از یک سال")],
)
def test_wrong_days_are_refused_in_place_and_stay_typed(house, first, last, words):
    client = house.client(house.staff)
    fields = {"act": "plan", "starts_on": day(first), "ends_on": day(last)}
    refused = client.post("/desk/vacation/", fields)
    assert refused.status_code == 422 and words in text(refused)
    nonsense = client.post("/desk/vacation/", {"act": "plan", "starts_on": "۱۴۰۴/۱۲/۳۰", "ends_on": "فردا"})
    assert nonsense.status_code == 422 and "در تقویم نیست" in text(nonsense)


def test_only_a_colleague_of_the_same_desk_is_offered_as_substitute(house):
    page = text(house.client(house.staff).get("/desk/vacation/"))
    assert house.colleague.name in page and house.finance_manager.name not in page
    fields = {"act": "plan", "starts_on": day(0), "ends_on": day(1), "substitute": house.finance_manager.pk}
    assert house.client(house.staff).post("/desk/vacation/", fields).status_code == 422


def test_anothers_vacation_is_not_taken_back_from_ones_own_page(house):
    with tenant_scope(house.tenant):
        row = vacations.plan(house.colleague, actor=house.owner, starts_on=today(), ends_on=today())
    client = house.client(house.staff)
    assert client.post("/desk/vacation/", {"act": "stay", "vacation": row.pk}).status_code == 404


# Leaving ----------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S22")
def test_the_page_asks_who_takes_what_and_carries_it_out(house, owner):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    heir = f"heir_{house.support.pk}"
    led = owner.post("/manage/staff/", {"act": "off", "person": house.staff.public_id})
    assert led["Location"].endswith("?done=leaves-behind#access")
    page = text(owner.get(person_page(house.staff)))
    assert "آنچه در پشتیبانی فنی دارد به" in page and "۱ تیکت باز" in page
    refused = owner.post(person_page(house.staff), {"act": "off", heir: house.finance_manager.pk})
    assert refused.status_code == 422
    silent = owner.post(person_page(house.staff), {"act": "off"})
    assert silent.status_code == 422 and "بگویید آنچه در پشتیبانی فنی دارد به که برسد" in text(silent)
    done = owner.post(person_page(house.staff), {"act": "off", heir: house.colleague.pk})
    assert done["Location"].endswith("done=left")
    with tenant_scope(house.tenant):
        assert ticket.refresh().assignee == house.colleague
        assert not User.objects.get(pk=house.staff.pk).is_active
    assert owner.post(person_page(house.staff), {"act": "on"}).status_code == 302


def test_an_owner_is_made_and_unmade_on_the_page(house, owner):
    assert owner.post(person_page(house.staff), {"act": "owner"}).status_code == 302
    with tenant_scope(house.tenant):
        assert User.objects.get(pk=house.staff.pk).is_owner
    assert owner.post(person_page(house.staff), {"act": "staff"}).status_code == 302
    last = owner.post(person_page(house.owner), {"act": "staff"})
    assert last.status_code == 409 and "بی مدیر اصلی نمی‌ماند" in text(last)


# What the pages keep to themselves, and what they cost ------------------------------------------------------------
def test_days_away_are_changed_on_both_pages(house, owner):
    with tenant_scope(house.tenant):
        row = vacations.plan(house.staff, actor=house.owner, starts_on=today(), ends_on=today())
    for client, page in (
        (house.client(house.staff), "/desk/vacation/"),
        (owner, person_page(house.staff)),
    ):
        assert f"#vacation-{row.pk}" in text(client.get(page))
        opened = text(client.get(page, {"vacation": row.pk}))
        assert 'value="vacation_change"' in opened and "<details" in opened
        fields = {"act": "vacation_change", "vacation": row.pk, "starts_on": day(0)}
        wrong = client.post(page, {**fields, "ends_on": day(-1)})
        assert wrong.status_code == 422 and "پایان پیش از روز آغاز" in text(wrong)
        assert client.post(page, {**fields, "ends_on": day(3)}).status_code == 302
        theirs = client.post(page, {**fields, "vacation": 0, "ends_on": day(3)})
        assert theirs.status_code == 404
    with tenant_scope(house.tenant):
        assert row.refresh().ends_on == today() + timedelta(days=3)
        other = vacations.plan(house.colleague, actor=house.owner, starts_on=today(), ends_on=today())
    fields = {"act": "vacation_change", "vacation": other.pk, "starts_on": day(0), "ends_on": day(3)}
    assert house.client(house.staff).post("/desk/vacation/", fields).status_code == 404


def test_a_colleague_without_a_name_is_not_shown_by_number(house):
    with tenant_scope(house.tenant):
        nameless = services.create_staff(actor=house.owner, mobile=next_mobile(), department=house.support)
    page = text(house.client(house.staff).get("/desk/vacation/"))
    assert "بدون نام" in page and nameless.mobile not in page


@pytest.mark.spec("H9")
def test_a_linked_customer_reads_that_their_own_person_is_away(house):
    with tenant_scope(house.tenant):
        services.link_customer(
            actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
        )
        client = house.client(house.customer_main)
        assert "مرخصی تا" not in text(client.get("/portal/tickets/new/"))
        vacations.plan(house.staff, actor=house.owner, starts_on=today(), ends_on=today())
    page = text(client.get("/portal/tickets/new/"))
    assert f"مرخصی تا {jalali.day_month(today())}" in page and "جانشین او یا مدیر دپارتمان" in page


def test_vacation_pages_cost_the_same_with_few_and_many(house, owner):
    def plan(count: int, start: int) -> None:
        with tenant_scope(house.tenant):
            for index in range(start, start + count):
                days = today() + timedelta(days=3 * index)
                for user, substitute in ((house.staff, house.manager), (house.colleague, house.staff)):
                    if user == house.colleague:
                        days += timedelta(days=1)
                    vacations.plan(
                        user, actor=house.owner, starts_on=days, ends_on=days, substitute=substitute
                    )

    mine, pages = house.client(house.staff), []
    for client, path in ((mine, "/desk/vacation/"), (owner, person_page(house.staff))):
        pages.append((client, path))
        client.get(path)
    plan(1, 0)
    few = [counted(client, path)[1] for client, path in pages]
    plan(29, 1)
    assert [counted(client, path)[1] for client, path in pages] == few


def test_a_search_stays_within_the_filters_and_so_does_switching(house, owner):
    page = text(owner.get("/manage/staff/", {"department": house.support.pk, "state": "on"}))
    form = page.partition('role="search" aria-label="کارکنان"')[2].partition("</form>")[0]
    assert f'name="department" value="{house.support.pk}"' in form and 'name="state" value="on"' in form
    address = f"/manage/staff/?department={house.support.pk}"
    done = owner.post(address, {"act": "off", "person": house.colleague.public_id})
    assert f"department={house.support.pk}" in done["Location"]


@pytest.mark.spec("S27")
def test_staff_are_narrowed_by_access_level_in_a_department(house, owner):
    with tenant_scope(house.tenant):
        observer = AccessLevel.objects.get(builtin="observer")
        usual = AccessLevel.objects.get(builtin="staff")
        services.seat(actor=house.owner, user=house.staff, department=house.support, access_level=observer)

    def rows(**words: object) -> str:
        page = text(owner.get("/manage/staff/", words)).partition('aria-label="کارکنان">')[2]
        return page.partition("<details")[0]

    assert house.staff.name in rows(access=observer.pk)
    assert house.colleague.name not in rows(access=observer.pk)
    assert house.colleague.name in rows(access=usual.pk) and house.staff.name not in rows(access=usual.pk)
    assert "همکاری پیدا نشد" in rows(access=observer.pk, department=house.finance.pk)


def test_an_owner_with_work_is_not_led_to_leave_by_their_own_hand(house, owner):
    with tenant_scope(house.tenant):
        services.seat(actor=house.owner, user=house.owner, department=house.support)
        make_ticket(house, by=house.owner, requester=house.customer_main, staff=house.owner)
    for path, fields in (
        ("/manage/staff/", {"act": "off", "person": house.owner.public_id}),
        (person_page(house.owner), {"act": "off", f"heir_{house.support.pk}": "0"}),
    ):
        refused = owner.post(path, fields)
        assert refused.status_code in (409, 422) and "دسترسی خودتان" in text(refused)


@pytest.mark.spec("S22")
def test_a_managers_page_asks_for_another_manager_and_takes_none_for_an_answer(house, owner):
    path, desk = person_page(house.manager), house.support.pk
    assert "مدیر تازهٔ پشتیبانی فنی" in text(owner.get(path))
    silent = owner.post(path, {"act": "off"})
    assert silent.status_code == 422 and "بگویید مدیر پشتیبانی فنی چه کسی می‌شود" in text(silent)
    wrong = owner.post(path, {"act": "off", f"manager_{desk}": house.manager.pk})
    assert wrong.status_code == 422
    # Somebody of another desk may come: the place is made for them.
    done = owner.post(path, {"act": "off", f"manager_{desk}": house.finance_manager.pk})
    assert done["Location"].endswith("done=left")
    with tenant_scope(house.tenant):
        assert Seat.objects.get(department=house.support, level="manager").user == house.finance_manager
    path = person_page(house.finance_manager)
    answers = {f"manager_{desk}": "0", f"manager_{house.finance.pk}": "0"}
    assert owner.post(path, {"act": "off", **answers}).status_code == 302
    with tenant_scope(house.tenant):
        assert not Seat.objects.filter(level="manager").exists()


def test_work_that_came_in_meanwhile_is_asked_about_by_its_own_department(house, owner):
    path = person_page(house.staff)
    with tenant_scope(house.tenant):
        make_ticket(house, staff=house.staff)
        # Of an earlier department in the order, so a form that went by places would be off by one.
        services.seat(actor=house.owner, user=house.staff, department=house.finance)
        services.order_departments(
            actor=house.owner, order=[house.finance.pk, house.support.pk, house.orphan.pk]
        )
    answers = {"act": "off", f"heir_{house.support.pk}": house.colleague.pk}
    with tenant_scope(house.tenant):
        late = make_ticket(house, department=house.finance, staff=house.staff)
    refused = owner.post(path, answers)
    assert refused.status_code == 422 and "بگویید آنچه در مالی و قرارداد دارد به که برسد" in text(refused)
    assert owner.post(path, {**answers, f"heir_{house.finance.pk}": "0"}).status_code == 302
    with tenant_scope(house.tenant):
        assert late.refresh().assignee is None


@pytest.mark.spec("S22")
def test_a_second_tab_of_who_has_left_does_nothing_any_more(house, owner):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    first, second = house.client(house.staff), house.client()
    second.cookies = first.cookies
    assert second.get(f"/desk/tickets/{ticket.number}/").status_code == 200
    owner.post(person_page(house.staff), {"act": "off", f"heir_{house.support.pk}": house.colleague.pk})
    for client in (first, second):
        told = client.post(f"/desk/tickets/{ticket.number}/close/")
        assert told["Location"].startswith("/login/")
        told = client.post("/desk/vacation/", {"act": "plan", "starts_on": day(0), "ends_on": day(0)})
        assert told["Location"].startswith("/login/")
    with tenant_scope(house.tenant):
        assert ticket.refresh().category != "closed" and not Vacation.objects.exists()
