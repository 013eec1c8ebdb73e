"""Tickets change hands: asked for and answered, returned by time, several at once, referred, moved by the owner."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets.models import Transfer
from tickets.services import transfers

from .conftest import Browsers, press

pytestmark = pytest.mark.journey
WORDS = "صورت‌حسابش با قرارداد نمی‌خواند؛ از دیروز منتظر است."


def _dialog(page: Page, button: str) -> Locator:
    """Open the dialog a button of the ticket's head or box leads to."""
    page.get_by_role("link", name=button, exact=True).first.click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    return dialog


def _open(page: Page, base: str, number: int) -> None:
    page.goto(f"{base}{number}/")


def _request(page: Page, department: str, *, person: str = "") -> None:
    dialog = _dialog(page, "درخواست انتقال")
    dialog.get_by_label("دپارتمان مقصد").select_option(label=department)
    if person:
        dialog.get_by_label("همکار در آن دپارتمان").select_option(label=person)
    dialog.get_by_label("توضیح").fill(WORDS)
    press(dialog.get_by_role("button", name="فرستادن درخواست"))
    expect(page.get_by_role("region", name="درخواست انتقال")).to_contain_text(department)


@pytest.mark.spec("H13", "S10", "S21")
@pytest.mark.spec("H10")
def test_a_request_is_accepted_rejected_and_returned_by_time(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        first, second, third = (
            make_ticket(house, staff=house.staff, subject=f"صورت‌حساب {name}").number
            for name in ("مهر", "آبان", "آذر")
        )
    staff = browsers.person(house, str(house.staff.mobile))
    staff.come_in()
    page = staff.page
    tickets = staff.ground.stack.url(house.host, "/desk/tickets/")

    # A wrong choice keeps what was typed; then the request goes, for somebody there.
    _open(page, tickets, first)
    dialog = _dialog(page, "درخواست انتقال")
    dialog.get_by_label("توضیح").fill(WORDS)
    press(dialog.get_by_role("button", name="فرستادن درخواست"))
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("توضیح")).to_have_value(WORDS)
    expect(dialog.locator(".field-error").first).to_be_visible()
    dialog.get_by_role("link", name="انصراف").click()
    _request(page, "مالی و قرارداد", person="پریسا نوروزی‌فر")
    for number in (second, third):
        _open(page, tickets, number)
        _request(page, "مالی و قرارداد")

    # The manager of the other department has the count, reads why, and takes the first over.
    manager = browsers.person(house, str(house.finance_manager.mobile))
    manager.come_in()
    desk = manager.page
    link = desk.get_by_role("navigation", name="ناوبری اصلی").get_by_role("link", name="انتقال‌ها")
    expect(link).to_contain_text("۳")
    press(link)
    row = desk.get_by_role("listitem").filter(has_text="صورت‌حساب مهر")
    expect(row).to_contain_text(WORDS)
    row.get_by_role("link", name="تأیید و واگذاری").click()
    dialog = desk.locator("dialog[open]")
    expect(dialog.get_by_label("مسئول تازه").locator("option:checked")).to_have_text("پریسا نوروزی‌فر")
    press(dialog.get_by_role("button", name="تأیید و واگذاری"))
    expect(desk.locator(".msg-note")).to_contain_text(WORDS)
    expect(desk.locator(".event").last).to_contain_text("پریسا نوروزی‌فر")

    # The second is rejected with a reason, on the ticket itself.
    _open(desk, tickets, second)
    dialog = _dialog(desk, "رد با دلیل")
    dialog.get_by_label("دلیل").fill("این قرارداد را خودتان بسته‌اید.")
    press(dialog.get_by_role("button", name="رد درخواست"))
    expect(desk.get_by_role("heading", name="درخواست‌های انتقال")).to_be_visible()
    expect(desk.get_by_role("listitem").filter(has_text="صورت‌حساب آذر")).to_have_count(1)

    # The third waits until its time is over.
    with tenant_scope(house.tenant):
        assert transfers.return_overdue(at=Transfer.objects.get(ticket__number=third).due_at) == 1
    desk.reload()
    expect(desk.get_by_role("heading", name="درخواستی در انتظار نیست")).to_be_visible()

    # Who asked: one has left their sight, one came back with a reason, one with the time.
    assert page.goto(f"{tickets}{first}/").status == 404  # type: ignore[union-attr]
    _open(page, tickets, second)
    expect(page.get_by_role("region", name="درخواست انتقال")).to_contain_text(
        "این قرارداد را خودتان بسته‌اید."
    )
    _open(page, tickets, third)
    expect(page.locator(".event").last).to_contain_text("بی پاسخ ماند و برگشت")
    staff.go("/desk/transfers/?view=sent")
    for state in ("پذیرفته شد", "رد شد", "مهلتش گذشت"):
        expect(page.locator(".tag", has_text=state)).to_have_count(1)

    # Within the department a referral goes at once, and its words with it.
    _open(page, tickets, third)
    dialog = _dialog(page, "ارجاع به همکار")
    dialog.get_by_label("همکار", exact=True).select_option(label="مهدیار کاظمی")
    dialog.get_by_label("توضیح").fill("شبکه‌اش را تو می‌شناسی.")
    press(dialog.get_by_role("button", name="ارجاع"))
    expect(page.get_by_text("به همکارتان ارجاع شد")).to_be_visible()
    expect(page.locator("tr", has_text="صورت‌حساب آذر")).to_have_count(0)
    assert page.goto(f"{tickets}{third}/").status == 404  # type: ignore[union-attr]
    colleague = browsers.person(house, str(house.colleague.mobile))
    colleague.come_in()
    _open(colleague.page, tickets, third)
    expect(colleague.page.locator(".msg-note").last).to_contain_text("شبکه‌اش را تو می‌شناسی.")


@pytest.mark.spec("H12", "H10")
@pytest.mark.spec("H13")
def test_a_manager_gives_several_away_and_the_owner_moves_directly(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        one, two, other = (
            make_ticket(house, staff=holder, subject=f"چاپ {name}").number
            for name, holder in (("برچسب", house.staff), ("حواله", None), ("رسید", house.staff))
        )
    manager = browsers.person(house, str(house.manager.mobile))
    manager.come_in()
    page = manager.page
    manager.go("/desk/tickets/")
    for name in ("برچسب", "حواله"):
        page.locator("tr", has_text=name).get_by_role("checkbox").check()
    bar = page.get_by_role("toolbar", name="کار گروهی")
    expect(bar).to_contain_text("۲ تیکت انتخاب شد")
    press(bar.get_by_role("button", name="واگذاری"))
    page.get_by_label("مسئول تازه").select_option(label="مهدیار کاظمی")
    page.get_by_label("یادداشت").fill("تا شنبه تمام شود.")
    press(page.get_by_role("button", name="واگذاری", exact=True))
    expect(page.get_by_text("تیکت‌ها واگذار شدند.")).to_be_visible()
    for name in ("برچسب", "حواله"):
        expect(page.locator("tr", has_text=name)).to_contain_text("مهدیار کاظمی")
    expect(page.locator("tr", has_text="رسید")).to_contain_text("آرش دهدشتی")

    # The former holder sees neither; the one they keep they let a colleague watch, and take that back.
    staff = browsers.person(house, str(house.staff.mobile))
    staff.come_in()
    tickets = staff.ground.stack.url(house.host, "/desk/tickets/")
    assert staff.page.goto(f"{tickets}{one}/").status == 404  # type: ignore[union-attr]
    _open(staff.page, tickets, other)
    dialog = _dialog(staff.page, "افزودن ناظر")
    dialog.get_by_label("همکار", exact=True).select_option(label="مهدیار کاظمی")
    press(dialog.get_by_role("button", name="افزودن"))
    colleague = browsers.person(house, str(house.colleague.mobile))
    colleague.come_in()
    for number in (one, two, other):
        assert colleague.page.goto(f"{tickets}{number}/").status == 200  # type: ignore[union-attr]
    _open(colleague.page, tickets, one)
    expect(colleague.page.locator(".msg-note")).to_contain_text("تا شنبه تمام شود.")
    press(staff.page.get_by_role("button", name="برداشتن نظارت مهدیار کاظمی"))
    assert colleague.page.goto(f"{tickets}{other}/").status == 404  # type: ignore[union-attr]

    # The owner asks nobody.
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    _open(owner.page, tickets, other)
    dialog = _dialog(owner.page, "انتقال")
    dialog.get_by_label("دپارتمان مقصد").select_option(label="مالی و قرارداد")
    press(dialog.get_by_role("button", name="انتقال"))
    expect(owner.page.locator(".event").last).to_have_text(
        re.compile("تیکت را از «پشتیبانی فنی» به «مالی و قرارداد» برد")
    )
    expect(owner.page.locator(".facts")).to_contain_text("واگذار نشده")
    assert staff.page.goto(f"{tickets}{other}/").status == 404  # type: ignore[union-attr]
