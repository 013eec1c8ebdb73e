"""The queue narrowed by extra fields, and taken away with a column for each (S31)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from openpyxl import load_workbook

from departments.models import ExtraField
from departments.services.fields import create_field, retire_field
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.tickets.browsing import counted, text
from tests.worlds import House, World, make_ticket, make_world
from tickets import services
from tickets.models import FieldAnswer, FieldWord, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.spec("S31")]


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house(world: World) -> House:
    return world.home


def make(house: House, kind: str, **more) -> ExtraField:
    with tenant_scope(house.tenant):
        more.setdefault("choices", ["کم", "زیاد"] if kind in ("choice", "choices") else [])
        return create_field(
            actor=house.owner, department=house.support, kind=kind, label=f"پرسش {kind}", **more
        )


def answered(house: House, field: ExtraField, value, subject: str) -> Ticket:
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, staff=house.staff, subject=subject)
        if value is not None:
            services.fill(ticket, actor=house.staff, answers={field.pk: value})
        return ticket


def found(house: House, user, **params) -> set[str]:
    query = {"view": "all", "department": str(house.support.pk), **params}
    page = text(house.client(user).get("/desk/tickets/", query))
    return {word for word in ("آلبالو", "گیلاس", "هلو") if word in page}


@pytest.mark.parametrize(
    ("kind", "first", "second", "params"),
    [
        ("number", Decimal("-3.5"), Decimal(12), {"min": "۴", "max": "۱۲"}),
        ("date", dt.date(2026, 3, 20), dt.date(2026, 3, 21), {"min": "۱۴۰۵/۰۱/۰۱"}),
        ("flag", True, False, {"": "no"}),
        ("choice", 0, 1, {"": 1}),
        ("choices", 0, 1, {"": 1}),
    ],
)
def test_the_queue_is_narrowed_by_each_kind(house: House, kind: str, first, second, params):
    field = make(house, kind, is_staff_only=True)
    if kind in ("choice", "choices"):
        with tenant_scope(house.tenant):
            pks = list(field.choices.order_by("position").values_list("pk", flat=True))
        first, second, params = {pks[0]}, {pks[1]}, {"": str(pks[1])}
    answered(house, field, first, "آلبالو")
    answered(house, field, second, "گیلاس")
    answered(house, field, None, "هلو")
    asked = {f"f{field.pk}{end}": value for end, value in params.items()}
    assert found(house, house.manager, **asked) == {"گیلاس"}
    # What is none of the field's values narrows nothing, nor does a field of a desk that is not one's own.
    wrong = dict.fromkeys(asked, "x'; --")
    assert found(house, house.manager, **wrong) == {"آلبالو", "گیلاس", "هلو"}
    assert found(house, house.owner, **asked, department="") == {"آلبالو", "گیلاس", "هلو"}
    page = text(house.client(house.manager).get("/desk/tickets/", {"department": house.support.pk, **asked}))
    assert field.label in page and "برداشتن فیلتر" in page


@pytest.mark.parametrize(
    ("kind", "first", "second", "asked", "wrong", "chip"),
    [
        ("mobile", "09123456789", "09350000001", "٠۹۱۲-۳۴۵ ۶۷۸۹", "۰۹۱۲۳۴۵", "۰۹۱۲ ۳۴۵ ۶۷۸۹"),
        ("id", "0013542419", "0084575948", "۰۰۱-۳۵۴۲۴۱۹", "۰۰۱۳۵۴۲۴۱۸", "۰۰۱۳۵۴۲۴۱۹"),
    ],
)
def test_the_queue_is_narrowed_by_a_whole_number_however_it_is_typed(
    house: House, kind: str, first: str, second: str, asked: str, wrong: str, chip: str
):
    field = make(house, kind)
    answered(house, field, first, "آلبالو")
    answered(house, field, second, "گیلاس")
    assert found(house, house.manager, **{f"f{field.pk}": asked}) == {"آلبالو"}
    address = f"/desk/tickets/?view=all&department={house.support.pk}&f{field.pk}="
    page = text(house.client(house.manager).get(address + asked))
    assert f'<bdi dir="ltr">{chip}</bdi>' in page and "برداشتن فیلتر" in page
    # What is no such number narrows nothing, and is told where it was typed.
    page = text(house.client(house.manager).get(address + wrong))
    assert "آلبالو" in page and "گیلاس" in page and "برداشتن فیلتر پرسش" not in page
    assert "field-error" in page and f'value="{wrong}"' in page
    assert "field-error" not in text(house.client(house.manager).get(address))


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("ليزر", {"آلبالو", "گیلاس"}),  # an Arabic yeh, and the beginning of a word
        ("لیزری ۴۰۴", {"آلبالو"}),
        ("404 لیزر", {"آلبالو"}),
        ("زری", set()),
        ("پیش‌فرض", {"آلبالو", "گیلاس"}),
        ("پیشفرض", {"آلبالو"}),
        ("پیش فرض", {"آلبالو", "گیلاس"}),
        ("فرض لیزری سیاه", {"گیلاس"}),
        ("x'; --", set()),
        ("% _", {"آلبالو", "گیلاس", "هلو"}),
        ("ا\u200cب\u200cپ\u200cت\u200cث\u200cج\u200cچ\u200cح\u200cخ\u200cد " * 3, set()),
    ],
)
def test_the_queue_is_narrowed_by_the_words_of_a_short_text(house: House, asked: str, there: set[str]):
    field = make(house, "text")
    answered(house, field, "لیزری ۴۰۴، پیش‌فرض", "آلبالو")
    answered(house, field, "لیزری سیاه و پیش فرض", "گیلاس")
    answered(house, field, "جوهرافشان", "هلو")
    assert found(house, house.manager, **{f"f{field.pk}": asked}) == there


def test_an_answer_is_found_by_what_it_says_now_and_in_its_own_field_alone(house: House):
    field, other = make(house, "text"), make(house, "mobile")
    ticket = answered(house, field, "لیزری", "آلبالو")
    answered(house, other, "09123456789", "گیلاس")
    assert found(house, house.manager, **{f"f{field.pk}": "لیزری"}) == {"آلبالو"}
    assert found(house, house.manager, **{f"f{field.pk}": "+989123456789"}) == set()
    with tenant_scope(house.tenant):
        services.fill(ticket, actor=house.staff, answers={field.pk: "جوهری"})
    assert found(house, house.manager, **{f"f{field.pk}": "لیزری"}) == set()
    assert found(house, house.manager, **{f"f{field.pk}": "جوهری"}) == {"آلبالو"}
    with tenant_scope(house.tenant):
        services.fill(ticket, actor=house.staff, answers={field.pk: None})
        assert not FieldWord.objects.filter(field=field).exists()


def test_answers_from_before_there_were_words_are_found_too(house: House):
    """The migration reads what is found whole, as the services write it."""
    choice = make(house, "choice")
    answered(house, make(house, "id"), "0013542419", "آلبالو")
    answered(house, make(house, "mobile"), "09123456789", "گیلاس")
    with tenant_scope(house.tenant):
        answered(house, choice, {choice.choices.earliest("pk").pk}, "هلو")
        words = FieldWord.objects.order_by("ticket", "field", "word").values_list("ticket", "field", "word")
        before = list(words)
        FieldWord.objects.all().delete()
        migration = import_module("tickets.migrations.0008_words_and_named_fields")
        with connection.cursor() as cursor:
            migration.find_words(apps, SimpleNamespace(connection=connection, execute=cursor.execute))
        assert list(words.all()) == before and len(before) == 3


def test_a_rivals_choice_and_a_retired_field_narrow_nothing(world: World, house: House):
    mine, theirs = make(house, "choice"), make(world.rival, "choice")
    answered(house, mine, None, "آلبالو")
    with tenant_scope(world.rival.tenant):
        foreign = str(theirs.choices.earliest("pk").pk)
    assert found(house, house.owner, **{f"f{mine.pk}": foreign, f"f{theirs.pk}": foreign}) == {"آلبالو"}
    with tenant_scope(house.tenant):
        own = str(mine.choices.earliest("pk").pk)
        retire_field(mine, actor=house.owner)
    assert found(house, house.owner, **{f"f{mine.pk}": own}) == {"آلبالو"}


def test_narrowing_costs_one_statement_however_many_fields(house: House):
    client = house.client(house.manager)
    plain = f"/desk/tickets/?department={house.support.pk}"
    client.get(plain)
    none = counted(client, plain)[1]
    field = make(house, "choice")
    with tenant_scope(house.tenant):
        pk = field.choices.earliest("pk").pk
    for number in range(10):
        with tenant_scope(house.tenant):
            create_field(
                actor=house.owner, department=house.support, kind="choice", label=f"{number}", choices=["الف"]
            )
    assert counted(client, f"{plain}&f{field.pk}={pk}")[1] == none


@pytest.mark.postgres
def test_the_indexes_can_answer_under_row_level_security(db):
    """A condition is looked up in an index only when its operator cannot leak; numeric's can, so it is not asked."""
    with connection.cursor() as cursor:
        wanted = "int8ge int8le date_ge date_le booleq int8eq text_ge text_lt texteq numeric_ge".split()
        cursor.execute("SELECT proname, proleakproof FROM pg_proc WHERE proname = ANY(%s)", [wanted])
        leakproof = dict(cursor.fetchall())
        told = (
            "SELECT collation_name FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
        )
        cursor.execute(told, [FieldWord._meta.db_table, "word"])
        assert cursor.fetchone() == ("C",)
    assert not leakproof.pop("numeric_ge")
    assert len(leakproof) == 9 and all(leakproof.values())
    models = (FieldAnswer, FieldWord)
    indexed = {tuple(index.fields) for model in models for index in model._meta.indexes}
    assert {("tenant", "field", name) for name in ("scaled", "day", "flag")} <= indexed
    assert ("tenant", "field", "word", "ticket") in indexed


def export(house: House, user, kind: str = "csv", **params):
    query = "&".join(f"{name}={value}" for name, value in params.items())
    return house.client(user).post(f"/desk/tickets/export/?{query}", {"kind": kind})


def body(response) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_queue_is_taken_away_as_it_is_narrowed_with_a_column_for_each_field(house: House):
    field = make(house, "text", is_staff_only=True)
    old = make(house, "number")
    answered(house, field, "=2+5", "آلبالو")
    answered(house, old, Decimal("12.5"), "گیلاس")
    with tenant_scope(house.tenant):
        retire_field(old, actor=house.owner)
        make_ticket(house, department=house.finance, subject="هلو")
    told = body(export(house, house.manager, view="all", department=house.support.pk))
    assert "پرسش text" in told and "پرسش number (پیشین)" in told
    assert "'=2+5" in told and "۱۲٫۵" in told and "آلبالو" in told and "هلو" not in told
    book = load_workbook(
        io.BytesIO(b"".join(export(house, house.owner, "xlsx", view="all").streaming_content))
    )
    assert book.active.max_row == 4
    with tenant_scope(house.tenant):
        assert AuditEntry.objects.filter(verb="tickets.export").count() == 2


def test_nobody_takes_away_what_they_do_not_see(house: House):
    field = make(house, "text")
    answered(house, field, "محرمانه", "آلبالو")
    assert export(house, house.staff).status_code == 404
    assert export(house, house.customer_main).status_code == 404
    # The clerk of another department may take lists away, and sees nothing of this one.
    told = body(export(house, house.clerk, view="all", department=house.support.pk))
    assert "آلبالو" not in told and "پرسش text" not in told and "محرمانه" not in told
