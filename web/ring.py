"""The doorbell: wake a worker by a task's name once the transaction has committed.

The table holds the work and beat looks at it each minute, so a ring that is lost costs at most a minute. That is
why a dead broker is logged and forgotten, and why after one failure we stop ringing for a few seconds: a request
must not wait for the broker's time-out again and again.
"""

import logging
import time
from collections.abc import Hashable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

from celery import current_app
from django.db import transaction

logger = logging.getLogger("web.ring")

SILENCE = 5.0


class _Pull:
    """One ring of a transaction, shared by all who asked for it; dies with a transaction that rolls back."""

    def __init__(self, name: str, kwargs: dict[str, Any], countdown: float | None) -> None:
        self.name = name
        self.countdown = countdown
        self.kwargs = kwargs
        self.done = False


# Keyed by connection wrapper, which belongs to one thread.
_pulls: WeakKeyDictionary[Any, WeakValueDictionary[Hashable, _Pull]] = WeakKeyDictionary()
_silent_until = 0.0


def ring(name: str, *, countdown: float | None = None, **kwargs: Any) -> None:
    """Send the task `name` with `kwargs` (ids, never contents) after commit; the same ring once a transaction.

    ``countdown``: seconds the worker waits before it does the task. Outside a transaction it is sent at once. Never
    raises for a broker that is away.
    """
    connection = transaction.get_connection()
    pulls = _pulls.setdefault(connection, WeakValueDictionary())
    key = (name, tuple(sorted((k, repr(v)) for k, v in kwargs.items())))
    pull = pulls.get(key)
    if pull is None or pull.done:
        pull = pulls[key] = _Pull(name, kwargs, countdown)
    # Registered again on purpose: the first call may have been inside a savepoint that rolls back.
    transaction.on_commit(partial(_send, pull), robust=True)


def _send(pull: _Pull) -> None:
    global _silent_until
    if pull.done:
        return
    pull.done = True
    if time.monotonic() < _silent_until:
        return
    try:
        later = {} if pull.countdown is None else {"countdown": pull.countdown}
        current_app.send_task(pull.name, kwargs=pull.kwargs, retry=False, ignore_result=True, **later)
    except Exception as error:
        _silent_until = time.monotonic() + SILENCE
        # Only names: the payload and the broker's address (it holds a password) stay out of the log.
        logger.warning("ring %s did not reach the broker: %s", pull.name, type(error).__name__)
