"""Two houses to look at: one full of long names, mixed subjects and every state, one where nothing has happened yet."""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import Customer, User
from accounts.roles import Right
from accounts.services import people
from departments import services as departments
from departments.absence import today
from departments.models import Department
from departments.services import canned, groups, hours, levels, policies, vacations
from departments.services.fields import create_field, retire_field
from helpdesk.console.services import create_tenant
from persian import sort_key
from tenants.models import StoredFile, Tenant
from tenants.scope import tenant_scope
from tenants.services import files
from tests.worlds import House, make_house, make_ticket, next_mobile
from tickets.models import Message, Outgoing, Ticket, TicketStatus
from tickets.queries import statuses_for
from tickets.rating_links import closing_link
from tickets.services import (
    close,
    delete,
    drafts,
    fields,
    note,
    open_internal,
    rate_answer,
    rate_closing,
    reject,
    reply,
    request_transfer,
    set_status,
    statuses,
    take,
    watch,
)

LONG_NAME = "سیده فاطمه‌زهرا موسوی‌خراسانی‌نژاد طباطبایی"
LONG_COMPANY = "شرکت تعاونی تولیدی و بازرگانی کاشی و سرامیک نقش‌جهان آریاگستر پارس (سهامی خاص)"
LONG_DEPARTMENT = "پشتیبانی فنی، شبکه و زیرساخت سامانه‌های مالی"
SUBJECTS = (
    "خطای PrintSpooler 0x709 هنگام چاپ فاکتور رسمی در Windows Server 2019 و چند سیستم دیگر که تازه نصب شده‌اند",
    "پشتیبان‌گیری شبانه",
    "API حقوق و دستمزد پاسخ HTTP 403 Forbidden می‌دهد",
    "درخواست آموزش ماژول انبار برای همکاران تازه‌وارد کارخانهٔ دوم در شهرک صنعتی شکوهیه",
    "VPN از بیرون شرکت وصل نمی‌شود",
    "تمدید قرارداد پشتیبانی سال ۱۴۰۶",
    "گزارش فروش فصلی با عدد انبار نمی‌خواند و مدیرعامل تا پایان وقت اداری امروز منتظر است",
)
BODY = (
    "سلام و وقت بخیر.\n\nاز امروز صبح پس از به‌روزرسانی نسخهٔ 4.2.1 روی سرور حسابداری، هنگام چاپ پیام زیر می‌آید:\n\n"
    "Win32Exception (0x80004005): The operation could not be completed\n"
    "C:\\Program Files\\Avand\\Reports\\InvoicePrintPreviewTemplateWithVeryLongUnbrokenName_2026_final_v2.rpt\n\n"
    "نشانی سامانه: https://portal.example.test/reports/invoices?from=1405-01-01&to=1405-06-31&format=pdf\n"
    "اگر لازم است از راه دور وصل شوید، پس از ساعت ۱۴ هماهنگ کنید."
)

# All that an answer may be made of.
ANSWER = """<p>سلام خانم موسوی، <strong>بستهٔ سازگار</strong> را نصب کنید:</p>
<ol><li>سرویس Print Spooler را ببندید</li>
<li>این را از <a href="https://example.test/fix/4.2.1">بستهٔ ۴٫۲٫۱</a> باز کنید:
<ul><li>روی سرور</li><li>روی PC-14</li></ul></li></ol><blockquote>خطا از چاپگر نیست.</blockquote>
<pre>net stop spooler\nnet start spooler</pre><p>اگر ماند، <code>PrintSpooler.log</code> را بفرستید.</p>"""


@dataclass
class Scenery:
    """The full house, the empty one, and who stands at the door."""

    full: House
    empty: House
    bare_owner: User
    newcomer: User
    tickets: dict[str, Ticket] = field(default_factory=dict)
    # Ids of the full house's access level and group, and the path of a letter's link.
    places: dict[str, Any] = field(default_factory=dict)


def build() -> Scenery:
    """Make both; commits, so that the running server sees them."""
    full, empty = make_house(f"f{uuid.uuid4().hex[:10]}"), make_house(f"e{uuid.uuid4().hex[:10]}")
    _name(full.tenant, "نرم‌افزار حسابداری و انبار آوندفام پارس")
    _name(empty.tenant, "نوپا")
    bare, owner = create_tenant(
        slug=f"b{uuid.uuid4().hex[:10]}", name="تازه‌کار", owner_mobile=next_mobile(), owner_name="بهرام مدیری"
    )
    with tenant_scope(bare):
        User.objects.filter(pk=owner.pk).update(welcomed_at=timezone.now())
    with tenant_scope(full.tenant):
        newcomer = departments.create_staff(actor=full.owner, mobile=next_mobile())
        _lengthen(full)
        scenery = Scenery(full, empty, owner, newcomer)
        scenery.tickets = _tickets(full)
        scenery.places = (
            _fields(full, scenery.tickets["long"])
            | _rights(full)
            | _topics(full)
            | {"week": _clock(full), "canned": _ready(full)}
        )
        scenery.places["link"] = closing_link(scenery.tickets["rated"], full.customer_main)
    return scenery


def _rights(house: House) -> dict[str, int]:
    """An access level that can nearly everything, a group with a long name, somebody away with a stand-in."""
    level = levels.create_level(
        actor=house.owner, name="سرشیفت شب و روزهای تعطیل رسمی", rights=[right.value for right in Right]
    )
    group = groups.create_group(
        actor=house.owner, name="خط اول پاسخ‌گویی تلفنی و Chat", description="شنبه تا چهارشنبه، هر دو شیفت"
    )
    groups.join(group, actor=house.owner, user=house.colleague)
    groups.join(group, actor=house.owner, user=house.owner)
    away = vacations.plan(
        house.colleague,
        actor=house.owner,
        starts_on=today(),
        ends_on=today() + timedelta(days=9),
        substitute=house.staff,
    )
    return {"level": level.pk, "group": group.pk, "vacation": away.pk, "status": _statuses(house)}


def _ready(house: House) -> int:
    """Answers kept ready, long and short, of everybody's, a department's and a person's own, and a signature; the id of
    the department's.
    """
    owner, staff = house.owner, house.staff
    canned.create_canned(actor=owner, name="خوشامد", body="سلام {مشتری} گرامی،\n\nتیکت {شماره} رسید.")
    row = canned.create_canned(
        actor=owner,
        department=house.support,
        name="راه‌اندازی دوبارهٔ سرویس چاپ در Windows Server و گرفتن گزارش خطا",
        body="سرویس PrintSpooler را از نو راه بیندازید و نتیجه را همین‌جا بنویسید. {نام ناشناخته}\n\n"
        + "متن بلند " * 60,
    )
    canned.create_canned(actor=staff, user=staff, name="پیگیری فردا", body="{مشتری}، فردا خبرتان می‌کنم.")
    people.change_profile(
        staff, actor=staff, signature="{کارشناس}\n{دپارتمان}، {مرکز}\nتلفن ۰۲۱-۱۲۳۴ داخلی ۱۲"
    )
    return row.pk


def _statuses(house: House) -> int:
    """Statuses of the owner's own, one with moves and one retired, two tickets in the bin; the first status."""
    own = statuses.create_status(
        actor=house.owner,
        name="منتظر تأمین‌کنندهٔ قطعه از کارخانهٔ دوم",
        category="open",
        customer_label="قطعهٔ شما در راه است",
        colour="#1b9793",
    )
    gone = statuses.create_status(
        actor=house.owner, name="ارجاع به Vendor", category="open", colour="#d46a1e"
    )
    waiting = TicketStatus.objects.get(category="waiting", is_default=True)
    statuses.allow_moves(own, actor=house.owner, targets=[waiting])
    statuses.retire_status(gone, actor=house.owner, to=own)
    for subject in SUBJECTS[:2]:
        delete(make_ticket(house, by=house.section_member, subject=subject), actor=house.owner)
    return own.pk


def _fields(house: House, ticket: Ticket) -> dict[str, int]:
    """Questions with long words, one of our side's own and one retired, answered on a ticket."""
    rows = [
        ("choice", "شدت و فوریت از نگاه خود مشتری", {"choices": ["کار خوابیده است", "گاهی Error می‌دهد"]}),
        ("choices", "کجا پیش می‌آید", {"choices": ["ویندوز", "مرورگر Chrome", "گوشی"], "is_required": True}),
        ("number", "مبلغ فاکتور", {"help": "به ریال، همان که در پیش‌نمایش است."}),
        ("date", "از چه روزی", {}),
        ("flag", "پشتیبان‌گیری امروز انجام شده", {}),
        ("file", "عکس صفحه", {}),
        ("long", "ارزیابی کارشناس", {"is_staff_only": True}),
        ("text", "نسخهٔ برنامه", {}),
    ]
    made = {
        kind: create_field(actor=house.owner, department=house.support, kind=kind, label=label, **more)
        for kind, label, more in rows
    }
    places = made["choices"].choices.values_list("pk", flat=True)
    given = {
        "choices": set(places),
        "number": "12500000",
        "flag": False,
        "text": "۱۴٫۲",
        "long": "صبور است.\nآشناست.",
    }
    answers = {made[kind].pk: value for kind, value in given.items()}
    fields.fill(ticket, actor=house.owner, answers=answers)
    retire_field(made["text"], actor=house.owner)
    return {"desk": house.support.pk, "field": made["choice"].pk, "retired_field": made["text"].pk}


def _topics(house: House) -> dict[str, int]:
    """Topics in a topic, with and without a rule of their own; one is off the form."""
    server = departments.create_topic(
        actor=house.owner, department=house.support, name="سرور و شبکه", rule="rotation"
    )
    inner = {"actor": house.owner, "department": house.support, "parent": server}
    long = departments.create_topic(
        **inner, name="اتصال شعبه‌های دور به سامانهٔ مرکزی و دفتر تهران از راه VPN", rule="least"
    )
    departments.create_topic(**inner, name="دیسک و پشتیبان‌گیری")
    departments.create_topic(**inner, name="تلفن سانترال", is_active=False)
    return {"inner_topic": long.pk}


def _clock(house: House) -> int:
    """Own hours that change soon, limits of a department, and tomorrow closed with a long word; the later week."""
    day = today()
    shifts = [[(450, 720), (780, 1050)]] * 5 + [[(480, 720)], []]
    hours.set_week(actor=house.owner, valid_from=day - timedelta(days=60), slots=shifts)
    later = hours.set_week(actor=house.owner, valid_from=day + timedelta(days=30), slots=[[]] * 7)
    hours.close_day(
        actor=house.owner,
        day=day + timedelta(days=1),
        name="جابه‌جایی دفتر مرکزی و Data Center به ساختمان تازه",
        announce=True,
    )
    for priority in (0, 4):
        policies.set_policy(
            actor=house.owner,
            department=house.support,
            priority=priority,
            first_yellow=150,
            first_red=1235,
            next_yellow=90,
            next_red=1300,
            resolve=6000,
        )
    return later.pk


def _name(tenant: Tenant, name: str) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(
        name=name, phone="02188776655", hours_text="شنبه تا چهارشنبه، ۸ تا ۱۷"
    )
    tenant.name = name


def _lengthen(house: House) -> None:
    """Long names where a layout is likely to give way, and enough rows for a list to be a list."""
    _rename(house.section_member, LONG_NAME, email="f.mousavi@accounting.example.test")
    _rename(house.colleague, "ابوالفضل رضاییان‌مقدم اصفهانی‌زاده")
    _rename(house.customer, LONG_COMPANY, national_id="10101010106")
    Department.objects.filter(pk=house.support.pk).update(
        name=LONG_DEPARTMENT, description="هر چه با نصب، شبکه، چاپ و پشتیبان‌گیری سر و کار دارد."
    )
    house.support.refresh_from_db()
    departments.link_customer(
        actor=house.owner, customer=house.other_company, department=house.support, staff=house.colleague
    )
    for number in range(9):
        departments.create_customer(
            actor=house.owner,
            name=f"گروه صنعتی {'پارس' * (number + 1)}",
            mobile=next_mobile(),
            contact_name="مریم",
        )


def _rename(row: User | Customer, name: str, **more: str) -> None:
    type(row).objects.filter(pk=row.pk).update(name=name, sort_key=sort_key(name), **more)  # type: ignore[misc]
    row.refresh_from_db()


def _tickets(house: House) -> dict[str, Ticket]:
    people = (house.customer_main, house.section_member, house.section_manager)
    for number in range(28):
        holder = (house.staff, None, house.colleague)[number % 3]
        ticket = make_ticket(
            house,
            by=people[number % 3],
            subject=SUBJECTS[number % len(SUBJECTS)],
            priority=1 + number % 4,
            staff=holder,
            at=timezone.now() - timedelta(hours=number * 7),
        )
        if number % 5 == 1:
            reply(ticket, actor=house.owner, body="بررسی شد.", client_key=uuid.uuid4())
        if number % 7 == 3:
            waiting = next(one for one in statuses_for(ticket) if one.category == "waiting")
            set_status(ticket, actor=house.owner, status=waiting)
    long = _long(house)
    return {
        "long": long,
        "closed": _closed(house),
        "rated": _rated(house),
        "untaken": _untaken(house),
        "ours": _ours(house),
        "internal": _internal(house, long),
        "old": _old(house),
        "talk": _talk(house),
        "asked": _asked(house),
        "refused": _refused(house),
        "incoming": _incoming(house),
        "sending": _sending(house),
    }


def _rated(house: House) -> Ticket:
    """Closed; its two answers and its handling have stars, one of them few, with long words."""
    ticket = make_ticket(house, staff=house.staff, subject=SUBJECTS[2])
    for place, (stars, words) in enumerate(((2, f"نسخهٔ 4.2.1 را در پیام اول نوشته بودم. {BODY}"), (5, ""))):
        body = ("لطفاً شمارهٔ نسخه را بفرستید.", "درست شد؛ دسترسی API را باز کردیم.")[place]
        answer = reply(ticket, actor=house.staff, body=body, client_key=uuid.uuid4())
        rate_answer(answer, actor=house.customer_main, stars=stars, comment=words)
    ticket = close(ticket, actor=house.staff)
    rate_closing(ticket, actor=house.customer_main, stars=4, comment="در آخر خوب جمع شد.")
    return ticket


def _picture() -> bytes:
    """A screen with a window and a red frame in it."""
    image = Image.new("RGB", (640, 400), "#d9e0ec")
    pen = ImageDraw.Draw(image)
    pen.rectangle((60, 50, 580, 350), fill="#ffffff", outline="#c0392b", width=4)
    pen.rectangle((60, 50, 580, 90), fill="#5b73ad")
    held = io.BytesIO()
    image.save(held, "PNG")
    return held.getvalue()


def _upload(house: House, actor: User, name: str, content: bytes) -> StoredFile:
    return files.store(SimpleUploadedFile(name, content), tenant=house.tenant, actor=actor)


def _long(house: House) -> Ticket:
    """Everything a ticket page can show: files, a note, turns, a taking."""
    customer, staff = house.section_member, house.staff
    held = [
        _upload(
            house, customer, "عکس خطا از صفحهٔ چاپ، سیستم حسابداری طبقهٔ دوم ساختمان مرکزی.png", _picture()
        ),
        _upload(
            house,
            customer,
            "InvoicePrintPreviewTemplate_2026_final_v2_with_a_very_long_name.log",
            b"x" * 90_000,
        ),
    ]
    ticket = make_ticket(house, by=customer, subject=SUBJECTS[0], body=BODY, priority=4, files=held)
    take(ticket, actor=staff)
    note(ticket, actor=staff, body="سرورشان هنوز Windows 7 است؛ به مشتری نگویید.", client_key=uuid.uuid4(),
         files=[_upload(house, staff, "یادداشت فنی.txt", b"x")])  # fmt: skip
    reply(ticket, actor=staff, body="", html=ANSWER, client_key=uuid.uuid4())
    note(ticket, actor=staff, body=f"@{house.colleague.name} این درخواست را با Hamkaran ERP هم ببین.",
         client_key=uuid.uuid4(), audience="named", readers=[house.clerk, house.finance_manager])  # fmt: skip
    reply(
        ticket, actor=customer, body="نصب شد ولی روی یکی از سیستم‌ها هنوز مانده است.", client_key=uuid.uuid4()
    )
    return ticket


def _internal(house: House, about: Ticket) -> Ticket:
    """Support asks finance about the long ticket, gets an answer and asks again."""
    ticket = open_internal(
        actor=house.staff,
        department=house.finance,
        subject="تأیید مبلغ فاکتور رسمی Windows Server 2019 برای همین مشتری، پیش از پایان وقت اداری",
        body="سلام. مبلغ پشتیبانی این فاکتور را تأیید می‌کنید؟",
        client_key=uuid.uuid4(),
        priority=3,
        about=about,
    ).ticket
    for actor, body in ((house.finance_manager, "تا ۱۴ پاسخ می‌دهیم."), (house.staff, "سپاس، منتظریم.")):
        reply(ticket, actor=actor, body=body, client_key=uuid.uuid4())
    return ticket


def _closed(house: House) -> Ticket:
    ticket = make_ticket(house, subject=SUBJECTS[1], staff=house.staff)
    reply(ticket, actor=house.staff, body="انجام شد.", client_key=uuid.uuid4())
    close(ticket, actor=house.staff)
    return ticket


def _untaken(house: House) -> Ticket:
    return make_ticket(house, subject=SUBJECTS[2], priority=3)


def _asked(house: House) -> Ticket:
    """Another department is asked to take it over, for somebody there; two colleagues watch."""
    ticket = make_ticket(house, subject=SUBJECTS[3], staff=house.staff)
    for user in (house.clerk, house.colleague):
        watch(ticket, actor=house.staff, user=user)
    request_transfer(ticket, actor=house.staff, target=house.finance, person=house.finance_manager,
                     explanation=BODY, client_key=uuid.uuid4())  # fmt: skip
    return ticket.refresh()


def _refused(house: House) -> Ticket:
    ticket = make_ticket(house, subject=SUBJECTS[5], staff=house.staff)
    row = request_transfer(ticket, actor=house.staff, target=house.finance, explanation="پرسشش مالی است.",
                           client_key=uuid.uuid4())  # fmt: skip
    reject(row, actor=house.finance_manager, reason="قرارداد را پشتیبانی بسته و تمدیدش هم با خودتان است.")
    return ticket


def _incoming(house: House) -> Ticket:
    """Asked of support by the other department."""
    ticket = make_ticket(house, subject=SUBJECTS[4], department=house.finance, staff=house.finance_manager)
    request_transfer(ticket, actor=house.finance_manager, target=house.support,
                     explanation="VPN با ما نیست؛ از شبکه بپرسید.", client_key=uuid.uuid4())  # fmt: skip
    return ticket


def _sending(house: House) -> Ticket:
    """Staff's answer is on its way for a day, the next one is half written; another of theirs could not go."""
    ticket = make_ticket(house, staff=house.staff, subject=SUBJECTS[4])
    far = timezone.now() + timedelta(days=1)
    for failed in ("", "تیکت دیگر دیده نمی‌شود."):
        Outgoing.objects.create(
            tenant=house.tenant,
            ticket=ticket,
            author=house.staff,
            body=BODY,
            then="close",
            failed=failed,
            client_key=uuid.uuid4(),
            due_at=far,
        )
    drafts.keep(actor=house.staff, place=f"reply-{ticket.number}", values={"body": "و این را هم ببینید:"})
    return ticket


def _ours(house: House) -> Ticket:
    return make_ticket(
        house, by=house.owner, requester=house.customer_main, subject=SUBJECTS[5], staff=house.staff
    )


def _old(house: House) -> Ticket:
    """Closed for so long that a word of the customer's goes on in a new ticket."""
    ticket = make_ticket(
        house, subject=SUBJECTS[6], staff=house.staff, at=timezone.now() - timedelta(days=60)
    )
    close(ticket, actor=house.staff, at=timezone.now() - timedelta(days=50))
    return ticket


def _talk(house: House) -> Ticket:
    """Longer than a page shows at once."""
    ticket = make_ticket(house, subject=SUBJECTS[3], staff=house.staff, at=timezone.now() - timedelta(days=9))
    Message.objects.bulk_create(
        Message(
            tenant=house.tenant,
            ticket=ticket,
            author=(house.staff, house.customer_main)[number % 2],
            kind="reply",
            side=("staff", "customer")[number % 2],
            body=f"پیام {number}",
            client_key=uuid.uuid4(),
            created_at=timezone.now() - timedelta(days=8, minutes=-number),
        )
        for number in range(40)
    )
    return ticket
