"""Where people write: the editor, pictures put into a text, a colleague called by «@», and a day without a mouse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from departments.services import groups
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets.models import Message

from .conftest import PASSWORD, Browsers, picture, press
from .test_trust_28_rich import STRINGS

pytestmark = pytest.mark.journey
# What a browser does when a picture is pasted: a file on the clipboard.
PASTE = """(root, bytes) => {
  const clipboard = new DataTransfer();
  clipboard.items.add(new File([new Uint8Array(bytes)], "screen.png", {type: "image/png"}));
  root.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clipboard, bubbles: true, cancelable: true}));
}"""
PASTE_HTML = """(root, html) => {
  const clipboard = new DataTransfer();
  clipboard.setData("text/html", html);
  clipboard.setData("text/plain", "");
  // An office puts a picture of the words beside them.
  if (html.includes("</table>")) clipboard.items.add(new File([new Uint8Array(9)], "words.png", {type: "image/png"}));
  root.dispatchEvent(new ClipboardEvent("paste", {clipboardData: clipboard, bubbles: true, cancelable: true}));
}"""


def _whole(page: Page, images: str) -> None:
    """The picture has arrived and can be drawn."""
    expect(page.locator(images)).to_have_count(1)
    page.wait_for_function(
        "at => { const i = document.querySelector(at); return i.complete && i.naturalWidth > 0 }", arg=images
    )


def test_a_reply_with_form_and_a_pasted_picture_is_read_by_the_customer_on_the_phone(
    browsers: Browsers, house: House, tmp_path: Path
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff = browsers.enter(house, "staff")
    page = staff.page
    staff.go(f"/desk/tickets/{ticket.number}/")
    box = page.get_by_label("متن پاسخ به مشتری")
    expect(box).to_have_css("direction", "rtl")  # the caret waits where Persian begins
    box.click()
    page.keyboard.press("Control+b")
    page.keyboard.type("این کارها را بکنید:")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.locator(".pane-reply").get_by_role("button", name="فهرست", exact=True).click()
    page.keyboard.type("سرویس را ببندید")
    page.keyboard.press("Enter")
    page.keyboard.type("دوباره باز کنید")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("راهنما")
    page.keyboard.press("Shift+Control+ArrowRight")
    page.keyboard.press("Control+k")
    page.locator(".pane-reply").get_by_label("نشانی پیوند").fill("help.example.test/print")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    box.evaluate(PASTE, list(picture(tmp_path / "screen.png").read_bytes()))
    _whole(page, ".pane-reply .ql-editor img")
    # What somebody copies from elsewhere brings no picture of elsewhere along, and a file that is none is refused.
    box.evaluate(
        PASTE_HTML, '<p style="color:red"><img src="https://tracker.example.test/x.png"> از جای دیگر</p>'
    )
    box.evaluate(PASTE, [1, 2, 3])
    expect(page.locator(".note-toast-bad")).to_contain_text("تصویر نیست")
    press(page.get_by_role("button", name="ارسال پاسخ"))
    said = page.locator(".msg-staff .rich")
    expect(said.locator("strong")).to_have_text("این کارها را بکنید:")
    expect(said.locator("ul > li")).to_have_text(["سرویس را ببندید", "دوباره باز کنید"])
    expect(said.get_by_role("link", name="راهنما")).to_have_attribute(
        "href", "https://help.example.test/print"
    )
    _whole(page, ".msg-staff .rich img")
    expect(page.locator(".msg-staff .files")).to_have_count(0)
    with tenant_scope(house.tenant):
        message = Message.objects.latest("pk")
        assert message.body.startswith("این کارها را بکنید:\n• سرویس را ببندید\n• دوباره باز کنید\n")
        assert "tracker" not in message.html and "style" not in message.html and "از جای دیگر" in message.body

    customer = browsers.enter(house, "customer_main", phone=True)
    customer.go(f"/portal/tickets/{ticket.number}/")
    expect(customer.page.locator(".msg-staff .rich ul > li")).to_have_count(2)
    _whole(customer.page, ".msg-staff .rich img")
    box = customer.page.get_by_label("متن پاسخ")
    box.click()
    # A phone's keyboard puts the word together: what is asked for does not stand under it, and comes back with none.
    composing = customer.page.context.new_cdp_session(customer.page)
    for word, hint in (("در", "none"), ("", '"پاسخ خود را بنویسید"')):
        place = {"selectionStart": len(word), "selectionEnd": len(word)}
        composing.send("Input.imeSetComposition", {"text": word, **place})
        expect(box).to_have_text(word)
        customer.page.wait_for_function(
            "(hint) => getComputedStyle(document.querySelector('.ql-editor'), '::before').content === hint",
            arg=hint,
        )
    customer.page.keyboard.type("درست شد")
    press(customer.page.get_by_role("button", name="ارسال پاسخ"))
    expect(customer.page.locator(".msg-customer").last).to_contain_text("درست شد")
    with tenant_scope(house.tenant):
        # Typed plainly, kept plainly.
        assert Message.objects.latest("pk").html == ""


CLIPBOARDS = Path(__file__).parent / "clipboards"
OUTLINE = """(root) => {
  const told = (list) => [...list.children].map((line) => {
    const own = [...line.childNodes].filter((one) => !/^[OU]L$/.test(one.nodeName)).map((one) => one.textContent);
    const inner = [...line.children].filter((one) => /^[OU]L$/.test(one.nodeName)).flatMap(told);
    const sign = list.nodeName === "OL" ? "# " : "* ";
    return [sign + own.join("").trim(), ...inner.map((one) => "  " + one)];
  }).flat();
  const read = (one) => (/^[OU]L$/.test(one.nodeName) ? told(one) : one.textContent.trim());
  return [...root.children].flatMap(read).filter(Boolean);
}"""
PASTED = {
    "word": [
        "راهنمای نصب",
        "پیش از نصب این گام‌ها را بردارید:",
        "# سرویس را ببندید و صبر کنید",
        "  * از فهرست Services",
        "  * یا از خط فرمان",
        "# نسخهٔ تازه را نصب کنید",
        "اگر خطا داد:",
        # The editor counts from one: a number that would change stays in words.
        "۳. با ما تماس بگیرید",
        "* فایل گزارش را بفرستید",
        "نسخه | تاریخ",
        "\u200f4.2 | –",
        "راهنما و پانوشت",
    ],
    "docs": [
        "چک‌لیست",
        "متن پررنگ ساده",
        "* یک",
        "  * یک یک",
        "    # ژرف",
        "* دو",
        "۴. چهار",
        "الف | ب",
    ],
    "libre": [
        "گزارش",
        "این متن در دو خط شکسته است",
        "# نخست",
        "# دوم",
        "  * زیر دوم",
        "  # الف‌دار",
        "# سوم",
        "کلید | مقدار",
        "پورت | 8080",
    ],
    "messenger": ["نصب شد ✅ و 1️⃣ ماند", "سپاس 🙏🏽"],
}


def test_what_an_office_puts_on_the_clipboard_arrives_as_lists_and_lines(
    browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff = browsers.enter(house, "staff")
    page, asked = staff.page, []
    staff.go(f"/desk/tickets/{ticket.number}/")
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: asked.append(request.url))
    box = page.get_by_label("متن پاسخ به مشتری")
    for name in PASTED:
        box.press("Control+End")
        box.evaluate(PASTE_HTML, (CLIPBOARDS / f"{name}.html").read_text(encoding="utf-8"))
        page.keyboard.press("Enter")
    # Pasted, nothing of it ran and nothing was fetched; drafts go to our own. Nor of what means harm (TRUST 28).
    other = page.get_by_label("متن یادداشت خصوصی")
    page.locator("label", has_text="یادداشت خصوصی").click()
    other.evaluate(f"(root, all) => all.forEach((html) => ({PASTE_HTML})(root, html))", list(STRINGS))
    page.wait_for_timeout(300)
    page.locator("label", has_text="پاسخ به مشتری").click()
    assert page.evaluate("window.ran") is None
    assert [url for url in asked if not url.startswith(staff.ground.stack.url(house.host))] == []
    # As it stands in the editor: levels counted each for themselves, and the way back out of one by a key.
    signs = "one => getComputedStyle(one.querySelector('.ql-ui'), '::before').content"
    assert "l1" in page.locator(".pane-reply li.ql-indent-1[data-list=ordered]").first.evaluate(signs)
    page.reload()  # the draft keeps the shape
    expect(page.locator(".pane-reply .ql-editor li.ql-indent-2")).to_have_text("ژرف")
    press(page.get_by_role("button", name="ارسال پاسخ"))
    said = page.locator(".msg-staff .rich")
    assert said.evaluate(OUTLINE) == [line for name in PASTED for line in PASTED[name]]
    expect(said.locator("p > strong").first).to_have_text("راهنمای نصب")
    expect(said.get_by_role("link")).to_have_text(["راهنما"])
    with tenant_scope(house.tenant):
        body = Message.objects.latest("pk").body
    assert "۱. سرویس را ببندید و صبر کنید\n  • از فهرست Services" in body
    for gone in ("AB1", "یادداشت داخلی", "و بروید", "tracker", "[تصویر]"):
        assert gone not in body


@pytest.mark.spec("B5")
def test_a_ticket_is_answered_noted_assigned_and_closed_by_keys_alone(
    browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        first = groups.create_group(actor=house.owner, name="خط اول")
        groups.join(first, actor=house.owner, user=house.staff)
        for user, username in ((house.clerk, "clerk.two"), (house.finance_manager, "clerk.one")):
            User.objects.filter(pk=user.pk).update(name=house.clerk.name, username=username)
    manager = browsers.enter(house, "manager")
    page, keys = manager.page, manager.page.keyboard
    manager.go(f"/desk/tickets/{ticket.number}/")

    keys.press("Shift+Slash")
    helped = page.get_by_role("dialog", name="کلیدهای میان‌بر")
    box = helped.bounding_box()
    assert box is not None
    # Who selects its words and lets go outside means the words; a press outside closes it.
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    expect(helped).to_be_visible()
    page.mouse.click(5, 5)
    expect(helped).to_be_hidden()

    # A menu is entered from its foot, too.
    page.get_by_label("شیوه‌های دیگر ارسال").press("Enter")
    keys.press("ArrowUp")
    expect(page.get_by_role("button", name="ارسال و بستن")).to_be_focused()
    keys.press("Escape")
    page.locator("#main").focus()

    keys.press("r")
    expect(page.get_by_label("متن پاسخ به مشتری")).to_be_focused()
    keys.type("سلام، بررسی شد.")
    with page.expect_navigation():
        keys.press("Control+Enter")
    expect(page.locator(".msg-staff")).to_contain_text("سلام، بررسی شد.")

    # A group is called as well, and of namesakes the one whose user name is chosen; leaving the text closes the list.
    keys.press("n")
    expect(page.get_by_label("متن یادداشت خصوصی")).to_be_focused()
    offered = page.get_by_role("listbox", name="همکاران").get_by_role("option")
    keys.type("@خط")
    expect(offered).to_have_text(["خط اول گروه"])
    keys.press("Enter")
    keys.type(f"و @{house.clerk.name}")
    expect(offered).to_have_count(2)
    expect(offered.filter(has_text="clerk.two")).to_have_count(1)
    keys.press("ArrowDown")
    expect(page.locator(".pane-note .ql-editor")).to_have_attribute(
        "aria-activedescendant", re.compile("-1$")
    )
    page.locator(".pane-note .tool").first.focus()
    expect(page.get_by_role("listbox", name="همکاران")).to_be_hidden()
    page.get_by_label("متن یادداشت خصوصی").fill("")

    # With the caret gone elsewhere in the text the list goes, and Enter is a new line.
    keys.type("سلام @خط")
    expect(offered).to_have_count(1)
    keys.press("Home")
    expect(offered).to_have_count(0)
    keys.press("Enter")
    expect(page.locator("#note-body")).to_have_value("\nسلام @خط")
    page.get_by_label("متن یادداشت خصوصی").fill("")

    # A colleague is called by the first letters of their name.
    name = house.colleague.name
    keys.type(f"لطفاً ببین @{name[:3]}")
    listed = page.get_by_role("listbox", name="همکاران")
    expect(listed.get_by_role("option").first).to_be_visible()
    # Where a keyboard on the screen covers what is below the caret, it stands above it.
    caret = page.evaluate(
        """() => {
        const top = getSelection().getRangeAt(0).getBoundingClientRect().top;
        Object.defineProperty(window, "visualViewport", { value: { offsetTop: 0, height: top + 40 } });
        dispatchEvent(new Event("resize"));
        return top;
    }"""
    )
    box = listed.bounding_box()
    assert box is not None and box["y"] + box["height"] <= caret
    for _ in range(8):
        if listed.locator('[aria-selected="true"]').inner_text() == name:
            break
        keys.press("ArrowDown")
    keys.press("Enter")
    expect(listed).to_be_hidden()
    expect(page.get_by_label("متن یادداشت خصوصی")).to_contain_text(f"@{name}")
    keys.type("چه شده است")
    with page.expect_navigation():
        keys.press("Control+Enter")
    expect(page.locator(".msg-note b.called")).to_have_text(f"@{name}")

    keys.press("a")
    dialog = page.locator("dialog#assign")
    expect(dialog).to_be_visible()
    for _ in range(6):
        if page.evaluate("document.activeElement.name") == "to":
            break
        keys.press("Tab")
    keys.type(name)
    keys.press("Tab")
    for _ in range(8):
        if page.evaluate("document.activeElement.type") == "submit":
            break
        keys.press("Tab")
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(".panel")).to_contain_text(name)

    keys.press("c")
    expect(page.get_by_role("button", name="بستن تیکت")).to_be_focused()
    with page.expect_navigation():
        keys.press("Enter")
    expect(page.locator(".t-facts")).to_contain_text("بسته")
    # Said once: a reload of this address says nothing again.
    expect(page.locator("#toasts")).to_contain_text("تیکت بسته شد")
    expect(page).not_to_have_url(re.compile("done="))


# Files let go over a place, as a browser tells it.
DROP = """(root, name) => {
  const held = new DataTransfer();
  held.items.add(new File(["x".repeat(40)], name, {type: "text/plain"}));
  const {left, top} = root.getBoundingClientRect();
  const about = {dataTransfer: held, bubbles: true, cancelable: true, clientX: left + 20, clientY: top + 12};
  const over = new DragEvent("dragover", about);
  root.dispatchEvent(over);
  const seen = document.querySelector(".over")?.className ?? "";
  const drop = new DragEvent("drop", about);
  root.dispatchEvent(drop);
  return [over.defaultPrevented && drop.defaultPrevented, seen];
}"""


def _shapes(page: Page) -> None:
    """A link is edited and taken away as a whole; only «۱.» and a dash begin a list; its levels have keys."""
    keys, box = page.keyboard, page.get_by_label("متن پاسخ به مشتری")
    pane, links = page.locator(".pane-reply"), page.locator(".pane-reply .ql-editor a")
    keys.type("ببینید: ")
    keys.press("Control+k")
    pane.get_by_label("نشانی پیوند").fill("old.example.test")
    keys.press("Enter")
    for _ in range(4):
        keys.press("ArrowRight")  # into its middle
    keys.press("Control+k")
    expect(pane.get_by_label("نشانی پیوند")).to_have_value("https://old.example.test")
    pane.get_by_label("نشانی پیوند").fill("new.example.test")
    keys.press("Enter")
    expect(links).to_have_count(1)
    expect(links).to_have_text("old.example.test")
    expect(links).to_have_attribute("href", "https://new.example.test")
    keys.press("Control+k")
    pane.get_by_role("button", name="بردار").click()
    expect(links).to_have_count(0)
    expect(box).to_contain_text("old.example.test")
    box.fill("")
    for line in ("405. بسته شد", "[x] انجام", "- الف", "ب"):
        keys.type(line)
        keys.press("Enter")
    lines = pane.locator(".ql-editor > p, .ql-editor li")
    expect(lines).to_have_text(["405. بسته شد", "[x] انجام", "الف", "ب", ""])
    keys.press("Control+BracketRight")
    expect(pane.locator("li.ql-indent-1")).to_have_count(1)
    keys.press("Control+BracketLeft")
    expect(pane.locator("li.ql-indent-1")).to_have_count(0)
    box.fill("")


def test_a_picture_stays_where_it_was_put_and_other_files_are_attached(
    browsers: Browsers, house: House, tmp_path: Path
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff = browsers.enter(house, "staff", password=True)
    page, keys = staff.page, staff.page.keyboard
    staff.go(f"/desk/tickets/{ticket.number}/")
    box = page.get_by_label("متن پاسخ به مشتری")
    box.click()
    _shapes(page)

    # Whatever is no picture is attached: from the text, from beside it, and nothing opens in the page's place.
    for place, name in ((box, "در متن.txt"), (page.locator(".pane-reply .pane-foot"), "کنار متن.txt")):
        told, seen = place.evaluate(DROP, name)
        assert told and "composer" in seen
        expect(page.locator("#reply-files")).to_contain_text(name)
    assert page.locator(".t-facts").evaluate(DROP, "جای دیگر.txt") == [True, ""]
    expect(page.locator("#reply-files > li")).to_have_count(2)
    expect(page.locator(".over")).to_have_count(0)

    # Without a line, it is said in words of ours.
    content = list(picture(tmp_path / "screen.png").read_bytes())
    page.route("**/pictures/", lambda route: route.abort())
    box.evaluate(PASTE, content)
    expect(page.locator(".note-toast-bad").last).to_contain_text("اتصال نیست")
    page.unroute("**/pictures/")

    # After the session the way in comes over the page; who types on keeps their place, and sending waits.
    page.context.clear_cookies(name="peygir")
    held: list[Route] = []
    box.evaluate(PASTE, content)
    dialog = page.get_by_role("dialog", name="دوباره وارد شوید")
    dialog.locator("label", has_text="با رمز").click()
    dialog.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + staff.mobile[-10:])
    dialog.get_by_label("رمز", exact=True).fill(PASSWORD)
    page.route("**/pictures/", lambda route: held.append(route))
    dialog.locator("form.pane-pass").get_by_role("button", name="ورود", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(box).to_be_focused()
    keys.type("پس از تصویر")
    keys.press("Control+Enter")
    expect(page.locator(".pane-reply [data-draft-status]")).to_contain_text("تصویری هنوز در راه است")
    keys.press("Control+Enter")
    keys.type("، تا آخر")
    with page.expect_navigation():
        held[0].continue_()
    said = page.locator(".msg-staff .rich p").first
    expect(said).to_have_text("پس از تصویر، تا آخر")
    assert said.evaluate("one => Boolean(one.firstChild.querySelector?.('img'))")
    expect(page.locator(".msg-staff .files")).to_contain_text("کنار متن.txt")
