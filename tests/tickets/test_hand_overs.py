"""Hand-overs by their verbs: requests and their ends, referral, moves, several at once, watchers (H12, H13, S10)."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Right
from accounts.services import people
from departments import services as departments
from departments.absence import today
from departments.models import Department, ServiceLink
from departments.places import forget
from departments.services import desks, levels, vacations
from notifications.models import Bell
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import access, handovers, services, standing
from tickets.models import Event, Message, NoteReader, Ticket, TicketRules, Transfer, Watcher
from tickets.sentences import sentence
from tickets.services import transfers
from tickets.services.people import relink_customer, retire_department
from tickets.states import EventKind, MessageKind, TransferState, Via
from web.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WHY = "پرسشش دربارهٔ صورت‌حساب است."


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


@pytest.fixture
def ticket(house: House) -> Ticket:
    """A ticket of support in the hands of ``staff``."""
    return make_ticket(house, staff=house.staff)


def ask(house: House, ticket: Ticket, **more) -> Transfer:
    more = {"target": house.finance, "explanation": WHY, "client_key": uuid.uuid4(), **more}
    return services.request_transfer(ticket, actor=more.pop("actor", house.staff), **more)


def refer(house: House, ticket: Ticket, **more) -> Ticket:
    more = {"to": house.colleague, "explanation": WHY, "client_key": uuid.uuid4(), **more}
    return services.refer(ticket, actor=more.pop("actor", house.staff), **more)


def sees(user: User, ticket: Ticket) -> bool:
    forget(user)
    return access.tickets_seen_by(user).filter(pk=ticket.pk).exists()


def reads(user: User, message: Message) -> bool:
    forget(user)
    return access.messages_seen_by(user, message.ticket).filter(pk=message.pk).exists()


def kinds(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


def told(user: User, kind: str) -> int:
    return Bell.objects.filter(user=user, kind=kind).count()


def blind(house: House, user: User, department: Department) -> None:
    """Give a person a level that answers but reads no private notes."""
    level = levels.create_level(actor=house.owner, name=f"پاسخ {user.pk}", rights=[Right.REPLY, Right.TAKE])
    desks.seat(actor=house.owner, user=user, department=department, level="staff", access_level=level)


# Requests -------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H13", "S10")
def test_a_request_is_a_private_note_and_waits_for_the_destinations_manager(house, ticket):
    blind(house, house.clerk, house.finance)
    row = ask(house, ticket, person=house.clerk)
    assert (row.source, row.target, row.person, row.state) == (
        house.support,
        house.finance,
        house.clerk,
        TransferState.PENDING,
    )
    assert row.note.kind == MessageKind.NOTE and row.note.body == WHY
    assert row.due_at - row.created_at == timedelta(days=3)
    assert kinds(ticket)[-1] == EventKind.REQUESTED
    assert (
        told(house.finance_manager, "transfer.requested") == 1
        and told(house.owner, "transfer.requested") == 0
    )
    # Who is asked reads it first; nobody else of the other department does, and the ticket stays answerable.
    assert sees(house.finance_manager, ticket) and not sees(house.clerk, ticket)
    assert services.reply(ticket, actor=house.staff, body="بررسی می‌کنیم.", client_key=uuid.uuid4())
    assert list(handovers.requests_for(house.finance_manager)) == [row]
    assert not handovers.requests_for(house.manager) and list(handovers.requests_for(house.owner)) == [row]


@pytest.mark.spec("H13", "H10")
def test_accepting_moves_the_ticket_to_the_chosen_person_who_reads_why(house, ticket):
    blind(house, house.clerk, house.finance)
    services.set_priority(ticket, actor=house.staff, priority=3)
    Ticket.objects.filter(pk=ticket.pk).update(topic=house.topic)
    waiting = ticket.refresh().waiting_since
    row = ask(house, ticket)
    moved = services.accept(row, actor=house.finance_manager, to=house.clerk).refresh()
    assert (moved.department, moved.assignee, moved.topic) == (house.finance, house.clerk, None)
    assert moved.waiting_since == waiting  # whoever waited still does
    assert kinds(ticket)[-2:] == [EventKind.MOVED, EventKind.ASSIGNED]
    assert NoteReader.objects.get(user=house.clerk).via == Via.HANDOVER
    assert reads(house.clerk, row.note)
    assert not sees(house.staff, ticket) and not sees(house.manager, ticket) and sees(house.clerk, ticket)
    assert told(house.staff, "transfer.accepted") == told(house.clerk, "ticket.assigned") == 1
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (TransferState.ACCEPTED, house.finance_manager)


@pytest.mark.spec("H13")
def test_accepted_into_the_queue_the_words_are_open_to_who_takes_it_from_there(house, ticket):
    blind(house, house.clerk, house.finance)
    row = ask(house, ticket)
    moved = services.accept(row, actor=house.finance_manager)
    assert moved.assignee is None and not reads(house.clerk, row.note)
    services.take(moved, actor=house.clerk)
    assert reads(house.clerk, row.note)
    # Nor does an answer that takes it leave them out.
    other = make_ticket(house, staff=house.staff)
    row = ask(house, other)
    moved = services.accept(row, actor=house.finance_manager)
    services.reply(moved, actor=house.clerk, body="سلام", client_key=uuid.uuid4())
    assert reads(house.clerk, row.note)


@pytest.mark.spec("H13")
def test_rejecting_wants_a_reason_which_who_asked_reads(house, ticket):
    row = ask(house, ticket)
    for reason in ("", " \n\u200c ", "x" * 501):
        with pytest.raises(Invalid) as refused:
            services.reject(row, actor=house.finance_manager, reason=reason)
        assert refused.value.field == "reason"
    services.reject(row, actor=house.finance_manager, reason="کار پشتیبانی است.")
    row.refresh_from_db()
    assert (row.state, row.answer) == (TransferState.REJECTED, "کار پشتیبانی است.")
    assert ticket.refresh().department == house.support and kinds(ticket)[-1] == EventKind.REJECTED
    assert "کار پشتیبانی است." in Bell.objects.get(user=house.staff, kind="transfer.rejected").text
    assert not sees(house.finance_manager, ticket)
    assert ask(house, ticket).state == TransferState.PENDING  # and it may be asked again


@pytest.mark.spec("H13")
def test_withdrawing_is_for_who_asked_and_who_handles_the_ticket(house, ticket):
    row = ask(house, ticket)
    with pytest.raises(NotAllowed):
        services.withdraw(row, actor=house.finance_manager)
    with pytest.raises(NotFound):
        services.withdraw(row, actor=house.colleague)
    services.withdraw(row, actor=house.manager)
    assert kinds(ticket)[-1] == EventKind.WITHDRAWN and not sees(house.finance_manager, ticket)
    assert told(house.finance_manager, "transfer.withdrawn") == told(house.staff, "transfer.withdrawn") == 1
    # Who no longer has the ticket may still take back what they asked.
    row = ask(house, ticket)
    services.assign(ticket, actor=house.manager, to=house.colleague)
    services.withdraw(row, actor=house.staff)


@pytest.mark.spec("H13")
@pytest.mark.parametrize("end", ["accept", "reject", "withdraw", "return", "close"])
def test_what_has_ended_cannot_be_answered_any_more(house, ticket, end):
    row = ask(house, ticket)
    if end == "accept":
        services.accept(row, actor=house.finance_manager, to=house.finance_manager)
    elif end == "reject":
        services.reject(row, actor=house.finance_manager, reason="نه")
    elif end == "withdraw":
        services.withdraw(row, actor=house.staff)
    elif end == "return":
        assert transfers.return_overdue(at=timezone.now() + timedelta(days=4)) == 1
    else:
        services.close(ticket, actor=house.staff)
    before = kinds(ticket), ticket.refresh().department
    for act in (
        lambda: services.accept(row, actor=house.finance_manager, to=house.clerk),
        lambda: services.reject(row, actor=house.finance_manager, reason="نه"),
        lambda: services.withdraw(row, actor=house.staff),
        lambda: services.accept(row, actor=house.owner),
    ):
        with pytest.raises(Conflict):
            act()
    assert (kinds(ticket), ticket.refresh().department) == before


@pytest.mark.spec("H13")
def test_a_request_nobody_answers_returns_by_time_and_once(house, ticket):
    TicketRules.objects.create(transfer_days=1)
    row = ask(house, ticket)
    assert transfers.return_overdue(at=row.due_at - timedelta(minutes=1)) == 0
    assert transfers.return_overdue(at=row.due_at) == 1
    assert transfers.return_overdue(at=row.due_at + timedelta(days=1)) == 0
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (TransferState.RETURNED, None)
    event = Event.objects.get(ticket=ticket, kind=EventKind.RETURNED)
    assert event.actor is None and house.finance.name in sentence(event)
    assert told(house.staff, "transfer.returned") == told(house.manager, "transfer.returned") == 1
    assert not sees(house.finance_manager, ticket) and ticket.refresh().assignee == house.staff


@pytest.mark.spec("H6", "H13")
def test_of_a_ticket_in_the_bin_no_request_goes_back_until_it_is_restored(house, ticket):
    row = ask(house, ticket)
    services.delete(ticket, actor=house.owner)
    assert transfers.return_overdue(at=row.due_at) == 0
    assert told(house.staff, "transfer.returned") == 0
    services.restore(Ticket.with_bin.get(pk=ticket.pk), actor=house.owner)
    assert transfers.return_overdue(at=row.due_at) == 1


def test_without_a_limit_a_request_waits(house, ticket):
    TicketRules.objects.create(transfer_days=0)
    row = ask(house, ticket)
    assert row.waits_forever
    assert transfers.return_overdue(at=timezone.now() + timedelta(days=900)) == 0


@pytest.mark.spec("H13")
def test_one_request_a_ticket_and_one_for_a_form_sent_twice(house, ticket):
    key = uuid.uuid4()
    row = ask(house, ticket, client_key=key)
    assert ask(house, ticket, client_key=key) == row
    with pytest.raises(Conflict):
        ask(house, ticket, target=house.orphan)
    assert Transfer.objects.count() == 1 and kinds(ticket).count(EventKind.REQUESTED) == 1
    assert Message.objects.filter(ticket=ticket, kind="note").count() == 1


def test_a_request_that_does_not_fit_is_refused_and_writes_nothing(house, ticket):
    rival = make_house("raghib")
    desks.switch_department(house.orphan, actor=house.owner, active=False)
    wrong = [
        ({"target": house.support}, Invalid, "target"),
        ({"target": house.orphan}, Invalid, "target"),
        ({"target": rival.finance}, NotFound, None),
        ({"explanation": " \u200c\n"}, Invalid, "explanation"),
        ({"explanation": "x" * 200_000}, Invalid, "explanation"),
        ({"person": house.colleague}, Invalid, "person"),
        ({"person": rival.clerk}, Invalid, "person"),
    ]
    for facts, kind, field in wrong:
        with pytest.raises(kind) as refused:
            ask(house, ticket, **facts)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        ask(house, ticket, actor=house.colleague)
    free = make_ticket(house)
    with pytest.raises(NotAllowed):  # seen, and nobody's: not theirs to give away
        ask(house, free, actor=house.staff)
    services.close(ticket, actor=house.staff)
    with pytest.raises(NotAllowed):
        ask(house, ticket)
    assert not Transfer.objects.exists() and not Message.objects.filter(kind="note").exists()


# Who decides ----------------------------------------------------------------------------------------------------
@pytest.mark.spec("H13")
def test_while_the_manager_is_away_the_substitute_decides_too(house, ticket):
    def away(user, substitute):
        vacations.plan(user, actor=house.owner, starts_on=today(), ends_on=today(), substitute=substitute)
        for one in (house.finance_manager, house.clerk, house.staff):
            forget(one)

    desks.seat(actor=house.owner, user=house.clerk, department=house.finance, level="staff")
    row = ask(house, ticket)
    assert not access.may_decide(house.clerk, row)
    away(house.finance_manager, house.clerk)
    assert access.may_decide(house.clerk, row) and access.may_decide(house.finance_manager, row)
    assert sees(house.clerk, ticket) and not access.may_decide(house.staff, row)
    # The next request is told to the one who stands in.
    second = ask(house, make_ticket(house, staff=house.staff))
    assert (
        told(house.clerk, "transfer.requested") == 1
        and told(house.finance_manager, "transfer.requested") == 1
    )
    services.accept(row, actor=house.clerk, to=house.clerk)
    # A chain: the substitute is away as well, and theirs has no seat there.
    away(house.clerk, house.staff)
    assert standing.desks_decided_by(house.clerk) == standing.desks_decided_by(house.staff) == []
    services.reject(second, actor=house.owner, reason="نه")


@pytest.mark.spec("H13")
def test_without_a_manager_the_owner_is_asked(house, ticket):
    row = ask(house, ticket, target=house.orphan)
    assert told(house.owner, "transfer.requested") == 1
    for person in (house.manager, house.finance_manager):
        assert not access.may_decide(person, row)
    assert services.accept(row, actor=house.owner).department == house.orphan


def test_who_decides_costs_no_statement_of_its_own(house, ticket):
    ask(house, ticket)
    for person in (house.manager, house.staff, house.finance_manager):
        fresh = User.objects.get(pk=person.pk)
        with CaptureQueriesContext(connection) as seen:
            standing.desks_decided_by(fresh)
            list(access.tickets_seen_by(fresh))
        assert len(seen) == 2  # the seats, and the tickets


# What ends a request on the way ---------------------------------------------------------------------------------
def test_closing_moving_and_tying_anew_withdraw_what_is_pending(house):
    first, second, third = (make_ticket(house, staff=house.staff) for _ in range(3))
    rows = [ask(house, one) for one in (first, second, third)]
    services.close(first, actor=house.staff)
    services.move(second, actor=house.owner, target=house.finance)
    relink_customer(house.customer, actor=house.owner, department=house.finance, move_open=True)
    for row, reason in zip(rows, ("closed", "moved", "moved"), strict=True):
        row.refresh_from_db()
        event = Event.objects.get(ticket=row.ticket, kind=EventKind.WITHDRAWN)
        assert (row.state, event.reason) == (TransferState.WITHDRAWN, reason)
        assert house.finance.name in sentence(event)


def test_a_customer_who_closes_is_not_named_for_the_request(house, ticket):
    row = ask(house, ticket)
    services.close(ticket, actor=house.customer_main)
    row.refresh_from_db()
    assert row.state == TransferState.WITHDRAWN
    assert EventKind.WITHDRAWN not in [one.kind for one in access.events_seen_by(house.customer_main, ticket)]


@pytest.mark.spec("H13")
def test_a_department_switched_off_gives_its_requests_back(house, ticket):
    inside = make_ticket(house, department=house.finance, staff=house.finance_manager)
    outward = services.request_transfer(
        inside, actor=house.finance_manager, target=house.support, explanation=WHY, client_key=uuid.uuid4()
    )
    row = ask(house, ticket)
    retire_department(house.finance, actor=house.owner, move_to=house.support)
    row.refresh_from_db()
    outward.refresh_from_db()
    assert (row.state, outward.state) == (TransferState.RETURNED, TransferState.WITHDRAWN)
    event = Event.objects.get(ticket=ticket, kind=EventKind.RETURNED)
    assert event.reason == "retired" and "خاموش شد" in sentence(event)
    assert told(house.staff, "transfer.retired") == 1
    with pytest.raises(Invalid):  # nobody carries a ticket into a department that is off
        services.accept(row, actor=house.owner)
    assert inside.refresh().department == ticket.refresh().department == house.support


# Within a department --------------------------------------------------------------------------------------------
@pytest.mark.spec("S10", "S21", "H10")
def test_a_referral_goes_at_once_and_the_former_holder_sees_it_no_more(house, ticket):
    blind(house, house.colleague, house.support)
    key = uuid.uuid4()
    refer(house, ticket, client_key=key)
    assert refer(house, ticket, client_key=key)  # the same form again, though they see it no more
    assert ticket.refresh().assignee == house.colleague
    note = Message.objects.get(ticket=ticket, kind="note")
    assert reads(house.colleague, note) and not sees(house.staff, ticket)
    assert kinds(ticket).count(EventKind.REFERRED) == 1 and told(house.colleague, "ticket.assigned") == 1


@pytest.mark.spec("H10")
def test_who_watches_goes_on_seeing_what_left_their_hands(house, ticket):
    services.watch(ticket, actor=house.staff, user=house.staff)
    refer(house, ticket)
    assert sees(house.staff, ticket)
    services.unwatch(ticket, actor=house.staff, user=house.staff)
    assert not sees(house.staff, ticket)


def test_a_referral_that_does_not_fit_is_refused(house, ticket):
    rival = make_house("raghib")
    people.switch_off(house.colleague, actor=house.owner)
    wrong = [
        ({"to": house.staff}, "to"),
        ({"to": house.clerk}, "to"),
        ({"to": house.colleague}, "to"),
        ({"to": rival.colleague}, "to"),
        ({"to": house.customer_main}, "to"),
        ({"to": house.manager, "explanation": "  "}, "explanation"),
        ({"to": house.manager, "explanation": "x" * 200_000}, "explanation"),
    ]
    for facts, field in wrong:
        with pytest.raises(Invalid) as refused:
            refer(house, ticket, **facts)
        assert refused.value.field == field
    assert ticket.refresh().assignee == house.staff and not Message.objects.filter(kind="note").exists()


@pytest.mark.spec("H12")
def test_assigning_with_a_note_and_the_customers_link(house, ticket):
    blind(house, house.colleague, house.support)
    departments.link_customer(
        actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
    )
    key = uuid.uuid4()
    for _ in range(2):
        services.assign(
            ticket, actor=house.owner, to=house.colleague, note="تماس بگیر.", client_key=key, link=True
        )
    note = Message.objects.get(ticket=ticket, kind="note")
    assert note.body == "تماس بگیر." and reads(house.colleague, note)
    assert ServiceLink.objects.get(customer=house.customer).staff == house.colleague
    assert make_ticket(house).assignee == house.colleague  # so the next one does not return to the old person
    with pytest.raises(NotAllowed):
        services.assign(ticket, actor=house.manager, to=house.staff, link=True)


@pytest.mark.spec("H12")
def test_several_change_hands_at_once_with_one_letter(house):
    blind(house, house.colleague, house.support)
    chosen = [make_ticket(house, staff=house.staff), make_ticket(house), make_ticket(house)]
    numbers, key = [one.number for one in chosen], uuid.uuid4()

    def act():
        return services.assign_many(
            numbers, actor=house.manager, to=house.colleague, note="تا شنبه", client_key=key
        )

    with CaptureQueriesContext(connection) as few:
        assert act() == 3
    assert act() == 0  # the same form again
    for one in chosen:
        assert one.refresh().assignee == house.colleague and kinds(one)[-1] == EventKind.ASSIGNED
        note = Message.objects.get(ticket=one, kind="note")
        assert note.body == "تا شنبه" and reads(house.colleague, note)
    assert told(house.colleague, "tickets.assigned") == 1 and told(house.colleague, "ticket.assigned") == 0
    numbers = [make_ticket(house).number for _ in range(12)]
    key = uuid.uuid4()
    with CaptureQueriesContext(connection) as many:
        assert act() == 12
    assert len(many) <= len(few)


def test_several_go_all_or_none(house):
    mine, free = make_ticket(house, staff=house.staff), make_ticket(house)
    closed = make_ticket(house, staff=house.staff)
    services.close(closed, actor=house.staff)
    elsewhere = make_ticket(house, department=house.finance)
    rival = make_house("raghib")

    def act(*numbers, actor=house.manager, to=house.colleague):
        services.assign_many(list(numbers), actor=actor, to=to)

    with pytest.raises(NotAllowed, match="۱۰۰۳"):
        act(mine.number, free.number, closed.number)
    with pytest.raises(NotFound):
        act(mine.number, elsewhere.number)
    with pytest.raises(NotFound):
        act(mine.number, 99_999)
    with pytest.raises(Invalid):
        act(mine.number, elsewhere.number, actor=house.owner)
    for wrong in ([], range(1, 202)):
        with pytest.raises(Invalid):
            act(*wrong)
    for to in (house.clerk, rival.staff, house.customer_main):
        with pytest.raises(Invalid) as refused:
            act(mine.number, to=to)
        assert refused.value.field == "to"
    with pytest.raises(NotAllowed):
        act(mine.number, actor=house.staff)
    assert mine.refresh().assignee == house.staff and free.refresh().assignee is None
    assert not Message.objects.filter(kind="note").exists()


@pytest.mark.spec("H13")
def test_the_owner_moves_directly_and_only_the_owner(house, ticket):
    blind(house, house.clerk, house.finance)
    for actor in (house.staff, house.manager):
        with pytest.raises(NotAllowed):
            services.move(ticket, actor=actor, target=house.finance)
    for facts, field in (
        ({"target": house.support}, "target"),
        ({"target": house.finance, "to": house.colleague}, "person"),
        ({"target": house.finance, "explanation": "x" * 200_000}, "explanation"),
    ):
        with pytest.raises(Invalid) as refused:
            services.move(ticket, actor=house.owner, **facts)
        assert refused.value.field == field
    key = uuid.uuid4()
    for _ in range(2):
        services.move(ticket, actor=house.owner, target=house.finance, explanation=WHY, client_key=key)
    assert (ticket.refresh().department, ticket.refresh().assignee) == (house.finance, None)
    assert told(house.finance_manager, "ticket.arrived") == 1 and kinds(ticket).count(EventKind.MOVED) == 1
    services.take(ticket, actor=house.clerk)
    assert reads(house.clerk, Message.objects.get(ticket=ticket, kind="note"))


# Watchers -------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H10")
def test_a_watcher_sees_the_ticket_until_it_is_taken_back(house, ticket):
    assert not sees(house.clerk, ticket)
    for _ in range(2):
        services.watch(ticket, actor=house.staff, user=house.clerk)
    assert sees(house.clerk, ticket) and told(house.clerk, "ticket.watching") == 1
    with pytest.raises(NotAllowed):  # who only watches lets nobody else in
        services.watch(ticket, actor=house.clerk, user=house.colleague)
    for _ in range(2):
        services.unwatch(ticket, actor=house.manager, user=house.clerk)
    assert not sees(house.clerk, ticket) and not Watcher.objects.exists()
    assert [kinds(ticket).count(one) for one in (EventKind.WATCHING, EventKind.UNWATCHED)] == [1, 1]


def test_only_active_colleagues_of_the_house_watch(house, ticket):
    rival = make_house("raghib")
    people.switch_off(house.clerk, actor=house.owner)
    for user in (house.customer_main, house.clerk):
        with pytest.raises(Invalid) as refused:
            services.watch(ticket, actor=house.staff, user=user)
        assert refused.value.field == "user"
    with pytest.raises(NotFound):
        services.watch(ticket, actor=house.staff, user=rival.staff)
    assert not Watcher.objects.exists()


def test_every_event_of_a_hand_over_reads_as_a_sentence(house, ticket):
    services.withdraw(ask(house, ticket), actor=house.staff)
    services.reject(ask(house, ticket), actor=house.finance_manager, reason="نه")
    services.watch(ticket, actor=house.staff, user=house.staff)
    services.unwatch(ticket, actor=house.staff, user=house.staff)
    services.accept(ask(house, ticket), actor=house.finance_manager, to=house.finance_manager)
    said = [sentence(one) for one in Event.objects.filter(ticket=ticket).order_by("pk")]
    assert any("را پذیرفت و تیکت از «پشتیبانی فنی» به «مالی و قرارداد» رفت" in one for one in said)
    assert all("{" not in one and "«»" not in one for one in said)
