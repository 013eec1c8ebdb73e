"""The pages of hand-overs: dialogs that keep what was typed, the list of requests, several at once, watchers."""

import re
import uuid

import pytest

from departments.models import ServiceLink
from departments.services import link_customer
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, desk, hidden, text
from tests.worlds import House, make_house, make_ticket
from tickets import services
from tickets.models import Message, Ticket, Transfer, Watcher

pytestmark = pytest.mark.django_db
LIST = "/desk/transfers/"
MANY = "/desk/tickets/assign/"


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def ticket(house: House) -> Ticket:
    with tenant_scope(house.tenant):
        return make_ticket(house, staff=house.staff)


def words(**fields) -> dict[str, str]:
    """A dialog's fields with a key of its own."""
    return {"client_key": str(uuid.uuid4()), **fields}


def ask(house: House, ticket: Ticket, **facts) -> Transfer:
    facts = {"target": house.finance, "explanation": "چرا", "client_key": uuid.uuid4(), **facts}
    with tenant_scope(house.tenant):
        return services.request_transfer(ticket, actor=house.staff, **facts)


def holder(house: House, ticket: Ticket):
    with tenant_scope(house.tenant):
        ticket = Ticket.objects.select_related("assignee", "department").get(pk=ticket.pk)
        return ticket.department, ticket.assignee


def answer(row: Transfer, act: str) -> str:
    return f"{LIST}{row.pk}/{act}/"


# The dialogs of a ticket ------------------------------------------------------------------------------------------
@pytest.mark.spec("H13", "S10")
def test_a_request_is_sent_from_the_ticket_and_shown_on_it(house, ticket):
    client = house.client(house.staff)
    page = text(client.get(desk(ticket)))
    assert "?hand=transfer#transfer" in page and "?hand=move" not in page and "<select" not in page
    assert 'id="transfer"' in text(client.get(f"{desk(ticket)}?hand=transfer"))
    assert 'id="move"' not in text(client.get(f"{desk(ticket)}?hand=move"))
    fields = words(target=str(house.finance.pk), person=str(house.finance_manager.public_id),
                   explanation=f"صورت‌حساب {SCRIPT}", stay="on")  # fmt: skip
    for _ in range(2):  # the same form twice
        answered = client.post(desk(ticket, "transfer"), fields)
        assert answered["Location"] == f"{desk(ticket)}?done=requested"
    page = text(client.get(answered["Location"]))
    assert "درخواست انتقال فرستاده شد." in page and "درخواست انتقال به مالی و قرارداد" in page
    assert "پس‌گرفتن درخواست" in page and "تأیید و واگذاری" not in page and "?hand=transfer" not in page
    asked = text(house.client(house.finance_manager).get(desk(ticket)))
    assert "تأیید و واگذاری" in asked and "پس‌گرفتن درخواست" not in asked
    assert ESCAPED in asked and SCRIPT not in asked
    with tenant_scope(house.tenant):
        assert Transfer.objects.count() == 1 and Watcher.objects.get().user == house.staff


@pytest.mark.parametrize(
    ("verb", "fields", "said"),
    [
        ("transfer", {"target": "", "explanation": "نوشته‌ام"}, "دپارتمان مقصد را انتخاب کنید"),
        ("transfer", {"target": "{finance}", "explanation": "نوشته‌ام", "person": "{colleague}"}, "در آن دپارتمان نیست"),
        ("transfer", {"target": "{finance}", "explanation": ""}, "توضیح را بنویسید"),
        ("transfer", {"target": "{support}", "explanation": "نوشته‌ام"}, "در فهرست نیست"),
        ("refer", {"to": "", "explanation": "نوشته‌ام"}, "همکار را انتخاب کنید"),
        ("refer", {"to": "{staff}", "explanation": "نوشته‌ام"}, "در فهرست نیست"),
        ("refer", {"to": "{finance_manager}", "explanation": "نوشته‌ام"}, "در فهرست نیست"),
        ("refer", {"to": "{colleague}", "explanation": "ن" * 200_000}, "۱۰۰٬۰۰۰"),
        ("watch", {"user": ""}, "همکار را انتخاب کنید"),
        ("watch", {"user": "{customer_main}"}, "در فهرست نیست"),
    ],
)  # fmt: skip
def test_a_choice_that_does_not_fit_opens_its_dialog_again_with_the_text_kept(
    house, ticket, verb, fields, said
):
    def value(name: str) -> str:
        found = getattr(house, name[1:-1], None) if name.startswith("{") else None
        return str(getattr(found, "public_id", None) or found.pk) if found else name

    sent = words(**{name: value(one) for name, one in fields.items()})
    answered = house.client(house.staff).post(desk(ticket, verb), sent)
    assert answered.status_code == 422
    page = text(answered)
    dialog = re.search(rf'<dialog[^>]*id="{verb}".*?</dialog>', page, re.DOTALL)[0]
    assert "data-open" in dialog.partition(">")[0]
    assert said in dialog or "فهرست" in dialog or "انتخاب کنید" in dialog, dialog
    if fields.get("explanation"):
        assert sent["explanation"][:8] in dialog
    assert holder(house, ticket) == (house.support, house.staff)
    with tenant_scope(house.tenant):
        assert not Transfer.objects.exists() and not Message.objects.filter(kind="note").exists()


@pytest.mark.spec("S10", "S21", "H10")
def test_a_referral_leads_back_to_the_queue_when_the_ticket_is_out_of_sight(house, ticket):
    client = house.client(house.staff)
    fields = words(to=str(house.colleague.public_id), explanation="شبکه را او می‌شناسد.")
    for _ in range(2):
        answered = client.post(desk(ticket, "refer"), fields)
        assert answered["Location"] == "/desk/tickets/?done=referred"
    assert "ارجاع شد" in text(client.get(answered["Location"]))
    assert client.get(desk(ticket)).status_code == 404
    assert "شبکه را او می‌شناسد." in text(house.client(house.colleague).get(desk(ticket)))
    assert "شبکه را" not in text(house.client(house.customer_main).get(f"/portal/tickets/{ticket.number}/"))


@pytest.mark.spec("H12", "H13", "S10")
def test_a_form_that_has_done_its_work_never_says_done_of_something_else(house, ticket):
    """Gone back to, with another person or other words: nothing is done, it says so, and the next press does it."""
    manager, finance = house.client(house.manager), str(house.finance.pk)
    first, second = (str(one.public_id) for one in (house.colleague, house.staff))
    for verb, fields, other in (
        ("refer", {"to": first, "explanation": "شبکه"}, {"to": second}),
        ("assign", {"to": first, "note": "شبکه"}, {"note": "نه، چاپگر"}),
        ("transfer", {"target": finance, "explanation": "مالی است"}, {"target": str(house.orphan.pk)}),
    ):
        sent = words(**fields)
        assert manager.post(desk(ticket, verb), sent).status_code == 302
        before = holder(house, ticket)
        again = manager.post(desk(ticket, verb), {**sent, **other})
        page = text(again)
        dialog = re.search(rf'<dialog[^>]*id="{verb}".*?</dialog>', page, re.DOTALL)[0]
        assert again.status_code == 409 and "پیش‌تر متن دیگری را فرستاده است" in dialog, verb
        assert {**fields, **other}.get("note", fields.get("explanation")) in dialog
        fresh = re.search(r'name="client_key" value="([^"]*)"', dialog)[1]
        assert fresh != sent["client_key"] and holder(house, ticket) == before
    pressed = manager.post(desk(ticket, "assign"), words(to=second, note="نه، چاپگر", client_key=fresh))
    assert pressed.status_code == 302 and holder(house, ticket)[1] == house.staff
    # A request somebody else has made meanwhile costs nobody their words.
    late = manager.post(desk(ticket, "transfer"), words(target=finance, explanation="متن بلند من"))
    assert late.status_code == 409 and "هنوز پاسخی نیامده" in text(late) and "متن بلند من" in text(late)


@pytest.mark.spec("H12", "S10")
def test_words_of_a_hand_over_outlive_a_ticket_that_is_closed_while_they_are_written(house, ticket):
    with tenant_scope(house.tenant):
        services.close(ticket, actor=house.customer_main)
    client, to = house.client(house.manager), str(house.colleague.public_id)
    for verb, word in (("refer", "explanation"), ("assign", "note")):
        late = client.post(desk(ticket, verb), words(**{"to": to, word: "متن بلند من"}))
        assert late.status_code == 403 and "برای شما باز نیست" in text(late) and "متن بلند من" in text(late)
    bare = client.post(desk(ticket, "assign"), words(to=to))
    assert bare.status_code == 403 and "<dialog" not in text(bare)
    assert holder(house, ticket)[1] == house.staff


@pytest.mark.spec("H12", "H13", "S21")
def test_a_dialog_comes_alone_to_a_script_and_only_to_who_may(house, ticket):
    client = house.client(house.staff)
    for verb in ("refer", "transfer", "watch"):
        part = text(client.get(f"{desk(ticket)}?hand={verb}", headers={"HX-Request": "true"}))
        assert "<html" not in part and part.count("<dialog") == 1 and f'id="{verb}"' in part
        page = text(client.get(f"{desk(ticket)}?hand={verb}"))
        assert "<html" in page and re.search(rf'<dialog[^>]*id="{verb}"[^>]* data-open', page)
    for verb in ("assign", "move"):
        assert client.get(f"{desk(ticket)}?hand={verb}", headers={"HX-Request": "true"}).status_code == 403
        assert f'id="{verb}"' not in text(client.get(f"{desk(ticket)}?hand={verb}"))
    for odd in ("reply", "x" * 3000, "", "<b>"):
        assert client.get(desk(ticket), {"hand": odd}, headers={"HX-Request": "true"}).status_code == 200
    absent = house.client(house.finance_manager).get(f"{desk(ticket)}?hand=refer")
    assert absent.status_code == 404


@pytest.mark.spec("H12")
def test_the_assign_dialog_takes_a_note_and_offers_the_link_only_to_who_may(house, ticket):
    with tenant_scope(house.tenant):
        link_customer(actor=house.owner, customer=house.customer, department=house.support, staff=house.staff)
    asked = f"{desk(ticket)}?hand=assign"
    assert 'name="link"' in text(house.client(house.owner).get(asked))
    assert 'name="link"' not in text(house.client(house.manager).get(asked))
    fields = words(to=str(house.colleague.public_id), note="پیگیر باش.", link="on")
    answered = house.client(house.manager).post(desk(ticket, "assign"), fields)
    assert answered["Location"] == f"{desk(ticket)}?done=assigned"
    with tenant_scope(house.tenant):
        assert ServiceLink.objects.get().staff == house.staff  # what was not offered is not read
        assert Message.objects.get(kind="note").body == "پیگیر باش."
    house.client(house.owner).post(
        desk(ticket, "assign"), {**fields, "client_key": str(uuid.uuid4()), "note": ""}
    )
    with tenant_scope(house.tenant):
        assert ServiceLink.objects.get().staff == house.colleague


@pytest.mark.spec("H13")
def test_the_owner_moves_from_the_ticket(house, ticket):
    client = house.client(house.owner)
    page = text(client.get(desk(ticket)))
    assert "?hand=move#move" in page and "?hand=transfer" not in page
    fields = words(target=str(house.finance.pk), person=str(house.finance_manager.public_id), explanation="")
    assert client.post(desk(ticket, "move"), fields)["Location"] == f"{desk(ticket)}?done=moved"
    assert holder(house, ticket) == (house.finance, house.finance_manager)
    assert house.client(house.manager).post(desk(ticket, "move"), fields).status_code == 404


def test_watchers_are_added_shown_and_taken_back_in_the_panel(house, ticket):
    client = house.client(house.staff)
    key = str(house.finance_manager.public_id)
    assert client.post(desk(ticket, "watch"), {"user": key})["Location"].endswith("?done=watching")
    page = text(client.get(desk(ticket)))
    assert f'value="{key}" aria-label="برداشتن نظارت پریسا نوروزی‌فر"' in page
    watcher = house.client(house.finance_manager)
    assert "افزودن ناظر" not in text(watcher.get(desk(ticket)))
    nobody = client.post(desk(ticket, "unwatch"), {"user": str(house.clerk.public_id)})
    assert nobody.status_code == 409  # who does not watch
    assert watcher.get(desk(ticket)).status_code == 200
    assert watcher.post(desk(ticket, "unwatch"), {"user": key})["Location"] == "/desk/tickets/?done=unwatched"
    assert watcher.get(desk(ticket)).status_code == 404


# The list of requests -------------------------------------------------------------------------------------------
@pytest.mark.spec("H13")
def test_the_destinations_manager_has_the_count_reads_and_answers(house, ticket):
    row = ask(house, ticket, explanation="پرسش مالی است.")
    client = house.client(house.finance_manager)
    page = text(client.get(LIST))
    assert "پرسش مالی است." in page and ticket.subject in page
    assert re.search(r'انتقال‌ها <span class="count">۱</span>', page)
    assert client.post(answer(row, "accept"), {"to": str(house.staff.public_id)}).status_code == 422
    refused = client.post(answer(row, "reject"), {"reason": " "})
    assert refused.status_code == 422 and f'id="reject-{row.pk}"' in text(refused)
    answered = client.post(answer(row, "accept"), {"to": str(house.finance_manager.public_id)})
    assert answered["Location"] == f"{desk(ticket)}?done=accepted"
    assert holder(house, ticket) == (house.finance, house.finance_manager)
    # Once more: somebody was first, and that is a page.
    late = client.post(answer(row, "accept"), {"to": ""})
    assert late.status_code == 409 and "پیش از شما پاسخ گرفت" in text(late)
    assert client.post(answer(row, "reject"), {"reason": "نه"}).status_code == 409
    assert client.get(answer(row, "accept"))["Location"] == LIST
    # Who asked sees the answer, and the ticket no more.
    mine = house.client(house.staff)
    sent = text(mine.get(LIST))
    assert "پذیرفته شد" in sent and ticket.subject not in sent and mine.get(desk(ticket)).status_code == 404
    assert mine.post(answer(row, "withdraw")).status_code == 409


def test_trust_17_who_has_nothing_to_do_with_a_request_finds_none(house, ticket):
    row = ask(house, ticket)
    with tenant_scope(house.tenant):
        rival = make_house("raghib")
    for person in (house.colleague, house.clerk, house.customer_main, house.other_customer):
        client = house.client(person)
        assert ticket.subject not in text(client.get(LIST))
        for act in ("accept", "reject", "withdraw"):
            assert client.post(answer(row, act), {"to": "", "reason": "نه"}).status_code == 404
    for person in (rival.owner, rival.finance_manager):
        for act in ("accept", "reject", "withdraw"):
            assert rival.client(person).post(answer(row, act), {"reason": "نه"}).status_code == 404
    # Seen and not theirs: who asked does not answer, who is asked does not take back.
    assert house.client(house.staff).post(answer(row, "accept"), {"to": ""}).status_code == 403
    assert house.client(house.finance_manager).post(answer(row, "withdraw")).status_code == 403
    manager = house.client(house.finance_manager)
    assert manager.get(desk(ticket)).status_code == 200
    with tenant_scope(house.tenant):
        services.withdraw(row, actor=house.staff)
    assert manager.get(desk(ticket)).status_code == 404 and ticket.subject not in text(manager.get(LIST))
    assert manager.post(answer(row, "accept"), {"to": ""}).status_code == 409


@pytest.mark.spec("H13")
def test_a_rejected_request_shows_its_reason_on_the_ticket_and_may_be_asked_again(house, ticket):
    row = ask(house, ticket)
    client = house.client(house.finance_manager)
    assert (
        client.post(answer(row, "reject"), {"reason": "کار نصب است."})["Location"] == f"{LIST}?done=rejected"
    )
    page = text(house.client(house.staff).get(desk(ticket)))
    assert "کار نصب است." in page and "?hand=transfer#transfer" in page
    assert "کار نصب است." in text(house.client(house.staff).get(f"{LIST}?view=sent"))
    assert "کار نصب است." not in text(
        house.client(house.customer_main).get(f"/portal/tickets/{ticket.number}/")
    )


def test_the_lists_of_requests_cost_the_same_for_1_and_for_30(house):
    def fill(count: int) -> None:
        with tenant_scope(house.tenant):
            tickets = [make_ticket(house, staff=house.staff) for _ in range(count)]
        for number, one in enumerate(tickets):
            ask(house, one, target=(house.finance, house.orphan)[number % 2] if count > 1 else house.finance)

    fill(1)
    asks = [(house.owner, LIST), (house.finance_manager, LIST), (house.staff, f"{LIST}?view=sent")]
    clients = [(house.client(person), url) for person, url in asks]
    few = [counted(client, url)[1] for client, url in clients if client.get(url)]
    fill(29)
    many = [counted(client, url) for client, url in clients]
    assert [count for _, count in many] == few and max(few) <= 12, (few, many)
    assert [text(page).count("request-subject") for page, _ in many] == [25, 16, 25]
    following = re.search(r'href="(\?[^"]*cursor=[^"]*)"', text(many[0][0]))[1].replace("&amp;", "&")
    assert text(clients[0][0].get(LIST + following)).count("request-subject") == 5


def test_the_page_is_named_in_the_navigation_only_where_it_says_something(house, ticket):
    def named(person) -> bool:
        return f'href="{LIST}"' in text(house.client(person).get("/desk/tickets/"))

    assert (
        named(house.owner) and named(house.manager) and not named(house.staff) and not named(house.colleague)
    )
    ask(house, ticket)
    assert named(house.staff) and not named(house.colleague)


# Several at once ------------------------------------------------------------------------------------------------
@pytest.mark.spec("H12")
def test_chosen_tickets_go_to_a_person_from_the_queue(house, ticket):
    with tenant_scope(house.tenant):
        other = make_ticket(house)
    client = house.client(house.manager)
    queue = text(client.get("/desk/tickets/"))
    assert queue.count('form="bulk"') == 2 and f'action="{MANY}"' in queue
    assert 'form="bulk"' not in text(house.client(house.staff).get("/desk/tickets/"))
    chosen = f"{MANY}?number={ticket.number}&number={other.number}"
    assert "واگذاری ۲ تیکت" in text(client.get(chosen))
    fields = words(number=[ticket.number, other.number], to="", note="تا شنبه")
    refused = client.post(MANY, fields)
    assert refused.status_code == 422 and "تا شنبه" in text(refused)
    fields["to"] = str(house.colleague.public_id)
    for _ in range(2):
        assert client.post(MANY, fields).status_code == 302
    assert holder(house, ticket)[1] == holder(house, other)[1] == house.colleague
    with tenant_scope(house.tenant):
        assert Message.objects.filter(kind="note").count() == 2


def test_several_given_once_more_by_the_same_form(house, ticket):
    """To another person with the same note: it goes with them; with another note: it says so and keeps it."""
    client = house.client(house.manager)
    sent = words(number=[ticket.number], to=str(house.colleague.public_id), note="تا شنبه")
    assert client.post(MANY, sent).status_code == 302
    back = {**sent, "to": str(house.staff.public_id)}
    assert client.post(MANY, back).status_code == 302 and holder(house, ticket)[1] == house.staff
    with tenant_scope(house.tenant):
        assert Message.objects.get(kind="note").readers.filter(user=house.staff).exists()
    other = client.post(MANY, {**sent, "note": "تا یکشنبه"})
    assert other.status_code == 409 and "تا یکشنبه" in text(other)
    assert holder(house, ticket)[1] == house.staff


@pytest.mark.spec("H12")
def test_of_several_one_closed_meanwhile_is_named_and_the_rest_may_go(house, ticket):
    with tenant_scope(house.tenant):
        closed = make_ticket(house, staff=house.staff)
        services.close(closed, actor=house.customer_main)
    client, number = house.client(house.manager), f"{closed.number}".translate(str.maketrans("0123", "۰۱۲۳"))
    sent = words(number=[ticket.number, closed.number], to=str(house.colleague.public_id), note="تا شنبه")
    page = client.post(MANY, sent)
    assert page.status_code == 422 and f"شاید بسته‌اند: {number}" in text(page) and "تا شنبه" in text(page)
    assert holder(house, ticket)[1] == house.staff and hidden(page, "number") == [str(ticket.number)]
    assert client.post(MANY, {**sent, "number": hidden(page, "number")}).status_code == 302
    assert holder(house, ticket)[1] == house.colleague


def test_what_cannot_be_given_away_together_is_said_before_anything_is_written(house, ticket):
    with tenant_scope(house.tenant):
        elsewhere = make_ticket(house, department=house.finance)
        closed = make_ticket(house, staff=house.staff)
        services.close(closed, actor=house.staff)
    manager, owner, staff = (house.client(one) for one in (house.manager, house.owner, house.staff))
    for client, query, said in (
        (manager, "", "هنوز تیکتی انتخاب نکرده‌اید"),
        (manager, "number=abc&number=-4&number=99999999999999", "هنوز تیکتی انتخاب نکرده‌اید"),
        (manager, f"number={ticket.number}&number={elsewhere.number}", "پیدا نشد"),
        (owner, f"number={ticket.number}&number={elsewhere.number}", "چند دپارتمان"),
        (manager, f"number={closed.number}", "برای شما باز نیست"),
        (staff, f"number={ticket.number}", "برای شما باز نیست"),
        (manager, "&".join(f"number={one}" for one in range(1, 300)), "هر بار تا ۲۰۰"),
    ):
        page = client.get(f"{MANY}?{query}")
        assert page.status_code == 200 and said in text(page) and "<textarea" not in text(page)
        numbers = re.findall(r"number=([^&]*)", query)
        sent = client.post(MANY, words(number=numbers, to=str(house.colleague.public_id)))
        assert sent.status_code == 422 and said in text(sent)
    assert holder(house, ticket)[1] == house.staff


# Closing (fault 22) ---------------------------------------------------------------------------------------------
def test_a_ticket_is_not_closed_over_a_message_the_page_did_not_show(house, ticket):
    client = house.client(house.staff)
    shown = re.search(r'name="last" value="(\d+)"', text(client.get(desk(ticket))))[1]
    with tenant_scope(house.tenant):
        services.reply(ticket, actor=house.customer_main, body="یک چیز دیگر", client_key=uuid.uuid4())
    refused = client.post(desk(ticket, "close"), {"last": shown})
    assert refused.status_code == 409 and "پیام تازه‌ای نوشت" in text(refused)
    fields = {"client_key": str(uuid.uuid4()), "body": "درست شد.", "then": "close", "last": shown}
    # Nothing is sent over it either, until it has been seen; a browser that says nothing of it closes nothing.
    assert client.post(desk(ticket, "reply"), fields).status_code == 409
    with tenant_scope(house.tenant):
        assert Ticket.objects.get(pk=ticket.pk).category != "closed"
        assert not Message.objects.filter(body="درست شد.").exists()
    shown = re.search(r'name="last" value="(\d+)"', text(client.get(desk(ticket))))[1]
    assert client.post(desk(ticket, "close"), {"last": shown}).status_code == 302
