"""Tickets whose customer says nothing: warned once, closed once, kept open by a word (S7)."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from notifications.models import Bell, Delivery
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import queries
from tickets.models import Custody, Event, Ticket, Transfer
from tickets.services import reply, request_transfer, restore, ruling, set_status, silence
from tickets.services.bin import delete
from tickets.states import Category, EventKind, TransferState

from .test_statuses import USUAL, usual

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.spec("S7")]
NOW = timezone.now()


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        ruling.change_rules(actor=house.owner, **USUAL | {"silence_days": 10})
        yield house


def days(count: float) -> datetime:
    return NOW + timedelta(days=count)


def waiting(house: House) -> Ticket:
    ticket = make_ticket(house, staff=house.staff, at=days(-1))
    reply(ticket, actor=house.staff, body="یک عکس بفرستید", client_key=uuid.uuid4(), at=NOW)
    set_status(ticket, actor=house.staff, status=usual("waiting"), at=NOW)
    return ticket.refresh()


def letters(kind: str) -> int:
    return Bell.objects.filter(kind=kind).count()


def test_silence_is_warned_of_once_and_then_closes_once(house: House) -> None:
    ticket = waiting(house)
    assert ticket.silent_since == NOW
    assert silence.sweep_everywhere(days(7.9)) == 0
    assert silence.sweep_everywhere(days(8)) == 1
    assert silence.sweep_everywhere(days(9.9)) == 0
    assert letters("ticket.closing_soon") == 1 and ticket.refresh().category == Category.WAITING
    said = Delivery.objects.filter(kind="ticket.closing_soon").first()
    assert said is not None and said.data["day"]
    assert silence.sweep_everywhere(days(10)) == 1
    assert silence.sweep_everywhere(days(11)) == 0
    ticket = ticket.refresh()
    assert (ticket.category, ticket.closed_at, ticket.status) == (Category.CLOSED, days(10), usual("closed"))
    assert letters("ticket.closed_silent") == 1
    event = Event.objects.filter(ticket=ticket, kind=EventKind.CLOSED).get()
    assert (event.actor, event.reason) == (None, "silence")
    ours, theirs = (
        [str(entry.obj.text) for entry in queries.thread(ticket, person) if entry.kind == "event"]
        for person in (house.staff, house.customer_main)
    )
    assert any("به مشتری خبر داده شد" in text for text in ours)
    assert any("پاسخی از شما نرسید" in text for text in theirs)
    assert not any("خبر داده شد" in text or "وضعیت" in text for text in theirs)


def test_what_silence_closes_is_kept_by_nobody_and_asked_of_nobody(house: House) -> None:
    ticket = waiting(house)
    request_transfer(
        ticket,
        actor=house.staff,
        target=house.finance,
        explanation="با شماست",
        client_key=uuid.uuid4(),
        at=NOW,
    )
    silence.sweep_everywhere(days(8))
    assert silence.sweep_everywhere(days(10)) == 1
    assert Transfer.objects.get().state == TransferState.WITHDRAWN
    spans = list(Custody.objects.filter(ticket=ticket).order_by("began_at"))
    assert spans[-1].ended_at == days(10) and not spans[-1].is_ours


def test_a_word_of_the_customers_keeps_it_open_and_one_of_ours_begins_anew(house: House) -> None:
    ticket = waiting(house)
    silence.sweep_everywhere(days(8))
    reply(ticket, actor=house.customer_main, body="فرستادم", client_key=uuid.uuid4(), at=days(9))
    assert ticket.refresh().silent_since is None and ticket.warned_at is None
    assert silence.sweep_everywhere(days(40)) == 0
    reply(ticket, actor=house.staff, body="رسید", client_key=uuid.uuid4(), at=days(41))
    assert ticket.refresh().category == Category.ANSWERED and ticket.silent_since == days(41)
    assert silence.sweep_everywhere(days(49)) == 1 and letters("ticket.closing_soon") == 2


def test_who_was_silent_before_the_rule_is_warned_first(house: House) -> None:
    ticket = waiting(house)
    Ticket.objects.update(silent_since=None)  # from before the column
    assert silence.sweep_everywhere(days(100)) == 1
    assert ticket.refresh().silent_since == NOW and ticket.category == Category.WAITING
    assert silence.sweep_everywhere(days(101.9)) == 0
    assert silence.sweep_everywhere(days(102)) == 1 and ticket.refresh().category == Category.CLOSED


def test_of_who_is_not_there_any_more_the_company_hears(house: House) -> None:
    """Answers, the warning and the closing of a ticket whose asker's door is closed come to the main contact."""
    ticket = make_ticket(house, by=house.section_member, staff=house.staff, at=days(-1))
    User.objects.filter(pk=house.section_member.pk).update(is_active=False)
    Bell.objects.all().delete()
    reply(ticket, actor=house.staff, body="یک عکس بفرستید", client_key=uuid.uuid4(), at=NOW)
    assert silence.sweep_everywhere(days(8)) == silence.sweep_everywhere(days(10)) == 1
    lines = Bell.objects.order_by("pk").values_list("user", "kind")
    main = house.customer_main.pk
    assert list(lines) == [
        (main, "ticket.answered"), (main, "ticket.closing_soon"), (main, "ticket.closed_silent"),
    ]  # fmt: skip


def test_off_is_off_and_no_warning_is_no_warning(house: House) -> None:
    ticket = waiting(house)
    ruling.change_rules(actor=house.owner, **USUAL)
    assert silence.sweep_everywhere(days(500)) == 0
    ruling.change_rules(actor=house.owner, **USUAL | {"silence_days": 10, "warning_days": 0})
    assert silence.sweep_everywhere(days(10)) == 1
    assert ticket.refresh().category == Category.CLOSED and letters("ticket.closing_soon") == 0


def test_an_internal_ticket_has_no_customer_to_be_silent(house: House) -> None:
    ticket = waiting(house)
    Ticket.objects.filter(pk=ticket.pk).update(channel="internal")
    assert silence.sweep_everywhere(days(50)) == 0


def test_the_bin_is_left_alone_and_what_comes_back_has_its_days_again(house: House) -> None:
    ticket = waiting(house)
    silence.sweep_everywhere(days(8))
    delete(ticket, actor=house.owner, at=days(9))
    assert silence.sweep_everywhere(days(30)) == 0
    restore(ticket, actor=house.owner, at=days(31))
    assert silence.sweep_everywhere(days(31)) == 0
    assert ticket.refresh().silent_since == days(31) and ticket.warned_at is None


def test_a_sweep_costs_the_same_for_one_and_for_thirty(house: House) -> None:
    def cost(at: datetime) -> int:
        with CaptureQueriesContext(connection) as seen:
            silence.sweep_everywhere(at)
        return len(seen)

    waiting(house)
    warned, shut = cost(days(8)), cost(days(10))
    for _ in range(30):
        waiting(house)
    assert (cost(days(8)), cost(days(10))) == (warned, shut)
    assert Ticket.objects.filter(category=Category.CLOSED).count() == 31
