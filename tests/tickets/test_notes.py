"""Private notes for named people and calls by «@» (S12, B5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from accounts.models import User
from departments.models import Seat
from departments.services import groups
from notifications.models import Bell, Delivery
from tenants.scope import tenant_scope
from tests.tickets.browsing import counted, desk, message, portal, text
from tests.worlds import House, make_house, make_ticket
from tickets import access, queries, search
from tickets.models import Event, Message, NoteReader, Ticket, Watcher
from tickets.services import assign, note, reply, take
from tickets.services.notes import MOST
from web.errors import Conflict, Invalid, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
SECRET = "qanariyadasht"


@pytest.fixture
def house() -> Iterator[House]:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


@pytest.fixture
def ticket(house: House) -> Ticket:
    """In staff's hands, its department's colleague and the other department see nothing of it."""
    return make_ticket(house, staff=house.staff)


def write(ticket: Ticket, actor: User, body: str = SECRET, **more: object) -> Message:
    more.setdefault("client_key", uuid.uuid4())
    return note(ticket, actor=actor, body=body, **more)  # type: ignore[arg-type]


def reads(user: User, message: Message) -> bool:
    """Whether a person reads a message, by the list of all and by the ticket."""
    fresh = User.objects.get(pk=user.pk)
    try:
        ticket = access.fetch(fresh, message.ticket.number)
    except NotFound:
        assert not access.messages_seen_by(fresh).filter(pk=message.pk).exists()
        return False
    one = access.messages_seen_by(fresh, ticket).filter(pk=message.pk).exists()
    assert one == access.messages_seen_by(fresh).filter(pk=message.pk).exists()
    return one


def readers(house: House, message: Message) -> set[str]:
    return {name for name, person in house.everyone().items() if reads(person, message)}


def bells(user: User) -> list[Bell]:
    return list(Bell.objects.filter(user=user, kind="ticket.mentioned"))


# Named people ---------------------------------------------------------------------------------------------------
@pytest.mark.spec("S12")
def test_a_named_note_is_for_its_people_its_writer_and_the_owner(house: House, ticket: Ticket) -> None:
    everybodys = write(ticket, house.staff)
    assert readers(house, everybodys) == {"owner", "manager", "staff"}
    named = write(ticket, house.staff, audience="named", readers=[house.clerk, house.staff, house.clerk])
    assert readers(house, named) == {"owner", "staff", "clerk"}, "not even the department's manager"
    assert not reads(house.clerk, everybodys), "the ticket is seen, other notes ask for the right"
    assert [(row.user, row.via) for row in NoteReader.objects.all()] == [(house.clerk, "added")]
    watcher = Watcher.objects.get()
    assert (watcher.user, watcher.via, watcher.added_by) == (house.clerk, "mention", house.staff)
    event = Event.objects.get(kind="watching")
    assert (event.to_person, event.reason, event.actor) == (house.clerk, "mention", house.staff)
    bell = bells(house.clerk)[0]
    assert bell.url == f"/t/{ticket.tracking_code}/#message-{named.pk}" and SECRET not in bell.text
    assert not bells(house.staff) and not bells(house.manager)


@pytest.mark.spec("S12")
@pytest.mark.spec("B5")
def test_a_call_tells_shows_the_ticket_and_lets_read(house: House, ticket: Ticket) -> None:
    people = [house.colleague, house.finance_manager]
    User.objects.filter(pk=house.finance_manager.pk).update(username="parisa.n")
    body = f"@{house.colleague.name.replace(' ', '_')} و @parisa.n. ببینید {SECRET}، @{house.staff.name}"
    called = write(ticket, house.staff, body)
    assert readers(house, called) == {"owner", "manager", "staff", "colleague", "finance_manager"}
    assert {row.user for row in Watcher.objects.all()} == set(people)
    assert all(len(bells(person)) == 1 for person in people) and not bells(house.staff)
    letters = list(Delivery.objects.filter(kind="ticket.mentioned"))
    assert not [row for row in letters if SECRET in f"{row.data}{row.url}"]
    # A second call tells again and shows nothing twice.
    again = write(ticket, house.staff, body)
    assert Watcher.objects.count() == 2 and Event.objects.filter(kind="watching").count() == 2
    assert len(bells(house.colleague)) == 2 and reads(house.colleague, again)
    # What was given is taken back with the watching.
    Watcher.objects.filter(user=house.colleague).delete()
    assert not reads(house.colleague, called)


@pytest.mark.spec("S19")
def test_a_group_is_called_by_its_name(house: House, ticket: Ticket) -> None:
    group = groups.create_group(actor=house.owner, name="خط اول")
    for person in (house.colleague, house.clerk, house.staff):
        groups.join(group, actor=house.owner, user=person)
    User.objects.filter(pk=house.clerk.pk).update(is_active=False)
    write(ticket, house.staff, f"@خط_اول {SECRET}")
    assert [row.user for row in NoteReader.objects.all()] == [house.colleague]
    assert len(bells(house.colleague)) == 1 and not bells(house.staff)


def test_a_call_within_a_named_note_adds_its_reader(house: House, ticket: Ticket) -> None:
    written = write(ticket, house.staff, f"@{house.colleague.name} {SECRET}", audience="named")
    assert readers(house, written) == {"owner", "staff", "colleague"}


def test_who_answers_for_the_ticket_needs_no_watching(house: House, ticket: Ticket) -> None:
    body = f"@{house.manager.name} @{house.owner.name}"
    write(ticket, house.staff, body, audience="named", readers=[house.manager])
    assert not Watcher.objects.exists() and len(bells(house.manager)) == len(bells(house.owner)) == 1


@pytest.mark.spec("S12")
def test_who_does_not_handle_the_ticket_shows_it_to_nobody(house: House, ticket: Ticket) -> None:
    """Only holder, manager and owner grant sight (SPEC: people); a watcher's call reaches those who see it already."""
    write(ticket, house.staff, audience="named", readers=[house.colleague])
    blind = write(ticket, house.colleague, f"@{house.clerk.name} و @{house.manager.name} {SECRET}")
    assert not reads(house.clerk, blind) and not bells(house.clerk)
    assert len(bells(house.manager)) == 1 and Watcher.objects.count() == 1
    with pytest.raises(Invalid, match="لیلا شریفی") as refused:
        write(ticket, house.colleague, audience="named", readers=[house.clerk])
    assert refused.value.field == "readers"
    with pytest.raises(Invalid, match="لیلا شریفی") as refused:  # called alone, it would be for nobody
        write(ticket, house.colleague, f"@{house.clerk.name} {SECRET}", audience="named")
    assert refused.value.field == "body"


def test_a_former_holder_does_not_read_on(house: House, ticket: Ticket) -> None:
    written = write(ticket, house.manager, audience="named", readers=[house.staff])
    assert reads(house.staff, written)
    assign(ticket, actor=house.manager, to=house.colleague)
    assert not reads(house.staff, written), "the ticket went away, and the note with it"
    assert not reads(house.colleague, written), "and the new holder was not named"


# Bad input ------------------------------------------------------------------------------------------------------
def test_who_cannot_read_is_refused_and_nothing_is_written(house: House, ticket: Ticket) -> None:
    with tenant_scope(house.tenant):
        User.objects.filter(pk=house.colleague.pk).update(is_active=False)
    rival = make_house("raghib")
    for stranger in (house.customer_main, house.colleague, rival.staff):
        with pytest.raises(Invalid) as refused:
            write(ticket, house.staff, audience="named", readers=[house.clerk, stranger])
        assert refused.value.field == "readers"
    for fields, name in (({"audience": "named"}, "readers"), ({"audience": "all"}, "audience")):
        with pytest.raises(Invalid) as refused:
            write(ticket, house.staff, **fields)
        assert refused.value.field == name
    assert not Message.objects.filter(kind="note").exists() and not Watcher.objects.exists()


def test_three_hundred_calls_are_one_or_too_many(house: House, ticket: Ticket) -> None:
    write(ticket, house.staff, f"@{house.clerk.name} " * 300)
    assert NoteReader.objects.count() == 1 and len(bells(house.clerk)) == 1
    crowd = [
        User(
            role="staff",
            name=f"همکار شمارهٔ {number}",
            mobile=f"+98901{number:07d}",
            username=f"crowd{number}",
        )
        for number in range(300)
    ]
    for person in crowd:
        person.tenant_id = house.tenant.pk
    User.objects.bulk_create(crowd)
    for many in ({"body": " ".join(f"@crowd{number}" for number in range(MOST + 1))},
                 {"audience": "named", "readers": crowd}):  # fmt: skip
        with pytest.raises(Invalid, match="۳۰"):
            write(ticket, house.staff, **many)
    write(ticket, house.staff, " ".join(f"@crowd{number}" for number in range(MOST)))
    assert Watcher.objects.count() == MOST + 1


def test_oneself_customers_and_namesakes(house: House, ticket: Ticket) -> None:
    write(ticket, house.staff, f"@{house.staff.name} و @{house.customer_main.name}")
    assert not NoteReader.objects.exists() and not Watcher.objects.exists() and not Bell.objects.filter(
        kind="ticket.mentioned"
    )  # fmt: skip
    User.objects.filter(pk=house.clerk.pk).update(name=house.colleague.name)
    with pytest.raises(Invalid, match="بیش از یک همکار یا گروه") as refused:
        write(ticket, house.staff, f"@{house.colleague.name}")
    assert refused.value.field == "body"


def test_the_same_note_twice_is_one(house: House, ticket: Ticket) -> None:
    key = uuid.uuid4()
    fields = {"client_key": key, "audience": "named", "readers": [house.clerk]}
    first, second = (write(ticket, house.staff, **fields) for _ in range(2))
    assert first == second and len(bells(house.clerk)) == NoteReader.objects.count() == 1
    with pytest.raises(Conflict):
        reply(ticket, actor=house.staff, body="سلام", client_key=key)


# Pages ----------------------------------------------------------------------------------------------------------
def test_the_composer_offers_colleagues_and_the_note_says_for_whom(house: House, ticket: Ticket) -> None:
    client = house.client(house.staff)
    page = text(client.get(desk(ticket)))
    assert page.count('name="readers"') == 4, "manager, colleague, the other department's two; not oneself"
    assert "از این پس تیکت را هم می‌بیند" in page
    fields = message(
        f"@{house.colleague.name} {SECRET}", audience="named", readers=str(house.clerk.public_id)
    )
    assert client.post(desk(ticket, "note"), fields).status_code == 302
    page = text(client.get(desk(ticket)))
    assert "فقط برای: <bdi>لیلا شریفی</bdi>، <bdi>مهدیار کاظمی</bdi>" in page
    assert f'<b class="called"><bdi>@{house.colleague.name}</bdi></b> {SECRET}' in page
    mine = house.client(house.clerk)
    assert SECRET in text(mine.get(desk(ticket)))
    theirs = text(house.client(house.colleague).get(desk(ticket)))
    assert SECRET in theirs and "فقط به کسانی می‌رسد که همین حالا تیکت را می‌بینند" in theirs
    # Not for those outside, and not a trace of it in the thread.
    page = text(house.client(house.manager).get(desk(ticket)))
    assert SECRET not in page and "msg-note" not in page and "در یادداشت از" in page
    assert SECRET not in text(house.client(house.customer_main).get(portal(ticket)))


def test_the_page_tells_namesakes_apart_and_names_the_groups_that_can_be_called(
    house: House, ticket: Ticket
) -> None:
    groups.join(groups.create_group(actor=house.owner, name="خط اول"), actor=house.owner, user=house.clerk)
    groups.create_group(actor=house.owner, name="خالی")
    for user, username in ((house.clerk, "leila.s"), (house.colleague, "other.s"), (house.manager, "kimia")):
        name = house.manager.name if username == "kimia" else "لیلا شریفی"
        User.objects.filter(pk=user.pk).update(name=name, username=username)
    page = text(house.client(house.staff).get(desk(ticket)))
    assert page.count("data-username") == 2 and "leila.s" in page and "other.s" in page
    assert "<li>خط اول</li>" in page and "خالی" not in page


def test_a_refused_note_comes_back_with_everything_chosen(house: House, ticket: Ticket) -> None:
    rival = make_house("raghib")
    client = house.client(house.staff)
    wrong = [str(rival.staff.public_id), str(house.customer_main.public_id), "x", "9" * 5000]
    for value in wrong:
        fields = message(SECRET, audience="named", readers=[str(house.clerk.public_id), value])
        response = client.post(desk(ticket, "note"), fields)
        page = text(response)
        assert response.status_code == 422 and "در دسترس نیست" in page and SECRET in page
        assert page.count("checked") >= 3 and rival.staff.name not in page.replace(house.staff.name, "")
    response = client.post(desk(ticket, "note"), message(SECRET, audience="named"))
    assert response.status_code == 422 and "می‌خوانند انتخاب کنید" in text(response)
    # Readers without a word about the audience are not lost.
    fields = message(SECRET, readers=str(house.clerk.public_id))
    assert client.post(desk(ticket, "note"), fields).status_code == 302
    assert Message.objects.get(kind="note").audience == "named"


def test_a_notes_key_at_the_replys_address_shows_nothing(house: House, ticket: Ticket) -> None:
    client = house.client(house.staff)
    fields = message(SECRET, audience="right")
    assert client.post(desk(ticket, "note"), fields).status_code == 302
    response = client.post(desk(ticket, "reply"), fields)
    assert response.status_code in (409, 422)
    assert [row.kind for row in Message.objects.filter(body=SECRET)] == ["note"]
    assert SECRET not in text(house.client(house.customer_main).get(portal(ticket)))


def test_a_customers_form_names_no_readers(house: House, ticket: Ticket) -> None:
    fields = message(
        "سلام", audience="named", readers=str(house.clerk.public_id), channel="internal", kind="note"
    )
    assert house.client(house.customer_main).post(portal(ticket, "reply"), fields).status_code == 302
    said = Message.objects.get(body="سلام", side="customer")
    assert (said.kind, said.audience, said.channel) == ("reply", "right", "portal")
    assert not NoteReader.objects.exists() and not Watcher.objects.exists()


@pytest.mark.spec("S12")
def test_a_note_moves_nothing_a_customer_can_see(house: House, ticket: Ticket) -> None:
    before = Ticket.objects.values().get(pk=ticket.pk)
    write(ticket, house.staff, f"@{house.clerk.name} {SECRET}", audience="named")
    assert Ticket.objects.values().get(pk=ticket.pk) == before
    for person in house.everyone().values():
        assert not search.narrow(access.tickets_seen_by(person), SECRET).exists()
        if person.is_customer:
            assert not access.messages_seen_by(person).filter(kind="note").exists()
    assert not queries.files_of(house.customer_main, house.customer, size=9)


def test_the_page_costs_the_same_with_one_note_and_many(house: House, ticket: Ticket) -> None:
    client = house.client(house.staff)
    write(ticket, house.staff, f"@{house.clerk.name}")
    client.get(desk(ticket))
    _, one = counted(client, desk(ticket))
    Seat.objects.filter(user=house.colleague).update(accepts_choice=True)
    for person in (house.colleague, house.manager, house.finance_manager) * 4:
        write(ticket, house.staff, f"@{person.name}", audience="named", readers=[house.clerk])
    assert counted(client, desk(ticket))[1] == one


def test_taking_by_a_called_colleague_keeps_the_note_readable(house: House) -> None:
    free = make_ticket(house)
    written = write(free, house.manager, f"@{house.colleague.name}")
    take(free, actor=house.staff)
    assert reads(house.colleague, written), "called while it was in nobody's hands, and sees it still"
