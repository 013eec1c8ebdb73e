"""TRUST 18: private notes, staff's numbers and other people's things are in nothing a customer gets."""

from __future__ import annotations

import re

from accounts.models import User
from notifications.compose import compose
from notifications.models import Bell, Delivery
from persian.digits import to_persian
from persian.mobile import show
from tenants.scope import tenant_scope
from tickets.models import Attachment, Message
from tickets.queries import files_of

from .asking import HTMX, Page, send, text, undone
from .scene import FELLOW, INTERNAL, NAMED, NOTE, Scene
from .urls import BY_NAME, CUSTOMERS, OURS, readable, sendable

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


# Who may read a word that is not even for all of our side.
AUDIENCE = {NAMED: {"owner", "manager"}, INTERNAL: {"owner", "finance_manager"}}


def test_trust_18_what_is_for_named_people_is_on_no_other_page(
    scene: Scene, pages: dict[tuple[str, str], Page]
):
    for word, audience in AUDIENCE.items():
        found = {role for (_name, role), page in pages.items() if word in page.text}
        assert found == (audience if word == NAMED else found & audience), word
    internal = f"/desk/tickets/{scene.internal.number}/"
    for role, person in scene.people().items():
        answers = [
            (NAMED, f"/files/{scene.named_file.public_id}/"),
            (INTERNAL, internal),
            (INTERNAL, f"/t/{scene.internal.tracking_code}/"),
            (INTERNAL, f"/files/{_file_of(scene)}/"),
        ]
        for word, path in answers:
            status = scene.browser(role).get(path).status_code
            if role in AUDIENCE[word]:
                assert status in (200, 302), (role, path)
            else:
                assert status == (404 if person else 302), (role, path)


def _file_of(scene: Scene) -> str:
    with tenant_scope(scene.house.tenant):
        held = Attachment.objects.select_related("file").get(message__ticket=scene.internal)
        return str(held.file.public_id)


def test_trust_18_searching_for_it_finds_nothing_outside_its_audience(scene: Scene):
    for role in sorted(OURS | CUSTOMERS):
        panel = "desk" if role in OURS else "portal"
        for word in (NOTE, NAMED, INTERNAL, f"{INTERNAL}.txt"):
            page = text(scene.browser(role).get(f"/{panel}/tickets/", {"q": word}))
            found = re.findall(rf'href="/{panel}/tickets/(\d+)/"', page)
            # The subject of the internal ticket is searched by those who see it; notes by nobody yet.
            seen = word == INTERNAL and role in AUDIENCE[INTERNAL]
            assert found == ([str(scene.internal.number)] if seen else []), (role, word)


def test_trust_18_exports_and_files_of_a_company_hold_neither(scene: Scene):
    sheets = [row for row in sendable() if row.name in ("manage_audit_export", "manage_customers_export")]
    for row in sheets:
        for fields in row.sends(scene.ours):
            with undone():
                body = b"".join(send(scene, row, fields, role="owner"))
            assert not [word for word in (NOTE, NAMED, INTERNAL) if word.encode() in body], row.name
    with tenant_scope(scene.house.tenant):
        for role, known in (("customer_main", set()), ("staff", {NOTE}), ("manager", {NOTE, NAMED})):
            person = User.objects.get(pk=scene.people()[role].pk)
            names = " ".join(one.file.name for one in files_of(person, scene.ours.customer, size=50))
            assert {word for word in (NOTE, NAMED, INTERNAL) if word in names} == known, role


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
        assert NOTE not in told and NAMED not in told
        assert INTERNAL not in told or row.recipient_id not in customers
        if row in to_customers:
            assert not [number for number in ours if number in told], row.kind
            assert FELLOW not in told or row.recipient_id == scene.house.other_customer.pk
    assert [bell for bell in bells if bell.user_id in customers]
    assert not [bell for bell in bells if NOTE in f"{bell.text}{bell.url}" or NAMED in bell.text]
    assert not [bell for bell in bells if INTERNAL in bell.text and bell.user_id in customers]
