"""Days away: planned, taken back, and where new tickets go meanwhile (H9, S1, S18)."""

from datetime import timedelta

import pytest

from accounts.models import User, Vacation
from accounts.services import people
from departments import services
from departments.absence import Crew, today
from departments.models import Department
from departments.services import levels, vacations
from notifications.models import Bell
from persian import jalali
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.races import at_once, refusals
from tests.worlds import House, make_house, make_ticket, make_world
from tickets import handovers, offers
from tickets.models import Event
from tickets.routing import responsible
from web.errors import Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.sqlite
DAY = timedelta(days=1)


@pytest.fixture
def house(db):
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def away(house: House, user, substitute=None, *, first=0, last=0) -> Vacation:
    return vacations.plan(
        user,
        actor=house.owner,
        starts_on=today() + first * DAY,
        ends_on=today() + last * DAY,
        substitute=substitute,
    )


def link(house: House, staff) -> None:
    services.link_customer(actor=house.owner, customer=house.customer, department=house.support, staff=staff)


def routed(ticket) -> tuple:
    event = Event.objects.get(ticket=ticket, kind="routed")
    return ticket.assignee, event.reason


@pytest.mark.spec("H9")
def test_a_linked_customers_ticket_goes_to_the_substitute_and_else_to_the_manager(house: House) -> None:
    link(house, house.staff)
    assert routed(make_ticket(house)) == (house.staff, "link")
    vacation = away(house, house.staff, house.colleague, last=3)
    assert routed(make_ticket(house)) == (house.colleague, "substitute")
    away(house, house.colleague, last=1)
    assert routed(make_ticket(house)) == (house.manager, "away")
    away(house, house.manager)
    ticket = make_ticket(house)
    assert routed(ticket) == (None, "manager_off")
    vacations.cancel(vacation, actor=house.owner)
    assert routed(make_ticket(house)) == (house.staff, "link")


def test_a_substitute_without_a_seat_there_does_not_stand_in(house: House) -> None:
    link(house, house.staff)
    away(house, house.staff, house.finance_manager)
    assert routed(make_ticket(house)) == (house.manager, "away")


def test_substitutes_in_a_ring_lead_to_the_manager_and_not_round_for_ever(house: House) -> None:
    link(house, house.staff)
    away(house, house.staff, house.colleague)
    with pytest.raises(Invalid, match="خودش"):
        away(house, house.colleague, house.staff)
    # No page lets them name each other; a ring that stands there all the same ends.
    days = {"starts_on": today(), "ends_on": today()}
    Vacation.objects.create(user=house.colleague, substitute=house.staff, **days)
    assert Crew(house.support).stand_in(house.staff.pk) is None
    assert routed(make_ticket(house)) == (house.manager, "away")


def test_a_chain_is_followed_to_who_is_there(house: House) -> None:
    away(house, house.staff, house.colleague)
    away(house, house.colleague, house.manager)
    assert Crew(house.support).stand_in(house.staff.pk) == house.manager


def test_the_topics_person_away_and_the_managers_letters(house: House) -> None:
    services.change_topic(house.topic, actor=house.owner, name="چاپ", assignee=house.staff)
    away(house, house.staff, house.colleague)
    assert routed(make_ticket(house, topic=house.topic.refresh())) == (house.colleague, "substitute")
    away(house, house.manager, house.colleague)
    assert responsible(house.support) == (house.colleague,)


def test_customers_neither_see_nor_choose_who_is_away_and_our_side_may(house: House) -> None:
    away(house, house.staff)
    offered = offers.Offer(house.customer_main, house.customer_main).people
    assert house.staff not in offered and house.colleague in offered
    with pytest.raises(Invalid) as refused:
        make_ticket(house, staff=house.staff)
    assert refused.value.field == "staff" and "مرخصی" in refused.value.message
    ticket = make_ticket(house, by=house.owner, requester=house.customer_main, staff=house.staff)
    assert ticket.assignee == house.staff


def test_an_observer_is_given_nothing(house: House) -> None:
    observer = levels.create_level(actor=house.owner, name="تماشاگر")
    services.seat(actor=house.owner, user=house.staff, department=house.support, access_level=observer)
    link(house, house.staff)
    assert routed(make_ticket(house)) == (house.manager, "away")
    assert house.staff not in [seat.user for seat in handovers.answering_in(house.support.pk)]


def test_the_first_and_the_last_day_are_days_away(house: House) -> None:
    away(house, house.staff, first=1, last=2)
    present = [Crew(house.support, today() + at * DAY).is_present(house.staff.pk) for at in range(4)]
    assert present == [True, False, False, True]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(2, 1, "ends_on"), (-5, -1, "ends_on"), (0, 400, "ends_on"), (1200, 1201, "starts_on")],
)
def test_days_that_cannot_be_are_refused_at_their_field(
    house: House, first: int, last: int, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        away(house, house.staff, first=first, last=last)
    assert refused.value.field == field and not Vacation.objects.exists()


def test_two_vacations_do_not_overlap_and_a_substitute_is_another_active_colleague(house: House) -> None:
    away(house, house.staff, first=2, last=5)
    for first, last in ((5, 7), (0, 2), (3, 4), (0, 9)):
        with pytest.raises(Invalid, match="مرخصی دیگری ثبت است"):
            away(house, house.staff, first=first, last=last)
    away(house, house.staff, first=6, last=7)
    people.switch_off(house.colleague, actor=house.owner)
    house.colleague.refresh_from_db()
    for substitute in (house.manager, house.colleague, house.customer_main):
        with pytest.raises(Invalid) as refused:
            away(house, house.manager, substitute)
        assert refused.value.field == "substitute"


def heard(user: User) -> list[str]:
    """The kinds of the bells about vacations, oldest first."""
    rows = Bell.objects.filter(user=user, kind__startswith="vacation").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def audited() -> list[str]:
    """The verbs about vacations in the audit log, oldest first."""
    rows = AuditEntry.objects.filter(verb__startswith="vacation").order_by("pk")
    return list(rows.values_list("verb", flat=True))


def test_one_plans_ones_own_and_the_owner_anybodys(house: House) -> None:
    words = {"starts_on": today(), "ends_on": today()}
    own = vacations.plan(house.staff, actor=house.staff, **words)
    for actor in (house.colleague, house.manager, house.customer_main):
        with pytest.raises(NotAllowed):
            vacations.plan(house.staff, actor=actor, **words)
        with pytest.raises(NotAllowed):
            vacations.cancel(own, actor=actor)
    with pytest.raises(NotAllowed):
        vacations.plan(house.customer_main, actor=house.owner, **words)
    vacations.cancel(own, actor=house.staff)
    assert audited() == ["vacation.plan", "vacation.cancel"]


def test_one_that_has_begun_ends_yesterday_and_one_that_is_over_stays(house: House) -> None:
    begun = Vacation.objects.create(user=house.staff, starts_on=today() - 3 * DAY, ends_on=today() + 3 * DAY)
    vacations.cancel(begun, actor=house.owner)
    assert begun.refresh().ends_on == today() - DAY
    with pytest.raises(Invalid):
        vacations.cancel(begun, actor=house.owner)
    assert Vacation.objects.filter(pk=begun.pk).exists()


def test_another_tenants_people_and_vacations_are_not_there(db: None) -> None:
    world = make_world()
    with tenant_scope(world.rival.tenant):
        theirs = away(world.rival, world.rival.staff)
    with tenant_scope(world.home.tenant):
        home = world.home
        for act in (
            lambda: vacations.cancel(theirs, actor=home.owner),
            lambda: away(home, world.rival.staff),
            lambda: away(home, home.staff, world.rival.colleague),
        ):
            with pytest.raises(NotFound):
                act()


# Changing, and being told -----------------------------------------------------------------------------------------
def changed(vacation: Vacation, actor, *, first: int, last: int, substitute=None) -> Vacation:
    return vacations.change(
        vacation,
        actor=actor,
        starts_on=today() + first * DAY,
        ends_on=today() + last * DAY,
        substitute=substitute,
    )


@pytest.mark.spec("H9")
def test_days_and_substitute_are_changed_and_each_substitute_is_told(house: House) -> None:
    vacation = away(house, house.staff, house.colleague, first=2, last=4)
    assert heard(house.colleague) == ["vacation.substitute"]
    vacation = changed(vacation, house.staff, first=3, last=6, substitute=house.manager)
    assert (vacation.starts_on, vacation.ends_on) == (today() + 3 * DAY, today() + 6 * DAY)
    assert heard(house.colleague) == ["vacation.substitute", "vacation.freed"]
    assert heard(house.manager) == ["vacation.substitute"]
    changed(vacation, house.staff, first=3, last=6, substitute=house.manager)
    assert heard(house.manager) == ["vacation.substitute"]
    vacations.cancel(vacation, actor=house.staff)
    assert heard(house.manager) == ["vacation.substitute", "vacation.freed"]
    assert audited() == ["vacation.plan", "vacation.change", "vacation.cancel"]


def test_who_names_their_own_substitute_writes_no_letter_to_themself(house: House) -> None:
    people.change_role(house.manager, actor=house.owner, role="owner")
    house.manager.refresh_from_db()
    vacations.plan(
        house.staff, actor=house.manager, starts_on=today(), ends_on=today(), substitute=house.manager
    )
    assert heard(house.manager) == []


def test_a_substitute_is_there_on_every_one_of_the_days(house: House) -> None:
    away(house, house.colleague, first=3, last=5)
    for first, last in ((0, 3), (5, 9), (4, 4), (0, 9)):
        with pytest.raises(Invalid) as refused:
            away(house, house.staff, house.colleague, first=first, last=last)
        assert refused.value.field == "substitute" and "خودش" in refused.value.message
    vacation = away(house, house.staff, house.colleague, first=0, last=2)
    with pytest.raises(Invalid):
        changed(vacation, house.staff, first=0, last=3, substitute=house.colleague)
    assert vacation.refresh().ends_on == today() + 2 * DAY


@pytest.mark.parametrize(
    ("first", "last", "field"), [(0, 3, "starts_on"), (-3, -1, "ends_on"), (-3, -4, "ends_on")]
)
def test_one_that_has_begun_keeps_its_first_day(house: House, first: int, last: int, field: str) -> None:
    begun = Vacation.objects.create(user=house.staff, starts_on=today() - 3 * DAY, ends_on=today() + DAY)
    with pytest.raises(Invalid) as refused:
        changed(begun, house.staff, first=first, last=last)
    assert refused.value.field == field
    assert changed(begun, house.staff, first=-3, last=5).ends_on == today() + 5 * DAY


def test_changing_is_for_oneself_and_the_owner_and_does_not_overlap(house: House) -> None:
    vacation, other = away(house, house.staff), away(house, house.staff, first=4, last=6)
    for actor in (house.colleague, house.manager, house.customer_main):
        with pytest.raises(NotAllowed):
            changed(vacation, actor, first=0, last=1)
    with pytest.raises(Invalid, match="مرخصی دیگری ثبت است"):
        changed(vacation, house.staff, first=0, last=4)
    over = Vacation.objects.create(user=house.staff, starts_on=today() - 9 * DAY, ends_on=today() - 8 * DAY)
    with pytest.raises(Invalid, match="گذشته"):
        changed(over, house.owner, first=1, last=2)
    vacations.cancel(other, actor=house.owner)
    with pytest.raises(NotFound):
        changed(other, house.owner, first=4, last=7)


def test_a_stand_in_is_told_only_of_what_they_may_see(house: House) -> None:
    away(house, house.manager, house.staff)
    assert responsible(house.support) == (house.staff,)
    Department.objects.filter(pk=house.support.pk).update(shares_unassigned=False)
    house.support.refresh_from_db()
    assert responsible(house.support) == (house.owner,)
    assert routed(make_ticket(house)) == (None, "manager_off")


def test_the_day_is_tehrans_and_the_tickets_own(house: House) -> None:
    link(house, house.staff)
    away(house, house.staff, house.colleague, first=1, last=1)
    midnight = jalali.midnight(today() + DAY)
    before = make_ticket(house, at=midnight - timedelta(seconds=1))
    after = make_ticket(house, at=midnight)
    assert (before.assignee, after.assignee) == (house.staff, house.colleague)


@pytest.mark.postgres
def test_two_colleagues_who_name_each_other_at_once_make_no_ring(committed_db: None) -> None:
    house = make_house("arvand")
    outcomes = at_once(
        lambda: away(house, house.staff, house.colleague),
        lambda: away(house, house.colleague, house.staff),
        within=house.tenant,
    )
    assert [one.field for one in refusals(outcomes)] == ["substitute"]
