"""What is said among ourselves: notes for named people, calls by «@», and tickets no customer ever sees."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets.models import Ticket

from .conftest import Browsers, Ground, Person, press

pytestmark = pytest.mark.journey
FOR_CLERK = "سقف اعتبارشان پر است"
FOR_COLLEAGUE = "سرورشان هنوز ویندوز ۷ است"
FILE = "تصویر قرارداد محرمانه.txt"
QUESTION = "اعتبار این مشتری را تمدید کنیم؟"
ANSWER = "تا پایان ماه تمدید شد"


def _write_note(page: Page, body: str) -> None:
    page.locator("label", has_text="یادداشت خصوصی").first.click()
    page.get_by_label("متن یادداشت خصوصی").fill(body)


def _absent(person: Person, path: str) -> None:
    answer = person.page.goto(person.ground.stack.url(person.house.host, path))
    assert answer is not None and answer.status == 404


def _knows_nothing(person: Person, ticket: Ticket, words: list[str]) -> None:
    """A customer's pages, search and inbox."""
    pages = [f"/portal/tickets/{ticket.number}/", "/portal/", "/portal/tickets/?state=all", "/bell/"]
    for path in [*pages, *(f"/portal/tickets/?q={word}" for word in words)]:
        person.go(path)
        # The search box repeats what was looked for.
        told = (
            re.sub(r"<input[^>]*>|«[^»]*»", "", person.page.content())
            if "?q=" in path
            else person.page.content()
        )
        assert not [word for word in words if word in told], path


@pytest.mark.spec("S12", "B5")
def test_notes_for_named_people_and_calls_reach_them_and_nobody_else(
    browsers: Browsers, house: House, ground: Ground, tmp_path: Path
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    address = f"/desk/tickets/{ticket.number}/"
    clerk, colleague = (browsers.enter(house, name) for name in ("clerk", "colleague"))
    for outsider in (clerk, colleague):
        _absent(outsider, address)

    # A note for one person of another department, with a file.
    staff = browsers.enter(house, "staff")
    staff.go(address)
    _write_note(staff.page, FOR_CLERK)
    staff.page.locator(".readers > summary").click()
    staff.page.locator(".readers label", has_text="فقط کسانی که نام می‌برم").click()
    staff.page.locator(".readers-list").get_by_label(house.clerk.name).check()
    paper = tmp_path / FILE
    paper.write_text("محرمانه", encoding="utf-8")
    staff.page.locator(".pane-note input[type=file]").set_input_files(paper)
    press(staff.page.get_by_role("button", name="ثبت یادداشت خصوصی"))
    kept = staff.page.locator(".msg-note", has_text=FOR_CLERK)
    expect(kept).to_contain_text(f"فقط برای: {house.clerk.name}")
    expect(staff.page.locator(".event", has_text=house.clerk.name)).to_contain_text("در یادداشت از")
    file = kept.get_by_role("link", name=FILE).get_attribute("href")
    assert file is not None

    # And one for those with the right, with a call in it.
    _write_note(staff.page, f"@{house.colleague.name} {FOR_COLLEAGUE}")
    press(staff.page.get_by_role("button", name="ثبت یادداشت خصوصی"))
    expect(staff.page.locator(".msg-note b.called")).to_have_text(f"@{house.colleague.name}")

    # The bell of who was named leads to the note; the other one's note is not there.
    for reader, own, other in ((clerk, FOR_CLERK, FOR_COLLEAGUE), (colleague, FOR_COLLEAGUE, FOR_CLERK)):
        reader.go("/bell/")
        press(reader.page.get_by_role("link", name=re.compile("از شما نام برد")).first)
        expect(reader.page).to_have_url(re.compile(rf"{address}#message-\d+"))
        expect(reader.page.locator(".msg-note")).to_have_count(1)
        expect(reader.page.locator(".msg-note")).to_contain_text(own)
        assert other not in reader.page.content()
    _absent(colleague, file)

    # The department's manager sees the ticket, the second note and nothing of the first; another department nothing.
    manager = browsers.enter(house, "manager")
    manager.go(address)
    expect(manager.page.locator(".msg-note")).to_have_count(1)
    assert FOR_CLERK not in manager.page.content() and FILE not in manager.page.content()
    _absent(manager, file)
    stranger = browsers.enter(house, "finance_manager")
    _absent(stranger, address)

    # The customer never: not by page, file, search or letter.
    staff.page.locator("label", has_text="پاسخ به مشتری").click()
    staff.page.get_by_label("متن پاسخ به مشتری").fill("سلام، بررسی می‌کنیم.")
    press(staff.page.get_by_role("button", name="ارسال پاسخ"))
    texts = ground.wait_text(str(house.customer_main.mobile), holding="پاسخ داده شد")
    customer = browsers.enter(house, "customer_main", phone=True)
    _knows_nothing(customer, ticket, [FOR_CLERK, FOR_COLLEAGUE, FILE, "یادداشت خصوصی"])
    _absent(customer, file)
    said = "".join([texts, *ground.texts_to(str(house.customer_main.mobile))])
    assert FOR_CLERK not in said and FOR_COLLEAGUE not in said and "یادداشت" not in said


@pytest.mark.spec("S11", "S13")
def test_a_department_asks_another_about_a_customers_ticket(
    browsers: Browsers, house: House, ground: Ground
) -> None:
    with tenant_scope(house.tenant):
        theirs = make_ticket(house, staff=house.staff, subject="تمدید اعتبار پنل")

    # From the customer's ticket: the question goes to the finance department.
    staff = browsers.enter(house, "staff")
    staff.go(f"/desk/tickets/{theirs.number}/")
    press(staff.page.get_by_role("link", name="تیکت داخلی دربارهٔ این تیکت"))
    expect(staff.page.get_by_role("link", name="تمدید اعتبار پنل")).to_be_visible()
    staff.page.get_by_label("موضوع", exact=True).fill(QUESTION)
    staff.page.get_by_label("به دپارتمان").select_option(label=house.finance.name)
    staff.page.get_by_label("شرح").fill("مشتری منتظر است.")
    press(staff.page.get_by_role("button", name="ثبت تیکت داخلی"))
    expect(staff.page.locator(".t-head")).to_contain_text("تیکت داخلی، مشتری نمی‌بیند")
    with tenant_scope(house.tenant):
        internal = Ticket.objects.get(channel="internal")

    # Over there it is in the list with its channel and where it comes from, and can be asked for by both.
    finance = browsers.enter(house, "finance_manager")
    finance.go("/desk/tickets/")
    row = finance.page.locator("tr", has_text=QUESTION)
    expect(row).to_contain_text("تیکت داخلی")
    expect(row).to_contain_text(house.support.name)
    chips = finance.page.locator(".chips")
    chips.locator("summary", has_text="کانال").click()
    press(chips.get_by_role("link", name="تیکت داخلی"))
    expect(finance.page.locator(".chip-on")).to_contain_text("تیکت داخلی")
    chips.locator("summary", has_text="از دپارتمان").click()
    press(chips.get_by_role("link", name=house.support.name))
    expect(finance.page.locator(".chip-on")).to_have_count(2)
    press(finance.page.locator("tr", has_text=QUESTION).get_by_role("link").first)
    assert "تمدید اعتبار پنل" not in finance.page.content(), "the customer's own ticket is not theirs to see"
    finance.page.get_by_label("متن پاسخ به همکار").fill(ANSWER)
    press(finance.page.get_by_role("button", name="ارسال پاسخ"))
    expect(finance.page.locator(".t-facts")).to_contain_text("پاسخ داده شد")

    # Who asked hears of it by the bell, and closes; the customer's ticket tells of it.
    staff.go("/bell/")
    press(staff.page.get_by_role("link", name=re.compile("پاسخ داد")).first)
    expect(staff.page.locator(".msg-staff")).to_contain_text(ANSWER)
    press(staff.page.get_by_role("button", name="بستن تیکت"))
    expect(staff.page.locator(".t-facts")).to_contain_text("بسته")
    press(staff.page.locator(".t-head").get_by_role("link", name=re.compile("دربارهٔ تیکت")))
    linked = staff.page.locator(".panel section", has_text="تیکت‌های داخلی پیوسته")
    expect(linked.get_by_role("link", name=QUESTION)).to_be_visible()

    # The customer sees nothing of it.
    customer = browsers.enter(house, "customer_main", phone=True)
    _knows_nothing(customer, theirs, [QUESTION, ANSWER, "داخلی"])
    for path in (f"/portal/tickets/{internal.number}/", f"/t/{internal.tracking_code}/"):
        _absent(customer, path)
    assert not [text for text in ground.texts_to(str(house.customer_main.mobile)) if QUESTION in text]
