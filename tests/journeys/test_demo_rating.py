"""As under `make run`: an answer is rated from its letter in the demo inbox, by somebody who has not logged in (S8)."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from persian.digits import to_persian
from tests.load.test_sqlite_under_load import Demo, demo  # noqa: F401  (the demo's own processes, a fixture)

from .conftest import press

pytestmark = pytest.mark.journey


@pytest.mark.spec("S8")
def test_an_answer_is_rated_from_its_letter_in_the_demo_inbox(demo: Demo, chromium: Browser) -> None:  # noqa: F811
    home = demo.stack.url(demo.host)
    number = to_persian(str(demo.numbers[0]))
    address = f"{home}desk/tickets/{demo.numbers[0]}/"
    staff = chromium.new_context(locale="fa-IR")
    staff.add_cookies(
        [{"name": name, "value": value, "url": home} for name, value in demo.sessions["staff"].items()]
    )
    page = staff.new_page()
    page.goto(address)
    page.get_by_label("متن پاسخ به مشتری").fill("درست شد.")
    press(page.get_by_role("button", name="ارسال پاسخ"))

    # The letter has come; its links open beside the inbox, in a browser nobody is signed in with.
    stranger = chromium.new_context(locale="fa-IR")
    inbox = stranger.new_page()
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        inbox.goto(f"{home}demo/inbox/?to=negar@kashi.example")
        # The world's other tickets have been answered too, and their letters fill more than a page.
        answer = inbox.locator("article[data-channel=email]", has_text=number).filter(has_text="/rate/")
        older = inbox.locator("a[rel=next]")
        while not answer.count() and older.count():
            press(older)
        if answer.count():
            break
        time.sleep(0.5)
    assert answer.count(), f"No letter with a link for stars: {inbox.inner_text('main')}\n{demo.stack.said()}"
    star = answer.first.frame_locator("iframe.demo-mail").locator('a[href*="stars=4"]')
    with stranger.expect_page() as opened:
        star.click()
    letter = opened.value
    expect(letter.get_by_role("radio", checked=True)).to_have_value("4")
    # Opening it has rated nothing.
    page.goto(address)
    expect(page.locator(".msg-staff .given")).to_have_count(0)
    letter.get_by_label(re.compile("توضیح")).fill("همان بار اول درست شد.")
    press(letter.locator("main form").get_by_role("button").last)
    expect(letter.get_by_text("امتیاز شما ثبت شد")).to_be_visible()
    page.reload()
    expect(page.locator(".msg-staff .given")).to_contain_text("همان بار اول درست شد.")
    staff.close()
    stranger.close()
