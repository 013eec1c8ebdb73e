"""Access levels: who makes them, who may give them, and that nobody raises their own rights (S19, SPEC: people)."""

import pytest

from accounts.models import AccessLevel, User
from accounts.roles import Right
from departments import services
from departments.models import Seat
from departments.places import forget, has_right_in, places_of
from departments.services import desks, levels
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_world, next_mobile
from web.errors import Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def _builtin(key: str) -> AccessLevel:
    return AccessLevel.objects.get(builtin=key)


def _seat(house: House, user: User) -> Seat:
    return Seat.objects.select_related("user", "department", "access_level").get(
        user=user, department=house.support
    )


@pytest.mark.spec("S19")
def test_a_tenant_starts_with_three_levels_and_seeing_the_department_is_off_in_each(house: House) -> None:
    found = {level.builtin: set(level.rights) for level in AccessLevel.objects.exclude(builtin="")}
    assert set(found) == {"manager", "staff", "observer"}
    assert not any(Right.SEE_DEPARTMENT in rights for rights in found.values())
    assert found["observer"] == set()
    assert found["staff"] < found["manager"]


@pytest.mark.spec("S19")
def test_the_owner_makes_changes_and_deletes_a_level_and_each_is_audited(house: House) -> None:
    level = levels.create_level(actor=house.owner, name="خط اول", rights=["reply", "take"])
    pk = level.pk
    desks.change_seat(
        _seat(house, house.staff), actor=house.owner, level="staff", accepts_choice=True, access_level=level
    )
    assert places_of(house.staff)[house.support.pk].rights == {"reply", "take"}
    levels.change_level(level, actor=house.owner, name="خط یک", rights=["reply"])
    forget(house.staff)
    assert places_of(house.staff)[house.support.pk].rights == {"reply"}
    assert levels.delete_level(level, actor=house.owner) == 1
    forget(house.staff)
    assert places_of(house.staff)[house.support.pk].rights == set(_builtin("staff").rights)
    entries = AuditEntry.objects.filter(verb__startswith="level.", target_id=pk).order_by("pk")
    verbs = list(entries.values_list("verb", flat=True))
    assert verbs == ["level.create", "level.change", "level.delete"]
    entry = AuditEntry.objects.get(verb="level.change")
    assert (entry.before["rights"], entry.after["rights"]) == (["reply", "take"], ["reply"])


def test_a_level_wants_a_name_of_its_own_and_known_rights(house: House) -> None:
    for name, rights, field in (
        ("", [], "name"),
        ("کارشناس", [], "name"),
        ("ن" * 61, [], "name"),
        ("تازه", ["root"], "rights"),
    ):
        with pytest.raises(Invalid) as refused:
            levels.create_level(actor=house.owner, name=name, rights=rights)
        assert refused.value.field == field
    with pytest.raises(Invalid):
        levels.delete_level(_builtin("staff"), actor=house.owner)


@pytest.mark.parametrize("role", ["manager", "staff", "customer_main"])
def test_nobody_but_the_owner_touches_levels(house: House, role: str) -> None:
    actor, level = getattr(house, role), _builtin("staff")
    for act in (
        lambda: levels.create_level(actor=actor, name="تازه"),
        lambda: levels.change_level(level, actor=actor, name="تازه", rights=["customers"]),
        lambda: levels.delete_level(level, actor=actor),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.spec("S27")
def test_a_manager_adds_and_seats_experts_of_the_own_department(house: House) -> None:
    person = services.create_staff(actor=house.manager, mobile=next_mobile(), department=house.support)
    place = _seat(house, person)
    assert (place.level, place.access_level) == ("staff", None)
    desks.change_seat(
        place, actor=house.manager, level="staff", accepts_choice=False, access_level=_builtin("observer")
    )
    assert _seat(house, person).access_level == _builtin("observer")
    services.unseat(_seat(house, person), actor=house.manager)
    topic = services.create_topic(actor=house.manager, department=house.support, name="تازه")
    services.move_topic(topic, actor=house.manager, to="up")


@pytest.mark.spec("H8")
def test_a_manager_does_nothing_in_another_department_and_makes_no_manager(house: House) -> None:
    for act in (
        lambda: services.create_staff(actor=house.manager, mobile=next_mobile(), department=house.finance),
        lambda: services.create_staff(actor=house.manager, mobile=next_mobile()),
        lambda: services.seat(actor=house.manager, user=house.staff, department=house.finance),
        lambda: services.seat(
            actor=house.manager, user=house.staff, department=house.support, level="manager"
        ),
        lambda: services.seat(actor=house.manager, user=house.owner, department=house.support),
        lambda: services.create_topic(actor=house.manager, department=house.finance, name="تازه"),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.spec("S19")
def test_nobody_raises_their_own_rights_or_grants_what_they_lack(house: House) -> None:
    wide = levels.create_level(actor=house.owner, name="همه‌کاره", rights=["reply", "customers"])
    mine = _seat(house, house.manager)
    for act in (
        lambda: desks.change_seat(
            mine, actor=house.manager, level="manager", accepts_choice=True, access_level=wide
        ),
        lambda: services.unseat(mine, actor=house.manager),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(Invalid) as refused:
        services.seat(actor=house.manager, user=house.staff, department=house.support, access_level=wide)
    assert refused.value.field == "access_level"
    # With the right to arrange alone, even the usual level of staff is more than they have.
    narrow = levels.create_level(actor=house.owner, name="چیننده", rights=["staff"])
    services.seat(actor=house.owner, user=house.colleague, department=house.support, access_level=narrow)
    with pytest.raises(Invalid):
        services.seat(actor=house.colleague, user=house.staff, department=house.support, accepts_choice=False)


def test_rights_are_those_of_each_seat_in_its_department(house: House) -> None:
    services.seat(
        actor=house.owner, user=house.staff, department=house.finance, access_level=_builtin("observer")
    )
    assert has_right_in(house.staff, house.support.pk, Right.REPLY)
    assert not has_right_in(house.staff, house.finance.pk, Right.REPLY)
    assert not has_right_in(house.staff, house.orphan.pk, Right.REPLY)
    assert has_right_in(house.owner, house.orphan.pk, Right.CUSTOMERS)
    assert not has_right_in(house.customer_main, house.support.pk, Right.REPLY)


def test_levels_of_another_tenant_are_not_there() -> None:
    world = make_world()
    with tenant_scope(world.rival.tenant):
        theirs = AccessLevel.objects.get(builtin="staff")
    home = world.home
    with tenant_scope(home.tenant):
        for act in (
            lambda: levels.change_level(theirs, actor=home.owner, name="تازه"),
            lambda: levels.delete_level(theirs, actor=home.owner),
            lambda: services.seat(
                actor=home.owner, user=home.staff, department=home.support, access_level=theirs
            ),
        ):
            with pytest.raises(NotFound):
                act()
