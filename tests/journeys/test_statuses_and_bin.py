"""The owner's own statuses, a customer whose problem is solved, the bin with its purge, and a long ticket read."""

import re
import time
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tenants.models import Quota
from tenants.scope import tenant_scope
from tenants.services import files
from tests.tickets.test_timeline import fill
from tests.worlds import House, make_ticket
from tickets.models import Message, Ticket, TicketStatus
from tickets.services import close, reply

from .conftest import Browsers, choose, press

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def _said(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


@pytest.mark.spec("S7", "S20")
def test_owner_names_a_status_the_customer_reads_it_and_the_ticket_is_solved(
    browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, subject="قطعهٔ چاپگر", staff=house.staff)
        old = make_ticket(house, subject="تمدید گواهی", staff=house.staff)
        close(old, actor=house.staff, at=timezone.now() - timedelta(days=40))
    owner = browsers.enter(house, "owner")
    page = owner.page
    owner.go("/manage/statuses/")
    page.locator("summary", has_text="وضعیت تازه").click()
    form = page.locator("details.add form")
    form.get_by_label("نام", exact=True).fill("منتظر تأمین‌کننده")
    form.get_by_label("نام نزد مشتری").fill("در راه رسیدن قطعه")
    form.get_by_label("دسته").select_option(label="در حال بررسی")
    choose(form, "فیروزه‌ای")
    press(form.get_by_role("button", name="ساختن وضعیت"))
    _said(page, "وضعیت ساخته شد")
    # From there only to the answer.
    page.get_by_label("پاسخ داده شد").check()
    press(page.get_by_role("button", name="ذخیرهٔ مسیرها"))
    _said(page, "ذخیره شد")
    # First in the order, by the keys of its grip.
    owner.go("/manage/statuses/")
    grip = page.get_by_role("button", name="جابه‌جایی منتظر تأمین‌کننده")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        for _ in range(5):
            grip.press("ArrowUp")
    owner.go("/manage/statuses/")
    expect(page.locator("[data-reorder] li").first).to_contain_text("منتظر تأمین‌کننده")
    # The days: closed tickets reopen for a week.
    page.get_by_label("بازگشایی با پاسخ مشتری").fill("۷")
    press(page.get_by_role("button", name="ذخیرهٔ قاعده‌ها"))
    _said(page, "ذخیره شد")

    staff = browsers.enter(house, "staff")
    staff.go(f"/desk/tickets/{ticket.number}/")
    staff.page.locator("summary", has_text="عوض‌کردن وضعیت").click()
    press(staff.page.get_by_role("button", name="منتظر تأمین‌کننده"))
    expect(staff.page.locator(".status .icon.tint-teal")).to_be_visible()
    staff.page.locator("summary", has_text="عوض‌کردن وضعیت").click()
    expect(staff.page.locator("[name=status]")).to_have_count(2)
    expect(staff.page.locator(".event").last).to_contain_text("از «جدید» به «منتظر تأمین‌کننده»")

    customer = browsers.enter(house, "customer_main", phone=True)
    customer.go("/portal/")
    expect(customer.page.locator(".tile", has_text="قطعهٔ چاپگر")).to_contain_text("در راه رسیدن قطعه")
    customer.go(f"/portal/tickets/{ticket.number}/")
    _said(customer.page, "در راه رسیدن قطعه")
    expect(customer.page.locator("main")).not_to_contain_text("منتظر تأمین‌کننده")

    # Retired: its tickets take the next one, the history keeps the name.
    press(page.locator("[data-reorder] a", has_text="منتظر تأمین‌کننده"))
    page.get_by_label("جانشین").select_option(label="در حال بررسی")
    press(page.get_by_role("button", name="بازنشسته شود"))
    _said(page, "بازنشسته شد و تیکت‌هایش")
    expect(page.locator("section", has_text="بازنشسته‌ها").last).to_contain_text("منتظر تأمین‌کننده")
    staff.go(f"/desk/tickets/{ticket.number}/")
    expect(staff.page.locator(".event").last).to_contain_text("وضعیت «منتظر تأمین‌کننده» بازنشسته شد")
    with tenant_scope(house.tenant):
        assert ticket.refresh().status == TicketStatus.objects.get(category="open", is_default=True)

    # «مشکلم حل شد», one press beside the reply box; and it may be opened again.
    press(customer.page.locator(".composer").get_by_role("button", name="مشکلم حل شد"))
    _said(customer.page, "خوشحالیم که حل شد")
    press(customer.page.get_by_role("button", name="بازگشایی"))
    _said(customer.page, "دوباره باز شد")
    press(customer.page.locator("header").get_by_role("button", name="مشکلم حل شد"))
    _said(customer.page, "با پیام شما دوباره باز می‌شود")

    # One closed for longer than the week says beforehand that it goes on in a new ticket, and leads there.
    customer.go(f"/portal/tickets/{old.number}/")
    _said(customer.page, "پیامتان تیکت تازه‌ای می‌شود")
    customer.page.get_by_label("متن پاسخ").fill("باز همان خطا آمد")
    press(customer.page.get_by_role("button", name="ارسال در تیکت تازه"))
    _said(customer.page, "پیامتان در این تیکت تازه ثبت شد")
    _said(customer.page, "باز همان خطا آمد")
    press(customer.page.locator("main header a", has_text="تیکت"))
    expect(customer.page.locator(".event").last).to_contain_text("ادامه یافت")


@pytest.mark.spec("H6", "S20")
def test_owner_deletes_restores_and_purges_and_a_long_ticket_is_read(
    browsers: Browsers, house: House
) -> None:
    with tenant_scope(house.tenant):
        upload = SimpleUploadedFile("فاکتور.txt", b"x" * 4096)
        file = files.store(upload, tenant=house.tenant, actor=house.customer_main)
        ticket = make_ticket(house, subject="تیکت آزمایشی", staff=house.staff)
        key = uuid.uuid4()
        reply(ticket, actor=house.customer_main, body="پیوست", client_key=key, files=[file])
        long = make_ticket(
            house, subject="گفت‌وگوی بلند", staff=house.staff, at=timezone.now() - timedelta(days=4)
        )
        fill(house, long, messages=100, events=20)
        first = Message.objects.filter(ticket=long).earliest("created_at", "pk")
    owner = browsers.enter(house, "owner")
    manager = browsers.enter(house, "manager")
    page, address = owner.page, reverse("file", args=[file.public_id])

    def delete() -> None:
        owner.go(f"/desk/tickets/{ticket.number}/")
        page.get_by_role("link", name="حذف تیکت").click()
        dialog = page.locator("dialog#delete")
        expect(dialog).to_contain_text("می‌توانید برش گردانید")
        press(dialog.get_by_role("button", name="بردن به سطل"))
        _said(page, "تیکت به سطل رفت")

    # No button for the manager, nothing anywhere for anybody once it is there.
    manager.go(f"/desk/tickets/{ticket.number}/")
    expect(manager.page.get_by_role("link", name="حذف تیکت")).to_have_count(0)
    delete()
    expect(page.locator(".entry", has_text="تیکت آزمایشی")).to_contain_text("بهرام مدیری")
    expect(page.locator(".entry", has_text="تیکت آزمایشی")).to_contain_text("روز دیگر")
    manager.go(f"/desk/tickets/{ticket.number}/")
    _said(manager.page, "این صفحه پیدا نشد")
    manager.go("/desk/tickets/?view=all")
    expect(manager.page.locator("main")).not_to_contain_text("تیکت آزمایشی")
    manager.go("/manage/bin/")
    expect(manager.page.locator("body")).not_to_contain_text("تیکت آزمایشی")
    press(page.get_by_role("button", name="برگرداندن"))
    _said(page, "تیکت سر جایش برگشت")
    manager.go(f"/desk/tickets/{ticket.number}/")
    expect(manager.page.locator(".event").last).to_contain_text("از سطل برگرداند")

    # Gone for good: no page, no file, and its room is free again.
    with tenant_scope(house.tenant):
        used = Quota.objects.get().used
    delete()
    page.get_by_role("link", name="پاک‌کردن").click()
    press(page.get_by_role("button", name="برای همیشه پاک شود"))
    _said(page, "برای همیشه پاک شد")
    _said(page, "سطل خالی است")
    # A download has no page: asked for as a script would.
    answer = page.evaluate("async address => (await fetch(address)).status", address)
    assert answer == 404
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with tenant_scope(house.tenant):
            if Quota.objects.get().used == used - 4096:
                break
        time.sleep(0.2)
    with tenant_scope(house.tenant):
        assert Quota.objects.get().used == used - 4096
        assert not Ticket.with_bin.filter(pk=ticket.pk).exists()
    owner.go("/manage/audit/")
    expect(page.locator(".act-head").first).to_contain_text("پاک‌کردن تیکت برای همیشه")

    # A long ticket: the newest part, the older one on demand, and an address that names an old message.
    manager.go(f"/desk/tickets/{long.number}/")
    messages = manager.page.locator(".msg")
    expect(messages.last).to_be_visible()
    shown = messages.count()
    assert shown <= 30
    manager.page.get_by_role("link", name="پیام‌های پیشین").click()
    expect(messages.nth(shown + 30)).to_be_attached()
    manager.go(f"/desk/tickets/{long.number}/?x#message-{first.pk}")
    expect(manager.page.locator(f"#message-{first.pk}")).to_be_in_viewport()
    expect(manager.page.get_by_role("link", name="پیام‌های پیشین")).to_have_count(0)
    expect(manager.page.locator(".event", has_text=re.compile("تیکت را ثبت کرد"))).to_be_visible()
