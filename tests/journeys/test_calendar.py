"""The calendar beside a date: it agrees with ours, it works by keys, and without it one types."""

import json
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.services import contracts
from persian import jalali
from tests.worlds import House

from .conftest import Browsers, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


@pytest.mark.spec("S15", part=True)
def test_calendar_is_ours_and_is_worked_by_keys(browsers: Browsers, house: House) -> None:
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    owner.go(f"/manage/customers/{house.customer.pk}/")
    page = owner.page
    sheet = page.locator("#contract")
    sheet.locator("summary", has_text="قرارداد تازه").click()

    # Every day of fifty years is the same day in the browser as in persian.jalali.
    address = page.locator("script[src*='js/calendar']").get_attribute("src")
    shown = page.evaluate(
        "async (address) => { const { toJalali, toDay } = await import(address); const out = [];"
        " for (let day = 3_700; day < 22_000; day += 1) { const found = toJalali(day);"
        " if (toDay(...found) !== day) throw new Error(`${day} ${found}`); out.push(found); }"
        " return [out, toDay(1404, 12, 30), toDay(1405, 13, 1), toDay(1299, 1, 1)]; }",
        address,
    )
    epoch = jalali.parse("1348/10/11")
    days, *absent = shown
    wrong = [
        json.dumps(found)
        for place, found in enumerate(days)
        if tuple(found) != jalali.to_jalali(epoch + timedelta(days=3_700 + place))
    ]
    assert wrong == []
    assert absent == [None, None, None]

    # Opened at what is written, moved by keys from right to left, chosen with Enter; focus comes back.
    start = sheet.get_by_label("آغاز", exact=True)
    start.fill("1405-6-30")
    button = sheet.get_by_role("button", name="انتخاب آغاز از تقویم")
    button.click()
    calendar = page.get_by_role("dialog", name="شهریور ۱۴۰۵")
    expect(calendar.locator("[aria-pressed]")).to_have_text("۳۰")
    for key in ("ArrowLeft", "ArrowLeft", "ArrowDown", "PageDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog", name="آبان ۱۴۰۵")).to_be_visible()
    expect(page.locator(":focus")).to_have_attribute("aria-label", "پنجشنبه ۷ آبان ۱۴۰۵")
    page.keyboard.press("Enter")
    expect(start).to_have_value("۱۴۰۵/۰۸/۰۷")
    expect(button).to_be_focused()

    # By mouse, and Escape leaves what was written.
    button.click()
    page.get_by_role("button", name="ماه بعد").click()
    page.get_by_role("button", name="امروز").click()
    expect(page.locator(":focus")).to_have_attribute("aria-current", "date")
    page.keyboard.press("Escape")
    expect(start).to_have_value("۱۴۰۵/۰۸/۰۷")
    button.click()
    page.get_by_role("button", name="امروز").click()
    page.keyboard.press("Enter")
    expect(start).to_have_value(jalali.format_date(contracts.today()))


def test_without_a_script_dates_are_typed(browsers: Browsers, house: House) -> None:
    owner = browsers.person(house, str(house.owner.mobile), java_script_enabled=False)
    owner.come_in()
    owner.go(f"/manage/customers/{house.customer.pk}/contract/")
    sheet = owner.page.locator("#contract")
    sheet.locator("summary", has_text="قرارداد تازه").click()
    sheet.get_by_label("آغاز").fill(jalali.format_date(contracts.today()))
    sheet.get_by_label("پایان", exact=True).fill(jalali.format_date(contracts.today()))
    assert sheet.locator(".dated").count() == 0
    press(sheet.get_by_role("button", name="ثبت قرارداد"))
    expect(owner.page.locator("#contract")).to_contain_text("امروز روز آخر است")
