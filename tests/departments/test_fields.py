"""What a department asks: made, changed, retyped, retired, ordered; nothing answered is lost (S31)."""

from __future__ import annotations

import pytest

from departments.models import ExtraField, FieldChoice, FieldKind
from departments.questions import all_of, asked, options_of
from departments.services.fields import (
    MOST_CHOICES,
    MOST_FIELDS,
    Wanted,
    bring_back,
    change_field,
    create_field,
    move_field,
    order_fields,
    retire_field,
    retype_field,
)
from departments.services.topics import create_topic
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_world
from web.errors import Conflict, Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db, pytest.mark.spec("S31")]


@pytest.fixture
def house():
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def make(house: House, kind: str = "text", label: str = "نسخه", **more) -> ExtraField:
    more.setdefault("actor", house.owner)
    more.setdefault("department", house.support)
    return create_field(kind=kind, label=label, **more)


def labels(field: ExtraField, *, active: bool = True) -> list[str]:
    rows = FieldChoice.objects.filter(field=field, is_active=active).order_by("position", "pk")
    return list(rows.values_list("label", flat=True))


def test_who_arranges_a_department_arranges_its_fields(house: House):
    for actor in (house.owner, house.manager):
        make(house, actor=actor, label=f"از {actor.name}")
    field = make(house, label="سوم")
    for actor in (house.staff, house.finance_manager, house.clerk, house.customer_main):
        for act in (
            lambda: make(house, actor=actor, label="دیگر"),  # noqa: B023
            lambda: change_field(field, actor=actor, label="دیگر"),  # noqa: B023
            lambda: retype_field(field, actor=actor, kind="long"),  # noqa: B023
            lambda: retire_field(field, actor=actor),  # noqa: B023
            lambda: bring_back(field, actor=actor),  # noqa: B023
            lambda: order_fields(actor=actor, department=house.support, order=[]),  # noqa: B023
            lambda: move_field(field, actor=actor, to="up"),  # noqa: B023
        ):
            with pytest.raises(NotAllowed):
                act()
    assert AuditEntry.objects.filter(verb="field.create").count() == 3


@pytest.mark.parametrize(
    ("wrong", "at"),
    [
        ({"label": " "}, "label"),
        ({"label": "ن" * 81}, "label"),
        ({"help": "ر" * 201}, "help"),
        ({"kind": "colour"}, "kind"),
        ({"kind": "choice"}, "choices"),
        ({"kind": "choice", "choices": ["الف", "الف"]}, "choices"),
        ({"kind": "choice", "choices": ["گ" * 81]}, "choices"),
        ({"kind": "choices", "choices": [f"گزینهٔ {n}" for n in range(MOST_CHOICES + 1)]}, "choices"),
        ({"kind": "text", "choices": ["الف"]}, "choices"),
    ],
)
def test_a_field_that_is_not_right_is_refused_at_its_place(house: House, wrong, at):
    with pytest.raises(Invalid) as refused:
        make(house, **{"kind": "text", "label": "نسخه", **wrong})
    assert refused.value.field == at


def test_labels_are_once_among_those_asked_and_a_department_has_forty(house: House):
    first = make(house)
    with pytest.raises(Invalid) as refused:
        make(house)
    assert refused.value.field == "label"
    retire_field(first, actor=house.owner)
    again = make(house)
    with pytest.raises(Conflict):
        bring_back(first, actor=house.owner)
    retire_field(again, actor=house.owner)
    bring_back(first, actor=house.owner)
    for number in range(MOST_FIELDS - 1):
        make(house, label=f"پرسش {number}")
    with pytest.raises(Invalid):
        make(house, label="یکی بیشتر")
    with pytest.raises(Invalid):
        bring_back(again, actor=house.owner)


def test_choices_keep_who_they_are_when_renamed_reordered_and_left_out(house: House):
    field = make(house, "choice", choices=["کم", "زیاد", "هیچ"])
    low, high, none = FieldChoice.objects.filter(field=field).order_by("position")
    # Two change names, one goes, one comes.
    change_field(
        field,
        actor=house.owner,
        label="شدت",
        choices=[Wanted("کم", high.pk), Wanted("زیاد", low.pk), Wanted("فاجعه")],
    )
    assert labels(field) == ["کم", "زیاد", "فاجعه"]
    assert labels(field, active=False) == ["هیچ"]
    assert FieldChoice.objects.get(pk=high.pk).label == "کم"
    # What comes back under its old name is the same choice.
    change_field(field, actor=house.owner, label="شدت", choices=["هیچ", Wanted("کم", high.pk)])
    assert FieldChoice.objects.get(pk=none.pk).is_active
    assert labels(field) == ["هیچ", "کم"]
    with pytest.raises(Invalid):
        change_field(field, actor=house.owner, label="شدت", choices=[Wanted("زیاد", high.pk)])
    with pytest.raises(Invalid):
        change_field(field, actor=house.owner, label="شدت", choices=[])


def test_another_fields_choice_or_anothers_topic_is_not_taken(house: House):
    field = make(house, "choice", choices=["کم"])
    other = make(house, "choice", label="دیگر", choices=["زیاد"])
    with pytest.raises(NotFound):
        change_field(field, actor=house.owner, label="ن", choices=[Wanted("x", other.choices.get().pk)])
    elsewhere = create_topic(actor=house.owner, department=house.finance, name="مالیات")
    with pytest.raises(Invalid) as refused:
        change_field(field, actor=house.owner, label="ن", topics=[elsewhere])
    assert refused.value.field == "topics"


def test_retyping_retires_the_row_and_takes_choices_along(house: House):
    field = make(house, "choice", choices=["کم", "زیاد"], topics=[house.topic], is_required=True)
    fresh = retype_field(field, actor=house.manager, kind="choices")
    field.refresh_from_db()
    assert (field.is_active, field.kind) == (False, FieldKind.CHOICE)
    assert (fresh.replaces_id, fresh.kind, fresh.label, fresh.position) == (field.pk, "choices", "نسخه", 0)
    assert fresh.is_required and labels(fresh) == ["کم", "زیاد"]
    assert fresh.topics.get().topic_id == house.topic.pk
    plain = retype_field(fresh, actor=house.owner, kind="text")
    with pytest.raises(Invalid):
        retype_field(plain, actor=house.owner, kind="choice")
    with pytest.raises(Conflict):
        retype_field(fresh, actor=house.owner, kind="number")
    assert retype_field(plain, actor=house.owner, kind="text").pk == plain.pk


def test_a_field_of_ours_that_is_opened_to_customers_is_another_one(house: House):
    field = make(house, "choice", choices=["بدحساب", "خوش‌حساب"], is_staff_only=True)
    rows = [Wanted(one.label, one.pk) for one in field.choices.all()]
    fresh = change_field(field, actor=house.owner, label="نسخه", is_staff_only=False, choices=rows)
    assert fresh.pk != field.pk and fresh.replaces_id == field.pk
    assert sorted(labels(fresh)) == ["بدحساب", "خوش‌حساب"]
    # The other way nothing needs to change its place.
    assert change_field(fresh, actor=house.owner, label="نسخه", is_staff_only=True).pk == fresh.pk


def test_what_is_asked_depends_on_topic_and_side(house: House):
    inner = create_topic(actor=house.owner, department=house.support, name="چاپگر", parent=house.topic)
    everywhere = make(house, label="همه‌جا")
    printing = make(house, label="چاپ", topics=[house.topic])
    ours = make(house, label="از ما", is_staff_only=True)
    retire_field(make(house, label="رفته"), actor=house.owner)

    def of(topic, *, by_staff=False):
        return [one.pk for one in asked(house.support.pk, topic, by_staff=by_staff)]

    assert of(None) == [everywhere.pk]
    assert of(house.topic) == [everywhere.pk, printing.pk]
    assert of(inner) == [everywhere.pk, printing.pk]
    assert of(None, by_staff=True) == [everywhere.pk, ours.pk]


def test_fields_are_put_into_another_order(house: House):
    first, second, third = (make(house, label=word) for word in ("یک", "دو", "سه"))
    order_fields(actor=house.manager, department=house.support, order=[third.pk, first.pk])
    assert [one.pk for one in all_of(house.support.pk)] == [third.pk, first.pk, second.pk]
    with pytest.raises(Invalid):
        order_fields(actor=house.owner, department=house.support, order=[first.pk, first.pk])
    with pytest.raises(NotFound):
        order_fields(actor=house.owner, department=house.finance, order=[first.pk])


def test_a_field_changes_places_with_its_neighbour(house: House):
    first, second, third = (make(house, label=word) for word in ("یک", "دو", "سه"))
    for field, to in ((first, "up"), (third, "down"), (third, "up"), (first, "down"), (first, "down")):
        move_field(field, actor=house.manager, to=to)
    assert [one.label for one in all_of(house.support.pk)] == ["سه", "دو", "یک"]
    assert AuditEntry.objects.filter(verb="field.order").count() == 3
    retire_field(second, actor=house.owner)
    with pytest.raises(NotFound):
        move_field(second, actor=house.owner, to="up")


def test_all_fields_with_choices_are_one_statement(house: House, django_assert_num_queries):
    for number in range(3):
        make(house, "choices", label=f"پرسش {number}", choices=["الف", "ب"], topics=[house.topic])
    with django_assert_num_queries(1):
        rows = all_of(house.support.pk)
    assert [[one.label for one in options_of(row)] for row in rows] == [["الف", "ب"]] * 3


def test_a_rivals_field_is_absent():
    world = make_world()
    with tenant_scope(world.rival.tenant):
        foreign = make(world.rival)
    with tenant_scope(world.home.tenant), pytest.raises(NotFound):
        retire_field(foreign, actor=world.home.owner)


def test_a_choice_that_came_after_the_page_was_made_is_not_retired_by_it(house: House):
    """Two arrange the same question: a page retires only what stood on it."""
    field = make(house, "choice", choices=["کم", "زیاد"])
    few, many = FieldChoice.objects.filter(field=field).order_by("position")
    stale = {"act": "change", "label": "شدت", f"choice_{few.pk}": "اندک", f"choice_{many.pk}": "", "more": ""}
    change_field(field, actor=house.owner, label="شدت", choices=[*map(_as_is, (few, many)), "میانه"])
    page = f"/manage/departments/{house.support.pk}/fields/{field.pk}/"
    assert house.client(house.owner).post(page, stale).status_code == 302
    assert labels(field) == ["اندک", "میانه"] and labels(field, active=False) == ["زیاد"]


def _as_is(choice: FieldChoice) -> Wanted:
    return Wanted(choice.label, choice.pk)
