"""The owner sets hours and limits; «فردا تعطیل» is told to a customer who waits, and taken back (H4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from departments import sla
from departments.absence import today
from departments.services import hours
from persian import jalali
from persian.jalali import WEEKDAYS
from tenants.scope import tenant_scope
from tests.worlds import House

from .conftest import Browsers, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.mark.spec("H4")
def test_owner_sets_the_clock_and_closes_tomorrow_with_one_click(browsers: Browsers, house: House) -> None:
    tomorrow = today() + timedelta(days=1)
    if tomorrow in hours.PUBLIC:
        with tenant_scope(house.tenant):
            hours.open_day(actor=house.owner, day=tomorrow)
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    page = owner.page

    # Seven days of hours, Thursday in two parts; what makes no sense is refused at its day and stays written.
    owner.go("/manage/settings/")
    press(page.get_by_role("link", name="ساعت کاری", exact=True))
    for day in WEEKDAYS:
        page.get_by_label(f"{day}، نوبت ۱، از", exact=True).fill("۸:۰۰")
        page.get_by_label(f"{day}، نوبت ۱، تا", exact=True).fill("14:30")
    page.get_by_role("group", name="پنجشنبه").locator("summary").click()
    page.get_by_label("پنجشنبه، نوبت ۲، از", exact=True).fill("۱۴:۰۰")
    page.get_by_label("پنجشنبه، نوبت ۲، تا", exact=True).fill("۱۷")
    press(page.get_by_role("button", name="ذخیرهٔ هفته"))
    expect(page.get_by_role("group", name="پنجشنبه")).to_contain_text("نوبت‌ها پشت سر هم‌اند")
    expect(page.get_by_label("جمعه، نوبت ۱، تا", exact=True)).to_have_value("14:30")
    page.get_by_label("پنجشنبه، نوبت ۲، از", exact=True).fill("۱۵:۰۰")
    press(page.get_by_role("button", name="ذخیرهٔ هفته"))
    weeks = page.get_by_role("region", name="هفته‌ها از آغاز")
    expect(weeks).to_contain_text("پنجشنبه: ۸:۰۰ تا ۱۴:۳۰ و ۱۵:۰۰ تا ۱۷:۰۰")

    # Limits for urgent tickets of one department; the page tells what they come to now.
    press(page.get_by_role("link", name="مهلت پاسخ", exact=True))
    form = page.locator("#policy")
    form.get_by_label("دپارتمان").select_option(label=house.support.name)
    form.get_by_label("اولویت").select_option(label="فوری")
    for field, length in (("پاسخ نخست، زرد", "۰"), ("پاسخ نخست، قرمز", "۱")):
        form.get_by_label(f"{field} پس از، ساعت").fill(length)
        form.get_by_label(f"{field} پس از، دقیقه").fill("۲۰")
    press(form.get_by_role("button", name="ذخیرهٔ مهلت"))
    expect(page.get_by_role("table", name="مهلت خاص دپارتمان‌ها")).to_contain_text("قرمز ۱ ساعت و ۲۰ دقیقه")
    expect(page.get_by_text("اگر تیکتی همین حالا برسد").first).to_be_visible()
    with tenant_scope(house.tenant):
        assert sla.rules().policies.limits_for(house.support.pk, 4).first == (20, 80)
        before = sla.stamp()

    # A customer opens a ticket from the phone and waits.
    customer = browsers.person(house, str(house.customer_main.mobile), phone=True)
    customer.come_in()
    phone = customer.page
    customer.go("/portal/tickets/new/")
    phone.get_by_label("موضوع", exact=True).fill("فاکتور چاپ نمی‌شود")
    phone.get_by_label("دپارتمان").select_option(label=house.support.name)
    phone.get_by_label("شرح").fill("از صبح چاپ نمی‌شود.")
    press(phone.get_by_role("button", name="ثبت تیکت"))
    ticket = phone.url.partition("?")[0]
    expect(phone.locator("[data-closure]")).to_have_count(0)

    # One click on the dashboard; both of the customer's pages say so, until the undo.
    owner.go("/manage/")
    press(page.get_by_role("button", name="فردا تعطیل"))
    word = f"فردا، {jalali.WEEKDAYS[jalali.weekday(tomorrow)]} {jalali.day_month(tomorrow)}، تعطیلیم."
    for address in (ticket, ticket.partition("/portal/")[0] + "/portal/"):
        phone.goto(address)
        expect(phone.locator("[data-closure]")).to_contain_text(word)
        expect(phone.locator("[data-closure]")).to_contain_text("ساعت ۸:۰۰، پی گرفته می‌شود.")
    with tenant_scope(house.tenant):
        closed = sla.stamp()
        assert sla.working_calendar().is_closed(tomorrow) and before and closed and closed > before
    press(page.get_by_role("button", name="فردا باز است"))
    expect(page.get_by_role("button", name="فردا تعطیل")).to_be_visible()
    for address in (ticket, ticket.partition("/portal/")[0] + "/portal/"):
        phone.goto(address)
        expect(phone.locator("[data-closure]")).to_have_count(0)
    with tenant_scope(house.tenant):
        undone = sla.stamp()
        assert not sla.working_calendar().is_closed(tomorrow) and undone and undone > closed
    # All of it stands in the log, in words.
    owner.go("/manage/audit/")
    for words in ("تعیین ساعت کاری", "تعیین مهلت پاسخ", "باز کردن دوبارهٔ روز"):
        expect(page.locator("main")).to_contain_text(words)
