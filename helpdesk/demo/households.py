"""The people of a demo tenant, made by the services an owner uses: desks, staff, companies and their personnel."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from django.utils import timezone

from accounts.models import Customer, User
from accounts.roles import Level
from accounts.services import companies as firms
from accounts.services import people
from departments.models import Department, Seat, Topic
from departments.services import (
    create_customer,
    create_department,
    create_staff,
    create_topic,
    link_customer,
    seat,
)
from tenants.models import Tenant
from tenants.services import profile
from tickets.models import Counter

from .people import COMPANIES_OFF, LOGINS, PASSWORD, Company, Crowd, House, Person, dice, mobile
from .plan import Resident

FEWEST = 8  # companies, however small the scale


@dataclass
class Household:
    """A tenant's rows by the numbers of people.py."""

    house: House
    owner: User
    desks: dict[str, Department] = field(default_factory=dict)
    topics: dict[tuple[str, str], Topic] = field(default_factory=dict)
    seated: dict[str, list[User]] = field(default_factory=dict)
    managers: dict[str, User] = field(default_factory=dict)
    people: dict[int, User] = field(default_factory=dict)
    customers: dict[int, Customer] = field(default_factory=dict)
    residents: list[Resident] = field(default_factory=list)
    silent: list[User] = field(default_factory=list)

    def manager(self, department: str) -> User:
        """Who answers for a department: its manager, or the owner."""
        return self.managers.get(department, self.owner)


def furnish(tenant: Tenant, owner: User, house: House, *, scale: float) -> Household:
    """Make everybody of a house; in its scope."""
    home = Household(house, owner)
    profile.change_profile(tenant, actor=owner, name=house.name, phone=house.phone, hours_text=house.hours)
    # Numbers go on where an older system of theirs stopped.
    Counter.objects.update(last=house.last_number)
    _desks(home)
    rng = dice(f"people of {house.slug}")
    crowd, number = Crowd(rng), house.companies[0].number + 100
    for company in house.companies[: max(FEWEST, round(len(house.companies) * scale))]:
        _company(home, company)
        for section in company.sections:
            number = _section(home, company, section, crowd, number, rng)
    _welcome(home)
    return home


def _desks(home: Household) -> None:
    for desk in home.house.desks:
        home.desks[desk.name] = create_department(
            actor=home.owner, name=desk.name, description=desk.description, rule=desk.rule
        )
        home.seated[desk.name] = []
    for one in home.house.staff:
        first, *others = one.seats
        user = create_staff(
            actor=home.owner,
            mobile=mobile(one.number),
            name=one.who.name,
            email=f"{one.email}@avandfam.example" if one.email else None,
            department=home.desks[first],
            level=Seat.SeatLevel.MANAGER if one.manages == first else Seat.SeatLevel.STAFF,
        )
        for other in others:
            seat(actor=home.owner, user=user, department=home.desks[other])
        for name in one.seats:
            home.seated[name].append(user)
        home.people[one.number] = user
        if one.manages:
            home.managers[one.manages] = user
    for desk in home.house.desks:
        for name, number in desk.topics:
            home.topics[desk.name, name] = create_topic(
                actor=home.owner,
                department=home.desks[desk.name],
                name=name,
                assignee=home.people.get(number),
            )
        for outer, name, rule in desk.inner:
            home.topics[desk.name, name] = create_topic(
                actor=home.owner,
                department=home.desks[desk.name],
                name=name,
                parent=home.topics[desk.name, outer],
                rule=rule,
            )


def _company(home: Household, company: Company) -> None:
    customer, contact = create_customer(
        actor=home.owner,
        name=company.name,
        mobile=mobile(company.number),
        contact_name=company.contact.name if company.contact else "",
        email=company.email or None,
        phone=f"0210000{company.number + 3000}",
    )
    home.customers[company.number] = customer
    home.people[company.number] = contact
    if company.link:
        department, number = company.link
        link_customer(
            actor=home.owner,
            customer=customer,
            department=home.desks[department],
            staff=home.people.get(number),
        )
    if company.contact:
        # The main contact writes as much as all the others together.
        home.residents += [Resident(company.number, company.contact, company, company.email)] * 3


def _section(home: Household, company: Company, name: str, crowd: Crowd, number: int, rng: Random) -> int:
    """A section with its manager and one to three people; returns the next free number."""
    customer = home.customers[company.number]
    section = firms.create_section(actor=home.owner, customer=customer, name=name)
    fixed = {201: Person("خانم", "الهام", "پورعباسی"), 202: Person("آقای", "رضا", "کریمی")}
    for place in range(1 + rng.randint(1, 3)):
        who = fixed.get(number) or crowd.next()
        level = Level.SECTION_MEMBER if place else Level.SECTION_MANAGER
        user = people.create_customer_person(
            actor=home.owner,
            customer=customer,
            mobile=mobile(number),
            level=level,
            section=section,
            name=who.name,
        )
        home.people[number] = user
        # Some have never written; of those, some will be switched off or have never come in.
        if number in fixed or rng.random() < 0.7:
            home.residents.append(Resident(number, who, company, ""))
        else:
            home.silent.append(user)
        number += 1
    return number


def _welcome(home: Household) -> None:
    """Those of the table finish their first login with a password; whoever speaks in a ticket has had theirs."""
    everybody = {**home.people, home.house.owner_number: home.owner}
    for login in LOGINS:
        if login.tenant == home.house.slug and login.username:
            welcome(everybody[login.number], username=login.username)
    speakers = {resident.number for resident in home.residents} | {one.number for one in home.house.staff}
    came = [everybody[number].pk for number in speakers]
    User.objects.filter(pk__in=came, welcomed_at=None).update(welcomed_at=timezone.now())


def welcome(user: User, *, username: str) -> None:
    """Finish a person's first login with a user name and the demo's password."""
    people.finish_welcome(user, actor=user, name=user.name, username=username, password=PASSWORD)


def switch_some_off(home: Household) -> None:
    """Two companies and every other silent person lose their access, once their tickets are written."""
    for number in COMPANIES_OFF:
        if number in home.customers:
            firms.switch_customer_off(home.customers[number], actor=home.owner)
    for user in home.silent[::2]:
        people.switch_off(user, actor=home.owner)
