"""A customer says how it was: by the link of a letter, without logging in, and in the portal (S8)."""

from __future__ import annotations

import re
import time
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from accounts.models import User
from tenants.scope import tenant_scope
from tests.worlds import House, make_ticket
from tickets import ratings
from tickets.models import Rating, Ticket
from tickets.services.rating import tell_low

from .conftest import Browsers, Ground, press

pytestmark = [pytest.mark.journey, pytest.mark.spec("S8")]
LINK = re.compile(r"http://\S+/rate/\S+")


def _letter(ground: Ground, address: str, *, holding: str) -> EmailMessage:
    """The newest letter to an address whose subject holds the words, once it has come."""
    for _ in range(200):
        for letter in reversed(ground.mail.messages):
            if address in str(letter["To"]) and holding in str(letter["Subject"]):
                return letter
        time.sleep(0.1)
    raise AssertionError([str(letter["Subject"]) for letter in ground.mail.messages])


def _part(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_customer_rates_by_the_letter_and_changes_it_in_the_portal(
    browsers: Browsers, house: House, ground: Ground
) -> None:
    with tenant_scope(house.tenant):
        User.objects.filter(pk=house.customer_main.pk).update(email="negar@kashi.example")
        User.objects.filter(pk=house.manager.pk).update(email="kimia@house.example")
        ticket = make_ticket(house, staff=house.staff)

    # Staff answers and closes.
    staff = browsers.person(house, str(house.staff.mobile))
    staff.come_in()
    staff.go(f"/desk/tickets/{ticket.number}/")
    staff.page.get_by_label("متن پاسخ به مشتری").fill("بستهٔ چاپ را تازه کردیم؛ دوباره امتحان کنید.")
    press(staff.page.get_by_role("button", name="ارسال پاسخ"))
    expect(staff.page.locator(".msg-staff")).to_contain_text("بستهٔ چاپ")
    with tenant_scope(house.tenant):
        from tickets.services import close

        close(Ticket.objects.get(pk=ticket.pk), actor=house.staff)

    # The letter's stars lead to the page, with no login; looking at them gives nothing.
    letter = _letter(ground, "negar@kashi.example", holding="پاسخ تیکت")
    link = LINK.findall(_part(letter, "plain"))[0]
    assert f"{link}?stars=2" in _part(letter, "html")
    guest = browsers.person(house, str(house.customer_main.mobile), phone=True).page
    guest.goto(f"{link}?stars=4")
    expect(guest.get_by_role("heading", level=1)).to_have_text("این پاسخ چطور بود؟")
    expect(guest.get_by_role("radio", name="خوب", exact=True)).to_be_checked()
    with tenant_scope(house.tenant):
        assert not Rating.objects.exists()
    guest.get_by_text("بد", exact=True).click()
    guest.get_by_label("توضیح").fill("نسخه‌ام را در پیام اول نوشته بودم")
    press(guest.get_by_role("button", name="ثبت امتیاز"))
    expect(guest.get_by_text("امتیاز شما ثبت شد.")).to_be_visible()
    with tenant_scope(house.tenant):
        given = Rating.objects.get()
        assert (given.stars, given.by, given.credited_to_id) == (2, "link", house.staff.pk)

    # The manager hears of the low one, some minutes later.
    with tenant_scope(house.tenant):
        tell_low(timezone.now() + ratings.TOLD_AFTER)
    assert "نسخه‌ام را در پیام اول" in _part(
        _letter(ground, "kimia@house.example", holding="امتیاز ۲ از ۵"), "plain"
    )

    # In the portal one press makes it four, and the comment's field stands open; then the closing is rated.
    customer = browsers.person(house, str(house.customer_main.mobile))
    customer.come_in()
    customer.go(f"/portal/tickets/{ticket.number}/")
    page = customer.page
    expect(page.get_by_role("radio", name="۲ ستاره، بد")).to_be_checked()
    # On a slow line the words are begun while the star is under way, and go on where they were.
    held: list[Route] = []
    page.route("**/rate/", lambda route: held.append(route))
    with page.expect_request("**/rate/"):
        page.get_by_title("خوب").click()
    page.get_by_text("توضیح شما").click()
    page.get_by_label("توضیح امتیاز").fill("درست شد")
    held.pop().continue_()
    page.unroute("**/rate/")
    expect(page.locator(".rate").get_by_text("«خوب» ثبت شد")).to_be_visible()
    expect(page.get_by_label("توضیح امتیاز")).to_be_focused()
    page.keyboard.type("، سپاس")
    expect(page.get_by_label("توضیح امتیاز")).to_have_value("درست شد، سپاس")
    with page.expect_response("**/rate/"):
        page.get_by_role("button", name="ثبت توضیح").click()
    expect(page.locator(".rate [name=comment]")).to_have_text("درست شد، سپاس")
    expect(page.get_by_text("توضیح شما")).to_be_visible()
    expect(page.get_by_role("button", name="ثبت توضیح")).to_be_focused()
    expect(page.locator("#rated-said")).to_have_text("«خوب» ثبت شد")

    # A star that does not arrive is not shown as given; after the session it goes once they are in again.
    page.context.set_offline(True)
    page.get_by_title("خیلی بد").click()
    expect(page.locator(".note-toast-bad")).to_contain_text("اینترنت قطع شد")
    expect(page.get_by_role("radio", name="۴ ستاره، خوب")).to_be_checked()
    page.context.set_offline(False)
    page.context.clear_cookies(name="peygir")
    page.get_by_title("معمولی").click()
    dialog = page.get_by_role("dialog", name="دوباره وارد شوید")
    dialog.get_by_role("button", name="بستن این پنجره").click()
    expect(page.get_by_role("radio", name="۴ ستاره، خوب")).to_be_checked()
    page.get_by_title("عالی").click()
    before = len(ground.texts_to(customer.mobile))
    dialog.get_by_label("شمارهٔ همراه", exact=True).fill("0" + customer.mobile[-10:])
    dialog.get_by_role("button", name="دریافت کد").click()
    dialog.get_by_label("کد پیامک‌شده").fill(ground.code_for(customer.mobile, after=before))
    dialog.get_by_role("button", name="ورود", exact=True).click()
    expect(page.locator("#rated-said")).to_have_text("«عالی» ثبت شد")
    with tenant_scope(house.tenant):
        assert Rating.objects.get(message__isnull=False).stars == 5
    sheet = page.locator("#satisfaction")
    sheet.get_by_text("عالی", exact=True).click()
    sheet.get_by_role("button", name="ثبت نظر").click()
    expect(sheet.get_by_text("ثبت شد، سپاس")).to_be_visible()
    expect(sheet.get_by_role("button", name="ثبت تغییر")).to_be_focused()

    # The closing's own letter leads to the same rating.
    closing = LINK.findall(_part(_letter(ground, "negar@kashi.example", holding="بسته شد"), "plain"))[0]
    guest.goto(closing)
    expect(guest.get_by_role("radio", name="عالی")).to_be_checked()

    # Staff sees the stars under the answer, the owner the month.
    staff.go(f"/desk/tickets/{ticket.number}/")
    expect(staff.page.locator(".msg-staff .given")).to_contain_text("درست شد، سپاس")
    expect(staff.page.locator(".panel .given")).to_contain_text("عالی")
    owner = browsers.person(house, str(house.owner.mobile))
    owner.come_in()
    owner.go("/desk/")
    press(owner.page.get_by_role("link", name="رضایت"))
    line = owner.page.locator(".rating-line", has_text=house.staff.display_name)
    expect(line).to_contain_text("۵٫۰")
    expect(owner.page.get_by_text("درست شد، سپاس")).to_be_visible()
