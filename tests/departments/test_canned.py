"""Answers kept ready: who writes, sees and uses which, and how they are found (S28, S19)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import AccessLevel
from accounts.roles import Right
from departments import ready
from departments.models import CannedResponse
from departments.services import canned, desks, levels
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.worlds import House, World, make_world
from web.errors import Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.spec("S28")]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def home(world: World) -> Iterator[House]:
    with tenant_scope(world.home.tenant):
        yield world.home


def make(
    house: House, *, actor: Any = None, name: str = "سلام", body: str = "سلام {مشتری}", **more: Any
) -> Any:
    return canned.create_canned(actor=actor or house.owner, name=name, body=body, **more)


def test_who_writes_which(home: House) -> None:
    """The owner everybody's and every department's, its manager a department's, everybody their own."""
    make(home, name="همه")
    for number, writer in enumerate((home.owner, home.manager)):
        make(home, actor=writer, name=f"دپارتمان {number}", department=home.support)
    make(home, actor=home.staff, name="خودم", user=home.staff)
    refused = (
        {"actor": home.manager},
        {"actor": home.staff, "department": home.support},
        {"actor": home.manager, "department": home.finance},
        {"actor": home.clerk, "department": home.finance},
        {"actor": home.owner, "user": home.staff},
        {"actor": home.manager, "user": home.staff},
        {"actor": home.customer_main, "user": home.customer_main},
    )
    for wrong in refused:
        with pytest.raises(NotAllowed):
            make(home, name="نه", **wrong)
    assert CannedResponse.objects.count() == 4


@pytest.mark.spec("S19")
def test_the_right_works_from_the_next_click(home: House) -> None:
    level = levels.create_level(actor=home.owner, name="نویسنده", rights=[Right.REPLY, Right.CANNED])
    desks.seat(actor=home.owner, user=home.staff, department=home.support, access_level=level)
    writer = type(home.staff).objects.get(pk=home.staff.pk)
    row = make(home, actor=writer, department=home.support)
    levels.change_level(
        AccessLevel.objects.get(pk=level.pk), actor=home.owner, name="نویسنده", rights=[Right.REPLY]
    )
    writer = type(home.staff).objects.get(pk=home.staff.pk)
    with pytest.raises(NotAllowed):
        canned.change_canned(row, actor=writer, name="دیگر", body="نه")
    with pytest.raises(NotAllowed):
        canned.delete_canned(row, actor=writer)


def test_who_sees_and_uses_which(home: House) -> None:
    make(home, name="همه")
    make(home, name="پشتیبانی", department=home.support)
    make(home, name="مالی", department=home.finance)
    make(home, actor=home.staff, name="آرش", user=home.staff)
    make(home, actor=home.owner, name="بهرام", user=home.owner)

    def seen(user: Any) -> set[str]:
        return set(ready.seen_by(user).values_list("name", flat=True))

    def used(user: Any, desk: Any) -> set[str]:
        return set(ready.usable(user, desk.pk).values_list("name", flat=True))

    assert seen(home.owner) == {"همه", "پشتیبانی", "مالی", "بهرام"}
    assert seen(home.staff) == {"همه", "پشتیبانی", "آرش"}
    assert seen(home.colleague) == {"همه", "پشتیبانی"}
    assert seen(home.clerk) == {"همه", "مالی"}
    assert seen(home.customer_main) == set()
    assert used(home.staff, home.finance) == {"همه", "مالی", "آرش"}
    assert used(home.owner, home.support) == {"همه", "پشتیبانی", "بهرام"}
    assert used(home.customer_main, home.support) == set()
    home.staff.is_active = False
    assert seen(home.staff) == set()


def test_another_persons_and_another_tenants_are_absent(world: World) -> None:
    home, rival = world.home, world.rival
    with tenant_scope(rival.tenant):
        foreign = make(rival)
    with tenant_scope(home.tenant):
        row = make(home, actor=home.staff, user=home.staff)
        for other in (home.owner, home.colleague, home.customer_main):
            with pytest.raises(NotFound):
                canned.change_canned(row, actor=other, name="از من", body="نه")
        for verb in (canned.delete_canned, lambda row, actor: canned.move_canned(row, actor=actor, to="up")):
            with pytest.raises(NotFound):
                verb(foreign, actor=home.owner)
        with pytest.raises(NotFound):
            make(home, name="آن‌جا", department=rival.support)


def test_changing_moving_and_taking_away_are_written_down(home: House) -> None:
    first, second = make(home, name="یک"), make(home, name="دو")
    canned.change_canned(first, actor=home.owner, name="یکم", body="سلام")
    canned.change_canned(first, actor=home.owner, name="یکم", body="سلام")  # nothing new
    canned.move_canned(second, actor=home.owner, to="up")
    canned.move_canned(second, actor=home.owner, to="up")  # at the edge
    assert list(CannedResponse.objects.values_list("name", flat=True)) == ["دو", "یکم"]
    canned.delete_canned(second, actor=home.owner)
    with pytest.raises(NotFound):
        canned.delete_canned(second, actor=home.owner)
    verbs = (
        AuditEntry.objects.filter(verb__startswith="canned.").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["canned.create", "canned.create", "canned.change", "canned.move", "canned.delete"]


@pytest.mark.parametrize(
    ("name", "body", "html", "field"),
    [
        ("", "سلام", "", "name"),
        ("\u200b \u202e", "سلام", "", "name"),
        ("ن" * 81, "سلام", "", "name"),
        ("نام", "", "", "body"),
        ("نام", " \u202e\n", "", "body"),
        ("نام", "س" * 10_001, "", "body"),
        ("نام", "", "<script>alert(1)</script>", "body"),
        ("نام", "", "<p>" + "<b>" * 20_000, "body"),
    ],
)
def test_bad_input(home: House, name: str, body: str, html: str, field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        make(home, name=name, body=body, html=html)
    assert wrong.value.field == field


def test_a_name_is_once_for_an_owner_and_free_for_another(home: House) -> None:
    make(home)
    make(home, department=home.support)
    make(home, department=home.finance)
    make(home, user=home.owner)
    for more in ({}, {"department": home.support}, {"user": home.owner}):
        with pytest.raises(Invalid) as wrong:
            make(home, **more)
        assert wrong.value.field == "name"
    row = make(home, name="دیگر")
    with pytest.raises(Invalid):
        canned.change_canned(row, actor=home.owner, name="سلام", body="متن")


@pytest.mark.parametrize(
    "asked", ["پیش‌فاکتور", "پیش فاكتور", "پيشفاكتور", "ارسال  می‌شود", "فاکت", "۱۲", "12"]
)
def test_it_is_found_in_every_spelling(home: House, asked: str) -> None:
    make(home, name="پیش‌فاکتور", body="تا ۱۲ ساعت دیگر ارسال می‌شود")
    make(home, name="دیگری", body="هیچ")
    assert [row.name for row in ready.matching(ready.seen_by(home.staff), asked)] == ["پیش‌فاکتور"]


def test_what_no_word_holds_is_not_found(home: House) -> None:
    make(home)
    assert not ready.matching(ready.seen_by(home.staff), "% یا هیچ").exists()
    assert ready.matching(ready.seen_by(home.staff), " ,; ").count() == 1
