"""Whoever has to hear of a ticket hears of it, once; whoever may not see it hears nothing; and nothing lies in hands
that do not answer where it lies (S1, H9, H13, S8).
"""

import uuid
from copy import copy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from departments.absence import today
from departments.places import forget
from departments.services import desks, levels, vacations
from notifications.models import Bell, Delivery
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import access, services
from tickets.models import Event, NoteReader, Rating, Ticket, TicketStatus, Transfer
from tickets.ratings import TOLD_AFTER
from tickets.sentences import sentence
from tickets.services import leaving, moving, requests, statuses, telling
from tickets.services.people import leave_seat, relink_customer, replace_manager, retire_department
from tickets.services.rating import tell_low
from tickets.states import Category, EventKind, TransferState
from tickets.tasks import settle as settle_task

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def ask(house: House, ticket: Ticket, **more) -> Transfer:
    more = {"target": house.finance, "explanation": "چرا", "client_key": uuid.uuid4(), **more}
    return services.request_transfer(ticket, actor=more.pop("actor", house.staff), **more)


def answered(house: House, ticket: Ticket, *, by: User) -> object:
    return services.reply(ticket, actor=by, body="بفرمایید", client_key=uuid.uuid4())


def says(house: House, ticket: Ticket) -> None:
    services.reply(ticket, actor=house.customer_main, body="هنوز خراب است", client_key=uuid.uuid4())


def many(ticket: Ticket, count: int) -> list[Ticket]:
    """A ticket and as many like it as make ``count``, without the history of an opening."""
    pairs = [(ticket.number + 1000 + turn, copy(ticket)) for turn in range(count - 1)]
    for number, one in pairs:
        one.pk, one.number, one.client_key, one.tracking_code = None, number, uuid.uuid4(), f"K{number}"
    return [ticket, *Ticket.objects.bulk_create(one for _number, one in pairs)]


def away(house: House, user: User, *, substitute: User) -> None:
    days = {"starts_on": today(), "ends_on": today() + timedelta(days=2)}
    vacations.plan(user, actor=house.owner, substitute=substitute, **days)


def heard(kind: str) -> list[User]:
    """Who has a bell line of a kind, in the order of the people."""
    return [
        line.user for line in Bell.objects.filter(kind=kind).select_related("user").order_by("user", "pk")
    ]


def letters(kind: str) -> int:
    return Delivery.objects.filter(kind=kind, channel="email").count()


def seat_of(user: User, house: House):
    return user.seats.select_related("user", "department").get(department=house.support)


# A substitute hears of what they see ----------------------------------------------------------------------------
@pytest.mark.spec("S8", "H10")
def test_few_stars_on_a_colleagues_ticket_are_not_told_to_a_substitute_who_does_not_see_it(house):
    theirs, own = make_ticket(house, staff=house.colleague), make_ticket(house, staff=house.staff)
    first, second = answered(house, theirs, by=house.colleague), answered(house, own, by=house.staff)
    away(house, house.manager, substitute=house.staff)
    later = timezone.now() + TOLD_AFTER + timedelta(minutes=1)
    services.rate_answer(first, actor=house.customer_main, stars=1, comment="بد بود")
    assert tell_low(later) == 1 and heard("ticket.rated_low") == [house.owner]
    services.rate_answer(second, actor=house.customer_main, stars=1)
    assert tell_low(later) == 1
    assert heard("ticket.rated_low") == [house.owner, house.staff]


def test_a_request_that_goes_back_is_not_told_to_a_substitute_who_does_not_see_its_ticket(house):
    row = ask(house, make_ticket(house, staff=house.colleague), actor=house.colleague)
    away(house, house.manager, substitute=house.staff)
    retire_department(house.finance, actor=house.owner)
    row.refresh_from_db()
    assert row.state == TransferState.RETURNED
    assert heard("transfer.retired") == [house.colleague]  # and the owners, but they did it


@pytest.mark.spec("H13")
def test_a_request_of_who_has_left_is_rejected_to_who_has_the_ticket_now(house):
    held, free = make_ticket(house, staff=house.staff), make_ticket(house, staff=house.staff)
    rows = [ask(house, held), ask(house, free)]
    leaving.leave_staff(house.staff, actor=house.owner, heirs={house.support.pk: house.colleague})
    Ticket.objects.filter(pk=free.pk).update(assignee=None)
    for row in rows:
        services.reject(row, actor=house.finance_manager, reason="کار نصب است.")
    assert set(heard("transfer.rejected")) == {house.manager, house.colleague}


@pytest.mark.spec("S1")
def test_an_answer_of_who_has_left_is_not_told_to_a_substitute_who_does_not_see_its_ticket(house):
    ticket = make_ticket(house, staff=house.colleague)
    away(house, house.manager, substitute=house.staff)
    User.objects.filter(pk=house.clerk.pk).update(is_active=False)
    house.clerk.refresh_from_db()
    telling.unsent(ticket, author=house.clerk, mark=1, is_seen=False)
    assert heard("ticket.unsent.left") == [house.owner]


# A customer tied to another desk --------------------------------------------------------------------------------
@pytest.mark.spec("H9", "S1", "S20")
def test_tying_a_customer_anew_tells_who_receives_and_who_loses_once(house):
    tickets = [make_ticket(house, staff=one) for one in (house.staff, house.staff, house.colleague)]
    Bell.objects.all().delete()
    assert relink_customer(house.customer, actor=house.owner, department=house.finance, move_open=True) == 3
    assert heard("tickets.came") == [house.finance_manager]
    assert set(heard("tickets.gone")) == {house.staff, house.colleague}
    assert Bell.objects.count() == 3
    for ticket in tickets:
        event = Event.objects.get(ticket=ticket, kind=EventKind.MOVED)
        assert (event.from_department, event.to_department) == (house.support, house.finance)
        assert event.from_person is not None and house.finance.name in sentence(event)
        customers = access.events_seen_by(house.customer_main, ticket).get(kind=EventKind.MOVED)
        assert house.finance.name in sentence(customers, for_customer=True)


@pytest.mark.spec("H9")
@pytest.mark.parametrize("count", [1, 4])
def test_with_a_person_it_is_one_letter_however_many_tickets(house, count):
    User.objects.filter(pk=house.staff.pk).update(email="arash@example.ir")
    for _ in range(count):
        make_ticket(house, department=house.finance, staff=house.finance_manager)
    relink_customer(
        house.customer, actor=house.owner, department=house.support, staff=house.staff, move_open=True
    )
    assert heard("tickets.assigned") == [house.staff] and letters("tickets.assigned") == 1
    assert not letters("ticket.assigned") and heard("tickets.gone") == [house.finance_manager]


@pytest.mark.postgres
def test_tying_anew_costs_the_same_for_1_ticket_and_for_30(house):
    def cost(count: int, desk, staff) -> int:
        with CaptureQueriesContext(connection) as seen:
            went = relink_customer(
                house.customer, actor=house.owner, department=desk, staff=staff, move_open=True
            )
        assert went == count
        return len(seen)

    ticket = make_ticket(house, staff=house.staff)
    one = cost(1, house.finance, house.finance_manager)
    many(ticket.refresh(), 30)
    relink_customer(house.customer, actor=house.owner, department=house.support, staff=house.staff)
    assert cost(30, house.support, house.staff) <= one


# Nothing comes back into hands that do not answer there ---------------------------------------------------------
@pytest.mark.spec("S1", "S7")
@pytest.mark.parametrize("how", ["reply", "reopen", "answer"])
def test_what_opens_again_goes_to_the_queue_when_its_holder_has_no_seat_there_any_more(house, how):
    ticket = make_ticket(house, staff=house.staff)
    services.close(ticket, actor=house.staff)
    leave_seat(seat_of(house.staff, house), actor=house.owner)
    Bell.objects.all().delete()
    if how == "reply":
        says(house, ticket)
    elif how == "reopen":
        services.reopen(ticket, actor=house.customer_main)
    else:
        answered(house, ticket, by=house.owner)
    ticket.refresh()
    assert (ticket.assignee, ticket.category != Category.CLOSED) == (None, True)
    event = Event.objects.get(ticket=ticket, kind=EventKind.RELEASED)
    assert (event.from_person, event.actor) == (house.staff, None)
    kind = "ticket.customer_replied" if how == "reply" else "tickets.released"
    assert heard(kind) == [house.manager]
    assert not Bell.objects.filter(user=house.staff).exists()


def test_who_answers_there_still_has_it_back_as_before(house):
    ticket = make_ticket(house, staff=house.staff)
    services.close(ticket, actor=house.staff)
    says(house, ticket)
    assert ticket.refresh().assignee == house.staff


@pytest.mark.spec("H6", "S1")
def test_what_comes_out_of_the_bin_goes_to_the_queue_when_its_holder_is_gone(house):
    ticket, closed = make_ticket(house, staff=house.staff), make_ticket(house, staff=house.staff)
    services.close(closed, actor=house.staff)
    for one in (ticket, closed):
        services.delete(one, actor=house.owner)
    leave_seat(seat_of(house.staff, house), actor=house.owner)
    for one in (ticket, closed):
        services.restore(one, actor=house.owner)
    assert ticket.refresh().assignee is None
    assert heard("tickets.released") == [house.manager]
    assert closed.refresh().assignee == house.staff, "who had a closed one is its history"


@pytest.mark.spec("S1")
@pytest.mark.parametrize("how", ["no seat", "no reply"])
def test_the_sweep_takes_tickets_from_who_does_not_answer_there(house, how):
    ticket, kept = make_ticket(house, staff=house.staff), make_ticket(house, staff=house.colleague)
    if how == "no seat":  # given to them at the very moment their seat went
        seat_of(house.staff, house).delete()
    else:
        watching = levels.create_level(actor=house.owner, name="فقط دیدن", rights=[])
        desks.seat(actor=house.owner, user=house.staff, department=house.support, access_level=watching)
    assert leaving.settle() == 1
    assert (ticket.refresh().assignee, kept.refresh().assignee) == (None, house.colleague)
    assert heard("tickets.released") == [house.manager]
    assert leaving.settle() == 0


# What was told of a request goes with its ticket ----------------------------------------------------------------
@pytest.mark.spec("H6")
def test_what_is_told_of_a_request_is_silent_with_its_ticket_and_gone_with_it(house):
    User.objects.filter(pk=house.finance_manager.pk).update(email="parisa@example.ir")
    ticket = make_ticket(house, staff=house.staff)
    ask(house, ticket)
    assert heard("transfer.requested") == [house.finance_manager]
    services.delete(ticket, actor=house.owner)
    assert not heard("transfer.requested")
    assert set(Delivery.objects.filter(kind="transfer.requested").values_list("state", flat=True)) == {
        "skipped"
    }
    services.purge(ticket, actor=house.owner)
    assert not Delivery.objects.filter(kind="transfer.requested").exists()


@pytest.mark.spec("H6", "H7")
def test_a_department_switched_off_says_nothing_of_what_lies_in_the_bin(house):
    row = ask(house, make_ticket(house, staff=house.staff))
    services.delete(row.ticket, actor=house.owner)
    Bell.objects.all().delete()
    retire_department(house.finance, actor=house.owner)
    row.refresh_from_db()
    assert row.state == TransferState.RETURNED and not Bell.objects.exists()


# The words a ticket came with are open to whoever has it --------------------------------------------------------
@pytest.mark.spec("H13", "S12")
@pytest.mark.parametrize("way", ["hand_over", "pass_on", "relink"])
def test_whoever_gets_many_tickets_reads_the_words_they_came_with(house, way):
    """Each of them came into finance by a request: its words are for whoever holds it there."""
    blind = levels.create_level(actor=house.owner, name="پاسخ", rights=["reply", "take"])
    heir = house.clerk
    desks.seat(actor=house.owner, user=heir, department=house.finance, access_level=blind)
    rows = [ask(house, make_ticket(house, staff=house.staff)) for _ in range(2)]
    forget(house.finance_manager)
    for row in rows:
        services.accept(row, actor=house.finance_manager, to=house.finance_manager)
    with CaptureQueriesContext(connection) as seen:
        if way == "hand_over":
            moving.hand_over(house.finance, of=house.finance_manager, to=heir, actor=house.owner)
        elif way == "pass_on":
            moving.pass_on(
                house.finance, of=house.finance_manager, to=heir, actor=house.owner, at=timezone.now()
            )
        else:
            relink_customer(
                house.customer, actor=house.owner, department=house.finance, staff=heir, move_open=True
            )
    assert sum(one["sql"].startswith("INSERT") and "notereader" in one["sql"] for one in seen) == 1
    forget(heir)
    for row in rows:
        assert row.ticket.refresh().assignee == heir
        assert access.messages_seen_by(heir, row.ticket).filter(pk=row.note_id).exists()
        assert NoteReader.objects.filter(message=row.note, user=heir).exists()


# A retired status, with and without a rule of silence -----------------------------------------------------------
@pytest.mark.spec("S7")
def test_a_status_retired_under_a_ticket_is_settled_where_nothing_closes_by_itself(house):
    ticket = make_ticket(house)
    own = statuses.create_status(actor=house.owner, name="در صف ساخت", category=Category.OPEN)
    Ticket.objects.filter(pk=ticket.pk).update(status=own, category=Category.OPEN)
    TicketStatus.objects.filter(pk=own.pk).update(is_active=False)
    settle_task()
    assert ticket.refresh().status.is_active


# Letters of many requests ---------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.parametrize("state", [TransferState.WITHDRAWN, TransferState.RETURNED])
def test_ending_requests_costs_the_same_for_1_and_for_30(house, state):
    def cost(count: int) -> int:
        tickets = many(make_ticket(house, staff=house.staff), count)
        Transfer.objects.bulk_create(
            Transfer(
                tenant=house.tenant, ticket=one, source=house.support, target=house.finance,
                requested_by=house.staff,
            )
            for one in tickets
        )  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            ended = requests.end(Transfer.objects.all(), actor=None, state=state, at=timezone.now())
        assert len(ended) == count
        return len(seen)

    assert cost(1) == cost(30) <= 8
    assert len(heard(f"transfer.{state}")) >= 31


# Stars on the page ----------------------------------------------------------------------------------------------
@pytest.mark.spec("S8")
def test_stars_for_a_colleague_are_read_by_who_answers_for_the_department_alone(house):
    ticket = make_ticket(house, staff=house.staff)
    answer = answered(house, ticket, by=house.staff)
    services.close(ticket, actor=house.staff)
    services.rate_answer(answer, actor=house.customer_main, stars=2, comment="دیر بود و ناتمام")
    services.rate_closing(ticket, actor=house.customer_main, stars=1, comment="خسته شدم")
    for watcher in (house.colleague, house.clerk):
        services.watch(ticket, actor=house.manager, user=watcher)
    path = f"/desk/tickets/{ticket.number}/"
    words = ("دیر بود و ناتمام", "خسته شدم", "ستاره داد")
    for person, reads in (
        (house.owner, True),
        (house.manager, True),
        (house.staff, True),
        (house.colleague, False),
        (house.clerk, False),
    ):
        page = house.client(person).get(path).content.decode()
        assert [word in page for word in words] == [reads] * 3, person.name
        ratings = access.ratings_seen_by(User.objects.get(pk=person.pk)).filter(ticket=ticket)
        assert ratings.count() == (2 if reads else 0)
    Rating.objects.update(credited_to=None)  # of an answer nobody is credited with
    for person, reads in ((house.manager, True), (house.staff, False)):
        page = house.client(person).get(path).content.decode()
        assert [word in page for word in words[:2]] == [reads] * 2, person.name


def test_a_manager_replaced_leaves_nothing_in_the_hands_of_the_former(house):
    ticket = make_ticket(house, staff=house.manager)
    services.close(ticket, actor=house.manager)
    replace_manager(house.support, actor=house.owner, user=house.colleague, former_leaves=True)
    says(house, ticket)
    assert ticket.refresh().assignee is None
    assert heard("ticket.customer_replied") == [house.colleague]
