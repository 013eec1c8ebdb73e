"""Two sweeps at once, and a sweep beside an answer, on real commits (TRUST 23)."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications.models import Bell
from tenants.scope import tenant_scope
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
    barrier, counts = threading.Barrier(4), []

    def run() -> None:
        try:
            barrier.wait(10)
            counts.append(turning.sweep(at))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
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
