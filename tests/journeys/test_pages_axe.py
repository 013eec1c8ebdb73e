"""Every page, in light and dark, on a phone and at a desk: no A/AA violation, nothing wider than the screen, and
Persian words only. ``SHOTS=folder`` keeps a picture of each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from tests.journeys.conftest import Ground, press
from tests.journeys.scenery import Scenery, build
from tests.stack import ROOT
from tests.worlds import House, next_mobile, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
PHONE_PAGES = ("portal", "login", "code", "welcome", "rate", "error")
SIZES = ((1280, 900), (390, 844))
# Every A and AA rule in light at one width; at the other what a width may change, in dark what looks at colours, for
# the markup is the same. Where pictures are kept, nothing is spared.
RULES = {
    "width": {"type": "rule", "values": ["scrollable-region-focusable", "target-size"]},
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
RUN_AXE = """async rules => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.slice(0, 4).map(node =>
    `${rule.id}: ${node.html.slice(0, 160)} ${(node.any[0] || node.all[0] || node.none[0] || {message: ""}).message}`));
}"""
# What stands out of the page at its far edge, to be named when something does.
OVERFLOW = """() => {
  const root = document.documentElement, wide = root.scrollWidth - window.innerWidth;
  if (wide <= 0) return [];
  const out = [...document.querySelectorAll("body *")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.left < -1 || box.right > window.innerWidth + 1);
  });
  return [`${wide}px too wide`, ...out.slice(0, 6).map(one => one.outerHTML.slice(0, 120))];
}"""
# Foreign runs belong in <bdi>, .code, or an element that says its direction; everything else a person reads is Persian.
FOREIGN = """() => {
  const places = "nav, h1, h2, h3, h4, button, .btn, label, th, summary, dt, legend, caption, .empty, .tile";
  const apart = "bdi, .code, code, kbd, svg, script, style, template, textarea, [dir=ltr], [dir=auto]";
  const found = new Set();
  for (const place of document.querySelectorAll(places)) {
    const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (/[0-9]|[A-Za-z]{3,}/.test(node.data) && !node.parentElement.closest(apart)) found.add(node.data.trim());
    }
  }
  for (const one of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
    for (const name of ["aria-label", "placeholder", "title"]) {
      const text = one.getAttribute(name) || "";
      if (/[0-9]/.test(text) && !one.closest("[dir=ltr]")) found.add(`${name}: ${text}`);
    }
  }
  return [...found];
}"""


@dataclass(frozen=True)
class Scene:
    """One page in one state: whose browser, which address (tickets by name in braces), and what is done there first."""

    name: str
    who: str
    path: str
    act: Callable[[Page], None] | None = None
    sizes: tuple[tuple[int, int], ...] = SIZES

    def themes(self, width: int) -> tuple[str, ...]:
        """Light always; dark where most people see the page: customers' on a phone, ours at a desk."""
        on_phone = self.name.startswith(PHONE_PAGES)
        usual = self.sizes[-1 if on_phone else 0][0]
        return ("light", "dark") if width == usual or "SHOTS" in os.environ else ("light",)

    def __str__(self) -> str:
        return self.name


# What is done on a page before it is looked at ----------------------------------------------------------------
def _by_password(page: Page) -> None:
    page.locator("label", has_text="با رمز").click()


def _wrong_password(page: Page) -> None:
    _by_password(page)
    page.get_by_label("نام کاربری یا شمارهٔ همراه").fill("nobody")
    page.get_by_label("رمز", exact=True).fill("wrong-password")
    press(page.locator("form.pane-pass").get_by_role("button", name="ورود"))
    page.locator(".field-error, .form-errors, [role=alert]").first.wait_for()


def _write_blindly(page: Page) -> None:
    """An answer by who has not seen the customer's word: it comes back with what is new."""
    page.locator(".pane-reply [name=last]").evaluate("field => { field.value = '1' }")
    page.get_by_label("متن پاسخ به مشتری").fill("پاسخ من")
    press(page.get_by_role("button", name="ارسال پاسخ"))
    page.locator("#fresh").wait_for()


def _lose_session(page: Page) -> None:
    """The session ends while a ticket is written; the login page's form comes into a dialog."""
    page.get_by_label("موضوع", exact=True).fill("چاپگر")
    page.context.clear_cookies()
    page.get_by_role("button", name="ثبت تیکت").click()
    page.get_by_role("dialog").get_by_role("button", name="دریافت کد").wait_for()


def _open_sum(page: Page) -> None:
    page.locator(".panel summary", has_text="چه کسی چه مدت نگه داشت").click()
    page.locator("[data-custody] li").first.wait_for()
    page.locator(".sum summary").click()
    page.locator(".sum .menu-box").wait_for()


def _wrong_three_times(page: Page) -> None:
    for _ in range(3):
        _wrong_password(page)
    page.get_by_role("img", name="جمع دو عدد در تصویر").locator("visible=true").wait_for()


def _change_number(page: Page) -> None:
    page.get_by_label("شمارهٔ تازه").fill(next_mobile())
    page.get_by_role("button", name="فرستادن کدها").first.click()
    page.wait_for_url(re.compile("/me/contact/.+"))


def _begin_factor(page: Page) -> None:
    page.get_by_role("button", name="راه‌انداختن").click()
    page.locator("[data-seed]").wait_for()


def _wrong_number(page: Page) -> None:
    page.get_by_label("شمارهٔ همراه", exact=True).fill("۱۲۳")
    page.get_by_role("button", name="دریافت کد").click()
    page.locator(".field-error").first.wait_for()


def _ask_code(page: Page) -> None:
    # Nobody's number, and another one each time: a second code for one number has to wait.
    page.get_by_label("شمارهٔ همراه", exact=True).fill(next_mobile())
    page.get_by_role("button", name="دریافت کد").click()
    page.wait_for_url(re.compile("/login/code/"))


def _wrong_code(page: Page) -> None:
    _ask_code(page)
    page.get_by_label("کد پیامک‌شده").fill("123456")
    page.get_by_role("button", name="ورود", exact=True).click()
    page.locator(".field-error").first.wait_for()


def _send_empty(page: Page) -> None:
    page.get_by_role("button", name="ثبت تیکت").click()
    page.locator(".field-error").first.wait_for()


def _write_a_note(page: Page) -> None:
    page.locator("label", has_text="یادداشت خصوصی").first.click()


def _name_readers(page: Page) -> None:
    _write_a_note(page)
    page.locator(".readers > summary").click()
    page.locator(".readers label", has_text="فقط کسانی که نام می‌برم").click()
    page.locator(".readers-list input").first.check()


def _ask_delete(page: Page) -> None:
    page.get_by_role("link", name="حذف تیکت").click()


def _dialog(name: str) -> Callable[[Page], None]:
    """Open the dialog whose id begins so."""
    return lambda page: page.evaluate(
        "name => document.querySelector(`dialog[id^=${name}]`).showModal()", name
    )


def _open_canned(page: Page) -> None:
    """The search of ready answers, its second line chosen."""
    page.locator("[data-canned]").locator("visible=true").first.click()
    page.locator("#canned [aria-selected=true]").wait_for()
    page.keyboard.press("ArrowDown")


def _check_two(page: Page) -> None:
    for box in page.locator("tbody input[type=checkbox]").all()[:2]:
        box.check()


def _open_all(page: Page) -> None:
    """Whatever is folded away on a settings page."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")


def _open_menu(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details.menu').forEach(one => one.open = true)")


def _open_range(page: Page) -> None:
    """The two ends of a number to narrow by."""
    page.locator("summary.chip", has_text="مبلغ فاکتور").click()


def _add_empty(page: Page) -> None:
    page.locator("summary", has_text="پرسش تازه").click()
    page.get_by_role("button", name="افزودن پرسش").click()
    page.locator(".field-error").first.wait_for()


def _open_drawer(page: Page) -> None:
    """The side navigation over the page, as a phone opens it."""
    page.locator("[data-drawer=side]:visible").first.click()


def _leave_unsaid(page: Page) -> None:
    """Closing a manager's door without saying who takes what."""
    press(page.get_by_role("button", name="سپردن و بستن دسترسی"))
    page.locator("#access .field-error").first.wait_for()


def _half_a_span(page: Page) -> None:
    """A span of a day that never ends."""
    page.get_by_label("شنبه، نوبت ۱، از", exact=True).fill("۸:۳۰")
    press(page.get_by_role("button", name="ذخیرهٔ هفته"))
    page.locator("#week .field-error").first.wait_for()


def _yellow_late(page: Page) -> None:
    """Yellow after red."""
    page.get_by_label("پاسخ نخست، زرد پس از، ساعت").fill("۹۰")
    press(page.get_by_role("button", name="ذخیرهٔ مهلت"))
    page.locator("#policy .field-error").first.wait_for()


def _stale_form(page: Page) -> None:
    """A form whose token has gone: refused with 403."""
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.get_by_label("شمارهٔ همراه", exact=True).fill("09120000001")
    page.get_by_role("button", name="دریافت کد").click()
    page.get_by_text("فرم کهنه شده است").first.wait_for()


SCENES = [
    Scene("login", "stranger", "/login/"),
    Scene("login-password", "stranger", "/login/", _by_password),
    Scene("login-wrong-number", "stranger", "/login/", _wrong_number),
    Scene("login-wrong-password", "stranger", "/login/", _wrong_password),
    Scene("login-sum", "stranger", "/login/?way=pass", _wrong_three_times),
    Scene("login-sum-words", "stranger", "/login/?way=pass&words=1"),
    Scene("code", "stranger", "/login/", _ask_code),
    Scene("code-wrong", "stranger", "/login/", _wrong_code),
    Scene("error-403", "stranger", "/login/", _stale_form),
    Scene("error-404-stranger", "stranger", "/nowhere/"),
    Scene("error-404", "full.staff", "/desk/tickets/999999/"),
    Scene("error-404-customer", "full.customer_main", "/portal/tickets/999999/"),
    Scene("welcome", "newcomer", "/welcome/"),
    Scene("portal", "full.section_member", "/portal/"),
    Scene("portal-empty", "empty.customer_main", "/portal/"),
    Scene("portal-tickets", "full.customer_main", "/portal/tickets/"),
    Scene("portal-tickets-closed", "full.customer_main", "/portal/tickets/?state=closed"),
    Scene("portal-tickets-empty", "empty.customer_main", "/portal/tickets/"),
    Scene("portal-tickets-search", "full.customer_main", "/portal/tickets/?q=PrintSpooler"),
    Scene("portal-new", "full.section_member", "/portal/tickets/new/"),
    Scene("portal-new-fields", "full.section_member", "/portal/tickets/new/?department={desk}"),
    Scene("portal-new-refused", "full.customer_main", "/portal/tickets/new/", _send_empty),
    Scene("portal-new-linked", "full.other_customer", "/portal/tickets/new/"),
    Scene("portal-ticket", "full.section_member", "/portal/tickets/{long}/"),
    Scene("portal-ticket-opened", "full.section_member", "/portal/tickets/{long}/?done=opened"),
    Scene("portal-ticket-rated", "full.customer_main", "/portal/tickets/{rated}/"),
    Scene("rate-link", "full.other_customer", "{link}?stars=2&done=rated"),
    Scene("rate-link-broken", "full.other_customer", "/rate/x/"),
    Scene("ratings", "full.owner", "/desk/ratings/"),
    Scene("ratings-low", "full.staff", "/desk/ratings/?view=low&kind=answer"),
    Scene("ratings-empty", "empty.manager", "/desk/ratings/"),
    Scene("ticket-rated", "full.staff", "/desk/tickets/{rated}/"),
    Scene("portal-ticket-closed", "full.customer_main", "/portal/tickets/{closed}/"),
    Scene("portal-ticket-ours", "full.customer_main", "/portal/tickets/{ours}/"),
    Scene("portal-menu", "full.section_member", "/portal/", _open_menu),
    Scene("desk", "full.staff", "/desk/"),
    Scene("desk-manager", "full.manager", "/desk/"),
    Scene("desk-empty", "empty.staff", "/desk/"),
    Scene("desk-menu", "full.staff", "/desk/", _open_menu),
    Scene("desk-drawer", "full.owner", "/desk/", _open_drawer, SIZES[1:]),
    Scene("queue", "full.manager", "/desk/tickets/"),
    Scene("queue-all", "full.owner", "/desk/tickets/?view=all&sort=newest&priority=4"),
    Scene("queue-empty", "empty.staff", "/desk/tickets/"),
    Scene("queue-filtered-empty", "full.owner", "/desk/tickets/?view=overdue&q=zzz"),
    Scene("ticket", "full.staff", "/desk/tickets/{long}/"),
    Scene("ticket-fields", "full.manager", "/desk/tickets/{long}/fields/"),
    Scene("queue-fields", "full.manager", "/desk/tickets/?view=all&department={desk}", _open_range),
    Scene("manage-fields", "full.owner", "/manage/departments/{desk}/fields/"),
    Scene("manage-fields-refused", "full.manager", "/manage/departments/{desk}/fields/", _add_empty),
    Scene("manage-field", "full.owner", "/manage/departments/{desk}/fields/{field}/"),
    Scene("manage-field-retired", "full.owner", "/manage/departments/{desk}/fields/{retired_field}/"),
    Scene("ticket-sending", "full.staff", "/desk/tickets/{sending}/"),
    Scene("ticket-sending-other", "full.manager", "/desk/tickets/{sending}/", _write_blindly),
    # Nobody else of the walk is this person: their session is gone afterwards.
    Scene("login-again", "full.other_section_member", "/portal/tickets/new/", _lose_session),
    Scene("unsent", "full.staff", "/desk/unsent/"),
    Scene("ticket-note", "full.staff", "/desk/tickets/{long}/", _write_a_note),
    Scene("ticket-note-named", "full.staff", "/desk/tickets/{long}/", _name_readers),
    Scene("ticket-internal", "full.staff", "/desk/tickets/{internal}/"),
    Scene("ticket-internal-theirs", "full.finance_manager", "/desk/tickets/{internal}/", _open_menu),
    Scene("queue-internal", "full.owner", "/desk/tickets/?channel=internal"),
    Scene("new-internal", "full.staff", "/desk/tickets/new/internal/?about={long}"),
    Scene("new-internal-refused", "full.finance_manager", "/desk/tickets/new/internal/", _send_empty),
    Scene("ticket-assign", "full.manager", "/desk/tickets/{long}/?hand=assign"),
    Scene("ticket-menus", "full.staff", "/desk/tickets/{long}/", _open_menu),
    Scene("ticket-sum", "full.staff", "/desk/tickets/{long}/", _open_sum),
    Scene("ticket-custody", "full.manager", "/desk/tickets/{long}/custody/"),
    Scene("ticket-untaken", "full.staff", "/desk/tickets/{untaken}/"),
    Scene("ticket-ours", "full.owner", "/desk/tickets/{ours}/?done=opened"),
    Scene("ticket-closed", "full.manager", "/desk/tickets/{closed}/"),
    Scene("ticket-refer", "full.staff", "/desk/tickets/{long}/?hand=refer"),
    Scene("ticket-transfer", "full.staff", "/desk/tickets/{long}/?hand=transfer"),
    Scene("ticket-move", "full.owner", "/desk/tickets/{long}/?hand=move"),
    Scene("ticket-asked", "full.staff", "/desk/tickets/{asked}/"),
    Scene("ticket-asked-accept", "full.finance_manager", "/desk/tickets/{asked}/", _dialog("accept")),
    Scene("ticket-refused", "full.staff", "/desk/tickets/{refused}/"),
    Scene("transfers", "full.owner", "/desk/transfers/"),
    Scene("transfers-reject", "full.manager", "/desk/transfers/", _dialog("reject")),
    Scene("transfers-sent", "full.staff", "/desk/transfers/?view=sent"),
    Scene("transfers-empty", "empty.manager", "/desk/transfers/"),
    Scene("queue-chosen", "full.manager", "/desk/tickets/", _check_two),
    Scene("assign-many", "full.owner", "/desk/tickets/assign/?number={untaken}&number={ours}"),
    Scene("assign-many-refused", "full.owner", "/desk/tickets/assign/?number={untaken}&number={incoming}"),
    Scene("new-person", "full.staff", "/desk/tickets/new/"),
    Scene("new-person-found", "full.staff", "/desk/tickets/new/?q=موسوی"),
    Scene("new-person-nobody", "full.staff", "/desk/tickets/new/?q=zzz"),
    Scene("new", "full.staff", "/desk/tickets/new/?person={person}"),
    Scene("manage", "full.owner", "/manage/"),
    Scene("manage-bare", "bare", "/manage/"),
    Scene("departments", "full.owner", "/manage/departments/", _open_all),
    Scene("departments-bare", "bare", "/manage/departments/"),
    Scene("department", "full.owner", "/manage/departments/{department}/", _open_all),
    Scene("department-topic", "full.owner", "/manage/departments/{department}/?topic={inner_topic}"),
    Scene("staff", "full.owner", "/manage/staff/", _open_all),
    Scene("staff-bare", "bare", "/manage/staff/"),
    Scene("person", "full.owner", "/manage/staff/{colleague}/", _open_all),
    Scene("staff-filtered", "full.owner", "/manage/staff/?state=away", _open_all),
    Scene("person-leaving", "full.owner", "/manage/staff/{manager}/", _leave_unsaid),
    Scene("person-vacation", "full.owner", "/manage/staff/{colleague}/?vacation={vacation}"),
    Scene("person-owner", "full.owner", "/manage/staff/{owner}/", _open_all),
    Scene("sight", "full.owner", "/manage/people/{colleague}/sight/?number=1"),
    Scene("sight-customer", "full.owner", "/manage/people/{person}/sight/"),
    Scene("entrance", "full.owner", "/manage/people/{colleague}/entrance/", _open_all),
    Scene("levels", "full.owner", "/manage/levels/", _open_all),
    Scene("level", "full.owner", "/manage/levels/{level}/"),
    Scene("groups", "full.owner", "/manage/groups/", _open_all),
    Scene("groups-bare", "bare", "/manage/groups/"),
    Scene("group", "full.owner", "/manage/groups/{group}/", _open_all),
    Scene("department-manager", "full.manager", "/manage/departments/{department}/", _open_all),
    Scene("departments-manager", "full.manager", "/manage/departments/"),
    Scene("customers-clerk", "full.clerk", "/manage/customers/", _open_all),
    Scene("contracts", "full.owner", "/manage/contracts/?view=all"),
    Scene("import", "full.owner", "/manage/customers/import/"),
    Scene("audit", "full.owner", "/manage/audit/", _open_all),
    Scene("personnel", "full.customer_main", "/portal/people/", _open_all),
    Scene("vacation", "full.staff", "/desk/vacation/", _open_all),
    Scene("vacation-change", "full.colleague", "/desk/vacation/?vacation={vacation}"),
    Scene("customers", "full.owner", "/manage/customers/", _open_all),
    Scene("customers-bare", "bare", "/manage/customers/"),
    Scene("customer", "full.owner", "/manage/customers/{customer}/", _open_all),
    Scene("settings", "full.owner", "/manage/settings/", _open_all),
    Scene("statuses", "full.owner", "/manage/statuses/", _open_all),
    Scene("status", "full.owner", "/manage/statuses/{status}/"),
    Scene("bin-purge", "full.owner", "/manage/bin/", _dialog("purge")),
    Scene("ticket-delete", "full.owner", "/desk/tickets/{untaken}/", _ask_delete),
    Scene("ticket-older", "full.staff", "/desk/tickets/{talk}/"),
    Scene("portal-ticket-old", "full.customer_main", "/portal/tickets/{old}/"),
    Scene("canned", "full.owner", "/desk/canned/", _open_all),
    Scene("canned-staff", "full.staff", "/desk/canned/"),
    Scene("canned-empty", "empty.staff", "/desk/canned/?q=zzz"),
    Scene("canned-one", "full.manager", "/desk/canned/{canned}/", _open_all),
    Scene("ticket-canned", "full.staff", "/desk/tickets/{long}/", _open_canned),
    Scene("new-canned", "full.staff", "/desk/tickets/new/?person={person}", _open_canned),
    Scene("hours", "full.owner", "/manage/hours/", _open_all),
    Scene("hours-bare", "bare", "/manage/hours/"),
    Scene("hours-refused", "full.owner", "/manage/hours/?week={week}", _half_a_span),
    Scene("sla", "full.owner", "/manage/sla/"),
    Scene("sla-refused", "bare", "/manage/sla/", _yellow_late),
    Scene("profile", "full.staff", "/me/"),
    Scene("profile-customer", "full.section_member", "/me/"),
    Scene("password", "full.staff", "/me/password/"),
    Scene("sessions", "full.staff", "/me/sessions/"),
    Scene("logins", "full.staff", "/me/logins/"),
    Scene("contact", "full.section_member", "/me/contact/"),
    Scene("contact-proof", "full.section_member", "/me/contact/", _change_number),
    Scene("factor", "full.manager", "/me/factor/"),
    Scene("factor-picture", "full.manager", "/me/factor/", _begin_factor),
    Scene("bell", "full.manager", "/bell/"),
    Scene("bell-customer", "full.section_member", "/bell/"),
    Scene("bell-empty", "empty.staff", "/bell/"),
]


@pytest.fixture(scope="module")
def scenery(ground: Ground, django_db_blocker: Any) -> Iterator[Scenery]:
    with django_db_blocker.unblock():
        yield build()


@pytest.fixture(scope="module")
def contexts(chromium: Browser) -> Iterator[dict[str, BrowserContext]]:
    """One browser a person for the whole walk."""
    known: dict[str, BrowserContext] = {}
    yield known
    for context in known.values():
        context.close()


def _who(scenery: Scenery, who: str) -> tuple[House | None, User | None]:
    if who == "stranger":
        return scenery.full, None
    if who in ("bare", "newcomer"):
        return None, scenery.bare_owner if who == "bare" else scenery.newcomer
    house: House = getattr(scenery, who.partition(".")[0])
    return house, getattr(house, who.partition(".")[2])


def _context(scenery: Scenery, chromium: Browser, who: str) -> BrowserContext:
    """A browser of somebody who has logged in."""
    _house, user = _who(scenery, who)
    context = chromium.new_context(locale="fa-IR", timezone_id="Asia/Tehran", reduced_motion="reduce")
    context.set_default_timeout(10_000)
    if user is not None:
        client = Client()
        sign_in(client, user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        host = f"http://{user.tenant.host}"
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": host}])
    return context


def _address(scenery: Scenery, ground: Ground, scene: Scene) -> str:
    house, user = _who(scenery, scene.who)
    host = house.host if house else user.tenant.host  # type: ignore[union-attr]
    full = scenery.full
    places: dict[str, Any] = {name: ticket.number for name, ticket in scenery.tickets.items()}
    places |= {"person": full.section_member.public_id, "department": full.support.pk}
    places |= {"colleague": full.colleague.public_id, "customer": full.customer.pk}
    places |= {"owner": full.owner.public_id, "manager": full.manager.public_id, **scenery.places}
    return ground.stack.url(host, scene.path.format(**places))


def _look(page: Page, scene: Scene) -> list[str]:
    """What is wrong with the page as it stands, in both themes and its widths."""
    wrong = [f"not Persian: {text}" for text in page.evaluate(FOREIGN)]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, height in scene.sizes:
        page.set_viewport_size({"width": width, "height": height})
        for theme in scene.themes(width):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            place = f"{width} {theme}"
            rules = theme if "dark" in scene.themes(width) else "width"  # with SHOTS every width has both
            page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
            _picture(page, f"{scene}-{width}-{theme}")
            wrong += [
                f"{place}: {fault}"
                for fault in page.evaluate(OVERFLOW) + page.evaluate(RUN_AXE, RULES[rules])
            ]
    return wrong


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_page_is_for_everybody(
    scene: Scene, scenery: Scenery, contexts: dict[str, BrowserContext], chromium: Browser, ground: Ground
) -> None:
    # A stranger's browser is a new one each time: what one asks for stays with it.
    key = scene.name if scene.who == "stranger" else scene.who
    if key not in contexts:
        contexts[key] = _context(scenery, chromium, scene.who)
    # One page a person: a new one would be a new process of the browser each time.
    page = (contexts[key].pages or [contexts[key].new_page()])[0]
    page.set_viewport_size({"width": scene.sizes[0][0], "height": scene.sizes[0][1]})
    page.goto(_address(scenery, ground, scene))
    if scene.act:
        scene.act(page)
    wrong = _look(page, scene)
    assert not wrong, "\n".join(wrong)


def test_walk_sees_the_faults_it_looks_for(chromium: Browser) -> None:
    """A page with one of each, so that a clean walk means something."""
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.set_content(
        """<!doctype html><html lang="fa" dir="rtl"><title>x</title><body><main><h1>Dashboard</h1><img src="x.png">
        <button>12 تیکت</button><svg width="900" height="9"></svg><label for="a" >نام</label><input id="a">
        <p><font color="#bbbbbb">کم‌رنگ</font></p></main></body></html>"""
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert set(page.evaluate(FOREIGN)) == {"Dashboard", "12 تیکت"}
    assert "too wide" in page.evaluate(OVERFLOW)[0]
    light = " ".join(page.evaluate(RUN_AXE, RULES["light"]))
    assert "image-alt" in light and "color-contrast" in light
    assert "color-contrast" in " ".join(page.evaluate(RUN_AXE, RULES["dark"]))
    page.close()
