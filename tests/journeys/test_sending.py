"""What is written is not lost and not sent too soon: drafts, taking back, two at once, a session that ends."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets.models import Draft, Message, TicketStatus
from tickets.services import ruling

from .conftest import PASSWORD, Browsers, Ground, press

pytestmark = pytest.mark.journey
DAYS = {"reopen_days": 14, "silence_days": 0, "warning_days": 2, "transfer_days": 3, "bin_days": 30}
WRITTEN = "سلام خانم صالحی‌پور، بستهٔ سازگار را فرستادیم"


def _write(page: Page, words: str) -> None:
    """Typed by keys at the end of what stands there."""
    box = page.get_by_label("متن پاسخ به مشتری")
    box.press("Control+End")
    box.press_sequentially(words)


def _is_kept(page: Page) -> None:
    expect(page.locator(".pane-reply [data-draft-status]")).to_contain_text("پیش‌نویس ذخیره شد")


def _send(page: Page) -> None:
    press(page.get_by_role("button", name="ارسال پاسخ"))


def _answers(house: House) -> list[str]:
    with tenant_scope(house.tenant):
        return list(Message.objects.filter(side="staff").order_by("pk").values_list("body", flat=True))


@pytest.fixture
def undo(house: House) -> House:
    with tenant_scope(house.tenant):
        ruling.change_rules(actor=house.owner, **DAYS, undo_seconds=5)
    return house


@pytest.mark.spec("B8")
def test_a_reply_survives_logout_reload_another_device_and_a_session_that_ends(
    browsers: Browsers, undo: House, ground: Ground, tmp_path: Path
) -> None:
    house = undo
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    address = f"/desk/tickets/{ticket.number}/"
    desk = browsers.enter(house, "staff")
    page = desk.page
    desk.go(address)
    _write(page, WRITTEN[:20])
    _is_kept(page)
    page.reload()
    expect(page.locator("#reply-body")).to_have_value(WRITTEN[:20])
    expect(page.get_by_text("نوشتهٔ پیشین شما بازگردانده شد.")).to_be_visible()

    # Logged out and in again; this browser has forgotten it, the server has not.
    desk.go("/me/")
    press(page.locator("form.sheet[data-forget-drafts] button"))
    kept = page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))")
    assert kept == []
    desk.log_in_by_password()
    desk.go(address)
    expect(page.locator("#reply-body")).to_have_value(WRITTEN[:20])
    _write(page, WRITTEN[20:])
    _is_kept(page)

    # On a telephone the same text; nobody else has it.
    phone = browsers.enter(house, "staff", phone=True)
    phone.go(address)
    expect(phone.page.locator("#reply-body")).to_have_value(WRITTEN)
    manager = browsers.enter(house, "manager")
    manager.go(address)
    expect(manager.page.locator("#reply-body")).to_have_value("")

    # The session ends while it is being written, with a file chosen: the login page's own form comes here.
    paper = tmp_path / "راهنما.txt"
    paper.write_text("گام نخست", encoding="utf-8")
    page.locator(".pane-reply input[type=file]").set_input_files(paper)
    page.context.clear_cookies()
    page.get_by_role("button", name="ارسال پاسخ").click()
    dialog = page.get_by_role("dialog", name="دوباره وارد شوید")
    dialog.locator("label", has_text="با رمز").click()
    dialog.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + desk.mobile[-10:])
    dialog.get_by_label("رمز", exact=True).fill("نادرست-است-این")
    dialog.get_by_role("button", name="ورود", exact=True).click()
    expect(dialog.get_by_text("نام کاربری یا رمز درست نیست")).to_be_visible()
    dialog.locator("label", has_text="با رمز").click()
    dialog.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + desk.mobile[-10:])
    dialog.get_by_label("رمز", exact=True).fill(PASSWORD)
    with page.expect_navigation(wait_until="load"):
        dialog.get_by_role("button", name="ورود", exact=True).click()

    # It is on its way; taken back, text and file are in the composer, and nothing has reached the customer.
    press(page.get_by_role("button", name="پس گرفتن"))
    expect(page.locator("#reply-body")).to_have_value(WRITTEN)
    expect(page.locator(".pane-reply .upload")).to_contain_text("راهنما.txt")
    assert _answers(house) == []
    customer = browsers.enter(house, "customer_main", phone=True)
    customer.go(f"/portal/tickets/{ticket.number}/")
    expect(customer.page.get_by_text(WRITTEN)).to_have_count(0)

    # Sent again with a status in one act; when its seconds are over it goes.
    page.get_by_label("شیوه‌های دیگر ارسال").click()
    with tenant_scope(house.tenant):
        waiting = TicketStatus.objects.get(category="waiting", is_default=True).name
    press(page.get_by_role("button", name=f"ارسال و «{waiting}»"))
    expect(page.locator("[data-outgoing]")).to_contain_text(waiting)
    # Meanwhile a hand-over is being written: the page stays under the hands, the answer comes into its place.
    page.get_by_role("link", name="ارجاع به همکار").click()
    handing = page.get_by_role("dialog", name="ارجاع به همکار")
    handing.get_by_label("توضیح").fill("یک یادداشت نیمه‌کاره")
    address = page.url
    assert "done=" not in address
    expect(page.locator(".msg-staff", has_text=WRITTEN)).to_be_attached(timeout=20_000)
    assert _answers(house) == [WRITTEN] and page.url == address
    expect(handing.get_by_label("توضیح")).to_have_value("یک یادداشت نیمه‌کاره")
    expect(page.locator("[data-outgoing]")).to_have_count(0)
    expect(page.locator(".t-facts")).to_contain_text(waiting)
    expect(page.locator("#toasts")).to_contain_text("پاسخ فرستاده شد")
    page.keyboard.press("Escape")
    expect(page.locator(".msg-staff", has_text=WRITTEN)).to_be_visible()
    with tenant_scope(house.tenant):
        assert ticket.refresh().category == "waiting" and not Draft.objects.exists()
    customer.page.reload()
    expect(customer.page.locator(".msg", has_text=WRITTEN)).to_contain_text("راهنما.txt")

    # Back and the same form once more: still one message (TRUST fault 18).
    page.go_back()
    page.reload()
    assert _answers(house) == [WRITTEN]


@pytest.mark.spec("B8")
def test_two_answer_at_once_and_nothing_is_lost(browsers: Browsers, undo: House) -> None:
    house = undo
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    address = f"/desk/tickets/{ticket.number}/"
    first, second = (browsers.enter(house, name) for name in ("staff", "manager"))
    for person, words in ((first, "پاسخ کارشناس"), (second, "پاسخ مدیر")):
        person.go(address)
        _write(person.page, words)
    _send(first.page)
    press(first.page.get_by_role("button", name="همین حالا بفرست"))
    _send(second.page)
    page = second.page
    expect(page.get_by_text("هنگام نوشتن شما پیام تازه‌ای رسید")).to_be_visible()
    expect(page.locator("#fresh + .msg")).to_contain_text("پاسخ کارشناس")
    expect(page.locator("#reply-body")).to_have_value("پاسخ مدیر")
    _send(page)
    expect(page.locator("[data-outgoing]")).to_contain_text(re.compile("پاسخ مدیر"))
    first.page.reload()
    expect(first.page.locator(".outgoing-other")).to_contain_text(house.manager.name)
    press(page.get_by_role("button", name="همین حالا بفرست"))
    assert _answers(house) == ["پاسخ کارشناس", "پاسخ مدیر"]

    # The manager's other tab writes on while the first takes its answer back: neither text is lost.
    other = page.context.new_page()
    other.goto(page.url)
    _write(page, "پاسخ سوم")
    _send(page)
    press(page.get_by_role("button", name="پس گرفتن"))
    _write(other, "در زبانهٔ دیگر")
    expect(other.locator(".pane-reply [data-draft-status]")).to_contain_text("صفحه را تازه کنید")
    other.reload()
    expect(other.locator("#reply-body")).to_have_value("پاسخ سوم\n\nدر زبانهٔ دیگر")
    _is_kept(other)

    # Whoever sleeps over the seconds wakes up signed out: nothing is said of an answer that the house has sent.
    page = first.page
    page.clock.install()
    first.go(address)
    _write(page, "پیش از خواب")
    _send(page)
    page.context.clear_cookies(name="peygir")
    page.clock.fast_forward(6000)
    expect(page.locator("[data-outgoing-words]")).to_have_text("پاسخ در راه است.")
    expect(page.get_by_text("فرستاده نشد")).to_have_count(0)
