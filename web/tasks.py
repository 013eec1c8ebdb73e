"""Background work of the ground."""

from celery import shared_task

from . import captcha


@shared_task(name="web.sweep_captcha")
def sweep_captcha() -> int:
    """Forget security codes whose time is over; safe to run twice at once."""
    return captcha.sweep()
