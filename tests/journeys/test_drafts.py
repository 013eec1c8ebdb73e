"""What is begun on one device is there on another: answers to a department's questions, whom a note is for; and what is
sent after the session has ended, where no script runs.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, Route, expect

from departments.services.canned import create_canned
from departments.services.fields import create_field
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets import writing
from tickets.models import Draft, FieldAnswer, Message, NoteReader, Ticket, Transfer
from tickets.services import drafts

from .conftest import PASSWORD, Browsers, choose, press

pytestmark = [pytest.mark.journey, pytest.mark.spec("B8")]
NOTE = "سقف اعتبارشان پر است"
TYPED = "پاسخی که پس از پایان نشست فرستاده شد"


def _shot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=str(Path(folder) / f"drafts-{name}.png"), full_page=True)


def _ask(house: House) -> None:
    """What support asks: of everybody, and on one topic."""
    make = {"actor": house.owner, "department": house.support}
    with tenant_scope(house.tenant):
        create_field(kind="text", label="نسخهٔ برنامه", **make)
        create_field(kind="choice", label="شدت", choices=["کم", "زیاد"], **make)
        create_field(kind="choices", label="کجا دیدید", choices=["ویندوز", "وب"], **make)
        create_field(kind="flag", label="پیش‌تر هم شده", **make)
        create_field(kind="mobile", label="همراه پاسخ‌گو", **make)
        create_field(kind="long", label="مدل چاپگر", topics=[house.topic], **make)


@pytest.mark.spec("S31", "S12")
def test_answers_and_readers_begun_on_one_device_are_there_on_another(
    browsers: Browsers, house: House
) -> None:
    _ask(house)
    desktop = browsers.enter(house, "customer_main")
    page = desktop.page
    desktop.go("/portal/tickets/new/")
    page.get_by_label("موضوع", exact=True).fill("چاپ فاکتور نمی‌شود")
    page.get_by_label("دپارتمان").select_option(label=house.support.name)
    page.get_by_label("گروه موضوعی").select_option(label=house.topic.name)
    page.get_by_label("نسخهٔ برنامه").fill("۱۴٫۲")
    page.get_by_label("شدت").select_option(label="زیاد")
    page.get_by_label("وب", exact=True).check()
    choose(page.locator("fieldset", has_text="پیش‌تر هم شده").last, "نه")
    page.get_by_label("همراه پاسخ‌گو").fill("۰۹۱۲ ۳۴۵")
    with page.expect_response(lambda one: "404" in (one.request.post_data or "")):
        page.get_by_label("مدل چاپگر").fill("لیزری 404")

    # By a code: a new password would end the session at the desk.
    phone = browsers.person(house, str(house.customer_main.mobile), phone=True)
    phone.come_in()
    small = phone.page
    phone.go("/portal/tickets/new/")
    expect(small.get_by_text("نوشتهٔ پیشین شما بازگردانده شد.")).to_be_visible()
    expect(small.get_by_label("نسخهٔ برنامه")).to_have_value("۱۴٫۲")
    expect(small.get_by_label("مدل چاپگر")).to_have_value("لیزری 404")
    expect(small.get_by_label("همراه پاسخ‌گو")).to_have_value("۰۹۱۲ ۳۴۵")
    expect(small.get_by_label("وب", exact=True)).to_be_checked()
    expect(small.get_by_label("ویندوز", exact=True)).not_to_be_checked()
    expect(small.get_by_role("radio", name="نه", exact=True)).to_be_checked()
    assert small.get_by_label("شدت").evaluate("one => one.selectedOptions[0].text") == "زیاد"
    _shot(small, "phone")
    small.get_by_label("همراه پاسخ‌گو").fill("۰۹۱۲ ۳۴۵ ۶۷۸۹")
    small.get_by_label("شرح").fill("از صبح چاپ نمی‌شود.")
    press(small.get_by_role("button", name="ثبت تیکت"))
    with tenant_scope(house.tenant):
        assert FieldAnswer.objects.filter(ticket=Ticket.objects.get()).count() == 6
    # Sent from the telephone: on the desk the form is empty again.
    page.reload()
    expect(page.get_by_label("موضوع", exact=True)).to_have_value("")

    # A note for one colleague, begun at the desk, goes from the telephone to nobody else.
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    staff = browsers.enter(house, "staff")
    page = staff.page
    staff.go(f"/desk/tickets/{ticket.number}/")
    page.locator("label", has_text="یادداشت خصوصی").first.click()
    page.get_by_label("متن یادداشت خصوصی").fill(NOTE)
    page.locator(".readers > summary").click()
    page.locator(".readers label", has_text="فقط کسانی که نام می‌برم").click()
    with page.expect_response(lambda one: str(house.manager.public_id) in (one.request.post_data or "")):
        page.locator(".readers-list").get_by_label(house.manager.name).check()
    phone = browsers.enter(house, "staff", phone=True)
    small = phone.page
    phone.go(f"/desk/tickets/{ticket.number}/")
    expect(small.locator("#note-body")).to_have_value(NOTE)
    expect(small.get_by_role("radio", name="فقط کسانی که نام می‌برم")).to_be_checked()
    expect(small.locator(".readers-list").get_by_label(house.manager.name)).to_be_checked()
    _shot(small, "note")
    press(small.get_by_role("button", name="ثبت یادداشت خصوصی"))
    expect(small.locator(".msg-note", has_text=NOTE)).to_contain_text(f"فقط برای: {house.manager.name}")
    with tenant_scope(house.tenant):
        assert [one.user_id for one in NoteReader.objects.all()] == [house.manager.pk]


@pytest.mark.spec("S28")
def test_a_session_that_ends_costs_nothing_without_a_script_and_an_internal_ticket_has_ready_words(
    browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        create_canned(actor=house.owner, name="درخواست بررسی", body="{مشتری} منتظر است. با مهر، {کارشناس}")
        place, begun = f"reply-{ticket.number}", {"body": "سلام", "html": "<p><strong>سلام</strong></p>"}
        drafts.keep(actor=house.staff, place=place, values=begun, client_key=uuid4())
    plain = browsers.enter(house, "staff", password=True, java_script_enabled=False)
    page = plain.page
    plain.go(f"/desk/tickets/{ticket.number}/")
    # Begun with an editor: here its form is left out, or it would stand against what is changed.
    expect(page.get_by_label("متن پاسخ به مشتری")).to_have_value("سلام")
    page.get_by_label("متن پاسخ به مشتری").fill(TYPED)
    page.context.clear_cookies(name="peygir")
    press(page.get_by_role("button", name="ارسال پاسخ"))
    expect(page.get_by_text("نگهش داشتیم")).to_be_visible()
    _shot(page, "login")
    page.locator("label", has_text="با رمز").click()
    page.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + plain.mobile[-10:])
    page.get_by_label("رمز", exact=True).fill(PASSWORD)
    press(page.locator("form.pane-pass").get_by_role("button", name="ورود"))
    expect(page.get_by_label("متن پاسخ به مشتری")).to_have_value(TYPED)
    with tenant_scope(house.tenant):
        assert not Message.objects.filter(body=TYPED).exists()
    press(page.get_by_role("button", name="ارسال پاسخ"))
    expect(page.locator(".msg-staff", has_text=TYPED)).to_be_visible()

    # Among ourselves: a ready answer comes without a customer's name, and what is begun is there elsewhere.
    desk = browsers.enter(house, "staff")
    page = desk.page
    desk.go("/desk/tickets/new/internal/")
    page.get_by_label("موضوع", exact=True).fill("اعتبار این مشتری")
    page.get_by_role("button", name="پاسخ آماده").click()
    with page.expect_response(lambda one: one.url.endswith("/drafts/")):
        page.get_by_role("option", name="درخواست بررسی").click()
    words = f"{{مشتری}} منتظر است. با مهر، {house.staff.display_name}"
    expect(page.locator("#id_body")).to_have_value(words)
    _shot(page, "internal")
    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.get_by_text("نوشتهٔ پیشین شما بازگردانده شد.")).to_be_visible()
    expect(page.locator("#id_body")).to_have_value(words)
    with tenant_scope(house.tenant):
        assert Draft.objects.filter(place="new-internal").count() == 1


@pytest.mark.spec("B5", "H22")
def test_another_tab_and_a_slow_line_cost_no_word(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    place = f"reply-{ticket.number}"
    person = browsers.enter(house, "staff", password=True)
    page, address = person.page, f"/desk/tickets/{ticket.number}/"
    person.go(address)
    other = page.context.new_page()
    browsers.watch(other)
    other.goto(page.url)
    box, box_there = (one.get_by_label("متن پاسخ به مشتری") for one in (page, other))
    box.press_sequentially("ده دقیقه نوشته")
    expect(page.locator(".pane-reply [data-draft-status]")).to_contain_text("ذخیره شد")
    # A tab that was opened before: what is emptied there takes nothing away, what is written there comes beside it.
    with other.expect_response(lambda one: one.url.endswith("/drafts/")):
        box_there.press_sequentially("س")
        box_there.press("Backspace")
    box_there.press_sequentially("سلام")
    expect(other.locator(".pane-reply [data-draft-status]")).to_contain_text("صفحه را تازه کنید")
    other.close()
    page.reload()
    expect(page.locator("#reply-body")).to_have_value("ده دقیقه نوشته\n\nسلام")
    # Who comes by a key goes on at the end; what is left at once is on the server all the same.
    page.keyboard.press("r")
    page.keyboard.type("، تمام")
    person.go("/me/")
    with tenant_scope(house.tenant):
        for _ in range(50):
            body = writing.drafts_of(house.staff, place)[place].values["body"]
            if body.endswith("تمام"):
                break
            page.wait_for_timeout(100)
        assert body == "ده دقیقه نوشته\n\nسلام، تمام"
        Draft.objects.all().delete()
        begun = {"body": "متن پررنگ", "html": "<p>متن <strong>پررنگ</strong></p>"}
        drafts.keep(actor=house.staff, place=place, values=begun, client_key=uuid4())
    page.evaluate("localStorage.clear()")
    # The editor is late: what is typed before it stands in it, and goes on where it was.
    late: list[Route] = []
    page.route("**/quill*.js", lambda route: late.append(route))
    page.goto(person.ground.stack.url(house.host, address), wait_until="commit")
    plain = page.locator("#reply-body")
    expect(plain).to_be_visible()
    page.wait_for_function(
        "document.querySelector('.pane-reply [data-draft-back]') && performance.now() > 300"
    )
    plain.focus()
    plain.press("Control+End")
    page.keyboard.type(" و دراز")
    plain.press("Control+Home")
    page.keyboard.type("این ")
    for route in late:
        route.continue_()
    page.unroute("**/quill*.js")
    expect(page.locator(".pane-reply .ql-editor")).to_be_focused()
    page.keyboard.type("یک ")
    expect(plain).to_have_value("این یک متن پررنگ و دراز")
    press(page.get_by_role("button", name="ارسال پاسخ"))
    expect(page.locator(".msg-staff")).to_contain_text("این یک متن پررنگ و دراز")
    with tenant_scope(house.tenant):
        assert not Draft.objects.exists()
    # The words of a hand-over, in a dialog that came later, outlive the session as well.
    page.get_by_role("link", name="درخواست انتقال", exact=True).first.click()
    asked = page.get_by_role("dialog", name="درخواست انتقال")
    asked.get_by_label("دپارتمان مقصد").select_option(label=house.finance.name)
    asked.get_by_label("توضیح").fill(NOTE)
    page.context.clear_cookies(name="peygir")
    asked.get_by_role("button", name="فرستادن درخواست").click()
    again = page.get_by_role("dialog", name="دوباره وارد شوید")
    expect(again).to_be_visible()
    page.keyboard.press("Escape")
    expect(asked.get_by_text("فرستاده نشد")).to_be_visible()
    asked.get_by_role("button", name="فرستادن درخواست").click()
    expect(again).to_be_visible()
    _shot(page, "hand-over")
    again.locator("label", has_text="با رمز").click()
    again.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + person.mobile[-10:])
    again.get_by_label("رمز", exact=True).fill(PASSWORD)
    press(again.locator("form.pane-pass").get_by_role("button", name="ورود", exact=True))
    with tenant_scope(house.tenant):
        assert Transfer.objects.get().target_id == house.finance.pk
        create_field(actor=house.owner, department=house.support, kind="text", label="نسخهٔ برنامه")
    # So do answers to the department's questions, where none of them is a long text.
    page.goto(person.ground.stack.url(house.host, f"{address}fields/"))
    page.get_by_label("نسخهٔ برنامه").fill("۱۴٫۲")
    page.context.clear_cookies(name="peygir")
    page.get_by_role("button", name="ذخیره").click()
    again.locator("label", has_text="با رمز").click()
    again.get_by_label("نام کاربری یا شمارهٔ همراه").fill("0" + person.mobile[-10:])
    again.get_by_label("رمز", exact=True).fill(PASSWORD)
    press(again.locator("form.pane-pass").get_by_role("button", name="ورود", exact=True))
    with tenant_scope(house.tenant):
        assert FieldAnswer.objects.get().text == "۱۴٫۲"


def _type_and_wait(box: Locator, words: str) -> None:
    """The seconds until the next save have passed."""
    box.press("Control+End")
    box.page.keyboard.insert_text(words)
    expect(box.page.locator("#reply-body")).to_have_value(re.compile(words))
    box.page.clock.fast_forward(8000)


def test_on_a_line_that_is_stuck_nothing_waits_for_ever(browsers: Browsers, house: House) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
    person = browsers.enter(house, "staff")
    page = person.page
    page.clock.install()
    person.go(f"/desk/tickets/{ticket.number}/")
    box, said = page.get_by_label("متن پاسخ به مشتری"), page.locator(".pane-reply [data-draft-status]")
    stuck: list[Route] = []

    def stick(path: str) -> None:
        page.route(path, lambda route: stuck.append(route))

    # A save that hangs is given up, and the next one arrives.
    stick("**/drafts/")
    with page.expect_request("**/drafts/"):
        _type_and_wait(box, "سلام")
    page.clock.fast_forward(30_000)
    expect(said).to_contain_text("فقط در این مرورگر")
    page.unroute("**/drafts/")
    _type_and_wait(box, "، بفرمایید")
    expect(said).to_contain_text("ذخیره شد")

    # Their other tab comes in anew, and the tokens of this one are of the session before.
    token = page.locator(".pane-reply [name=csrfmiddlewaretoken]")
    before = token.input_value()
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    other = page.context.new_page()
    other.goto(page.url)
    other.close()
    _type_and_wait(box, "؛ رسید")
    expect(token).not_to_have_value(before)
    page.clock.fast_forward(8000)
    expect(said).to_contain_text("ذخیره شد")
    with tenant_scope(house.tenant):
        assert Draft.objects.get().values["body"] == "سلام، بفرمایید؛ رسید"

    # Nor does the question hang who is signed in.
    send = page.get_by_role("button", name="ارسال پاسخ")
    stick("**/here/")
    with page.expect_request("**/here/"):
        send.click()
    page.clock.fast_forward(30_000)
    expect(said).to_contain_text("اتصال نیست")
    expect(send).not_to_have_attribute("aria-busy", "true")
    page.unroute("**/here/")

    # A page that does not come is stopped, and what was sent is sent again.
    stick("**/reply/")
    page.evaluate(
        """() => {
        setTimeout(() => document.querySelector(".pane-reply [data-send]").click());
        setTimeout(() => { document.body.dataset.stopped = ""; window.stop(); }, 800);
    }"""
    )
    expect(page.locator("body[data-stopped]")).to_be_attached()
    assert stuck[-1].request.url.endswith("/reply/")
    page.unroute("**/reply/")
    press(send)
    expect(page.locator(".msg-staff")).to_contain_text("سلام، بفرمایید؛ رسید")


@pytest.mark.spec("S31")
def test_a_new_ticket_kept_in_this_browser_alone_comes_back_with_its_questions(
    browsers: Browsers, house: House
) -> None:
    _ask(house)
    Tenant.objects.filter(pk=house.tenant.pk).update(sms_on_open=False)
    person = browsers.enter(house, "customer_main")
    page = person.page
    person.go("/portal/tickets/new/")
    page.route("**/drafts/", lambda route: route.abort())
    page.get_by_label("موضوع", exact=True).fill("چاپ فاکتور نمی‌شود")
    page.get_by_label("دپارتمان").select_option(label=house.support.name)
    page.get_by_label("گروه موضوعی").select_option(label=house.topic.name)
    page.get_by_label("نسخهٔ برنامه").fill("۱۴٫۲")
    page.get_by_label("شدت").select_option(label="زیاد")
    page.get_by_label("وب", exact=True).check()
    choose(page.locator("fieldset", has_text="اولویت").last, "فوری")
    sms = page.get_by_label("کد رهگیری را برایم پیامک کنید")
    sms.set_checked(not sms.is_checked())
    is_asked = sms.is_checked()
    page.get_by_label("مدل چاپگر").fill("لیزری 404")
    expect(page.locator("[data-draft-status]")).to_contain_text("فقط در این مرورگر")
    page.reload()
    expect(page.get_by_label("مدل چاپگر")).to_have_value("لیزری 404")
    expect(page.get_by_label("نسخهٔ برنامه")).to_have_value("۱۴٫۲")
    expect(page.get_by_label("وب", exact=True)).to_be_checked()
    expect(page.get_by_role("radio", name="فوری")).to_be_checked()
    assert sms.is_checked() is is_asked
    assert (
        page.get_by_label("گروه موضوعی")
        .evaluate("one => one.selectedOptions[0].text")
        .endswith(house.topic.name)
    )
    assert page.get_by_label("شدت").evaluate("one => one.selectedOptions[0].text") == "زیاد"
    # The line is back: it is told so, and nothing needs to be typed for that.
    page.unroute("**/drafts/")
    with page.expect_response(lambda one: one.url.endswith("/drafts/")):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-draft-status]")).to_contain_text("ذخیره شد")
    with tenant_scope(house.tenant):
        values = Draft.objects.get().values
    assert len(values["answers"]) == 4 and (values["priority"], values["subject"]) == (
        "4",
        "چاپ فاکتور نمی‌شود",
    )
    # Who logs out at once has left the last word on the server, and nothing here.
    page.get_by_label("مدل چاپگر").fill("لیزری 405")
    page.locator("summary", has_text=house.customer_main.name.split()[0]).first.click()
    press(page.get_by_role("button", name="خروج", exact=True))
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))") == []
    with tenant_scope(house.tenant):
        assert ["لیزری 405"] in Draft.objects.get().values["answers"].values()
