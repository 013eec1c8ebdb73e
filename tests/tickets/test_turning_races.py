"""Two sweeps at once, a sweep beside an answer, and what a sweep reads, on real commits (TRUST 23)."""

from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from notifications.models import Bell
from tenants.scope import tenant_scope
from tests.races import at_once
from tests.worlds import make_house
from tickets.models import Event, Ticket
from tickets.services import turning
from tickets.states import EventKind

from .test_turning import spread

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.mark.spec("H4")
def test_four_sweeps_at_once_tell_nobody_twice(committed_db: None) -> None:
    house, at = make_house("arvand"), timezone.now()
    with tenant_scope(house.tenant):
        spread(
            house, 900, assignee_id=house.staff.pk, yellow_at=at - timedelta(hours=2),
            red_at=at - timedelta(hours=1), colour_turns_at=at - timedelta(hours=2),
        )  # fmt: skip
    counts = at_once(*[lambda: turning.sweep(at)] * 4)
    with tenant_scope(house.tenant):
        assert sum(counts) == 900 and turning.sweep(at) == 0
        events = Counter(Event.objects.filter(kind=EventKind.TURNED).values_list("ticket_id", flat=True))
        assert len(events) == 900 and set(events.values()) == {1}
        told = [
            text
            for text in Bell.objects.filter(user=house.staff).values_list("text", flat=True)
            if "دیر شد" in text
        ]
        assert 1 <= len(told) <= 4
        assert not Ticket.objects.filter(colour="green", told_colour="").exclude(red_at__gt=at).exists()


def test_the_sweep_reads_its_three_indexes(committed_db: None, owner_url: str) -> None:
    """With the statistics of these very rows: what the planner remembers of earlier tests says nothing."""
    house, at = make_house("arvand"), timezone.now()
    with tenant_scope(house.tenant):
        past = {"resolve_at": at - timedelta(hours=1), "is_close_told": True}  # told long ago
        spread(house, 3_000, colour_turns_at=at + timedelta(hours=2), reckoned_at=at, **past)
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute("ANALYZE tickets_ticket")
    with tenant_scope(house.tenant):
        due = Ticket.objects.filter(colour_turns_at__lte=at, reckoned_at__gte=at)
        stale = Ticket.objects.filter(waiting_since__isnull=False, reckoned_at__lt=at)
        assert "ticket_turns" in due.order_by("colour_turns_at")[:200].explain()
        untold = Ticket.objects.filter(resolve_at__lte=at, is_close_told=False)
        assert "ticket_close_untold" in untold.order_by("resolve_at")[:200].explain()
        assert "ticket_reckoned" in stale.order_by("reckoned_at")[:200].explain()
