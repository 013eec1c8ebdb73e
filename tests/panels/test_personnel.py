"""The customer's page of personnel: who has it, what it does, what it refuses (H21, S22, S3)."""

import pytest
from django.urls import reverse

from accounts.models import Section, User
from accounts.roles import Level, Role
from accounts.services import companies, people
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.worlds import House, make_house, next_mobile

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PAGE = "/portal/people/"
NEW = "09123456789"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def main(house):
    return house.client(house.customer_main)


def path(verb: str, person: User) -> str:
    return reverse(f"personnel_{verb}", args=[person.public_id])


def made(house: House, mobile: str = "+989123456789") -> User | None:
    with tenant_scope(house.tenant):
        return User.objects.select_related("section").filter(mobile=mobile).first()


@pytest.mark.spec("H21")
def test_page_shows_a_main_contact_everybody_and_a_manager_their_section(house, main):
    page = text(main.get(PAGE))
    for person in (house.section_manager, house.section_member, house.other_section_member):
        assert person.name in page
    assert page.count("مدیر بخش") > 1 and "کارگزینی" in page
    theirs = text(house.client(house.section_manager).get(PAGE))
    assert house.section_member.name in theirs and house.section_manager.name in theirs
    assert house.other_section_member.name not in theirs and "کارگزینی" not in theirs
    assert "بخش تازه" not in theirs and "personnel_move" not in theirs
    for absent in (house.other_customer.name, house.staff.name):
        assert absent not in page


@pytest.mark.spec("H21")
@pytest.mark.parametrize("who", ["section_member", "owner", "manager", "staff"])
def test_page_is_absent_for_everybody_else(house, who):
    client = house.client(getattr(house, who))
    posts = [reverse("personnel_add"), reverse("personnel_section_add"), path("move", house.section_member)]
    posts += [path("off", house.section_member), reverse("personnel_section", args=[house.section.pk])]
    assert client.get(PAGE).status_code == 404
    assert {client.post(one, {"mobile": NEW, "name": "x"}).status_code for one in posts} == {404}
    if who == "section_member":
        assert PAGE not in text(client.get("/portal/")) + text(client.get("/me/"))


def test_navigation_offers_the_page_to_who_may(house, main):
    for client in (main, house.client(house.section_manager)):
        assert (
            text(client.get("/portal/")).count(f'href="{PAGE}"') == 3
        )  # sidebar, its menu, the phone's menu
        assert f'href="{PAGE}"' in text(client.get("/me/"))


@pytest.mark.spec("H21")
def test_number_alone_is_enough_where_there_is_one_section(house):
    other = house.client(house.other_customer)
    assert "نام بخش" in text(other.get(PAGE))
    refused = other.post(reverse("personnel_add"), {"mobile": NEW})
    assert refused.status_code == 422 and "نام بخش تازه را بنویسید" in text(refused)
    fields = {"mobile": "۰۹۱۲۳۴۵۶۷۸۹", "new_section": "چاپخانه", "level": "1"}
    assert other.post(reverse("personnel_add"), fields).status_code == 302
    person = made(house)
    assert (person.level, person.section.name, person.role, person.name) == (1, "چاپخانه", Role.CUSTOMER, "")
    assert other.post(reverse("personnel_add"), {"mobile": "09123456780"}).status_code == 302
    assert made(house, "+989123456780").section == person.section
    assert made(house, "+989123456780").level == Level.SECTION_MEMBER
    page = text(other.get(PAGE))
    assert "هنوز وارد نشده" in page and "۰۹۱۲ ۳۴۵ ۶۷۸۹" in page


@pytest.mark.spec("H21")
def test_level_one_adds_to_their_own_section_whatever_is_posted(house):
    client = house.client(house.section_manager)
    with tenant_scope(house.tenant):
        other = Section.objects.get(customer=house.customer, name="کارگزینی")
        foreign = companies.create_section(actor=house.owner, customer=house.other_company, name="چاپخانه")
    for index, section in enumerate((other, foreign)):
        mobile = f"0912345678{index}"
        fields = {
            "mobile": mobile,
            "name": "سپیده",
            "level": "0",
            "section": section.pk,
            "new_section": "انبار",
        }
        fields |= {"role": "owner", "customer": house.other_company.pk, "tenant": 1, "is_active": ""}
        assert client.post(reverse("personnel_add"), fields).status_code == 302
        person = made(house, f"+98{mobile[1:]}")
        assert (person.level, person.section, person.customer_id) == (2, house.section, house.customer.pk)
        assert (person.role, person.is_active) == (Role.CUSTOMER, True)
    with tenant_scope(house.tenant):
        assert not Section.objects.filter(name="انبار").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"mobile": ""},
        {"mobile": "0912"},
        {"level": "0"},
        {"level": "3"},
        {"section": "999999"},
        {"section": ""},
        {"section": "", "new_section": "حسابداري"},
        {"section": "", "new_section": "ن" * 81},
        {"name": "ن" * 151},
    ],
)
def test_bad_values_are_told_at_their_field_and_nobody_is_made(house, main, wrong):
    fields = {"mobile": NEW, "name": "سپیده آزاد", "level": "2", "section": house.section.pk}
    response = main.post(reverse("personnel_add"), fields | wrong)
    page = text(response)
    assert response.status_code == 422 and "field-error" in page
    assert "name" in wrong or "سپیده آزاد" in page
    with tenant_scope(house.tenant):
        assert made(house) is None and Section.objects.filter(customer=house.customer).count() == 2


def test_section_of_another_company_is_refused(house, main):
    with tenant_scope(house.tenant):
        foreign = companies.create_section(actor=house.owner, customer=house.other_company, name="چاپخانه")
    fields = {"mobile": NEW, "level": "2", "section": foreign.pk}
    assert main.post(reverse("personnel_add"), fields).status_code == 422
    assert main.post(path("move", house.section_member), fields).status_code == 422
    assert main.post(reverse("personnel_section", args=[foreign.pk]), {"name": "ما"}).status_code == 404
    assert made(house) is None


def test_taken_number_is_told_and_cannot_be_asked_about_for_ever(house, main):
    fields = {"level": "2", "section": house.section.pk}
    for index in range(30):
        taken = (house.section_member, house.other_customer, house.staff)[index % 3]
        response = main.post(reverse("personnel_add"), {"mobile": taken.mobile, **fields})
        assert response.status_code == 422
        assert "پیش‌تر برای فرد دیگری ثبت شده است" in text(response)
        assert taken.name not in text(response).split('id="new_mobile"')[1].split("</form>")[0]
    stopped = main.post(reverse("personnel_add"), {"mobile": house.staff.mobile, **fields})
    assert stopped.status_code == 429 and int(stopped["Retry-After"]) > 0
    other = house.client(house.other_customer)
    assert other.post(reverse("personnel_add"), {"mobile": NEW, "new_section": "انبار"}).status_code == 302


@pytest.mark.spec("H21")
def test_main_contact_moves_and_renames(house, main):
    with tenant_scope(house.tenant):
        other = Section.objects.get(customer=house.customer, name="کارگزینی")
    response = main.post(path("move", house.section_member), {"level": "1", "section": other.pk})
    assert "جای او در شرکت تغییر کرد" in text(main.get(response["Location"]))
    with tenant_scope(house.tenant):
        moved = house.section_member.refresh()
    assert (moved.level, moved.section_id) == (1, other.pk)
    response = main.post(reverse("personnel_section", args=[other.pk]), {"name": "منابع انسانی"})
    assert "منابع انسانی" in text(main.get(response["Location"]))
    refused = main.post(reverse("personnel_section", args=[other.pk]), {"name": "حسابداری"})
    assert refused.status_code == 422 and "بخشی با همین نام دارد" in text(refused)
    response = main.post(reverse("personnel_section_add"), {"name": "انبار"})
    assert "هنوز کسی در آن نیست" in text(main.get(response["Location"]))


def test_level_one_may_not_move_raise_or_unseat_anybody(house):
    client = house.client(house.section_manager)
    fields = {"level": "1", "section": house.section.pk}
    for person in (house.section_member, house.section_manager):
        assert client.post(path("move", person), fields).status_code == 403
    for person in (house.other_section_member, house.customer_main, house.other_customer, house.staff):
        for verb in ("move", "off", "on"):
            assert client.post(path(verb, person), fields).status_code == 404
    assert client.post(path("off", house.section_manager)).status_code == 403
    assert client.post(reverse("personnel_section_add"), {"name": "تازه"}).status_code == 403
    assert (
        client.post(reverse("personnel_section", args=[house.section.pk]), {"name": "x"}).status_code == 403
    )
    with tenant_scope(house.tenant):
        assert house.section_manager.refresh().level == 1 and house.section_member.refresh().level == 2


def test_main_contact_does_not_touch_themself_or_another_company(house, main):
    fields = {"level": "1", "section": house.section.pk}
    assert main.post(path("move", house.customer_main), fields).status_code == 403
    assert main.post(path("off", house.customer_main)).status_code == 403
    for person in (house.other_customer, house.staff, house.owner):
        assert {main.post(path(verb, person), fields).status_code for verb in ("move", "off", "on")} == {404}
    assert main.get(PAGE).status_code == 200


@pytest.mark.spec("S22")
def test_switching_a_person_off_ends_their_sessions_at_once(house, main):
    member, manager = house.client(house.section_member), house.client(house.section_manager)
    assert member.get("/portal/").status_code == 200
    response = manager.post(path("off", house.section_member))
    assert "از همهٔ دستگاه‌هایش بیرون آمد" in text(manager.get(response["Location"]))
    assert member.get("/portal/").status_code == 302
    assert "غیرفعال" in text(main.get(PAGE))
    main.post(path("on", house.section_member))
    assert house.client(house.section_member).get("/portal/").status_code == 200


def test_script_in_names_is_shown_as_text(house, main):
    fields = {"mobile": NEW, "name": SCRIPT, "new_section": SCRIPT}
    assert main.post(reverse("personnel_add"), fields).status_code == 302
    page = text(main.get(PAGE))
    assert SCRIPT not in page and ESCAPED in page


def test_page_costs_the_same_with_few_and_many_and_is_paged_and_searched(house, main):
    counted(main, PAGE)
    _, few = counted(main, PAGE)
    with tenant_scope(house.tenant):
        for index in range(30):
            section = companies.create_section(
                actor=None, customer=house.customer, name=f"بخش {index // 10}{index % 10}"
            )
            people.create_customer_person(
                actor=None,
                customer=house.customer,
                mobile=next_mobile(),
                level=2,
                section=section,
                name=f"کارمند {index:02}",
            )
    first, many = counted(main, PAGE)
    assert many == few and many <= 9
    page = text(first)
    cursor = page.split("cursor=")[1].split('"')[0]
    second = text(main.get(f"{PAGE}?cursor={cursor}"))
    names = [f"کارمند {index:02}" for index in range(30)]
    assert all((name in page) != (name in second) for name in names)
    assert f"cursor={cursor}" in second.split("/off/")[1].split('"')[0]
    found = text(main.get(PAGE, {"q": "كارمند ۲۹"}))
    assert "کارمند 29" in found and "کارمند 28" not in found
    assert "کسی پیدا نشد" in text(main.get(PAGE, {"q": "نیست"}))
