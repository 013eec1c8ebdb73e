"""Departments and seats: the rules the owner meets, and who may not come near them (H7, H8)."""

import pytest

from departments import services
from departments.models import Department, Seat, Topic
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_world, next_mobile
from web.errors import Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.mark.spec("H7")
def test_department_is_made_last_and_moved_among_its_neighbours(house):
    with tenant_scope(house.tenant):
        new = services.create_department(actor=house.owner, name="آموزش\u202e\x00 ", description="کلاس\nها")
        assert (new.name, new.description) == ("آموزش", "کلاس ها")
        names = lambda: [row.name for row in Department.objects.all()]  # noqa: E731
        assert names()[-1] == "آموزش"
        services.move_department(new, actor=house.owner, to="up")
        assert names()[-2] == "آموزش"
        services.move_department(new, actor=house.owner, to="down")
        services.move_department(new, actor=house.owner, to="down")
        assert names()[-1] == "آموزش"
        assert AuditEntry.objects.filter(verb="create_department", target_label="آموزش").count() == 1


@pytest.mark.parametrize("name", ["", " \u200c ", "پشتیبانی فنی", "ن" * 81])
def test_department_needs_a_name_of_its_own(house, name):
    with tenant_scope(house.tenant):
        with pytest.raises(Invalid) as refused:
            services.create_department(actor=house.owner, name=name)
        assert refused.value.field == "name"
        with pytest.raises(Invalid):
            services.change_department(
                house.finance,
                actor=house.owner,
                name=name,
                description="",
                is_hidden=False,
                shares_unassigned=True,
            )
        assert Department.objects.get(pk=house.finance.pk).name == "مالی و قرارداد"


def test_change_department_records_only_what_changed(house):
    with tenant_scope(house.tenant):
        services.change_department(
            house.finance,
            actor=house.owner,
            name="مالی",
            description="",
            is_hidden=True,
            shares_unassigned=True,
        )
        entry = AuditEntry.objects.get(verb="change_department")
        assert entry.before == {"name": "مالی و قرارداد", "is_hidden": False}
        assert entry.after == {"name": "مالی", "is_hidden": True}


@pytest.mark.spec("H7")
def test_department_has_one_manager_and_any_number_of_staff(house):
    with tenant_scope(house.tenant):
        with pytest.raises(Invalid) as refused:
            services.seat(actor=house.owner, user=house.staff, department=house.support, level="manager")
        assert refused.value.field == "level"
        assert house.manager.name in refused.value.message
        assert Seat.objects.filter(department=house.support, level="manager").count() == 1
        services.seat(actor=house.owner, user=house.manager, department=house.support, level="staff")
        services.seat(actor=house.owner, user=house.staff, department=house.support, level="manager")
        assert Seat.objects.get(department=house.support, level="manager").user == house.staff


@pytest.mark.spec("H8")
def test_person_sits_in_several_departments_with_a_level_in_each(house):
    with tenant_scope(house.tenant):
        services.seat(actor=house.owner, user=house.staff, department=house.orphan, level="manager")
        services.seat(actor=house.owner, user=house.staff, department=house.orphan, level="manager")
        levels = dict(Seat.objects.filter(user=house.staff).values_list("department__name", "level"))
        assert levels == {"پشتیبانی فنی": "staff", "فروش": "manager"}


def test_seat_is_for_our_own_people_only(house):
    with tenant_scope(house.tenant), pytest.raises(Invalid) as refused:
        services.seat(actor=house.owner, user=house.customer_main, department=house.support)
    assert refused.value.field == "user"
    with tenant_scope(house.tenant), pytest.raises(Invalid) as refused:
        services.seat(actor=house.owner, user=house.staff, department=house.support, level="king")
    assert refused.value.field == "level"


def test_unseat_frees_the_topics_and_refuses_a_customers_own_person(house):
    with tenant_scope(house.tenant):
        topic = services.change_topic(house.topic, actor=house.owner, name="چاپ", assignee=house.staff)
        place = Seat.objects.get(user=house.staff)
        services.link_customer(
            actor=house.owner, customer=house.customer, department=house.support, staff=house.staff
        )
        with pytest.raises(Invalid) as refused:
            services.unseat(place, actor=house.owner)
        assert house.customer.name in refused.value.message
        services.unlink_customer(actor=house.owner, customer=house.customer)
        services.unseat(place, actor=house.owner)
        assert Topic.objects.get(pk=topic.pk).assignee is None
        assert not Seat.objects.filter(user=house.staff).exists()


def test_switch_department_off_waits_for_its_customers(house):
    with tenant_scope(house.tenant):
        services.link_customer(actor=house.owner, customer=house.customer, department=house.orphan)
        with pytest.raises(Invalid) as refused:
            services.switch_department(house.orphan, actor=house.owner, active=False)
        assert house.customer.name in refused.value.message
        services.unlink_customer(actor=house.owner, customer=house.customer)
        assert not services.switch_department(house.orphan, actor=house.owner, active=False).is_active
        assert services.switch_department(house.orphan, actor=house.owner, active=True).is_active


@pytest.mark.spec("S18")
def test_topic_names_its_person_of_the_same_department(house):
    with tenant_scope(house.tenant):
        topic = services.create_topic(
            actor=house.owner, department=house.support, name="خطای ورود", assignee=house.staff
        )
        for wrong, field in (
            ({"name": "چاپ و گزارش", "assignee": None}, "name"),
            ({"name": "", "assignee": None}, "name"),
            ({"name": "خوب", "assignee": house.finance_manager}, "assignee"),
        ):
            with pytest.raises(Invalid) as refused:
                services.change_topic(topic, actor=house.owner, **wrong)
            assert refused.value.field == field
        services.move_topic(topic, actor=house.owner, to="up")
        assert Topic.objects.filter(department=house.support).first() == topic
        services.change_topic(topic, actor=house.owner, name="ورود", assignee=None, is_active=False)
        assert not Topic.objects.get(pk=topic.pk).is_active


def test_create_staff_seats_them_or_makes_nobody(house):
    with tenant_scope(house.tenant):
        mobile = next_mobile()
        with pytest.raises(Invalid) as refused:
            services.create_staff(actor=house.owner, mobile=mobile, department=house.support, level="manager")
        assert refused.value.field == "level"
        person = services.create_staff(
            actor=house.owner, mobile=mobile, department=house.orphan, level="manager"
        )
        assert Seat.objects.get(user=person).is_manager


def test_only_the_owner_shapes_desks(house):
    acts = (
        lambda actor: services.create_department(actor=actor, name="تازه"),
        lambda actor: services.move_department(house.support, actor=actor, to="down"),
        lambda actor: services.switch_department(house.orphan, actor=actor, active=False),
        lambda actor: services.seat(actor=actor, user=house.staff, department=house.orphan),
        lambda actor: services.unseat(Seat.objects.get(user=house.manager), actor=actor),
        lambda actor: services.create_topic(actor=actor, department=house.finance, name="تازه"),
        lambda actor: services.change_department(
            house.support, actor=actor, name="تازه", description="", is_hidden=False, shares_unassigned=True
        ),
        lambda actor: services.link_customer(actor=actor, customer=house.customer, department=house.support),
        lambda actor: services.unlink_customer(actor=actor, customer=house.customer),
        lambda actor: services.create_staff(actor=actor, mobile=next_mobile()),
        lambda actor: services.create_customer(actor=actor, name="تازه", mobile=next_mobile()),
    )
    with tenant_scope(house.tenant):
        for act in acts:
            for actor in (house.manager, house.staff, house.customer_main):
                with pytest.raises(NotAllowed):
                    act(actor)


def test_rows_of_another_tenant_are_not_there():
    world = make_world()
    home, rival = world.home, world.rival
    with tenant_scope(home.tenant):
        for act in (
            lambda: services.seat(actor=home.owner, user=rival.staff, department=home.support),
            lambda: services.seat(actor=home.owner, user=home.staff, department=rival.orphan),
            lambda: services.create_topic(actor=home.owner, department=rival.support, name="تازه"),
            lambda: services.link_customer(
                actor=home.owner, customer=rival.customer, department=home.support
            ),
            lambda: services.switch_department(rival.orphan, actor=home.owner, active=False),
            lambda: services.move_department(rival.orphan, actor=home.owner, to="up"),
        ):
            with pytest.raises(NotFound):
                act()
