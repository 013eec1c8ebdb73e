"""Two owners at the same desk at once: the database has the last word."""

import threading

import pytest
from django.db import connection

from departments import services
from departments.models import Department, Seat
from tenants.scope import tenant_scope
from tests.worlds import make_house, make_ticket
from tickets.models import Event, Ticket
from tickets.services.people import replace_manager, retire_department
from web.errors import DomainError

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed_db")]


def test_two_managers_at_once_leave_one():
    house = make_house("arvand")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def make_manager(user) -> None:
        try:
            start.wait(timeout=10)
            with tenant_scope(house.tenant):
                services.seat(actor=house.owner, user=user, department=house.orphan, level="manager")
            outcomes.append("done")
        except DomainError as refused:
            outcomes.append(refused.field or "refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=make_manager, args=(user,)) for user in (house.staff, house.colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["done", "level"]
    with tenant_scope(house.tenant):
        assert Seat.objects.filter(department=house.orphan, level="manager").count() == 1


def test_two_owners_retire_and_reorder_at_once_without_losing_a_ticket():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        tickets = [make_ticket(house) for _ in range(6)]
    start = threading.Barrier(4)
    outcomes: list[str] = []

    def run(name: str, act) -> None:
        try:
            start.wait(timeout=10)
            with tenant_scope(house.tenant):
                act()
            outcomes.append(name)
        except DomainError as refused:
            outcomes.append(f"{name} {refused.status}")
        finally:
            connection.close()

    order = [house.orphan.pk, house.support.pk, house.finance.pk]
    acts = {
        "there": lambda: retire_department(house.support, actor=house.owner, move_to=house.finance),
        "elsewhere": lambda: retire_department(house.support, actor=house.owner, move_to=house.orphan),
        "order": lambda: services.desks.order_departments(actor=house.owner, order=order),
        "turned": lambda: services.desks.order_departments(actor=house.owner, order=order[::-1]),
    }
    threads = [threading.Thread(target=run, args=pair) for pair in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    # Whoever came second found nothing left to move.
    assert sorted(outcomes) == sorted(acts)
    with tenant_scope(house.tenant):
        places = set(Ticket.objects.values_list("department_id", flat=True))
        assert places in ({house.finance.pk}, {house.orphan.pk})
        assert Event.objects.filter(kind="moved").count() == len(tickets)
        assert sorted(Department.objects.values_list("position", flat=True)) == [0, 1, 2]


def test_two_new_managers_at_once_leave_one():
    house = make_house("arvand")
    start = threading.Barrier(2)

    def make(user) -> None:
        try:
            start.wait(timeout=10)
            with tenant_scope(house.tenant):
                replace_manager(house.support, actor=house.owner, user=user)
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=(user,)) for user in (house.staff, house.finance_manager)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with tenant_scope(house.tenant):
        levels = dict(Seat.objects.filter(department=house.support).values_list("user_id", "level"))
    assert sorted(levels.values()) == ["manager", "staff", "staff", "staff"]
    assert levels[house.manager.pk] == "staff"
