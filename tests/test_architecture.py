"""The rules of the house that a machine can hold: row security, composite keys, scopes, addresses."""

import ast
import pathlib
import re

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import ManyToManyField

from tenants.models import TenantOwned
from tenants.rls import composite_keys, tenant_owned_models
from tenants.scope import NoScope, all_tenants, tenant_scope
from tests.worlds import make_ticket, make_world
from tickets.models import Message, Ticket

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ("persian", "web", "tenants", "notifications", "accounts", "departments", "tickets", "helpdesk")
GLOBALS = {"tenants.Tenant", "tenants.Domain", "accounts.Session"}


def _sources(*more: str) -> list[pathlib.Path]:
    folders = (*OURS, *more)
    return [
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    ]


def test_every_model_belongs_to_a_tenant_or_is_a_known_global() -> None:
    labels = {m._meta.label for m in apps.get_models() if m._meta.app_config.name.split(".")[0] in OURS}
    owned = {m._meta.label for m in tenant_owned_models()}
    assert labels - owned == GLOBALS


def test_many_to_many_always_goes_through_a_written_model() -> None:
    for model in apps.get_models():
        if issubclass(model, TenantOwned):
            assert not [f for f in model._meta.get_fields() if isinstance(f, ManyToManyField)]


def test_modules_and_functions_keep_their_size() -> None:
    for path in _sources("tools"):
        text = path.read_text()
        assert text.count("\n") < 400, path
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.lineno < 60, f"{path}: {node.name}"


def test_journeys_are_in_their_folder_and_nothing_else_is() -> None:
    """So the folder is read for their part alone (tools/test.py)."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        whole = re.search(r"^pytestmark = .*\bmark\.journey\b", path.read_text(), re.MULTILINE)
        marked = "mark.journey" in path.read_text() and path != pathlib.Path(__file__)
        inside = "journeys" in path.parts
        assert bool(whole) == inside and (inside or not marked), path


def test_views_are_at_most_25_lines() -> None:
    for path in _sources():
        if "views" not in path.parts and path.stem != "views":
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and [a.arg for a in node.args.args[:1]] == ["request"]:
                first = node.body[0]
                told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                start = (first.end_lineno or 0) if told else node.lineno
                assert (node.end_lineno or 0) - start <= 25, f"{path}: {node.name}"


def test_migrations_import_nothing_of_ours() -> None:
    for path in ROOT.glob("*/migrations/0*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.split(".")[0] in OURS], path


def test_all_tenants_is_told_why_and_objects_want_a_scope() -> None:
    with pytest.raises(ValueError, match="why"), all_tenants(""):
        pass
    with pytest.raises(NoScope):
        Ticket.objects.all()


@pytest.mark.postgres
@pytest.mark.django_db
def test_every_tenant_table_is_under_forced_row_security() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity"
        )
        forced = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT tablename FROM pg_policies WHERE policyname = 'tenant_rows' AND with_check IS NOT NULL"
        )
        ruled = {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_get_userbyid(relowner) = current_user"
        )
        assert cursor.fetchall() == []  # the application owns no table, so it can switch nothing off
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)
    tables = {model._meta.db_table for model in tenant_owned_models()}
    assert tables and tables <= forced and tables <= ruled


@pytest.mark.postgres
@pytest.mark.django_db
def test_every_key_between_tenant_rows_is_composite() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 2"
        )
        known = {row[0] for row in cursor.fetchall()}
    wanted = {name for model in tenant_owned_models() for name, _column, _parent in composite_keys(model)}
    assert len(wanted) > 30 and wanted <= known


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_raw_select_without_scope_returns_nothing() -> None:
    world = make_world()
    with tenant_scope(world.home.tenant):
        make_ticket(world.home)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant', '', true), set_config('app.all', '', true)")
        for model in tenant_owned_models():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            assert cursor.fetchone() == (0,), model


@pytest.mark.postgres
@pytest.mark.django_db
def test_raw_sql_in_a_scope_sees_one_tenant_and_cannot_write_anothers() -> None:
    world = make_world()
    for house in (world.home, world.rival):
        with tenant_scope(house.tenant):
            make_ticket(house)
    with tenant_scope(world.home.tenant), connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tenant_id FROM tickets_ticket")
        assert cursor.fetchall() == [(world.home.tenant.pk,)]
        cursor.execute(
            "UPDATE tickets_ticket SET subject = 'x' WHERE tenant_id = %s", [world.rival.tenant.pk]
        )
        assert cursor.rowcount == 0


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_row_cannot_point_into_another_tenant() -> None:
    from django.db import IntegrityError, transaction

    world = make_world()
    with tenant_scope(world.rival.tenant):
        theirs = make_ticket(world.rival)
    with tenant_scope(world.home.tenant):
        ours = make_ticket(world.home)
        with pytest.raises(IntegrityError), transaction.atomic():
            Message.objects.filter(ticket=ours).update(ticket_id=theirs.pk)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.postgres
@pytest.mark.django_db
def test_history_and_audit_cannot_be_changed_by_the_application() -> None:
    from django.db import ProgrammingError, transaction

    from tenants.models import AuditEntry
    from tickets.models import Event

    world = make_world()
    with tenant_scope(world.home.tenant):
        make_ticket(world.home)
        for model, field in ((AuditEntry, "verb"), (Event, "reason")):
            assert model.objects.exists()
            with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
                model.objects.update(**{field: "x"})
            with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
                model.objects.all()._raw_delete(model.objects.db)


@pytest.mark.postgres
def test_setting_ends_with_its_transaction(committed_db: None) -> None:
    world = make_world()
    with tenant_scope(world.home.tenant):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.tenant', true), '')")
        assert cursor.fetchone() == ("",)
        cursor.execute("SELECT count(*) FROM accounts_customer")
        assert cursor.fetchone() == (0,)
