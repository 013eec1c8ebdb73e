"""Going from tenant to tenant in a sweep: one whose turn fails holds nobody else up, and the task still fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from .models import Tenant

log = logging.getLogger(__name__)
T = TypeVar("T", int, Tenant)


class SomeFailed(RuntimeError):
    """The turns of some tenants raised; all the others were done. The first error is its cause."""


def each(tenants: Iterable[T], turn: Callable[[T], int], *, what: str) -> int:
    """Give each tenant its turn; the sum of what the turns return. With no transaction open.

    An error is logged with the tenant's id, and the next one has its turn. Raises SomeFailed after the last, so that
    whoever looks at the task sees it failed. ``what`` names the sweep in the log.
    """
    done = 0
    failed: list[tuple[int, Exception]] = []
    for tenant in tenants:
        try:
            done += turn(tenant)
        except Exception as error:
            pk = tenant if isinstance(tenant, int) else tenant.pk
            log.exception("%s: the turn of tenant %s failed", what, pk)
            failed.append((pk, error))
    if failed:
        names = ", ".join(str(pk) for pk, _error in failed)
        raise SomeFailed(f"{what}: {len(failed)} failed ({names}), {done} done") from failed[0][1]
    return done
