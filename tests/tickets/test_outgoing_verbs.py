"""What is done a moment after sending comes after the answer, and no answer is lost to another's hand (B8)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Bell
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import ratings, services
from tickets.models import Custody, Event, Message, Outgoing, Ticket, TicketStatus
from tickets.services import moving, outgoing, ruling, silence
from tickets.services.leaving import leave_staff
from web.errors import Conflict, NotAllowed

from .test_statuses import USUAL

pytestmark = [pytest.mark.django_db, pytest.mark.spec("B8")]


@pytest.fixture
def house() -> House:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        ruling.change_rules(actor=house.owner, **USUAL, undo_seconds=15)
    return house


@pytest.fixture
def ticket(house: House):
    with tenant_scope(house.tenant):
        yield make_ticket(house, staff=house.staff)


def lay(ticket, actor, body="پاسخ ما", **more):
    return services.answer(ticket, actor=actor, body=body, client_key=uuid.uuid4(), **more).outgoing


def went(ticket, *bodies):
    """They have been said, in this order, and nothing is on its way any more."""
    rows = Message.objects.filter(ticket=ticket, side="staff", kind="reply").order_by("pk")
    outgoing.send_due_everywhere(timezone.now() + timedelta(minutes=1))
    return list(rows.values_list("body", flat=True)) == list(bodies) and not Outgoing.objects.exists()


def say(house, ticket, **more):
    words = {"explanation": "ببین", "client_key": uuid.uuid4()}
    return {
        "refer": lambda: services.refer(ticket, actor=house.staff, to=house.colleague, **words),
        "assign": lambda: services.assign(ticket, actor=house.manager, to=house.colleague),
        "assign_many": lambda: services.assign_many([ticket.number], actor=house.manager, to=house.colleague),
        "move": lambda: services.move(ticket, actor=house.owner, target=house.finance),
        "request_transfer": lambda: services.request_transfer(
            ticket, actor=house.staff, target=house.finance, **words
        ),
        "release": lambda: moving.release(house.support, of=house.staff, actor=house.owner),
        "retire": lambda: moving.move_open(house.support, to=house.finance, actor=house.owner),
    }


@pytest.mark.parametrize(
    "verb", ["refer", "assign", "assign_many", "move", "request_transfer", "release", "retire"]
)
def test_the_answer_goes_before_the_ticket_does(house, ticket, verb):
    lay(ticket, house.staff)
    say(house, ticket)[verb]()
    assert went(ticket, "پاسخ ما") and ticket.refresh().category == "answered"
    said = Message.objects.get(body="پاسخ ما")
    assert Event.objects.filter(ticket=ticket, created_at__gte=said.created_at).exists()
    assert Custody.objects.filter(ticket=ticket, ended_at=None).count() == 1


def test_who_accepts_a_request_lets_the_answer_go_first(house, ticket):
    words = {"explanation": "برای مالی", "client_key": uuid.uuid4()}
    asked = services.request_transfer(ticket, actor=house.staff, target=house.finance, **words)
    lay(ticket, house.staff)
    services.accept(asked, actor=house.finance_manager)
    assert went(ticket, "پاسخ ما") and ticket.refresh().department_id == house.finance.pk


@pytest.mark.parametrize("then", ["", "close"])
@pytest.mark.parametrize("who", ["staff", "manager", "customer_main"])
def test_closing_comes_after_the_answer_and_stays(house, ticket, who, then):
    lay(ticket, house.staff, then=then)
    services.close(ticket, actor=getattr(house, who))
    assert went(ticket, "پاسخ ما") and ticket.refresh().category == "closed"
    kinds = Event.objects.filter(ticket=ticket).values_list("kind", flat=True)
    assert list(kinds).count("closed") == 1 and "reopened" not in kinds
    asked = Bell.objects.filter(user=house.customer_main, text__contains="بسته شد").exists()
    assert asked is (who != "customer_main") and ratings.is_closing(ticket)


def test_a_status_set_after_sending_is_the_one_that_holds(house, ticket):
    waiting = TicketStatus.objects.get(category="waiting", is_default=True)
    lay(ticket, house.staff)
    services.set_status(ticket, actor=house.staff, status=waiting)
    assert went(ticket, "پاسخ ما") and ticket.refresh().status_id == waiting.pk


def test_an_unassigned_ticket_is_his_whose_answer_is_on_its_way(house):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house)
        lay(ticket, house.staff)
        with pytest.raises(Conflict, match="برداشت"):
            services.take(ticket, actor=house.colleague)
        assert went(ticket, "پاسخ ما") and ticket.refresh().assignee_id == house.staff.pk


def test_a_second_answer_and_not_the_first_decides_over_closing(house, ticket):
    lay(ticket, house.staff, "یک", then="close")
    lay(ticket, house.staff, "دو")
    assert went(ticket, "یک", "دو") and ticket.refresh().category == "answered"
    assert not Event.objects.filter(ticket=ticket, kind__in=("closed", "reopened")).exists()


def test_two_who_answer_and_close_both_are_heard(house, ticket):
    lay(ticket, house.staff, "یک", then="close")
    lay(ticket, house.manager, "دو", then="close")
    assert went(ticket, "یک", "دو") and ticket.refresh().category == "closed"


def test_who_leaves_leaves_no_answer_behind(house, ticket):
    other = make_ticket(house, staff=house.colleague)
    Ticket.objects.filter(pk=other.pk).update(opened_by=house.staff)
    for one in (ticket, other):
        lay(one, house.staff)
    leave_staff(house.staff, actor=house.owner, heirs={house.support.pk: house.colleague})
    assert went(ticket, "پاسخ ما") and went(other, "پاسخ ما")


def test_silence_does_not_close_over_an_answer_on_its_way(house, ticket):
    services.reply(ticket, actor=house.staff, body="منتظریم", client_key=uuid.uuid4())
    Ticket.objects.update(silent_since=timezone.now() - timedelta(days=90), warned_at=timezone.now())
    rules = USUAL | {"silence_days": 14, "warning_days": 0}
    ruling.change_rules(actor=house.owner, **rules, undo_seconds=15)
    lay(ticket, house.staff, "باز هم")
    assert silence.close_silent(timezone.now()) == 0
    assert went(ticket, "منتظریم", "باز هم") and ticket.refresh().category == "answered"


def test_a_verb_that_is_refused_lets_nothing_go(house, ticket):
    lay(ticket, house.staff)
    with pytest.raises(NotAllowed):
        services.move(ticket, actor=house.staff, target=house.finance)
    assert Outgoing.objects.count() == 1 and not Message.objects.filter(side="staff").exists()
