"""The owner brings five thousand customers in from Excel, and reads in the log what was done."""

import io
import re
import time

import pytest
from openpyxl import load_workbook

from tests.web import sheets

from .conftest import press

pytestmark = [pytest.mark.journey, pytest.mark.slow]

HEADER = ["نام شرکت", "نام رابط", "موبایل", "دپارتمان", "کارشناس"]


def rows(count: int) -> list[list[str]]:
    return [
        [f"شرکت شمارهٔ {number}", "رابط", f"0911{number:07d}", "پشتیبانی فنی", "آرش دهدشتی"]
        for number in range(count)
    ]


def upload(page, content: bytes, name: str) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    if page.evaluate("document.documentElement.classList.contains('js')"):
        page.locator("li.upload", has_text=name).wait_for()
    press(page.get_by_role("button", name="خواندن فایل"))


@pytest.mark.spec("H11")
def test_owner_mends_a_table_watches_it_come_in_and_takes_it_out_again(browsers, house):
    owner = browsers.person(house, house.owner.mobile)
    owner.come_in()
    page = owner.page
    page.goto(page.url.partition("/manage/")[0] + "/manage/customers/")
    press(page.get_by_role("link", name="ورود از اکسل"))

    with page.expect_download() as taken:
        page.get_by_role("link", name="گرفتن نمونهٔ اکسل").click()
    with open(taken.value.path(), "rb") as file:
        header = [cell.value for cell in load_workbook(io.BytesIO(file.read())).worksheets[0][1]]
    assert header[:3] == ["نام شرکت", "نام رابط", "موبایل"]

    wrong = rows(5)
    wrong[2][2] = "0912"
    wrong[4][3] = "حسابداری"
    upload(page, sheets.xlsx([HEADER, *wrong]), "مشتریان.xlsx")
    page.get_by_text("۲ مورد در ۲ ردیف باید درست شود").wait_for()
    page.get_by_text("ردیف ۴، موبایل").wait_for()
    page.get_by_text("دپارتمان فعالی با این نام نیست").wait_for()
    assert page.get_by_role("button", name=re.compile("^ثبت")).count() == 0

    press(page.get_by_role("link", name="فرستادن فایل درست‌شده"))
    upload(page, b"PK\x03\x04 cut", "نیمه.xlsx")
    page.get_by_text("نیمه‌کاره").wait_for()
    upload(page, sheets.xlsx([HEADER, *rows(5000)]), "مشتریان.xlsx")
    page.get_by_role("button", name="ثبت ۵٬۰۰۰ مشتری").wait_for(timeout=60_000)
    began = time.monotonic()
    press(page.get_by_role("button", name="ثبت ۵٬۰۰۰ مشتری"))
    page.get_by_text(re.compile("[۰-۹] از ۵٬۰۰۰")).wait_for(timeout=60_000)
    assert page.get_by_role("progressbar").count() == 1
    page.get_by_text("۵٬۰۰۰ مشتری ثبت شد.").wait_for(timeout=60_000)
    print(f"5,000 customers in the browser: {time.monotonic() - began:.1f} s")
    assert time.monotonic() - began < 60

    press(page.get_by_role("link", name="دیدن مشتریان"))
    page.get_by_label("جست‌وجو در مشتریان").fill("شمارهٔ 4321")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("شرکت شمارهٔ 4321").wait_for()
    page.locator("a.entry", has_text="پشتیبانی فنی، آرش دهدشتی").wait_for()
    page.locator("summary", has_text="خروجی").click()
    with page.expect_download() as taken:
        page.get_by_role("button", name="اکسل").click()
    with open(taken.value.path(), "rb") as file:
        sheet = load_workbook(io.BytesIO(file.read())).active
    assert [cell.value for cell in sheet[2]][:3] == ["شرکت شمارهٔ 4321", "رابط", "09110004321"]

    # A contact of the table comes in with the number alone.
    contact = browsers.person(house, "09110004321", phone=True)
    contact.come_in()


@pytest.mark.spec("B10")
def test_the_log_tells_the_owner_what_was_just_done_and_from_where(browsers, house):
    owner = browsers.person(house, house.owner.mobile)
    owner.come_in()
    page = owner.page
    owner.go(f"/manage/customers/{house.customer.pk}/")
    page.get_by_label("نام شرکت").fill("کاشی نقش‌گل یزد")
    press(page.get_by_role("button", name="ذخیره", exact=True))
    page.get_by_text("ذخیره شد").wait_for()

    press(page.get_by_role("link", name="سابقهٔ کارها"))
    first = page.locator("li.act").first
    assert "تغییر مشخصات مشتری" in first.inner_text()
    assert "بهرام مدیری" in first.inner_text() and "127.0.0.1" in first.inner_text()
    assert "از کاشی نقش‌گل میبد به کاشی نقش‌گل یزد" in re.sub(r"\s+", " ", first.inner_text())

    page.locator("summary", has_text="فیلترها").click()
    page.get_by_label("کار", exact=True).select_option(label="ساختن دپارتمان")
    press(page.get_by_role("button", name="نمایش"))
    page.wait_for_url(re.compile("verb=create_department"))
    assert page.locator("li.act").count() == 3
    with page.expect_download() as taken:
        page.get_by_role("button", name="خروجی CSV").click()
    with open(taken.value.path(), encoding="utf-8-sig") as file:
        assert len(file.readlines()) == 4
    owner.go("/manage/audit/")
    page.locator("li.act", has_text="خروجی‌گرفتن از سابقهٔ کارها").wait_for()


@pytest.mark.spec("H11")
def test_without_a_script_the_page_asks_again_by_itself(browsers, house):
    person = browsers.person(house, house.owner.mobile)
    context = browsers.context(java_script_enabled=False)
    person.come_in()
    context.add_cookies(person.page.context.cookies())
    page = context.new_page()
    page.goto(person.ground.stack.url(house.host, "/manage/customers/import/"))
    upload(page, sheets.csv([HEADER, *rows(2000)]), "مشتریان.csv")
    press(page.get_by_role("button", name="ثبت ۲٬۰۰۰ مشتری"))
    page.get_by_text("۲٬۰۰۰ مشتری ثبت شد.").wait_for(timeout=60_000)
