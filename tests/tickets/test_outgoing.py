"""An answer on its way: taken back, sent in time, never lost; and nobody answers over an unseen message (B8)."""

import re
import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from notifications.models import Bell
from tenants.models import StoredFile
from tenants.scope import tenant_scope
from tenants.services import files
from tests.worlds import House, make_house, make_ticket
from tickets import writing
from tickets.models import Draft, Message, Outgoing, ReadMark, Ticket, TicketRules, TicketStatus
from tickets.services import (
    answer,
    delete,
    drafts,
    note,
    outgoing,
    purge,
    reopen,
    reply,
    ruling,
    send_now,
    take_back,
)
from web.errors import Conflict, Invalid, NotFound

from .browsing import desk, hidden, message, portal, text
from .test_statuses import USUAL

pytestmark = [pytest.mark.django_db, pytest.mark.spec("B8")]


@pytest.fixture
def house() -> House:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        ruling.change_rules(actor=house.owner, **USUAL, undo_seconds=15)
    return house


@pytest.fixture
def ticket(house: House):
    with tenant_scope(house.tenant):
        yield make_ticket(house, staff=house.staff)


def lay(house, ticket, body="پاسخ ما", **more):
    more.setdefault("actor", house.staff)
    more.setdefault("client_key", uuid.uuid4())
    return answer(ticket, body=body, **more).outgoing


def said(ticket):
    return list(
        Message.objects.filter(ticket=ticket, side="staff").order_by("pk").values_list("body", flat=True)
    )


def test_nothing_happens_until_it_is_due(house, ticket):
    before = Bell.objects.count()
    row = lay(house, ticket)
    assert said(ticket) == [] and ticket.refresh().category == "new" and Bell.objects.count() == before
    assert outgoing.send_due_everywhere() == 0
    later = timezone.now() + timedelta(seconds=16)
    assert (outgoing.send_due_everywhere(later), outgoing.send_due_everywhere(later)) == (1, 0)
    assert said(ticket) == ["پاسخ ما"] and ticket.refresh().category == "answered"
    with pytest.raises(Conflict):
        take_back(row, actor=house.staff)


def test_taking_back_returns_text_html_and_files(house, ticket):
    paper = files.store(SimpleUploadedFile("گزارش.txt", b"x"), tenant=house.tenant, actor=house.staff)
    row = lay(house, ticket, "متن", html="<p>متن <strong>پررنگ</strong></p>", files=[paper])
    StoredFile.objects.filter(pk=paper.pk).update(created_at=timezone.now() - timedelta(days=3))
    assert files.sweep_orphans() == 0  # held
    place = f"reply-{ticket.number}"
    begun = {"body": "تازه‌تر"}
    Draft.objects.create(user=house.staff, place=place, values=begun, client_key=uuid.uuid4())
    with pytest.raises(NotFound):
        take_back(row, actor=house.manager)
    take_back(row, actor=house.staff)
    draft = writing.drafts_of(house.staff, place)[place]
    assert draft.client_key != row.client_key and draft.values["body"] == "متن پررنگ\n\nتازه‌تر"
    assert draft.values["html"] == "<p>متن <strong>پررنگ</strong></p><p>تازه‌تر</p>"
    assert writing.kept_files(draft) == [paper] and files.sweep_orphans() == 0
    assert not Outgoing.objects.exists() and said(ticket) == []
    page = house.client(house.staff).get(desk(ticket))
    assert hidden(page, "kept") == [str(paper.public_id)]


def test_an_answer_that_came_back_is_not_written_over_by_a_form_that_does_not_show_it(house, ticket):
    place, typing = f"reply-{ticket.number}", uuid.uuid4()
    keep = partial(drafts.keep, actor=house.staff, place=place)
    take_back(lay(house, ticket, "برگشته"), actor=house.staff)
    client = house.client(house.staff)
    for body in ("در زبانهٔ دیگر", ""):
        assert keep(values={"body": body}, client_key=typing).others
    fields = {"place": place, "body": "باز هم", "client_key": str(typing)}
    assert client.post("/drafts/", fields)["X-Draft-Others"] == "1"
    draft = writing.drafts_of(house.staff, place)[place]
    assert draft.values["body"] == "برگشته\n\nباز هم"
    # Whoever sees both goes on with both, and it is a draft like any other.
    keep(values={"body": "برگشته و بهتر"}, client_key=uuid.uuid4(), seen=draft.seen)
    assert Draft.objects.get().values["body"] == "برگشته و بهتر"


def test_what_was_chosen_beside_an_answer_comes_back_with_it(house, ticket):
    client = house.client(house.staff)
    waiting = TicketStatus.objects.get(category="waiting", is_default=True)
    for then, word in (("close", "ارسال و بستن"), (f"status:{waiting.pk}", f"ارسال و «{waiting.name}»")):
        row = lay(house, ticket, "پاسخ", then=then, signed=False)
        take_back(row, actor=house.staff)
        draft = Draft.objects.get()
        assert (draft.values["then"], draft.values["signed"]) == (then, "off")
        assert writing.typed(draft)["signed"] is False
        page = text(client.get(desk(ticket)))
        assert f'name="then" value="{then}" data-send' in page
        assert word in page.split("data-send", 1)[1].split("</button>", 1)[0]
        Draft.objects.all().delete()


def test_sending_another_sends_the_first_at_once(house, ticket):
    lay(house, ticket, "یک")
    second = lay(house, ticket, "دو")
    assert said(ticket) == ["یک"]
    send_now(second, actor=house.staff)
    assert said(ticket) == ["یک", "دو"] and send_now(second, actor=house.staff).message is None


def test_a_customers_word_meanwhile_is_answered_and_not_closed_over(house, ticket):
    seen = Message.objects.latest("pk").pk
    row = lay(house, ticket, then="close", seen=seen)
    reply(ticket, actor=house.customer_main, body="یک چیز دیگر", client_key=uuid.uuid4())
    assert send_now(row, actor=house.staff).closed is False
    # The words go; what they did not know of stays unread and waits for us since it came.
    assert said(ticket) == ["پاسخ ما"] and ticket.refresh().category == "open"
    word = Message.objects.filter(side="customer").latest("pk")
    assert ticket.waiting_since == word.created_at and ticket.first_answered_at > word.created_at
    assert not ReadMark.objects.filter(ticket=ticket, user=house.staff, read_at__gte=word.created_at).exists()
    again = lay(house, ticket, "بسته شد", then="close", seen=Message.objects.latest("pk").pk)
    assert send_now(again, actor=house.staff).closed and ticket.refresh().category == "closed"


def test_a_chosen_status_does_not_hide_a_word_nobody_has_read(house, ticket):
    reply(ticket, actor=house.staff, body="در دست بررسی", client_key=uuid.uuid4())
    seen = Message.objects.latest("pk").pk
    row = lay(house, ticket, then="waiting", seen=seen)
    reply(ticket, actor=house.customer_main, body="یک چیز دیگر", client_key=uuid.uuid4())
    came = ticket.refresh().waiting_since
    page = house.client(house.staff)
    sent = page.post(f"/desk/tickets/{ticket.number}/sending/{row.client_key}/now/")
    assert "done=replied-open" in sent["Location"]
    assert (ticket.refresh().category, ticket.waiting_since) == ("open", came)


def test_what_cannot_go_returns_to_its_writer(house, ticket):
    row = lay(house, ticket)
    Ticket.objects.update(assignee=house.colleague)  # lost in a way that knows nothing of answers
    assert outgoing.send_due(row.pk, timezone.now() + timedelta(minutes=1))
    # Out of sight: the words are on the page of the unsent, and nothing names the subject.
    page = text(house.client(house.staff).get("/desk/unsent/"))
    assert "پاسخ ما" in page and ticket.subject not in page
    bell = Bell.objects.filter(user=house.staff).latest("pk")
    assert "فرستاده نشد" in bell.text and bell.url == "/desk/unsent/"
    # Seen again, it is taken up into the composer.
    client, again = house.client(house.staff), f"/desk/tickets/{ticket.number}/sending/{row.client_key}/back/"
    assert again not in page and client.post(again).status_code == 404
    Ticket.objects.update(assignee=house.staff)
    assert again in text(client.get("/desk/unsent/")) and client.post(again).status_code == 302
    assert "پاسخ ما" in text(client.get(desk(ticket))) and not Outgoing.objects.exists()
    gone = lay(house, ticket, "دومی", actor=house.manager)
    delete(ticket, actor=house.owner)
    outgoing.send_due_everywhere(timezone.now() + timedelta(minutes=1))
    assert Outgoing.objects.get(pk=gone.pk).failed
    assert "پاسخ ما" not in text(house.client(house.manager).get("/desk/unsent/"))


def test_what_cannot_go_keeps_its_files(house, ticket):
    paper = files.store(SimpleUploadedFile("گزارش.txt", b"one line"), tenant=house.tenant, actor=house.staff)
    row = lay(house, ticket, files=[paper])
    Ticket.objects.update(assignee=house.colleague)
    later = timezone.now() + timedelta(minutes=1)
    outgoing.send_due_everywhere(later)
    StoredFile.objects.filter(pk=paper.pk).update(created_at=timezone.now() - timedelta(days=11))
    assert files.sweep_orphans() == 0
    client, address = house.client(house.staff), f"/files/{paper.public_id}/"
    page = text(client.get("/desk/unsent/"))
    assert "گزارش.txt" in page and address in page
    assert b"".join(client.get(address).streaming_content) == b"one line"
    for other in (house.colleague, house.owner, house.customer_main):
        assert house.client(other).get(address).status_code == 404
    # Put aside, or forgotten after a month, its room is given back.
    assert client.post(f"/desk/unsent/{row.client_key}/drop/").status_code == 302
    assert files.sweep_orphans() == 1 and not Outgoing.objects.exists()


def test_a_month_later_what_could_not_go_is_forgotten_with_its_files(house, ticket):
    paper = files.store(SimpleUploadedFile("گزارش.txt", b"x"), tenant=house.tenant, actor=house.staff)
    lay(house, ticket, files=[paper])
    Ticket.objects.update(assignee=house.colleague)
    outgoing.send_due_everywhere(timezone.now() + timedelta(minutes=1))
    outgoing.send_due_everywhere(timezone.now() + timedelta(days=31))
    assert not Outgoing.objects.exists() and files.sweep_orphans() == 1


def test_of_a_writer_who_is_not_here_any_more_the_manager_hears(house, ticket):
    row = lay(house, ticket)
    User.objects.filter(pk=house.staff.pk).update(is_active=False)
    outgoing.send_due(row.pk, timezone.now() + timedelta(minutes=1))
    bell = Bell.objects.filter(user=house.manager).latest("pk")
    assert house.staff.display_name in bell.text and "فرستاده نشد" in bell.text
    assert not Bell.objects.filter(user=house.staff, text__contains="فرستاده نشد").exists()


@pytest.mark.parametrize("seconds", [0, 15])
def test_another_text_under_a_used_key_is_kept_and_goes_under_a_fresh_one(house, ticket, seconds):
    with tenant_scope(house.tenant):
        TicketRules.objects.update_or_create(defaults={"undo_seconds": seconds})
    client = house.client(house.staff)
    fields = message("از زبانهٔ نخست", last=str(2**40), coming=str(2**40))
    assert client.post(desk(ticket, "reply"), fields).status_code == 302
    fields |= {"body": "از زبانهٔ دوم", "files": SimpleUploadedFile("گزارش.txt", b"x")}
    refused = client.post(desk(ticket, "reply"), fields)
    assert refused.status_code == 409 and "پیش‌تر متن دیگری را فرستاده" in text(refused)
    assert "از زبانهٔ دوم" in text(refused) and "گزارش.txt" in text(refused)
    fresh = hidden(refused, "client_key")[0]
    assert fresh != fields["client_key"]
    fields |= {"client_key": fresh, "kept": hidden(refused, "kept")}
    del fields["files"]
    assert client.post(desk(ticket, "reply"), fields).status_code == 302
    outgoing.send_due_everywhere(timezone.now() + timedelta(minutes=1))
    assert said(ticket) == ["از زبانهٔ نخست", "از زبانهٔ دوم"]
    assert Message.objects.latest("pk").attachments.count() == 1


def test_a_note_and_a_customers_word_under_a_used_key_are_kept_too(house, ticket):
    for who, address in ((house.staff, desk(ticket, "note")), (house.customer_main, portal(ticket, "reply"))):
        client, fields = house.client(who), message("یک")
        assert client.post(address, fields).status_code == 302
        assert client.post(address, fields).status_code == 302  # the same form twice is the same message
        refused = client.post(address, fields | {"body": "دو"})
        assert refused.status_code == 409 and "دو" in text(refused)
        assert fields["client_key"] not in hidden(refused, "client_key")
    assert Message.objects.filter(body="یک").count() == 2 and not Message.objects.filter(body="دو").exists()


def test_a_purge_gives_back_the_room_of_files_on_their_way(house, ticket):
    paper = files.store(SimpleUploadedFile("گزارش.txt", b"x"), tenant=house.tenant, actor=house.staff)
    lay(house, ticket, files=[paper])
    delete(ticket, actor=house.owner)
    purge(ticket, actor=house.owner)
    files.sweep_orphans()
    assert not StoredFile.objects.filter(pk=paper.pk).exists()


@pytest.mark.parametrize(
    "bad", [{"body": ""}, {"then": "status:999999"}, {"then": "delete"}, {"files": None}]
)
def test_what_is_wrong_is_refused_before_it_is_laid_down(house, ticket, bad):
    if "files" in bad:
        bad = {
            "files": [files.store(SimpleUploadedFile("x.txt", b"x"), tenant=house.tenant, actor=house.owner)]
        }
    with pytest.raises(Invalid):
        lay(house, ticket, **bad)
    assert not Outgoing.objects.exists()


def test_any_offered_status_goes_with_the_answer(house, ticket):
    own = TicketStatus.objects.get(category="waiting", is_default=True)
    page = text(house.client(house.staff).get(desk(ticket)))
    assert f'value="status:{own.pk}"' in page
    send_now(lay(house, ticket, then=f"status:{own.pk}"), actor=house.staff)
    assert ticket.refresh().status_id == own.pk


def test_the_page_counts_down_for_its_author_and_tells_colleagues_alone(house, ticket):
    client = house.client(house.staff)
    fields = message("پاسخ نهفته", last=str(2**40), coming="0")
    first, second = (client.post(desk(ticket, "reply"), fields) for _ in range(2))
    assert first["Location"] == second["Location"] and Outgoing.objects.count() == 1
    row = Outgoing.objects.get()
    assert "پس گرفتن" in text(client.get(desk(ticket)))
    other = text(house.client(house.manager).get(desk(ticket)))
    assert "در راه است" in other and "پاسخ نهفته" not in other
    theirs = text(house.client(house.customer_main).get(portal(ticket)))
    assert "در راه" not in theirs and "پاسخ نهفته" not in theirs
    back = f"/desk/tickets/{ticket.number}/sending/{row.client_key}"
    assert house.client(house.manager).post(f"{back}/back/").status_code == 404
    assert "done=taken-back" in client.post(f"{back}/back/")["Location"]
    assert "پاسخ نهفته" in text(client.get(desk(ticket))) and said(ticket) == []


def test_version_check_warns_once_and_keeps_the_text(house, ticket):
    client, last = house.client(house.staff), Message.objects.latest("pk").pk
    note(ticket, actor=house.manager, body="یادداشت تازهٔ مدیر", client_key=uuid.uuid4())
    fields = message("متن من می‌ماند", last=str(last), coming="0")
    warned = client.post(desk(ticket, "reply"), fields)
    assert warned.status_code == 409 and not Outgoing.objects.exists()
    page = text(warned)
    assert "هنگام نوشتن شما پیام تازه‌ای رسید" in page and "متن من می‌ماند" in page
    assert page.index('id="fresh"') < page.index("یادداشت تازهٔ مدیر")
    fields |= {"last": hidden(warned, "last")[0], "coming": hidden(warned, "coming")[0]}
    assert client.post(desk(ticket, "reply"), fields).status_code == 302
    # A colleague's answer on its way counts as one that has come.
    manager = house.client(house.manager)
    fields = message("من هم", last=fields["last"], coming="0")
    warned = manager.post(desk(ticket, "reply"), fields)
    assert warned.status_code == 409 and "در راه است" in text(warned)
    fields["coming"] = hidden(warned, "coming")[0]
    assert manager.post(desk(ticket, "reply"), fields).status_code == 302


def test_after_an_act_the_page_stands_where_it_happened(house, ticket):
    client = house.client(house.staff)
    sent = client.post(desk(ticket, "reply"), message("پاسخ", last=str(2**40), coming="0"))
    row = Outgoing.objects.get()
    assert sent["Location"].endswith(f"?done=sending#outgoing-{row.pk}")
    assert "پاسخ در راه است" in text(client.get(sent["Location"]))
    taken = client.post(f"/desk/tickets/{ticket.number}/sending/{row.client_key}/back/")
    assert taken["Location"].endswith("?done=taken-back#composer")
    # An old address says nothing of what is not on its way any more.
    assert "پاسخ در راه است" not in text(client.get(sent["Location"]))
    refused = text(client.post(desk(ticket, "reply"), message("")))
    assert 'href="#composer"' in refused and 'role="alert" tabindex="-1" data-refused' in refused
    assert f'action="{desk(ticket, "reply")}#composer"' in refused
    note(ticket, actor=house.manager, body="تازه", client_key=uuid.uuid4())
    warned = text(client.post(desk(ticket, "reply"), message("متن", last="1", coming="0")))
    assert 'href="#fresh"' in warned and 'id="fresh"' in warned


@pytest.mark.spec("S6")
def test_what_stands_in_the_box_goes_with_my_problem_is_solved(house, ticket):
    client, address = house.client(house.customer_main), portal(ticket, "reply")
    page = text(client.get(portal(ticket)))
    assert page.count('name="then" value="close"') == 2  # at the top of a telephone, and beside the box
    reply(ticket, actor=house.staff, body="درست شد؟", client_key=uuid.uuid4())
    fields = message("بله، ممنون", then="close")
    for _ in range(2):  # twice is once
        assert client.post(address, fields)["Location"].endswith("?done=solved#closed")
    assert ticket.refresh().category == "closed" and Message.objects.filter(body="بله، ممنون").count() == 1
    reopen(ticket, actor=house.customer_main)
    # What came meanwhile is shown first: neither are the words sent nor is it closed.
    reply(ticket, actor=house.staff, body="یک نکته", client_key=uuid.uuid4())
    warned = client.post(address, message("تمام", then="close", last="1"))
    assert warned.status_code == 409 and "تمام" in text(warned) and ticket.refresh().category == "answered"
    file = {"then": "close", "files": SimpleUploadedFile("رسید.txt", b"x")}
    assert client.post(address, message("", **file)).status_code == 422
    assert ticket.refresh().category == "answered"
    assert client.post(address, message("", then="close"))["Location"].endswith("?done=solved#closed")
    assert ticket.refresh().category == "closed"


@pytest.mark.parametrize("seconds", [0, 15])
def test_the_same_words_from_another_tab_are_told_before_they_go_twice(house, ticket, seconds):
    with tenant_scope(house.tenant):
        TicketRules.objects.update_or_create(defaults={"undo_seconds": seconds})
    client = house.client(house.staff)
    address = f"/desk/tickets/{ticket.number}/"
    tabs = [_hidden(client.get(address).content.decode()) for _ in range(2)]
    for tab in tabs:
        tab |= {"client_key": str(uuid.uuid4()), "body": "درستش کردیم."}
    assert client.post(f"{address}reply/", tabs[0]).status_code == 302
    again = client.post(f"{address}reply/", tabs[1])
    page = again.content.decode()
    assert again.status_code == 409 and "همین متن را پیش‌تر فرستاده‌اید" in page and "درستش کردیم." in page
    # Who means it presses once more.
    assert client.post(f"{address}reply/", tabs[1] | _hidden(page)).status_code == 302


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(last|coming)" value="(\d+)"', page))


def test_a_customer_is_warned_of_our_answers_alone(house, ticket):
    last = str(Message.objects.latest("pk").pk)
    lay(house, ticket)
    note(ticket, actor=house.staff, body="میان خودمان", client_key=uuid.uuid4())
    client = house.client(house.customer_main)
    assert client.post(portal(ticket, "reply"), message("یک", last=last)).status_code == 302
    reply(ticket, actor=house.staff, body="پاسخ تازه", client_key=uuid.uuid4())
    warned = client.post(portal(ticket, "reply"), message("دو می‌ماند", last=last))
    assert warned.status_code == 409 and "دو می‌ماند" in text(warned) and "میان خودمان" not in text(warned)
    again = message("دو می‌ماند", last=hidden(warned, "last")[0])
    assert client.post(portal(ticket, "reply"), again).status_code == 302


def test_the_owner_chooses_the_seconds(house):
    fields = {"act": "rules", **{name: str(days) for name, days in USUAL.items()}}
    client = house.client(house.owner)
    assert client.post("/manage/statuses/", {**fields, "undo_seconds": "30"}).status_code == 302
    assert client.post("/manage/statuses/", {**fields, "undo_seconds": "3000"}).status_code == 422
    with tenant_scope(house.tenant):
        assert TicketRules.objects.get().undo_seconds == 30


def test_here_tells_who_is_signed_in(house):
    assert house.client().get("/here/").json()["person"] is None
    assert house.client(house.staff).get("/here/").json()["person"] == str(house.staff.public_id)


def test_extra_fields_of_a_sending_change_nothing(house, ticket):
    """TRUST 22."""
    forged = {
        "author": house.owner.pk,
        "due_at": "2000-01-01",
        "side": "customer",
        "tenant": 1,
        "failed": "x",
    }
    house.client(house.staff).post(desk(ticket, "reply"), message("متن", **forged))
    row = Outgoing.objects.get()
    assert (row.author, row.failed) == (house.staff, "") and row.due_at > timezone.now()
