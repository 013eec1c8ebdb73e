"""The tenant's own statuses and the rules of a ticket's life (S7)."""

import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import ContractUse, User
from accounts.services import contracts
from notifications.models import Bell
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import access, queries, rules
from tickets.models import Event, StatusMove, Ticket, TicketStatus
from tickets.services import close, reopen, reply, ruling, set_status, statuses
from tickets.states import Category, EventKind
from tickets.tints import TINTS
from web.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.spec("S7")]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def usual(category: str) -> TicketStatus:
    return TicketStatus.objects.get(category=category, is_default=True)


def own(house: House, name: str = "منتظر تأمین‌کننده", category: str = "open", **more: str) -> TicketStatus:
    return statuses.create_status(actor=house.owner, name=name, category=category, **more)


def audited(verb: str) -> AuditEntry:
    return AuditEntry.objects.filter(verb=verb).latest("pk")


def test_owner_shapes_a_status_and_the_log_tells_before_and_after(house: House) -> None:
    status = own(house, name="  منتظر\nقطعه ", customer_label="در راه", colour="#1b9793")
    assert (status.name, status.customer_label, status.tint) == ("منتظر قطعه", "در راه", "tint-teal")
    assert status.position == 5 and not status.is_default
    statuses.edit_status(status, actor=house.owner, name="منتظر قطعه", customer_label="", colour="#5a84e7")
    entry = audited("status.change")
    assert entry.before == {"customer_label": "در راه", "colour": "فیروزه‌ای"}
    assert entry.after == {"customer_label": "", "colour": "آبی"}
    statuses.move_status(status, actor=house.owner, to="up")
    assert [row.pk for row in TicketStatus.objects.all()][4] == status.pk
    order = [row.pk for row in reversed(TicketStatus.objects.all())]
    statuses.order_statuses(actor=house.owner, order=order)
    assert [row.pk for row in TicketStatus.objects.all()] == order
    statuses.make_default(status, actor=house.owner)
    assert usual("open") == status and audited("status.default").before == {"name": "در حال بررسی"}
    assert TicketStatus.objects.filter(is_default=True).count() == 5
    statuses.make_default(status, actor=house.owner)  # twice is once
    assert AuditEntry.objects.filter(verb="status.default").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " ‌\n"}, "name"),
        ({"name": "آ" * 61}, "name"),
        ({"name": "پاسخ داده شد"}, "name"),
        ({"customer_label": "آ" * 61}, "customer_label"),
        ({"colour": "red;}"}, "colour"),
        ({"colour": "#123456"}, "colour"),
        ({"category": "nowhere"}, "category"),
    ],
)
def test_bad_values_are_refused_at_their_field(house: House, values: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        own(house, **values)
    assert refusal.value.field == field and TicketStatus.objects.count() == 5


def test_only_the_owner_and_only_of_this_house(house: House) -> None:
    status = own(house)
    with pytest.raises(NotAllowed):
        statuses.create_status(actor=house.manager, name="تازه", category="open")
    with pytest.raises(NotAllowed):
        ruling.change_rules(actor=house.manager, **dict.fromkeys(ruling.FIELDS, 1))
    rival = make_house("raghib")
    with tenant_scope(rival.tenant):
        theirs = own(rival)
    for act in (
        lambda: statuses.edit_status(theirs, actor=house.owner, name="x"),
        lambda: statuses.retire_status(status, actor=house.owner, to=theirs),
        lambda: statuses.allow_moves(status, actor=house.owner, targets=[theirs]),
        lambda: statuses.order_statuses(actor=house.owner, order=[theirs.pk]),
    ):
        with pytest.raises(NotFound):
            act()
    ticket = make_ticket(house, staff=house.staff)
    with pytest.raises(Invalid):
        set_status(ticket, actor=house.staff, status=theirs)


def test_named_moves_hold_for_menu_status_and_reply(house: House) -> None:
    parts, waiting = own(house), usual("waiting")
    statuses.allow_moves(parts, actor=house.owner, targets=[waiting])
    ticket = make_ticket(house, staff=house.staff)
    set_status(ticket, actor=house.staff, status=parts)
    assert [row.pk for row in queries.statuses_for(ticket.refresh())] == [waiting.pk, parts.pk]
    answered = usual("answered")
    for act in (
        lambda: set_status(ticket, actor=house.staff, status=answered),
        lambda: reply(ticket, actor=house.staff, body="x", client_key=uuid.uuid4(), status=answered),
    ):
        with pytest.raises(Invalid, match="این وضعیت اکنون ممکن نیست"):
            act()
    # An answer without a word about the status is a rule's own move.
    reply(ticket, actor=house.staff, body="رسید", client_key=uuid.uuid4())
    assert ticket.refresh().status == answered
    statuses.allow_moves(parts, actor=house.owner, targets=[])
    assert not StatusMove.objects.exists() and audited("status.moves").before == {"targets": ["منتظر مشتری"]}
    for wrong in (parts, usual("closed"), usual("new")):
        with pytest.raises(Invalid):
            statuses.allow_moves(parts, actor=house.owner, targets=[wrong])


def test_retiring_moves_tickets_and_keeps_the_name_in_history(house: House) -> None:
    parts, other, heir = own(house), own(house, "ارجاع بیرونی"), usual("open")
    statuses.allow_moves(other, actor=house.owner, targets=[parts])
    tickets = [make_ticket(house, staff=house.staff) for _ in range(3)]
    for ticket in tickets:
        set_status(ticket, actor=house.staff, status=parts)
    at = tickets[0].refresh().updated_at
    assert statuses.retire_status(parts, actor=house.owner, to=heir) == 3
    assert not Ticket.objects.filter(status=parts).exists()
    assert tickets[0].refresh().updated_at == at  # the customer sees nothing new
    event = Event.objects.filter(ticket=tickets[0], kind=EventKind.STATUS).latest("pk")
    assert (event.reason, event.from_status, event.to_status) == ("retired", parts, heir)
    told = [str(entry.obj.text) for entry in queries.thread(tickets[0], house.staff) if entry.kind == "event"]
    assert any("«منتظر تأمین‌کننده» بازنشسته شد" in text for text in told)
    assert StatusMove.objects.get(source=other).target == heir
    assert statuses.retire_status(parts, actor=house.owner, to=heir) == 0  # twice is once
    with pytest.raises(Invalid):
        set_status(tickets[0], actor=house.staff, status=parts.refresh())
    with pytest.raises(Invalid):
        statuses.make_default(parts, actor=house.owner)
    assert statuses.bring_back(parts, actor=house.owner).is_active
    assert parts.refresh() in queries.statuses_for(tickets[0].refresh())


def test_a_default_retires_only_with_the_next_default_named(house: House) -> None:
    waiting = usual("waiting")
    for wrong in (None, waiting, usual("open")):
        with pytest.raises(Invalid) as refusal:
            statuses.retire_status(waiting, actor=house.owner, to=wrong)
        assert refusal.value.field == "to"
    gone = own(house, "کهنه", "waiting")
    heir = own(house, "منتظر شما", "waiting")
    statuses.retire_status(gone, actor=house.owner, to=heir)
    with pytest.raises(Invalid):
        statuses.retire_status(waiting, actor=house.owner, to=gone.refresh())
    statuses.retire_status(waiting, actor=house.owner, to=heir)
    assert usual("waiting") == heir
    # What got it at that very moment is put right by the beat.
    ticket = make_ticket(house)
    Ticket.objects.filter(pk=ticket.pk).update(status=waiting, category="waiting")
    assert statuses.settle_retired() == 1 and ticket.refresh().status == heir


def test_the_customer_reads_their_own_label_or_the_category_never_our_name(house: House) -> None:
    ticket = make_ticket(house, staff=house.staff)
    status = own(house, customer_label="در دست پیگیری", colour="#1b9793")
    set_status(ticket, actor=house.staff, status=status)
    client = house.client(house.customer_main)
    pages = [f"/portal/tickets/{ticket.number}/", "/portal/", "/portal/tickets/"]
    for path in pages:
        assert "در دست پیگیری" in client.get(path).content.decode()
    statuses.edit_status(status, actor=house.owner, name=status.name, colour="#1b9793")
    for path in pages:
        told = client.get(path).content.decode()
        assert status.name not in told and "در حال بررسی" in told
    desk = house.client(house.staff).get(f"/desk/tickets/{ticket.number}/").content.decode()
    assert status.name in desk and "icon tint-teal" in desk


def test_every_tint_stands_out_on_every_surface_of_both_themes() -> None:
    static = Path(__file__).resolve().parents[2] / "static" / "css"
    tokens, marks = (static / "tokens.css").read_text(), (static / "marks.css").read_text()
    names = "page|surface|sunken|hover|raised|accent-soft"
    surfaces = re.findall(rf"--pg-(?:{names}): (#[0-9a-f]+);", tokens)
    assert len(surfaces) == 12
    for colour, (name, _word) in TINTS.items():
        assert f".tint-{name} {{ color: {colour}; }}" in marks
        assert min(_contrast(colour, surface) for surface in surfaces) >= 3


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_light(one), _light(other)))
    return (high + 0.05) / (low + 0.05)


def _light(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# The rules of days ----------------------------------------------------------------------------------------------
USUAL = {"reopen_days": 14, "silence_days": 0, "warning_days": 2, "transfer_days": 3, "bin_days": 30}


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"reopen_days": -1}, "reopen_days"),
        ({"silence_days": 10**9}, "silence_days"),
        ({"bin_days": 0}, "bin_days"),
        ({"silence_days": 3, "warning_days": 3}, "warning_days"),
    ],
)
def test_negative_and_huge_days_are_refused(house: House, days: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ruling.change_rules(actor=house.owner, **USUAL | days)
    assert refusal.value.field == field and rules.rules().bin_days == 30


def test_rules_are_written_once_and_audited(house: House) -> None:
    ruling.change_rules(actor=house.owner, **USUAL)
    assert not AuditEntry.objects.filter(verb="rules.change").exists()  # as they were
    ruling.change_rules(actor=house.owner, **USUAL | {"reopen_days": 7})
    assert audited("rules.change").after == {"reopen_days": 7} and rules.rules().reopen_days == 7


# A closed ticket and its customer -------------------------------------------------------------------------------
def closed(house: House, *, days: float) -> Ticket:
    ticket = make_ticket(house, staff=house.staff, topic=house.topic)
    close(ticket, actor=house.staff, at=timezone.now() - timedelta(days=days))
    return ticket.refresh()


def test_a_reply_within_the_days_reopens_and_after_them_goes_on_in_one_new_ticket(house: House) -> None:
    fresh, old = closed(house, days=13.9), closed(house, days=14.1)
    reply(fresh, actor=house.customer_main, body="هنوز مانده", client_key=uuid.uuid4())
    assert fresh.refresh().category == Category.OPEN
    key = uuid.uuid4()
    message = reply(old, actor=house.customer_main, body="باز همان شد", client_key=key)
    again = reply(old, actor=house.customer_main, body="باز همان شد", client_key=key)
    new = message.ticket
    assert again.pk == message.pk and Ticket.objects.filter(linked_to=old).count() == 1
    assert old.refresh().category == Category.CLOSED and old.messages.count() == 1
    assert (new.subject, new.department, new.topic, new.assignee, new.category) == (
        old.subject,
        old.department,
        old.topic,
        house.staff,
        Category.NEW,
    )
    with pytest.raises(Conflict):
        reopen(old, actor=house.customer_main)
    reopen(old, actor=house.staff)  # ours may
    told = [
        str(entry.obj.text) for entry in queries.thread(new, house.customer_main) if entry.kind == "event"
    ]
    assert any("ادامهٔ تیکت" in text for text in told)
    ruling.change_rules(actor=house.owner, **USUAL | {"reopen_days": 0})
    ancient = closed(house, days=900)
    assert reply(ancient, actor=house.customer_main, body="x", client_key=uuid.uuid4()).ticket == ancient


@pytest.mark.spec("S7", "S2")
def test_what_a_colleague_goes_on_with_stays_with_who_asked(house: House) -> None:
    """The company's main contact writes on a member's long-closed ticket: the member goes on seeing it and hears."""
    member = house.section_member
    old = make_ticket(house, by=member, staff=house.staff)
    close(old, actor=house.staff, at=timezone.now() - timedelta(days=20))
    Bell.objects.all().delete()
    days = {"starts_on": contracts.today(), "ends_on": contracts.today()}
    contracts.create_contract(actor=house.owner, customer=house.customer, **days)
    key = uuid.uuid4()
    new, again = (
        reply(old, actor=house.customer_main, body="باز همان شد", client_key=key).ticket for _ in range(2)
    )
    assert (new.requester, new.opened_by, again) == (member, house.customer_main, new)
    assert access.sees(member, new) and access.sees(house.customer_main, new)
    assert not access.sees(house.other_section_member, new)
    assert Bell.objects.filter(user=member, kind="ticket.opened.customer").count() == 1
    assert ContractUse.objects.get().user == house.customer_main  # of their share, who wrote
    # Who is not there any more asks nothing: then it is the writer's.
    User.objects.filter(pk=member.pk).update(is_active=False)
    later = reply(old, actor=house.customer_main, body="باز هم", client_key=uuid.uuid4()).ticket
    assert later.requester == house.customer_main


def test_the_page_says_what_will_happen_and_leads_to_the_new_ticket(house: House) -> None:
    old, client = closed(house, days=20), house.client(house.customer_main)
    path = f"/portal/tickets/{old.number}/"
    page = client.get(path).content.decode()
    assert "پیامتان تیکت تازه‌ای می‌شود" in page and "بازگشایی" not in page and "ارسال در تیکت تازه" in page
    form = {"body": "باز همان شد", "client_key": str(uuid.uuid4())}
    first, second = (client.post(f"{path}reply/", form)["Location"] for _ in range(2))
    new = Ticket.objects.get(linked_to=old)
    word = new.messages.get()
    assert first == second == f"/portal/tickets/{new.number}/?done=went-on#message-{word.pk}"
    told = client.get(first).content.decode()
    assert "پیامتان در این تیکت تازه ثبت شد" in told and f'href="{path}"' in told
    recent = closed(house, days=1)
    page = client.get(f"/portal/tickets/{recent.number}/").content.decode()
    assert "با پیام شما دوباره باز می‌شود" in page and "بازگشایی" in page


def test_a_contract_that_takes_none_or_a_desk_that_is_gone_keeps_the_text(house: House) -> None:
    old, client = closed(house, days=20), house.client(house.customer_main)
    first = contracts.today() - timedelta(days=60)
    contracts.create_contract(
        actor=house.owner, customer=house.customer, starts_on=first, ends_on=first + timedelta(days=9)
    )
    path = f"/portal/tickets/{old.number}/reply/"
    refused = client.post(path, {"body": "این متن نمی‌رود", "client_key": str(uuid.uuid4())})
    told = refused.content.decode()
    assert refused.status_code == 422 and "این متن نمی‌رود" in told and "پایان یافت" in told
    from accounts.models import Contract
    from departments.models import Department

    Contract.objects.all().delete()
    Department.objects.filter(pk=house.support.pk).update(is_active=False)
    refused = client.post(path, {"body": "این متن نمی‌رود", "client_key": str(uuid.uuid4())})
    told = refused.content.decode()
    assert refused.status_code == 422 and "این متن نمی‌رود" in told and "دیگر تیکت تازه نمی‌گیرد" in told
    assert Ticket.objects.count() == 1
