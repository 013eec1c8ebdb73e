"""The verbs: opening, talking, hands, life (H5, H9, H17, S1, S4, S5, S6, S7)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.services import people
from departments.services import desks, links, topics
from notifications.models import Bell, Delivery
from tenants.scope import tenant_scope
from tests.worlds import House, make_house
from tickets import clock, codes, queries, search
from tickets.models import FAR, Event, Message, Ticket
from tickets.services import (
    assign,
    close,
    mark_read,
    note,
    open_ticket,
    reopen,
    reply,
    set_priority,
    set_status,
    take,
)
from tickets.states import Category, EventKind
from web.errors import Conflict, Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def _open(house: House, **kwargs):
    kwargs.setdefault("department", house.support)
    return open_ticket(
        actor=kwargs.pop("by", house.customer_main),
        subject=kwargs.pop("subject", "چاپ فاکتور"),
        body=kwargs.pop("body", "سلام"),
        client_key=kwargs.pop("client_key", uuid.uuid4()),
        **kwargs,
    )


def _events(ticket: Ticket) -> list[str]:
    return list(Event.objects.filter(ticket=ticket).order_by("pk").values_list("kind", flat=True))


# Opening --------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H17", "S4")
def test_open_ticket_writes_ticket_message_and_history(house: House) -> None:
    opened = _open(house, topic=house.topic, priority=3, subject="  خطای\nچاپ  ")
    ticket = opened.ticket.refresh()
    assert (ticket.subject, ticket.priority, ticket.topic, ticket.number) == (
        "خطای چاپ",
        3,
        house.topic,
        1001,
    )
    assert (
        ticket.category == Category.NEW
        and ticket.origin == "customer"
        and ticket.requester == house.customer_main
    )
    assert codes.normalise(ticket.tracking_code) == ticket.tracking_code
    assert _events(ticket) == [EventKind.OPENED, EventKind.ROUTED]
    assert opened.message.body == "سلام" and opened.created


def test_form_sent_twice_opens_one_ticket(house: House) -> None:
    key = uuid.uuid4()
    first, second = _open(house, client_key=key), _open(house, client_key=key)
    assert second.ticket.pk == first.ticket.pk and not second.created
    assert Ticket.objects.count() == Message.objects.count() == 1


def test_somebody_elses_key_is_refused(house: House) -> None:
    key = uuid.uuid4()
    _open(house, client_key=key)
    with pytest.raises(Conflict):
        _open(house, by=house.other_customer, client_key=key)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subject": " ‌ "}, "subject"),
        ({"subject": "آ" * 201}, "subject"),
        ({"body": "\n \x00"}, "body"),
        ({"body": "آ" * 100_001}, "body"),
        ({"department": None}, "department"),
        ({"priority": 9}, "priority"),
    ],
)
def test_open_ticket_refuses_bad_values_by_field(house: House, change: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _open(house, **change)
    assert refusal.value.field == field
    assert not Ticket.objects.exists()


@pytest.mark.spec("H5")
def test_staff_open_a_ticket_for_a_customer(house: House) -> None:
    ticket = _open(house, by=house.staff, requester=house.customer_main).ticket
    assert (ticket.origin, ticket.category) == ("staff", Category.WAITING)
    assert ticket.requester == house.customer_main and ticket.waiting_since is None


def test_customer_cannot_open_for_another(house: House) -> None:
    ticket = _open(house, requester=house.other_customer).ticket
    assert ticket.requester == house.customer_main


# Routing --------------------------------------------------------------------------------------------------------
@pytest.mark.spec("H9")
def test_link_decides_department_and_person_whatever_was_posted(house: House) -> None:
    links.link_customer(
        actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
    )
    ticket = _open(
        house, by=house.section_member, department=house.finance, staff=house.finance_manager
    ).ticket
    assert (ticket.department, ticket.assignee) == (house.support, house.staff)


@pytest.mark.spec("H9")
def test_link_to_somebody_away_goes_to_the_manager(house: House) -> None:
    links.link_customer(
        actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
    )
    people.switch_off(house.staff, actor=house.owner)
    assert _open(house).ticket.assignee == house.manager


def test_chosen_person_gets_it_and_a_stranger_to_the_department_is_refused(house: House) -> None:
    assert _open(house, staff=house.colleague).ticket.assignee == house.colleague
    with pytest.raises(Invalid) as refusal:
        _open(house, staff=house.finance_manager)
    assert refusal.value.field == "staff"


def test_topic_gives_it_to_its_person(house: House) -> None:
    topic = topics.create_topic(
        actor=house.owner, department=house.support, name="انبار", assignee=house.colleague
    )
    assert _open(house, topic=topic).ticket.assignee == house.colleague
    with pytest.raises(Invalid):
        _open(house, department=house.finance, topic=topic)


def test_queue_tells_the_manager_and_without_one_the_owner(house: House) -> None:
    ticket = _open(house).ticket
    assert ticket.assignee is None
    assert Bell.objects.filter(user=house.manager, about=f"ticket:{ticket.pk}").exists()
    ticket = _open(house, department=house.orphan).ticket
    assert Bell.objects.filter(user=house.owner, about=f"ticket:{ticket.pk}").exists()


def test_hidden_department_is_refused_to_customers_only(house: House) -> None:
    hidden = desks.create_department(actor=house.owner, name="داخلی", is_hidden=True)
    with pytest.raises(Invalid):
        _open(house, department=hidden)
    assert _open(house, by=house.owner, requester=house.customer_main, department=hidden).created


# Letters --------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S5")
def test_tracking_code_goes_by_sms_and_email(house: House) -> None:
    people.change_profile(house.customer_main, actor=None, email="negar@naghshgol.example")
    ticket = _open(house).ticket
    letters = Delivery.objects.filter(kind="ticket.opened.customer")
    assert {letter.channel for letter in letters} == {"sms", "email"}
    assert all(letter.data["code"] == ticket.tracking_code for letter in letters)


@pytest.mark.spec("S5")
def test_without_the_owners_rule_sms_goes_at_the_persons_request(house: House) -> None:
    type(house.tenant).objects.filter(pk=house.tenant.pk).update(sms_on_open=False)
    kind = Delivery.objects.filter(kind="ticket.opened.customer", channel="sms")
    _open(house)
    assert not kind.exists()
    _open(house, wants_sms=True)
    assert kind.count() == 1


@pytest.mark.spec("S6")
def test_answer_is_told_to_the_customer_once(house: House) -> None:
    ticket, key = _open(house).ticket, uuid.uuid4()
    for _ in range(2):
        reply(ticket, actor=house.staff, body="درست شد", client_key=key)
    assert (
        Delivery.objects.filter(kind="ticket.answered", recipient=house.customer_main, channel="sms").count()
        == 1
    )


# Talking --------------------------------------------------------------------------------------------------------
def test_our_reply_takes_answers_and_stops_the_clock(house: House) -> None:
    ticket = _open(house).ticket
    assert ticket.waiting_since and ticket.red_at < FAR
    reply(ticket, actor=house.staff, body="سلام، بررسی شد", client_key=uuid.uuid4())
    ticket.refresh()
    assert (ticket.assignee, ticket.category) == (house.staff, Category.ANSWERED)
    assert ticket.waiting_since is None and ticket.red_at == FAR and ticket.first_answered_at


def test_customers_reply_brings_it_back_and_reopens_a_closed_one(house: House) -> None:
    ticket = _open(house).ticket
    reply(ticket, actor=house.staff, body="بررسی شد", client_key=uuid.uuid4())
    reply(ticket, actor=house.customer_main, body="نشد", client_key=uuid.uuid4())
    assert ticket.refresh().category == Category.OPEN and ticket.waiting_since
    close(ticket, actor=house.staff)
    assert ticket.refresh().category == Category.CLOSED and ticket.waiting_since is None
    reply(ticket, actor=house.customer_main, body="باز هم نشد", client_key=uuid.uuid4())
    ticket.refresh()
    assert ticket.category == Category.OPEN and ticket.closed_at is None and ticket.waiting_since
    assert _events(ticket)[-1] == EventKind.REOPENED


def test_note_moves_neither_clock_nor_status_and_tells_nobody(house: House) -> None:
    ticket = _open(house).ticket
    before, letters = ticket.refresh().red_at, Delivery.objects.count()
    note(ticket, actor=house.staff, body="نسخهٔ ویندوز را بپرس", client_key=uuid.uuid4())
    ticket.refresh()
    assert (ticket.red_at, ticket.category) == (before, Category.NEW)
    assert Delivery.objects.count() == letters


def test_reply_sent_as_note_with_the_same_key_is_refused(house: House) -> None:
    ticket, key = _open(house).ticket, uuid.uuid4()
    note(ticket, actor=house.staff, body="محرمانه", client_key=key)
    with pytest.raises(Conflict):
        reply(ticket, actor=house.staff, body="محرمانه", client_key=key)


def test_reply_with_a_status_sets_it(house: House) -> None:
    ticket = _open(house).ticket
    waiting = next(status for status in queries.statuses_for(ticket) if status.category == Category.WAITING)
    reply(ticket, actor=house.staff, body="نسخه را بفرمایید", client_key=uuid.uuid4(), status=waiting)
    assert ticket.refresh().status == waiting


# Hands and life -------------------------------------------------------------------------------------------------
def test_take_twice_is_once_and_a_second_person_gets_conflict(house: House) -> None:
    ticket = _open(house).ticket
    take(ticket, actor=house.staff)
    take(ticket, actor=house.staff)
    assert _events(ticket).count(EventKind.TAKEN) == 1
    with pytest.raises(Conflict):
        take(ticket, actor=house.manager)


def test_assign_needs_a_seat_and_tells_the_new_holder(house: House) -> None:
    ticket = _open(house).ticket
    with pytest.raises(Invalid):
        assign(ticket, actor=house.manager, to=house.finance_manager)
    assign(ticket, actor=house.manager, to=house.colleague)
    assert ticket.refresh().assignee == house.colleague
    assert Bell.objects.filter(user=house.colleague, kind="ticket.assigned").count() == 1


def test_status_moves_by_table_only(house: House) -> None:
    ticket = take(_open(house).ticket, actor=house.staff)
    by_category = {status.category: status for status in queries.TicketStatus.objects.all()}
    set_status(ticket, actor=house.staff, status=by_category["waiting"])
    assert ticket.refresh().waiting_since is None
    set_status(ticket, actor=house.staff, status=by_category["open"])
    assert ticket.refresh().waiting_since is not None
    for target in ("new", "closed"):
        with pytest.raises(Invalid):
            set_status(ticket, actor=house.staff, status=by_category[target])


def test_close_and_reopen_twice_are_conflicts(house: House) -> None:
    ticket = take(_open(house).ticket, actor=house.staff)
    close(ticket, actor=house.customer_main)
    with pytest.raises(Conflict):
        close(ticket, actor=house.staff)
    reopen(ticket, actor=house.customer_main)
    with pytest.raises(Conflict):
        reopen(ticket, actor=house.staff)
    assert _events(ticket).count(EventKind.CLOSED) == _events(ticket).count(EventKind.REOPENED) == 1


def test_priority_moves_the_deadline_of_a_running_clock(house: House) -> None:
    ticket = take(_open(house, priority=1).ticket, actor=house.staff)
    slow = ticket.refresh().red_at
    set_priority(ticket, actor=house.staff, priority=4)
    assert ticket.refresh().red_at < slow


# Reading --------------------------------------------------------------------------------------------------------
def test_colour_in_python_and_sql_agree(house: House) -> None:
    now = timezone.now()
    for hours in range(0, 200, 5):
        _open(house, at=now - timedelta(hours=hours), priority=1 + hours % 4)
    for ticket in queries.queue(house.owner):
        named = clock.colour(ticket, now)
        for colour in ("green", "yellow", "red"):
            assert queries.colour_of(queries.queue(house.owner), colour, now=now).filter(
                pk=ticket.pk
            ).exists() is (named == colour)


def test_counts_agree_with_the_lists_they_count(house: House) -> None:
    now = timezone.now()
    for hours in (0, 1, 30, 90):
        _open(house, at=now - timedelta(hours=hours))
    take(_open(house).ticket, actor=house.staff)
    close(_open(house).ticket, actor=house.customer_main)
    for user in house.everyone().values():
        counted = queries.counts(user, names=queries.VIEWS, now=now)
        for name, number in counted.items():
            rows = queries.view_of(queries.queue(user), name, user=user, now=now)
            assert int(number) == rows.count(), (name, user)


def test_unread_until_read_and_again_after_a_message(house: House) -> None:
    ticket = _open(house).ticket

    def unread() -> bool:
        return queries.decorate(queries.queue(house.staff).filter(pk=ticket.pk))[0].unread

    assert unread()
    mark_read(ticket, actor=house.staff)
    mark_read(ticket, actor=house.staff)
    assert not unread()
    reply(ticket, actor=house.customer_main, body="چه شد؟", client_key=uuid.uuid4())
    assert unread()


@pytest.mark.parametrize("text", ["1001", "۱۰۰۱", "فاكتور", "کاشی نقش گل", "نگار فاکتو", "صالحي پور"])
def test_quick_search_finds_in_every_spelling(house: House, text: str) -> None:
    ticket = _open(house, subject="چاپ فاکتور رسمی").ticket
    _open(house, by=house.other_customer, subject="انبارگردانی")
    assert list(search.narrow(queries.queue(house.owner), text)) == [ticket]


def test_quick_search_by_code_mobile_and_nothing(house: House) -> None:
    ticket = _open(house).ticket
    rows = queries.queue(house.owner)
    assert list(search.narrow(rows, ticket.tracking_code.lower().replace("-", " "))) == [ticket]
    assert list(search.narrow(rows, house.customer_main.mobile.replace("+98", "۰"))) == [ticket]
    assert list(search.narrow(rows, "  ")) == [ticket]
    assert not search.narrow(rows, "ناموجود").exists()


def test_code_without_a_digit_is_found_too(house: House) -> None:
    ticket = _open(house).ticket
    Ticket.objects.filter(pk=ticket.pk).update(tracking_code="PG-ABCD-EFGH")
    assert list(search.narrow(queries.queue(house.owner), "pg-abcd-efgh")) == [ticket]


def test_filters_know_only_their_keys(house: House) -> None:
    ticket = _open(house).ticket
    rows = queries.apply_filters(queries.queue(house.owner), {"requester__password": "x", "department": "؟"})
    assert list(rows) == []
    rows = queries.apply_filters(queries.queue(house.owner), {"requester__password__startswith": "x"})
    assert list(rows) == [ticket]


def test_thread_is_in_order_and_events_are_sentences(house: House) -> None:
    ticket = _open(house).ticket
    reply(ticket, actor=house.staff, body="<script>alert(1)</script>", client_key=uuid.uuid4())
    close(ticket, actor=house.staff)
    entries = queries.thread(ticket, house.staff)
    assert [entry.kind for entry in entries][0] == "message"
    assert all(
        "<b>" in entry.obj.text or "صف" in entry.obj.text for entry in entries if entry.kind == "event"
    )
    assert {
        entry.obj.kind for entry in queries.thread(ticket, house.customer_main) if entry.kind == "event"
    } <= {
        "opened",
        "closed",
        "reopened",
    }
