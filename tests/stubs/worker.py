"""The product's Celery worker, which knows the tests' kinds of letters too: ``celery -A tests.stubs.worker worker``."""

from celery.signals import worker_init

from helpdesk.celery import app
from notifications import kinds

from .letters import CODE, NOTE

__all__ = ["app"]


@worker_init.connect
def know_the_kinds(**kwargs: object) -> None:
    """Before the pool forks, so that every child knows them."""
    kinds.register(NOTE)
    kinds.register(CODE)
