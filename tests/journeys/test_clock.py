"""The clock of a ticket as people see it: green, yellow, red, cleared by an answer, begun again by the next message."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tenants.scope import tenant_scope
from tests.worlds import House
from tickets.models import Ticket
from tickets.services import turning

from .conftest import Browsers, Person, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]
MOVED = ("waiting_since", "yellow_at", "red_at", "colour_turns_at")


def pass_time(house: House, until: str) -> None:
    """Time goes on until an instant of the ticket's clock is a minute past, and the sweep comes by, twice at that."""
    with tenant_scope(house.tenant):
        ticket = Ticket.objects.get()
        by: timedelta = getattr(ticket, until) - timezone.now() + timedelta(minutes=1)
        moved: dict[str, datetime] = {name: getattr(ticket, name) - by for name in MOVED}
        Ticket.objects.filter(pk=ticket.pk).update(**moved)
    # Ours or the worker's, whoever comes first.
    turning.sweep()
    turning.sweep()


def bells(person: Person) -> list[str]:
    person.go("/bell/")
    return [line for line in person.page.locator("ul.lines .clip-1").all_inner_texts() if "مهلت پاسخ" in line]


def shows(page: Page, state: str, word: str) -> None:
    """The ticket's page says the colour with its icon and word."""
    mark = page.locator(f".t-facts .sla-{state}")
    expect(mark).to_contain_text(word)
    expect(mark.locator("svg")).to_have_count(1)


def set_by_hand(page: Page, status: str) -> None:
    """Choose a status in the facts of the ticket's page."""
    page.locator(".facts summary", has_text="عوض‌کردن وضعیت").click()
    press(page.locator(".facts .menu-item", has_text=status))


@pytest.mark.spec("H4", "S20")
def test_a_clock_turns_yellow_and_red_is_told_once_and_an_answer_clears_it(
    browsers: Browsers, house: House
) -> None:
    customer = browsers.person(house, str(house.customer_main.mobile), phone=True)
    customer.come_in()
    customer.go("/portal/tickets/new/")
    customer.page.get_by_label("موضوع", exact=True).fill("چاپ فاکتور می‌ماند")
    customer.page.get_by_label("دپارتمان", exact=True).select_option(label="پشتیبانی فنی")
    customer.page.get_by_label("شرح").fill("سلام. پیش‌نمایش درست است ولی چاپ نمی‌شود.")
    press(customer.page.get_by_role("button", name="ثبت تیکت"))
    asked = customer.page.url

    staff = browsers.person(house, str(house.staff.mobile))
    staff.come_in()
    page = staff.page
    staff.go("/desk/tickets/")
    press(page.get_by_role("link", name="چاپ فاکتور می‌ماند"))
    desk = page.url
    press(page.get_by_role("button", name="برداشتن تیکت"))
    shows(page, "green", "سر وقت")
    # Why it is due then: a small sum.
    page.locator(".sum summary").click()
    told = page.locator(".sum .menu-box")
    expect(told).to_contain_text("زمان پاسخ نخست")
    expect(told).to_contain_text("۸ ساعت، از ۴ ساعت رو به پایان")
    expect(told.locator(".sum-due")).to_contain_text("مهلت")

    pass_time(house, "yellow_at")
    page.goto(desk)
    shows(page, "yellow", "رو به پایان")
    expect(page.locator(".event", has_text="مهلت پاسخ به «رو به پایان» رسید")).to_have_count(1)
    assert len(bells(staff)) == 1

    pass_time(house, "red_at")
    page.goto(desk)
    shows(page, "red", "دیر شد")
    expect(page.locator(".event", has_text="مهلت پاسخ به «دیر شد» رسید")).to_have_count(1)
    assert [text for text in bells(staff) if "گذشته" in text] == ["مهلت پاسخ «چاپ فاکتور می‌ماند» گذشته است"]
    staff.go("/desk/tickets/?view=overdue")
    row = page.locator("tr", has_text="چاپ فاکتور می‌ماند")
    expect(row.locator(".sla-red")).to_contain_text("دیر شد")
    expect(row.locator(".sla-red svg")).to_have_count(1)
    manager = browsers.person(house, str(house.manager.mobile))
    manager.come_in()
    assert bells(manager) == ["مهلت پاسخ «چاپ فاکتور می‌ماند» گذشته است"]
    manager.go("/desk/")
    band = manager.page.locator("[data-count=red]")
    expect(band).to_contain_text(re.compile("دیر شد.*۱", re.DOTALL))
    expect(band.locator("svg")).to_have_count(1)
    press(band)
    expect(manager.page.get_by_role("link", name="چاپ فاکتور می‌ماند")).to_be_visible()

    # Two clicks and no word are no answer: it is as late as it was, and nobody hears of it again.
    with tenant_scope(house.tenant):
        Ticket.objects.update(waiting_since=timezone.now() - timedelta(days=12))
    page.goto(desk)
    set_by_hand(page, "منتظر مشتری")
    shows(page, "paused", "متوقف")
    set_by_hand(page, "در حال بررسی")
    shows(page, "red", "دیر شد")
    page.locator(".sum summary").click()
    expect(page.locator(".sum .menu-box")).to_contain_text("پیش از توقف گذشته بود")
    turning.sweep()
    assert len(bells(staff)) == 2
    # The time to close passes, too: told once, with a mark of its own in the list.
    with tenant_scope(house.tenant):
        Ticket.objects.update(resolve_at=timezone.now() - timedelta(minutes=1))
    turning.sweep()
    turning.sweep()
    page.goto(desk)
    expect(page.locator(".event", has_text="زمان بستن گذشت و تیکت هنوز باز است")).to_have_count(1)
    expect(page.locator(".facts .sla-red", has_text="دیر شد")).to_have_count(1)
    manager.go("/desk/")
    press(manager.page.locator("[data-count=close]"))
    row = manager.page.locator("tr", has_text="چاپ فاکتور می‌ماند")
    expect(row.get_by_text("از زمان بستن گذشته")).to_be_visible()

    # The customer reads none of it.
    customer.page.goto(asked)
    expect(customer.page.get_by_text("مهلت پاسخ")).to_have_count(0)
    expect(customer.page.get_by_text("زمان بستن")).to_have_count(0)
    page.goto(desk)
    page.get_by_label("متن پاسخ به مشتری").fill("راه‌انداز چاپگر را نصب کنید.")
    press(page.get_by_role("button", name="ارسال پاسخ"))
    shows(page, "answered", "پاسخ داده شد")
    expect(page.locator(".sum")).to_have_count(0)
    customer.page.goto(asked)
    customer.page.get_by_label("متن پاسخ").fill("نصب کردم و هنوز می‌ماند.")
    press(customer.page.get_by_role("button", name="ارسال پاسخ"))
    page.goto(desk)
    shows(page, "green", "سر وقت")
    assert len(bells(staff)) == 2

    # Who kept it how long, fetched when it is opened; without script it is a page.
    page.goto(desk)
    page.locator("summary", has_text="چه کسی چه مدت نگه داشت").click()
    part = page.locator("[data-custody]")
    expect(part).to_contain_text("صف دپارتمان")
    expect(part).to_contain_text("آرش دهدشتی")
    expect(part).to_contain_text("نزد مشتری")
