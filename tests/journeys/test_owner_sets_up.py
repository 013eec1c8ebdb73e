"""The owner sets up a support centre in the browser, and a customer's ticket finds its way through it."""

import pytest

from accounts.models import User
from tenants.scope import tenant_scope
from tests.worlds import next_mobile

from .conftest import choose, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.mark.spec("H7", "H8", "H9")
def test_owner_makes_a_desk_its_people_and_a_customers_link(browsers, house):
    owner = browsers.person(house, house.owner.mobile)
    owner.log_in_by_password()
    page = owner.page

    press(page.get_by_role("link", name="دپارتمان‌ها").first)
    page.locator("summary", has_text="دپارتمان تازه").click()
    page.get_by_label("نام دپارتمان").fill("آموزش")
    press(page.get_by_role("button", name="ساختن دپارتمان"))
    page.get_by_text("دپارتمان ساخته شد").wait_for()

    manager, second = next_mobile(), next_mobile()
    owner.go("/manage/staff/")
    _new_colleague(page, manager, "مدیر دپارتمان")
    page.get_by_text("همکار تازه افزوده شد").wait_for()
    _new_colleague(page, second, "مدیر دپارتمان")
    page.get_by_text("این دپارتمان مدیر دارد").wait_for()
    choose(page.locator("details.add"), "کارشناس")
    press(page.get_by_role("button", name="افزودن همکار"))
    page.get_by_text("همکار تازه افزوده شد").wait_for()

    owner.go(f"/manage/staff/{house.staff.public_id}/")
    page.locator("summary", has_text="افزودن به دپارتمان").click()
    page.locator("details.add select[name=department]").select_option(label="آموزش")
    press(page.get_by_role("button", name="افزودن", exact=True))
    page.get_by_text("همکار به دپارتمان افزوده شد").wait_for()

    owner.go(f"/manage/customers/{house.customer.pk}/")
    page.locator("select[name=desk]").select_option(label=f"آموزش، {house.staff.name}")
    press(page.get_by_role("button", name="ذخیرهٔ پشتیبان"))
    page.get_by_text("پشتیبان اختصاصی ذخیره شد").wait_for()

    customer = browsers.person(house, house.customer_main.mobile, phone=True)
    customer.log_in_by_sms()
    customer.go("/portal/tickets/new/")
    assert customer.page.get_by_label("دپارتمان").count() == 0
    customer.page.get_by_label("موضوع", exact=True).fill("کلاس آشنایی با سامانه")
    customer.page.get_by_label("شرح").fill("برای سه نفر می‌خواهیم.")
    press(customer.page.get_by_role("button", name="ثبت تیکت"))
    customer.page.get_by_text("کد رهگیری").first.wait_for()

    staff = browsers.person(house, house.staff.mobile)
    staff.come_in()
    staff.page.get_by_text("کلاس آشنایی با سامانه").first.wait_for()
    with tenant_scope(house.tenant):
        new = User.objects.get(mobile=f"+98{second[1:]}")
        assert list(new.seats.values_list("department__name", "level")) == [("آموزش", "staff")]


def _new_colleague(page, mobile: str, level: str) -> None:
    page.locator("summary", has_text="همکار تازه").click()
    page.get_by_label("شمارهٔ همراه", exact=True).fill(mobile)
    page.locator("details.add select[name=department]").select_option(label="آموزش")
    choose(page.locator("details.add"), level)
    press(page.get_by_role("button", name="افزودن همکار"))


@pytest.mark.spec("H1", part=True)
def test_a_number_of_the_dashboard_opens_its_list(browsers, house):
    from tests.worlds import make_ticket

    with tenant_scope(house.tenant):
        for index in range(3):
            make_ticket(house, subject=f"چاپ نمی‌شود {index}")
    owner = browsers.person(house, house.owner.mobile)
    owner.come_in()
    tile = owner.page.locator('[data-count="unassigned"]')
    assert "۳" in tile.inner_text()
    press(tile)
    owner.page.get_by_text("۳ تیکت").first.wait_for()
    assert owner.page.locator("a.q-subject").count() == 3
