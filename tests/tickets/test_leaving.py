"""A colleague leaves, and nothing is left with nobody; owners unmake owners, never the last one (S22, SPEC: people)."""

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Session, User, Vacation
from accounts.roles import Role
from accounts.services import companies, people
from departments import services
from departments.absence import today
from departments.models import Seat, ServiceLink, StaffGroupMember, Topic
from departments.services import groups, vacations
from notifications.models import Bell
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.races import at_once, refusals
from tests.worlds import House, make_house, make_ticket, next_mobile
from tickets import tasks
from tickets.models import Event, Ticket
from tickets.sentences import sentence
from tickets.services import assign, close, leaving
from web.errors import Conflict, Invalid, NotAllowed, NotFound


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def burdened(house: House) -> list[Ticket]:
    """The member of staff holds two open tickets and a closed one, a customer, a topic, a group, a stand-in's duty."""
    tickets = [make_ticket(house, staff=house.staff) for _ in range(3)]
    close(tickets[2], actor=house.staff)
    services.link_customer(
        actor=house.owner, customer=house.other_company, department=house.support, staff=house.staff
    )
    services.change_topic(house.topic, actor=house.owner, name="چاپ", assignee=house.staff)
    groups.join(groups.create_group(actor=house.owner, name="خط اول"), actor=house.owner, user=house.staff)
    vacations.plan(
        house.colleague, actor=house.owner, starts_on=today(), ends_on=today(), substitute=house.staff
    )
    return [ticket.refresh() for ticket in tickets]


def leave(house: House, heir: User | None, user: User | None = None) -> int:
    desk = {house.support.pk: heir}
    return leaving.leave_staff(user or house.staff, actor=house.owner, heirs=desk, managers=desk)


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("S22")
def test_what_a_colleague_had_goes_to_the_heir_in_the_same_step(house: House) -> None:
    first, second, done = burdened(house)
    house.client(house.staff)
    burden = leaving.burden_of(house.staff)
    assert [(one.department, one.tickets, one.customers, one.topics, one.manages) for one in burden] == [
        (house.support, 2, 1, 1, False)
    ]
    assert leave(house, house.colleague) == 2
    assert [ticket.refresh().assignee for ticket in (first, second, done)] == [
        house.colleague,
        house.colleague,
        house.staff,
    ]
    assert ServiceLink.objects.get(customer=house.other_company).staff == house.colleague
    assert Topic.objects.get(pk=house.topic.pk).assignee == house.colleague
    assert not StaffGroupMember.objects.filter(user=house.staff).exists()
    assert Vacation.objects.get(user=house.colleague).substitute is None
    assert not User.objects.get(pk=house.staff.pk).is_active
    assert not Session.objects.filter(user_id=house.staff.pk).exists()
    told = Bell.objects.get(user=house.colleague, kind="staff.left").text
    assert (
        "۲ تیکت باز، ۱ مشتری اختصاصی، ۱ گروه موضوعی در پشتیبانی فنی" in told
        and "جانشین مرخصی شما بود" in told
    )
    assert AuditEntry.objects.filter(verb="person.off", target_id=house.staff.pk).exists()


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("S22")
def test_without_an_heir_the_queue_takes_the_tickets_and_its_manager_hears_it_once(house: House) -> None:
    first, second, _done = burdened(house)
    assert leave(house, None) == 2
    assert first.refresh().assignee is second.refresh().assignee is None
    event = Event.objects.filter(ticket=first).latest("pk")
    assert (event.kind, event.from_person, event.actor) == ("released", house.staff, house.owner)
    found = ServiceLink.objects.get(customer=house.other_company)
    assert (found.department, found.staff) == (house.support, None)
    assert Bell.objects.filter(user=house.manager, kind="staff.left").count() == 1
    assert leaving.burden_of(house.staff) == []


@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_managers_place_goes_along_or_stays_empty_and_the_owner_answers(house: House) -> None:
    make_ticket(house, staff=house.manager)
    assert leave(house, house.staff, house.manager) == 1
    levels = dict(Seat.objects.filter(department=house.support).values_list("user_id", "level"))
    assert levels[house.staff.pk] == "manager" and levels[house.manager.pk] == "staff"
    leave(house, None, house.staff)
    assert not Seat.objects.filter(department=house.support, level="manager").exists()
    ticket = make_ticket(house)
    assert Bell.objects.filter(user=house.owner, about=f"ticket:{ticket.pk}").exists()


@pytest.mark.django_db
@pytest.mark.sqlite
def test_an_heir_must_sit_there_and_what_came_in_meanwhile_is_asked_about_again(house: House) -> None:
    burdened(house)
    for heir in (house.finance_manager, house.staff, house.customer_main):
        with pytest.raises(Invalid) as refused:
            leave(house, heir)
        assert refused.value.field == f"heir_{house.support.pk}"
    with pytest.raises(Conflict):
        leaving.leave_staff(house.staff, actor=house.owner, heirs={})
    with pytest.raises(NotAllowed):
        leaving.leave_staff(house.staff, actor=house.manager, heirs={house.support.pk: house.colleague})
    assert User.objects.get(pk=house.staff.pk).is_active
    assert Ticket.objects.filter(assignee=house.staff, category="new").count() == 2


@pytest.mark.django_db
@pytest.mark.sqlite
def test_owners_are_made_and_unmade_and_the_last_one_stays(house: House) -> None:
    with pytest.raises(Conflict, match="بی مدیر اصلی نمی‌ماند"):
        people.change_role(house.owner, actor=house.owner, role=Role.STAFF)
    people.change_role(house.manager, actor=house.owner, role=Role.OWNER)
    assert User.objects.get(pk=house.manager.pk).is_owner
    people.change_role(house.owner, actor=house.owner, role=Role.STAFF)
    with pytest.raises(NotAllowed):
        people.change_role(house.staff, actor=house.owner, role=Role.OWNER)
    fresh = User.objects.get(pk=house.manager.pk)
    with pytest.raises(Conflict):
        people.change_role(fresh, actor=fresh, role=Role.STAFF)
    for person in (house.customer_main, house.staff):
        with pytest.raises((Conflict, NotAllowed)):
            people.change_role(house.customer_main, actor=person, role=Role.OWNER)
    entry = AuditEntry.objects.filter(verb="person.role").first()
    assert entry is not None and entry.after == {"role": "owner"}


@pytest.mark.postgres
def test_two_owners_do_not_unmake_each_other_at_one_moment(committed_db: None) -> None:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        second = people.create_owner(actor=house.owner, mobile=next_mobile(), name="دومی")
        # Each in a request of their own.
        pairs = [
            (User.objects.get(pk=victim.pk), User.objects.get(pk=actor.pk))
            for victim, actor in ((house.owner, second), (second, house.owner))
        ]
    acts = [partial(people.change_role, victim, actor=actor, role=Role.STAFF) for victim, actor in pairs]
    [refused] = refusals(at_once(*acts, within=house.tenant))
    with tenant_scope(house.tenant):
        assert User.objects.filter(role=Role.OWNER, is_active=True).count() == 1
    assert isinstance(refused, (Conflict, NotAllowed))


@pytest.mark.postgres
def test_leaving_twice_at_one_moment_moves_everything_once(committed_db: None) -> None:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        for _ in range(4):
            make_ticket(house, staff=house.staff)
    moved = at_once(*[lambda: leave(house, house.colleague)] * 2, within=house.tenant)
    with tenant_scope(house.tenant):
        assert sorted(moved) == [0, 4]
        assert Event.objects.filter(kind="assigned").count() == 4


# More than one department, and what happens between the question and the answer ----------------------------------
def across(house: House) -> None:
    """The member of staff works in two more departments and manages one of them."""
    services.seat(actor=house.owner, user=house.staff, department=house.orphan, level="manager")
    services.seat(actor=house.owner, user=house.staff, department=house.finance)
    services.seat(actor=house.owner, user=house.colleague, department=house.finance)
    for department in (house.support, house.finance, house.orphan):
        make_ticket(house, department=department, staff=house.staff)


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.spec("S22")
def test_each_department_goes_its_own_way_and_each_person_hears_once(house: House) -> None:
    across(house)
    second = people.create_owner(actor=house.owner, mobile=next_mobile(), name="دومی")
    heirs = {house.support.pk: house.colleague, house.finance.pk: house.colleague, house.orphan.pk: None}
    moved = leaving.leave_staff(
        house.staff, actor=house.owner, heirs=heirs, managers={house.orphan.pk: house.manager}
    )
    assert moved == 3
    held = dict(Ticket.objects.values_list("department", "assignee"))
    assert held == {
        house.support.pk: house.colleague.pk,
        house.finance.pk: house.colleague.pk,
        house.orphan.pk: None,
    }
    # Not of this department before: the place is made for them.
    assert Seat.objects.get(department=house.orphan, level="manager").user == house.manager
    letters = Bell.objects.filter(kind="staff.left")
    assert set(letters.values_list("user", flat=True)) == {house.colleague.pk, house.manager.pk}
    assert letters.count() == 2
    told = letters.get(user=house.manager).text
    assert "شما مدیر فروش شدید" in told and "۱ تیکت بازش در صف فروش" in told
    assert not Bell.objects.filter(user=second, kind="staff.left").exists()
    entry = AuditEntry.objects.get(verb="leave_staff")
    assert entry.after["moved"] == [
        "پشتیبانی فنی: ۱ تیکت باز به مهدیار کاظمی",
        "مالی و قرارداد: ۱ تیکت باز به مهدیار کاظمی",
        "فروش: ۱ تیکت باز به صف دپارتمان",
        "فروش: مدیر، کیمیا بهروزی",
    ]


@pytest.mark.django_db
@pytest.mark.sqlite
def test_without_another_manager_the_other_owners_hear_it(house: House) -> None:
    second = people.create_owner(actor=house.owner, mobile=next_mobile(), name="دومی")
    leave(house, None, house.manager)
    assert "پشتیبانی فنی دیگر مدیر ندارد" in Bell.objects.get(user=second, kind="staff.left").text


@pytest.mark.django_db
@pytest.mark.sqlite
def test_a_manager_must_be_another_active_colleague(house: House) -> None:
    people.switch_off(house.colleague, actor=house.owner)
    house.colleague.refresh_from_db()
    for manager in (house.manager, house.colleague, house.customer_main):
        with pytest.raises(Invalid) as refused:
            leaving.leave_staff(
                house.manager, actor=house.owner, heirs={}, managers={house.support.pk: manager}
            )
        assert refused.value.field == f"manager_{house.support.pk}"
    with pytest.raises(Conflict, match="تازه"):
        leaving.leave_staff(house.manager, actor=house.owner, heirs={})
    assert User.objects.get(pk=house.manager.pk).is_active


@pytest.mark.django_db
@pytest.mark.sqlite
def test_an_heir_whose_own_door_is_closed_or_of_another_tenant_is_none(house: House) -> None:
    burdened(house)
    rival = make_house("raghib")
    with pytest.raises(NotFound):
        leave(house, rival.colleague)
    people.switch_off(house.colleague, actor=house.owner)
    with pytest.raises(Invalid):
        leave(house, house.colleague)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_oneself_and_the_last_owner_stay_and_nothing_of_theirs_moves(house: House) -> None:
    services.seat(actor=house.owner, user=house.owner, department=house.support)
    ticket = make_ticket(house, by=house.owner, requester=house.customer_main, staff=house.owner)
    with pytest.raises(Conflict):
        leave(house, house.colleague, house.owner)
    assert ticket.refresh().assignee == house.owner


@pytest.mark.django_db
@pytest.mark.postgres
def test_leaving_costs_the_same_with_one_of_each_and_thirty(house: House) -> None:
    def fill(user: User, count: int) -> None:
        for number in range(count):
            make_ticket(house, by=house.other_customer, department=house.support, staff=user)
            customer, _contact = companies.create_customer(
                actor=house.owner, name=f"شرکت {user.pk} {number}", mobile=next_mobile()
            )
            services.link_customer(actor=house.owner, customer=customer, department=house.support, staff=user)

    fill(house.staff, 1)
    fill(house.colleague, 30)
    costs = []
    for user in (house.staff, house.colleague):
        with CaptureQueriesContext(connection) as seen:
            leave(house, house.manager, user)
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 60


@pytest.mark.django_db
@pytest.mark.sqlite
def test_what_was_on_its_way_to_them_goes_back_to_the_queue_by_itself(house: House) -> None:
    ticket, done = make_ticket(house, staff=house.staff), make_ticket(house, staff=house.staff)
    close(done, actor=house.staff)
    # As if it had been assigned between the last look and the closing.
    people.switch_off(house.staff, actor=house.owner)
    assert leaving.settle() == 1
    assert (ticket.refresh().assignee, done.refresh().assignee) == (None, house.staff)
    assert Bell.objects.filter(user=house.manager, kind="tickets.released").count() == 1
    event = Event.objects.filter(ticket=ticket).latest("pk")
    assert (event.kind, event.actor, event.from_person) == ("released", None, house.staff)
    assert "سامانه" in sentence(event) and house.staff.name in sentence(event)
    assert leaving.settle() == 0


@pytest.mark.postgres
def test_the_sweep_looks_into_every_tenant(committed_db: None) -> None:
    houses = [make_house("arvand"), make_house("raghib")]
    for house in houses:
        with tenant_scope(house.tenant):
            make_ticket(house, staff=house.staff)
            people.switch_off(house.staff, actor=house.owner)
    assert tasks.settle() == 2
    assert tasks.settle() == 0


@pytest.mark.postgres
def test_a_ticket_assigned_at_the_very_moment_of_leaving_is_not_lost(committed_db: None) -> None:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        tickets = [make_ticket(house) for _ in range(4)]
        make_ticket(house, staff=house.staff)
    acts: list[Callable[[], object]] = [
        partial(assign, ticket, actor=house.manager, to=house.staff) for ticket in tickets
    ]
    acts.append(partial(leave, house, house.colleague))
    refused = [one.status for one in refusals(at_once(*acts, within=house.tenant))]
    with tenant_scope(house.tenant):
        assert not User.objects.get(pk=house.staff.pk).is_active
        assert not Ticket.objects.filter(assignee=house.staff).exists()
        gone = Ticket.objects.filter(assignee=house.colleague).count()
    # Whoever came before the door went along, whoever came after was told so; nobody met a dead end.
    assert gone == 1 + len(tickets) - len(refused) and set(refused) <= {422}
