"""Who gets a new ticket: topics, turns, least load, the department's rule and the alarm of the last step (S1, S18)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from departments import services
from departments.absence import today
from departments.models import Sharing, Topic
from departments.services import groups, vacations
from notifications.models import Bell, Delivery
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.tickets.browsing import counted, request_for, text
from tests.worlds import House, make_house, make_ticket, make_world
from tickets import choices, sentences
from tickets.models import Event, Ticket
from tickets.services import close
from web.errors import Invalid, NotAllowed, NotFound

pytestmark = pytest.mark.sqlite
ROTATION, LEAST, QUEUE, PERSON = (
    rule.value for rule in (Sharing.ROTATION, Sharing.LEAST, Sharing.QUEUE, Sharing.PERSON)
)


@pytest.fixture
def house(db):
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def away(house: House, *people) -> None:
    for person in people:
        vacations.plan(person, actor=house.owner, starts_on=today(), ends_on=today() + timedelta(days=1))


def topic(house: House, name: str, **more) -> Topic:
    department = more.pop("department", house.support)
    return services.create_topic(actor=house.owner, department=department, name=name, **more)


def desk_rule(house: House, rule: str) -> None:
    house.support = services.change_department(
        house.support,
        actor=house.owner,
        name=house.support.name,
        description="",
        is_hidden=False,
        shares_unassigned=True,
        rule=rule,
    )


def routed(ticket: Ticket) -> tuple:
    return ticket.assignee, Event.objects.get(ticket=ticket, kind="routed").reason


def told(ticket: Ticket) -> set[tuple]:
    return set(Bell.objects.filter(about=f"ticket:{ticket.pk}").values_list("user_id", "kind"))


@pytest.mark.spec("S1")
def test_rotation_goes_round_those_present_and_leaves_the_manager_for_last(house: House) -> None:
    turns = topic(house, "ورود", rule=ROTATION)
    got = [routed(make_ticket(house, topic=turns)) for _ in range(4)]
    assert got == [(person, "rotation") for person in (house.staff, house.colleague) * 2]
    away(house, house.staff)
    assert [routed(make_ticket(house, topic=turns))[0] for _ in range(2)] == [house.colleague] * 2
    away(house, house.colleague)
    assert routed(make_ticket(house, topic=turns)) == (house.manager, "rotation")


@pytest.mark.spec("S1")
def test_least_load_counts_unfinished_tickets_of_this_department_alone(house: House) -> None:
    busy = topic(house, "انبار", rule=LEAST)
    services.seat(actor=house.owner, user=house.staff, department=house.finance)
    for _ in range(3):
        make_ticket(house, department=house.finance, staff=house.staff)
    closed = make_ticket(house, staff=house.staff)
    close(closed, actor=house.staff)
    make_ticket(house, staff=house.colleague)
    assert routed(make_ticket(house, topic=busy)) == (house.staff, "least")
    # Of equals, who was given one longest ago.
    assert [routed(make_ticket(house, topic=busy))[0] for _ in range(3)] == [
        house.colleague,
        house.staff,
        house.colleague,
    ]


@pytest.mark.spec("S18")
def test_an_inner_topic_has_its_own_rule_else_the_outers_else_the_departments(house: House) -> None:
    outer = topic(house, "سرور", rule=PERSON, assignee=house.colleague)
    plain = topic(house, "دیسک", parent=outer)
    own = topic(house, "شبکه", parent=outer, rule=QUEUE)
    bare = topic(house, "پرسش")
    assert routed(make_ticket(house, topic=plain)) == (house.colleague, "topic")
    assert routed(make_ticket(house, topic=outer)) == (house.colleague, "topic")
    assert routed(make_ticket(house, topic=own)) == (None, "manager")
    assert routed(make_ticket(house, topic=bare)) == (None, "manager")
    desk_rule(house, ROTATION)
    assert routed(make_ticket(house, topic=bare)) == (house.staff, "department")
    assert routed(make_ticket(house, topic=None)) == (house.colleague, "department")
    # A topic's «queue» holds against the department's rule; a person who is away does not.
    assert routed(make_ticket(house, topic=own)) == (None, "manager")
    away(house, house.colleague)
    assert routed(make_ticket(house, topic=plain)) == (house.staff, "department")
    desk_rule(house, LEAST)
    assert routed(make_ticket(house)) == (house.staff, "department_least")


@pytest.mark.spec("S1")
def test_the_link_comes_first_and_the_chosen_person_second(house: House) -> None:
    turns = topic(house, "ورود", rule=ROTATION)
    assert routed(make_ticket(house, topic=turns, staff=house.colleague)) == (house.colleague, "chosen")
    assert Topic.objects.get(pk=turns.pk).turn == 0
    link = {"actor": house.owner, "customer": house.customer, "department": house.support}
    services.link_customer(**link, staff=house.staff)
    assert routed(make_ticket(house, topic=turns, staff=house.colleague)) == (house.staff, "link")
    # A link to a department alone leaves the person to the next steps; the department posted is ignored.
    services.link_customer(**link, staff=None)
    assert routed(make_ticket(house, topic=turns, department=house.finance)) == (house.staff, "rotation")


def test_a_named_group_of_staff_narrows_the_turns_to_its_members_here(house: House) -> None:
    first = groups.create_group(actor=house.owner, name="خط اول")
    for person in (house.manager, house.colleague, house.finance_manager):
        groups.join(first, actor=house.owner, user=person)
    turns = topic(house, "ورود", rule=ROTATION, group=first)
    people = [routed(make_ticket(house, topic=turns))[0] for _ in range(3)]
    assert people == [house.manager, house.colleague, house.manager]
    # Nobody of the group is there: the department's rule, here the queue.
    away(house, house.manager, house.colleague)
    assert routed(make_ticket(house, topic=turns))[1] == "manager_off"


@pytest.mark.spec("S1")
def test_a_ticket_for_nobody_rings_the_manager_else_the_owner(house: House) -> None:
    ticket = make_ticket(house)
    assert (house.manager.pk, "ticket.unassigned") in told(ticket)
    line = Bell.objects.get(user=house.manager, about=f"ticket:{ticket.pk}")
    assert "در صف، بی‌مسئول" in line.text
    assert Delivery.objects.filter(kind="ticket.unassigned", recipient=house.manager, channel="sms").exists()
    desk_rule(house, ROTATION)
    away(house, house.manager, house.staff, house.colleague)
    everybody_away = make_ticket(house)
    assert routed(everybody_away) == (None, "manager_off")
    assert (house.owner.pk, "ticket.unassigned") in told(everybody_away)
    services.change_department(
        house.orphan,
        actor=house.owner,
        name=house.orphan.name,
        description="",
        is_hidden=False,
        shares_unassigned=True,
        rule=LEAST,
    )
    house.orphan.refresh_from_db()
    nobody_sits = make_ticket(house, department=house.orphan)
    assert routed(nobody_sits) == (None, "owner")
    assert (house.owner.pk, "ticket.unassigned") in told(nobody_sits)


def test_the_event_says_why_in_words(house: House) -> None:
    desk_rule(house, ROTATION)
    reasons = {
        make_ticket(house): "به نوبت در دپارتمان",
        make_ticket(house, topic=topic(house, "یک", rule=ROTATION)): "به نوبت در این گروه موضوعی",
        make_ticket(house, topic=topic(house, "دو", rule=LEAST)): "کمترین تیکت باز",
    }
    for ticket, words in reasons.items():
        assert words in sentences.sentence(Event.objects.get(ticket=ticket, kind="routed"))


@pytest.mark.spec("S18")
def test_topics_nest_one_level_in_their_own_department(house: House) -> None:
    outer, other = topic(house, "سرور"), topic(house, "سایت")
    inner = topic(house, "دیسک", parent=outer)
    elsewhere = topic(house, "صورت‌حساب", department=house.finance)

    def put(row: Topic, parent: Topic | None) -> str | None:
        try:
            services.change_topic(row, actor=house.owner, name=row.name, assignee=None, parent=parent)
        except Invalid as refused:
            return refused.field
        return None

    refused = {
        "itself": put(other, other),
        "a child of it": put(outer, inner),
        "below a child": put(other, inner),
        "with children": put(outer, other),
        "another department's": put(other, elsewhere),
    }
    assert set(refused.values()) == {"parent"}, refused
    with pytest.raises(Invalid) as third:
        topic(house, "درایو", parent=inner)
    assert third.value.field == "parent"
    assert put(inner, other) is None and put(inner, None) is None
    assert Topic.objects.get(pk=inner.pk).path == "دیسک"


def test_a_rule_needs_whom_it_speaks_of(house: House) -> None:
    empty = groups.create_group(actor=house.owner, name="خالی")
    wrong = {
        "assignee": [
            {"rule": PERSON},
            {"assignee": house.finance_manager},
            {"rule": PERSON, "assignee": house.owner},
        ],
        "rule": [{"rule": "luck"}],
        "group": [{"rule": ROTATION, "group": empty}],
    }
    for field, wishes in wrong.items():
        for wish in wishes:
            with pytest.raises(Invalid) as refused:
                topic(house, "تازه", **wish)
            assert refused.value.field == field, wish
    for rule in (PERSON, "", "luck"):
        with pytest.raises(Invalid) as refused:
            desk_rule(house, rule)
        assert refused.value.field == "rule"
    # What the rule does not speak of is not kept.
    one = topic(house, "تازه", rule=ROTATION, assignee=house.staff)
    assert (one.assignee, one.own_rule) == (None, ROTATION)


def test_topics_that_new_tickets_may_not_name_are_refused(house: House) -> None:
    outer = topic(house, "سرور")
    inner = topic(house, "دیسک", parent=outer)
    elsewhere = topic(house, "صورت‌حساب", department=house.finance)
    services.change_topic(outer, actor=house.owner, name="سرور", assignee=None, is_active=False)
    outer, inner = (Topic.objects.select_related("parent").get(pk=one.pk) for one in (outer, inner))
    client = house.client(house.customer_main)
    page = text(client.get("/portal/tickets/new/"))
    assert "دیسک" not in page and "صورت‌حساب" in page
    for wrong in (outer, inner, elsewhere):
        with pytest.raises(Invalid) as refused:
            make_ticket(house, topic=wrong)
        assert refused.value.field == "topic"
        response = client.post("/portal/tickets/new/", request_for(house, topic=str(wrong.pk)))
        assert response.status_code == 422 and "از امروز صبح چاپ نمی‌شود." in text(response)
    assert not Ticket.objects.exists()
    # With a link a topic that does not fit is left out, as everything posted is.
    services.link_customer(actor=house.owner, customer=house.customer, department=house.support)
    assert make_ticket(house, topic=inner).topic is None


def test_another_tenants_rows_are_absent_and_strangers_may_not(db) -> None:
    world = make_world()
    with tenant_scope(world.rival.tenant):
        theirs = topic(world.rival, "سرور")
        group = groups.create_group(actor=world.rival.owner, name="خط اول")
        groups.join(group, actor=world.rival.owner, user=world.rival.staff)
    home = world.home
    with tenant_scope(home.tenant):
        for wish in (
            {"parent": theirs},
            {"rule": ROTATION, "group": group},
            {"rule": PERSON, "assignee": world.rival.staff},
        ):
            with pytest.raises(NotFound):
                topic(home, "تازه", **wish)
        with pytest.raises(NotFound):
            services.order_topics(actor=home.owner, department=home.support, order=[theirs.pk])
        for actor in (home.staff, home.finance_manager, home.customer_main):
            with pytest.raises(NotAllowed):
                services.order_topics(actor=actor, department=home.support, order=[home.topic.pk])


def test_topics_keep_their_order_level_by_level(house: House) -> None:
    outer = topic(house, "سرور")
    inner = [topic(house, name, parent=outer) for name in ("یک", "دو", "سه")]
    services.move_topic(inner[2], actor=house.owner, to="up")
    services.move_topic(outer, actor=house.owner, to="up")
    services.move_topic(outer, actor=house.owner, to="up")

    def names() -> list[str]:
        return [one.path for one in choices.topics_among([house.support])]

    assert names() == ["سرور", "سرور / یک", "سرور / سه", "سرور / دو", "چاپ و گزارش"]
    order = [one.pk for one in inner]
    services.order_topics(actor=house.manager, department=house.support, order=order, parent=outer)
    services.order_topics(actor=house.manager, department=house.support, order=order, parent=outer)
    assert names()[1:4] == ["سرور / یک", "سرور / دو", "سرور / سه"]
    assert AuditEntry.objects.filter(verb="order_topics").count() == 1
    with pytest.raises(NotFound):
        services.order_topics(actor=house.manager, department=house.support, order=order)
    with pytest.raises(Invalid):
        services.order_topics(
            actor=house.manager, department=house.support, order=[outer.pk, outer.pk], parent=None
        )
    # Whoever is put elsewhere stands last there.
    services.change_topic(inner[0], actor=house.owner, name="یک", assignee=None)
    assert names()[-1] == "یک"


@pytest.mark.spec("S18")
def test_the_queue_filters_by_a_topic_with_those_inside_and_names_the_path(house: House) -> None:
    outer = topic(house, "سرور")
    inner = topic(house, "دیسک", parent=outer)
    make_ticket(house, topic=inner, subject="دیسک پر است")
    make_ticket(house, topic=house.topic, subject="چاپ نمی‌شود")
    client = house.client(house.manager)
    for one, name in ((outer, "سرور"), (inner, "سرور / دیسک")):
        page = text(client.get(f"/desk/tickets/?view=all&topic={one.pk}"))
        assert "دیسک پر است" in page and "چاپ نمی‌شود" not in page
        assert f'گروه موضوعی: <b class="clip">{name}</b>' in page
    offered = text(client.get(f"/desk/tickets/?view=all&department={house.support.pk}"))
    assert f"department={house.support.pk}&amp;topic={inner.pk}" in offered and "سرور / دیسک" in offered
    ticket = Ticket.objects.get(topic=inner)
    assert "سرور / دیسک" in text(client.get(f"/desk/tickets/{ticket.number}/"))
    # Who sees no such ticket is told no name.
    stranger = house.client(house.finance_manager)
    assert "دیسک" not in text(stranger.get(f"/desk/tickets/?view=all&topic={inner.pk}"))


@pytest.mark.postgres
@pytest.mark.parametrize("rule", [ROTATION, LEAST])
def test_creating_by_a_rule_costs_at_most_20_statements_too(house: House, rule: str) -> None:
    first = groups.create_group(actor=house.owner, name="خط اول")
    groups.join(first, actor=house.owner, user=house.staff)
    outer = topic(house, "سرور", rule=rule, group=first)
    inner = topic(house, "دیسک", parent=outer)
    client = house.client(house.customer_main)
    client.get("/portal/tickets/new/")
    cost = []
    for _ in range(5):
        response, statements = counted(
            client, "/portal/tickets/new/", request_for(house, topic=str(inner.pk), wants_sms="on")
        )
        assert response.status_code == 302
        cost.append(statements)
    assert len(set(cost[1:])) == 1 and cost[-1] <= 20, cost
    assert Ticket.objects.filter(assignee=house.staff).count() == 5
