"""Whose rows may be touched now.

First line of defence: every manager of a tenant-owned model filters by the tenant of the current scope and
raises without one. Second line, on PostgreSQL: row-level security reads the same answer from ``app.tenant``,
a setting local to the transaction, so that it cannot leak to the next request nor through a pooler.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

if TYPE_CHECKING:
    from .models import Tenant

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYONE: Final = -1  # the value of the scope in all_tenants()
_current: ContextVar[int | None] = ContextVar("tenant", default=None)
# What the open transaction was last told; None while no scope has a transaction open.
_told: ContextVar[int | None] = ContextVar("tenant_told", default=None)
# The row itself, where it was read for this very scope.
_row: ContextVar[Tenant | None] = ContextVar("tenant_row", default=None)


class NoScope(RuntimeError):
    """A tenant-owned table was asked for outside any scope: a fault of ours, never of the visitor."""


def current_tenant_id() -> int:
    """Id of the tenant in scope. Raises NoScope outside a scope or inside all_tenants()."""
    value = _current.get()
    if value is None or value == EVERYONE:
        raise NoScope("No tenant is in scope here.")
    return value


def scope_value() -> int | None:
    """None (no scope), EVERYONE, or a tenant's id; for managers and the row-security settings."""
    return _current.get()


def current_tenant() -> Tenant:
    """The tenant in scope; in a request that is the row read at its beginning, elsewhere it costs a statement."""
    from .models import Tenant  # app ready: the models import this module

    known, pk = _row.get(), current_tenant_id()
    return known if known is not None and known.pk == pk else Tenant.objects.defer("logo").get(pk=pk)


def _tell_database(value: int | None) -> None:
    """Write the scope into the transaction's settings; a no-op on SQLite, which has no row security."""
    if connection.vendor != "postgresql":
        return
    tenant = str(value) if value is not None and value != EVERYONE else ""
    everyone = "on" if value == EVERYONE else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.tenant', %s, true), set_config('app.all', %s, true)", [tenant, everyone]
        )


@contextmanager
def _scope(value: int, *, atomic: bool) -> Iterator[None]:
    token = _current.set(value)
    try:
        if not atomic:
            yield
            return
        # Not inferred from ``outer``: a transfer view has a scope without a transaction, so each short scope in it
        # begins a transaction that was told nothing yet.
        told = _told.get()
        with transaction.atomic():
            if told != value:
                _tell_database(value)
            told_token = _told.set(value)
            try:
                yield
            finally:
                _told.reset(told_token)
            # Only the normal exit tells the database again: after an error the savepoint's rollback has
            # restored the setting, and a statement in a broken transaction would hide the real error.
            if told is not None and told != value:
                _tell_database(told)
    finally:
        _current.reset(token)


@contextmanager
def tenant_scope(tenant: Tenant | int, *, atomic: bool = True, fresh: bool = False) -> Iterator[None]:
    """Everything inside sees and writes only this tenant's rows.

    Opens a transaction (a savepoint when one is open). ``atomic=False`` sets only the first line, for SQLite
    reads and for transfer views that open their own short scopes. ``fresh=True``: the row was read for this very
    request, so ``current_tenant()`` may answer with it.
    """
    token = _row.set(tenant if fresh and not isinstance(tenant, int) else None)
    try:
        with _scope(tenant if isinstance(tenant, int) else tenant.pk, atomic=atomic):
            yield
    finally:
        _row.reset(token)


@contextmanager
def all_tenants(why: str) -> Iterator[None]:
    """Everything inside sees every tenant's rows. For sweeps and delivery; ``why`` is written for the reader."""
    if not why:
        raise ValueError("all_tenants() wants to be told why.")
    with _scope(EVERYONE, atomic=True):
        yield


@contextmanager
def request_scope(request) -> Iterator[None]:  # type: ignore[no-untyped-def]  # web types stay out of this floor
    """A short scope for the request's tenant, in transfer and stream views.

    Where the request runs as a page (tenants.middleware) the page's own transaction is open and serves.
    """
    if _told.get() == request.tenant.pk:
        yield
        return
    # SQLite: reading stays out of transactions, as in pages.
    atomic = connection.vendor == "postgresql" or request.method not in SAFE
    with tenant_scope(request.tenant, atomic=atomic, fresh=True):
        yield
