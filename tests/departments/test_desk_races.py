"""Two owners at the same desk at once: the database has the last word."""

from functools import partial

import pytest

from departments import services
from departments.models import Department, Seat
from tenants.scope import tenant_scope
from tests.races import at_once, refusals, words
from tests.worlds import make_house, make_ticket
from tickets.models import Event, Ticket
from tickets.services.people import replace_manager, retire_department

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed_db")]


def test_two_managers_at_once_leave_one():
    house = make_house("arvand")
    seat = partial(services.seat, actor=house.owner, department=house.orphan, level="manager")
    outcomes = at_once(
        lambda: seat(user=house.staff), lambda: seat(user=house.colleague), within=house.tenant
    )
    assert [one.field for one in refusals(outcomes)] == ["level"]
    with tenant_scope(house.tenant):
        assert Seat.objects.filter(department=house.orphan, level="manager").count() == 1


def test_two_owners_retire_and_reorder_at_once_without_losing_a_ticket():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        tickets = [make_ticket(house) for _ in range(6)]
    order = [house.orphan.pk, house.support.pk, house.finance.pk]
    outcomes = at_once(
        lambda: retire_department(house.support, actor=house.owner, move_to=house.finance),
        lambda: retire_department(house.support, actor=house.owner, move_to=house.orphan),
        lambda: services.desks.order_departments(actor=house.owner, order=order),
        lambda: services.desks.order_departments(actor=house.owner, order=order[::-1]),
        within=house.tenant,
    )
    # Whoever came second found nothing left to move.
    assert words(outcomes) == ["done"] * 4
    with tenant_scope(house.tenant):
        places = set(Ticket.objects.values_list("department_id", flat=True))
        assert places in ({house.finance.pk}, {house.orphan.pk})
        assert Event.objects.filter(kind="moved").count() == len(tickets)
        assert sorted(Department.objects.values_list("position", flat=True)) == [0, 1, 2]


def test_two_new_managers_at_once_leave_one():
    house = make_house("arvand")
    replace = partial(replace_manager, house.support, actor=house.owner)
    outcomes = at_once(
        lambda: replace(user=house.staff), lambda: replace(user=house.finance_manager), within=house.tenant
    )
    assert words(outcomes) == ["done"] * 2
    with tenant_scope(house.tenant):
        levels = dict(Seat.objects.filter(department=house.support).values_list("user_id", "level"))
    assert sorted(levels.values()) == ["manager", "staff", "staff", "staff"]
    assert levels[house.manager.pk] == "staff"
