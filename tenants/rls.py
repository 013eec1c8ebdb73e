"""Row-level security, composite keys and append-only triggers, put on after every migrate (PostgreSQL).

Idempotent, and only for tables the migrating role owns: the application's role owns none, so it can neither
put them on nor take them off.
"""

from typing import Any

from django.apps import apps
from django.db import connections, models

POLICY = "tenant_rows"
RULE = (
    "(tenant_id = (SELECT nullif(current_setting('app.tenant', true), '')::bigint)"
    " OR (SELECT current_setting('app.all', true)) = 'on')"
)
GUARD = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('app.purge', true) = 'on' AND TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""


def tenant_owned_models() -> list[type[models.Model]]:
    """Every concrete model that carries a tenant, in registry order."""
    from .models import TenantOwned  # app ready: models load after this module

    return [model for model in apps.get_models() if issubclass(model, TenantOwned) and model._meta.managed]


def composite_keys(model: type[models.Model]) -> list[tuple[str, str, str]]:
    """(constraint name, column, parent table) of each foreign key from a tenant's row to a tenant's row."""
    from .models import TenantOwned  # app ready

    keys = []
    for field in model._meta.local_concrete_fields:
        if isinstance(field, models.ForeignKey) and field.name != "tenant":
            parent = field.remote_field.model
            if isinstance(parent, type) and issubclass(parent, TenantOwned):
                name = f"{model._meta.db_table}_{field.column}_tenant"[:63]
                keys.append((name, str(field.column), parent._meta.db_table))
    return keys


def secure_tables(sender: Any, using: str, **kwargs: Any) -> None:
    """post_migrate receiver: secures every tenant-owned table once per migrate."""
    connection = connections[using]
    if sender.name != "tenants" or connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_get_userbyid(relowner) = current_user"
        )
        owned = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT conname FROM pg_constraint")
        known = {row[0] for row in cursor.fetchall()}
        present = [model for model in tenant_owned_models() if model._meta.db_table in owned]
        for model in present:
            _secure_rows(cursor, model._meta.db_table, known)
        for model in present:
            for name, column, parent in composite_keys(model):
                if name not in known:
                    cursor.execute(
                        f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{name}"'
                        f' FOREIGN KEY (tenant_id, "{column}") REFERENCES "{parent}" (tenant_id, id)'
                        " DEFERRABLE INITIALLY DEFERRED"
                    )
        if present:
            cursor.execute(GUARD)
        for model in present:
            if getattr(model, "append_only", False):
                table = model._meta.db_table
                cursor.execute(
                    f'CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE ON "{table}"'
                    " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )


def _secure_rows(cursor: Any, table: str, known: set[str]) -> None:
    cursor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    cursor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    cursor.execute(f'DROP POLICY IF EXISTS {POLICY} ON "{table}"')
    cursor.execute(f'CREATE POLICY {POLICY} ON "{table}" USING {RULE} WITH CHECK {RULE}')
    unique = f"{table}_tenant_id_key"[:63]
    if unique not in known:
        cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{unique}" UNIQUE (tenant_id, id)')
