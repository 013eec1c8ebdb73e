"""Words kept ready: canned answers found by keyboard and filled, and the signature under an answer (S28, S23)."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from departments.services.canned import create_canned
from persian.digits import to_persian
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket

from .conftest import Browsers, Person, press

pytestmark = pytest.mark.journey


def _keep(person: Person, name: str, body: str, scope: str = "") -> None:
    """Write a new ready answer on its page."""
    page = person.page
    person.go("/desk/canned/")
    form = page.locator("details.add")
    if form.get_attribute("open") is None:
        form.locator("summary").first.click()
    if scope:
        page.get_by_label("برای", exact=True).select_option(label=scope)
    page.get_by_label("نام", exact=True).fill(name)
    page.get_by_label("متن", exact=True).fill(body)
    press(page.get_by_role("button", name="ساختن پاسخ آماده"))
    expect(page.get_by_text("پاسخ آماده ساخته شد")).to_be_visible()


def _pick_by_keys(page: Page, query: str, name: str) -> None:
    """«/» on an empty line, a few letters, the arrows until it is chosen, Enter."""
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name=re.compile("جست‌وجو در نام و متن"))
    expect(box).to_be_focused()
    box.press_sequentially(query)
    chosen = page.locator("#canned [aria-selected=true]")
    expect(page.locator("#canned [role=option]", has_text=name)).to_be_visible()
    for _ in range(5):
        if name in (chosen.text_content() or ""):
            break
        page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text(name)
    expect(box).to_have_attribute("aria-activedescendant", str(chosen.get_attribute("id")))
    page.keyboard.press("Enter")
    expect(page.locator("#canned")).to_be_hidden()


@pytest.mark.spec("S28", "S23")
def test_ready_answers_and_a_signature_reach_the_customer_filled(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    number = to_persian(str(ticket.number))

    # The owner keeps one for everybody, the manager one for the department, the expert one of their own.
    _keep(browsers.enter(house, "owner"), "خوشامد", "سلام {مشتری}، تیکت {شماره} رسید.", "همهٔ همکاران")
    manager = browsers.enter(house, "manager")
    _keep(
        manager,
        "راهنمای چاپ",
        "{دپارتمان}: سرویس چاپ را ببندید. {0.__class__}",
        f"دپارتمان {house.support.name}",
    )
    expect(manager.page.get_by_text("همان‌طور که نوشته‌اید")).to_be_visible()
    staff = browsers.enter(house, "staff")
    _keep(staff, "پیگیری فردا", "{کارشناس} فردا خبر می‌دهد.")
    page = staff.page

    # The signature, seen as it will stand before it is kept.
    staff.go("/me/")
    page.get_by_label("امضا", exact=False).first.fill("{کارشناس}، {دپارتمان}\n{مرکز}")
    expect(page.locator("#signature-sample")).to_contain_text(house.tenant.name)
    press(page.get_by_role("button", name="ذخیره", exact=True))

    # Everything from here by keyboard: search, choose, insert, send.
    staff.go(f"/desk/tickets/{ticket.number}/")
    expect(page.locator("#reply-signature")).to_contain_text(house.support.name)
    text, kept = page.get_by_label("متن پاسخ به مشتری"), page.locator("#reply-body")
    text.focus()
    _pick_by_keys(page, "خوشامد", "خوشامد")
    expect(text).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(text).to_be_focused()
    # Nothing was chosen: the sign stands where it was typed.
    expect(kept).to_have_value(re.compile("\\n/$"))
    page.keyboard.press("Backspace")
    _pick_by_keys(page, "سرويس", "راهنمای چاپ")
    page.keyboard.press("Enter")
    _pick_by_keys(page, "", "پیگیری فردا")
    welcome = f"سلام {house.customer_main.name}، تیکت {number} رسید."
    guide = f"{house.support.name}: سرویس چاپ را ببندید. {{0.__class__}}"
    expect(kept).to_have_value(f"{welcome}\n{guide}\n{house.staff.name} فردا خبر می‌دهد.")
    page.keyboard.type(" 1/2")
    expect(page.locator("#canned")).to_be_hidden()
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".msg .signed")).to_contain_text(house.tenant.name)

    # The customer reads both, filled.
    customer = browsers.enter(house, "customer_main", phone=True)
    customer.go(f"/portal/tickets/{ticket.number}/")
    answer = customer.page.locator(".msg-staff")
    for words in (welcome, "{0.__class__}", f"{house.staff.name}، {house.support.name}", house.tenant.name):
        expect(answer).to_contain_text(words)


@pytest.mark.spec("S28", "S23")
def test_ready_answers_on_a_phone(browsers: Browsers, house: House) -> None:
    """By touch: the button, the line; the signature left out; one's own words before and after stay."""
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff = browsers.enter(house, "staff", phone=True)
    page = staff.page
    _keep(staff, "سپاس", "از شکیبایی شما سپاسگزاریم، {مشتری}.")
    staff.go("/me/")
    page.get_by_label("امضا", exact=False).first.fill("با احترام، {کارشناس}")
    press(page.get_by_role("button", name="ذخیره", exact=True))
    staff.go(f"/desk/tickets/{ticket.number}/")
    text, kept = page.get_by_label("متن پاسخ به مشتری"), page.locator("#reply-body")
    text.fill("درست شد. ")
    page.locator(".pane-reply [data-canned]").click()
    page.locator("#canned [role=option]", has_text="سپاس").click()
    expect(kept).to_have_value(f"درست شد. از شکیبایی شما سپاسگزاریم، {house.customer_main.name}.")
    page.get_by_label("امضا افزوده شود").uncheck()
    press(page.get_by_role("button", name="ارسال پاسخ"))
    expect(page.locator(".msg-staff")).to_contain_text("سپاسگزاریم")
    expect(page.locator(".msg .signed")).to_have_count(0)


@pytest.mark.spec("S28")
def test_on_a_slow_line_the_ready_answer_that_was_meant_comes_once(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        for name in ("سپاس", "خوشامد"):
            create_canned(actor=house.owner, name=name, body=f"متن {name}")
    staff = browsers.enter(house, "staff")
    page = staff.page
    staff.go(f"/desk/tickets/{ticket.number}/")
    kept, options = page.locator("#reply-body"), page.locator("#canned [role=option]")
    page.get_by_label("متن پاسخ به مشتری").focus()
    held: list[Route] = []

    # Chosen twice, it is on its way once.
    page.route("**/filled/**", lambda route: held.append(route))
    page.keyboard.press("/")
    with page.expect_request("**/filled/**"):
        options.first.dblclick()
    assert len(held) == 1
    held.pop().continue_()
    expect(kept).to_have_value("متن سپاس")

    # The dialog closed, what comes late stays away.
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("/")
    with page.expect_request("**/filled/**"):
        options.first.click()
    page.keyboard.press("Escape")
    expect(page.locator("#canned")).to_be_hidden()
    with page.expect_response("**/filled/**"):
        held.pop().continue_()
    page.keyboard.type("2")
    expect(kept).to_have_value("/2")
    page.unroute("**/filled/**")
    held.clear()

    # Enter is for what was typed, not for the list that happens to stand there still.
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.press("/")
    expect(options).to_have_count(2)
    page.route("**/offer/**", lambda route: held.append(route))
    with page.expect_request("**/offer/**"):
        page.keyboard.type("خوش")
        page.keyboard.press("Enter")
    expect(page.locator("#canned")).to_be_visible()
    for route in held:
        route.continue_()
    expect(kept).to_have_value("متن خوشامد")


@pytest.mark.spec("S28", "S23")
def test_a_new_colleague_writes_them_by_keys_and_loses_nothing(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff = browsers.enter(house, "staff")
    page, keys = staff.page, staff.page.keyboard
    staff.go("/desk/canned/")
    name = page.get_by_label("نام", exact=True)
    name.focus()
    title = "راهنمای گام‌به‌گام نصب دوبارهٔ سرویس چاپ فاکتور رسمی پس از به‌روزرسانی ویندوز شعبه‌ها"
    keys.type(title)
    # Tab leads to the text's tools; who types on means the text, and no letter is lost.
    keys.press("Tab")
    keys.type("VPN برای {نام مشتری}، {{شماره}}، {کارشناس")
    page.keyboard.press("Control+Enter")
    # Too long a name is told about, not cut; everything stays.
    expect(page.get_by_text("نام حداکثر ۸۰ نویسه")).to_be_visible()
    expect(name).to_be_focused()
    expect(name).to_have_value(title)
    keys.press("Control+a")
    keys.type("راهنمای نصب دوباره")
    page.get_by_label("متن", exact=True).focus()
    with page.expect_navigation():
        keys.press("Control+Enter")
    # What is no name is told, with the one that was perhaps meant.
    told = page.locator(".news")
    for written, near in (("{نام مشتری}", "{مشتری}"), ("{{شماره}}", "{شماره}"), ("{کارشناس", "{کارشناس}")):
        expect(told).to_contain_text(f"{written} (شاید {near})")
    address = page.url

    # Taken away in another tab while its text grows here, and while the composer's list shows it.
    writing = page.context.new_page()
    browsers.watch(writing)
    writing.goto(staff.ground.stack.url(house.host, f"/desk/tickets/{ticket.number}/"))
    writing.locator(".pane-reply [data-canned]").click()
    offered = writing.locator("#canned [role=option]", has_text="راهنمای نصب دوباره")
    expect(offered).to_be_visible()
    other = page.context.new_page()
    browsers.watch(other)
    other.goto(address)
    press(other.get_by_role("button", name="برداشتن این پاسخ"))
    expect(other.get_by_text("پاسخ آماده برداشته شد").first).to_be_visible()
    offered.click()
    expect(writing.get_by_role("alert").get_by_text("در این میان برداشته شده است")).to_be_visible()
    expect(offered).to_have_count(0)
    page.get_by_label("متن", exact=True).press("Control+End")
    keys.type(" و پایان")
    with page.expect_navigation():
        keys.press("Control+Enter")
    expect(page.get_by_text("آن پاسخ آماده دیگر این‌جا نیست")).to_be_visible()
    expect(name).to_have_value("راهنمای نصب دوباره")
    expect(page.locator("#canned_body")).to_have_value("VPN برای {نام مشتری}، {{شماره}}، {کارشناس و پایان")
    press(page.get_by_role("button", name="ساختن پاسخ آماده"))
    expect(page.get_by_text("پاسخ آماده ساخته شد")).to_be_visible()
    assert page.url != address

    # The signature tells it too, before it is kept.
    staff.go("/me/")
    page.get_by_label("امضا", exact=False).first.fill("{نام کارشناس}\n{مرکز}")
    expect(page.locator("#signature-sample")).to_contain_text("{نام کارشناس} (شاید {کارشناس})")
