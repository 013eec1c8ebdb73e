"""Building the demo: the platform and two tenants with people, tickets and files, each tenant in one transaction.

Everything is written by the services the pages call, told when it happened; nobody is sent anything.
"""

from __future__ import annotations

import uuid
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Customer, User
from accounts.roles import Level
from accounts.services import factor
from departments.services import create_department
from helpdesk.console.services import create_tenant
from notifications.models import Bell, Delivery
from notifications.services import mark_read as mark_bell_read
from persian import jalali
from tenants.models import StoredFile, Tenant
from tenants.scope import tenant_scope
from tenants.services import files, profile
from tickets import clock, services
from tickets.models import Ticket, TicketStatus
from tickets.services import turning
from tickets.states import UNFINISHED

from . import (
    among_us,
    content,
    contracts,
    handovers,
    life,
    pictures,
    questions,
    rights,
    rules,
    satisfaction,
    wording,
)
from .households import Household, furnish, switch_some_off, welcome
from .people import ARVAND, DEMO, HOURS, LOGINS, OPERATOR_SEED, House, dice, mobile
from .plan import DAYS, MANAGER, STAFF, Planner, Step, Story

BELLS_KEPT = timedelta(days=2)
FEWEST = 8  # tickets of a tenant, however small the scale


@dataclass
class Built:
    """What was made: tickets by category, running clocks by colour, files."""

    tenants: int = 0
    categories: Tally[str] = field(default_factory=Tally)
    colours: Tally[str] = field(default_factory=Tally)
    files: int = 0

    @property
    def tickets(self) -> int:
        return self.categories.total()


def build(*, now: datetime | None = None, scale: float = 1.0) -> Built | None:
    """Build what is not there yet, as if ``now`` were the present; None when everything was.

    ``scale`` below 1 makes fewer companies and tickets, with every category and colour among them all the same.
    """
    now = now or timezone.now()
    built = Built()
    there = set(Tenant.objects.values_list("slug", flat=True))
    if "platform" not in there and not Tenant.objects.filter(is_platform=True).exists():
        _build_platform()
        built.tenants += 1
    for house in (DEMO, ARVAND):
        if house.slug not in there:
            _build_house(house, built, now=now, scale=scale)
            built.tenants += 1
    return built if built.tenants else None


def _build_platform() -> None:
    login = LOGINS[0]
    with transaction.atomic(), _quietly():
        tenant, owner = create_tenant(
            slug="platform",
            name="پیگیر",
            is_platform=True,
            owner_mobile=login.mobile,
            owner_name="سروش رهبان",
        )
        with tenant_scope(tenant, fresh=True):
            profile.change_profile(tenant, actor=owner, name="پیگیر", phone="02100001000", hours_text=HOURS)
            create_department(
                actor=owner, name="پشتیبانی پیگیر", description="پرسش‌های مرکزهای پشتیبانی از ما"
            )
            welcome(owner, username=login.username)
            factor.adopt(owner, OPERATOR_SEED)


def _build_house(house: House, built: Built, *, now: datetime, scale: float) -> None:
    with transaction.atomic(), _quietly():
        tenant, owner = create_tenant(
            slug=house.slug,
            name=house.name,
            owner_mobile=mobile(house.owner_number),
            owner_name=house.owner.name,
        )
        with tenant_scope(tenant, fresh=True):
            home = furnish(tenant, owner, house, scale=scale)
            today = jalali.local_day(now)
            contracts.sign(home, today)
            wording.keep(home)
            planner = Planner(
                house.slug,
                scenarios=[one for name in house.texts for one in content.scenarios(name)],
                residents=home.residents,
                now=now,
            )
            history = History(tenant, home, now=now)
            history.live(planner.stories(max(FEWEST, round(house.tickets * scale))))
            among_us.talk(home, now=now)
            contracts.settle(home, today)
            handovers.pass_on(home, now=now)
            rights.arrange(home)
            rules.arrange(home, today, now)
            life.arrange(home, now)
            satisfaction.give(home, now=now)
            questions.arrange(home)
            switch_some_off(home)
            _make_older(now)
            _tally(built, now)


@contextmanager
def _quietly() -> Iterator[None]:
    """Ring no bell: what the services asked to do after the commit is forgotten, there is nothing to deliver."""
    asked = len(connection.run_on_commit)
    yield
    del connection.run_on_commit[asked:]


def _make_older(now: datetime) -> None:
    """People and companies were there before their first ticket, and what was told on the way is told already."""
    Delivery.objects.all().delete()
    Bell.objects.filter(created_at__gt=now).update(created_at=now)
    since = now - timedelta(days=DAYS + 20)
    Customer.objects.update(created_at=since)
    User.objects.update(created_at=since)
    User.objects.filter(welcomed_at__isnull=False).update(welcomed_at=since + timedelta(days=2))


def _tally(built: Built, now: datetime) -> None:
    for ticket in Ticket.objects.all():
        built.categories[str(ticket.category)] += 1
        built.colours[clock.colour(ticket, now)] += 1
    built.files += StoredFile.objects.count()


def _manages(user: User, other: User) -> bool:
    return user.level == Level.SECTION_MANAGER and user.section_id == other.section_id


class History:
    """Carries out the stories of a tenant in the order of time, so that numbers and moments agree."""

    def __init__(self, tenant: Tenant, home: Household, *, now: datetime) -> None:
        self._tenant = tenant
        self._home = home
        self._now = now
        self._rng = dice(f"history of {home.house.slug}")
        self._tickets: dict[int, Ticket] = {}
        self._helpers: dict[int, User] = {}
        self._statuses = {status.category: status for status in TicketStatus.objects.filter(is_default=True)}
        self._last_bell = 0
        self._kept_from = now - BELLS_KEPT

    def live(self, stories: list[Story]) -> None:
        """Do every step of every story, then say who has read what."""
        steps = [
            (step.at, story.index, place, story, step)
            for story in stories
            for place, step in enumerate(story.steps)
        ]
        steps.sort(key=lambda one: one[:3])
        old = [one for one in steps if one[0] < self._kept_from]
        for _at, _index, place, story, step in old:
            self._do(story, step, first=not place)
        Bell.objects.all().delete()
        for at, _index, place, story, step in steps[len(old) :]:
            self._do(story, step, first=not place)
            self._date_bells(at)
        self._turn_clocks()
        Delivery.objects.all().delete()
        for story in stories:
            self._read(story)

    # Verbs ----------------------------------------------------------------------------------------------------------
    def _open(self, story: Story, step: Step) -> None:
        home, scenario = self._home, story.scenario
        requester = home.people[story.resident.number]
        seated = home.seated[scenario.department]
        link = story.resident.company.link
        helper = home.people.get(link[1]) if link else None
        self._helpers[story.index] = helper or seated[int(story.helper * len(seated))]
        ours = step.who == STAFF
        actor = self._helpers[story.index] if ours else requester
        self._tickets[story.index] = services.open_ticket(
            actor=actor,
            requester=requester,
            subject=story.subject,
            body=step.text,
            client_key=self._key(),
            department=home.desks[scenario.department],
            topic=home.topics.get((scenario.department, scenario.topic)),
            staff=actor if ours else None,
            priority=story.first_priority,
            files=self._files(step, actor),
            channel=story.channel,
            at=step.at,
        ).ticket

    def _do(self, story: Story, step: Step, *, first: bool) -> None:
        if first:
            self._open(story, step)
            return
        ticket = self._tickets[story.index]
        actor = self._actor(story, step, ticket)
        if step.verb in ("reply", "note"):
            body, key, papers = step.text, self._key(), self._files(step, actor)
            if step.verb == "note":
                services.note(ticket, actor=actor, body=body, client_key=key, files=papers, at=step.at)
            else:
                status = self._statuses.get(step.status)
                message = services.reply(
                    ticket,
                    actor=actor,
                    body=body,
                    html=content.with_form(body) if actor.is_staff_member else "",
                    client_key=key,
                    files=papers,
                    status=status,
                    at=step.at,
                )
                self._tickets[story.index] = message.ticket
        elif step.verb in ("take", "assign"):
            if ticket.assignee_id is None:
                self._tickets[story.index] = self._hand(story, step, ticket)
        elif step.verb == "status":
            status = self._statuses[step.status]
            self._tickets[story.index] = services.set_status(ticket, actor=actor, status=status, at=step.at)
        elif step.verb == "priority":
            level = story.priority
            self._tickets[story.index] = services.set_priority(
                ticket, actor=actor, priority=level, at=step.at
            )
        else:
            verb = services.close if step.verb == "close" else services.reopen
            self._tickets[story.index] = verb(ticket, actor=actor, at=step.at)

    def _hand(self, story: Story, step: Step, ticket: Ticket) -> Ticket:
        helper = self._helpers[story.index]
        manager = self._home.manager(story.scenario.department)
        if step.verb == "take" or helper == manager:
            return services.take(ticket, actor=helper, at=step.at)
        return services.assign(ticket, actor=manager, to=helper, at=step.at)

    def _actor(self, story: Story, step: Step, ticket: Ticket) -> User:
        if step.who == MANAGER:
            return self._home.manager(story.scenario.department)
        if step.who == STAFF:
            return self._staff(ticket.assignee_id) or self._helpers[story.index]
        return self._home.people[story.resident.number]

    def _staff(self, pk: int | None) -> User | None:
        return next((user for user in self._home.people.values() if user.pk == pk), None)

    def _files(self, step: Step, actor: User) -> list[StoredFile]:
        """Made and stored here, inside the transaction: a demo is either there with its files or not at all."""
        return [
            files.store(
                pictures.make(paper.kind, name=paper.name, words=paper.words, rng=self._rng),
                tenant=self._tenant,
                actor=actor,
            )
            for paper in step.files
        ]

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self._rng.getrandbits(128), version=4)

    # Who has read what ----------------------------------------------------------------------------------------------
    def _turn_clocks(self) -> None:
        """Clocks that have turned by now were announced when they did."""
        running = Ticket.objects.filter(waiting_since__isnull=False).values_list("yellow_at", "red_at")
        for at in sorted({at for instants in running for at in instants if at <= self._now}):
            turning.turn(at)
            self._date_bells(at)
        Bell.objects.filter(created_at__lt=self._kept_from).delete()

    def _date_bells(self, at: datetime) -> None:
        """The lines this step rang were rung then, not now."""
        fresh = Bell.objects.filter(pk__gt=self._last_bell)
        newest = fresh.order_by("-pk").values_list("pk", flat=True).first()
        if newest is not None:
            fresh.update(created_at=at)
            self._last_bell = newest

    def _read(self, story: Story) -> None:
        """A read ticket is read by everybody it concerns; of an unread one each has read only their own words."""
        ticket = self._tickets[story.index]
        ticket.refresh_from_db()
        home, department = self._home, story.scenario.department
        requester = home.people[story.resident.number]
        customer = {requester, home.people[story.resident.company.number]}
        if requester.section_id:
            customer |= {user for user in home.people.values() if _manages(user, requester)}
        ours = {
            home.owner,
            home.manager(department),
            self._staff(ticket.assignee_id) or self._helpers[story.index],
        }
        if ticket.assignee_id is None:
            ours |= set(home.seated[department])
        readers: set[User] = set() if story.is_unread else ours
        if ticket.category not in UNFINISHED or self._rng.random() < 0.6:
            readers |= customer
        room = self._now - ticket.last_message_at
        for user in sorted(readers, key=lambda one: one.pk):
            services.mark_read(
                ticket, actor=user, at=ticket.last_message_at + room * self._rng.uniform(0.1, 0.9)
            )
            if ticket.updated_at >= self._kept_from:
                mark_bell_read(actor=user, about=f"ticket:{ticket.pk}")
