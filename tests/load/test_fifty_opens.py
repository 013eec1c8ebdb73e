"""Fifty customers press «ثبت تیکت» at one moment: real sockets, real PostgreSQL, the letters of a real worker."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from accounts.models import User
from notifications.models import Delivery
from tenants.scope import tenant_scope
from tests.load.visitor import Answer, Visitor, all_at_once, session_of, wish
from tests.stack import Stack, collect_static, running
from tests.stubs.kavenegar import Kavenegar
from tests.worlds import House, make_house, more_people
from tickets.models import Event, Message, Ticket

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
MANY = 50
NEW = "/portal/tickets/new/"


@pytest.fixture
def provider() -> Iterator[Kavenegar]:
    with Kavenegar() as stub:
        yield stub


@pytest.fixture
def stack(committed_db: None, provider: Kavenegar) -> Iterator[Stack]:
    collect_static()
    with running(KAVENEGAR_API_KEY=provider.key, KAVENEGAR_BASE_URL=provider.url) as parts:
        yield parts


def _until_sent(stack: Stack, house: House, count: int, seconds: float = 60) -> None:
    """Until so many SMS rows are marked sent and none waits."""
    ends = time.monotonic() + seconds
    while True:
        with tenant_scope(house.tenant):
            states = Counter(Delivery.objects.filter(channel="sms").values_list("state", flat=True))
        if states == {Delivery.State.SENT: count}:
            return
        assert time.monotonic() < ends, f"{states}\n{stack.said()}"
        time.sleep(0.2)


@pytest.mark.spec("H17", "S4", "S5", "S6")
def test_fifty_opens_at_once_are_fifty_tickets_in_a_row(stack: Stack, provider: Kavenegar) -> None:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        customers = more_people(house, MANY)
        User.objects.filter(pk__in=[one.pk for one in customers]).update(welcomed_at=house.tenant.created_at)
    visitors = [Visitor(house.host, stack.port, session_of(one)) for one in customers]
    for visitor in visitors:
        assert visitor.get(NEW).status == 200, stack.said()

    def press(place: int) -> Answer:
        fields = wish(department=house.support.pk, subject=f"درخواست شمارهٔ {place}", wants_sms="on")
        return visitors[place].post(NEW, fields)

    begun = time.monotonic()
    answers = all_at_once(press, range(MANY))
    took = time.monotonic() - begun
    assert [one.status for one in answers] == [302] * MANY, [one.text for one in answers if one.status != 302]

    with tenant_scope(house.tenant):
        tickets = list(Ticket.objects.order_by("number"))
        assert [one.number for one in tickets] == list(range(1001, 1001 + MANY))
        assert len({one.tracking_code for one in tickets}) == MANY
        assert {one.requester_id for one in tickets} == {one.pk for one in customers}
        assert Message.objects.count() == MANY
        assert Event.objects.filter(kind="opened").count() == MANY
    assert {one.location for one in answers} == {
        f"/portal/tickets/{one.number}/?done=opened" for one in tickets
    }

    _until_sent(stack, house, 2 * MANY)
    _each_letter_once(house, provider, customers, tickets)
    slowest = max(one.seconds for one in answers)
    print(f"{MANY} opens at once: {took:.1f} s, the slowest answer {slowest:.1f} s, letters sent after "
          f"{time.monotonic() - begun:.1f} s")  # fmt: skip


def _each_letter_once(
    house: House, provider: Kavenegar, customers: list[User], tickets: list[Ticket]
) -> None:
    """Each customer's own code to their own mobile, and one line for each ticket to the manager."""
    texts: dict[str, list[str]] = {}
    for sent in provider.sent:
        texts.setdefault(sent.receptor[-10:], []).append(sent.message)
    for ticket in tickets:
        person = next(one for one in customers if one.pk == ticket.requester_id)
        (text,) = texts.pop(str(person.mobile)[-10:])
        assert ticket.tracking_code in text
    to_manager = texts.pop(str(house.manager.mobile)[-10:])
    for ticket in tickets:
        assert sum(ticket.tracking_code in text for text in to_manager) == 1
    assert len(to_manager) == MANY
    assert texts == {}
