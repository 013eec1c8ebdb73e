"""System checks about who the database thinks we are (run by ``check --deploy --database default``)."""

from typing import Any

from django.core import checks
from django.db import connections


@checks.register(checks.Tags.database, deploy=True)
def application_role_is_bound(
    app_configs: Any, databases: list[str] | None = None, **kwargs: Any
) -> list[checks.Error]:
    """The role that serves pages must not be able to look past row-level security; text needs a UTF-8 ctype."""
    problems: list[checks.Error] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:
                problems.append(
                    checks.Error("The database role can look past row-level security.", id="tenants.E001")
                )
            cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
            if cursor.fetchone()[0] in ("C", "POSIX"):
                problems.append(
                    checks.Error("LC_CTYPE is C: Persian text cannot be searched.", id="tenants.E002")
                )
    return problems
