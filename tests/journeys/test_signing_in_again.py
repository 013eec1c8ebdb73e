"""A session ends while somebody writes, and is opened again over the form by every way in (B8, H22)."""

import re

import pyotp
import pytest
from captcha.models import CaptchaStore
from playwright.sync_api import Locator, Page, expect

from accounts.models import SecondFactor
from accounts.services import factor, people
from departments.services.fields import create_field
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets.models import Draft, Message, Ticket

from .conftest import PASSWORD, Browsers, Ground, Person

pytestmark = pytest.mark.journey
TITLE = "دوباره وارد شوید"
ANSWER = "سلام، بستهٔ سازگار را فرستادیم"
WRONG = "نادرست-است-این"


def _session_ends(page: Page) -> None:
    """The session is over, the browser's other cookies are not."""
    page.context.clear_cookies(name="peygir")


def _send(page: Page, name: str) -> Locator:
    """Press the form's button; the dialog that comes over it."""
    page.get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog", name=TITLE)
    expect(dialog).to_be_visible()
    return dialog


def _by_password(dialog: Locator, mobile: str, password: str) -> None:
    pane = dialog.locator("form.pane-pass")
    if not pane.is_visible():
        dialog.locator("label", has_text="با رمز").click()
    pane.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + mobile[-10:])
    pane.get_by_label("رمز", exact=True).fill(password)
    pane.get_by_role("button", name="ورود", exact=True).click()


def _by_code(dialog: Locator, person: Person) -> str:
    """The code of the SMS; it is asked for, read, and waits to be written."""
    before = len(person.ground.texts_to(person.mobile))
    dialog.get_by_label("شمارهٔ همراه", exact=True).fill("0" + person.mobile[-10:])
    dialog.get_by_role("button", name="دریافت کد").click()
    expect(dialog.get_by_label("کد پیامک‌شده")).to_be_focused()
    return person.ground.code_for(person.mobile, after=before)


def _finish(dialog: Locator) -> None:
    with dialog.page.expect_navigation(wait_until="load"):
        dialog.get_by_role("button", name="ورود", exact=True).click()


@pytest.mark.spec("B8", "B17", "H22")
def test_a_reply_goes_once_after_wrong_guesses_the_sum_and_the_second_step(
    browsers: Browsers, house: House
) -> None:
    app = pyotp.TOTP(pyotp.random_base32())
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        people.set_password(house.manager, actor=None, password=PASSWORD)
    staff = browsers.person(house, str(house.staff.mobile))
    staff.get_password()
    staff.come_in()
    with tenant_scope(house.tenant):
        factor.adopt(house.staff, app.secret)
    page = staff.page
    staff.go(f"/desk/tickets/{ticket.number}/")
    page.get_by_label("متن پاسخ به مشتری").press_sequentially(ANSWER)
    expect(page.locator(".pane-reply [data-draft-status]")).to_contain_text("ذخیره شد")

    # Somebody else comes in there: the text is not sent under their name, nor kept among what they write.
    _session_ends(page)
    dialog = _send(page, "ارسال پاسخ")
    _by_password(dialog, str(house.manager.mobile), PASSWORD)
    expect(dialog.get_by_text(f"با حساب {house.manager.name} باز است")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pane-reply [data-draft-status]")).to_contain_text("فرستاده نشد")
    page.get_by_label("متن پاسخ به مشتری").press_sequentially("؛ امروز")
    expect(page.locator(".pane-reply [data-draft-status]")).to_contain_text("فقط در این مرورگر")
    with tenant_scope(house.tenant):
        assert not Message.objects.filter(side="staff").exists()
        assert list(Draft.objects.values_list("user", flat=True)) == [house.staff.pk]

    # Asked again, it leads to one's own account.
    dialog = _send(page, "ارسال پاسخ")
    away = dialog.get_by_role("button", name="خروج از آن حساب")
    expect(away).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(3):
        _by_password(dialog, staff.mobile, WRONG)
        expect(dialog.get_by_text("نام کاربری یا رمز درست نیست")).to_be_visible()
        expect(dialog.get_by_label("نام کاربری یا شمارهٔ همراه")).to_be_focused()
        dialog.get_by_label("نام کاربری یا شمارهٔ همراه").fill("")
    # The sum, first as a picture, then in words; a wrong answer costs nothing but another one.
    expect(dialog.locator(".pane-pass .captcha img")).to_be_visible()
    dialog.locator(".pane-pass").get_by_role("link", name="تصویر را نمی‌بینم").click()
    pane = dialog.locator("form.pane-pass")
    expect(pane.get_by_text("چند می‌شود؟")).to_be_visible()
    pane.get_by_label("پاسخ این جمع").fill("1")
    _by_password(dialog, staff.mobile, PASSWORD)
    expect(pane.get_by_text("پاسخ آن جمع درست نبود")).to_be_visible()
    expect(pane.get_by_label("پاسخ این جمع")).to_be_focused()
    key = str(pane.locator("input[name=sum_0]").get_attribute("value"))
    pane.get_by_label("پاسخ این جمع").fill(CaptchaStore.objects.get(hashkey=key).response)
    _by_password(dialog, staff.mobile, PASSWORD)
    # The second step; a wrong code first.
    code = dialog.get_by_label("کد برنامه")
    expect(code).to_be_focused()
    code.fill("000000" if app.now() != "000000" else "000001")
    page.keyboard.press("Enter")
    expect(dialog.locator("[aria-invalid=true]")).to_be_focused()
    with tenant_scope(house.tenant):
        assert not Message.objects.filter(side="staff").exists()
        assert SecondFactor.objects.get(user=house.staff).last_step == 0
    code.fill(app.now())
    _finish(dialog)
    if page.locator("[data-outgoing-now]").count():
        with page.expect_navigation():
            page.get_by_role("button", name="همین حالا بفرست").click()
    expect(page.locator(".msg-staff")).to_contain_text(f"{ANSWER}؛ امروز")
    expect(page.locator("#reply-body")).to_have_value("")
    with tenant_scope(house.tenant):
        sent = Message.objects.get(side="staff")
        assert sent.author == house.staff and sent.body == f"{ANSWER}؛ امروز"
        assert not Draft.objects.exists()


@pytest.mark.spec("B8", "H22")
def test_a_new_ticket_goes_once_after_a_code_by_sms(browsers: Browsers, house: House, ground: Ground) -> None:
    with tenant_scope(house.tenant):
        before = Ticket.objects.count()
    person = browsers.person(house, str(house.customer_main.mobile), phone=True)
    person.come_in()
    page = person.page
    person.go("/portal/tickets/new/")
    with page.expect_response(lambda answer: "/new/fields/" in answer.url):
        page.get_by_label("دپارتمان", exact=True).select_option(label=house.support.name)
    page.get_by_label("موضوع", exact=True).fill("چاپ فاکتور نمی‌شود")
    page.get_by_label("شرح").press_sequentially("سلام. از صبح چاپ نمی‌شود.")

    # Closed without coming in: everything stays, and nothing was sent.
    _session_ends(page)
    dialog = _send(page, "ثبت تیکت")
    dialog.get_by_role("button", name="بستن این پنجره").click()
    expect(page.locator("[data-draft-status]")).to_contain_text("فرستاده نشد")
    expect(page.get_by_label("موضوع", exact=True)).to_have_value("چاپ فاکتور نمی‌شود")

    # Somebody else's number by mistake, then one's own; a wrong code first.
    dialog = _send(page, "ثبت تیکت")
    _by_code(dialog, Person(page, house, ground, str(house.other_customer.mobile)))
    dialog.get_by_role("link", name="شماره را عوض می‌کنم").click()
    code = _by_code(dialog, Person(page, house, ground, str(house.section_member.mobile)))
    dialog.get_by_label("کد پیامک‌شده").fill(code)
    dialog.get_by_role("button", name="ورود", exact=True).click()
    expect(dialog.get_by_text(f"با حساب {house.section_member.name} باز است")).to_be_visible()
    with tenant_scope(house.tenant):
        assert Ticket.objects.count() == before
        assert not Draft.objects.filter(user=house.section_member).exists()
    dialog.get_by_role("button", name="خروج از آن حساب").click()
    expect(dialog.get_by_label("شمارهٔ همراه", exact=True)).to_be_focused()
    right = _by_code(dialog, person)
    dialog.get_by_label("کد پیامک‌شده").fill(f"{(int(right) + 1) % 1_000_000:06d}")
    dialog.get_by_role("button", name="ورود", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("کد درست نیست")
    expect(dialog.get_by_label("کد پیامک‌شده")).to_be_focused()
    dialog.get_by_label("کد پیامک‌شده").fill(right)
    _finish(dialog)
    expect(page).to_have_url(re.compile("/portal/tickets/"))
    expect(page.locator(".msg-customer")).to_contain_text("از صبح چاپ نمی‌شود")
    with tenant_scope(house.tenant):
        made = Ticket.objects.order_by("-pk")[: Ticket.objects.count() - before]
        assert [(one.requester, one.subject) for one in made] == [(house.customer_main, "چاپ فاکتور نمی‌شود")]
    # The form is empty again: nothing of it comes back.
    person.go("/portal/tickets/new/")
    expect(page.get_by_label("موضوع", exact=True)).to_have_value("")


@pytest.mark.spec("B8", "H22")
def test_what_a_page_fetches_after_the_session_has_ended_takes_no_page_away(
    browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        create_field(actor=house.owner, department=house.support, kind="text", label="نسخهٔ برنامه")
    staff = browsers.enter(house, "manager", password=True)
    page = staff.page
    staff.go(f"/desk/tickets/{ticket.number}/")
    page.get_by_label("متن پاسخ به مشتری").press_sequentially(ANSWER)
    # The dialog of a hand-over comes from the server; closed without coming in, the page is as it was.
    _session_ends(page)
    page.locator("main").get_by_role("link", name="واگذاری", exact=True).click()
    again = page.get_by_role("dialog", name=TITLE)
    expect(again.get_by_text("پس از ورود، همین کار انجام می‌شود")).to_be_visible()
    page.keyboard.press("Escape")
    expect(again).to_have_count(0)
    expect(page.get_by_label("متن پاسخ به مشتری")).to_have_text(ANSWER)
    page.locator("main").get_by_role("link", name="واگذاری", exact=True).click()
    _by_password(again, staff.mobile, PASSWORD)
    expect(page.get_by_role("dialog", name="واگذاری")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("متن پاسخ به مشتری")).to_have_text(ANSWER)

    # The questions of a department.
    customer = browsers.enter(house, "customer_main", phone=True, password=True)
    phone = customer.page
    customer.go("/portal/tickets/new/")
    phone.get_by_label("موضوع", exact=True).fill("چاپ فاکتور نمی‌شود")
    _session_ends(phone)
    phone.get_by_label("دپارتمان", exact=True).select_option(label=house.support.name)
    again = phone.get_by_role("dialog", name=TITLE)
    _by_password(again, customer.mobile, PASSWORD)
    phone.get_by_label("نسخهٔ برنامه").fill("۱۴٫۲")
    expect(phone.get_by_label("موضوع", exact=True)).to_have_value("چاپ فاکتور نمی‌شود")
