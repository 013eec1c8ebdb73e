"""The furniture of the two houses: something behind every address, and words that must never cross a wall."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from captcha.models import CaptchaStore
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Contract, Customer, Section, User
from accounts.roles import Level
from accounts.services import companies, contact, contracts, people
from departments.models import DayOff, Department, ExtraField, Seat, StaffGroup, Topic
from departments.services import canned, fields, groups, hours, imports, policies, vacations
from helpdesk.panels.logo import small_png
from persian import jalali
from tenants.models import StoredFile, Tenant
from tenants.scope import tenant_scope
from tenants.services import files, profile
from tests.worlds import House, World, make_ticket, make_world, next_mobile, sign_in
from tickets import services
from tickets.models import Counter, Outgoing, Ticket, TicketStatus, Transfer
from tickets.services import drafts, statuses
from tickets.states import Category

# One word each; none may be read outside its own wall.
RIVAL = "qanari7raqib"
FELLOW = "qanari7hamsaye"
NOTE = "qanari7yaddasht"
# Of a note that the owner has written for the manager alone, and of a ticket of finance to sales.
NAMED = "qanari7namdar"
INTERNAL = "qanari7dakheli"
STRANGER = "stranger"


@dataclass
class Things:
    """What an address may hold: the objects of one customer of one house."""

    house: House
    ticket: Ticket  # in the hands of a member of staff
    free: Ticket  # in nobody's hands
    closed: Ticket
    file: StoredFile
    department: Department
    topic: Topic
    person: User
    customer: Customer
    contact: User
    section: Section
    member: User  # a level-2 person of that section
    seat: Seat
    contract: Contract
    asked: Ticket  # another department is asked to take it over; the clerk watches it
    request: Transfer
    field: ExtraField  # of the department, optional, asked of everybody
    leaving: Outgoing  # an answer of staff's on its way, and one that could not go
    unsent: Outgoing

    @property
    def tickets(self) -> list[Ticket]:
        return [self.ticket, self.free, self.closed, self.asked]


@dataclass
class Scene:
    """Our house with two customers, the rival's, and a browser for everybody."""

    world: World
    ours: Things
    fellow: Things
    rival: Things
    note_file: StoredFile
    named_file: StoredFile
    internal: Ticket
    kept: dict[int, str] = field(default_factory=dict)
    _handlers: dict[bool, Any] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.world.home

    def people(self, house: House | None = None) -> dict[str, User | None]:
        """Role in the table → person; the stranger is nobody."""
        house = house or self.house
        return {STRANGER: None, **house.everyone()}

    def browser(self, role: str = STRANGER, house: House | None = None, *, strict: bool = False) -> Client:
        """A fresh browser on a house's host, signed in as ``role``; failures come back as their page."""
        house = house or self.house
        client = Client(HTTP_HOST=house.host, enforce_csrf_checks=strict, raise_request_exception=False)
        # The middleware is loaded once for all of them.
        client.handler = self._handlers.setdefault(strict, client.handler)
        user = house.extra["newcomer"] if role == "newcomer" else self.people(house)[role]
        if user is not None:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.kept[user.pk]
        return client


def build() -> Scene:
    """Two houses with tickets, notes, files, logos and open sessions; call it inside a transaction."""
    world = make_world()
    for house in (world.home, world.rival):
        _furnish(house)
    with tenant_scope(world.rival.tenant):
        _rename(world.rival, RIVAL)
        # Numbers begin anew in each house; the rival's must not be numbers of ours by chance.
        Counter.objects.update(last=7000)
    with tenant_scope(world.home.tenant):
        Customer.objects.filter(pk=world.home.other_company.pk).update(name=f"چاپ {FELLOW}")
        User.objects.filter(pk=world.home.other_customer.pk).update(name=f"کامران {FELLOW}")
    rival, _ = _things(world.rival, word=RIVAL)
    ours, note_file = _things(world.home, word="")
    fellow, _ = _things(world.home, word=FELLOW, fellow=True)
    named_file, internal = _among_us(world.home, ours.ticket)
    scene = Scene(
        world,
        ours=ours,
        fellow=fellow,
        rival=rival,
        note_file=note_file,
        named_file=named_file,
        internal=internal,
    )
    _open_sessions(scene)
    CaptchaStore.generate_key()
    return scene


def _furnish(house: House) -> None:
    png = small_png(SimpleUploadedFile("logo.png", PIXEL), len(PIXEL))
    with tenant_scope(house.tenant):
        profile.set_logo(house.tenant, actor=house.owner, png=png)
        for role, person in house.everyone().items():
            User.objects.filter(pk=person.pk).update(email=f"{role}@{house.tenant.slug}.example")
        house.extra["newcomer"] = people.create_staff(actor=house.owner, mobile=next_mobile(), name="")
        team = groups.create_group(actor=house.owner, name="خط اول")
        groups.join(team, actor=house.owner, user=house.manager)
        far = jalali.local_day(timezone.now()) + timedelta(days=90)
        for person in (house.staff, house.finance_manager):
            vacations.plan(person, actor=person, starts_on=far, ends_on=far)
        day = jalali.local_day(timezone.now())
        # Closed today and open tomorrow, whatever days these are: both can be pressed.
        hours.set_week(actor=house.owner, valid_from=day, slots=[[(510, 1020)]] * 7)
        hours.close_day(actor=house.owner, day=day, name="جابه‌جایی", announce=True)
        if day + timedelta(days=1) in hours.PUBLIC:
            hours.open_day(actor=house.owner, day=day + timedelta(days=1))
        policies.set_policy(
            actor=house.owner,
            department=house.support,
            priority=4,
            first_yellow=20,
            first_red=40,
            next_yellow=30,
            next_red=60,
        )
        # A change of number that waits for its codes.
        contact.begin(
            house.staff, kind="mobile", value=next_mobile(), tenant=house.tenant, address="127.0.0.9"
        )
        contact.begin(
            house.finance_manager,
            kind="mobile",
            value=next_mobile(),
            tenant=house.tenant,
            address="127.0.0.9",
        )
        # Not a default, so that it may be retired and made one.
        statuses.create_status(actor=house.owner, name="منتظر قرارداد", category=Category.WAITING)
    # An import that waits for its owner's word.
    rows = "نام شرکت,موبایل\nشیشهٔ پویا,09120000004\n"
    imports.begin(SimpleUploadedFile("مشتریان.csv", rows.encode()), actor=house.owner, tenant=house.tenant)


def _rename(house: House, word: str) -> None:
    """Put the rival's word into everything that has a name."""
    Tenant.objects.filter(pk=house.tenant.pk).update(name=f"شرکت {word}", hours_text=word)
    for model in (User, Customer, Department, Topic, Section, StaffGroup, DayOff, TicketStatus):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(name=f"{row.name} {word}")


def _things(house: House, *, word: str, fellow: bool = False) -> tuple[Things, StoredFile]:
    contact = house.other_customer if fellow else house.customer_main
    department = house.finance if fellow else house.support
    staff = house.finance_manager if fellow else house.staff
    with tenant_scope(house.tenant):
        subject, body = f"چاپ فاکتور {word}".strip(), f"پیش‌نمایش درست است. {word}"
        common = {"by": contact, "department": department, "subject": subject, "body": body}
        ticket, free, closed, asked = (make_ticket(house, **common) for _ in range(4))
        services.assign(ticket, actor=house.owner, to=staff)
        file = _file(house, contact, f"فاکتور {word}.txt")
        services.reply(ticket, actor=contact, body=f"فایلش {word}", client_key=uuid.uuid4(), files=[file])
        hidden = _file(house, staff, f"{NOTE} {word}.txt")
        services.note(ticket, actor=staff, body=f"{NOTE} {word}", client_key=uuid.uuid4(), files=[hidden])
        services.note(free, actor=house.owner, body=f"{NOTE} {word}", client_key=uuid.uuid4())
        services.reply(ticket, actor=staff, body=f"درستش می‌کنیم. {word}", client_key=uuid.uuid4())
        services.assign(closed, actor=house.owner, to=staff)
        services.close(closed, actor=staff)
        for _ in range(2):
            services.delete(make_ticket(house, **common), actor=house.owner)
        services.assign(asked, actor=house.owner, to=staff)
        request = services.request_transfer(
            asked,
            actor=staff,
            target=house.orphan if fellow else house.finance,
            explanation=f"{NOTE} {word}",
            client_key=uuid.uuid4(),
        )
        services.watch(asked, actor=staff, user=house.clerk)
        services.watch(ticket, actor=staff, user=house.finance_manager if fellow else house.manager)
        topic = house.topic if not fellow else Topic.objects.create(department=house.finance, name="مالی")
        section = house.section if not fellow else _section(house.other_company, word)
        member = User.objects.filter(section=section, level=Level.SECTION_MEMBER).first() or _member(
            section, word
        )
        canned.create_canned(
            actor=house.owner,
            department=department,
            name=f"خوشامد {word}".strip(),
            body=f"سلام {{مشتری}} {word}",
        )
        things = Things(
            house=house,
            ticket=ticket.refresh(),
            free=free.refresh(),
            closed=closed.refresh(),
            file=file,
            department=department,
            topic=topic,
            person=staff,
            customer=contact.customer,
            contact=contact,
            section=section,
            member=member,
            seat=Seat.objects.get(user=staff, department=department),
            contract=_contract(house, contact.customer, word),
            asked=asked.refresh(),
            request=request,
            field=fields.create_field(
                actor=None,
                department=department,
                kind="choice",
                label=f"نسخه {word}".strip(),
                choices=["کم", "زیاد"],
            ),
            leaving=_written(ticket, staff, word),
            unsent=_written(asked, staff, word, failed="دیگر نمی‌شد"),
        )
        drafts.keep(actor=staff, place=f"reply-{ticket.number}", values={"body": f"{NOTE} {word}"})
    return things, hidden


def _written(ticket: Ticket, author: User, word: str, *, failed: str = "") -> Outgoing:
    return Outgoing.objects.create(
        ticket=ticket,
        author=author,
        body=f"{NOTE} {word}",
        client_key=uuid.uuid4(),
        due_at=timezone.now() + timedelta(days=1),
        failed=failed,
    )


def _among_us(house: House, ticket: Ticket) -> tuple[StoredFile, Ticket]:
    """What not even all of our side may read: the named note's file, and the internal ticket."""
    with tenant_scope(house.tenant):
        held = _file(house, house.owner, f"{NAMED}.txt")
        note = {"body": NAMED, "audience": "named", "readers": [house.manager], "files": [held]}
        services.note(ticket, actor=house.owner, client_key=uuid.uuid4(), **note)
        internal = services.open_internal(
            actor=house.finance_manager,
            department=house.orphan,
            subject=INTERNAL,
            body=INTERNAL,
            client_key=uuid.uuid4(),
            files=[_file(house, house.finance_manager, f"{INTERNAL}.txt")],
        ).ticket
    return held, internal


def _section(company: Customer, word: str) -> Section:
    return companies.create_section(actor=None, customer=company, name=f"بخش {word}")


def _member(section: Section, word: str) -> User:
    return people.create_customer_person(
        actor=None,
        customer=section.customer,
        mobile=next_mobile(),
        level=2,
        section=section,
        name=f"عضو {word}",
    )


def _contract(house: House, customer: Customer, word: str) -> Contract:
    """A year of support, begun today."""
    first = contracts.today()
    return contracts.create_contract(
        actor=house.owner, customer=customer, starts_on=first, ends_on=first + timedelta(days=364), notes=word
    )


def _file(house: House, actor: User, name: str) -> StoredFile:
    upload = SimpleUploadedFile(name, f"words of {name}".encode())
    return files.store(upload, tenant=house.tenant, actor=actor)


def _open_sessions(scene: Scene) -> None:
    for house in (scene.world.home, scene.world.rival):
        for person in [*house.everyone().values(), house.extra["newcomer"]]:
            client = Client(HTTP_HOST=house.host)
            sign_in(client, person)
            scene.kept[person.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value


def _pixel() -> bytes:
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (8, 8), "#147d8f").save(out, "PNG")
    return out.getvalue()


PIXEL = _pixel()
