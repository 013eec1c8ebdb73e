"""The customer's panel: home, list and ticket, and everything that must not be in them."""

import uuid

import pytest

from tenants.models import StoredFile
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, PNG, SCRIPT, counted, desk, hidden, message, portal, text, upload
from tests.worlds import House, World, make_ticket, make_world
from tickets.models import Message, Ticket
from tickets.services import close, note, reply
from tickets.states import Category

pytestmark = pytest.mark.django_db
CANARY = "قناری‌۷۷۴۱"


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


def fresh(house: House, ticket: Ticket) -> Ticket:
    with tenant_scope(house.tenant):
        return Ticket.objects.select_related("status").get(pk=ticket.pk)


def test_portal_asks_a_stranger_to_log_in_and_is_absent_for_staff(house, ticket):
    pages = ("/portal/", "/portal/tickets/", "/portal/tickets/new/", portal(ticket))
    for address in pages:
        assert house.client().get(address)["Location"].startswith("/login/"), address
        assert house.client(house.staff).get(address).status_code == 404, address
        assert house.client(house.owner).get(address).status_code == 404, address
    for verb in ("reply", "close", "reopen"):
        assert house.client().post(portal(ticket, verb))["Location"].startswith("/login/"), verb
        assert house.client(house.owner).post(portal(ticket, verb), message()).status_code == 404, verb


@pytest.mark.sqlite
def test_home_greets_and_puts_tickets_that_wait_for_the_customer_first(house):
    with tenant_scope(house.tenant):
        waiting = make_ticket(house, by=house.owner, requester=house.customer_main, subject="منتظر شماست")
        newer = make_ticket(house, subject="تازه‌تر")
        done = make_ticket(house, subject="تمام‌شده")
        close(done, actor=house.owner)
    page = text(house.client(house.customer_main).get("/portal/"))
    assert "سلام نگار، چه کمکی از ما برمی‌آید؟" in page
    assert page.index(waiting.subject) < page.index(newer.subject)
    assert done.subject not in page
    assert "منتظر پاسخ شما" in page


def test_home_without_tickets_invites(house):
    page = text(house.client(house.other_customer).get("/portal/"))
    assert "هنوز تیکتی ندارید" in page
    assert "هر پرسشی دارید همین‌جا بپرسید." in page


@pytest.mark.spec("H16", part=True)
def test_list_holds_what_each_level_may_see(house):
    with tenant_scope(house.tenant):
        words = {
            "customer_main": "چاپ فاکتور",
            "section_manager": "مغایرت بانک",
            "section_member": "سرفصل معین",
            "other_section_member": "فیش حقوق",
            "other_customer": "ترازوی دیجیتال",
        }
        by = {
            name: make_ticket(house, by=getattr(house, name), subject=subject)
            for name, subject in words.items()
        }
    seen = {
        "customer_main": {"customer_main", "section_manager", "section_member", "other_section_member"},
        "section_manager": {"section_manager", "section_member"},
        "section_member": {"section_member"},
        "other_customer": {"other_customer"},
    }
    for who, theirs in seen.items():
        client = house.client(getattr(house, who))
        page = text(client.get("/portal/tickets/"))
        for name, one in by.items():
            assert (one.subject in page) == (name in theirs), (who, name)
            assert client.get(portal(one)).status_code == (200 if name in theirs else 404), (who, name)
            expected = 302 if name in theirs else 404
            assert client.post(portal(one, "reply"), message()).status_code == expected, (who, name)


@pytest.mark.sqlite
def test_list_filters_and_searches_closed_ones(house):
    with tenant_scope(house.tenant):
        open_one = make_ticket(house, subject="قفسهٔ ناتمام")
        closed = make_ticket(house, subject="ترازوی دیجیتال")
        close(closed, actor=house.owner)
    client = house.client(house.customer_main)
    page = text(client.get("/portal/tickets/"))
    assert open_one.subject in page
    assert closed.subject not in page
    page = text(client.get("/portal/tickets/?state=closed"))
    assert closed.subject in page
    assert open_one.subject not in page
    assert closed.subject in text(client.get("/portal/tickets/", {"q": "ترازو"}))
    assert "تیکتی پیدا نشد" in text(client.get("/portal/tickets/", {"q": "چیزی که نیست"}))
    assert client.get("/portal/tickets/?state=x&cursor=y&customer=1").status_code == 200


def test_tickets_of_the_rival_are_absent(world):
    with tenant_scope(world.home.tenant):
        for _ in range(2):
            ticket = make_ticket(world.home, subject="رازی در خانهٔ ما")
    client = world.rival.client(world.rival.customer_main)
    assert client.get(portal(ticket)).status_code == 404
    for verb in ("reply", "close", "reopen"):
        assert client.post(portal(ticket, verb), message()).status_code == 404, verb
    assert "رازی در خانهٔ ما" not in text(client.get("/portal/tickets/?state=all"))


@pytest.mark.spec("S12")
def test_notes_and_our_side_leave_no_trace_in_the_customers_pages(house, ticket):
    """TRUST 18: a canary in everything a customer must not see."""
    with tenant_scope(house.tenant):
        reply(ticket, actor=house.staff, body="پاسخ ما", client_key=uuid.uuid4())
    staff = house.client(house.staff)
    staff.post(desk(ticket, "note"), message(f"یادداشت {CANARY}", files=[upload(f"{CANARY}.txt")]))
    staff.post(desk(ticket, "note"), message("یادداشت " * 3, then="waiting"))
    client = house.client(house.customer_main)
    pages = [
        "/portal/",
        "/portal/tickets/?state=all",
        portal(ticket),
        "/bell/",
        f"/portal/tickets/?q={CANARY}",
    ]
    for address in pages:
        page = text(client.get(address))
        shown = page.replace(f'value="{CANARY}"', "")
        assert CANARY not in shown, address
        for secret in ("یادداشت", house.staff.mobile, house.staff.mobile[3:], "msg-note", "desk/"):
            assert secret not in shown, (address, secret)
    with tenant_scope(house.tenant):
        stored = StoredFile.objects.get()
    assert client.get(f"/files/{stored.public_id}/").status_code == 404
    assert staff.get(f"/files/{stored.public_id}/").status_code == 200


@pytest.mark.sqlite
def test_customer_replies_and_closed_tickets_open_again(house, ticket):
    client = house.client(house.customer_main)
    solved = client.post(portal(ticket, "close"), follow=True)
    assert "خوشحالیم که حل شد" in text(solved)
    assert fresh(house, ticket).category == Category.CLOSED
    assert portal(ticket, "reopen") in text(solved)
    assert client.post(portal(ticket, "close")).status_code == 409
    assert client.post(portal(ticket, "reopen")).status_code == 302
    assert fresh(house, ticket).category == Category.OPEN
    answer = client.post(
        portal(ticket, "reply"), message("هنوز همان خطا", files=[upload("عکس.png", PNG)]), follow=True
    )
    assert "هنوز همان خطا" in text(answer)
    assert "عکس.png" in text(answer)


def test_looking_marks_the_ticket_and_its_bell_lines_read(house, ticket):
    with tenant_scope(house.tenant):
        reply(ticket, actor=house.staff, body="پاسخ ما", client_key=uuid.uuid4())
    client = house.client(house.customer_main)
    before = text(client.get("/portal/"))
    assert "پیام تازه" in before
    assert "bell-count" in before
    assert f'hx-post="{portal(ticket)}read/"' in text(client.get(portal(ticket)))
    assert client.post(f"{portal(ticket)}read/").status_code == 204
    after = text(client.get("/portal/"))
    assert "bell-count" not in after
    assert "پیام تازه" not in after


def test_reply_sent_twice_is_one_message(house, ticket):
    client = house.client(house.customer_main)
    fields = message("یک بار")
    first = client.post(portal(ticket, "reply"), {**fields, "files": [upload()]})
    second = client.post(portal(ticket, "reply"), {**fields, "files": [upload()]})
    assert first["Location"] == second["Location"]
    with tenant_scope(house.tenant):
        assert Message.objects.filter(ticket=ticket).count() == 2
        assert StoredFile.objects.count() == 1


def test_a_refused_reply_keeps_text_and_files(house, ticket):
    client = house.client(house.customer_main)
    long = "ب" * 100_001
    refused = client.post(portal(ticket, "reply"), message(long, files=[upload("سند.txt")]))
    assert refused.status_code == 422
    assert long in text(refused)
    assert "سند.txt" in text(refused)
    kept = hidden(refused, "kept")
    assert client.post(portal(ticket, "reply"), message("کوتاه", kept=kept)).status_code == 302
    assert "سند.txt" in text(client.get(portal(ticket)))


def test_a_refused_reply_on_a_closed_ticket_keeps_its_text(house, ticket):
    client = house.client(house.customer_main)
    client.post(portal(ticket, "close"))
    refused = client.post(portal(ticket, "reply"), message("متن بلند " + "ب" * 100_001))
    assert refused.status_code == 422
    assert "متن بلند" in text(refused)


def test_script_is_shown_as_text(house, ticket):
    client = house.client(house.customer_main)
    with tenant_scope(house.tenant):
        make_ticket(house, subject=f"موضوع {SCRIPT}")
    page = text(client.post(portal(ticket, "reply"), message(f"متن {SCRIPT}"), follow=True))
    for shown in (page, text(client.get("/portal/")), text(client.get("/portal/tickets/"))):
        assert SCRIPT not in shown
        assert ESCAPED in shown
    assert SCRIPT not in text(client.get("/portal/tickets/", {"q": f'"{SCRIPT}'}))


@pytest.mark.postgres
@pytest.mark.parametrize(("address", "most"), [("/portal/", 12), ("/portal/tickets/", 12)])
def test_lists_cost_the_same_for_one_and_three(house, address, most):
    client = house.client(house.customer_main)
    with tenant_scope(house.tenant):
        make_ticket(house, by=house.section_member)
    client.get(address)
    _, one = counted(client, address)
    with tenant_scope(house.tenant):
        for who in (house.section_member, house.section_manager):
            make_ticket(house, by=who)
    response, three = counted(client, address)
    assert text(response).count("tile-subject") == 3
    assert one == three
    assert three <= most


@pytest.mark.postgres
def test_ticket_costs_the_same_for_a_long_thread(house, ticket):
    with tenant_scope(house.tenant):
        reply(ticket, actor=house.staff, body="پاسخ", client_key=uuid.uuid4())
    client = house.client(house.customer_main)
    client.get("/portal/")
    _, short = counted(client, portal(ticket))
    with tenant_scope(house.tenant):
        for index in range(3):
            reply(ticket, actor=house.staff, body=f"پاسخ {index}", client_key=uuid.uuid4())
            note(ticket, actor=house.staff, body=f"یادداشت {index}", client_key=uuid.uuid4())
    client.post(portal(ticket, "reply"), message(files=[upload("یک.txt"), upload("دو.txt")]))
    with tenant_scope(house.tenant):
        reply(ticket, actor=house.staff, body="پاسخ آخر", client_key=uuid.uuid4())
    response, long = counted(client, portal(ticket))
    assert text(response).count('<article class="msg') == 7
    assert long == short
    assert long <= 15
