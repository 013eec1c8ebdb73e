"""Staff, as the owner keeps them: who leaves hands on everything, days away that change, owners made and unmade."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import User, Vacation
from departments import services
from departments.absence import today
from departments.models import Seat
from departments.services import vacations
from persian import jalali
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket

from .conftest import Browsers, Person, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _owner(browsers: Browsers, house: House, **options: object) -> Person:
    owner = browsers.person(house, str(house.owner.mobile), **options)
    owner.come_in()
    return owner


@pytest.mark.spec("S22", "S27")
def test_a_manager_leaves_and_their_desk_and_work_go_two_ways(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        services.seat(actor=house.owner, user=house.manager, department=house.finance)
        ticket = make_ticket(house, subject="کار مدیر", staff=house.manager)
        other = make_ticket(house, subject="کار مالی", department=house.finance, staff=house.manager)
    owner = _owner(browsers, house, phone=True)
    page = owner.page
    # Found in the list: the managers of one department.
    owner.go("/manage/staff/")
    page.locator("summary", has_text="فیلترها").click()
    page.get_by_label("دپارتمان", exact=True).first.select_option(label="پشتیبانی فنی")
    page.get_by_label("سطح", exact=True).first.select_option(label="مدیر دپارتمان")
    press(page.get_by_role("button", name="نمایش"))
    rows = page.locator("ul.lines > li")
    expect(rows).to_have_count(1)
    page.get_by_role("searchbox", name="جست‌وجو در کارکنان").fill("آرش")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_text("با این فیلترها همکاری نیست")).to_be_visible()
    page.get_by_role("searchbox", name="جست‌وجو در کارکنان").fill("کیمیا")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(rows).to_have_count(1)

    # Pressing alone closes nothing: first it is said who takes what.
    press(page.get_by_role("button", name=re.compile("بستن دسترسی کیمیا")))
    form = page.locator("#access")
    press(form.get_by_role("button", name="سپردن و بستن دسترسی"))
    expect(form.get_by_text("بگویید مدیر پشتیبانی فنی چه کسی می‌شود")).to_be_visible()
    expect(form.get_by_text("بگویید آنچه در مالی و قرارداد دارد به که برسد")).to_be_visible()
    form.get_by_label("آنچه در پشتیبانی فنی دارد به").select_option(label="آرش دهدشتی")
    form.get_by_label("مدیر تازهٔ پشتیبانی فنی").select_option(label="پریسا نوروزی‌فر")
    form.get_by_label("آنچه در مالی و قرارداد دارد به").select_option(label="صف دپارتمان")
    press(form.get_by_role("button", name="سپردن و بستن دسترسی"))
    expect(page.get_by_text("آنچه داشت به همکارانش رسید").first).to_be_visible()
    with tenant_scope(house.tenant):
        assert (ticket.refresh().assignee, other.refresh().assignee) == (house.staff, None)
        assert Seat.objects.get(department=house.support, level="manager").user == house.finance_manager

    # Who it comes to reads it once, and sees it.
    heir = browsers.person(house, str(house.finance_manager.mobile))
    heir.come_in()
    heir.go("/bell/")
    line = heir.page.locator("main").get_by_text(re.compile("دسترسی کیمیا بهروزی بسته شد"))
    expect(line).to_have_count(1)
    expect(line).to_contain_text("شما مدیر پشتیبانی فنی شدید")
    expect(line).to_contain_text("۱ تیکت بازش در صف مالی و قرارداد")
    heir.go(f"/desk/tickets/{ticket.number}/")
    expect(heir.page.get_by_role("heading", level=1)).to_contain_text("کار مدیر")


@pytest.mark.spec("H9")
def test_days_away_are_changed_and_the_customer_reads_them(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        services.link_customer(
            actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
        )
        vacations.plan(house.staff, actor=house.owner, starts_on=today(), ends_on=today())
    owner = _owner(browsers, house)
    page = owner.page
    owner.go(f"/manage/staff/{house.staff.public_id}/")
    press(page.locator("a.entry", has_text="بی جانشین"))
    form = page.locator("details.more form", has=page.get_by_label("جانشین"))
    last = today() + timedelta(days=4)
    form.get_by_label("تا روز", exact=True).fill(jalali.format_date(last))
    form.get_by_label("جانشین").select_option(label="مهدیار کاظمی")
    press(form.get_by_role("button", name="ذخیره"))
    expect(page.get_by_text("مرخصی تغییر کرد").first).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"مرخصی تا {jalali.day_month(last)}")

    customer = browsers.person(house, str(house.customer_main.mobile), phone=True)
    customer.come_in()
    customer.go("/portal/tickets/new/")
    expect(customer.page.locator(".locked").last).to_contain_text(f"مرخصی تا {jalali.day_month(last)}")
    customer.page.get_by_label("موضوع", exact=True).fill("در نبود شما")
    customer.page.get_by_label("شرح").fill("سلام")
    press(customer.page.get_by_role("button", name="ثبت تیکت"))

    substitute = browsers.person(house, str(house.colleague.mobile))
    substitute.come_in()
    substitute.go("/bell/")
    expect(substitute.page.get_by_text(re.compile("جانشین آرش دهدشتی هستید")).first).to_be_visible()
    substitute.go("/desk/vacation/")
    expect(substitute.page.get_by_text("جانشین آرش دهدشتی", exact=True)).to_be_visible()
    # The ticket says why it came to them.
    substitute.go("/desk/tickets/?view=mine")
    press(substitute.page.get_by_role("link", name="در نبود شما").first)
    expect(substitute.page.get_by_text("جانشین مسئول، که در مرخصی است")).to_be_visible()

    staff = browsers.person(house, str(house.staff.mobile), phone=True)
    staff.come_in()
    staff.go("/desk/vacation/")
    press(staff.page.locator("a.entry", has_text="مهدیار کاظمی"))
    press(staff.page.get_by_role("button", name="برداشتن"))
    expect(staff.page.get_by_text("مرخصی برداشته شد").first).to_be_visible()
    with tenant_scope(house.tenant):
        assert not Vacation.objects.exists()


def test_another_owner_is_made_and_the_last_one_stays(browsers: Browsers, house: House) -> None:
    owner = _owner(browsers, house)
    page = owner.page
    owner.go(f"/manage/staff/{house.owner.public_id}/")
    press(page.get_by_role("button", name="دیگر مدیر اصلی نباشد"))
    expect(page.get_by_role("alert")).to_contain_text("سامانه بی مدیر اصلی نمی‌ماند")
    owner.go(f"/manage/staff/{house.manager.public_id}/")
    press(page.get_by_role("button", name="مدیر اصلی شود"))
    owner.go(f"/manage/staff/{house.owner.public_id}/")
    press(page.get_by_role("button", name="دیگر مدیر اصلی نباشد"))
    expect(page).to_have_url(re.compile("/desk/"))
    owner.go("/manage/staff/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("این صفحه پیدا نشد")
    with tenant_scope(house.tenant):
        roles = dict(User.objects.filter(role__in=("owner", "staff")).values_list("pk", "role"))
    assert (roles[house.manager.pk], roles[house.owner.pk]) == ("owner", "staff")
