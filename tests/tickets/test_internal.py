"""Tickets among ourselves (S11), and what tells them and every other way in apart (S13)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from accounts.models import User
from departments.models import Department, Topic
from departments.services import desks
from helpdesk.panels.queries import dashboard
from notifications.models import Bell, Delivery
from tenants.scope import tenant_scope
from tests.tickets.browsing import counted, desk, hidden, portal, text, upload
from tests.worlds import House, make_house, make_ticket
from tickets import access, queries, search
from tickets.models import Event, Message, Ticket
from tickets.services import (
    Opened,
    assign,
    close,
    mark_read,
    note,
    open_internal,
    open_ticket,
    reopen,
    reply,
    set_status,
    take,
)
from tickets.states import Category, Channel
from web.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
SECRET = "qanaridakheli"
NEW = "/desk/tickets/new/internal/"


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def ask(house: House, actor: User | None = None, **more: object) -> Opened:
    """Staff of support asks the finance department, unless told otherwise."""
    fields = {"department": house.finance, "subject": SECRET, "body": SECRET, "client_key": uuid.uuid4()}
    return open_internal(actor=actor or house.staff, **{**fields, **more})  # type: ignore[arg-type]


def seen_by(house: House, ticket: Ticket) -> set[str]:
    found = set()
    for name, person in house.everyone().items():
        fresh = User.objects.get(pk=person.pk)
        if access.tickets_seen_by(fresh).filter(pk=ticket.pk).exists():
            found.add(name)
    return found


def say(ticket: Ticket, actor: User, body: str = "پیام") -> Message:
    return reply(ticket, actor=User.objects.get(pk=actor.pk), body=body, client_key=uuid.uuid4())


def form(house: House, **more: object) -> dict[str, object]:
    fields = {
        "client_key": str(uuid.uuid4()),
        "subject": SECRET,
        "body": SECRET,
        "department": str(house.finance.pk),
        "topic": "",
        "staff": "",
        "priority": "2",
    }
    return {**fields, **more}


# Opening --------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S11", "S13")
def test_an_internal_ticket_goes_to_a_department_and_keeps_where_it_came_from(house: House) -> None:
    ticket = ask(house).ticket.refresh()
    assert (ticket.channel, ticket.origin, ticket.category) == (Channel.INTERNAL, "staff", Category.NEW)
    assert (ticket.requester, ticket.customer, ticket.assignee) == (house.staff, None, None)
    assert (ticket.from_department, ticket.department) == (house.support, house.finance)
    assert ticket.waiting_since and not ticket.answered_at, "they owe the answer from now on"
    assert seen_by(house, ticket) == {"owner", "staff", "manager", "finance_manager", "clerk"}
    assert [bell.kind for bell in Bell.objects.filter(user=house.finance_manager)] == [
        "ticket.opened.internal"
    ]
    assert {row.channel for row in Delivery.objects.filter(about=f"ticket:{ticket.pk}")} <= {"email"}
    assert not Bell.objects.filter(user=house.staff, about=f"ticket:{ticket.pk}").exists()


def test_within_a_department_to_a_colleague_and_from_the_owner(house: House) -> None:
    inside = ask(house, department=house.support, staff=house.colleague).ticket
    assert (inside.from_department, inside.assignee) == (house.support, house.colleague)
    assert seen_by(house, inside) == {"owner", "manager", "staff", "colleague"}
    top = ask(house, house.owner, department=house.orphan).ticket.refresh()
    assert top.from_department is None and seen_by(house, top) == {"owner"}


def test_who_sits_in_several_departments_says_which_one_asks(house: House) -> None:
    desks.seat(actor=house.owner, user=house.staff, department=house.orphan, level="staff")
    person = User.objects.get(pk=house.staff.pk)
    for source in (None, house.finance):
        with pytest.raises(Invalid) as refused:
            ask(house, person, source=source)
        assert refused.value.field == "source"
    assert ask(house, person, source=house.orphan).ticket.from_department == house.orphan
    client = house.client(person)
    assert 'name="source"' in text(client.get(NEW))
    assert client.post(NEW, form(house)).status_code == 422
    assert client.post(NEW, form(house, source=str(house.support.pk))).status_code == 302
    assert 'name="source"' not in text(house.client(house.clerk).get(NEW))


def test_ones_own_topic_does_not_bring_the_question_back(house: House) -> None:
    topic = Topic.objects.create(department=house.support, name="چاپ", assignee=house.staff)
    ticket = ask(house, department=house.support, topic=topic).ticket
    assert ticket.assignee is None and ticket.topic == topic
    assert Bell.objects.filter(user=house.manager, kind="ticket.opened.internal").exists()
    with pytest.raises(Invalid) as refused:
        ask(house, department=house.support, staff=house.staff)
    assert refused.value.field == "staff"


# Whose turn -----------------------------------------------------------------------------------------------------
@pytest.mark.spec("S11")
def test_the_asking_side_starts_the_clock_and_the_answering_side_stops_it(house: House) -> None:
    ticket = ask(house).ticket
    answer = say(ticket, house.finance_manager)
    ticket = ticket.refresh()
    assert (ticket.category, ticket.waiting_since, ticket.assignee) == (
        "answered",
        None,
        house.finance_manager,
    )
    assert answer.side == "staff" and ticket.first_answered_at
    assert Bell.objects.get(user=house.staff, about=f"ticket:{ticket.pk}").kind == "ticket.answered.internal"
    for asker in (house.staff, house.manager):
        said = say(ticket, asker)
        ticket = ticket.refresh()
        assert (said.side, ticket.category, ticket.assignee) == ("customer", "open", house.finance_manager)
        assert ticket.waiting_since
        say(ticket, house.finance_manager)
    told = Bell.objects.filter(user=house.finance_manager, kind="ticket.said.internal")
    assert told.count() == 2
    # Nobody else of ours was told, and no customer of anything.
    kinds = Delivery.objects.filter(about=f"ticket:{ticket.pk}").values_list("channel", flat=True)
    assert set(kinds) <= {"email"}
    assert [str(row.reason) for row in Event.objects.filter(ticket=ticket, kind="status", reason="asker")]


def test_unread_follows_the_conversation_on_both_sides(house: House) -> None:
    ticket = ask(house).ticket

    def unread(person: User) -> bool:
        return bool(queries.one(User.objects.get(pk=person.pk), ticket.number).unread)

    assert not unread(house.staff) and unread(house.finance_manager)
    mark_read(ticket, actor=house.finance_manager)
    assert not unread(house.finance_manager)
    say(ticket, house.finance_manager)
    assert unread(house.staff)
    say(ticket, house.staff)
    assert not unread(house.staff) and unread(house.finance_manager)


@pytest.mark.spec("S11")
def test_who_opened_it_closes_and_opens_it_and_a_watcher_does_not(house: House) -> None:
    ticket = ask(house, house.clerk, department=house.support, staff=house.staff).ticket
    may = access.allowed(house.clerk, ticket)
    assert {"reply", "close"} <= may and not {"take", "assign", "set_status", "set_priority"} & may
    close(ticket, actor=house.clerk)
    assert "reopen" in access.allowed(house.clerk, ticket.refresh())
    reopen(ticket, actor=house.clerk)
    assert ticket.refresh().waiting_since
    close(ticket, actor=house.staff)
    say(ticket, house.clerk)
    assert ticket.refresh().category == "open", "the asker's message opens it, like a customer's"
    note(ticket, actor=house.staff, body=f"@{house.colleague.name}", client_key=uuid.uuid4())
    assert access.allowed(house.colleague, ticket.refresh()) == {"note"}
    # Of the department that asks: its manager writes, but does not close what is not theirs.
    ours = ask(house).ticket
    assert "close" not in access.allowed(house.manager, ours) and "reply" in access.allowed(
        house.manager, ours
    )
    with pytest.raises(NotFound):
        say(ours, house.colleague)


def test_there_is_no_customer_to_wait_for(house: House) -> None:
    ticket = ask(house).ticket
    take(ticket, actor=house.finance_manager)
    offered = queries.statuses_for(ticket.refresh())
    assert offered and not [one for one in offered if one.category == "waiting"]
    set_status(ticket, actor=house.finance_manager, status=offered[0])
    assign(ticket, actor=house.owner, to=house.finance_manager)


# Tied to a customer's ticket ------------------------------------------------------------------------------------
@pytest.mark.spec("S11")
def test_it_may_be_about_a_customers_ticket_and_both_tell_of_it(house: House) -> None:
    theirs = make_ticket(house, staff=house.staff)
    ticket = ask(house, about=theirs).ticket
    assert ticket.refresh().linked_to == theirs
    assert [(row.ticket_id, row.reason) for row in Event.objects.filter(kind="linked").order_by("pk")] == [
        (ticket.pk, "about"),
        (theirs.pk, "internal"),
    ]
    mine = house.client(house.staff)
    page = text(mine.get(desk(theirs)))
    assert "تیکت‌های داخلی پیوسته" in page and SECRET in page and f"?about={theirs.number}" in page
    page = text(mine.get(desk(ticket)))
    assert "تیکت داخلی، مشتری نمی‌بیند" in page and theirs.subject in page and "پاسخ به همکار" in page
    # Who gets the question sees it, and not the customer's ticket by it.
    page = text(house.client(house.finance_manager).get(desk(ticket)))
    assert SECRET in page and theirs.subject not in page and desk(theirs) not in page
    # A colleague who sees the customer's ticket sees nothing of the internal one.
    note(theirs, actor=house.staff, body=f"@{house.colleague.name}", client_key=uuid.uuid4())
    page = text(house.client(house.colleague).get(desk(theirs)))
    assert SECRET not in page and "تیکتی داخلی دربارهٔ این تیکت ثبت کرد" in page
    page = text(house.client(house.customer_main).get(portal(theirs)))
    assert SECRET not in page and "داخلی" not in page


@pytest.mark.spec("S11")
def test_no_customer_comes_near_it(house: House) -> None:
    theirs = make_ticket(house, staff=house.staff)
    ticket = ask(house, about=theirs, files=()).ticket
    say(ticket, house.finance_manager, f"پاسخ {SECRET}")
    # Even were a customer's person written on the row by mistake.
    Ticket.objects.filter(pk=ticket.pk).update(customer=house.customer)
    for person in house.everyone().values():
        if not person.is_customer:
            continue
        client = house.client(person)
        assert not access.tickets_seen_by(person).filter(channel="internal").exists()
        assert not access.messages_seen_by(person).filter(ticket=ticket).exists()
        assert (
            client.get(portal(ticket)).status_code
            == client.get(f"/t/{ticket.tracking_code}/").status_code
            == 404
        )
        for path in ("/portal/", "/portal/tickets/?state=all", f"/portal/tickets/?q={ticket.number}"):
            assert f"/tickets/{ticket.number}/" not in text(client.get(path))
        assert not search.narrow(access.tickets_seen_by(person), SECRET).exists()
        assert not Bell.objects.filter(user=person, about=f"ticket:{ticket.pk}").exists()
    assert not Delivery.objects.filter(about=f"ticket:{ticket.pk}", recipient__role="customer").exists()


# Bad input ------------------------------------------------------------------------------------------------------
def test_what_cannot_be_is_refused_and_opens_nothing(house: House) -> None:
    theirs = make_ticket(house, staff=house.staff)
    inside = ask(house, house.owner, department=house.orphan).ticket
    rival = make_house("raghib")
    with tenant_scope(rival.tenant):
        foreign = make_ticket(rival)
    desks.switch_department(house.orphan, actor=house.owner, active=False)
    before = Ticket.objects.count()
    wrong: list[tuple[User, dict[str, object], type[Exception]]] = [
        (house.clerk, {"about": theirs}, NotFound),
        (house.staff, {"about": foreign}, NotFound),
        (house.owner, {"about": inside}, Invalid),
        (house.staff, {"department": Department.objects.get(pk=house.orphan.pk)}, Invalid),
        (house.staff, {"department": rival.support}, NotFound),
        (house.staff, {"department": None}, Invalid),
        (house.staff, {"topic": house.topic}, Invalid),
        (house.staff, {"staff": house.customer_main}, Invalid),
        (house.staff, {"priority": 9}, Invalid),
        (house.staff, {"subject": " "}, Invalid),
        (house.customer_main, {}, NotAllowed),
    ]
    for actor, fields, error in wrong:
        with pytest.raises(error):
            ask(house, actor, **fields)
    assert Ticket.objects.count() == before and not Event.objects.filter(kind="linked").exists()


def test_the_same_form_twice_is_one_ticket(house: House) -> None:
    theirs = make_ticket(house, staff=house.staff)
    key = uuid.uuid4()
    first, second = (ask(house, client_key=key, about=theirs) for _ in range(2))
    assert first.ticket == second.ticket and not second.created
    assert Event.objects.filter(kind="linked").count() == 2
    with pytest.raises(Conflict):
        ask(house, house.manager, client_key=key)
    # The key of the one kind is not the other's.
    with pytest.raises(Conflict):
        open_ticket(
            actor=house.staff,
            requester=house.customer_main,
            department=house.support,
            subject="سلام",
            body="سلام",
            client_key=key,
        )


def test_the_page_opens_it_and_keeps_a_refused_one(house: House) -> None:
    theirs = make_ticket(house, staff=house.staff)
    client = house.client(house.staff)
    page = text(client.get(f"{NEW}?about={theirs.number}"))
    assert theirs.subject in page and "مشتری هرگز نمی‌بیند" in page and "پیامک" not in page
    refused = client.post(NEW, form(house, department="", files=upload("صورت.txt")))
    assert refused.status_code == 422 and SECRET in text(refused) and "صورت.txt" in text(refused)
    done = client.post(f"{NEW}?about={theirs.number}", form(house, files=upload(f"{SECRET}.txt")))
    ticket = Ticket.objects.get(channel="internal")
    assert done.status_code == 302 and done["Location"].startswith(desk(ticket))
    assert (ticket.linked_to, ticket.file_count) == (theirs, 1)
    stored = ticket.messages.get().attachments.get().file
    assert house.client(house.finance_manager).get(f"/files/{stored.public_id}/").status_code == 200
    for outsider in (house.colleague, house.customer_main):
        assert house.client(outsider).get(f"/files/{stored.public_id}/").status_code == 404
    for number in (theirs.number + 900, "x", "9" * 30):
        assert client.get(f"{NEW}?about={number}").status_code == 404
    assert house.client(house.clerk).get(f"{NEW}?about={theirs.number}").status_code == 404


def test_words_about_a_ticket_that_has_left_ones_sight_meanwhile_are_kept_and_go_without_it(
    house: House,
) -> None:
    theirs, client = make_ticket(house, staff=house.staff), house.client(house.staff)
    assert client.get(f"{NEW}?about={theirs.number}").status_code == 200
    assign(theirs, actor=house.manager, to=house.colleague)
    sent = form(house, files=upload("صورت.txt"))
    late = client.post(f"{NEW}?about={theirs.number}", sent)
    page = text(late)
    assert late.status_code == 404 and "دیگر پیش شما نیست" in page and SECRET in page and "صورت.txt" in page
    assert theirs.subject not in page and f'action="{NEW}"' in page
    assert not Ticket.objects.filter(channel="internal").exists()
    sent["files"], sent["kept"] = [], hidden(late, "kept")
    assert client.post(NEW, sent).status_code == 302
    ticket = Ticket.objects.get(channel="internal")
    assert (ticket.linked_to, ticket.file_count) == (None, 1)


def test_a_customers_forms_open_nothing_internal(house: House) -> None:
    client = house.client(house.customer_main)
    assert client.get(NEW).status_code == client.post(NEW, form(house)).status_code == 404
    wishes = form(house, channel="internal", source=str(house.support.pk), about="1", from_department="1")
    assert client.post("/portal/tickets/new/", wishes).status_code == 302
    made = Ticket.objects.get()
    assert (made.channel, made.from_department, made.linked_to) == ("portal", None, None)


# Told apart -----------------------------------------------------------------------------------------------------
@pytest.mark.spec("S13")
def test_lists_tell_the_channel_and_where_it_came_from_and_narrow_by_both(house: House) -> None:
    theirs = make_ticket(house, staff=house.staff, channel="email")
    ticket = ask(house).ticket
    client = house.client(house.owner)
    page = text(client.get("/desk/tickets/?view=all"))
    assert (
        "تیکت داخلی" in page
        and f"{house.staff.name}</bdi>، {house.support.name}" in page
        and "از ایمیل" in page
    )
    found = {
        "channel=internal": [ticket],
        "channel=email": [theirs],
        "channel=nothing": [],
        f"source={house.support.pk}": [ticket],
        f"source={house.finance.pk}": [],
        "source=x": [],
        f"channel=internal&source={house.support.pk}&q={SECRET}": [ticket],
    }
    for query, rows in found.items():
        page = text(client.get(f"/desk/tickets/?view=all&{query}"))
        for one in (ticket, theirs):
            assert (desk(one) in page) == (one in rows), query
    assert 'کانال: <b class="clip">تیکت داخلی</b>' in text(client.get("/desk/tickets/?channel=internal"))
    board = {row.name: (int(row.value), row.url) for row in dashboard(house.owner).channels}
    assert board["channel-internal"][0] == board["channel-email"][0] == 1 and "channel-portal" not in board
    assert "channel=internal" in board["channel-internal"][1]


def test_what_one_waits_for_oneself_is_not_ones_own_to_answer(house: House) -> None:
    ticket = ask(house).ticket
    for person, owes in ((house.staff, 0), (house.finance_manager, 1), (house.owner, 1)):
        counts = queries.counts(User.objects.get(pk=person.pk))
        assert (int(counts["unanswered"]), int(counts["open"])) == (owes, 1), ticket
    make_ticket(house, staff=house.staff)
    assert int(queries.counts(house.staff)["unanswered"]) == 1


def test_a_list_and_a_page_cost_the_same_with_one_and_with_many(house: House) -> None:
    theirs = make_ticket(house, staff=house.staff)
    client = house.client(house.staff)
    ask(house, about=theirs)
    client.get(desk(theirs))
    one, queue = counted(client, desk(theirs))[1], counted(client, "/desk/tickets/?view=all")[1]
    for _ in range(12):
        ask(house, about=theirs)
    assert counted(client, desk(theirs))[1] == one
    assert counted(client, "/desk/tickets/?view=all")[1] == queue
