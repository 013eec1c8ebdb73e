"""Drafts on the server: one a place, its writer's alone, gone with what is sent (B8)."""

import html
import json
import re
import uuid
from datetime import timedelta
from functools import partial
from urllib.parse import quote

import pytest
from django.utils import timezone

from accounts.models import User
from departments.models import FieldChoice
from departments.services.canned import create_canned
from departments.services.fields import create_field
from tenants.models import StoredFile, Tenant
from tenants.scope import tenant_scope
from tenants.services import files
from tests.worlds import House, make_house, make_ticket
from tickets import writing
from tickets.models import Draft, Message, Outgoing, Ticket
from tickets.services import delete, drafts, note, reply
from web.errors import Invalid, NotFound

from .browsing import desk, hidden, message, portal, request_for, text, upload

pytestmark = [pytest.mark.django_db, pytest.mark.spec("B8")]


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def ticket(house: House):
    with tenant_scope(house.tenant):
        yield make_ticket(house, staff=house.staff)


def test_a_draft_is_one_row_a_form_and_ends_with_its_message(house, ticket):
    place, key = f"reply-{ticket.number}", uuid.uuid4()
    for body in ("سلام", "سلام خانم"):
        drafts.keep(actor=house.staff, place=place, values={"body": body, "is_staff": "x"}, client_key=key)
    found = writing.drafts_of(house.staff, place)[place]
    assert Draft.objects.count() == 1 and writing.typed(found) == {"body": "سلام خانم", "client_key": key}
    reply(ticket, actor=house.staff, body="سلام خانم", client_key=key)
    assert not Draft.objects.exists()
    # A save that was still on its way brings nothing back.
    late = drafts.keep(actor=house.staff, place=place, values={"body": "سلام"}, client_key=key)
    assert late.is_sent and late.draft is None and not Draft.objects.exists()
    Draft.objects.create(user=house.staff, place=place, values={"body": "سلام"}, client_key=key)
    assert writing.drafts_of(house.staff, place) == {}


@pytest.mark.parametrize(
    "place",
    [
        *("", "reply-", "reply-0", "reply-99999", "portal-1", "new-portal", "x" * 500, "new-internal-99999"),
        *("new-desk", f"new-desk-{uuid.UUID(int=1)}"),
    ],
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
    for place in (f"reply-{ticket.number}", f"note-{ticket.number}", "new-internal"):
        drafts.keep(actor=house.staff, place=place, values={"body": "نیمه"})
    assert set(Draft.objects.values_list("place", flat=True)) == {f"note-{ticket.number}", "new-internal"}
    Draft.objects.filter(place="new-internal").update(updated_at=timezone.now() - timedelta(days=31))
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


def _question(house: House, kind: str, **more) -> str:
    """The name of a new question of support."""
    if kind.startswith("choice"):
        more["choices"] = ["کم", "زیاد"]
    with tenant_scope(house.tenant):
        made = create_field(
            actor=house.owner, department=house.support, kind=kind, label=f"پرسش {kind}", **more
        )
        return f"f{made.pk}"


@pytest.mark.spec("S31")
def test_answers_begun_come_back_with_the_department_and_topic_that_ask_them(house, ticket):
    names = {kind: _question(house, kind) for kind in ("number", "date", "choices", "flag", "mobile")}
    names["long"] = _question(house, "long", topics=[house.topic])
    names["file"] = _question(house, "file", is_required=True)
    ours = _question(house, "text", is_staff_only=True)
    with tenant_scope(house.tenant):
        boxes = [str(one.pk) for one in FieldChoice.objects.order_by("position")]
        paper = files.store(upload("فاکتور.txt"), tenant=house.tenant, actor=house.customer_main)
    typed = {
        names["number"]: "۱۲٬۵۰",
        names["date"]: "۱۴۰۵/۰۷",
        names["choices"]: boxes,
        names["flag"]: "no",
        names["mobile"]: "۰۹۱۲",
        names["long"]: "خط اول\nخط دوم",
        f"kept_{names['file']}": str(paper.public_id),
    }
    place = {"place": "new-portal", "department": house.support.pk, "topic": house.topic.pk}
    client = house.client(house.customer_main)
    strange = {ours: "نه مال مشتری", "f999999": "هیچ", "f" + "9" * 30: "هیچ", "f١": "هیچ"}
    assert client.post("/drafts/", place | typed | strange)["X-Draft-At"]
    kept = Draft.objects.get().values["answers"]
    assert set(kept) == set(typed) and kept[names["choices"]] == boxes
    page = text(client.get("/portal/tickets/new/"))
    for word in ("۱۲٬۵۰", "۱۴۰۵/۰۷", "۰۹۱۲", "خط دوم", "فاکتور.txt"):
        assert word in page, word
    assert page.count("checked") >= 4 and "field-error" not in page
    for name, value in (*((names["choices"], box) for box in boxes), (names["flag"], "no")):
        assert re.search(rf'name="{name}"[^>]*value="{value}"[^>]*checked', page), value
    # As the page stands it can be sent, once what was half typed is right.
    sent = request_for(house, topic=str(house.topic.pk), asked=[name[1:] for name in names.values()], **typed)
    sent |= {names["number"]: "۱۲", names["date"]: "۱۴۰۵/۰۷/۱۳", names["mobile"]: "09123456789"}
    assert client.post("/portal/tickets/new/", sent).status_code == 302
    # With another department, or for a colleague of theirs, nothing of it is asked.
    client.post("/drafts/", place | typed | {"department": house.finance.pk, "topic": ""})
    assert "خط دوم" not in text(client.get("/portal/tickets/new/"))


def test_answers_of_a_draft_are_bounded_and_only_a_new_tickets(house, ticket, monkeypatch):
    name, other = _question(house, "long"), _question(house, "text")
    drafts.keep(
        actor=house.staff, place=f"reply-{ticket.number}", values={"body": "ن", "answers": {name: ["نه"]}}
    )
    assert "answers" not in Draft.objects.get().values
    keep = partial(drafts.keep, actor=house.staff, place=writing.desk_place(house.customer_main))
    monkeypatch.setattr(drafts, "MOST_ANSWERS", 1)
    kept = keep(values={"answers": {name: ["آری"] * 300, other: ["نه"]}}).draft
    assert writing.answered(kept) == {name: ["آری"] * 100}
    with pytest.raises(Invalid):
        keep(values={"body": "سلام", "answers": {name: ["x" * 300_000]}})
    assert keep(values={"answers": {name: ["  "]}}).draft is None and Draft.objects.count() == 1


def test_whom_a_note_is_for_comes_back_with_it(house, ticket):
    client = house.client(house.staff)
    fields = {"place": f"note-{ticket.number}", "body": "محرمانه", "audience": "named"}
    people = [str(house.manager.public_id), str(house.colleague.public_id)]
    client.post("/drafts/", fields | {"readers": [*people, "هیچ‌کس", str(uuid.uuid4())]})
    page = text(client.get(desk(ticket)))
    ticked = re.findall(r'name="readers" value="([^"]+)"[^>]* checked', page)
    assert sorted(ticked) == sorted(people) and 'value="named" checked' in page


def test_an_internal_tickets_draft_is_kept_and_ready_words_leave_a_customers_name_in_braces(house, ticket):
    with tenant_scope(house.tenant):
        row = create_canned(actor=house.owner, name="درخواست", body="{مشتری} منتظر است. {کارشناس}")
    client = house.client(house.staff)
    client.post("/drafts/", {"place": "new-internal", "subject": "برگهٔ مرخصی", "body": "این را ببین"})
    page = text(client.get("/desk/tickets/new/internal/"))
    assert "برگهٔ مرخصی" in page and "این را ببین" in page and 'data-canned="#id_body"' in page
    filled = client.get(f"/desk/canned/{row.pk}/filled/").json()
    assert filled["text"] == f"{{مشتری}} منتظر است. {house.staff.display_name}"


def test_drafts_whose_text_has_gone_are_swept_with_the_next_sweep(house, ticket):
    client, key = house.client(house.customer_main), str(uuid.uuid4())
    client.post("/drafts/", {"place": "new-portal", "client_key": key, "body": "کاغذ می‌گیرد"})
    drafts.keep(actor=house.staff, place="new-internal", values={"body": "نیمه"}, client_key=uuid.uuid4())
    assert client.post("/portal/tickets/new/", request_for(house, client_key=key)).status_code == 302
    assert Draft.objects.count() == 2
    assert drafts.sweep_everywhere() == 1 and Draft.objects.get().place == "new-internal"


# Two forms in one place ---------------------------------------------------------------------------------------------
def _forms(house: House, place: str, count: int = 2):
    """So many pages that stand open on one place, each with its own key: ``keep`` of each."""
    keep = partial(drafts.keep, actor=house.staff, place=place)
    return [partial(keep, client_key=uuid.uuid4()) for _ in range(count)]


def _body(house: House, place: str) -> str:
    found = writing.drafts_of(house.staff, place).get(place)
    return found.values["body"] if found else ""


@pytest.mark.sqlite
def test_a_form_that_does_not_show_a_draft_neither_empties_nor_overwrites_it(house, ticket):
    place = f"reply-{ticket.number}"
    first, other = _forms(house, place)
    first(values={"body": "ده دقیقه نوشته", "html": "<p><b>ده دقیقه</b> نوشته</p>"})
    # Opened before it, with an empty box: unticked, typed and taken away again.
    for values in ({"signed": "off"}, {"body": "س"}, {"body": ""}):
        assert other(values=values).others
    assert Draft.objects.count() == 1 and _body(house, place) == "ده دقیقه نوشته"
    other(values={"body": "سلام"})
    whole = writing.drafts_of(house.staff, place)[place]
    assert whole.values["body"] == "ده دقیقه نوشته\n\nسلام"
    assert whole.values["html"] == "<p><b>ده دقیقه</b> نوشته</p><p>سلام</p>"
    # A page that shows both takes the place of both, as they stood then: what is written to one since stays.
    first(
        values={"body": "ده دقیقه نوشته، و بیشتر"}, number=whole.seen[str(first.keywords["client_key"])] + 1
    )
    page = partial(drafts.keep, actor=house.staff, place=place, client_key=uuid.uuid4(), seen=whole.seen)
    assert page(values={"body": "هر دو"}).others
    assert _body(house, place) == "ده دقیقه نوشته، و بیشتر\n\nهر دو"
    # Emptied by who sees it, it is gone.
    shown = writing.drafts_of(house.staff, place)[place].seen
    assert not drafts.keep(
        actor=house.staff, place=place, client_key=uuid.uuid4(), seen=shown, values={"body": ""}
    ).others
    assert not Draft.objects.exists()


@pytest.mark.sqlite
def test_a_save_that_comes_late_or_after_sending_changes_nothing_of_others(house, ticket):
    place = f"reply-{ticket.number}"
    first, second = _forms(house, place)
    first(values={"body": "نو"}, number=20)
    assert first(values={"body": "کهنه"}, number=10).draft.values["body"] == "نو"
    # A page shows the first, takes its place under its own key, and is sent before that save arrives.
    seen = writing.drafts_of(house.staff, place)[place].seen
    reply(ticket, actor=house.staff, body="نو و تمام", client_key=second.keywords["client_key"])
    assert second(values={"body": "نو و"}, seen=seen).is_sent and not Draft.objects.exists()
    # What one has sent ends the other's draft no more than its own.
    first, second = _forms(house, place)
    first(values={"body": "در زبانهٔ دیگر"})
    second(values={"body": "همین"})
    reply(ticket, actor=house.staff, body="همین", client_key=second.keywords["client_key"])
    assert _body(house, place) == "در زبانهٔ دیگر"


def test_two_notes_joined_are_for_no_more_readers_than_either(house, ticket):
    place = f"note-{ticket.number}"
    first, second = _forms(house, place)
    first(values={"body": "محرمانه", "audience": "named", "readers": [str(house.manager.public_id)]})
    second(values={"body": "برای همه", "audience": "right"})
    whole = writing.drafts_of(house.staff, place)[place].values
    assert (whole["audience"], whole["readers"]) == ("named", [str(house.manager.public_id)])


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        ({"body": "سلام"}, {"body": "سلام خانم"}, ("سلام خانم", "")),
        ({"body": "سلام خانم"}, {"body": "سلام"}, ("سلام خانم", "")),
        ({"body": "یک"}, {"body": "دو"}, ("یک\n\nدو", "")),
        ({"body": ""}, {"body": "دو"}, ("دو", "")),
        ({"body": "یک", "html": "<p><b>یک</b></p>"}, {"body": "یک"}, ("یک", "<p><b>یک</b></p>")),
        ({"body": "<یک>"}, {"body": "دو", "html": "<p>دو</p>"}, ("<یک>\n\nدو", "<p>&lt;یک&gt;</p><p>دو</p>")),
        ({"subject": "چاپگر", "body": "یک"}, {"subject": "شبکه", "body": "دو"}, ("چاپگر\nیک\n\nدو", "")),
    ],
)
def test_joined_texts_lose_no_word_and_double_none_that_stands_in_the_other(one, two, expected):
    whole = writing.joined(one, two)
    assert (whole["body"], whole["html"]) == expected
    assert whole.get("subject") == two.get("subject")


def test_the_page_says_what_it_shows_and_puts_aside_only_that(house, ticket):
    place = f"reply-{ticket.number}"
    client, key, other = house.client(house.staff), uuid.uuid4(), uuid.uuid4()
    post = partial(client.post, "/drafts/")
    post({"place": place, "client_key": key, "body": "نخست", "number": "5"})
    page = client.get(desk(ticket))
    seen = hidden(page, "seen")[0]
    assert (
        json.loads(html.unescape(seen)) == {str(key): 5}
        and f'data-draft-seen="{seen}"' in page.content.decode()
    )
    answer = post({"place": place, "client_key": other, "body": "دوم", "number": "6"})
    assert answer["X-Draft-Others"] == "1" and "X-Draft-Sent" not in answer
    client.post("/drafts/forget/", {"place": place, "seen": html.unescape(seen)})
    assert _body(house, place) == "دوم"
    for bad in ("[]", "{", '{"a": "b"}', "x" * 5000):
        assert (
            post(
                {"place": place, "client_key": key, "body": "ن", "seen": bad, "number": "x" * 30}
            ).status_code
            == 204
        )
    client.post(desk(ticket, "reply"), message("رفت", client_key=str(other)))
    assert post({"place": place, "client_key": other, "body": "رفت"})["X-Draft-Sent"] == "1"


@pytest.mark.parametrize("where", ["reply", "note", "portal", "new-portal", "new-internal", "new-desk"])
def test_what_was_joined_ends_with_what_is_sent_also_where_no_script_said_so_before(house, ticket, where):
    customers = where in ("portal", "new-portal")
    person = house.customer_main if customers else house.staff
    client, number = house.client(person), ticket.number
    places = {"new-desk": writing.desk_place(house.customer_main)}
    place = places.get(where, where if where.startswith("new") else f"{where}-{number}")
    page, action = {
        "reply": (desk(ticket), desk(ticket, "reply")),
        "note": (desk(ticket), desk(ticket, "note")),
        "portal": (portal(ticket), portal(ticket, "reply")),
        "new-portal": ("/portal/tickets/new/",) * 2,
        "new-internal": ("/desk/tickets/new/internal/",) * 2,
        "new-desk": (_new_for(house.customer_main),) * 2,
    }[where]
    for body in ("نخست", "دوم"):
        drafts.keep(actor=person, place=place, values={"body": body}, client_key=uuid.uuid4())
    answer = client.get(page)
    held = hidden(answer, "seen")  # by the form that sends, and by «کنار گذاشتن»
    seen = html.unescape(held[0])
    assert len(held) == 2 == len(json.loads(seen)) and Draft.objects.count() == 2
    # Begun in another tab since: it is nobody's to take away.
    drafts.keep(actor=person, place=place, values={"body": "سوم"}, client_key=uuid.uuid4())
    key = hidden(answer, "client_key")[0 if where != "note" else -1]
    fields = request_for(house, source=str(house.support.pk)) if where.startswith("new") else {}
    sent = client.post(action, fields | message("نخست و دوم", client_key=key, seen=seen))
    assert sent.status_code == 302 and [
        one.values["body"] for one in Draft.objects.exclude(writing.is_sent())
    ] == ["سوم"]


# A new ticket's place ------------------------------------------------------------------------------------------------
def _new_for(person: User) -> str:
    return f"/desk/tickets/new/?person={person.public_id}"


def test_what_is_begun_for_one_company_is_not_shown_for_another(house, ticket):
    client = house.client(house.staff)
    place = writing.desk_place(house.customer_main)
    client.post("/drafts/", {"place": place, "client_key": uuid.uuid4(), "subject": "راز الف", "body": "الف"})
    assert "راز الف" in text(client.get(_new_for(house.customer_main)))
    assert "راز الف" not in text(client.get(_new_for(house.other_customer)))
    answer = client.post("/drafts/forget/", {"place": place})
    assert answer["Location"] == _new_for(house.customer_main) and not Draft.objects.exists()
    # And among ourselves, about one ticket or another.
    with tenant_scope(house.tenant):
        second = make_ticket(house, staff=house.staff)
    place = writing.internal_place(ticket)
    client.post(
        "/drafts/", {"place": place, "client_key": uuid.uuid4(), "subject": "دربارهٔ اول", "body": "ب"}
    )
    for about, there in ((f"?about={ticket.number}", True), (f"?about={second.number}", False), ("", False)):
        assert ("دربارهٔ اول" in text(client.get(f"/desk/tickets/new/internal/{about}"))) is there
    assert client.post("/drafts/forget/", {"place": place})["Location"].endswith(f"?about={ticket.number}")
    hidden_one = make_ticket(house, department=house.finance)
    with pytest.raises(NotFound):
        drafts.keep(actor=house.staff, place=writing.internal_place(hidden_one), values={"body": "ب"})


def test_an_address_that_wishes_something_else_is_not_answered_with_the_draft_but_offers_it(house, ticket):
    client = house.client(house.customer_main)
    client.post(
        "/drafts/", {"place": "new-portal", "client_key": uuid.uuid4(), "subject": "چاپگر", "body": "ب"}
    )
    page = text(client.get("/portal/tickets/new/?subject=VPN"))
    assert 'value="VPN"' in page and "چاپگر" not in page and "data-draft-aside" in page
    assert 'href="/portal/tickets/new/?"' in page and "data-draft-seen" not in page
    page = text(client.get("/portal/tickets/new/?subject=چاپگر"))
    assert "data-draft-seen" in page and "data-draft-aside" not in page


# What is chosen, and files --------------------------------------------------------------------------------------------
def test_what_is_chosen_comes_back_too(house, ticket):
    Tenant.objects.filter(pk=house.tenant.pk).update(sms_on_open=False)
    client = house.client(house.customer_main)
    begun = {"place": "new-portal", "client_key": uuid.uuid4(), "body": "فوری است", "priority": "4"}
    for sms in ("on", "off"):
        client.post("/drafts/", begun | {"wants_sms": sms})
        page = text(client.get("/portal/tickets/new/"))
        assert re.search(r'name="priority" value="4"[^>]* checked', page)
        assert bool(re.search(r'name="wants_sms"[^>]* checked', page)) is (sms == "on")


@pytest.mark.sqlite
def test_a_file_named_in_a_draft_is_no_orphan_and_one_that_is_gone_is_said(house, ticket):
    place = f"reply-{ticket.number}"
    paper, picture, left = (
        files.store(upload(name), tenant=house.tenant, actor=house.staff)
        for name in ("الف.txt", "ب.txt", "ج.txt")
    )
    drawn = f'<p>ب <img src="/files/{picture.public_id}/?inline=1"></p>'
    values = {"body": "ب", "html": drawn, "kept": [str(paper.public_id)]}
    drafts.keep(actor=house.staff, place=place, values=values)
    later = timezone.now() + timedelta(days=20)
    assert files.sweep_orphans(now=later) == 1
    assert set(StoredFile.objects.all()) == {paper, picture}
    client = house.client(house.staff)
    assert "دیگر نیست" not in text(client.get(desk(ticket)))
    # Somebody else's draft that names it holds nothing.
    Draft.objects.update(user=house.manager)
    assert files.sweep_orphans(now=later) == 2 and left not in StoredFile.objects.all()
    Draft.objects.update(user=house.staff)
    page = client.get(desk(ticket))
    assert "چند پیوست یا تصویر این نوشته دیگر نیست" in text(page)
    # Sent all the same, it is refused and said.
    answer = client.post(desk(ticket, "reply"), message("ب", html=drawn))
    assert answer.status_code == 422 and "یکی از تصویرهای متن دیگر نیست" in text(answer)


# A session that has ended, and no script ----------------------------------------------------------------------------
def _lapsed(house: House, page, path: str, **fields):
    """What a browser without a session gets for a form of a page."""
    sign, shown = hidden(page, "writer")[0], page.wsgi_request.get_full_path()
    return house.client().post(path, {"writer": sign, **fields}, HTTP_REFERER=f"http://{house.host}{shown}")


def test_what_is_sent_after_the_session_has_ended_waits_for_its_writer_alone(house, ticket):
    client, path = house.client(house.staff), desk(ticket, "reply")
    page = client.get(desk(ticket))
    fields = message("پس از پایان نشست", client_key=hidden(page, "client_key")[0])
    answer = _lapsed(house, page, path, **fields)
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/login/?next={quote(desk(ticket), safe='')}&typed=1",
    )
    assert "نگهش داشتیم" in text(house.client().get(answer["Location"]))
    assert Message.objects.count() == 1 and not Outgoing.objects.exists()
    # The other one who comes in with the same browser finds nothing; the writer finds it once, then sends it.
    assert "پس از پایان نشست" not in text(house.client(house.manager).get(desk(ticket)))
    page = client.get(desk(ticket))
    assert "پس از پایان نشست" in text(page) and hidden(page, "client_key")[0] == fields["client_key"]
    assert client.post(path, fields).status_code == 302
    # The same form once more, without a session: it has been sent.
    _lapsed(house, page, path, **fields)
    assert not Draft.objects.exists()


def test_it_stands_before_what_was_begun_there_since(house, ticket):
    client, path = house.client(house.staff), desk(ticket, "note")
    page = client.get(desk(ticket))
    drafts.keep(
        actor=house.staff, place=f"note-{ticket.number}", values={"body": "تازه‌تر"}, client_key=uuid.uuid4()
    )
    _lapsed(house, page, path, **message("دیرتر رسید", audience="named", readers=[house.manager.public_id]))
    values = writing.drafts_of(house.staff, f"note-{ticket.number}")[f"note-{ticket.number}"].values
    assert values["body"] == "دیرتر رسید\n\nتازه‌تر" and values["audience"] == "named"


def test_a_new_ticket_comes_back_with_its_person_and_its_answers(house, ticket):
    name = _question(house, "text")
    client, path = house.client(house.staff), f"/desk/tickets/new/?person={house.customer_main.public_id}"
    fields = request_for(house, "نشست تمام شد", **{name: "نسخهٔ ۱۴", "asked": name[1:]})
    answer = _lapsed(house, client.get(path), path, **fields)
    assert answer["Location"] == f"/login/?next={quote(path, safe='')}&typed=1"
    assert Ticket.objects.count() == 1
    page = text(client.get(path))
    assert "نشست تمام شد" in page and "نسخهٔ ۱۴" in page


@pytest.mark.parametrize("sign", ["", "forged", "other", "old", "gone", "blind", "too-long"])
def test_without_a_sign_that_counts_nothing_is_kept(house, ticket, sign, monkeypatch):
    other = make_house("saba")
    people = {"other": other.staff, "blind": house.colleague}
    value = writing.writer(people.get(sign, house.staff))
    if sign in ("", "forged"):
        value = sign and value[:-1] + ("a" if value[-1] != "a" else "b")
    if sign == "gone":
        User.objects.filter(pk=house.staff.pk).update(is_active=False)
    body = "x" * 300_001 if sign == "too-long" else "متن"
    if sign == "old":
        monkeypatch.setattr(writing, "LATE", timedelta(seconds=-1))
    answer = house.client().post(desk(ticket, "reply"), message(body, writer=value))
    assert (answer.status_code, answer["Location"]) == (302, "/login/")
    assert not Draft.objects.exists()
