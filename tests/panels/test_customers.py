"""The owner's pages of customers (H9, H11, H21)."""

import uuid

import pytest
from django.urls import reverse

from accounts.models import Customer, Section, User
from accounts.roles import Level, Role
from accounts.services import companies
from departments import absence, services
from departments.models import ServiceLink
from departments.services import vacations
from notifications.models import Bell
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.worlds import House, make_house, make_ticket, next_mobile
from tickets.models import Event
from tickets.services import close

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LIST = "/manage/customers/"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def page_of(customer: Customer) -> str:
    return reverse("manage_customer", args=[customer.pk])


def link_of(house: House, customer: Customer) -> ServiceLink | None:
    with tenant_scope(house.tenant):
        return ServiceLink.objects.select_related("department", "staff").filter(customer=customer).first()


@pytest.mark.spec("H11")
def test_name_and_a_mobile_make_a_customer_who_can_come_in(house, owner):
    response = owner.post(LIST, {"name": "داروپخش مهرآذین", "mobile": "۰۹۱۲۳۴۵۶۷۸۹"})
    with tenant_scope(house.tenant):
        made = Customer.objects.get(name="داروپخش مهرآذین")
        person = User.objects.get(customer=made)
    assert response["Location"] == f"{page_of(made)}?done=customer-created"
    assert (person.role, person.level, person.mobile) == (Role.CUSTOMER, Level.MAIN, "+989123456789")
    assert link_of(house, made) is None
    page = text(owner.get(page_of(made)))
    assert "۰۹۱۲ ۳۴۵ ۶۷۸۹" in page
    assert "سطح اصلی" in page


@pytest.mark.spec("H9")
def test_customer_is_tied_while_being_made_and_its_tickets_go_there(house, owner):
    desk = f"{house.support.pk}-{house.staff.pk}"
    fields = {
        "name": "راه‌نوردان ارس‌پیما",
        "mobile": "09123456789",
        "desk": desk,
        "contact_name": "فرزاد اسکندری",
    }
    owner.post(LIST, fields)
    with tenant_scope(house.tenant):
        made = Customer.objects.get(name="راه‌نوردان ارس‌پیما")
        person = User.objects.get(customer=made)
        ticket = make_ticket(house, by=person, department=house.finance)
    link = link_of(house, made)
    assert (link.department, link.staff) == (house.support, house.staff)
    assert (ticket.department, ticket.assignee) == (house.support, house.staff)
    assert "پشتیبانی فنی، آرش دهدشتی" in text(owner.get(LIST))


@pytest.mark.spec("H9")
def test_link_is_changed_narrowed_and_taken_away(house, owner):
    path = page_of(house.customer)
    owner.post(path, {"act": "link", "desk": f"{house.support.pk}-{house.staff.pk}"})
    page = text(owner.get(path))
    assert f'<option value="{house.support.pk}-{house.staff.pk}" selected>' in page
    owner.post(path, {"act": "link", "desk": str(house.finance.pk)})
    link = link_of(house, house.customer)
    assert (link.department, link.staff) == (house.finance, None)
    for wrong in (f"{house.finance.pk}-{house.staff.pk}", "999999", "x", f"{house.finance.pk}-"):
        response = owner.post(path, {"act": "link", "desk": wrong})
        assert response.status_code == 422, wrong
        assert "field-error" in text(response)
    owner.post(path, {"act": "link", "desk": ""})
    assert link_of(house, house.customer) is None
    owner.post(path, {"act": "link", "desk": str(house.finance.pk)})
    owner.post(path, {"act": "unlink"})
    assert link_of(house, house.customer) is None


@pytest.mark.spec("H9")
def test_changing_the_link_offers_to_take_the_open_tickets_along(house, owner):
    path, offer = page_of(house.customer), "تیکت باز این شرکت هم به پشتیبان تازه سپرده شود"
    assert offer not in text(owner.get(path))
    with tenant_scope(house.tenant):
        first = make_ticket(house, topic=house.topic, staff=house.colleague)
        second = make_ticket(house)
        done = make_ticket(house)
        close(done, actor=house.owner)
        other = make_ticket(house, by=house.other_customer)
    assert f"۲ {offer}" in text(owner.get(path))
    owner.post(path, {"act": "link", "desk": f"{house.support.pk}-{house.staff.pk}"})
    with tenant_scope(house.tenant):
        assert first.refresh().assignee == house.colleague
    desk = f"{house.finance.pk}-{house.finance_manager.pk}"
    response = owner.post(path, {"act": "link", "desk": desk, "move_open": "on"})
    assert "تیکت‌های باز هم به او سپرده شد" in text(owner.get(response["Location"]))
    with tenant_scope(house.tenant):
        for ticket in (first, second):
            ticket.refresh()
            assert (ticket.department, ticket.assignee, ticket.topic) == (
                house.finance,
                house.finance_manager,
                None,
            )
            event = Event.objects.filter(ticket=ticket).order_by("-pk")[0]
            assert (event.kind, event.reason, event.to_person) == ("routed", "link", house.finance_manager)
        assert Event.objects.filter(ticket=first).order_by("-pk")[0].from_person == house.colleague
        assert done.refresh().department == house.support
        assert other.refresh().department == house.support
        assert Bell.objects.filter(user=house.finance_manager, kind="tickets.assigned").count() == 1
        assert Bell.objects.filter(user=house.colleague, kind="tickets.gone").count() == 1
    again = owner.post(path, {"act": "link", "desk": desk, "move_open": "on"})
    assert again["Location"].endswith("done=linked")
    assert "کارشناس اختصاصی این مشتری" in text(
        house.client(house.finance_manager).get(f"/desk/tickets/{first.number}/")
    )


@pytest.mark.spec("H9")
def test_tickets_of_a_customer_whose_person_is_away_go_to_the_manager(house, owner):
    owner.post(page_of(house.customer), {"act": "link", "desk": f"{house.support.pk}-{house.staff.pk}"})
    with tenant_scope(house.tenant):
        day = absence.today()
        vacations.plan(house.staff, actor=house.owner, starts_on=day, ends_on=day)
        ticket = make_ticket(
            house, by=house.section_member, department=house.finance, staff=house.finance_manager
        )
    assert (ticket.department, ticket.assignee) == (house.support, house.manager)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "\u202e \u200c"},
        {"name": "ن" * 151},
        {"mobile": ""},
        {"mobile": "0912"},
        {"email": "not an address"},
        {"email": "x\r\nBcc: y@z.example"},
        {"national_id": "12345678901"},
        {"phone": "<script>"},
        {"desk": "999999"},
        {"contact_name": "ن" * 151},
        {"notes": "ن" * 5001},
    ],
)
def test_bad_values_are_told_at_their_field_and_nothing_is_made(house, owner, wrong):
    fields = {"name": "شرکت درست", "mobile": "09123456789", "notes": "یادداشت می‌ماند"}
    response = owner.post(LIST, fields | wrong)
    page = text(response)
    assert response.status_code == 422
    assert "field-error" in page
    assert "notes" in wrong or "یادداشت می‌ماند" in page
    with tenant_scope(house.tenant):
        assert Customer.objects.count() == 2
        assert not User.objects.filter(mobile="+989123456789").exists()


def test_a_mobile_that_is_taken_makes_no_company(house, owner):
    response = owner.post(LIST, {"name": "شرکت تازه", "mobile": "0" + house.staff.mobile[3:]})
    assert response.status_code == 422
    assert "پیش‌تر برای فرد دیگری ثبت شده است" in text(response)
    with tenant_scope(house.tenant):
        assert not Customer.objects.filter(name="شرکت تازه").exists()


def test_script_in_every_field_is_shown_as_text(house, owner):
    fields = {"name": SCRIPT, "mobile": "09123456789", "contact_name": SCRIPT, "notes": SCRIPT}
    owner.post(LIST, fields)
    with tenant_scope(house.tenant):
        made = Customer.objects.get(name=SCRIPT)
    person = {"act": "person", "mobile": "09123456780", "name": SCRIPT, "level": "2", "new_section": SCRIPT}
    assert owner.post(page_of(made), person).status_code == 302
    for path in (LIST, page_of(made), f"{LIST}?q={SCRIPT}"):
        page = text(owner.get(path))
        assert SCRIPT not in page, path
        assert ESCAPED in page, path


def test_extra_fields_change_nothing(house, owner):
    other = Tenant.objects.create(slug="third", name="سومی")
    fields = {"act": "change", "name": "کاشی میبد", "tenant": other.pk, "is_active": "", "id": 1}
    assert owner.post(page_of(house.customer), fields).status_code == 302
    person = {
        "act": "person",
        "mobile": "09123456789",
        "level": "0",
        "role": "owner",
        "customer": house.other_company.pk,
    }
    assert owner.post(page_of(house.customer), person).status_code == 302
    with tenant_scope(house.tenant):
        row = Customer.objects.get(pk=house.customer.pk)
        made = User.objects.get(mobile="+989123456789")
    assert (row.name, row.tenant_id, row.is_active) == ("کاشی میبد", house.tenant.pk, True)
    assert (made.role, made.customer_id) == (Role.CUSTOMER, house.customer.pk)


def test_a_refused_change_keeps_the_stored_name_in_the_heading(house, owner):
    response = owner.post(page_of(house.customer), {"act": "change", "name": "نام تازه", "phone": "تلفن"})
    page = text(response)
    assert response.status_code == 422
    assert '<h1 class="page-title">کاشی نقش‌گل میبد' in page
    assert 'value="نام تازه"' in page


@pytest.mark.spec("H21")
def test_people_are_added_with_their_level_and_section(house, owner):
    path = page_of(house.customer)
    base = {"act": "person", "mobile": "09123456789", "name": "سپیده"}
    for wrong in (
        {"level": "2"},
        {"level": "0", "section": house.section.pk},
        {"level": "1", "section": house.section.pk, "new_section": "انبار"},
        {"level": "1", "new_section": "حسابداری"},
        {"level": "9", "section": house.section.pk},
        {"level": "", "section": house.section.pk},
        {"level": "2", "section": "999999"},
    ):
        assert owner.post(path, base | wrong).status_code == 422, wrong
    with tenant_scope(house.tenant):
        assert not User.objects.filter(mobile="+989123456789").exists()
        assert Section.objects.filter(customer=house.customer).count() == 2
    assert owner.post(path, base | {"level": "1", "new_section": "انبار"}).status_code == 302
    again = {"act": "person", "mobile": "09123456780", "level": "2", "section": house.section.pk}
    assert owner.post(path, again).status_code == 302
    with tenant_scope(house.tenant):
        assert User.objects.get(mobile="+989123456789").section.name == "انبار"
        assert User.objects.get(mobile="+989123456780").section == house.section


def test_section_of_another_company_is_refused(house, owner):
    with tenant_scope(house.tenant):
        foreign = companies.create_section(actor=house.owner, customer=house.other_company, name="چاپخانه")
    fields = {"act": "person", "mobile": "09123456789", "level": "2", "section": foreign.pk}
    assert owner.post(page_of(house.customer), fields).status_code == 422


@pytest.mark.spec("S22")
def test_switching_a_person_or_a_company_off_ends_their_sessions(house, owner):
    path = page_of(house.customer)
    member, main = house.client(house.section_member), house.client(house.customer_main)
    assert (member.get("/portal/").status_code, main.get("/portal/").status_code) == (200, 200)
    owner.post(path, {"act": "off", "person": house.section_member.public_id})
    assert (member.get("/portal/").status_code, main.get("/portal/").status_code) == (302, 200)
    owner.post(path, {"act": "company_off"})
    assert main.get("/portal/").status_code == 302
    assert "دسترسی همهٔ افراد این شرکت بسته است" in text(owner.get(path))
    owner.post(path, {"act": "company_on"})
    owner.post(path, {"act": "on", "person": house.section_member.public_id})
    assert house.client(house.customer_main).get("/portal/").status_code == 200


def test_list_is_searched_by_company_person_and_number(house, owner):
    def found(query: str) -> bool:
        page = text(owner.get(LIST, {"q": query}))
        return "کاشی نقش‌گل میبد" in page and "چاپ سپندنگار" not in page

    assert found("كاشي")
    assert found("میبد کاشی")
    assert found("صالحی")
    assert found("0" + house.customer_main.mobile[3:])
    assert not found("نیست")
    nothing = text(owner.get(LIST, {"q": "نیست"}))
    assert "با این نام یا شماره" in nothing
    # Not in the search for tickets above the page.
    assert nothing.count('type="search" name="q" value="نیست"') == 1
    assert nothing.count('type="search" name="q" value=""') == 1


def test_pages_cost_the_same_with_few_and_many(house, owner):
    counted(owner, LIST)
    _, few = counted(owner, LIST)
    _, page_of_few = counted(owner, page_of(house.other_company))
    with tenant_scope(house.tenant):
        for index in range(30):
            services.create_customer(
                actor=house.owner, name=f"شرکت {index:02}", mobile=next_mobile(), department=house.support
            )
        for index in range(3):
            services.add_customer_person(
                actor=house.owner,
                customer=house.other_company,
                mobile=next_mobile(),
                level=2,
                new_section=f"بخش {index}",
            )
    first, many = counted(owner, LIST)
    _, page_of_many = counted(owner, page_of(house.other_company))
    assert many == few
    assert page_of_many == page_of_few
    assert many <= 11
    assert page_of_many <= 19
    page = text(first)
    cursor = page.split("cursor=")[1].split('"')[0]
    second = text(owner.get(f"{LIST}?cursor={cursor}"))
    assert "شرکت ۰۰" not in second
    names = [f"شرکت {index:02}" for index in range(30)]
    assert all((name in page) != (name in second) for name in names)


@pytest.mark.spec("H11")
def test_the_page_shows_the_last_tickets_and_files_and_costs_the_same_with_many(house, owner):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tenants.services import files
    from tickets.services import note, reply

    path = page_of(house.customer)

    def write(name: str) -> None:
        ticket = make_ticket(house, subject=f"موضوع {name}")
        file = files.store(
            SimpleUploadedFile(f"{name}.txt", b"words"), tenant=house.tenant, actor=house.customer_main
        )
        reply(ticket, actor=house.customer_main, body="فایل", client_key=uuid.uuid4(), files=[file])

    with tenant_scope(house.tenant):
        write("یک")
        hidden = files.store(SimpleUploadedFile("راز.txt", b"x"), tenant=house.tenant, actor=house.owner)
        note(make_ticket(house), actor=house.owner, body="راز", client_key=uuid.uuid4(), files=[hidden])
        make_ticket(house, by=house.other_customer, subject="چاپگر طبقهٔ سوم")
    page = text(owner.get(path))
    assert "موضوع یک" in page and "یک.txt" in page and "راز.txt" in page and "چاپگر طبقهٔ سوم" not in page
    counted(owner, path)
    _, few = counted(owner, path)
    with tenant_scope(house.tenant):
        for index in range(30):
            write(f"شمارهٔ {index}")
    shown, many = counted(owner, path)
    assert many == few
    assert text(shown).count("شمارهٔ 2") >= 10
    # The clerk's access level reads no private notes and sees no ticket of another desk.
    clerk = text(house.client(house.clerk).get(path))
    assert "راز.txt" not in clerk and "هنوز تیکتی از این شرکت نمی‌بینید" in clerk


@pytest.mark.spec("H11", "S2")
def test_a_customer_is_made_with_a_contract_and_an_economic_code(house, owner):
    from accounts.models import Contract, Customer

    fields = {"name": "شیشهٔ پویا", "mobile": "09121112233", "economic_code": "۴۱۱۱۵۵۵۵۴۴۴۴"}
    dates = {"starts_on": "۱۴۰۵/۰۱/۰۱", "ends_on": "1405/12/29", "allowance": "۵۰"}
    for wrong, words in (
        ({"ends_on": ""}, "با هم بنویسید"),
        ({"ends_on": "1404/12/29"}, "پس از آغاز"),
        ({"starts_on": "1404/12/30"}, "در تقویم نیست"),
        ({"economic_code": "123"}, "کد اقتصادی"),
        ({"economic_code": "10380284791"}, "کد اقتصادی"),
        ({"allowance": "0"}, "تعداد تیکت"),
    ):
        refused = owner.post("/manage/customers/", {**fields, **dates, **wrong})
        assert refused.status_code == 422 and words in text(refused), wrong
    assert owner.post("/manage/customers/", {**fields, **dates}).status_code == 302
    with tenant_scope(house.tenant):
        made = Customer.objects.get(name="شیشهٔ پویا")
        contract = Contract.objects.get(customer=made)
    assert made.economic_code == "411155554444"
    assert (contract.allowance, str(contract.starts_on), str(contract.ends_on)) == (
        50,
        "2026-03-21",
        "2027-03-20",
    )
