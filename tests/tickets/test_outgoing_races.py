"""Twenty at once: one answer, once sent; of two who answer together the second is warned (TRUST faults 17 and 19)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tenants.scope import tenant_scope
from tests.worlds import make_house, make_ticket
from tickets.models import Draft, Message, Outgoing
from tickets.services import answer, assign, close, outgoing, ruling, send_now, take_back

from .test_life_races import at_once, scoped
from .test_statuses import USUAL

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed_db")]


@pytest.mark.spec("B8")
def test_twenty_submits_and_sweeps_make_one_message_and_the_second_person_is_warned() -> None:
    house, key = make_house("arvand"), uuid.uuid4()
    with tenant_scope(house.tenant):
        ruling.change_rules(actor=house.owner, **USUAL, undo_seconds=15)
        ticket = make_ticket(house, staff=house.staff)
        seen = Message.objects.latest("pk").pk

    words = {"body": "پاسخ", "coming": 0}

    def submit(actor, client_key=key):
        sent = {"actor": actor, "client_key": client_key, "seen": seen, **words}
        return scoped(house, lambda: answer(ticket, **sent))

    assert at_once(*[submit(house.staff)] * 20) == ["done"] * 20
    with tenant_scope(house.tenant):
        row = Outgoing.objects.get()
    later = timezone.now() + timedelta(minutes=1)
    sends = [lambda: outgoing.send_due_everywhere(later)] * 6
    sends += [scoped(house, lambda: send_now(row, actor=house.staff))] * 6
    assert at_once(*sends) == ["done"] * 12
    with tenant_scope(house.tenant):
        assert Message.objects.filter(client_key=key).count() == 1 and not Outgoing.objects.exists()
        other = make_ticket(house, staff=house.staff)
        seen, ticket = Message.objects.latest("pk").pk, other
    # Two people in the same moment.
    outcomes = at_once(submit(house.staff, uuid.uuid4()), submit(house.manager, uuid.uuid4()))
    assert outcomes == ["409", "done"]
    # Taken back and sent at once: one of the two.
    with tenant_scope(house.tenant):
        row = Outgoing.objects.select_related("author").get()
    back = scoped(house, lambda: take_back(row, actor=row.author))
    at_once(back, scoped(house, lambda: send_now(row, actor=row.author)))
    with tenant_scope(house.tenant):
        sent = Message.objects.filter(client_key=row.client_key).count()
        kept = row.author.pk in Draft.objects.values_list("user_id", flat=True)
        assert sent + kept == 1 and not Outgoing.objects.exists()
    # Whoever closes, hands it on or sends at that moment: it goes once, nobody waits in a ring.
    with tenant_scope(house.tenant):
        row = answer(ticket, actor=house.staff, body="آخر", client_key=uuid.uuid4()).outgoing
    hands = [scoped(house, lambda: close(ticket, actor=house.manager))]
    hands += [scoped(house, lambda: assign(ticket, actor=house.owner, to=house.colleague))] * 2
    hands += [lambda: outgoing.send_due_everywhere(timezone.now() + timedelta(minutes=1))] * 4
    hands += [scoped(house, lambda: send_now(row, actor=house.staff))] * 2
    outcomes = at_once(*hands)
    assert len(outcomes) == len(hands) and set(outcomes) <= {"done", "403", "404", "409"}
    with tenant_scope(house.tenant):
        assert Message.objects.filter(body="آخر").count() == 1 and not Outgoing.objects.exists()
