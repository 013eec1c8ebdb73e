"""A company's contract in the browser: written, used up, left open by the owner's word, renewed (S2)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Contract
from accounts.services import contracts
from persian import jalali
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.worlds import House
from tickets.models import Ticket

from .conftest import Browsers, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _open_ticket(page: Page, subject: str) -> None:
    page.get_by_label("موضوع", exact=True).fill(subject)
    page.get_by_label("دپارتمان", exact=True).select_option(label="پشتیبانی فنی")
    page.get_by_label("شرح").fill("از امروز صبح.")
    press(page.get_by_role("button", name="ثبت تیکت"))
    expect(page.get_by_text("تیکت ثبت شد.").first).to_be_visible()


@pytest.mark.spec("S2")
def test_contract_from_the_first_ticket_to_its_renewal(browsers: Browsers, house: House) -> None:
    Tenant.objects.filter(pk=house.tenant.pk).update(name="آوندفام", phone="02100001405")
    today = contracts.today()
    last = today + timedelta(days=43)

    # The owner writes a contract of two tickets; a wrong end first.
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    owner.go(f"/manage/customers/{house.customer.pk}/")
    sheet = owner.page.locator("#contract")
    expect(sheet).to_contain_text("قراردادی ندارد")
    sheet.locator("summary", has_text="قرارداد تازه").click()
    sheet.get_by_label("آغاز", exact=True).fill(jalali.format_date(today))
    sheet.get_by_label("پایان", exact=True).fill(jalali.format_date(today - timedelta(days=1)))
    sheet.get_by_label("تعداد تیکت").fill("۲")
    press(sheet.get_by_role("button", name="ثبت قرارداد"))
    expect(sheet).to_contain_text("پایان قرارداد باید پس از آغاز آن باشد.")
    sheet.get_by_label("پایان", exact=True).fill(jalali.format_date(last))
    press(sheet.get_by_role("button", name="ثبت قرارداد"))
    expect(owner.page.get_by_text("قرارداد ثبت شد.")).to_be_visible()
    expect(sheet).to_contain_text("۰ از ۲ تیکت")

    # The customer sees what is left, uses it up, and reads why the form is closed.
    customer = browsers.person(house, str(house.customer_main.mobile), phone=True)
    customer.come_in()
    page = customer.page
    expect(page.locator("section[aria-labelledby=contract]")).to_contain_text("۰ از ۲ تیکت")
    expect(page.locator("section[aria-labelledby=contract]")).to_contain_text("۴۳ روز مانده")
    for subject in ("چاپ نمی‌شود", "گزارش خالی است"):
        customer.go("/portal/tickets/new/")
        _open_ticket(page, subject)
    customer.go("/portal/tickets/new/")
    expect(page.get_by_role("heading", name="اکنون تیکت تازه نمی‌پذیریم")).to_be_visible()
    expect(page.get_by_text("همهٔ ۲ تیکت قرارداد شما ثبت شده است.")).to_contain_text(
        "برای تیکت بیشتر با آوندفام تماس بگیرید: ۰۲۱۰۰۰۰۱۴۰۵"
    )
    expect(page.get_by_label("موضوع", exact=True)).to_have_count(0)
    # What is open is still answered.
    press(page.get_by_role("link", name="تیکت‌های شما"))
    press(page.get_by_text("چاپ نمی‌شود"))
    page.get_by_label("متن پاسخ").fill("هنوز همان است.")
    press(page.get_by_role("button", name=re.compile("ارسال")).first)
    expect(page.get_by_text("هنوز همان است.").first).to_be_visible()

    # Staff see the meter beside the ticket, and may open one for the company all the same.
    staff = browsers.person(house, str(house.staff.mobile))
    staff.come_in()
    staff.go(f"/desk/tickets/new/?person={house.customer_main.public_id}")
    expect(staff.page.get_by_text("از قرارداد کم نمی‌کند")).to_be_visible()
    _open_ticket(staff.page, "نوبت بازدید")
    expect(staff.page.locator("aside")).to_contain_text("۲ از ۲ تیکت")

    # The owner leaves it open with a reason; the customer opens a third.
    owner.page.reload()
    sheet.locator("summary", has_text="باز گذاشتن").click()
    sheet.get_by_label("دلیل").fill("تمدید در راه است")
    press(sheet.get_by_role("button", name="باز گذاشتن", exact=True))
    expect(sheet).to_contain_text("در هر حال تیکت می‌پذیرید: تمدید در راه است")
    customer.go("/portal/tickets/new/")
    _open_ticket(page, "سومی")

    # And renews it: the next row, the first stays as history; it stands in the list of contracts.
    sheet.locator("summary", has_text="تمدید").click()
    press(sheet.get_by_role("button", name="ثبت قرارداد"))
    expect(owner.page.get_by_text("قرارداد ثبت شد.")).to_be_visible()
    expect(sheet.locator("ul.lines > li")).to_have_count(2)
    press(owner.page.get_by_role("link", name="قراردادها"))
    press(owner.page.get_by_role("link", name="همه", exact=True))
    expect(owner.page.get_by_text(house.customer.name)).to_have_count(2)
    expect(owner.page.get_by_text("تمدید شده")).to_be_visible()
    with tenant_scope(house.tenant):
        rows = Contract.objects.order_by("starts_on")
        assert [row.used for row in rows] == [3, 0]
        assert rows[1].starts_on == last + timedelta(days=1)
        assert Ticket.objects.count() == 4
