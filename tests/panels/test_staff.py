"""The owner's pages of staff (H8, H23, S22)."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from departments import services
from departments.models import Seat
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.worlds import House, make_house, make_ticket, next_mobile

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "/manage/staff/"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def page_of(person: User) -> str:
    return reverse("manage_person", args=[person.public_id])


def colleague(house: House, mobile: str) -> User:
    with tenant_scope(house.tenant):
        return User.objects.get(mobile=mobile)


@pytest.mark.spec("H23")
def test_a_mobile_alone_makes_a_colleague(house, owner):
    assert owner.post(LIST, {"mobile": "۰۹۱۲ ۳۴۵ ۶۷۸۹", "level": "staff"}).status_code == 302
    person = colleague(house, "+989123456789")
    assert (person.role, person.name, person.is_active, person.welcomed_at) == (Role.STAFF, "", True, None)
    assert not person.has_usable_password()
    page = text(owner.get(LIST))
    assert "۰۹۱۲ ۳۴۵ ۶۷۸۹" in page
    assert "هنوز وارد نشده" in page


@pytest.mark.spec("H8")
def test_colleague_is_seated_while_being_made(house, owner):
    fields = {"mobile": "09123456789", "name": "سام", "department": house.orphan.pk, "level": "manager"}
    owner.post(LIST, fields)
    person = colleague(house, "+989123456789")
    with tenant_scope(house.tenant):
        assert Seat.objects.get(user=person).is_manager
    assert "مدیر فروش" in text(owner.get(LIST))
    refused = owner.post(LIST, fields | {"mobile": "09123456780"})
    assert refused.status_code == 422
    assert "این دپارتمان مدیر دارد (سام)" in text(refused)
    with tenant_scope(house.tenant):
        assert not User.objects.filter(mobile="+989123456780").exists()


@pytest.mark.parametrize("spelling", ["09123456789", "+98 912 345 6789", "۰۰۹۸۹۱۲۳۴۵۶۷۸۹", "9123456789"])
def test_same_mobile_twice_is_refused_in_any_spelling(house, owner, spelling):
    owner.post(LIST, {"mobile": "0912-345-6789", "level": "staff"})
    refused = owner.post(LIST, {"mobile": spelling, "name": "دومی", "level": "staff"})
    page = text(refused)
    assert refused.status_code == 422
    assert "پیش‌تر برای فرد دیگری ثبت شده است" in page
    assert "دومی" in page
    with tenant_scope(house.tenant):
        assert User.objects.filter(mobile="+989123456789").count() == 1


@pytest.mark.parametrize("mobile", ["", "0912", "02188776655", "abc", "0912345678901234567890"])
def test_what_is_no_mobile_is_refused(house, owner, mobile):
    response = owner.post(LIST, {"mobile": mobile, "level": "staff"})
    assert response.status_code == 422
    assert "field-error" in text(response)


def test_extra_fields_make_no_owner(house, owner):
    owner.post(
        LIST,
        {
            "mobile": "09123456789",
            "level": "staff",
            "role": "owner",
            "is_active": "",
            "customer": house.customer.pk,
            "public_id": house.owner.public_id,
            "welcomed_at": "2026-01-01",
        },
    )
    person = colleague(house, "+989123456789")
    assert (person.role, person.customer, person.is_active, person.welcomed_at) == (
        Role.STAFF,
        None,
        True,
        None,
    )


def test_script_and_long_names_of_people(house, owner):
    owner.post(LIST, {"mobile": "09123456789", "name": SCRIPT, "level": "staff"})
    long = "نام‌خانوادگیِ بسیار بلند " * 6
    owner.post(LIST, {"mobile": "09123456780", "name": long.strip()[:150], "level": "staff"})
    too_long = owner.post(LIST, {"mobile": "09123456781", "name": "ن" * 151, "level": "staff"})
    assert too_long.status_code == 422
    person = colleague(house, "+989123456789")
    for path in (LIST, page_of(person), page_of(colleague(house, "+989123456780"))):
        page = text(owner.get(path))
        assert SCRIPT not in page
    assert ESCAPED in text(owner.get(LIST))


@pytest.mark.spec("S22")
def test_switching_off_ends_the_open_session_at_once(house, owner):
    theirs = house.client(house.staff)
    assert theirs.get("/desk/").status_code == 200
    owner.post(page_of(house.staff), {"act": "off"})
    assert theirs.get("/desk/")["Location"].startswith("/login/")
    assert "باز کردن دسترسی" in text(owner.get(page_of(house.staff)))
    owner.post(LIST, {"act": "on", "person": house.staff.public_id})
    assert colleague(house, house.staff.mobile).is_active


def test_owner_is_not_locked_out_by_their_own_hand(house, owner):
    for path, fields in (
        (page_of(house.owner), {"act": "off"}),
        (LIST, {"act": "off", "person": house.owner.public_id}),
    ):
        response = owner.post(path, fields)
        assert response.status_code == 409
        assert "دسترسی خودتان" in text(response)
    assert owner.get(LIST).status_code == 200


@pytest.mark.spec("H8")
def test_person_page_gives_changes_and_takes_seats(house, owner):
    path = page_of(house.staff)
    owner.post(path, {"act": "seat", "department": house.orphan.pk, "level": "manager"})
    with tenant_scope(house.tenant):
        place = Seat.objects.get(user=house.staff, department=house.orphan)
    assert place.is_manager
    assert "مدیر دپارتمان" in text(owner.get(path))
    owner.post(path, {"act": "seat_change", "seat": place.pk, "level": "staff"})
    with tenant_scope(house.tenant):
        place = Seat.objects.get(pk=place.pk)
    assert (place.level, place.accepts_choice) == ("staff", False)
    owner.post(path, {"act": "unseat", "seat": place.pk})
    with tenant_scope(house.tenant):
        assert not Seat.objects.filter(pk=place.pk).exists()
    for wrong in ({"department": house.support.pk}, {"department": "x"}, {"level": "king"}, {}):
        response = owner.post(path, {"act": "seat", "level": "staff", **wrong})
        assert response.status_code == 422, wrong


def test_person_page_changes_the_name_and_says_what_they_hold(house, owner):
    with tenant_scope(house.tenant):
        make_ticket(house, staff=house.staff)
    page = text(owner.get(page_of(house.staff)))
    assert "<bdi>۱</bdi> تیکت باز</a> دست اوست" in page
    assert f"assignee={house.staff.pk}" in page
    assert owner.post(page_of(house.staff), {"name": "آرش دهدشتی‌پور"}).status_code == 302
    assert colleague(house, house.staff.mobile).name == "آرش دهدشتی‌پور"
    refused = owner.post(page_of(house.manager), {"name": ""})
    assert refused.status_code == 422
    assert "کیمیا بهروزی" in text(refused)


def test_list_is_searched_by_name_and_number_in_any_spelling(house, owner):
    def found(query: str) -> str:
        return text(owner.get(LIST, {"q": query}))

    assert "مهدیار کاظمی" in found("كاظمي")
    assert "آرش دهدشتی" not in found("كاظمي")
    number = "0" + house.colleague.mobile[3:]
    assert "مهدیار کاظمی" in found(number)
    assert "همکاری پیدا نشد" in found("هیچ‌کس")
    assert SCRIPT not in found(SCRIPT)


def test_list_costs_the_same_with_few_and_many_and_pages_by_name(house, owner):
    counted(owner, LIST)
    _, few = counted(owner, LIST)
    with tenant_scope(house.tenant):
        for index in range(30):
            services.create_staff(
                actor=house.owner, mobile=next_mobile(), name=f"همکار {index}", department=house.orphan
            )
    first, many = counted(owner, LIST)
    assert many == few
    assert many <= 15
    assert "بعدی" in text(first)
    assert "cursor=" in text(first)


def test_person_page_costs_the_same_with_one_seat_and_three(house, owner):
    counted(owner, page_of(house.staff))
    _, one = counted(owner, page_of(house.staff))
    with tenant_scope(house.tenant):
        for department in (house.finance, house.orphan):
            services.seat(actor=house.owner, user=house.staff, department=department)
    _, three = counted(owner, page_of(house.staff))
    assert three == one
