"""Background work of the people's floor."""

from celery import shared_task

from .services import reminding, sweeping


@shared_task(name="accounts.sweep")
def sweep() -> int:
    """Remove sessions that are over and codes nobody can use; safe to run twice at once."""
    return sweeping.sweep()


@shared_task(name="accounts.contract_reminders")
def contract_reminders() -> int:
    """Tell of contracts that end in 30, 7 or 1 days; each once, safe to run twice at once."""
    return reminding.remind()
