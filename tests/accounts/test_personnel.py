"""A company's people: who may move whom, where to, and what that is worth to nobody else (H21)."""

import pytest

from accounts import queries
from accounts.models import Section, User
from accounts.roles import Level
from accounts.services import companies, people, personnel
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket, make_world, next_mobile
from tickets import access
from web.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def _sees(user: User) -> set[int]:
    return set(access.tickets_seen_by(user.refresh()).values_list("pk", flat=True))


@pytest.mark.spec("H21")
def test_moved_person_is_seen_by_the_new_sections_manager_alone(house: House):
    other = Section.objects.get(customer=house.customer, name="کارگزینی")
    manager = people.create_customer_person(
        actor=house.customer_main, customer=house.customer, mobile=next_mobile(), level=1, section=other
    )
    ticket = make_ticket(house, by=house.section_member)
    assert ticket.pk in _sees(house.section_manager)
    personnel.move_person(house.section_member, actor=house.customer_main, level=2, section=other)
    assert ticket.pk not in _sees(house.section_manager)
    assert ticket.pk in _sees(manager) & _sees(house.customer_main) & _sees(house.section_member)
    entry = AuditEntry.objects.filter(verb="person.move").latest("pk")
    assert (entry.before, entry.after) == (
        {"level": 2, "section": "حسابداری"},
        {"level": 2, "section": "کارگزینی"},
    )


@pytest.mark.spec("H21")
def test_change_of_level_changes_what_is_seen_at_once(house: House):
    ticket = make_ticket(house, by=house.section_member)
    section = house.section
    personnel.move_person(house.section_manager, actor=house.customer_main, level=2, section=section)
    assert ticket.pk not in _sees(house.section_manager)
    assert list(queries.personnel_of(house.section_manager.refresh())) == []
    personnel.move_person(house.other_section_member, actor=house.customer_main, level=1, section=section)
    assert ticket.pk in _sees(house.other_section_member)


@pytest.mark.parametrize("who", ["section_manager", "section_member", "other_customer", "manager", "staff"])
def test_only_the_owner_and_the_main_contact_move_people(house: House, who: str):
    actor = getattr(house, who)
    for person in (house.section_member, house.section_manager, house.customer_main):
        for level in Level.values:
            with pytest.raises(NotAllowed):
                personnel.move_person(person, actor=actor, level=level, section=house.section)
    assert not AuditEntry.objects.filter(verb="person.move").exists()


def test_nobody_raises_themself_or_makes_a_main_contact(house: House):
    main, section = house.customer_main, house.section
    for person, level in ((main, 1), (main, 0), (house.section_member, 0)):
        with pytest.raises(NotAllowed):
            personnel.move_person(person, actor=main, level=level, section=section if level else None)
    with pytest.raises(NotAllowed):
        people.create_customer_person(
            actor=main, customer=house.customer, mobile=next_mobile(), level=Level.MAIN
        )


@pytest.mark.parametrize("level", [3, -1, 99])
def test_levels_outside_the_table_are_refused(house: House, level: int):
    with pytest.raises(Invalid) as refused:
        personnel.move_person(house.section_member, actor=house.owner, level=level, section=house.section)
    assert refused.value.field == "level"


def test_section_of_another_company_or_none_is_refused(house: House):
    foreign = companies.create_section(actor=house.owner, customer=house.other_company, name="چاپخانه")
    for actor in (house.owner, house.customer_main):
        for section in (foreign, None):
            with pytest.raises(Invalid) as refused:
                personnel.move_person(house.section_member, actor=actor, level=2, section=section)
            assert refused.value.field == "section"
    with pytest.raises(NotAllowed):
        personnel.move_person(house.other_customer, actor=house.customer_main, level=1, section=house.section)
    with pytest.raises(Invalid):
        personnel.move_person(house.other_customer, actor=house.owner, level=1, section=house.section)


def test_company_keeps_a_main_contact(house: House):
    with pytest.raises(Conflict):
        personnel.move_person(house.customer_main, actor=house.owner, level=1, section=house.section)
    personnel.move_person(house.section_manager, actor=house.owner, level=0)
    moved = personnel.move_person(house.customer_main, actor=house.owner, level=1, section=house.section)
    assert (moved.level, moved.section) == (1, house.section)


def test_our_people_are_not_personnel_and_rivals_are_absent():
    world = make_world()
    with tenant_scope(world.home.tenant):
        with pytest.raises(NotAllowed):
            personnel.move_person(world.home.staff, actor=world.home.owner, level=0)
        with pytest.raises(NotFound):
            personnel.move_person(world.rival.section_member, actor=world.home.owner, level=0)


@pytest.mark.spec("H21")
def test_section_names_are_told_apart_by_what_is_read(house: House):
    main = house.customer_main
    for name in ("حسابداری", "حسابداري", " حساب\u200cداری ", "", "\u200f", "ن" * 81):
        with pytest.raises(Invalid) as refused:
            companies.create_section(actor=main, customer=house.customer, name=name)
        assert refused.value.field == "name", name
        with pytest.raises(Invalid):
            companies.rename_section(
                Section.objects.get(customer=house.customer, name="کارگزینی"), actor=main, name=name
            )
    again = companies.rename_section(house.section, actor=main, name="حسابداری ")
    assert again.name == "حسابداری"
    companies.create_section(actor=house.other_customer, customer=house.other_company, name="حسابداری")
    for actor in (house.section_manager, house.section_member, house.other_customer, house.staff):
        with pytest.raises(NotAllowed):
            companies.rename_section(house.section, actor=actor, name="مالی")


def test_keeper_sees_the_people_they_keep(house: House):
    company = {house.customer_main, house.section_manager, house.section_member, house.other_section_member}
    assert set(queries.personnel_of(house.customer_main)) == company
    assert set(queries.personnel_of(house.section_manager)) == {house.section_manager, house.section_member}
    for user in (house.section_member, house.owner, house.staff):
        assert not queries.personnel_of(user).exists()
        assert not queries.sections_of(user).exists()


@pytest.mark.spec("S22")
def test_company_off_ends_sessions_and_codes_in_a_fixed_number_of_statements(house: House):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            companies.switch_customer_off(house.customer, actor=house.owner)
        companies.switch_customer_on(house.customer, actor=house.owner)
        return len(seen)

    few = statements()
    for _ in range(5):
        people.create_customer_person(
            actor=None, customer=house.customer, mobile=next_mobile(), level=2, section=house.section
        )
    assert statements() == few
