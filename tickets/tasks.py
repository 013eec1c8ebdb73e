"""Background work of the tickets' floor."""

from celery import shared_task

from .services import leaving


@shared_task(name="tickets.settle")
def settle() -> int:
    """Tickets in the hands of somebody who has left go back to their queues."""
    return leaving.settle_everywhere()
