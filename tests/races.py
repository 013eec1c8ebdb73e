"""Acts at one moment, each in a thread and on connections of its own, as requests and workers are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from threading import Barrier, Thread
from time import monotonic
from typing import Any

from django.db import connections

from tenants.models import Tenant
from tenants.scope import tenant_scope
from web.errors import DomainError


def at_once(*acts: Callable[[], Any], within: Tenant | None = None, patience: float = 60) -> list[Any]:
    """Run these acts, all from one moment on; of each, in order, what it returned or the refusal it met.

    ``within``: each runs in a scope of this tenant's, and so in a transaction of its own. Whatever else an act raises
    is raised here; one that has not ended after so many seconds fails the test.
    """
    start, came, faults = Barrier(len(acts)), dict[int, Any](), list[BaseException]()

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            with tenant_scope(within) if within else nullcontext():
                came[place] = act()
        except DomainError as refused:
            came[place] = refused
        except BaseException as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    until = monotonic() + patience
    for thread in threads:
        thread.join(max(0, until - monotonic()))
    waiting = [place for place, thread in enumerate(threads) if thread.is_alive()]
    assert not waiting, f"still at it after {patience} s: {waiting}"
    if faults:
        raise faults[0]
    return [came[place] for place in range(len(acts))]


def refusals(outcomes: Iterable[Any]) -> list[DomainError]:
    """Those of the outcomes that are refusals."""
    return [one for one in outcomes if isinstance(one, DomainError)]


def words(outcomes: Iterable[Any]) -> list[str]:
    """Of each outcome «done», or the status of the refusal."""
    return [str(one.status) if isinstance(one, DomainError) else "done" for one in outcomes]
