"""TRUST's fault 21: eight workers open tickets at once by a rule; each has one person, and nobody has two more.

``FAULT_TICKETS=1000`` is the long form.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from accounts.models import User
from departments import services
from departments.models import Department, Topic
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, next_mobile
from tickets.models import Event, Ticket
from tickets.services import open_ticket

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
TICKETS = int(os.environ.get("FAULT_TICKETS", "80"))
WORKERS = 8


@pytest.fixture
def house(committed_db: None) -> House:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        for number in range(3):
            services.create_staff(
                actor=house.owner, mobile=next_mobile(), name=f"همکار {number}", department=house.support
            )
    return house


def _opens(house: House, topics: list[Topic | None], count: int) -> None:
    """Open tickets one after another, each in a transaction and with rows of its own, as requests do."""
    with tenant_scope(house.tenant):
        requester = User.objects.select_related("customer").get(pk=house.customer_main.pk)
    for number in range(count):
        with tenant_scope(house.tenant):
            topic = topics[number % len(topics)]
            open_ticket(
                actor=requester,
                subject=f"موضوع {number}",
                body="چاپ نمی‌شود.",
                client_key=uuid.uuid4(),
                department=Department.objects.get(pk=house.support.pk),
                topic=Topic.objects.select_related("parent").get(pk=topic.pk) if topic else None,
            )


def _at_once(house: House, topics: list[Topic | None]) -> None:
    barrier = Barrier(WORKERS)

    def work(_: int) -> None:
        try:
            barrier.wait(timeout=30)
            _opens(house, topics, TICKETS // WORKERS)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))


@pytest.mark.spec("S1")
@pytest.mark.parametrize("rule", ["rotation", "least", "department", "department_least"])
def test_fault_21_eight_workers_share_out_evenly(house: House, rule: str) -> None:
    with tenant_scope(house.tenant):
        topics: list[Topic | None] = [None]
        if rule.startswith("department"):
            house.support.rule = "least" if rule.endswith("least") else "rotation"
            house.support.save(update_fields=["rule"])
        else:
            outer = services.create_topic(actor=house.owner, department=house.support, name="سرور", rule=rule)
            inner = services.create_topic(
                actor=house.owner, department=house.support, name="دیسک", parent=outer
            )
            topics = [outer, inner]
    _at_once(house, topics)
    with tenant_scope(house.tenant):
        rows = list(Ticket.objects.values_list("number", "assignee_id"))
        assert len(rows) == len(dict(rows)) == TICKETS // WORKERS * WORKERS
        loads = Counter(person for _, person in rows)
        assert None not in loads and len(loads) == 5
        assert max(loads.values()) - min(loads.values()) <= 1, loads
        assert set(Event.objects.filter(kind="routed").values_list("reason", flat=True)) == {rule}
