"""Background work of the tickets' floor."""

from celery import shared_task

from .services import leaving, transfers


@shared_task(name="tickets.settle")
def settle() -> int:
    """Tickets in the hands of somebody who has left go back to their queues."""
    return leaving.settle_everywhere()


@shared_task(name="tickets.return_transfers")
def return_transfers() -> int:
    """Requests to another department that nobody answered in time go back (H13)."""
    return transfers.return_everywhere()
