"""A customer's main contact names their own people, and each of them sees exactly what SPEC's table says."""

import re

import pytest
from playwright.sync_api import Page, expect

from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket, next_mobile
from tickets.models import Ticket

from .conftest import Browsers, Person, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _add(
    page: Page, mobile: str, *, level: str, section: str = "", new_section: str = "", name: str = ""
) -> None:
    page.get_by_role("heading", name="پرسنل").wait_for()
    if not page.get_by_role("button", name="افزودن", exact=True).is_visible():
        page.locator("summary", has_text="فرد تازه").click()
    form = page.locator("form", has=page.get_by_role("button", name="افزودن", exact=True))
    form.get_by_label("شمارهٔ همراه").fill(mobile)
    form.get_by_label("نام و نام خانوادگی").fill(name)
    form.get_by_text(level, exact=True).click()
    if section:
        form.get_by_label("بخش", exact=True).select_option(label=section)
    if new_section:
        form.get_by_label(re.compile("بخش تازه|نام بخش")).fill(new_section)
    press(form.get_by_role("button", name="افزودن", exact=True))
    expect(page.get_by_text("فرد تازه افزوده شد").first).to_be_visible()


def _first_login(person: Person, name: str) -> None:
    """By the code of an SMS; the first time a name is asked."""
    person.log_in_by_sms()
    person.page.get_by_label("نام و نام خانوادگی").fill(name)
    press(person.page.get_by_role("button", name="ادامه"))
    person.page.wait_for_url(re.compile("/portal/$"))


def _open_ticket(person: Person, subject: str) -> None:
    person.go("/portal/tickets/new/")
    page = person.page
    page.get_by_label("موضوع", exact=True).fill(subject)
    page.get_by_label("دپارتمان", exact=True).select_option(label="پشتیبانی فنی")
    page.get_by_label("شرح").fill("از صبح چنین است.")
    press(page.get_by_role("button", name="ثبت تیکت"))
    expect(page.get_by_text("تیکت ثبت شد.").first).to_be_visible()


def _sees(person: Person, all_of: set[str]) -> set[str]:
    person.go("/portal/tickets/?state=all")
    text = person.page.locator("main").inner_text()
    return {subject for subject in all_of if subject in text}


@pytest.mark.spec("H21", "H23", "S3")
def test_personnel_of_two_levels_each_see_exactly_theirs(browsers: Browsers, house: House) -> None:
    main = browsers.person(house, str(house.other_customer.mobile), phone=True)
    main.come_in()
    main.page.locator("header summary").click()
    press(main.page.get_by_role("link", name="پرسنل").locator("visible=true").first)
    chief_mobile, clerk_mobile, other_mobile = (next_mobile() for _ in range(3))
    _add(main.page, chief_mobile, level="مدیر بخش", new_section="انبار")
    _add(main.page, other_mobile, level="کارمند بخش", new_section="فروش حضوری")

    # The manager of a section has a page too, with the number alone.
    chief = browsers.person(house, "+98" + chief_mobile[1:], phone=True)
    _first_login(chief, "هوشنگ انبارچی")
    chief.go("/portal/people/")
    page = chief.page
    expect(page.get_by_role("heading", name="پرسنل انبار")).to_be_visible()
    page.locator("summary", has_text="فرد تازه").click()
    page.get_by_label("شمارهٔ همراه").fill(clerk_mobile)
    press(page.get_by_role("button", name="افزودن", exact=True))
    expect(page.get_by_text("فرد تازه افزوده شد").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("فروش حضوری")

    clerk = browsers.person(house, "+98" + clerk_mobile[1:], phone=True)
    _first_login(clerk, "نازنین قفسه‌چین")
    other = browsers.person(house, "+98" + other_mobile[1:])
    _first_login(other, "بهزاد فروشنده")

    subjects = {}
    for who, person in (("main", main), ("chief", chief), ("clerk", clerk), ("other", other)):
        subjects[who] = f"پرسش {who} دربارهٔ چاپ"
        _open_ticket(person, subjects[who])
    everything = set(subjects.values())
    assert _sees(main, everything) == everything
    assert _sees(chief, everything) == {subjects["chief"], subjects["clerk"]}
    assert _sees(clerk, everything) == {subjects["clerk"]}
    assert _sees(other, everything) == {subjects["other"]}
    with tenant_scope(house.tenant):
        hers = Ticket.objects.get(subject=subjects["clerk"])
    other.go(f"/portal/tickets/{hers.number}/")
    expect(other.page.get_by_role("heading", level=1)).to_contain_text("این صفحه پیدا نشد")
    clerk.go("/portal/people/")
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text("این صفحه پیدا نشد")

    # Moved to the other section: the old manager sees the clerk's ticket no longer.
    main.go("/portal/people/")
    main.page.locator("summary", has_text="نازنین قفسه‌چین").click()
    row = main.page.locator("details.more[open]")
    row.get_by_label("بخش", exact=True).select_option(label="فروش حضوری")
    press(row.get_by_role("button", name="ذخیرهٔ جای او"))
    expect(main.page.get_by_text("جای او در شرکت تغییر کرد").first).to_be_visible()
    assert _sees(chief, everything) == {subjects["chief"]}
    assert _sees(main, everything) == everything


@pytest.mark.spec("S22", "H21")
def test_access_closed_by_the_main_contact_or_the_owner_ends_at_once(
    browsers: Browsers, house: House
) -> None:
    member = browsers.person(house, str(house.section_member.mobile), phone=True)
    member.come_in()
    main = browsers.person(house, str(house.customer_main.mobile))
    main.come_in()
    press(main.page.get_by_role("link", name="پرسنل").first)
    main.page.locator("summary", has_text=house.section_member.name).click()
    press(main.page.locator("details.more[open]").get_by_role("button", name="بستن دسترسی"))
    expect(main.page.get_by_text("از همهٔ دستگاه‌هایش بیرون آمد").first).to_be_visible()
    member.go("/portal/")
    expect(member.page).to_have_url(re.compile("/login/"))

    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    owner.go(f"/manage/customers/{house.customer.pk}/")
    colleague = browsers.person(house, str(house.other_section_member.mobile), phone=True)
    colleague.come_in()
    press(owner.page.get_by_role("button", name=f"بستن دسترسی {house.other_section_member.name}"))
    expect(owner.page.get_by_text("از همهٔ دستگاه‌هایش بیرون آمد").first).to_be_visible()
    colleague.go("/portal/")
    expect(colleague.page).to_have_url(re.compile("/login/"))
    press(owner.page.get_by_role("button", name="بستن دسترسی شرکت"))
    expect(owner.page.get_by_text("دسترسی همهٔ افراد این شرکت بسته است")).to_be_visible()
    main.go("/portal/people/")
    expect(main.page).to_have_url(re.compile("/login/"))
    press(owner.page.get_by_role("button", name="باز کردن دسترسی شرکت"))
    expect(owner.page.get_by_role("button", name="بستن دسترسی شرکت")).to_be_visible()
    main.come_in()
    main.go("/portal/people/")
    expect(main.page.get_by_role("heading", name="پرسنل")).to_be_visible()


@pytest.mark.spec("H9")
def test_changed_link_takes_the_customers_open_tickets_along(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, subject="گزارش ماهانه باز نمی‌شود")
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    owner.go(f"/manage/customers/{house.customer.pk}/")
    page = owner.page
    page.locator("select[name=desk]").select_option(label="مالی و قرارداد، پریسا نوروزی‌فر")
    page.get_by_label(re.compile("۱ تیکت باز این شرکت")).check()
    press(page.get_by_role("button", name="ذخیرهٔ پشتیبان"))
    expect(page.get_by_text("تیکت‌های باز هم به او سپرده شد").first).to_be_visible()
    # The company's tickets are one link away.
    press(page.get_by_role("link", name=re.compile("تیکت$")).first)
    expect(page.get_by_text("گزارش ماهانه باز نمی‌شود").first).to_be_visible()
    holder = browsers.person(house, str(house.finance_manager.mobile))
    holder.come_in()
    holder.go(f"/desk/tickets/{ticket.number}/")
    expect(holder.page.get_by_text("کارشناس اختصاصی این مشتری").first).to_be_visible()
