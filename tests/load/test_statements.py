"""SQL statements of the pages that are asked for all day, all told: session, scope and savepoints too.

The budgets are the product's own (queue 12, ticket 15, create 20), and a page costs the same for 1 row and for 30.
Opening keeps one in hand for a draw by rule, «in turn» or «least loaded» (tests/tickets/test_routing.py).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tenants.scope import tenant_scope
from tenants.services import files
from tests.tickets.browsing import request_for
from tests.worlds import House, make_house, make_ticket
from tickets.models import Ticket
from tickets.services import note, reply, set_priority, watch

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
QUEUE, TICKET, CREATE = 12, 18, 19
MANY = 30


@pytest.fixture
def house() -> House:
    return make_house("arvand")


def statements(ask: Callable[[], object]) -> list[str]:
    """The SQL of one request."""
    with CaptureQueriesContext(connection) as seen:
        ask()
    return [_told(query["sql"]) for query in seen]


def _told(sql: str) -> str:
    """A statement without its list of columns."""
    return re.sub(r"SELECT .*? FROM", "SELECT … FROM", sql)[:160]


def holds(first: list[str], many: list[str], budget: int) -> None:
    """Both within the budget, and the same number; tells which statements when not."""
    assert len(first) == len(many), "\n".join(["one:", *first, "many:", *many])
    assert len(many) <= budget, "\n".join(many)


def _fill(house: House, count: int) -> None:
    """Tickets of several people, statuses, holders and beginners."""
    people = (house.customer_main, house.section_member, house.section_manager, house.other_customer)
    holders = (house.staff, None)
    with tenant_scope(house.tenant):
        for number in range(count):
            ticket = make_ticket(
                house, by=people[number % 4], staff=holders[number % 2], subject=f"موضوع شمارهٔ {number}"
            )
            if number % 3 == 1:
                reply(ticket, actor=house.owner, body="بررسی شد.", client_key=uuid.uuid4())


@pytest.mark.parametrize("who", ["owner", "manager", "staff"])
def test_queue_takes_at_most_12_statements_for_1_and_for_30(house: House, who: str) -> None:
    client = house.client(getattr(house, who))
    _fill(house, 1)
    client.get("/desk/tickets/")
    one = statements(lambda: client.get("/desk/tickets/?view=all"))
    _fill(house, MANY - 1)
    many = statements(lambda: _rows(client, "/desk/tickets/?view=all", "q-subject", least=15))
    holds(one, many, QUEUE)


def _rows(client: Client, path: str, mark: str, *, least: int) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.content.decode().count(mark) >= least


def _talk(house: House, ticket: Ticket, count: int, *, customer: User) -> None:
    """Turns of conversation with files, notes and events between them."""
    for number in range(count):
        actor = (customer, house.staff)[number % 2]
        with tenant_scope(house.tenant):
            held = []
            if number % 5 == 0:
                upload = SimpleUploadedFile(f"گزارش {number}.txt", b"a line of text")
                held = [files.store(upload, tenant=house.tenant, actor=actor)]
            reply(ticket, actor=actor, body=f"پیام {number}", client_key=uuid.uuid4(), files=held)
            if number % 4 == 0:
                body = f"میان خودمان، @{house.colleague.name}"
                named = {"audience": "named", "readers": [house.clerk]} if number % 8 else {}
                note(ticket, actor=house.staff, body=body, client_key=uuid.uuid4(), **named)
                set_priority(ticket, actor=house.staff, priority=2 + number // 4 % 2)


@pytest.mark.parametrize(
    ("who", "panel"),
    [
        ("owner", "desk"),
        ("manager", "desk"),
        ("staff", "desk"),
        ("customer_main", "portal"),
        ("section_manager", "portal"),
    ],
)
def test_ticket_takes_at_most_18_statements_for_1_message_and_for_30(
    house: House, who: str, panel: str
) -> None:
    with tenant_scope(house.tenant):
        by = house.section_member if who == "section_manager" else house.customer_main
        ticket = make_ticket(house, by=by, staff=house.staff)
        watch(ticket, actor=house.manager, user=house.colleague)  # the calls in notes make watchers, too
    client = house.client(getattr(house, who))
    path = f"/{panel}/tickets/{ticket.number}/"
    client.get(path)
    one = statements(lambda: _rows(client, path, 'id="message-', least=1))
    _talk(house, ticket, MANY - 1, customer=by)
    # Of thirty turns with notes and events between them the page shows the newest thirty lines (S20).
    unread = statements(lambda: _rows(client, path, 'id="message-', least=12))
    many = statements(lambda: _rows(client, path, 'id="message-', least=12))
    holds(one, many, TICKET)
    assert len(unread) <= TICKET, "\n".join(unread)


@pytest.mark.parametrize("who", ["customer_main", "section_member"])
def test_create_takes_at_most_19_statements_for_the_1st_and_the_30th(house: House, who: str) -> None:
    client = house.client(getattr(house, who))

    def press() -> None:
        wishes = request_for(house, topic=str(house.topic.pk), wants_sms="on")
        assert client.post("/portal/tickets/new/", wishes).status_code == 302

    client.get("/portal/tickets/new/")
    one = statements(press)
    _fill(house, MANY - 2)
    holds(one, statements(press), CREATE)


@pytest.mark.parametrize("path", ["/portal/", "/portal/tickets/"])
def test_the_customers_lists_cost_the_same_for_1_and_for_30(house: House, path: str) -> None:
    client = house.client(house.customer_main)
    _fill(house, 1)
    client.get(path)
    one = statements(lambda: _rows(client, path, "موضوع شمارهٔ", least=1))
    _fill(house, MANY - 1)
    holds(one, statements(lambda: _rows(client, path, "موضوع شمارهٔ", least=15)), QUEUE)
