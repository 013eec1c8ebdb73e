"""Who sees which ticket and may do what: the table of SPEC, row by row (H10, H21)."""

import pytest

from accounts.models import User
from departments.services import desks
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket, make_world
from tickets import access
from tickets.models import Ticket
from tickets.services import assign, close, note, reply, take
from web.errors import NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def _sees(user: User) -> set[int]:
    return set(access.tickets_seen_by(user).values_list("pk", flat=True))


def _who_sees(house: House, ticket: Ticket) -> set[str]:
    return {name for name, user in house.everyone().items() if ticket.pk in _sees(user)}


@pytest.mark.spec("H10")
def test_unassigned_ticket_is_seen_by_its_department_owner_and_company(house: House) -> None:
    ticket = make_ticket(house)
    assert _who_sees(house, ticket) == {"owner", "manager", "staff", "colleague", "customer_main"}


@pytest.mark.spec("H10")
def test_assigned_ticket_is_hidden_from_colleagues(house: House) -> None:
    ticket = make_ticket(house)
    take(ticket, actor=house.staff)
    assert _who_sees(house, ticket) == {"owner", "manager", "staff", "customer_main"}


def test_department_that_does_not_share_hides_unassigned_tickets_from_staff(house: House) -> None:
    ticket = make_ticket(house)
    desks.change_department(
        house.support,
        actor=house.owner,
        name=house.support.name,
        description="",
        is_hidden=False,
        shares_unassigned=False,
    )
    assert _who_sees(house, ticket) == {"owner", "manager", "customer_main"}


def test_personnel_see_by_level_and_section(house: House) -> None:
    by_member = make_ticket(house, by=house.section_member)
    by_manager = make_ticket(house, by=house.section_manager)
    by_other_section = make_ticket(house, by=house.other_section_member)
    ours = {"owner", "manager", "staff", "colleague", "customer_main"}
    assert _who_sees(house, by_member) == ours | {"section_manager", "section_member"}
    assert _who_sees(house, by_manager) == ours | {"section_manager"}
    assert _who_sees(house, by_other_section) == ours | {"other_section_member"}


def test_switched_off_people_and_strangers_see_nothing(house: House) -> None:
    make_ticket(house)
    house.owner.is_active = False
    assert _sees(house.owner) == set()
    assert _sees(None) == set()  # type: ignore[arg-type]


def test_notes_are_seen_by_our_side_with_the_right_only(house: House) -> None:
    ticket = make_ticket(house)
    note(ticket, actor=house.staff, body="رمز سرور را عوض کردیم", client_key=_key())
    for name, user in house.everyone().items():
        kinds = set(access.messages_seen_by(user, ticket).values_list("kind", flat=True))
        # The clerk's access level has no right to notes.
        assert ("note" in kinds) is (user.is_staff_member and name != "clerk"), name
    assert not access.messages_seen_by(house.customer_main).filter(kind="note").exists()


def test_rival_tenants_ticket_is_absent() -> None:
    world = make_world()
    with tenant_scope(world.rival.tenant):
        theirs = make_ticket(world.rival)
    with tenant_scope(world.home.tenant):
        for user in world.home.everyone().values():
            assert theirs.pk not in _sees(user)
            with pytest.raises(NotFound):
                reply(theirs, actor=user, body="سلام", client_key=_key())


VERBS_OPEN = {"reply", "note", "take", "assign", "set_status", "set_priority", "close"}
# Who handles a ticket sends it on, lets others watch it and fills in what its department asks; the owner's alone are
# the direct move and the bin.
HANDED = {"refer", "transfer", "watch", "fill"}
OWNERS = {"move", "delete"}


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("owner", VERBS_OPEN - {"take"} | HANDED | OWNERS),
        ("manager", VERBS_OPEN | HANDED),
        ("staff", {"reply", "note", "take"}),
        ("customer_main", {"reply", "close", "rate"}),
    ],
)
def test_verbs_on_an_unassigned_ticket_by_role(house: House, role: str, verbs: set[str]) -> None:
    ticket = make_ticket(house)
    assert access.allowed(getattr(house, role), ticket) == verbs


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("owner", VERBS_OPEN - {"take"} | HANDED | OWNERS),
        ("manager", VERBS_OPEN - {"take"} | HANDED),
        ("staff", VERBS_OPEN - {"take", "assign"} | HANDED),
        ("customer_main", {"reply", "close", "rate"}),
    ],
)
def test_verbs_on_a_held_ticket_by_role(house: House, role: str, verbs: set[str]) -> None:
    ticket = take(make_ticket(house), actor=house.staff)
    assert access.allowed(getattr(house, role), ticket) == verbs


@pytest.mark.parametrize("role", ["owner", "manager", "staff", "customer_main"])
def test_verbs_on_a_closed_ticket(house: House, role: str) -> None:
    ticket = close(take(make_ticket(house), actor=house.staff), actor=house.staff)
    ours = {"note", "watch"} if role != "customer_main" else {"rate"}
    bin_ = {"delete"} if role == "owner" else set()
    assert access.allowed(getattr(house, role), ticket) == {"reply", "reopen"} | ours | bin_


def test_refusal_of_a_seen_ticket_is_not_allowed_and_of_an_unseen_one_not_found(house: House) -> None:
    ticket = make_ticket(house)
    with pytest.raises(NotAllowed):
        assign(ticket, actor=house.staff, to=house.colleague)
    take(ticket, actor=house.staff)
    with pytest.raises(NotFound):
        reply(ticket, actor=house.colleague, body="سلام", client_key=_key())


def _key():  # type: ignore[no-untyped-def]
    import uuid

    return uuid.uuid4()
