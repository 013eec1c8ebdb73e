"""The gate's later doors: the security code, the second factor, one's devices and history, a new number."""

import re

import pyotp
import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import Page, expect

from accounts.models import SecondFactor, User
from notifications.seal import unseal
from tenants.scope import tenant_scope
from tests.worlds import House, next_mobile

from .conftest import PASSWORD, Browsers, Ground, Person, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _app(house: House, user: User) -> pyotp.TOTP:
    """What the person's telephone holds after the picture was read."""
    with tenant_scope(house.tenant):
        return pyotp.TOTP(unseal(SecondFactor.objects.get(user=user).seed))


def _free(house: House, user: User) -> None:
    """As if half a minute had gone by: the present step may be used again."""
    with tenant_scope(house.tenant):
        SecondFactor.objects.filter(user=user).update(last_step=0)


def _password_page(person: Person) -> Page:
    person.go("/login/")
    person.page.locator("label", has_text="با رمز").click()
    return person.page


def _try(page: Page, mobile: str, password: str) -> None:
    pane = page.locator("form.pane-pass")
    pane.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + mobile[-10:])
    pane.get_by_label("رمز", exact=True).fill(password)
    press(pane.get_by_role("button", name="ورود"))


@pytest.mark.spec("S32", "H22")
def test_the_security_code_comes_after_failures_and_lets_a_person_in(
    browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        from accounts.services import people

        people.set_password(house.staff, actor=None, password=PASSWORD)
    person = browsers.person(house, str(house.staff.mobile), phone=True)
    page = _password_page(person)
    for _ in range(3):
        _try(page, person.mobile, "نادرست-نادرست")
    pane = page.locator("form.pane-pass")
    picture = pane.get_by_role("img", name="جمع دو عدد در تصویر")
    expect(picture).to_be_visible()
    assert page.evaluate("one => one.naturalWidth", picture.element_handle()) == 168
    # Without the sum nothing is tried; the answer is taken in Persian digits.
    _try(page, person.mobile, PASSWORD)
    expect(pane.get_by_text("پاسخ جمع را با رقم بنویسید")).to_be_visible()
    # Who cannot see it is asked in words.
    press(pane.get_by_role("link", name="تصویر را نمی‌بینم"))
    pane = page.locator("form.pane-pass")
    expect(pane.get_by_text("چند می‌شود؟")).to_be_visible()
    key = pane.locator("input[name=sum_0]").get_attribute("value")
    answer = CaptchaStore.objects.get(hashkey=key).response
    pane.get_by_label("پاسخ این جمع").fill(answer.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    _try(page, person.mobile, PASSWORD)
    page.wait_for_url(re.compile("/desk/"))


@pytest.mark.spec("B17", "H22")
def test_the_owner_asks_for_a_second_factor_and_an_expert_comes_in_with_it(
    browsers: Browsers, house: House
) -> None:
    staff = browsers.person(house, str(house.staff.mobile), phone=True)
    staff.log_in_by_sms()
    owner = browsers.person(house, str(house.owner.mobile))
    owner.log_in_by_sms()
    owner.go("/manage/settings/")
    press(owner.page.get_by_role("button", name="الزامی کردن ورود دومرحله‌ای"))
    # Both are led to it by their next click.
    expect(owner.page.get_by_role("heading", name="ورود دومرحله‌ای")).to_be_visible()
    staff.go("/desk/tickets/")
    page = staff.page
    expect(page).to_have_url(re.compile("/me/factor/"))
    press(page.get_by_role("button", name="راه‌انداختن"))
    expect(page.get_by_role("img", name="تصویری که برنامهٔ کدساز می‌خواند")).to_be_visible()
    app = _app(house, house.staff)
    assert page.locator("[data-seed]").inner_text().replace(" ", "") == app.secret
    page.get_by_label("کد برنامه").fill(app.now())
    press(page.get_by_role("button", name="روشن کردن"))
    codes = page.locator(".codes li").all_inner_texts()
    assert len(codes) == 10
    press(page.get_by_role("link", name="نگه داشتم، ادامه"))
    expect(page).to_have_url(re.compile("/desk/tickets/"))

    # Coming in again: the code of the SMS alone is not enough, and a code is good once.
    _free(house, house.staff)
    with tenant_scope(house.tenant):
        from accounts.services import people

        people.set_password(house.staff, actor=None, password=PASSWORD)
    again = browsers.person(house, str(house.staff.mobile))
    _try(_password_page(again), again.mobile, PASSWORD)
    expect(again.page.get_by_role("heading", name="مرحلهٔ دوم")).to_be_visible()
    code = app.now()
    again.page.get_by_label("کد برنامه").fill(code)
    press(again.page.get_by_role("button", name="ورود"))
    expect(again.page).to_have_url(re.compile("/desk/"))
    third = browsers.person(house, str(house.staff.mobile))
    _try(_password_page(third), third.mobile, PASSWORD)
    third.page.get_by_label("کد برنامه").fill(code)
    press(third.page.get_by_role("button", name="ورود"))
    expect(third.page.get_by_text("یک بار به کار رفته است")).to_be_visible()
    # The telephone is not at hand: a recovery code, once.
    third.page.get_by_label("کد برنامه").fill(codes[0])
    press(third.page.get_by_role("button", name="ورود"))
    expect(third.page).to_have_url(re.compile("/desk/"))
    third.go("/me/factor/")
    expect(third.page.get_by_text("۹ کد بازیابی مانده است")).to_be_visible()


@pytest.mark.spec("H22")
def test_a_person_sees_their_history_and_changes_their_number_by_two_codes(
    browsers: Browsers, house: House, ground: Ground
) -> None:
    person = browsers.person(house, str(house.customer_main.mobile), phone=True)
    person.log_in_by_sms()
    person.go("/me/logins/")
    expect(person.page.get_by_text("وارد شد، با پیامک")).to_be_visible()
    person.go("/me/contact/")
    page, new = person.page, next_mobile()
    page.get_by_label("شمارهٔ تازه").fill(new)
    press(page.get_by_role("button", name="فرستادن کدها").first)
    old_code = re.findall(r"[0-9]{6}", ground.wait_text(person.mobile, holding="برای تغییر"))[-1]
    new_code = re.findall(r"[0-9]{6}", ground.wait_text(new, holding="برای تغییر"))[-1]
    boxes = page.locator("input[autocomplete=one-time-code]")
    boxes.nth(0).fill(old_code)
    boxes.nth(1).fill(new_code)
    press(page.get_by_role("button", name="تأیید"))
    expect(page.get_by_text("به نشانی پیشین هم خبر دادیم").first).to_be_visible()
    ground.wait_text(person.mobile, holding="تغییر کرد")
    fresh = browsers.person(house, "+98" + new[1:], phone=True)
    fresh.log_in_by_sms()
    expect(fresh.page).to_have_url(re.compile("/portal/"))
