"""Drafts on the server: one a place, its writer's alone, gone with what is sent (B8)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tenants.scope import tenant_scope
from tests.worlds import House, make_house, make_ticket
from tickets import writing
from tickets.models import Draft
from tickets.services import delete, drafts, note, reply
from web.errors import Invalid, NotFound

from .browsing import desk, hidden, portal, text

pytestmark = [pytest.mark.django_db, pytest.mark.spec("B8")]


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def ticket(house: House):
    with tenant_scope(house.tenant):
        yield make_ticket(house, staff=house.staff)


def test_a_draft_is_one_row_a_place_and_ends_with_its_message(house, ticket):
    place, key = f"reply-{ticket.number}", uuid.uuid4()
    for body in ("سلام", "سلام خانم"):
        drafts.keep(actor=house.staff, place=place, values={"body": body, "is_staff": "x"}, client_key=key)
    found = writing.drafts_of(house.staff, place)[place]
    assert Draft.objects.count() == 1 and found.values == {"body": "سلام خانم"}
    reply(ticket, actor=house.staff, body="سلام خانم", client_key=key)
    assert not Draft.objects.exists()
    # A save that was still on its way brings nothing back.
    assert drafts.keep(actor=house.staff, place=place, values={"body": "سلام"}, client_key=key) is None
    Draft.objects.create(user=house.staff, place=place, values={"body": "سلام"}, client_key=key)
    assert writing.drafts_of(house.staff, place) == {}


@pytest.mark.parametrize(
    "place", ["", "reply-", "reply-0", "reply-99999", "portal-1", "new-portal", "x" * 500]
)
def test_a_place_that_is_none_or_unseen_is_absent(house, ticket, place):
    with pytest.raises(NotFound):
        drafts.keep(actor=house.staff, place=place, values={"body": "سلام"})


def test_too_much_is_refused_and_nothing_typed_forgets(house, ticket):
    place = f"note-{ticket.number}"
    with pytest.raises(Invalid):
        drafts.keep(actor=house.staff, place=place, values={"body": "x" * 300_001})
    drafts.keep(actor=house.staff, place=place, values={"body": "نیمه"})
    drafts.keep(actor=house.staff, place=place, values={"body": "  ", "audience": "named"})
    assert not Draft.objects.exists()


def test_old_drafts_and_those_beyond_the_hundredth_go(house, ticket, monkeypatch):
    monkeypatch.setattr(drafts, "MOST", 2)
    for place in (f"reply-{ticket.number}", f"note-{ticket.number}", "new-desk"):
        drafts.keep(actor=house.staff, place=place, values={"body": "نیمه"})
    assert set(Draft.objects.values_list("place", flat=True)) == {f"note-{ticket.number}", "new-desk"}
    Draft.objects.filter(place="new-desk").update(updated_at=timezone.now() - timedelta(days=31))
    assert drafts.sweep_everywhere() == 1 and Draft.objects.get().place == f"note-{ticket.number}"


def test_the_page_holds_the_draft_of_its_reader_alone(house, ticket):
    key = uuid.uuid4()
    fields = {"place": f"reply-{ticket.number}", "client_key": str(key), "body": "نیمه‌کارهٔ من"}
    client = house.client(house.staff)
    assert client.post("/drafts/", fields)["X-Draft-At"]
    page = client.get(desk(ticket))
    assert "نیمه‌کارهٔ من" in text(page) and str(key) in hidden(page, "client_key")
    for other, path in ((house.manager, desk(ticket)), (house.customer_main, portal(ticket))):
        assert "نیمه‌کارهٔ من" not in text(house.client(other).get(path))
    assert house.client(house.colleague).post("/drafts/", fields).status_code == 404
    assert client.post("/drafts/forget/", {"place": fields["place"]}).status_code == 302
    assert "نیمه‌کارهٔ من" not in text(client.get(desk(ticket)))


def test_a_new_ticket_begins_with_its_draft_and_ends_it(house, ticket):
    client = house.client(house.customer_main)
    client.post("/drafts/", {"place": "new-portal", "subject": "چاپگر", "body": "کاغذ می‌گیرد"})
    page = text(client.get("/portal/tickets/new/"))
    assert "چاپگر" in page and "کاغذ می‌گیرد" in page
    delete(ticket, actor=house.owner)
    with pytest.raises(NotFound):
        drafts.keep(actor=house.customer_main, place=f"portal-{ticket.number}", values={"body": "سلام"})


def test_a_named_notes_draft_stays_for_named_people(house, ticket):
    drafts.keep(
        actor=house.staff, place=f"note-{ticket.number}", values={"body": "محرمانه", "audience": "named"}
    )
    page = text(house.client(house.staff).get(desk(ticket)))
    assert 'value="named" checked' in page
    note(ticket, actor=house.staff, body="چیز دیگر", client_key=uuid.uuid4())
    assert Draft.objects.exists()
