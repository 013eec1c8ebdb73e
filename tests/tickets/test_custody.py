"""Who kept a ticket how long: the side that holds it is charged with its time (H13)."""

import re
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets.kept import kept
from tickets.models import Custody, Ticket
from tickets.services import assign, close, note, people, reopen, reply, take
from tickets.services.custody import keeping

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NINE = datetime.fromisoformat("2026-10-06T09:00:00+03:30")  # a Tuesday; we close at five


def hours(count: float) -> datetime:
    return NINE + timedelta(hours=count)


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def shares(ticket: Ticket, at: datetime) -> tuple[list[tuple[str, int, bool]], timedelta]:
    found = kept(ticket.refresh(), at=at)
    rows = [
        (share.person.name if share.person else share.department.name, share.minutes, share.is_now)
        for share in found.shares
    ]
    return rows, found.theirs


@pytest.mark.spec("H13")
def test_each_is_charged_with_what_they_held_and_nobody_with_the_customers_turn(house: House) -> None:
    ticket = make_ticket(house, at=NINE)
    assert not Custody.objects.exists(), "a ticket nobody has touched says it itself"
    assert shares(ticket, hours(1)) == ([("پشتیبانی فنی", 60, True)], timedelta())
    take(ticket, actor=house.staff, at=hours(1))
    assign(ticket, actor=house.manager, to=house.colleague, at=hours(3))
    reply(ticket, actor=house.colleague, body="بررسی شد.", client_key=uuid.uuid4(), at=hours(3.5))
    note(ticket, actor=house.colleague, body="میان خودمان", client_key=uuid.uuid4(), at=hours(4))
    reply(ticket, actor=house.customer_main, body="هنوز هست.", client_key=uuid.uuid4(), at=hours(5))
    told = [("پشتیبانی فنی", 60, False), ("آرش دهدشتی", 120, False), ("مهدیار کاظمی", 30 + 60, True)]
    assert shares(ticket, hours(6)) == (told, timedelta(hours=1.5))
    # Night does not count; closing ends it, reopening begins it again.
    close(ticket, actor=house.colleague, at=hours(26))
    told[2] = ("مهدیار کاظمی", 30 + 3 * 60 + 150, False)
    assert shares(ticket, hours(60)) == (told, timedelta(hours=1.5))
    assert not Custody.objects.filter(ended_at=None).exists()
    reopen(ticket, actor=house.manager, at=hours(27))
    told[2] = ("مهدیار کاظمی", 30 + 3 * 60 + 150 + 60, True)
    assert shares(ticket, hours(28)) == (told, timedelta(hours=1.5))


def test_what_changes_nothing_costs_nothing_and_a_change_two_statements(house: House) -> None:
    ticket = make_ticket(house, staff=house.staff, at=NINE)

    def touching(act: object) -> int:
        with CaptureQueriesContext(connection) as seen:
            act()  # type: ignore[operator]
        return sum("tickets_custody" in query["sql"] for query in seen)

    assert touching(lambda: note(ticket, actor=house.staff, body="؟", client_key=uuid.uuid4())) == 0
    assert touching(lambda: reply(ticket, actor=house.customer_main, body="؟", client_key=uuid.uuid4())) == 0
    assert touching(lambda: assign(ticket, actor=house.manager, to=house.colleague)) == 2
    assert touching(lambda: assign(ticket, actor=house.manager, to=house.staff)) == 2


def test_many_at_once_close_and_begin_their_spans_in_five_statements(house: House) -> None:
    fresh = make_ticket(house, staff=house.staff, at=NINE)
    handed = make_ticket(house, at=NINE)
    take(handed, actor=house.staff, at=hours(1))
    closed = make_ticket(house, staff=house.staff, at=NINE)
    close(closed, actor=house.staff, at=hours(1))
    ids = [fresh.pk, handed.pk, closed.pk]
    with CaptureQueriesContext(connection) as seen, keeping(ids, at=hours(2)):
        Ticket.objects.filter(pk__in=ids).update(assignee=house.colleague)
    assert len(seen) - 1 <= 5
    assert shares(fresh, hours(3))[0] == [("آرش دهدشتی", 120, False), ("مهدیار کاظمی", 60, True)]
    assert shares(handed, hours(3))[0][1:] == [("آرش دهدشتی", 60, False), ("مهدیار کاظمی", 60, True)]
    assert shares(closed, hours(3))[0] == [("آرش دهدشتی", 60, False)]


def test_a_department_that_closes_and_a_link_that_moves_begin_spans(house: House) -> None:
    ticket = make_ticket(house, staff=house.staff, at=NINE)
    people.retire_department(house.support, actor=house.owner, move_to=house.finance, at=hours(2))
    assert shares(ticket, hours(3))[0] == [("آرش دهدشتی", 120, False), ("مالی و قرارداد", 60, True)]
    assert ticket.refresh().reckoned_at is None, "other limits may hold there"
    people.relink_customer(
        house.customer, actor=house.owner, department=house.finance, staff=house.finance_manager,
        move_open=True, at=hours(4),
    )  # fmt: skip
    assert shares(ticket, hours(5))[0][1:] == [("مالی و قرارداد", 120, False), ("پریسا نوروزی‌فر", 60, True)]


def test_the_page_and_its_part_show_it_to_our_side_alone(house: House) -> None:
    ticket = make_ticket(house, staff=house.staff)
    assign(ticket, actor=house.manager, to=house.colleague)
    path = f"/desk/tickets/{ticket.number}/custody/"
    page = house.client(house.manager).get(path).content.decode()
    assert "<html" in page and "مهدیار کاظمی" in page and "آرش دهدشتی" in page
    part = house.client(house.colleague).get(path, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part and "مهدیار کاظمی" in part
    assert house.client(house.finance_manager).get(path).status_code == 404
    assert house.client(house.customer_main).get(path).status_code in (403, 404)


@pytest.mark.postgres
def test_the_page_costs_the_same_for_1_span_and_for_30(house: House) -> None:
    ticket, client = make_ticket(house, staff=house.staff), house.client(house.manager)
    path = f"/desk/tickets/{ticket.number}/custody/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    client.get(path)
    assert cost() <= 12, "a ticket that never changed hands"
    assign(ticket, actor=house.manager, to=house.colleague)
    one = cost()
    for turn in range(30):
        assign(ticket, actor=house.manager, to=(house.colleague, house.staff)[turn % 2])
    assert cost() == one <= 12


def test_every_verb_that_hands_a_ticket_on_keeps_its_custody() -> None:
    """Who writes holder, department or category of a ticket speaks of custody too."""
    columns = "assignee|department|category"
    writes = re.compile(
        rf'update_fields=\[[^]]*"(?:{columns})"|Ticket\.objects\.filter\([^)]*\)\.update\([^)]*\b(?:{columns})='
    )
    for path in Path("tickets/services").glob("*.py"):
        text = path.read_text()
        if writes.search(text):
            assert "custody." in text, path
