"""What a seat's access level lets a person do and read (S19, S12): each right opens its verb and no other."""

import uuid
from collections.abc import Iterable

import pytest

from accounts.models import User
from accounts.roles import Right
from departments import services
from departments.services import levels
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import access
from tickets.models import Ticket
from tickets.services import assign, close, note, open_ticket, reply, take
from web.errors import NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def _gives(house: House, user: User, rights: Iterable[str]) -> None:
    level = levels.create_level(actor=house.owner, name=f"سطح {uuid.uuid4().hex[:6]}", rights=rights)
    services.seat(actor=house.owner, user=user, department=house.support, access_level=level)


def _held(house: House) -> Ticket:
    return assign(make_ticket(house), actor=house.owner, to=house.staff)


HELD = {
    Right.REPLY: {"reply"},
    Right.NOTE: {"note"},
    Right.ASSIGN: {"assign"},
    Right.TRANSFER: {"refer", "transfer", "watch"},
    Right.CHANGE: {"set_status", "set_priority", "fill"},
    Right.CLOSE: {"close"},
    Right.TAKE: set(),
    Right.REOPEN: set(),
    Right.READ_NOTES: set(),
}


@pytest.mark.spec("S19")
@pytest.mark.parametrize("right", HELD)
def test_each_right_opens_its_own_verb_on_a_held_ticket(house: House, right: Right) -> None:
    ticket = _held(house)
    _gives(house, house.staff, [right])
    assert access.allowed(house.staff, ticket) == HELD[right]


@pytest.mark.spec("S19")
def test_an_observer_sees_and_does_nothing(house: House) -> None:
    ticket = make_ticket(house)
    _gives(house, house.staff, [])
    assert access.fetch(house.staff, ticket.number) == ticket
    assert access.allowed(house.staff, ticket) == set()
    for act in (
        lambda: reply(ticket, actor=house.staff, body="سلام", client_key=uuid.uuid4()),
        lambda: note(ticket, actor=house.staff, body="سلام", client_key=uuid.uuid4()),
        lambda: take(ticket, actor=house.staff),
        lambda: close(ticket, actor=house.staff),
        lambda: open_ticket(
            actor=house.staff,
            requester=house.customer_main,
            department=house.support,
            subject="تماس",
            body="سلام",
            client_key=uuid.uuid4(),
        ),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_taking_and_reopening_have_their_rights(house: House) -> None:
    ticket = make_ticket(house)
    _gives(house, house.staff, [Right.TAKE])
    assert access.allowed(house.staff, ticket) == {"take"}
    _gives(house, house.staff, [Right.REPLY])
    closed = close(_held(house), actor=house.owner)
    _gives(house, house.staff, [Right.REOPEN])
    assert access.allowed(house.staff, closed) == {"reopen"}


@pytest.mark.spec("S19")
def test_seeing_the_department_shows_colleagues_tickets_until_it_is_taken_back(house: House) -> None:
    ticket = _held(house)
    with pytest.raises(NotFound):
        access.fetch(house.colleague, ticket.number)
    _gives(house, house.colleague, [Right.SEE_DEPARTMENT, Right.REPLY])
    assert access.fetch(house.colleague, ticket.number) == ticket
    assert access.allowed(house.colleague, ticket) == {"reply"}
    _gives(house, house.colleague, [Right.REPLY])
    with pytest.raises(NotFound):
        access.fetch(house.colleague, ticket.number)


@pytest.mark.spec("S12")
def test_notes_are_read_by_right_and_by_their_writer(house: House) -> None:
    ticket, kinds = _held(house), access.messages_seen_by
    note(ticket, actor=house.owner, body="رمز سرور", client_key=uuid.uuid4())
    _gives(house, house.staff, [Right.NOTE])
    note(ticket, actor=house.staff, body="خودم نوشتم", client_key=uuid.uuid4())

    def bodies(ticket: Ticket | None) -> set[str]:
        return set(kinds(house.staff, ticket).filter(kind="note").values_list("body", flat=True))

    assert bodies(ticket) == bodies(None) == {"خودم نوشتم"}
    _gives(house, house.staff, [Right.READ_NOTES])
    assert bodies(ticket) == bodies(None) == {"رمز سرور", "خودم نوشتم"}


@pytest.mark.spec("S12")
def test_the_right_to_notes_counts_where_the_ticket_is(house: House) -> None:
    """A seat that reads notes in one department opens none of another's."""
    services.seat(actor=house.owner, user=house.staff, department=house.finance)
    _gives(house, house.staff, [Right.REPLY])
    here = _held(house)
    there = assign(make_ticket(house, department=house.finance), actor=house.owner, to=house.staff)
    for ticket in (here, there):
        note(ticket, actor=house.owner, body=f"یادداشت {ticket.number}", client_key=uuid.uuid4())
    seen = access.messages_seen_by(house.staff).filter(kind="note").values_list("ticket_id", flat=True)
    assert set(seen) == {there.pk}
    assert not access.messages_seen_by(house.staff, here).filter(kind="note").exists()
    assert access.messages_seen_by(house.staff, there).filter(kind="note").exists()


def test_who_holds_a_ticket_without_a_seat_there_answers_it_all_the_same(house: House) -> None:
    """It came along when a customer's link moved, say; the usual rights of another seat count for talking alone."""
    ticket = _held(house)
    Ticket.objects.filter(pk=ticket.pk).update(department=house.orphan)
    ticket = ticket.refresh()
    assert access.allowed(house.staff, ticket) == {"reply", "note"}
