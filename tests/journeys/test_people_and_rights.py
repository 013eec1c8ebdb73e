"""The owner runs the support centre without help: desks, people, rights, a customer with its contract and people."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AccessLevel, User
from departments.absence import today
from persian import jalali
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket, next_mobile
from tickets import access
from tickets.models import Ticket

from .conftest import PASSWORD, Browsers, Person, choose, press
from .test_personnel import _add, _first_login, _sees

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _owner(browsers: Browsers, house: House) -> Person:
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    return owner


def _said(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def _hire(page: Page, mobile: str, name: str, *, department: str, level: str, access_level: str = "") -> None:
    """A colleague with a first seat, from the page of staff."""
    page.goto(page.url.partition("/manage/")[0] + "/manage/staff/")
    page.locator("summary", has_text="همکار تازه").click()
    form = page.locator("details.add form")
    form.get_by_label("شمارهٔ همراه").fill(mobile)
    form.get_by_label("نام و نام خانوادگی").fill(name)
    form.locator("select[name=department]").select_option(label=department)
    choose(form, level)
    if access_level:
        form.get_by_label("سطح دسترسی").select_option(label=access_level)
    press(form.get_by_role("button", name="افزودن همکار"))
    _said(page, "همکار تازه افزوده شد")


@pytest.mark.spec("H7", "H8", "H9", "H11", "H21", "H22", "H23", "S2", "S3", "S27", "S33")
def test_owner_sets_everybody_up_and_each_sees_what_the_table_says(browsers: Browsers, house: House) -> None:
    owner = _owner(browsers, house)
    page = owner.page
    # A department, its manager, an expert.
    owner.go("/manage/departments/")
    expect(page.locator("nav.side")).to_contain_text("پنل مدیریت")
    page.locator("summary", has_text="دپارتمان تازه").click()
    page.get_by_label("نام دپارتمان").fill("استقرار")
    press(page.get_by_role("button", name="ساختن دپارتمان"))
    manager_mobile, expert_mobile, contact = next_mobile(), next_mobile(), next_mobile()
    _hire(page, manager_mobile, "سیما راهبر", department="استقرار", level="مدیر دپارتمان")
    _hire(page, expert_mobile, "پیمان کاردان", department="استقرار", level="کارشناس")
    # A customer with its own desk and person, and a contract.
    page.goto(page.url.partition("/manage/")[0] + "/manage/customers/")
    page.locator("summary", has_text="مشتری تازه").click()
    page.get_by_label("نام شرکت").fill("شیشهٔ پویا")
    page.get_by_label("شمارهٔ همراه رابط").fill(contact)
    page.get_by_label("پشتیبان اختصاصی").select_option(label="استقرار، پیمان کاردان")
    page.locator("[name=starts_on]").fill(jalali.format_date(today()))
    page.locator("[name=ends_on]").fill(jalali.format_date(today() + timedelta(days=364)))
    page.get_by_label("تعداد تیکت").fill("۵۰")
    page.get_by_label("کد اقتصادی").fill("123")
    press(page.get_by_role("button", name="ساختن مشتری"))
    _said(page, "کد اقتصادی یازده، دوازده یا چهارده رقم است")
    page.get_by_label("کد اقتصادی").fill("")
    press(page.get_by_role("button", name="ساختن مشتری"))
    expect(page.locator("#contract")).to_contain_text("۰ از ۵۰ تیکت")

    # The customer comes in by a code, names themself, sets a password, and names their people.
    main = browsers.person(house, "+98" + contact[1:], phone=True)
    _first_login(main, "پری سهرابی")
    expect(main.page.locator("section[aria-labelledby=contract]")).to_contain_text("۰ از ۵۰ تیکت")
    main.go("/me/password/")
    main.page.get_by_label("رمز تازه", exact=True).fill(PASSWORD)
    expect(main.page.get_by_text("محکم است", exact=True)).to_be_visible()
    main.page.get_by_label("تکرار رمز تازه").fill(PASSWORD)
    press(main.page.get_by_role("button", name="ذخیرهٔ رمز"))
    chief_mobile, clerk_mobile = next_mobile(), next_mobile()
    main.go("/portal/people/")
    _add(main.page, chief_mobile, level="مدیر بخش", new_section="حسابداری", name="هوشنگ دفتری")
    _add(main.page, clerk_mobile, level="کارمند بخش", section="حسابداری", name="نازنین رقم‌زن")
    chief = browsers.person(house, "+98" + chief_mobile[1:], phone=True)
    _first_login(chief, "هوشنگ دفتری")
    clerk = browsers.person(house, "+98" + clerk_mobile[1:], phone=True)
    _first_login(clerk, "نازنین رقم‌زن")

    # Each opens one; their desk is chosen for them, and each sees theirs.
    subjects = {}
    for who, person in (("main", main), ("chief", chief), ("clerk", clerk)):
        subjects[who] = f"پرسش {who} از استقرار"
        person.go("/portal/tickets/new/")
        expect(person.page.get_by_text("پیمان کاردان کارشناس اختصاصی این شرکت است.")).to_be_visible()
        person.page.get_by_label("موضوع", exact=True).fill(subjects[who])
        person.page.get_by_label("شرح").fill("سلام")
        press(person.page.get_by_role("button", name="ثبت تیکت"))
        _said(person.page, "تیکت ثبت شد.")
    everything = set(subjects.values())
    assert _sees(main, everything) == everything
    assert _sees(chief, everything) == {subjects["chief"], subjects["clerk"]}
    assert _sees(clerk, everything) == {subjects["clerk"]}
    expect(clerk.page.locator("body")).not_to_contain_text("پنل مدیریت")

    # Our side: the expert holds them, the manager sees them, another desk's expert does not.
    with tenant_scope(house.tenant):
        numbers = list(Ticket.objects.filter(subject__in=everything).values_list("number", flat=True))
    for mobile, sees in ((expert_mobile, True), (manager_mobile, True), (str(house.staff.mobile), False)):
        person = browsers.person(house, "+98" + mobile[-10:])
        person.come_in()
        if "/welcome/" in person.page.url:
            press(person.page.get_by_role("button", name="ادامه"))
        person.go("/desk/")
        expect(person.page.locator("nav.side")).to_contain_text("پنل کارشناسان")
        person.go(f"/desk/tickets/{numbers[0]}/")
        heading = person.page.get_by_role("heading", level=1)
        expect(heading).to_contain_text("از استقرار" if sees else "این صفحه پیدا نشد")


@pytest.mark.spec("S19", "S27", "S3")
def test_owner_shapes_rights_and_groups_and_they_hold_at_once(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, subject="چاپ از راه دور", staff=house.colleague)
    owner = _owner(browsers, house)
    page = owner.page
    owner.go("/manage/levels/")
    page.locator("summary", has_text="سطح تازه").click()
    page.get_by_label("نام سطح").fill("سرشیفت")
    for right in (
        "پاسخ به مشتری",
        "واگذاری به همکار",
        "دیدن همهٔ تیکت‌های دپارتمان",
        "مدیریت مشتریان و قراردادها",
    ):
        page.get_by_label(right).check()
    press(page.get_by_role("button", name="ساختن سطح"))
    _said(page, "سطح دسترسی ساخته شد")

    staff = browsers.person(house, str(house.staff.mobile))
    staff.come_in()
    staff.go(f"/desk/tickets/{ticket.number}/")
    expect(staff.page.get_by_role("heading", level=1)).to_contain_text("این صفحه پیدا نشد")
    expect(staff.page.get_by_role("link", name="مدیریت")).to_have_count(0)

    # Given to a colleague in one department, it holds from their next click on.
    owner.go(f"/manage/staff/{house.staff.public_id}/")
    page.locator("summary", has_text="پشتیبانی فنی").click()
    form = page.locator("details.more form")
    form.get_by_label("سطح دسترسی").select_option(label="سرشیفت")
    press(form.get_by_role("button", name="ذخیره"))
    expect(page.locator("summary", has_text="پشتیبانی فنی")).to_contain_text("دسترسی «سرشیفت»")
    staff.go(f"/desk/tickets/{ticket.number}/")
    expect(staff.page.get_by_role("heading", level=1)).to_contain_text("چاپ از راه دور")
    expect(staff.page.get_by_role("button", name="ارسال پاسخ")).to_be_visible()
    expect(staff.page.get_by_label("متن یادداشت خصوصی")).to_have_count(0)
    press(staff.page.get_by_role("link", name="مدیریت"))
    expect(staff.page).to_have_url(re.compile("/manage/customers/"))
    expect(staff.page.get_by_role("link", name="سابقهٔ کارها")).to_have_count(0)

    # «What does this person see and do» answers as access does.
    owner.go(f"/manage/people/{house.staff.public_id}/sight/")
    expect(page.locator("section", has_text="کدام تیکت‌ها را می‌بیند")).to_contain_text(
        "همهٔ تیکت‌های این دپارتمان‌ها"
    )
    page.get_by_label("شمارهٔ تیکت").fill(str(ticket.number))
    press(page.get_by_role("button", name="ببین"))
    with tenant_scope(house.tenant):
        assert access.allowed(User.objects.get(pk=house.staff.pk), ticket.refresh()) == {"reply", "assign"}
    _said(page, "و می‌تواند: پاسخ دادن، واگذاری به همکار")

    # A group, and the queue of its people.
    owner.go("/manage/groups/")
    page.get_by_label("نام گروه").fill("خط اول")
    press(page.get_by_role("button", name="ساختن گروه"))
    page.locator("summary", has_text="افزودن همکار").click()
    page.get_by_label("همکار").select_option(label=house.colleague.name)
    press(page.get_by_role("button", name="افزودن", exact=True))
    press(page.get_by_role("link", name=re.compile("تیکت باز")).first)
    expect(page.locator(".chip-on")).to_contain_text("خط اول")
    expect(page.locator("main")).to_contain_text("چاپ از راه دور")

    # Taken away, everything falls back.
    with tenant_scope(house.tenant):
        level = AccessLevel.objects.get(name="سرشیفت")
    owner.go(f"/manage/levels/{level.pk}/")
    press(page.get_by_role("button", name="برداشتن سطح"))
    staff.go(f"/desk/tickets/{ticket.number}/")
    expect(staff.page.get_by_role("heading", level=1)).to_contain_text("این صفحه پیدا نشد")


@pytest.mark.spec("H8", "S27")
def test_a_manager_adds_an_expert_to_the_own_department(browsers: Browsers, house: House) -> None:
    manager = browsers.person(house, str(house.manager.mobile))
    manager.come_in()
    page, mobile = manager.page, next_mobile()
    press(page.get_by_role("link", name="مدیریت"))
    press(page.locator("main").get_by_role("link", name=re.compile("^پشتیبانی فنی")))
    page.locator("summary", has_text="همکار تازه").click()
    page.get_by_label("شمارهٔ همراه").fill(mobile)
    press(page.get_by_role("button", name="افزودن همکار تازه"))
    _said(page, "همکار تازه افزوده شد")
    newcomer = browsers.person(house, "+98" + mobile[1:], phone=True)
    newcomer.log_in_by_sms()
    newcomer.page.get_by_label("نام و نام خانوادگی").fill("تازه‌وارد")
    press(newcomer.page.get_by_role("button", name="ادامه"))
    expect(newcomer.page).to_have_url(re.compile("/desk/"))


@pytest.mark.spec("H9", "S22")
def test_a_colleague_goes_on_vacation_and_another_leaves_and_nothing_is_left_behind(
    browsers: Browsers, house: House
) -> None:
    from departments import services

    with tenant_scope(house.tenant):
        services.link_customer(
            actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
        )
        old = make_ticket(house, subject="کار نیمه‌تمام")
    staff = browsers.person(house, str(house.staff.mobile), phone=True)
    staff.come_in()
    staff.go("/desk/vacation/")
    page = staff.page
    page.locator("summary", has_text="مرخصی تازه").click()
    page.get_by_label("از روز", exact=True).fill(jalali.format_date(today()))
    page.get_by_label("تا روز", exact=True).fill(jalali.format_date(today() + timedelta(days=6)))
    page.get_by_label("جانشین").select_option(label=house.colleague.name)
    press(page.get_by_role("button", name="ثبت مرخصی"))
    _said(page, "مرخصی ثبت شد")
    customer = browsers.person(house, str(house.customer_main.mobile), phone=True)
    customer.come_in()
    customer.go("/portal/tickets/new/")
    customer.page.get_by_label("موضوع", exact=True).fill("در نبود شما")
    customer.page.get_by_label("شرح").fill("سلام")
    press(customer.page.get_by_role("button", name="ثبت تیکت"))
    with tenant_scope(house.tenant):
        assert Ticket.objects.get(subject="در نبود شما").assignee == house.colleague
        assert old.refresh().assignee == house.staff

    # The owner closes the colleague's door for good: who takes what is asked first.
    owner = _owner(browsers, house)
    page = owner.page
    owner.go("/manage/staff/")
    press(page.get_by_role("button", name=f"بستن دسترسی {house.staff.name}"))
    _said(page, "نخست بگویید آنچه دست اوست به که برسد")
    access_form = page.locator("#access")
    expect(access_form).to_contain_text("۱ تیکت باز، ۱ مشتری اختصاصی")
    access_form.get_by_label("آنچه در پشتیبانی فنی دارد به").select_option(label=house.colleague.name)
    press(access_form.get_by_role("button", name="سپردن و بستن دسترسی"))
    _said(page, "آنچه داشت به همکارانش رسید")
    with tenant_scope(house.tenant):
        assert old.refresh().assignee == house.colleague
    staff.go("/desk/")
    expect(staff.page).to_have_url(re.compile("/login/"))
