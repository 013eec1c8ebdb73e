"""Topics with rules, made by the owner; tickets go where they say, and one for nobody rings the manager (S1, S18)."""

import pytest
from playwright.sync_api import Page, expect

from departments.models import Topic
from tenants.scope import tenant_scope
from tests.worlds import House
from tickets.models import Ticket

from .conftest import Browsers, Person, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _add_topic(page: Page, name: str, *, rule: str, inside: str = "") -> None:
    add = page.locator("details.add", has_text="گروه موضوعی تازه")
    add.locator("summary").click()
    add.get_by_label("نام گروه موضوعی").fill(name)
    if inside:
        add.get_by_label("زیر کدام گروه").select_option(label=inside)
    add.get_by_label("تقسیم تیکت‌های تازه").select_option(label=rule)
    press(add.get_by_role("button", name="افزودن"))
    expect(page.get_by_text("گروه موضوعی افزوده شد.").first).to_be_visible()


def _open_ticket(customer: Person, subject: str, *, topic: str = "", department: str = "پشتیبانی فنی") -> str:
    """Send the form; returns the name of who has the ticket, or nothing."""
    customer.go("/portal/tickets/new/")
    page = customer.page
    page.get_by_label("موضوع", exact=True).fill(subject)
    page.get_by_label("دپارتمان", exact=True).select_option(label=department)
    if topic:
        page.get_by_label("گروه موضوعی").select_option(label=topic)
    page.get_by_label("شرح").fill("از امروز صبح.")
    press(page.get_by_role("button", name="ثبت تیکت"))
    expect(page.get_by_text("تیکت ثبت شد.").first).to_be_visible()
    with tenant_scope(customer.house.tenant):
        ticket = Ticket.objects.select_related("assignee").get(subject=subject)
        return ticket.assignee.name if ticket.assignee else ""


def _event_on(person: Person, subject: str) -> str:
    with tenant_scope(person.house.tenant):
        number = Ticket.objects.get(subject=subject).number
    person.go(f"/desk/tickets/{number}/")
    return person.page.locator(".thread, main").first.inner_text()


@pytest.mark.spec("S1", "S18")
def test_topics_share_out_tickets_and_a_ticket_for_nobody_rings(browsers: Browsers, house: House) -> None:
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    owner.go(f"/manage/departments/{house.support.pk}/")
    page = owner.page
    _add_topic(page, "سرور", rule="به نوبت میان کارشناسان حاضر")
    _add_topic(page, "دیسک", rule="همان شیوهٔ گروه بالاتر یا دپارتمان", inside="سرور")
    _add_topic(page, "شبکه", rule="در صف بماند تا کسی بردارد", inside="سرور")
    inner = page.get_by_role("list", name="زیرگروه‌های سرور")
    expect(inner.locator("[data-key]")).to_have_count(2)
    expect(inner.get_by_text("همان شیوهٔ گروه بالاتر")).to_be_visible()

    # An inner one changes places by a key, and stays inside; the outer goes up with it.
    inner.locator("[data-key]", has_text="شبکه").locator("[data-grip]").focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("ArrowUp")
    page.locator("[data-key]", has_text="سرور").locator("[data-grip]").first.focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("ArrowUp")
    page.reload()
    with tenant_scope(house.tenant):
        tops = Topic.objects.filter(department=house.support, parent=None)
        assert [one.name for one in tops] == ["سرور", "چاپ و گزارش"]
        assert [one.name for one in tops[0].children.all()] == ["شبکه", "دیسک"]

    # The department itself gives the rest to whom has least.
    desk = page.locator("form.sheet", has_text="مشخصات")
    desk.get_by_label("تقسیم تیکت‌های تازه").select_option(label="به کارشناس حاضری که تیکت باز کمتری دارد")
    press(page.get_by_role("button", name="ذخیره").first)
    expect(page.get_by_text("ذخیره شد.").first).to_be_visible()

    # A customer's tickets go round, then to whom has least, then to nobody.
    customer = browsers.person(house, str(house.customer_main.mobile), phone=True)
    customer.come_in()
    staff, colleague = house.staff.name, house.colleague.name
    turns = [_open_ticket(customer, f"دیسک پر است {one}", topic="سرور / دیسک") for one in ("یک", "دو", "سه")]
    assert turns == [staff, colleague, staff]
    assert _open_ticket(customer, "پرسشی دارم") == colleague
    assert _open_ticket(customer, "شبکه قطع است", topic="سرور / شبکه") == ""
    assert _open_ticket(customer, "می‌خواهم بخرم", department="فروش") == ""

    # The manager's bell says that nobody has it, and leads there; the ticket says why each is where it is.
    manager = browsers.person(house, str(house.manager.mobile))
    manager.come_in()
    manager.go("/bell/")
    alarm = manager.page.get_by_role("link", name="در صف، بی‌مسئول")
    expect(alarm).to_have_count(1)
    press(alarm)
    expect(manager.page.get_by_role("heading", level=1)).to_contain_text("شبکه قطع است")
    expect(manager.page.locator("main")).to_contain_text("در صف مدیر دپارتمان ماند تا کسی بردارد")
    expect(manager.page.locator("main")).to_contain_text("سرور / شبکه")
    assert "به نوبت در این گروه موضوعی" in _event_on(manager, "دیسک پر است یک")
    assert "که در دپارتمان کمترین تیکت باز را داشت" in _event_on(manager, "پرسشی دارم")

    # The queue, narrowed to the outer topic, holds the inner ones' tickets too.
    manager.go(f"/desk/tickets/?department={house.support.pk}")
    manager.page.locator("summary", has_text="گروه موضوعی").click()
    press(manager.page.get_by_role("link", name="سرور", exact=True))
    expect(manager.page.locator(".chip-on", has_text="گروه موضوعی")).to_contain_text("سرور")
    expect(manager.page.locator("tr", has_text="دیسک پر است")).to_have_count(3)
    expect(manager.page.locator("tr", has_text="شبکه قطع است")).to_have_count(1)
    expect(manager.page.locator("tr", has_text="پرسشی دارم")).to_have_count(0)

    # Where nobody sits the owner is rung.
    owner.go("/bell/")
    expect(owner.page.get_by_role("link", name="در صف، بی‌مسئول")).to_contain_text("می‌خواهم بخرم")
