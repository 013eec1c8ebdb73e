"""Locks are taken in one order, whatever the verb (docs/architecture.md, «The order of locks»): department, exclusive
link, ticket, person, request. The statements of each verb are read, so that no ring needs to be met by chance.
"""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Department, ServiceLink
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import services
from tickets.models import Ticket, TicketRules, Transfer
from tickets.services import leaving, silence
from tickets.services.people import relink_customer, replace_manager, retire_department
from tickets.states import Category

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
ORDER = (
    "departments_department",
    "departments_servicelink",
    "tickets_ticket",
    "accounts_user",
    "tickets_transfer",
)
LOCKING = re.compile(
    r'FROM "(\w+)".* FOR (?:NO KEY )?UPDATE(?: OF "(\w+)")?|^UPDATE "?(\w+)"? SET', re.DOTALL
)


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def locked(act: Callable[[], object]) -> list[str]:
    """The tables whose rows an act locks or writes, each where it comes first."""
    with CaptureQueriesContext(connection) as seen:
        act()
    found = [match for one in seen if (match := LOCKING.search(one["sql"]))]
    tables = [match[2] or match[3] or match[1] for match in found]
    return list(dict.fromkeys(table for table in tables if table in ORDER))


def ask(house: House, ticket: Ticket, **more) -> Transfer:
    words = {"target": house.finance, "explanation": "چرا", "client_key": uuid.uuid4(), **more}
    return services.request_transfer(ticket, actor=house.staff, **words)


def _tie(house: House) -> None:
    relink_customer(house.customer, actor=house.owner, department=house.support, staff=house.staff)


def _asks(house: House, ticket: Ticket) -> None:
    ask(house, ticket, stay=True, person=house.finance_manager)


def _accepts(house: House, ticket: Ticket) -> None:
    services.accept(Transfer.objects.get(), actor=house.finance_manager, to=house.finance_manager)


def _refers(house: House, ticket: Ticket) -> None:
    words = {"explanation": "چرا", "client_key": uuid.uuid4(), "stay": True}
    services.refer(ticket, actor=house.staff, to=house.colleague, **words)


def _moves(house: House, ticket: Ticket) -> None:
    services.move(ticket, actor=house.owner, target=house.finance, to=house.finance_manager)


def _assigns(house: House, ticket: Ticket) -> None:
    services.assign(ticket, actor=house.owner, to=house.colleague, link=True)


def _assigns_many(house: House, ticket: Ticket) -> None:
    services.assign_many([ticket.number], actor=house.owner, to=house.colleague, link=True)


def _ties_anew(house: House, ticket: Ticket) -> None:
    relink_customer(house.customer, actor=house.owner, department=house.finance, move_open=True)


def _retires(house: House, ticket: Ticket) -> None:
    ServiceLink.objects.all().delete()
    retire_department(house.support, actor=house.owner, move_to=house.finance)


def _retires_asked(house: House, ticket: Ticket) -> None:
    make_ticket(house, by=house.other_customer, department=house.finance)
    retire_department(house.finance, actor=house.owner, move_to=house.support)


def _replaces(house: House, ticket: Ticket) -> None:
    replace_manager(house.support, actor=house.owner, user=house.staff)  # whose ticket and customer it is
    replace_manager(house.support, actor=house.owner, user=house.colleague, former_leaves=True)


def _leaves(house: House, ticket: Ticket) -> None:
    leaving.leave_staff(house.staff, actor=house.owner, heirs={house.support.pk: house.colleague})


def _closes(house: House, ticket: Ticket) -> None:
    services.close(ticket, actor=house.owner)


def _closes_silent(house: House, ticket: Ticket) -> None:
    TicketRules.objects.update_or_create(defaults={"silence_days": 2, "warning_days": 0})
    before = timezone.now() - timedelta(days=3)
    Ticket.objects.filter(pk=ticket.pk).update(category=Category.ANSWERED, silent_since=before)
    assert silence.close_silent(timezone.now()) == 1


ACTS = (
    (_accepts, True), (_refers, False), (_asks, False), (_moves, True), (_assigns, False), (_assigns_many, False),
    (_ties_anew, True), (_retires, True), (_retires_asked, True), (_replaces, False), (_leaves, False),
    (_closes, True), (_closes_silent, True),
)  # fmt: skip


@pytest.mark.spec("H13", "H12", "H9")
@pytest.mark.parametrize(("act", "asked"), ACTS, ids=lambda one: getattr(one, "__name__", ""))
def test_locks_are_taken_in_one_order(house, act, asked):
    ticket = make_ticket(house, staff=house.staff)
    _tie(house)
    if asked:
        ask(house, ticket)
    tables = locked(lambda: act(house, ticket))
    assert tables == sorted(tables, key=ORDER.index) and "tickets_ticket" in tables


def test_what_goes_on_in_a_new_ticket_takes_its_department_first(house):
    """A customer's word on what has long been closed, where the new ticket goes to whom has least to do."""
    ticket = make_ticket(house, staff=house.staff)
    services.close(ticket, actor=house.owner, at=timezone.now() - timedelta(days=300))
    ServiceLink.objects.all().delete()
    Department.objects.filter(pk=house.support.pk).update(rule="least")
    ticket.refresh()

    def says() -> None:
        words = {"body": "باز همان", "client_key": uuid.uuid4()}
        services.reply(ticket, actor=house.customer_main, **words)

    assert locked(says)[:2] == ["departments_department", "tickets_ticket"]


def test_nobody_is_tied_to_a_department_that_is_being_switched_off(house):
    tables = locked(lambda: _tie(house))
    assert tables == ["departments_department", "departments_servicelink"], "held until the link is written"
