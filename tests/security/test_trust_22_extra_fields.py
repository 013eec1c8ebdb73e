"""TRUST 22: fields that a form does not have change nothing, whatever they are called."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tenants.scope import tenant_scope
from tickets.models import Ticket

from .asking import send, undone
from .database import differences, photograph, values
from .scene import Scene, Things
from .urls import BY_NAME, Row, sendable

MARK = "qanari7ezafi"
NUMBER = 4_242_427
KEY = uuid.UUID("deadbeef-dead-4eef-8ead-deadbeefdead")
CODE = "PG-2222-2222"


# Forms that rightly write nothing in this world: counted in the cache, too soon, so already, or still in use.
IDLE = {
    ("login", ""),
    ("manage_staff", "off"),  # leads to the page that asks who takes what they have
    ("manage_person", "staff"),
    ("manage_person_entrance", "factor"),
    ("manage_settings", "factor_off"),
    ("factor", "confirm"),
    ("factor", "renew"),
    ("factor", "drop"),
    ("login_code", ""),
    ("sessions", ""),
    ("manage_department", "off"),
    ("manage_department", "on"),
    ("manage_department", "unseat"),
    ("manage_department", "seat_change"),
    ("manage_department", "topic_move"),
    ("manage_fields", "move"),
    ("manage_fields", "order"),
    ("manage_field", "back"),
    ("desk_canned", "move"),
    ("manage_department", "topic_order"),
    ("manage_staff", "on"),
    ("manage_person", "on"),
    ("manage_person", "seat_change"),
    ("manage_person", "unseat"),
    ("manage_customer", "unlink"),
    ("manage_customer", "on"),
    ("manage_customer", "company_on"),
    ("manage_departments", "move"),
    ("manage_departments", "order"),
    ("manage_department_customers", "drop"),
    ("manage_customer_contract", "withdraw"),
    ("manage_status", "back"),
    ("personnel_on", ""),
}


def extras(scene: Scene, things: Things) -> dict[str, Any]:
    """Names of columns, properties and parameters that somebody may hope we bind; values worth having."""
    rival, home = scene.rival, things.house
    return {
        "tenant": rival.house.tenant.pk,
        "tenant_id": rival.house.tenant.pk,
        "is_platform": "on",
        "slug": MARK,
        "requester": home.other_customer.pk,
        "requester_id": home.other_customer.pk,
        "author": home.owner.pk,
        "actor": home.owner.pk,
        "opened_by": home.owner.pk,
        "user": home.owner.pk,
        "user_id": home.owner.pk,
        "person": str(home.owner.public_id),
        "customer": home.other_company.pk,
        "customer_id": home.other_company.pk,
        "role": "owner",
        "is_staff": "1",
        "is_superuser": "1",
        "is_owner": "1",
        "is_active": "",
        "is_default": "on",
        "level": "0",
        "section": "",
        "status": "closed",
        "status_id": "1",
        "category": "closed",
        "assignee": home.colleague.pk,
        "assignee_id": home.colleague.pk,
        "to": str(home.colleague.public_id),
        "then": "close",
        "number": NUMBER,
        "id": NUMBER,
        "pk": NUMBER,
        "public_id": str(KEY),
        "tracking_code": CODE,
        "channel": "internal",
        "origin": "ours",
        "kind": "note",
        "side": "ours",
        "position": NUMBER,
        "created_at": "2001-01-01T00:00:00Z",
        "updated_at": "2001-01-01T00:00:00Z",
        "closed_at": "2001-01-01T00:00:00Z",
        "welcomed_at": "2001-01-01T00:00:00Z",
        "limit": NUMBER,
        "used": "0",
        "size": "1",
        "path": f"../../{MARK}",
        "content_type": "text/html",
        "key": MARK,
        "search_text": MARK,
        "sort_key": MARK,
        "first_answered_at": "2001-01-01T00:00:00Z",
        "red_at": "2001-01-01T00:00:00Z",
        "password_hash": MARK,
        "session_key": "a" * 32,
        "permissions": "all",
        "__proto__": MARK,
    }


def sent(scene: Scene, row: Row, place: int, more: dict[str, Any]) -> tuple[int, list[str], list[str]]:
    """Send a form; give back the status, what it changed, and every value it wrote."""
    with undone():
        fields = row.sends(scene.ours)[place]
        before = photograph()
        status = send(scene, row, {**more, **fields}).status_code
        after = photograph()
        return status, differences(before, after), values(before, after)


@pytest.mark.parametrize("row", sendable(), ids=lambda row: row.name)
def test_trust_22_fields_a_form_does_not_have_change_nothing(scene: Scene, row: Row):
    """Every form twice, once with all the extras: the same answer, the same rows, none of their values."""
    more = extras(scene, scene.ours)
    for name in row.known(scene.ours):
        more.pop(name, None)
    for place, fields in enumerate(row.sends(scene.ours)):
        status, plain, _ = sent(scene, row, place, {})
        again, loaded, written = sent(scene, row, place, more)
        assert again == status, place
        assert loaded == plain, place
        # Were the form refused, this would compare nothing with nothing.
        assert plain or (row.name, str(fields.get("act", ""))) in IDLE, place
        text = "\n".join(written)
        assert not [mark for mark in (MARK, str(NUMBER), str(KEY), CODE) if mark in text], place


def test_trust_22_a_customer_cannot_open_a_ticket_for_somebody_else(scene: Scene):
    """The worst of them by name: whose ticket it is, who holds it, how it stands."""
    row = BY_NAME["portal_new"]
    fields = row.sends(scene.ours)[0]
    wished = {
        **fields,
        "requester": scene.house.other_customer.pk,
        "customer": scene.house.other_company.pk,
        "status": scene.ours.closed.status_id,
        "assignee": scene.house.colleague.pk,
        "channel": "internal",
        "number": NUMBER,
    }
    assert send(scene, row, wished).status_code == 302
    with tenant_scope(scene.house.tenant):
        made = Ticket.objects.get(client_key=fields["client_key"])
    assert made.requester_id == made.opened_by_id == scene.house.customer_main.pk
    assert (made.customer_id, made.tenant_id) == (scene.house.customer.pk, scene.house.tenant.pk)
    assert (made.category, made.channel) == ("new", "portal")
    assert made.number < NUMBER and made.assignee_id == scene.house.staff.pk, "the person the form may choose"
