"""The owner's desks: their order, who sees them, another manager, one that closes with its tickets moved."""

import re

import pytest
from playwright.sync_api import Page, expect

from departments.models import Department, Seat
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket

from .conftest import Browsers, Person, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _owner(browsers: Browsers, house: House, **options: object) -> Person:
    owner = browsers.person(house, str(house.owner.mobile), **options)
    owner.come_in()
    return owner


def _names(house: House) -> list[str]:
    with tenant_scope(house.tenant):
        return list(Department.objects.values_list("name", flat=True))


def _drag(page: Page, name: str, *, onto: str) -> None:
    """Take a row by its grip and drop it above another."""
    grip = page.locator("[data-key]", has_text=name).locator("[data-grip]").bounding_box()
    target = page.locator("[data-key]", has_text=onto).bounding_box()
    assert grip and target
    page.mouse.move(grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.down()
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + target["height"] / 2 + 20, steps=8)
    page.mouse.move(target["x"] + target["width"] / 2, target["y"] + 4, steps=4)
    page.mouse.up()


@pytest.mark.spec("H7")
def test_departments_are_put_in_order_by_hand_by_keys_and_without_a_script(
    browsers: Browsers, house: House
) -> None:
    owner = _owner(browsers, house)
    owner.go("/manage/departments/")
    page = owner.page
    _drag(page, "فروش", onto="پشتیبانی فنی")
    expect(page.get_by_text("ترتیب تغییر کرد").first).to_be_visible()
    assert _names(house) == ["فروش", "پشتیبانی فنی", "مالی و قرارداد"]

    page.locator("[data-key]", has_text="فروش").locator("[data-grip]").focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    assert _names(house) == ["پشتیبانی فنی", "مالی و قرارداد", "فروش"]
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="بالا بردن فروش").click()
    expect(page.get_by_role("button", name="بالا بردن فروش")).to_be_focused()
    assert _names(house) == ["پشتیبانی فنی", "فروش", "مالی و قرارداد"]
    page.reload()
    assert [row.inner_text() for row in page.locator("[data-key] b").all()] == _names(house)

    plain = browsers.context(java_script_enabled=False).new_page()
    plain.context.add_cookies(page.context.cookies())
    plain.goto(page.url)
    expect(plain.locator("[data-grip]").first).to_be_hidden()
    press(plain.get_by_role("button", name="پایین بردن پشتیبانی فنی"))
    assert _names(house) == ["فروش", "پشتیبانی فنی", "مالی و قرارداد"]


@pytest.mark.spec("S33")
def test_a_department_for_chosen_customers_is_seen_by_them_alone(browsers: Browsers, house: House) -> None:
    owner = _owner(browsers, house)
    owner.go(f"/manage/departments/{house.finance.pk}/")
    page = owner.page
    page.get_by_text("مشتریان برگزیده", exact=True).click()
    press(page.get_by_role("button", name="ذخیره", exact=True).first)
    press(page.get_by_role("link", name="برگزیدن مشتریان"))
    page.get_by_role("searchbox", name="جست‌وجو در مشتریان").fill("میبد")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page.get_by_role("button", name="برگزیدن کاشی نقش‌گل میبد"))
    expect(page.get_by_text("این مشتری دپارتمان را می‌بیند").first).to_be_visible()

    for user, offered in ((house.section_member, True), (house.other_customer, False)):
        person = browsers.person(house, str(user.mobile), phone=True)
        person.come_in()
        person.go("/portal/tickets/new/")
        options = person.page.get_by_label("دپارتمان", exact=True).locator("option").all_inner_texts()
        assert ("مالی و قرارداد" in options) is offered
        assert "فروش" in options


@pytest.mark.spec("H7")
def test_another_manager_and_a_department_that_closes(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, subject="نسخهٔ تازه نصب نمی‌شود", staff=house.staff)
    owner = _owner(browsers, house, phone=True)
    owner.go(f"/manage/departments/{house.support.pk}/")
    page = owner.page
    page.locator("summary", has_text="مدیر تازه به جای").click()
    page.get_by_label("مدیر تازه").select_option(label=house.staff.name)
    press(page.get_by_role("button", name="تغییر مدیر"))
    expect(page.get_by_text("مدیر دپارتمان تغییر کرد").first).to_be_visible()
    with tenant_scope(house.tenant):
        seats = dict(Seat.objects.filter(department=house.support).values_list("user_id", "level"))
    assert (seats[house.staff.pk], seats[house.manager.pk]) == ("manager", "staff")

    press(page.get_by_role("link", name=f"جای {house.colleague.name}"))
    page.get_by_label("مشتری می‌تواند این کارشناس را انتخاب کند").locator("visible=true").uncheck()
    press(page.get_by_role("button", name="ذخیره", exact=True).locator("visible=true").nth(1))
    expect(page.get_by_text("مشتری انتخابش نمی‌کند")).to_be_visible()

    press(page.get_by_role("button", name="انتقال تیکت‌ها و خاموش کردن"))
    expect(page.get_by_text("بگویید تیکت‌های باز به کدام دپارتمان بروند")).to_be_visible()
    page.get_by_label("تیکت‌های باز به کدام دپارتمان بروند").select_option(label="مالی و قرارداد")
    press(page.get_by_role("button", name="انتقال تیکت‌ها و خاموش کردن"))
    expect(page.get_by_text("دپارتمان غیرفعال است").first).to_be_visible()

    manager = browsers.person(house, str(house.finance_manager.mobile))
    manager.come_in()
    manager.go("/bell/")
    expect(manager.page.get_by_text(re.compile("۱ تیکت از پشتیبانی فنی به صف مالی"))).to_be_visible()
    manager.go(f"/desk/tickets/{ticket.number}/")
    expect(manager.page.get_by_text("دپارتمان «پشتیبانی فنی» را خاموش کرد")).to_be_visible()
    press(manager.page.get_by_role("button", name="برداشتن تیکت"))
    expect(manager.page.get_by_role("button", name="برداشتن تیکت")).to_have_count(0)
    with tenant_scope(house.tenant):
        moved = ticket.refresh()
        assert (moved.department, moved.assignee) == (house.finance, house.finance_manager)
