"""Background work of the tickets' floor."""

from celery import shared_task

from .services import leaving, turning


@shared_task(name="tickets.settle")
def settle() -> int:
    """Tickets in the hands of somebody who has left go back to their queues."""
    return leaving.settle_everywhere()


@shared_task(name="tickets.turn_clocks")
def turn_clocks() -> int:
    """Clocks that have turned are announced, those reckoned by older rules reckoned anew (H4)."""
    return turning.sweep()
