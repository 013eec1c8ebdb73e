"""Background work of the tickets' floor."""

from celery import shared_task

from tenants.models import Tenant
from tenants.scope import tenant_scope

from .services import bin as bins
from .services import drafts, leaving, outgoing, rating, silence, statuses, transfers, turning


@shared_task(name="tickets.settle")
def settle() -> int:
    """Tickets in hands that answer for them no more go back to their queues, those of a retired status get another."""
    try:
        released = leaving.settle_everywhere()
    finally:  # a house in which that fails keeps no other's statuses waiting
        moved = statuses.settle_everywhere()
    return released + moved


@shared_task(name="tickets.turn_clocks")
def turn_clocks() -> int:
    """Clocks that have turned are announced, those reckoned by older rules reckoned anew (H4)."""
    return turning.sweep()


@shared_task(name="tickets.silence")
def sweep_silence() -> int:
    """Customers who say nothing are warned, and what stays silent is closed (S7)."""
    return silence.sweep_everywhere()


@shared_task(name="tickets.purge")
def purge() -> int:
    """What has lain in a bin for its days goes for good (H6)."""
    return bins.purge_everywhere()


@shared_task(name="tickets.return_transfers")
def return_transfers() -> int:
    """Requests to another department that nobody answered in time go back (H13)."""
    return transfers.return_everywhere()


@shared_task(name="tickets.send")
def send(tenant: int, pk: int) -> bool:
    """An answer whose time to be taken back is over goes (B8)."""
    with tenant_scope(Tenant.objects.defer("logo").get(pk=tenant)):
        return outgoing.send_due(pk)


@shared_task(name="tickets.send_due")
def send_due() -> int:
    """Answers whose ring was lost go all the same (B8)."""
    return outgoing.send_due_everywhere()


@shared_task(name="tickets.sweep_drafts")
def sweep_drafts() -> int:
    """Drafts untouched for 30 days go (B8)."""
    return drafts.sweep_everywhere()


@shared_task(name="tickets.tell_low")
def tell_low() -> int:
    """Few stars are told to whoever answers for the department, some minutes after they were given (S8)."""
    return rating.tell_low_everywhere()
