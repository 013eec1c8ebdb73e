"""Coming in: by SMS and by password, on one page, at every level (H22, H23)."""

import re

import pytest
from playwright.sync_api import expect

from tests.worlds import House

from .conftest import Browsers, Ground, press

pytestmark = pytest.mark.journey


@pytest.mark.spec("H22", "H23")
@pytest.mark.parametrize(
    ("role", "panel"),
    [
        ("owner", "manage"),
        ("manager", "desk"),
        ("staff", "desk"),
        ("customer_main", "portal"),
        ("section_member", "portal"),
    ],
)
def test_every_level_comes_in_by_sms_and_reaches_its_panel(
    browsers: Browsers, house: House, role: str, panel: str
) -> None:
    person = browsers.person(house, str(getattr(house, role).mobile), phone=True)
    person.log_in_by_sms()
    expect(person.page).to_have_url(re.compile(f"/{panel}/$"))


@pytest.mark.spec("H22", "H23")
def test_password_chosen_after_the_first_code_works_with_persian_digits(
    browsers: Browsers, house: House
) -> None:
    person = browsers.person(house, str(house.customer_main.mobile))
    person.log_in_by_sms()
    person.go("/me/password/")
    page = person.page
    page.get_by_label("رمز تازه", exact=True).fill("نسیم-صبح-1405")
    page.get_by_label("تکرار رمز تازه").fill("نسیم-صبح-1405")
    press(page.get_by_role("button", name="ذخیره"))
    expect(page.get_by_role("status").or_(page.locator(".news-ok")).first).to_be_visible()

    again = browsers.person(house, person.mobile, phone=True)
    again.go("/login/")
    again.page.locator("label", has_text="با رمز").click()
    digits = "0" + person.mobile[-10:]
    again.page.get_by_label("نام کاربری یا شمارهٔ همراه").fill(
        digits.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    )
    again.page.get_by_label("رمز", exact=True).fill("نسیم-صبح-1405")
    press(again.page.locator("form.pane-pass").get_by_role("button", name="ورود"))
    expect(again.page).to_have_url(re.compile("/portal/$"))


@pytest.mark.spec("H22")
def test_wrong_code_is_told_kindly_and_the_right_one_still_works(
    browsers: Browsers, house: House, ground: Ground
) -> None:
    person = browsers.person(house, str(house.staff.mobile), phone=True)
    before = len(ground.texts_to(person.mobile))
    person.go("/login/")
    page = person.page
    page.get_by_label("شمارهٔ همراه", exact=True).fill("+98 " + person.mobile[-10:])
    press(page.get_by_role("button", name="دریافت کد"))
    right = ground.code_for(person.mobile, after=before)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    page.get_by_label("کد پیامک‌شده").fill(wrong)
    press(page.get_by_role("button", name="ورود", exact=True))
    expect(page.get_by_role("alert")).to_contain_text("کد درست نیست")
    page.get_by_label("کد پیامک‌شده").fill(right.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    press(page.get_by_role("button", name="ورود", exact=True))
    expect(page).to_have_url(re.compile("/desk/$"))


@pytest.mark.spec("S22")
def test_ending_another_session_ends_it_at_once(browsers: Browsers, house: House) -> None:
    desk = browsers.person(house, str(house.staff.mobile))
    phone = browsers.person(house, str(house.staff.mobile), phone=True)
    phone.log_in_by_password()
    desk.log_in_by_sms()
    desk.go("/me/sessions/")
    press(desk.page.get_by_role("button", name=re.compile("بیرون‌کردن")).first)
    desk.page.wait_for_load_state()
    phone.go("/desk/")
    expect(phone.page).to_have_url(re.compile("/login/"))
