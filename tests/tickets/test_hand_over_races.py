"""Faults 20, 21 and 22, and TRUST 35, in their short forms: whatever happens at one moment, one of them happened.

``FAULT_ROUNDS=200`` is the long form.
"""

from __future__ import annotations

import os
import uuid
from collections import Counter
from collections.abc import Callable

import pytest
from django.utils import timezone

from departments.places import forget
from departments.services import desks
from tenants.scope import tenant_scope
from tests.races import at_once, words
from tests.worlds import House, make_house, make_ticket
from tickets import services
from tickets.models import Event, Message, Ticket, Transfer
from tickets.services import transfers
from tickets.services.people import retire_department
from tickets.states import Category, EventKind, TransferState

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "20"))
ENDS = {
    TransferState.ACCEPTED: EventKind.MOVED,
    TransferState.REJECTED: EventKind.REJECTED,
    TransferState.WITHDRAWN: EventKind.WITHDRAWN,
    TransferState.RETURNED: EventKind.RETURNED,
}


@pytest.fixture
def house(committed_db: None) -> House:
    return make_house("arvand")


def together(house: House, *acts: Callable[[], object]) -> list[str]:
    """Every act in a thread and a transaction of its own, all at one moment; «done» or the refusal's status of each."""
    return words(at_once(*acts, within=house.tenant))


def requested(house: House) -> Transfer:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff)
        return services.request_transfer(
            ticket, actor=house.staff, target=house.finance, explanation="چرا", client_key=uuid.uuid4()
        )


def ended_once(row: Transfer) -> str:
    """How it ended, with exactly the one event that says so."""
    with tenant_scope(row.tenant_id):
        row.refresh_from_db()
        kinds = Counter(Event.objects.filter(ticket=row.ticket_id).values_list("kind", flat=True))
        assert [kinds[kind] for kind in ENDS.values()].count(0) == 3
        assert kinds[ENDS[TransferState(row.state)]] == 1
        moved = Ticket.objects.get(pk=row.ticket_id).department_id == row.target_id
        assert moved == (row.state == TransferState.ACCEPTED)
    return row.state


@pytest.mark.spec("H13")
def test_trust_35_fault_20_a_request_answered_by_several_at_once_ends_once(house: House) -> None:
    won = Counter()
    manager, owner = house.finance_manager, house.owner
    for turn in range(ROUNDS):
        row = requested(house)

        def accept(actor=manager, row=row):
            services.accept(row, actor=actor, to=house.finance_manager)

        def reject(row=row):
            services.reject(row, actor=house.owner, reason="نه")

        def withdraw(row=row):
            services.withdraw(row, actor=house.staff)

        against = (accept, lambda row=row, accept=accept: accept(house.owner, row), reject, withdraw)[
            turn % 4
        ]
        for person in (house.staff, manager, owner, house.manager):
            forget(person)
        outcomes = together(house, accept, against)
        assert sorted(outcomes) == ["409", "done"], outcomes
        won[ended_once(row)] += 1
    assert won[TransferState.ACCEPTED] >= ROUNDS // 2 - 1


def test_fault_20_an_answer_against_closing_and_against_the_time_limit(house: House) -> None:
    for turn in range(ROUNDS // 2):
        row = requested(house)
        for person in (house.finance_manager, house.owner):
            forget(person)

        def accept(row=row):
            services.accept(row, actor=house.finance_manager, to=house.finance_manager)

        if turn % 2:
            others = [lambda row=row: services.close(row.ticket, actor=house.owner)]
        else:
            others = [lambda row=row: transfers.return_overdue(at=row.due_at)] * 2
        answer, *rest = together(house, accept, *others)
        assert answer in ("done", "409") and rest == ["done"] * len(others)
        assert (ended_once(row) == TransferState.ACCEPTED) == (answer == "done")


def test_two_requests_at_once_are_one(house: House) -> None:
    for _ in range(ROUNDS // 4):
        with tenant_scope(house.tenant):
            ticket = make_ticket(house, staff=house.staff)

        def ask(target, ticket=ticket):
            services.request_transfer(
                ticket, actor=house.staff, target=target, explanation="چرا", client_key=uuid.uuid4()
            )

        outcomes = together(house, lambda: ask(house.finance), lambda: ask(house.orphan))  # noqa: B023
        assert sorted(outcomes) == ["409", "done"]
        with tenant_scope(house.tenant):
            assert Transfer.objects.filter(ticket=ticket).count() == 1
            assert Event.objects.filter(ticket=ticket, kind=EventKind.REQUESTED).count() == 1
            assert Message.objects.filter(ticket=ticket, kind="note").count() == 1


def test_retiring_the_destination_while_it_accepts_leaves_nothing_in_limbo(house: House) -> None:
    for turn in range(3):
        with tenant_scope(house.tenant):
            target = desks.create_department(actor=house.owner, name=f"آموزش {turn}")
            ticket = make_ticket(house, staff=house.staff)
            row = services.request_transfer(
                ticket, actor=house.staff, target=target, explanation="چرا", client_key=uuid.uuid4()
            )
        outcomes = together(
            house,
            lambda row=row: services.accept(row, actor=house.owner),
            lambda target=target: retire_department(target, actor=house.owner, move_to=house.orphan),
        )
        assert outcomes[1] == "done" and outcomes[0] in ("done", "422", "409")
        with tenant_scope(house.tenant):
            held = Ticket.objects.select_related("department").get(pk=ticket.pk)
            assert held.department.is_active
            assert not Transfer.objects.filter(state=TransferState.PENDING).exists()


def test_fault_21_two_assign_one_ticket_and_it_has_one_holder(house: House) -> None:
    for turn in range(ROUNDS // 2):
        with tenant_scope(house.tenant):
            ticket = make_ticket(house)
        people = (house.staff, house.colleague)

        def assign(to, ticket=ticket):
            services.assign(ticket, actor=house.manager, to=to)

        def many(to, ticket=ticket):
            services.assign_many([ticket.number], actor=house.owner, to=to)

        first = many if turn % 2 else assign
        outcomes = together(house, lambda: first(people[0]), lambda: assign(people[1]))  # noqa: B023
        assert outcomes == ["done", "done"]
        with tenant_scope(house.tenant):
            ticket.refresh_from_db()
            given = list(Event.objects.filter(ticket=ticket, kind=EventKind.ASSIGNED).order_by("pk"))
            # The second took it from the first, and says so.
            assert [one.from_person_id for one in given] == [None, given[0].to_person_id]
            assert given[1].to_person_id == ticket.assignee_id
            assert {one.to_person_id for one in given} == {one.pk for one in people}


def test_fault_22_nothing_is_closed_over_a_message_nobody_has_read(house: House) -> None:
    kept = 0
    for turn in range(ROUNDS):
        with tenant_scope(house.tenant):
            ticket = make_ticket(house, staff=house.staff)
            shown = Message.objects.filter(ticket=ticket).latest("pk").pk
        outcomes = together(
            house,
            lambda ticket=ticket, shown=shown: services.close(ticket, actor=house.staff, seen=shown),
            lambda ticket=ticket, turn=turn: services.reply(
                ticket, actor=house.customer_main, body=f"یک چیز دیگر {turn}", client_key=uuid.uuid4()
            ),
        )
        assert outcomes[1] == "done" and outcomes[0] in ("done", "409")
        with tenant_scope(house.tenant):
            ticket.refresh_from_db()
            assert Message.objects.filter(ticket=ticket, body=f"یک چیز دیگر {turn}").exists()
            assert ticket.category != Category.CLOSED and ticket.waiting_since <= timezone.now()
            kept += Event.objects.filter(ticket=ticket, kind=EventKind.REOPENED).exists()
            assert Event.objects.filter(ticket=ticket, kind=EventKind.CLOSED).exists() == (
                outcomes[0] == "done"
            )
    assert kept <= ROUNDS
