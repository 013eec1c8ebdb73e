"""What a ring wakes."""

from celery import shared_task

from .services.delivery import deliver as deliver_letters


@shared_task(name="notifications.deliver")
def deliver(lane: str | None = None) -> int:
    """Send what is due, up to the given lane (all without one); safe to run twice at once."""
    return deliver_letters(lane)
