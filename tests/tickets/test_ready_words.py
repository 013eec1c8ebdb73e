"""Canned answers in the composer, and the signature under an answer (S28, S23, TRUST 31)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from accounts.models import User
from accounts.services import people
from departments.models import CannedResponse
from departments.services import canned
from persian import jalali
from persian.digits import to_persian
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.load.test_statements import statements
from tests.tickets.browsing import desk
from tests.worlds import House, World, make_ticket, make_world
from tickets import services
from tickets.models import Message, Ticket
from web.errors import Invalid, NotAllowed

pytestmark = pytest.mark.django_db
OFFER = "/desk/canned/offer/"
WILD = "{{settings.SECRET_KEY}} {% debug %} {0.__class__} {مشتری.__class__} {ناشناخته}"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house(world: World) -> House:
    return world.home


@pytest.fixture
def ticket(house: House) -> Ticket:
    with tenant_scope(house.tenant):
        return make_ticket(house, staff=house.staff)


def keep(
    house: House, *, actor: User | None = None, name: str = "سلام", body: str = "سلام {مشتری}", **more: Any
) -> Any:
    with tenant_scope(house.tenant):
        return canned.create_canned(actor=actor or house.owner, name=name, body=body, **more)


def sign(house: House, user: User, text: str) -> User:
    with tenant_scope(house.tenant):
        return people.change_profile(user, actor=user, signature=text)


def filled(pk: int, ticket: Ticket) -> str:
    return f"/desk/canned/{pk}/filled/?ticket={ticket.number}"


def last(house: House, ticket: Ticket) -> Message:
    with tenant_scope(house.tenant):
        return Message.objects.filter(ticket=ticket).latest("pk")


# Filling --------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S28")
def test_every_name_is_filled_for_its_ticket(house: House, ticket: Ticket) -> None:
    names = "{مشتری}|{شرکت}|{شماره}|{کد رهگیری}|{موضوع}|{دپارتمان}|{کارشناس}|{امروز}|{مرکز}"
    row = keep(house, body=names)
    answer = house.client(house.staff).get(filled(row.pk, ticket)).json()
    today = to_persian(jalali.format_date(jalali.local_day(ticket.created_at)))
    wanted = [
        ticket.requester.display_name,
        house.customer.name,
        to_persian(str(ticket.number)),
        ticket.tracking_code,
        ticket.subject,
        house.support.name,
        house.staff.name,
        today,
        house.tenant.name,
    ]
    assert answer == {"text": "|".join(wanted), "html": ""}


@pytest.mark.spec("S28")
def test_trust_31_nothing_but_the_names_is_replaced(house: House) -> None:
    """Whatever a template engine would take for its own comes out as text, and so does a value that looks like it."""
    with tenant_scope(house.tenant):
        ticket = make_ticket(
            house, staff=house.staff, subject="{کارشناس} {{7*7}} <img src=x onerror=alert(1)>"
        )
    row = keep(house, body=f"{WILD} {{موضوع}}", html=f"<p>{WILD} <strong>{{موضوع}}</strong></p>")
    answer = house.client(house.staff).get(filled(row.pk, ticket)).json()
    assert answer["text"] == f"{WILD} {ticket.subject}"
    safe = "{کارشناس} {{7*7}} &lt;img src=x onerror=alert(1)&gt;"
    assert answer["html"] == f"<p>{WILD} <strong>{safe}</strong></p>"
    page = house.client(house.staff).get(f"{OFFER}?ticket={ticket.number}").content.decode()
    assert "<img" not in page and "{{settings.SECRET_KEY}}" in page


# Who may --------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S28")
def test_what_is_not_for_this_ticket_cannot_be_used_by_its_id(
    world: World, house: House, ticket: Ticket
) -> None:
    with tenant_scope(world.rival.tenant):
        foreign = canned.create_canned(actor=world.rival.owner, name="بیگانه", body="بیگانه")
    rows = {
        "other desk": keep(house, name="مالی", department=house.finance),
        "colleague's": keep(house, actor=house.colleague, name="همکار", user=house.colleague),
        "rival's": foreign,
    }
    client = house.client(house.staff)
    page = client.get(f"{OFFER}?ticket={ticket.number}").content.decode()
    for why, row in rows.items():
        assert client.get(filled(row.pk, ticket)).status_code == 404, why
        assert client.post(f"/desk/canned/{row.pk}/used/?ticket={ticket.number}").status_code == 404, why
        posted = {"insert": str(row.pk), "body": "متن", "client_key": uuid.uuid4()}
        assert client.post(desk(ticket, "reply"), posted).status_code == 404, why
        assert client.get(f"/desk/canned/{row.pk}/").status_code == 404, why
        assert row.name not in page, why
    assert client.get(f"{OFFER}?ticket=99999999").status_code == 404
    assert client.get(f"{OFFER}?ticket=مثلا").status_code == 404
    assert client.get(f"{OFFER}?person=مثلا").status_code == 404


@pytest.mark.spec("S28")
@pytest.mark.parametrize("who", ["colleague", "finance_manager", "clerk", "customer_main"])
def test_an_unseen_ticket_fills_nothing(house: House, ticket: Ticket, who: str) -> None:
    row, client = keep(house), house.client(getattr(house, who))
    assert client.get(filled(row.pk, ticket)).status_code == 404
    assert client.get(f"{OFFER}?ticket={ticket.number}").status_code == 404
    posted = {"insert": "list", "body": "متن", "client_key": uuid.uuid4()}
    assert client.post(desk(ticket, "reply"), posted).status_code == 404


# The search -----------------------------------------------------------------------------------------------------
@pytest.mark.spec("S28")
def test_the_most_used_comes_first_and_a_get_counts_nothing(house: House, ticket: Ticket) -> None:
    first, second = keep(house, name="یک"), keep(house, name="دو")
    client = house.client(house.staff)
    client.get(filled(second.pk, ticket))
    client.get(f"{OFFER}?ticket={ticket.number}")
    used = f"/desk/canned/{second.pk}/used/?ticket={ticket.number}"
    assert client.get(used).status_code == 405
    with tenant_scope(house.tenant):
        assert not CannedResponse.objects.exclude(used=0).exists()
    assert client.post(used).status_code == 204
    page = client.get(f"{OFFER}?ticket={ticket.number}").content.decode()
    assert page.index(f"canned-{second.pk}") < page.index(f"canned-{first.pk}")
    assert "چیزی پیدا نشد" in client.get(f"{OFFER}?ticket={ticket.number}&q=نیست").content.decode()


@pytest.mark.postgres
@pytest.mark.spec("S28")
def test_the_search_and_the_list_cost_the_same_for_1_and_for_30(house: House, ticket: Ticket) -> None:
    keep(house, department=house.support)
    client, offer = house.client(house.staff), f"{OFFER}?ticket={ticket.number}&q=سلام"
    client.get(offer)
    one = [statements(lambda url=url: client.get(url)) for url in (offer, "/desk/canned/", desk(ticket))]
    for number in range(30):
        owner = ({}, {"department": house.support}, {"department": house.finance})[number % 3]
        keep(house, name=f"سلام {number} " + "ن" * 60, body="سلام {مشتری}" + "م" * 900, **owner)
    many = [statements(lambda url=url: client.get(url)) for url in (offer, "/desk/canned/", desk(ticket))]
    assert [len(each) for each in one] == [len(each) for each in many]
    assert client.get(offer).content.decode().count('role="option"') == 20


# Without a script -----------------------------------------------------------------------------------------------
@pytest.mark.spec("S28")
@pytest.mark.parametrize("mode", ["reply", "note"])
def test_without_a_script_the_list_and_the_text_come_with_the_page(
    house: House, ticket: Ticket, mode: str
) -> None:
    """Nothing is sent, nothing typed is lost, and nobody is told off for a text that has not been sent yet."""
    row, client, key = keep(house), house.client(house.staff), str(uuid.uuid4())
    typed = {"body": "", "client_key": key, "audience": "named"}
    assert "canned-here" not in client.get(desk(ticket)).content.decode()
    page = client.post(desk(ticket, mode), typed | {"insert": "list"})
    assert page.status_code == 200 and "field-error" not in page.content.decode()
    assert f'value="{row.pk}"' in page.content.decode()
    page = client.post(
        desk(ticket, mode), typed | {"insert": str(row.pk), "body": "تا این‌جا"}
    ).content.decode()
    assert f"تا این‌جا\n\nسلام {ticket.requester.display_name}</textarea>" in page
    assert key in page
    assert last(house, ticket).body != "تا این‌جا"
    with tenant_scope(house.tenant):
        assert CannedResponse.objects.get(pk=row.pk).used == 1
        assert Message.objects.filter(ticket=ticket).count() == 1


# Signatures -----------------------------------------------------------------------------------------------------
@pytest.mark.spec("S23")
def test_a_signature_stands_under_an_answer_to_a_customer(house: House, ticket: Ticket) -> None:
    """Filled as it is sent, shown before, left out where the box is empty; neither under a note nor a customer's."""
    sign(house, house.staff, "{کارشناس}، {دپارتمان}\n{مرکز} " + WILD)
    client, shown = (
        house.client(house.staff),
        f"{house.staff.name}، {house.support.name}\n{house.tenant.name} {WILD}",
    )
    assert house.tenant.name in client.get(desk(ticket)).content.decode()
    client.post(desk(ticket, "reply"), {"body": "یک", "client_key": uuid.uuid4(), "signed": "on"})
    assert last(house, ticket).signature == shown
    client.post(desk(ticket, "reply"), {"body": "دو", "client_key": uuid.uuid4()})
    assert last(house, ticket).signature == ""
    client.post(desk(ticket, "note"), {"body": "سه", "client_key": uuid.uuid4(), "signed": "on"})
    assert last(house, ticket).signature == ""
    page = house.client(house.customer_main).get(f"/portal/tickets/{ticket.number}/").content.decode()
    assert f"{house.staff.name}، {house.support.name}" in page and "{{settings.SECRET_KEY}}" in page
    # What stood under it then stays.
    sign(house, house.staff, "دیگر")
    with tenant_scope(house.tenant):
        assert Message.objects.get(ticket=ticket, body="یک").signature == shown


@pytest.mark.spec("S23")
def test_nobody_signs_among_ourselves(house: House) -> None:
    sign(house, house.finance_manager, "امضای {کارشناس}")
    with tenant_scope(house.tenant):
        opened = services.open_internal(
            actor=house.staff,
            department=house.finance,
            subject="پرسش",
            body="پرسش",
            client_key=uuid.uuid4(),
        ).ticket
        message = services.reply(opened, actor=house.finance_manager, body="پاسخ", client_key=uuid.uuid4())
        assert message.signature == ""


@pytest.mark.spec("S23")
def test_who_writes_whose_signature(house: House) -> None:
    sign(house, house.staff, "  یک  \u202e\r\nدو ")
    with tenant_scope(house.tenant):
        assert User.objects.get(pk=house.staff.pk).signature == "یک\nدو"
        people.change_profile(house.staff, actor=house.owner, signature="سه")
        assert AuditEntry.objects.latest("pk").after == {"signature": "سه"}
        for actor, user in (
            (house.colleague, house.staff),
            (house.manager, house.staff),
            (house.customer_main, house.customer_main),
        ):
            with pytest.raises(NotAllowed):
                people.change_profile(user, actor=actor, signature="نه")
        for wrong in ("ا" * 601, "\n".join("ا" * 9)):
            with pytest.raises(Invalid) as refused:
                people.change_profile(house.staff, actor=house.staff, signature=wrong)
            assert refused.value.field == "signature"


@pytest.mark.spec("S23")
def test_a_preview_fills_the_names_and_keeps_nothing(house: House) -> None:
    """On one's own page and the owner's of a colleague; by htmx a part, without a script the page as it was typed."""
    sign(house, house.staff, "پیشین")
    typed = {"name": "", "signature": "{کارشناس} <b>از</b> {مرکز} {{x}}", "theme": "auto", "preview": "1"}
    wanted = f"{house.staff.name} &lt;b&gt;از&lt;/b&gt; {house.tenant.name} {{{{x}}}}"
    for client, url in (
        (house.client(house.staff), "/me/"),
        (house.client(house.owner), f"/manage/staff/{house.staff.public_id}/"),
    ):
        page = client.post(url, typed)
        assert page.status_code == 200 and wanted in page.content.decode(), url
        part = client.post(url, typed, headers={"HX-Request": "true"}).content.decode()
        assert wanted in part and "<html" not in part, url
    with tenant_scope(house.tenant):
        assert User.objects.get(pk=house.staff.pk).signature == "پیشین"
    assert b"signature" not in house.client(house.customer_main).get("/me/").content


# The page -------------------------------------------------------------------------------------------------------
@pytest.mark.spec("S28")
def test_the_page_offers_to_write_what_one_may(house: House) -> None:
    keep(house, name="برای همه")
    owner, manager, staff = (house.client(who) for who in (house.owner, house.manager, house.staff))
    assert b'value="all"' in owner.get("/desk/canned/").content
    manager_page = manager.get("/desk/canned/").content.decode()
    assert f'value="{house.support.pk}"' in manager_page and 'value="all"' not in manager_page
    staff_page = staff.get("/desk/canned/").content.decode()
    assert "برای همه" in staff_page and f'value="{house.support.pk}"' not in staff_page
    new = {"act": "create", "name": "تازه", "body": "متن {نام}", "html": ""}
    for scope in ("all", str(house.support.pk), "", "999"):
        page = staff.post("/desk/canned/", new | {"scope": scope})
        assert page.status_code == 422 and "متن {نام}" in page.content.decode(), scope
    made = staff.post("/desk/canned/", new | {"scope": "me"})
    assert made.status_code == 302
    assert "همان‌طور که نوشته‌اید" in staff.get(made["Location"]).content.decode()
    assert staff.post("/desk/canned/", new | {"scope": "me"}).status_code == 422  # the name is taken
    assert house.client(house.customer_main).get("/desk/canned/").status_code == 404


def test_one_taken_away_meanwhile_leaves_what_was_typed(world: World) -> None:
    """And one of another tenant's or a colleague's looks the same: the writer's own words, nothing of theirs."""
    house = world.home
    with tenant_scope(world.rival.tenant):
        foreign = canned.create_canned(actor=world.rival.owner, name="بیگانه", body="بیگانه")
    theirs = keep(house, actor=house.colleague, name="همکار", body="متن همکار", user=house.colleague)
    mine = keep(house, actor=house.staff, name="رفته", user=house.staff)
    with tenant_scope(house.tenant):
        canned.delete_canned(mine, actor=house.staff)
    client = house.client(house.staff)
    typed = {"name": "نام تازه", "body": "متنی که نوشتم", "html": "", "act": "change"}
    for row in (mine.pk, theirs.pk, foreign.pk, 999_999):
        assert client.get(f"/desk/canned/{row}/").status_code == 404
        answer = client.post(f"/desk/canned/{row}/", typed)
        page = answer.content.decode()
        assert answer.status_code == 404
        assert 'method="post" action="/desk/canned/"' in page
        assert "نام تازه" in page and "متنی که نوشتم" in page and "دیگر این‌جا نیست" in page
        assert "متن همکار" not in page and "بیگانه" not in page
        gone = client.post(f"/desk/canned/{row}/", {"act": "delete"})
        assert gone.status_code == 404 and "پیش‌تر برداشته شده" in gone.content.decode()
    with tenant_scope(house.tenant):
        assert not CannedResponse.objects.filter(name="نام تازه").exists()
