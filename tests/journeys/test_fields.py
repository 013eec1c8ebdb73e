"""A department with its own questions: asked of a customer on a phone, filled in, narrowed by, retyped (S31)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from departments.models import ExtraField
from tenants.scope import tenant_scope
from tests.worlds import House
from tickets.models import Ticket

from .conftest import Browsers, choose, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]
QUESTIONS = [
    ("نسخهٔ برنامه", "text", {}),
    ("آنچه کردید", "long", {}),
    ("مبلغ فاکتور", "number", {"required": True}),
    ("روز رخداد", "date", {}),
    ("شدت", "choice", {"choices": "کم\nزیاد"}),
    ("کجا دیدید", "choices", {"choices": "ویندوز\nوب\nموبایل"}),
    ("پیش‌تر هم شده", "flag", {}),
    ("همراه پاسخ‌گو", "mobile", {}),
    ("کد ملی مدیر", "id", {}),
    ("عکس صفحه", "file", {}),
    ("مدل چاپگر", "text", {"topic": True, "required": True}),
    ("ارزیابی ما", "text", {"staff": True}),
]


def _said(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"fields-{name}.png"), full_page=True)


def _define(page: Page, label: str, kind: str, more: dict) -> None:
    if not page.locator("details.add[open]").count():
        page.locator("summary", has_text="پرسش تازه").click()
    form = page.locator("details.add form")
    form.get_by_label("عنوان").fill(label)
    form.get_by_label("نوع پاسخ").select_option(kind)
    if "choices" in more:
        form.get_by_label("گزینه‌ها").fill(more["choices"])
    for name, box in (
        ("required", "پاسخش لازم است"),
        ("staff", "فقط برای کارکنان"),
        ("topic", "چاپ و گزارش"),
    ):
        if more.get(name):
            form.get_by_label(box).check()
    press(form.get_by_role("button", name="افزودن پرسش"))
    _said(page, "پرسش افزوده شد")


@pytest.mark.spec("S31")
@pytest.mark.timeout(180)
def test_a_department_asks_and_a_customer_answers_on_a_phone(
    browsers: Browsers, house: House, tmp_path: Path
) -> None:
    owner = browsers.enter(house, "owner")
    page = owner.page
    owner.go(f"/manage/departments/{house.support.pk}/")
    press(page.get_by_role("link", name="دیدن پرسش‌ها"))
    for label, kind, more in QUESTIONS:
        _define(page, label, kind, more)
    # The severity comes first, by the keys of its grip.
    grip = page.get_by_role("button", name="جابه‌جایی شدت")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        for _ in range(4):
            grip.press("ArrowUp")
    page.reload()
    expect(page.locator("[data-reorder] li").first).to_contain_text("شدت")
    _shot(page, "list")

    # A customer, on a phone, in Persian digits.
    customer = browsers.enter(house, "customer_main", phone=True)
    phone = customer.page
    customer.go("/portal/tickets/new/")
    phone.get_by_label("موضوع", exact=True).fill("چاپ فاکتور نمی‌شود")
    phone.get_by_label("دپارتمان").select_option(label="پشتیبانی فنی")
    phone.get_by_label("نسخهٔ برنامه").fill("۱۴٫۲")
    expect(phone.get_by_label("ارزیابی ما")).to_have_count(0)
    expect(phone.get_by_label("مدل چاپگر")).to_have_count(0)
    phone.get_by_label("مبلغ فاکتور").fill("۱۲٬۵۰۰٬۰۰۰")
    # Another topic asks one question more, and what was typed stays.
    phone.get_by_label("گروه موضوعی").select_option(label="چاپ و گزارش")
    phone.get_by_label("مدل چاپگر").fill("لیزری ۴۰۴")
    expect(phone.get_by_label("نسخهٔ برنامه")).to_have_value("۱۴٫۲")
    phone.get_by_label("آنچه کردید").fill("خاموش و روشن کردم.\nدرست نشد.")
    phone.get_by_role("textbox", name="روز رخداد").fill("۱۴۰۵/۰۷/۱۳")
    phone.get_by_label("شدت").select_option(label="زیاد")
    for place in ("ویندوز", "وب"):
        phone.get_by_label(place, exact=True).check()
    choose(phone.locator("fieldset", has_text="پیش‌تر هم شده").last, "نه")
    phone.get_by_label("همراه پاسخ‌گو").fill("۰۹۱۲ ۳۴۵ ۶۷۸۹")
    phone.get_by_label("کد ملی مدیر").fill("۰۰۱۳۵۴۲۴۱۸")
    shot = tmp_path / "صفحه.txt"
    shot.write_text("خطای ۴۰۴")
    phone.locator("[data-question] input[type=file]").set_input_files(str(shot))
    phone.get_by_label("شرح").fill("از صبح چاپ نمی‌شود.")
    _shot(phone, "phone")
    press(phone.get_by_role("button", name="ثبت تیکت"))
    # One digit was wrong: it is told there, everything else stands, the file too.
    _said(phone, "کد ملی درست نیست")
    expect(phone.get_by_label("مبلغ فاکتور")).to_have_value("۱۲٬۵۰۰٬۰۰۰")
    _said(phone, "رسیده است و می‌ماند")
    _shot(phone, "refused")
    phone.get_by_label("کد ملی مدیر").fill("۰۰۱۳۵۴۲۴۱۹")
    press(phone.get_by_role("button", name="ثبت تیکت"))
    _said(phone, "تیکت ثبت شد")
    phone.locator("#filled summary").click()
    _said(phone, "۱۲٬۵۰۰٬۰۰۰")
    _said(phone, "ویندوز، وب")
    _shot(phone, "answered")

    # Our side reads it, adds its own word, and narrows the queue by it.
    with tenant_scope(house.tenant):
        number = Ticket.objects.get().number
        amount = ExtraField.objects.get(label="مبلغ فاکتور")
    manager = browsers.enter(house, "manager")
    desk = manager.page
    manager.go(f"/desk/tickets/{number}/")
    expect(desk.locator("#filled").first).to_contain_text("لیزری ۴۰۴")
    _shot(desk, "desk")
    manager.go(f"/desk/tickets/{number}/fields/")
    desk.get_by_label("ارزیابی ما").fill("مشتری صبور است")
    desk.get_by_label("شدت").select_option(label="کم")
    _shot(desk, "edit")
    press(desk.get_by_role("button", name="ذخیره"))
    _said(desk, "تغییر ثبت شد")
    expect(desk.locator(".event").last).to_contain_text("«شدت» و «ارزیابی ما» را عوض کرد")
    phone.reload()
    expect(phone.locator("main")).not_to_contain_text("مشتری صبور است")
    manager.go(f"/desk/tickets/?view=all&department={house.support.pk}")
    menu = desk.locator("details.menu", has=desk.locator("summary", has_text="مبلغ فاکتور"))
    menu.locator("summary").click()
    menu.get_by_label("از", exact=True).fill("۲۰٬۰۰۰٬۰۰۰")
    _shot(desk, "queue")
    press(menu.get_by_role("button", name="اعمال"))
    expect(desk.locator(".chip-on", has_text="مبلغ فاکتور")).to_contain_text("۲۰٬۰۰۰٬۰۰۰")
    expect(desk.get_by_text("چاپ فاکتور نمی‌شود")).to_have_count(0)
    press(desk.get_by_role("link", name="برداشتن فیلتر مبلغ فاکتور، از"))
    _said(desk, "چاپ فاکتور نمی‌شود")
    # By a word of a text and by a whole mobile, in any digits; a mobile cut short is told and narrows nothing.
    for label, word, wrong in (("مدل چاپگر", "ليزر", ""), ("همراه پاسخ‌گو", "09123456789", "۰۹۱۲")):
        menu = desk.locator("details.menu", has=desk.locator("summary", has_text=label))
        if wrong:
            menu.locator("summary").click()
            menu.get_by_role("textbox").fill(wrong)
            press(menu.get_by_role("button", name="اعمال"))
            expect(menu.get_by_text("شمارهٔ موبایل را کامل بنویسید")).to_be_visible()
            expect(menu.get_by_role("textbox")).to_have_value(wrong)
            _shot(desk, "queue-wrong")
        else:
            menu.locator("summary").click()
        menu.get_by_role("textbox").fill(word)
        press(menu.get_by_role("button", name="اعمال"))
        expect(desk.locator(".chip-on", has_text=label)).to_be_visible()
        _said(desk, "چاپ فاکتور نمی‌شود")
    _shot(desk, "queue-words")
    desk.locator("summary", has_text="خروجی").click()
    with desk.expect_download() as waiting:
        desk.get_by_role("button", name="CSV").click()
    table = Path(waiting.value.path()).read_text()
    assert "مبلغ فاکتور" in table and "۱۲٬۵۰۰٬۰۰۰" in table and "مشتری صبور است" in table

    # Retyped: the old answer reads as it was written.
    owner.go(f"/manage/departments/{house.support.pk}/fields/{amount.pk}/")
    _shot(page, "field")
    page.get_by_label("نوع تازهٔ پاسخ").select_option("text")
    press(page.get_by_role("button", name="تغییر نوع"))
    _said(page, "نوع پاسخ تغییر کرد")
    manager.go(f"/desk/tickets/{number}/")
    expect(desk.locator("#filled").first).to_contain_text("۱۲٬۵۰۰٬۰۰۰")
    expect(desk.locator("#filled").first).to_contain_text("دیگر پرسیده نمی‌شود")
