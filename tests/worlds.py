"""The people of the tests: two tenants, and in each everybody the SPEC names. Made by the services themselves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from accounts.models import AccessLevel, Customer, Section, User
from accounts.roles import Level, Right
from accounts.services import companies, people
from accounts.services.login import enter
from accounts.session_store import SessionStore
from departments.models import Department, Topic
from departments.services import desks, levels, topics
from helpdesk.console.services import create_tenant
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.again import again
from tickets.models import Ticket
from tickets.services import open_ticket

_serial = count(1)


def next_mobile() -> str:
    """A mobile nobody has yet."""
    return f"0900{next(_serial):07d}"


@dataclass
class House:
    """One tenant and its people. ``support`` has a manager and two staff, ``orphan`` nobody, ``finance`` a manager and
    a clerk, whose access level lets them manage customers.
    """

    tenant: Tenant
    owner: User
    support: Department
    finance: Department
    orphan: Department
    topic: Topic
    manager: User
    staff: User
    colleague: User
    finance_manager: User
    clerk: User
    customer: Customer
    customer_main: User
    section: Section
    section_manager: User
    section_member: User
    other_section_member: User
    other_company: Customer
    other_customer: User
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.tenant.host

    def client(self, user: User | None = None, **kwargs: Any) -> Client:
        """A browser on this tenant's host, signed in as ``user`` when one is given."""
        client = Client(HTTP_HOST=self.host, **kwargs)
        if user is not None:
            sign_in(client, user)
        return client

    def everyone(self) -> dict[str, User]:
        """Role in the tests → person."""
        names = (
            "owner manager staff colleague finance_manager clerk customer_main section_manager section_member"
            " other_section_member other_customer"
        )
        return {name: getattr(self, name) for name in names.split()}


@dataclass
class World:
    """Our house, and the rival's next door."""

    home: House
    rival: House


def sign_in(client: Client, user: User) -> None:
    """Give a test browser a session of this person, as the login page would."""
    request = HttpRequest()
    request.META.update(REMOTE_ADDR="127.0.0.1", HTTP_USER_AGENT="tests")
    request.session = SessionStore()
    tenant = Tenant.objects.get(pk=user.tenant_id)
    request.tenant = tenant  # type: ignore[attr-defined]
    with tenant_scope(tenant):
        enter(request, user)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key


def make_house(slug: str, *, is_platform: bool = False) -> House:
    """A tenant with departments, staff and two customer companies."""
    return again((slug, is_platform), lambda: _build(slug, is_platform))


def _build(slug: str, is_platform: bool) -> House:
    tenant, owner = create_tenant(
        slug=slug,
        name=f"شرکت {slug}",
        owner_mobile=next_mobile(),
        owner_name="بهرام مدیری",
        is_platform=is_platform,
    )
    with tenant_scope(tenant):
        support = desks.create_department(actor=owner, name="پشتیبانی فنی")
        finance = desks.create_department(actor=owner, name="مالی و قرارداد")
        orphan = desks.create_department(actor=owner, name="فروش")
        manager = _staff(owner, "کیمیا بهروزی", support, "manager")
        staff = _staff(owner, "آرش دهدشتی", support, "staff")
        colleague = _staff(owner, "مهدیار کاظمی", support, "staff")
        finance_manager = _staff(owner, "پریسا نوروزی‌فر", finance, "manager")
        reception = levels.create_level(
            actor=owner, name="پذیرش", rights=[Right.OPEN, Right.CUSTOMERS, Right.EXPORT]
        )
        clerk = _staff(owner, "لیلا شریفی", finance, "staff", reception)
        topic = topics.create_topic(actor=owner, department=support, name="چاپ و گزارش")
        customer, customer_main = companies.create_customer(
            actor=owner, name="کاشی نقش‌گل میبد", mobile=next_mobile(), contact_name="نگار صالحی‌پور"
        )
        section = Section.objects.create(customer=customer, name="حسابداری")
        other_section = Section.objects.create(customer=customer, name="کارگزینی")
        section_manager = _person(customer, "الهام پورعباسی", Level.SECTION_MANAGER, section)
        section_member = _person(customer, "رضا کریمی", Level.SECTION_MEMBER, section)
        other_section_member = _person(customer, "سحر مرادی", Level.SECTION_MEMBER, other_section)
        other_company, other_customer = companies.create_customer(
            actor=owner, name="چاپ سپندنگار", mobile=next_mobile(), contact_name="کامران یزدان‌فر"
        )
        house = House(
            tenant=tenant,
            owner=owner,
            support=support,
            finance=finance,
            orphan=orphan,
            topic=topic,
            manager=manager,
            staff=staff,
            colleague=colleague,
            finance_manager=finance_manager,
            clerk=clerk,
            customer=customer,
            customer_main=customer_main,
            section=section,
            section_manager=section_manager,
            section_member=section_member,
            other_section_member=other_section_member,
            other_company=other_company,
            other_customer=other_customer,
        )
        for person in house.everyone().values():
            User.objects.filter(pk=person.pk).update(welcomed_at=tenant.created_at)
            person.welcomed_at = tenant.created_at
    return house


def make_world() -> World:
    """Two houses with the same names in them."""
    return World(home=make_house("arvand"), rival=make_house("raghib"))


def make_ticket(
    house: House, *, by: User | None = None, subject: str = "چاپ فاکتور رسمی خطا می‌دهد", **kwargs: Any
) -> Ticket:
    """A ticket opened by a customer's main contact (or ``by``) to support; call it inside the house's scope."""
    kwargs.setdefault("department", house.support)
    return open_ticket(
        actor=by or house.customer_main,
        subject=subject,
        body=kwargs.pop("body", "سلام. پیش‌نمایش درست است ولی چاپ نمی‌شود."),
        client_key=kwargs.pop("client_key", uuid.uuid4()),
        **kwargs,
    ).ticket


def more_people(house: House, count: int) -> list[User]:
    """So many more people of the first company's section, each with a mobile of their own; inside the house's scope."""
    names = (f"همکار شمارهٔ {number}" for number in range(count))
    return [_person(house.customer, name, Level.SECTION_MEMBER, house.section) for name in names]


def _staff(
    owner: User, name: str, department: Department, level: str, access_level: AccessLevel | None = None
) -> User:
    user = people.create_staff(actor=owner, mobile=next_mobile(), name=name)
    desks.seat(actor=owner, user=user, department=department, level=level, access_level=access_level)
    return user


def _person(customer: Customer, name: str, level: int, section: Section) -> User:
    return people.create_customer_person(
        actor=None, customer=customer, mobile=next_mobile(), level=level, section=section, name=name
    )
