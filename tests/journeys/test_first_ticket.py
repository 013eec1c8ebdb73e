"""The main job, from a customer's phone to the answer and its SMS."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenants.scope import tenant_scope
from tests.worlds import House, next_mobile
from tickets.models import Message, Ticket

from .conftest import Browsers, Ground, picture, press

pytestmark = pytest.mark.journey
CODE = re.compile(r"PG-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def _newcomer(house: House) -> str:
    """A customer's person who exists by a mobile alone; returns it in +98 form."""
    from accounts.services import companies

    with tenant_scope(house.tenant):
        _company, person = companies.create_customer(
            actor=house.owner, name="گلخانه‌های پاکدشت", mobile=next_mobile()
        )
        return str(person.mobile)


def _fill_new_ticket(page: Page, *, subject: str, body: str, files: list[Path]) -> None:
    page.get_by_label("موضوع", exact=True).fill(subject)
    page.get_by_label("دپارتمان", exact=True).select_option(label="پشتیبانی فنی")
    topic = page.get_by_label("گروه موضوعی")
    expect(topic.locator("option", has_text="چاپ و گزارش")).to_have_count(1)
    topic.select_option(label="چاپ و گزارش")
    page.get_by_text("زیاد", exact=True).click()
    page.get_by_label("شرح").fill(body)
    page.locator("input[type=file]").set_input_files(files)


@pytest.mark.spec("H17", "H22", "H23", "S4", "S5", "S6", "H5")
@pytest.mark.spec("S12")
@pytest.mark.spec("S24", "S26", part=True)
def test_first_ticket_goes_all_the_way(
    browsers: Browsers, house: House, ground: Ground, tmp_path: Path
) -> None:
    mobile = _newcomer(house)
    customer = browsers.person(house, mobile, phone=True)
    customer.log_in_by_sms()

    # First login: only a name; password and user name may wait.
    page = customer.page
    expect(page).to_have_url(re.compile("/welcome/"))
    page.get_by_label("نام و نام خانوادگی").fill("مریم‌السادات حجازی")
    press(page.get_by_role("button", name="ادامه"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("مریم‌السادات")

    # A ticket with topic, priority and two files, from the phone.
    press(page.get_by_role("link", name="تیکت جدید").first)
    notes = tmp_path / "گزارش خطا.txt"
    notes.write_text("PrintSpooler 0x709", encoding="utf-8")
    _fill_new_ticket(
        page,
        subject="چاپ فاکتور با خطای PrintSpooler 0x709 می‌ماند",
        body="سلام. پیش‌نمایش درست است ولی چاپ نمی‌شود.",
        files=[picture(tmp_path / "error-print.png"), notes],
    )
    press(page.get_by_role("button", name="ثبت تیکت"))
    expect(page.get_by_text("تیکت ثبت شد.").first).to_be_visible()
    code = CODE.findall(page.content())[0]
    expect(page.get_by_text("error-print.png").first).to_be_visible()
    expect(page.get_by_text("گزارش خطا.txt").first).to_be_visible()
    # The code comes by SMS at once; staff and manager hear of it too.
    assert code in ground.wait_text(mobile, holding=code)
    ground.wait_text(str(house.manager.mobile), holding="تیکت تازه")

    # Staff: the ticket is in the queue with the mark of who started it; taken, noted, answered.
    staff = browsers.person(house, str(house.staff.mobile))
    staff.log_in_by_sms()
    staff.go("/desk/tickets/")
    row = staff.page.locator("tr", has_text="PrintSpooler")
    expect(row).to_contain_text("مشتری آغاز کرده است")
    press(row.get_by_role("link").first)
    press(staff.page.get_by_role("button", name="برداشتن تیکت"))
    expect(staff.page.get_by_role("button", name="برداشتن تیکت")).to_have_count(0)
    staff.page.locator("label", has_text="یادداشت خصوصی").click()
    staff.page.get_by_label("متن یادداشت خصوصی").fill("سرورشان هنوز ویندوز ۷ است؛ به مشتری نگویید")
    press(staff.page.get_by_role("button", name="ثبت یادداشت خصوصی"))
    expect(staff.page.locator(".msg-note")).to_contain_text("ویندوز ۷")
    staff.page.get_by_label("متن پاسخ به مشتری").fill(
        "سلام خانم حجازی، بستهٔ سازگار را نصب کنید:\nhttps://example.test/fix"
    )
    press(staff.page.get_by_role("button", name="ارسال پاسخ"))
    expect(staff.page.locator(".msg-staff")).to_contain_text("بستهٔ سازگار")
    expect(staff.page.locator(".t-facts")).to_contain_text("پاسخ داده شد")

    # The customer hears of it, sees the answer and not the note.
    text = ground.wait_text(mobile, holding="پاسخ داده شد")
    link = re.findall(r"http://\S+", text)[0]
    page.goto(link)
    expect(page.locator(".msg-staff")).to_contain_text("بستهٔ سازگار")
    assert "ویندوز ۷" not in page.content()

    # They close it, then open it again, then close it for good.
    press(page.locator("#composer").get_by_role("button", name="مشکلم حل شد"))
    expect(page.get_by_text("این تیکت بسته است")).to_be_visible()
    press(page.get_by_role("button", name="بازگشایی"))
    page.get_by_label("متن پاسخ").fill("یک سیستم هنوز مانده بود؛ درست شد. سپاس")
    press(page.get_by_role("button", name="ارسال پاسخ"))
    expect(page.locator(".msg-customer").last).to_contain_text("سپاس")
    press(page.locator("#composer").get_by_role("button", name="مشکلم حل شد"))
    expect(page.get_by_text("این تیکت بسته است")).to_be_visible()

    with tenant_scope(house.tenant):
        ticket = Ticket.objects.get(tracking_code=code)
        assert (ticket.category, ticket.file_count, ticket.assignee_id) == ("closed", 2, house.staff.pk)
        assert Message.objects.filter(ticket=ticket).count() == 4
    assert not [text for text in ground.texts_to(mobile) if "ویندوز" in text]


@pytest.mark.spec("H9")
def test_customer_with_an_exclusive_link_sees_it_locked(browsers: Browsers, house: House) -> None:
    from departments.services import links

    with tenant_scope(house.tenant):
        links.link_customer(
            actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
        )
    person = browsers.person(house, str(house.section_member.mobile), phone=True)
    person.log_in_by_sms()
    person.go("/portal/tickets/new/")
    page = person.page
    expect(page.get_by_text("آرش دهدشتی کارشناس اختصاصی این شرکت است.")).to_be_visible()
    expect(page.get_by_label("دپارتمان", exact=True)).to_have_count(0)
    page.get_by_label("موضوع", exact=True).fill("سند حسابداری باز نمی‌شود")
    page.get_by_label("شرح").fill("سلام")
    # A forged field changes nothing.
    page.evaluate(
        """value => { const field = document.createElement('input'); field.type = 'hidden';
        field.name = 'department'; field.value = value; document.querySelector('#new').append(field); }""",
        str(house.finance.pk),
    )
    press(page.get_by_role("button", name="ثبت تیکت"))
    expect(page.get_by_text("تیکت ثبت شد.").first).to_be_visible()
    with tenant_scope(house.tenant):
        ticket = Ticket.objects.get()
        assert (ticket.department_id, ticket.assignee_id) == (house.support.pk, house.staff.pk)


@pytest.mark.spec("H5", "H17")
def test_staff_open_a_ticket_to_a_customer(browsers: Browsers, house: House, ground: Ground) -> None:
    staff = browsers.person(house, str(house.staff.mobile))
    staff.log_in_by_sms()
    staff.go("/desk/tickets/new/")
    page = staff.page
    page.get_by_role("searchbox", name="جست‌وجوی مشتری").fill("صالحي پور")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page.get_by_role("link", name=re.compile("نگار صالحی‌پور")))
    page.get_by_label("موضوع", exact=True).fill("یادآوری تمدید پشتیبانی")
    page.get_by_label("دپارتمان", exact=True).select_option(label="پشتیبانی فنی")
    page.get_by_label("شرح").fill("سلام، پشتیبانی شما تا پایان ماه است.")
    press(page.get_by_role("button", name="ثبت تیکت"))
    expect(page.locator(".t-facts")).to_contain_text("کارمند آغاز کرده است")
    staff.go("/desk/tickets/")
    expect(page.locator("tr", has_text="یادآوری تمدید")).to_contain_text("کارمند آغاز کرده است")
    mobile = str(house.customer_main.mobile)
    ground.wait_text(mobile, holding="کد رهگیری")
    customer = browsers.person(house, mobile, phone=True)
    customer.log_in_by_sms()
    customer.go("/portal/")
    expect(customer.page.get_by_text("یادآوری تمدید پشتیبانی")).to_be_visible()
    expect(customer.page.get_by_text("منتظر پاسخ شما").first).to_be_visible()
