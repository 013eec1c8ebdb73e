"""The owner's pages of access levels, and the department's page for who arranges it (S19, S27, H8)."""

import pytest
from django.urls import reverse

from accounts.models import AccessLevel, User
from departments import services
from departments.models import Department, Seat, Topic
from departments.services import levels
from tenants.scope import tenant_scope
from tests.tickets.browsing import SCRIPT, counted, text
from tests.worlds import House, make_house, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "/manage/levels/"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def page_of(level: AccessLevel) -> str:
    return reverse("manage_level", args=[level.pk])


def _level(house: House, **wanted: str) -> AccessLevel:
    with tenant_scope(house.tenant):
        return AccessLevel.objects.get(**wanted)


@pytest.mark.spec("S19")
def test_the_owner_makes_a_level_changes_it_and_takes_it_away(house, owner):
    fields = {"act": "create", "name": "خط اول", "rights_0": ["reply", "take"], "rights_1": ["note"]}
    assert owner.post(LIST, fields).status_code == 302
    level = _level(house, name="خط اول")
    assert level.rights == ["note", "reply", "take"]
    assert "خط اول" in text(owner.get(LIST))
    assert (
        owner.post(page_of(level), {"act": "change", "name": "خط یک", "rights_0": ["reply"]}).status_code
        == 302
    )
    assert _level(house, name="خط یک").rights == ["reply"]
    assert owner.post(page_of(level), {"act": "delete"}).status_code == 302
    with tenant_scope(house.tenant):
        assert not AccessLevel.objects.filter(pk=level.pk).exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "نام سطح را بنویسید"),
        ({"name": "کارشناس"}, "سطح دیگری همین نام را دارد"),
        ({"name": "تازه", "rights_0": ["root"]}, "دسترسی‌ها را از فهرست انتخاب کنید"),
    ],
)
def test_a_level_that_is_refused_says_why_and_keeps_what_was_ticked(house, owner, fields, words):
    refused = owner.post(LIST, {"act": "create", "rights_1": ["note"], **fields})
    assert refused.status_code == 422
    assert words in text(refused)
    assert 'value="note"' in text(refused) and "checked" in text(refused)


def test_a_builtin_level_stays(house, owner):
    level = _level(house, builtin="observer")
    refused = owner.post(page_of(level), {"act": "delete"})
    assert refused.status_code == 422 and "برداشته نمی‌شود" in text(refused)
    assert 'value="delete"' not in text(owner.get(page_of(level)))


@pytest.mark.spec("S19", "S27")
def test_a_seat_is_given_a_level_from_the_department_and_from_the_person(house, owner):
    observer = _level(house, builtin="observer")
    with tenant_scope(house.tenant):
        place = Seat.objects.get(user=house.staff)
    owner.post(
        reverse("manage_department", args=[house.support.pk]),
        {"act": "seat_change", "seat": place.pk, "level": "staff", "access_level": observer.pk},
    )
    with tenant_scope(house.tenant):
        assert Seat.objects.get(pk=place.pk).access_level == observer
    person = reverse("manage_person", args=[house.staff.public_id])
    owner.post(person, {"act": "seat_change", "seat": place.pk, "level": "staff", "access_level": ""})
    with tenant_scope(house.tenant):
        assert Seat.objects.get(pk=place.pk).access_level is None
    owner.post(
        "/manage/staff/",
        {
            "act": "create",
            "mobile": "09123456789",
            "name": "سام",
            "department": house.support.pk,
            "level": "staff",
            "access_level": observer.pk,
        },
    )
    with tenant_scope(house.tenant):
        made = Seat.objects.get(user__mobile="+989123456789")
        assert (made.department, made.access_level) == (house.support, observer)
    assert "دسترسی «ناظر»" in text(owner.get(reverse("manage_department", args=[house.support.pk])))


@pytest.mark.spec("S19")
def test_a_change_holds_from_the_next_click_on(house, owner):
    """TRUST 20: the session stays, what it may do does not."""
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff, page = house.client(house.staff), f"/desk/tickets/{ticket.number}/"
    assert "ارسال پاسخ" in text(staff.get(page))
    with tenant_scope(house.tenant):
        levels.change_level(
            AccessLevel.objects.get(builtin="staff"), actor=house.owner, name="کارشناس", rights=["note"]
        )
    shown = text(staff.get(page))
    assert "ثبت یادداشت خصوصی" in shown and "ارسال پاسخ" not in shown
    fields = {"client_key": "0b8f1e0e-8a55-4f6e-9df4-0f6f2b3d1a11", "body": "سلام"}
    assert staff.post(f"{page}reply/", fields).status_code == 403


def test_lists_cost_the_same_with_few_and_many(house, owner):
    counted(owner, LIST)
    _, few = counted(owner, LIST)
    level = _level(house, builtin="staff")
    _, small = counted(owner, page_of(level))
    with tenant_scope(house.tenant):
        for index in range(30):
            levels.create_level(actor=house.owner, name=f"سطح {index}", rights=["reply"])
        new = User.objects.bulk_create(
            User(tenant=house.tenant, role="staff", mobile=f"+98935{n:07}", name=f"همکار {n}")
            for n in range(40)
        )
        Seat.objects.bulk_create(Seat(tenant=house.tenant, user=one, department=house.orphan) for one in new)
    _, many = counted(owner, LIST)
    page, large = counted(owner, page_of(level))
    assert (many, large) == (few, small)
    assert "و ۱۲ نفر دیگر" in text(page)  # 40 here, two in support; thirty are shown


# Who arranges a department without owning the house ------------------------------------------------------------
@pytest.fixture
def manager(house):
    return house.client(house.manager)


def _department(house: House) -> str:
    return reverse("manage_department", args=[house.support.pk])


@pytest.mark.spec("S27", "H8")
def test_a_manager_adds_an_expert_and_a_topic_from_the_departments_page(house, manager):
    page = text(manager.get(_department(house)))
    assert "همکار تازه" in page and "گروه‌های موضوعی" in page
    for owners_own in ('value="change"', 'value="off"', 'value="manager"', 'name="level"'):
        assert owners_own not in page
    assert manager.post(_department(house), {"act": "newcomer", "mobile": "09123456789"}).status_code == 302
    assert manager.post(_department(house), {"act": "topic", "name": "شبکه"}).status_code == 302
    with tenant_scope(house.tenant):
        made = Seat.objects.get(user__mobile="+989123456789")
        assert (made.department, made.level) == (house.support, "staff")
        assert Topic.objects.filter(department=house.support, name="شبکه").exists()


def test_a_manager_does_nothing_to_the_department_itself(house, manager):
    with tenant_scope(house.tenant):
        own = Seat.objects.get(user=house.manager)
    for fields in (
        {"act": "change", "name": "ربوده", "description": "", "visibility": "all"},
        {"act": "off"},
        {"act": "on"},
        {"act": "manager", "user": house.staff.pk, "former": "stays"},
        {"act": "seat_change", "seat": own.pk, "level": "staff"},
        {"act": "unseat", "seat": own.pk},
    ):
        assert manager.post(_department(house), fields).status_code == 403, fields
    with tenant_scope(house.tenant):
        assert Department.objects.get(pk=house.support.pk).name == "پشتیبانی فنی"
        assert Seat.objects.get(pk=own.pk).is_manager


def test_a_manager_finds_only_the_own_departments(house, manager):
    page = text(manager.get("/manage/departments/"))
    assert "پشتیبانی فنی" in page and "مالی و قرارداد" not in page.split("</nav>")[-1]
    assert "دپارتمان تازه" not in page
    assert manager.get(reverse("manage_department", args=[house.finance.pk])).status_code == 404
    assert manager.post("/manage/departments/", {"act": "create", "name": "تازه"}).status_code == 403


def test_a_manager_is_offered_no_level_above_the_own(house, manager):
    with tenant_scope(house.tenant):
        wide = levels.create_level(actor=house.owner, name="همه‌کاره", rights=["customers"])
        place = Seat.objects.get(user=house.staff)
    assert "همه‌کاره" not in text(manager.get(f"{_department(house)}?seat={place.pk}"))
    fields = {"act": "seat_change", "seat": place.pk, "level": "staff", "access_level": wide.pk}
    assert manager.post(_department(house), fields).status_code == 422
    with tenant_scope(house.tenant):
        assert Seat.objects.get(pk=place.pk).access_level is None


def test_markup_in_a_levels_name_is_text(house, owner):
    owner.post(LIST, {"act": "create", "name": SCRIPT[:60]})
    assert SCRIPT[:60] not in text(owner.get(LIST))


def test_the_clerk_manages_customers_and_may_not_leave_a_contract_open(house):
    client = house.client(house.clerk)
    assert (
        client.post("/manage/customers/", {"name": "شرکت تازه", "mobile": "09123456780"}).status_code == 302
    )
    page = reverse("manage_customer", args=[house.customer.pk])
    assert client.post(page, {"act": "off", "person": house.section_member.public_id}).status_code == 302
    contract = reverse("manage_customer_contract", args=[house.customer.pk])
    dates = {"starts_on": "1405/01/01", "ends_on": "1406/01/01", "grace_days": "0"}
    assert client.post(contract, {"act": "renew", "allowance": "10", **dates}).status_code == 302
    from accounts.models import Contract

    with tenant_scope(house.tenant):
        row = Contract.objects.get(customer=house.customer)
    assert "باز گذاشتن تا یک روز" not in text(client.get(page))
    fields = {"act": "override", "contract": row.pk, "until": "1405/12/01", "reason": "تمدید در راه است"}
    assert client.post(contract, fields).status_code == 403
    assert client.post(f"{page}", {"act": "off", "person": house.staff.public_id}).status_code == 404


def test_services_take_no_staff_for_a_customer(house):
    """Managing customers reaches none of our own people."""
    from accounts.services import people
    from web.errors import NotAllowed

    with tenant_scope(house.tenant):
        for act in (
            lambda: people.switch_off(house.staff, actor=house.clerk),
            lambda: people.change_profile(house.staff, actor=house.clerk, name="ربوده"),
            lambda: services.create_staff(actor=house.clerk, mobile="09123456781", department=house.finance),
        ):
            with pytest.raises(NotAllowed):
                act()
