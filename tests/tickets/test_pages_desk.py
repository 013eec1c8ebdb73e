"""The ticket page of the desk: what it shows, its verbs, and that nothing typed is ever lost."""

import re
import uuid

import pytest

from tenants.models import Quota, StoredFile
from tenants.scope import tenant_scope
from tests.tickets.browsing import (
    ESCAPED,
    PNG,
    SCRIPT,
    counted,
    desk,
    hidden,
    message,
    text,
    upload,
)
from tests.worlds import House, World, make_ticket, make_world
from tickets.models import Attachment, Event, Message, Ticket, TicketStatus
from tickets.services import close, note, reply, watch
from tickets.states import Category

pytestmark = pytest.mark.django_db
VERBS = ("reply", "note", "take", "assign", "status", "priority", "close", "reopen")


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house(world: World) -> House:
    return world.home


@pytest.fixture
def ticket(house: House) -> Ticket:
    """A ticket in the hands of ``staff``."""
    with tenant_scope(house.tenant):
        return make_ticket(house, staff=house.staff)


def fresh(house: House, ticket: Ticket) -> Ticket:
    with tenant_scope(house.tenant):
        return Ticket.objects.select_related("assignee", "status").get(pk=ticket.pk)


def bodies(house: House, ticket: Ticket) -> list[tuple[str, str]]:
    with tenant_scope(house.tenant):
        return list(Message.objects.filter(ticket=ticket).order_by("pk").values_list("kind", "body"))


# Seeing ---------------------------------------------------------------------------------------------------------
def test_ticket_page_and_verbs_send_a_stranger_to_the_login(house, ticket):
    client = house.client()
    assert client.get(desk(ticket))["Location"].startswith("/login/")
    for verb in VERBS:
        assert client.post(desk(ticket, verb))["Location"].startswith("/login/"), verb


@pytest.mark.parametrize("who", ["colleague", "finance_manager", "customer_main", "other_customer"])
def test_ticket_page_and_verbs_are_absent_for_those_who_do_not_see_it(house, ticket, who):
    client = house.client(getattr(house, who))
    assert client.get(desk(ticket)).status_code == 404
    for verb in VERBS:
        assert client.post(desk(ticket, verb), message()).status_code == 404, verb
    assert len(bodies(house, ticket)) == 1


def test_ticket_page_and_verbs_are_absent_for_the_rival(world):
    with tenant_scope(world.home.tenant):
        for _ in range(3):
            ticket = make_ticket(world.home)
    client = world.rival.client(world.rival.owner)
    assert client.get(desk(ticket)).status_code == 404
    for verb in VERBS:
        assert client.post(desk(ticket, verb), message()).status_code == 404, verb


def test_what_was_typed_stands_on_the_page_that_says_the_ticket_is_gone(house, ticket):
    """Its own page is gone with the sight of it, and with that page its draft."""
    words = f"سلام {SCRIPT}\nسطر دوم"
    gone, never = (house.client(house.clerk).post(f"/desk/tickets/{number}/reply/", message(words))
                   for number in (ticket.number, 999999))  # fmt: skip
    assert gone.status_code == never.status_code == 404
    assert f"سلام {ESCAPED}" in text(gone) and SCRIPT not in text(gone)
    assert text(gone).partition("<main")[2] == text(never).partition("<main")[2]
    assert "<textarea" not in text(house.client(house.clerk).get(desk(ticket)))
    # A watcher may write a note there, not an answer.
    with tenant_scope(house.tenant):
        watch(ticket, actor=house.staff, user=house.clerk)
    refused = house.client(house.clerk).post(desk(ticket, "reply"), message("پاسخ ناظر"))
    assert refused.status_code == 403 and "پاسخ ناظر" in text(refused)
    # What htmx asked has its page still.
    by_htmx = house.client(house.clerk).post(
        desk(ticket, "reply"), message("پاسخ ناظر"), headers={"HX-Request": "true"}
    )
    assert by_htmx.status_code == 403 and "پاسخ ناظر" not in text(by_htmx)


def test_a_number_nobody_has_is_404(house):
    client = house.client(house.owner)
    assert client.get("/desk/tickets/999999/").status_code == 404
    assert client.get("/desk/tickets/99999999999999999999/").status_code == 404


@pytest.mark.spec("H5")
def test_ticket_page_tells_the_story_oldest_first(house, ticket):
    with tenant_scope(house.tenant):
        reply(ticket, actor=house.staff, body="پاسخ نخست ما", client_key=uuid.uuid4())
        note(ticket, actor=house.staff, body="یادداشتی برای خودمان", client_key=uuid.uuid4())
    page = text(house.client(house.staff).get(desk(ticket)))
    places = [page.index(words) for words in ("پیش‌نمایش درست است", "پاسخ نخست ما", "یادداشتی برای خودمان")]
    assert places == sorted(places)
    assert "مشتری آغاز کرده است" in page
    assert ticket.tracking_code in page
    assert "فقط همکارانی که اجازه دارند می‌بینند." in page and "مشتری هرگز نمی‌بیند." in page


@pytest.mark.sqlite
def test_looking_marks_the_ticket_read_by_the_posts_of_the_page(house, ticket):
    client = house.client(house.staff)
    assert '<tr class="unread">' in text(client.get("/desk/tickets/"))
    page = text(client.get(desk(ticket)))
    assert f'hx-post="{desk(ticket)}read/"' in page
    # Looking alone writes nothing: a link checker or a prefetch reads no ticket.
    assert '<tr class="unread">' in text(client.get("/desk/tickets/"))
    assert client.post(f"{desk(ticket)}read/").status_code == 204
    assert '<tr class="unread">' not in text(client.get("/desk/tickets/"))


def test_buttons_are_those_the_person_may_press(house, ticket):
    staff = text(house.client(house.staff).get(desk(ticket)))
    assert desk(ticket, "close") in staff
    assert "?hand=assign" not in staff and "?hand=refer" in staff
    assert desk(ticket, "take") not in staff
    assert desk(ticket, "reopen") not in staff
    manager = text(house.client(house.manager).get(desk(ticket)))
    assert "?hand=assign" in manager


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["owner", "manager", "staff"])
def test_ticket_page_costs_the_same_for_a_long_thread(house, ticket, who):
    client = house.client(getattr(house, who))
    client.get("/desk/tickets/")
    _, short = counted(client, desk(ticket))
    with tenant_scope(house.tenant):
        for index in range(3):
            reply(ticket, actor=house.staff, body=f"پاسخ {index}", client_key=uuid.uuid4())
            reply(ticket, actor=house.customer_main, body=f"پرسش {index}", client_key=uuid.uuid4())
            note(ticket, actor=house.owner, body=f"یادداشت {index}", client_key=uuid.uuid4())
    client.post(desk(ticket, "note"), message(files=[upload("یک.txt"), upload("دو.png", PNG)]))
    response, long = counted(client, desk(ticket))
    assert text(response).count('<article class="msg') == 11
    assert long == short
    assert long <= 18


# Writing --------------------------------------------------------------------------------------------------------
@pytest.mark.sqlite
def test_reply_is_written_and_shown(house, ticket):
    client = house.client(house.staff)
    response = client.post(desk(ticket, "reply"), message("سلام، چاپگر را دوباره پیش‌فرض کنید."), follow=True)
    page = text(response)
    assert "سلام، چاپگر را دوباره پیش‌فرض کنید." in page
    assert "پاسخ فرستاده شد." in page
    assert fresh(house, ticket).category == Category.ANSWERED


def test_reply_can_leave_the_ticket_waiting_or_closed(house, ticket):
    client = house.client(house.staff)
    client.post(desk(ticket, "reply"), message(then="waiting"))
    assert fresh(house, ticket).category == Category.WAITING
    client.post(desk(ticket, "reply"), message(then="close"))
    assert fresh(house, ticket).category == Category.CLOSED


@pytest.mark.sqlite
def test_reply_sent_twice_is_one_message_and_the_same_page(house, ticket):
    client = house.client(house.staff)
    fields = message("یک بار", then="close")
    first = client.post(desk(ticket, "reply"), {**fields, "files": [upload()]})
    second = client.post(desk(ticket, "reply"), {**fields, "files": [upload()]})
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert len(bodies(house, ticket)) == 2
    with tenant_scope(house.tenant):
        assert StoredFile.objects.count() == 1


@pytest.mark.sqlite
def test_note_is_written_and_moves_nothing(house, ticket):
    client = house.client(house.staff)
    response = client.post(desk(ticket, "note"), message("ویندوزشان قدیمی است"), follow=True)
    assert "یادداشت خصوصی ثبت شد." in text(response)
    assert bodies(house, ticket)[-1] == ("note", "ویندوزشان قدیمی است")
    assert fresh(house, ticket).category == Category.NEW


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_an_empty_text_comes_back_with_its_files(house, ticket, verb):
    client = house.client(house.staff)
    response = client.post(desk(ticket, verb), message("  ", files=[upload("صورت‌حساب.pdf", b"%PDF-1.4 x")]))
    assert response.status_code == 422
    page = text(response)
    assert "را بنویسید." in page
    assert "صورت‌حساب.pdf" in page
    kept = hidden(response, "kept")
    assert len(kept) == 1
    again = client.post(desk(ticket, verb), message("حالا با متن", kept=kept))
    assert again.status_code == 302
    with tenant_scope(house.tenant):
        assert Attachment.objects.get().file.name == "صورت‌حساب.pdf"
        assert StoredFile.objects.count() == 1


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_a_refused_text_comes_back_as_it_was(house, ticket, verb):
    long = "سلام " + "ب" * 100_001
    response = house.client(house.staff).post(desk(ticket, verb), message(long))
    assert response.status_code == 422
    assert long in text(response)
    assert "نویسه می‌تواند باشد" in text(response)
    assert len(bodies(house, ticket)) == 1


def test_a_key_of_somebody_elses_message_keeps_the_text(house, ticket):
    with tenant_scope(house.tenant):
        taken = Message.objects.get(ticket=ticket).client_key
    response = house.client(house.staff).post(desk(ticket, "reply"), message("متن من", client_key=str(taken)))
    assert response.status_code == 422
    assert "متن من" in text(response)
    assert len(bodies(house, ticket)) == 1


def test_a_reply_whose_right_is_gone_keeps_the_text(house):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, by=house.colleague, requester=house.customer_main, staff=house.staff)
        Ticket.objects.filter(pk=ticket.pk).update(opened_by=house.owner)
    client = house.client(house.colleague)
    refused = client.post(desk(ticket, "reply"), message("دیر رسید"))
    assert refused.status_code == 404 and "دیر رسید" in text(refused)


def test_ten_megabytes_of_text_get_a_persian_413(house, ticket):
    response = house.client(house.staff).post(desk(ticket, "reply"), message("ا" * 5_000_000))
    assert response.status_code == 413
    assert "بزرگ‌تر از اندازه" in text(response)
    assert len(bodies(house, ticket)) == 1


@pytest.mark.parametrize("verb", ["reply", "note"])
def test_script_in_a_message_is_shown_as_text(house, ticket, verb):
    client = house.client(house.staff)
    page = text(
        client.post(desk(ticket, verb), message(f"ببینید {SCRIPT} <img src=x onerror=alert(1)>"), follow=True)
    )
    assert SCRIPT not in page
    assert ESCAPED in page
    assert "<img src=x" not in page
    refused = text(client.post(desk(ticket, verb), message(f"</textarea>{SCRIPT}" + "x" * 100_001)))
    assert SCRIPT not in refused


def test_over_quota_stores_nothing_and_keeps_the_text(house, ticket):
    with tenant_scope(house.tenant):
        Quota.objects.update(limit=10)
    response = house.client(house.staff).post(
        desk(ticket, "reply"), message("متن من سر جایش است", files=[upload()])
    )
    assert response.status_code == 422
    assert "فضای فایل‌ها پر است، این فایل ارسال نشد. متن شما سر جایش است." in text(response)
    assert "متن من سر جایش است" in text(response)
    with tenant_scope(house.tenant):
        assert StoredFile.objects.count() == 0
        assert Quota.objects.get().used == 0
    assert len(bodies(house, ticket)) == 1


# The panel's verbs ----------------------------------------------------------------------------------------------
def test_take_puts_the_ticket_into_ones_hands_once(house):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house)
    assert house.client(house.staff).post(desk(ticket, "take")).status_code == 302
    assert fresh(house, ticket).assignee == house.staff
    late = house.client(house.colleague).post(desk(ticket, "take"))
    assert late.status_code in (404, 409)
    assert fresh(house, ticket).assignee == house.staff


def test_manager_assigns_and_a_wrong_choice_opens_the_dialog_again(house, ticket):
    client = house.client(house.manager)
    wrong = client.post(desk(ticket, "assign"), {"to": str(house.finance_manager.public_id)})
    assert wrong.status_code == 422
    assert "data-open" in text(wrong)
    assert client.post(desk(ticket, "assign"), {"to": str(house.colleague.public_id)}).status_code == 302
    assert fresh(house, ticket).assignee == house.colleague


def test_staff_may_not_assign(house, ticket):
    response = house.client(house.staff).post(desk(ticket, "assign"), {"to": str(house.colleague.public_id)})
    assert response.status_code == 403
    assert fresh(house, ticket).assignee == house.staff


def test_status_and_priority_change_by_what_was_offered(house, ticket):
    client = house.client(house.staff)
    with tenant_scope(house.tenant):
        waiting = TicketStatus.objects.get(category=Category.WAITING, is_default=True)
        closed = TicketStatus.objects.get(category=Category.CLOSED, is_default=True)
    assert client.post(desk(ticket, "status"), {"status": waiting.pk}).status_code == 302
    assert fresh(house, ticket).status == waiting
    assert client.post(desk(ticket, "status"), {"status": closed.pk}).status_code == 422
    assert client.post(desk(ticket, "priority"), {"priority": "4"}).status_code == 302
    assert fresh(house, ticket).priority == 4
    assert client.post(desk(ticket, "priority"), {"priority": "7"}).status_code == 422
    assert fresh(house, ticket).priority == 4


def test_a_rivals_status_is_refused(world, ticket):
    with tenant_scope(world.rival.tenant):
        theirs = TicketStatus.objects.filter(category=Category.WAITING).first()
    client = world.home.client(world.home.staff)
    assert client.post(desk(ticket, "status"), {"status": theirs.pk}).status_code == 422
    assert fresh(world.home, ticket).category == Category.NEW


@pytest.mark.sqlite
def test_close_and_reopen(house, ticket):
    client = house.client(house.staff)
    assert client.post(desk(ticket, "close")).status_code == 302
    assert fresh(house, ticket).category == Category.CLOSED
    assert client.post(desk(ticket, "close")).status_code == 409
    page = text(client.get(desk(ticket)))
    assert desk(ticket, "reopen") in page
    assert desk(ticket, "close") not in page
    assert client.post(desk(ticket, "reopen")).status_code == 302
    assert fresh(house, ticket).category == Category.OPEN


def test_extra_fields_of_a_reply_change_nothing(house, ticket):
    before = fresh(house, ticket)
    fields = message(
        tenant="1", ticket="1", author=str(house.owner.pk), kind="note", side="customer", assignee="1"
    )
    house.client(house.staff).post(desk(ticket, "reply"), fields)
    after = fresh(house, ticket)
    assert (after.assignee, after.requester_id, after.number) == (
        before.assignee,
        before.requester_id,
        before.number,
    )
    with tenant_scope(house.tenant):
        last = Message.objects.order_by("pk").last()
        assert (last.author, last.kind, last.side) == (house.staff, "reply", "staff")


def test_looking_at_a_verb_leads_to_the_page_and_writes_nothing(house, ticket):
    client = house.client(house.owner)
    with tenant_scope(house.tenant):
        before = (Event.objects.count(), Message.objects.count())
    for verb in VERBS:
        assert client.get(desk(ticket, verb))["Location"] == desk(ticket), verb
        assert client.put(desk(ticket, verb)).status_code == 405, verb
    with tenant_scope(house.tenant):
        assert (Event.objects.count(), Message.objects.count()) == before


def test_forms_without_their_token_are_refused(house, ticket):
    client = house.client(house.staff, enforce_csrf_checks=True)
    for verb in VERBS:
        assert client.post(desk(ticket, verb), message()).status_code == 403, verb
    assert len(bodies(house, ticket)) == 1


def test_page_has_no_inline_script_or_style(house, ticket):
    page = text(house.client(house.staff).get(desk(ticket)))
    assert not re.search(r"<script(?![^>]*src=)[^>]*>", page)
    assert not re.search(r"\son[a-z]+=|\sstyle=", page)


def test_closed_ticket_sent_a_reply_opens_again(house, ticket):
    with tenant_scope(house.tenant):
        close(ticket, actor=house.staff)
    assert house.client(house.staff).post(desk(ticket, "reply"), message()).status_code == 302
    assert fresh(house, ticket).category == Category.ANSWERED
