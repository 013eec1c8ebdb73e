"""TRUST 16, 17, 26: another tenant's things, and a fellow customer's, are not there for anybody."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tenants.models import StoredFile
from tenants.scope import all_tenants, tenant_scope
from tests.plugins import ground
from tests.worlds import make_ticket
from tickets.models import Attachment

from .asking import HTMX, Page, rewind, send, text, undone
from .database import differences, photograph
from .scene import FELLOW, NOTE, RIVAL, STRANGER, Scene, Things
from .urls import BY_NAME, CUSTOMERS, OURS, SIGNED_IN, STANDINGS, TABLE, THOROUGH, Row, readable, sendable

# On SQLite the first line of defence stands alone (TRUST 16); what one tenant sees is the same code on both.
# Rows whose address points at something, in the path or behind a question mark.
POINTING = [row for row in TABLE if row.holds or row.name == "desk_new"]


def visits(scene: Scene, row: Row, things: Things, role: str) -> list[Any]:
    """The ways to ask for a row's address with somebody's things in it."""
    answers = []
    path = row.path(things)
    if "GET" in row.methods:
        browser = scene.browser(role)
        answers.append(browser.get(path))
        if role in THOROUGH:
            answers += [browser.head(path), browser.get(path, **HTMX)]
    if "POST" in row.methods:
        # Who may not pass the gate has no forms to try one by one.
        for fields in row.sends(things)[: None if role in row.roles else 1]:
            with undone():
                answers.append(scene.browser(role).post(path, fields))
        if role in THOROUGH:
            with undone():
                rewind(fields)
                answers.append(scene.browser(role).post(path, fields, **HTMX))
    return answers


@pytest.mark.parametrize("row", POINTING, ids=lambda row: row.name)
@pytest.mark.sqlite
def test_trust_16_the_rivals_things_are_absent_for_every_role(scene: Scene, row: Row):
    for role in sorted(THOROUGH if ground.is_sqlite() else STANDINGS | {row.sender}):
        for response in visits(scene, row, scene.rival, role):
            assert response.status_code == 404, (role, response.request["REQUEST_METHOD"])
            assert RIVAL not in text(response), role


# A letter's signed link is a key: whoever holds it may (S8); that it is made for one person, tests/tickets says.
PERSONAL = [row for row in POINTING if row.name != "rate"]


@pytest.mark.parametrize("row", PERSONAL, ids=lambda row: row.name)
def test_trust_17_a_fellow_customers_things_are_absent_for_customers(scene: Scene, row: Row):
    for role in sorted(CUSTOMERS - {"other_customer"}):
        for response in visits(scene, row, scene.fellow, role):
            assert response.status_code == 404, (role, response.request["REQUEST_METHOD"])
            assert FELLOW not in text(response), role
    for response in visits(scene, row, scene.ours, "other_customer"):
        assert response.status_code == 404, response.request["REQUEST_METHOD"]


@pytest.mark.parametrize("row", [row for row in TABLE if row.holds == ("number",)], ids=lambda row: row.name)
def test_trust_17_another_desks_tickets_are_absent_for_staff(scene: Scene, row: Row):
    finance = ("finance_manager", "clerk")
    for role in sorted(OURS - {"owner", *finance}):
        for response in visits(scene, row, scene.fellow, role):
            assert response.status_code == 404, role
    for role in finance:
        for response in visits(scene, row, scene.ours, role):
            assert response.status_code == 404, role


@pytest.mark.sqlite
def test_trust_16_ids_in_forms_reach_nobody_elses_things(scene: Scene):
    """Each id a form sends is exchanged for the rival's, one at a time: nothing is written, nothing told."""
    exchanged = 0
    for row in sendable():
        for ours, theirs in zip(row.sends(scene.ours), row.sends(scene.rival), strict=True):
            # By place, not by name: a field may carry its department's number in its name.
            foreign = dict(zip(ours, theirs.values(), strict=True))
            for name in _ids(ours, foreign):
                exchanged += 1
                with undone():
                    before = photograph()
                    response = send(scene, row, {**ours, name: foreign[name]})
                    told = differences(before, photograph())
                assert 400 <= response.status_code < 500, (row.name, ours.get("act"), name)
                assert RIVAL not in text(response), (row.name, name)
                # A form with a good file keeps it for the next try; nothing else may have happened.
                kept = [
                    line for line in told if not line.startswith(("tenants_storedfile new", "tenants_quota"))
                ]
                assert kept == [], (row.name, name)
    assert exchanged >= 15


def _ids(ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Names of fields that point at something: they differ between the two houses, and a mobile is no pointer."""
    return [
        name
        for name, value in ours.items()
        if name not in ("client_key", "files", "logo", "picture", "sheet", "mobile", "username")
        and value != theirs[name]
    ]


@pytest.mark.sqlite
def test_trust_16_lists_narrowed_by_the_rivals_ids_show_nothing_of_theirs(scene: Scene):
    theirs = [f"/tickets/{ticket.number}/" for ticket in scene.rival.tickets]
    theirs += [
        f"/{scene.rival.customer.pk}/",
        str(scene.rival.person.public_id),
        str(scene.rival.contact.public_id),
    ]
    for row in (row for row in readable() if row.query):
        for role in sorted(row.roles & {"owner", "staff", "customer_main"}):
            for name, value in row.query(scene.rival).items():  # type: ignore[misc]
                # Our own address, but what it reads from behind the question mark is theirs.
                path = row.path(scene.ours).partition("?")[0]
                response = scene.browser(role).get(path, {name: value})
                assert response.status_code in (200, 404), (row.name, role, name)
                page = text(response)
                assert not [mark for mark in theirs if mark in page], (row.name, role, name)
                # A search is repeated in its box, so only the others may not say the word.
                assert name == "q" or RIVAL not in page, (row.name, role, name)


@pytest.mark.sqlite
def test_trust_16_no_page_of_ours_names_the_rival_nor_a_fellow(pages: dict[tuple[str, str], Page]):
    for (name, role), page in pages.items():
        assert RIVAL not in page.text, (name, role)
        if role in CUSTOMERS - {"other_customer"} | {STRANGER, "newcomer"}:
            assert FELLOW not in page.text, (name, role)


@pytest.mark.parametrize("role", ["owner", "staff", "customer_main"])
@pytest.mark.sqlite
def test_trust_16_anothers_uploads_cannot_be_attached(scene: Scene, role: str):
    """``kept`` names files of an earlier try: the rival's, a fellow's or a bound one is refused, never shown."""
    row = BY_NAME["portal_ticket_reply" if role == "customer_main" else "desk_ticket_reply"]
    for file in (scene.rival.file, scene.fellow.file, scene.ours.file, scene.note_file):
        with undone():
            fields = {"client_key": str(uuid.uuid4()), "body": "این هم فایل", "kept": str(file.public_id)}
            response = send(scene, row, fields, role=role)
            with all_tenants("whether a file was bound twice"):
                assert Attachment.objects.filter(file=file).count() == 1
            assert response.status_code == 422
            assert f'value="{file.public_id}"' not in text(response)
            assert RIVAL not in text(response) and FELLOW not in text(response)


def test_trust_26_a_file_follows_the_message_it_hangs_on(scene: Scene):
    path = f"/files/{scene.note_file.public_id}/"
    for role in sorted(SIGNED_IN):
        response = scene.browser(role).get(path)
        seen = role in ("owner", "manager", "staff")
        assert response.status_code == (200 if seen else 404), role
        assert (NOTE in text(response)) == seen, role


def test_trust_26_a_file_that_hangs_on_nothing_is_nobodys(scene: Scene):
    with tenant_scope(scene.house.tenant):
        lone = StoredFile.objects.create(
            name="تنها.txt",
            size=3,
            content_type="text/plain",
            path="tenants/0/none",
            uploaded_by=scene.house.owner,
        )
    for role in sorted(SIGNED_IN):
        assert scene.browser(role).get(f"/files/{lone.public_id}/").status_code == 404, role


@pytest.mark.sqlite
def test_trust_16_equal_numbers_are_two_tickets(scene: Scene):
    """The same number in two houses: each host answers with its own."""
    with tenant_scope(scene.world.rival.tenant):
        theirs = make_ticket(scene.world.rival, subject=f"هم‌شماره {RIVAL}")
        type(theirs).objects.filter(pk=theirs.pk).update(number=scene.ours.ticket.number)
    for role, path in (("owner", "desk"), ("customer_main", "portal")):
        address = f"/{path}/tickets/{scene.ours.ticket.number}/"
        assert RIVAL not in text(scene.browser(role).get(address))
        assert RIVAL in text(scene.browser(role, scene.world.rival).get(address))
