"""TRUST 18: private notes, staff's numbers and other people's things are in nothing a customer gets."""

from __future__ import annotations

import re

from notifications.compose import compose
from notifications.models import Bell, Delivery
from persian.digits import to_persian
from persian.mobile import show
from tenants.scope import tenant_scope
from tickets.models import Message

from .asking import HTMX, Page, send, text, undone
from .scene import FELLOW, NOTE, Scene
from .urls import BY_NAME, CUSTOMERS, readable, sendable

OF_THE_COMPANY = CUSTOMERS - {"other_customer"}


def numbers(scene: Scene) -> list[str]:
    """Mobiles of our side in every way they are written."""
    people = [person for person in scene.house.everyone().values() if not person.is_customer]
    spoken = [person.mobile for person in people if person.mobile]
    plain = [mobile.removeprefix("+98") for mobile in spoken]
    return [*spoken, *plain, *map(to_persian, plain), *map(show, spoken)]


def test_trust_18_the_note_is_there_for_our_side(pages: dict[tuple[str, str], Page]):
    """The measure itself: the words that are looked for do stand somewhere."""
    assert NOTE in pages["desk_ticket", "staff"].text
    assert NOTE in pages["desk_ticket", "owner"].text


def test_trust_18_no_page_of_a_customer_holds_a_note_or_a_colleagues_number(
    scene: Scene, pages: dict[tuple[str, str], Page]
):
    ours = numbers(scene)
    seen = 0
    for (name, role), page in pages.items():
        if role in CUSTOMERS:
            seen += page.status == 200
            assert NOTE not in page.text, (name, role)
            assert not [number for number in ours if number in page.text], (name, role)
            assert "@arvand.example" not in page.text.replace(f"{role}@arvand.example", ""), (name, role)
        if role in OF_THE_COMPANY:
            assert FELLOW not in page.text, (name, role)
    assert seen > 40


def test_trust_18_searching_for_a_note_finds_nothing_for_a_customer(scene: Scene):
    for role in ("customer_main", "section_member"):
        for row in (row for row in readable() if role in row.roles):
            for name in ("q", "done"):
                extra = HTMX if name == "q" else {}
                page = text(
                    scene.browser(role).get(row.path(scene.ours).partition("?")[0], {name: NOTE}, **extra)
                )
                # The search box repeats what was typed, and links carry it on.
                left = re.sub(rf"(value=\"|[?&;]{name}=|«){NOTE}", "", page)
                assert NOTE not in left or row.name == "login", (role, row.name, name)
        found = scene.browser(role).get("/portal/tickets/", {"q": NOTE})
        assert "/portal/tickets/1" not in text(found), role


def test_trust_18_refused_forms_of_a_customer_show_no_note(scene: Scene):
    """The page comes back with its thread when a form on it is refused."""
    for row in sendable():
        if not row.roles & CUSTOMERS:
            continue
        with undone():
            for fields in ({}, {"body": ""}, {"body": "x" * 100_001}):
                page = text(send(scene, row, fields, role="customer_main"))
                assert NOTE not in page and FELLOW not in page, row.name


def test_trust_18_letters_and_bells_of_customers_hold_no_note(scene: Scene):
    """After the whole life of a ticket with notes in it: what each customer was told."""
    for name in ("desk_ticket_note", "desk_ticket_reply", "portal_ticket_reply", "desk_ticket_close"):
        row = BY_NAME[name]
        for fields in row.sends(scene.ours)[:1]:
            secret = {"body": f"پنهان {NOTE}"} if name.endswith("note") else {}
            assert send(scene, row, {**fields, **secret}).status_code == 302, name
    customers = {person.pk for person in scene.house.everyone().values() if person.is_customer}
    ours = numbers(scene)
    with tenant_scope(scene.house.tenant):
        assert Message.objects.filter(kind="note", body__contains=NOTE).count() >= 4
        letters = list(Delivery.objects.select_related("tenant"))
        bells = list(Bell.objects.all())
    to_customers = [row for row in letters if row.recipient_id in customers]
    assert len(to_customers) >= 8 and {row.channel for row in to_customers} == {"sms", "email"}
    for row in letters:
        letter = compose(row, None)
        told = f"{row.data}{row.url}{letter.subject}{letter.text}{letter.html}"
        # Not even our own side's letters: a note is read where its right is asked.
        assert NOTE not in told
        if row in to_customers:
            assert not [number for number in ours if number in told], row.kind
            assert FELLOW not in told or row.recipient_id == scene.house.other_customer.pk
    assert [bell for bell in bells if bell.user_id in customers]
    assert not [bell for bell in bells if NOTE in f"{bell.text}{bell.url}"]
