"""Sweeps go tenant by tenant: whatever the rows of one do to them, the others have their turn, and the task fails."""

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from departments.models import WorkingWeek
from tenants.rounds import SomeFailed, each
from tenants.scope import tenant_scope
from tests.worlds import House, World, make_ticket, make_world
from tickets.models import Draft, Ticket, TicketRules, TicketStatus, Transfer
from tickets.services import bin as bins
from tickets.services import delete, drafts, leaving, silence, statuses, transfers, turning
from tickets.states import Category, TransferState
from tickets.tasks import settle

pytestmark = pytest.mark.django_db
OLD = timezone.now() - timedelta(days=400)


@pytest.fixture
def world() -> Iterator[World]:
    yield make_world()


def test_each_has_its_turn_and_the_first_error_is_told_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[int] = []

    def turn(tenant: int) -> int:
        seen.append(tenant)
        return 10 // (2 - tenant)

    assert each([1, 3], turn, what="a sweep") == 0
    with caplog.at_level(logging.ERROR), pytest.raises(SomeFailed, match=r"1 failed \(2\), 0 done") as failed:
        each([1, 2, 3], turn, what="a sweep")
    assert seen == [1, 3, 1, 2, 3] and isinstance(failed.value.__cause__, ZeroDivisionError)
    assert "a sweep: the turn of tenant 2 failed" in caplog.text


@pytest.mark.spec("H4")
def test_a_tenant_whose_hours_cannot_be_read_stops_nobodys_clock(world: World) -> None:
    for house in (world.home, world.rival):
        with tenant_scope(house.tenant):
            make_ticket(house, staff=house.staff, at=OLD)
            Ticket.objects.update(reckoned_at=None)
    with tenant_scope(world.home.tenant):
        # No service writes such a week.
        WorkingWeek.objects.create(valid_from=OLD.date(), slots=[[[900, 600]]] * 7)
    with pytest.raises(SomeFailed):
        turning.sweep()
    with tenant_scope(world.rival.tenant):
        assert Ticket.objects.get().colour == "red" and Ticket.objects.get().reckoned_at is not None
    with tenant_scope(world.home.tenant):
        assert Ticket.objects.get().reckoned_at is None


def _silent(house: House) -> None:
    TicketRules.objects.create(silence_days=10, warning_days=0)
    ticket = make_ticket(house)
    Ticket.objects.filter(pk=ticket.pk).update(category=Category.WAITING, silent_since=OLD)


def _binned(house: House) -> None:
    delete(make_ticket(house), actor=house.owner, at=OLD)


def _asked(house: House) -> None:
    Transfer.objects.create(
        ticket=make_ticket(house),
        source=house.support,
        target=house.finance,
        requested_by=house.staff,
        due_at=OLD,
    )


def _begun(house: House) -> None:
    Draft.objects.create(user=house.staff, place="new-desk", values={"body": "…"}, updated_at=OLD)


def _left(house: House) -> None:
    make_ticket(house, staff=house.staff)
    house.staff.is_active = False
    house.staff.save(update_fields=["is_active"])


def test_a_house_whose_left_hands_fail_keeps_no_others_statuses_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(world.home.tenant):
        _left(world.home)
    with tenant_scope(world.rival.tenant):
        ticket = make_ticket(world.rival)
        own = statuses.create_status(actor=world.rival.owner, name="در صف ساخت", category=Category.NEW)
        Ticket.objects.filter(pk=ticket.pk).update(status=own)
        TicketStatus.objects.filter(pk=own.pk).update(is_active=False)

    def planted(tenant: object, **more: object) -> object:
        raise RuntimeError("planted")

    monkeypatch.setattr(leaving, "tenant_scope", planted)
    with pytest.raises(SomeFailed):
        settle()
    with tenant_scope(world.rival.tenant):
        assert ticket.refresh().status.is_active


@pytest.mark.parametrize(
    ("module", "sweep", "prepare", "is_done"),
    [
        (
            silence,
            silence.sweep_everywhere,
            _silent,
            lambda: Ticket.objects.get().category == Category.CLOSED,
        ),
        (bins, bins.purge_everywhere, _binned, lambda: not Ticket.with_bin.exists()),
        (
            transfers,
            transfers.return_everywhere,
            _asked,
            lambda: Transfer.objects.get().state == TransferState.RETURNED,
        ),
        (drafts, drafts.sweep_everywhere, _begun, lambda: not Draft.objects.exists()),
        (leaving, leaving.settle_everywhere, _left, lambda: Ticket.objects.get().assignee_id is None),
    ],
)
def test_every_sweep_goes_on_after_a_tenant_that_fails(
    world: World,
    module: object,
    sweep: Callable[[], int],
    prepare: Callable[[House], None],
    is_done: Callable[[], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for house in (world.home, world.rival):
        with tenant_scope(house.tenant):
            prepare(house)

    def planted(tenant: object, **more: object) -> object:
        if getattr(tenant, "pk", tenant) == world.home.tenant.pk:
            raise RuntimeError("planted")
        return tenant_scope(tenant, **more)

    monkeypatch.setattr(module, "tenant_scope", planted)
    with pytest.raises(SomeFailed):
        sweep()
    monkeypatch.undo()
    with tenant_scope(world.rival.tenant):
        assert is_done()
    with tenant_scope(world.home.tenant):
        assert not is_done()
    assert sweep() == 1
