"""Sweeps, purges and restores at once: the database has the last word, and nobody is told twice (S7, H6)."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from notifications.models import Bell
from tenants.scope import tenant_scope
from tests import races
from tests.races import words
from tests.worlds import House, make_house, make_ticket
from tickets.models import Event, Ticket, TicketStatus
from tickets.services import delete, purge, reply, restore, ruling, silence, statuses
from tickets.states import Category, EventKind

from .test_statuses import USUAL

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed_db")]


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run these from one moment on; what came of them, in words."""
    return sorted(words(races.at_once(*acts)))


def scoped(house: House, act: Callable[[], object]) -> Callable[[], object]:
    def run() -> None:
        with tenant_scope(house.tenant):
            act()

    return run


def _sweep_three_times(house: House, ticket: Ticket, moment: datetime) -> None:
    """At one moment, while the customer of one of the tickets is writing."""
    word = {"body": "هنوز مانده", "client_key": uuid.uuid4(), "at": moment}
    late = scoped(house, lambda: reply(ticket, actor=house.customer_main, **word))
    assert at_once(*[lambda: silence.sweep_everywhere(moment)] * 3, late) == ["done"] * 4


@pytest.mark.spec("S7")
def test_sweeps_at_once_tell_nobody_twice_and_a_reply_wins() -> None:
    house, now = make_house("arvand"), timezone.now()
    with tenant_scope(house.tenant):
        ruling.change_rules(actor=house.owner, **USUAL | {"silence_days": 10})
        tickets = [make_ticket(house, staff=house.staff) for _ in range(12)]
        for ticket in tickets:
            reply(ticket, actor=house.staff, body="رسید", client_key=uuid.uuid4(), at=now)
    for days in (8, 10):
        _sweep_three_times(house, tickets[0], now + timedelta(days=days))
    silence.sweep_everywhere(now + timedelta(days=10))
    with tenant_scope(house.tenant):
        for kind, letter in (
            (EventKind.WARNED, "ticket.closing_soon"),
            (EventKind.CLOSED, "ticket.closed_silent"),
        ):
            per_ticket = [Event.objects.filter(ticket=one, kind=kind).count() for one in tickets[1:]]
            assert per_ticket == [1] * 11
            about = [f"ticket:{one.pk}" for one in tickets[1:]]
            assert Bell.objects.filter(kind=letter, about__in=about).count() == 11
        assert Ticket.objects.filter(category=Category.CLOSED).count() == 11
        assert tickets[0].refresh().category == Category.OPEN


@pytest.mark.spec("H6")
def test_purge_and_restore_at_once_have_one_winner() -> None:
    house = make_house("arvand")
    for _ in range(3):
        with tenant_scope(house.tenant):
            ticket = make_ticket(house)
            delete(ticket, actor=house.owner)
        acts = [
            scoped(house, lambda one=ticket, verb=verb: verb(one, actor=house.owner))  # type: ignore[misc]
            for verb in (purge, restore, purge)
        ]
        assert at_once(*acts) == ["409", "409", "done"]
        with tenant_scope(house.tenant):
            left = Ticket.with_bin.filter(pk=ticket.pk).first()
            assert left is None or left.deleted_at is None


@pytest.mark.spec("S7")
def test_owners_who_shape_the_same_statuses_at_once_never_wait_in_a_ring() -> None:
    house = make_house("arvand")
    for _turn in range(3):
        with tenant_scope(house.tenant):
            first, *more = [
                statuses.create_status(actor=house.owner, name=uuid.uuid4().hex, category=Category.OPEN)
                for _ in range(3)
            ]
            statuses.make_default(first, actor=house.owner)
            second, third = more
            order = [third.pk, second.pk, first.pk]
        acts = (
            lambda: statuses.retire_status(first, actor=house.owner, to=second),  # noqa: B023
            lambda: statuses.retire_status(second, actor=house.owner, to=first),  # noqa: B023
            lambda: statuses.make_default(second, actor=house.owner),  # noqa: B023
            lambda: statuses.order_statuses(actor=house.owner, order=order),  # noqa: B023
        )
        # Who comes second finds the other gone, or retired; nobody meets a broken database.
        assert set(at_once(*[scoped(house, act) for act in acts])) <= {"done", "422", "404"}
        with tenant_scope(house.tenant):
            rows = TicketStatus.objects.filter(category=Category.OPEN)
            assert rows.get(is_default=True).is_active
            rows.filter(pk__in=order).update(is_active=False, is_default=False)
            rows.filter(pk=rows.order_by("pk").first().pk).update(is_default=True)
