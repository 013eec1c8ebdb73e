"""Opening a ticket, from the portal and from the desk: nothing is lost, nothing happens twice."""

import re
import uuid
from functools import partial

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection

from departments.models import Department, ServiceLink
from tenants.models import Quota, StoredFile, Tenant
from tenants.scope import tenant_scope
from tests.races import at_once
from tests.tickets.browsing import ESCAPED, PNG, SCRIPT, counted, hidden, request_for, text, upload
from tests.worlds import House, World, make_house, make_world
from tickets.models import Attachment, Message, Ticket

NEW = "/portal/tickets/new/"
DESK_NEW = "/desk/tickets/new/"


@pytest.fixture
def world(db) -> World:
    return make_world()


@pytest.fixture
def house(world: World) -> House:
    return world.home


def tickets(house: House) -> list[Ticket]:
    with tenant_scope(house.tenant):
        return list(
            Ticket.objects.select_related("department", "assignee", "requester", "topic").order_by("pk")
        )


def link(house: House) -> None:
    with tenant_scope(house.tenant):
        ServiceLink.objects.create(customer=house.customer, department=house.support, staff=house.staff)


@pytest.mark.sqlite
@pytest.mark.spec("H17", "S4", "S5")
def test_customer_opens_a_ticket_with_two_files_and_sees_its_code(house):
    client = house.client(house.customer_main)
    form = client.get(NEW)
    assert form.status_code == 200
    key = hidden(form, "client_key")[0]
    fields = request_for(
        house,
        client_key=key,
        topic=str(house.topic.pk),
        staff=str(house.staff.public_id),
        priority="4",
        wants_sms="on",
        files=[upload("صورت‌حساب مهر.pdf", b"%PDF-1.4 x"), upload("عکس.png", PNG)],
    )
    response = client.post(NEW, fields, follow=True)
    ticket = tickets(house)[0]
    page = text(response)
    assert response.redirect_chain == [(f"/portal/tickets/{ticket.number}/?done=opened", 302)]
    assert re.search(r"تیکت ثبت شد\..*کد رهگیری: <bdi class=\"code\">" + ticket.tracking_code, page)
    assert "صورت‌حساب مهر.pdf" in page
    assert "عکس.png" in page
    assert (ticket.department, ticket.topic, ticket.assignee) == (house.support, house.topic, house.staff)
    assert (ticket.priority, ticket.requester, str(ticket.client_key)) == (4, house.customer_main, key)
    assert ticket.file_count == 2


@pytest.mark.sqlite
def test_two_tabs_with_the_same_form_make_one_ticket(house):
    client = house.client(house.customer_main)
    fields = request_for(house)
    first = client.post(NEW, {**fields, "files": [upload()]})
    second = client.post(NEW, {**fields, "files": [upload()]})
    assert first["Location"] == second["Location"]
    assert len(tickets(house)) == 1
    with tenant_scope(house.tenant):
        assert StoredFile.objects.count() == 1


@pytest.mark.sqlite
def test_an_empty_form_comes_back_with_kind_words_and_what_was_there(house):
    client = house.client(house.customer_main)
    fields = request_for(house, "", department="", body="", files=[upload("سند.pdf", b"%PDF-1.4 x")])
    refused = client.post(NEW, fields)
    page = text(refused)
    assert refused.status_code == 422
    for words in ("موضوع را بنویسید.", "دپارتمان را انتخاب کنید.", "شرح را بنویسید."):
        assert words in page
    assert "سند.pdf" in page
    kept = hidden(refused, "kept")
    assert hidden(refused, "client_key") == [fields["client_key"]]
    again = client.post(NEW, request_for(house, client_key=fields["client_key"], kept=kept))
    assert again.status_code == 302
    with tenant_scope(house.tenant):
        assert Attachment.objects.get().file.name == "سند.pdf"


@pytest.mark.sqlite
def test_over_quota_nothing_is_stored_and_the_text_stays(house):
    with tenant_scope(house.tenant):
        Quota.objects.update(limit=20)
    fields = request_for(
        house, "موضوع من", files=[upload("کوچک.txt", b"12345"), upload("بزرگ.txt", b"x" * 16)]
    )
    refused = house.client(house.customer_main).post(NEW, fields)
    page = text(refused)
    assert refused.status_code == 422
    assert "فضای فایل‌ها پر است، این فایل ارسال نشد. متن شما سر جایش است." in page
    assert "موضوع من" in page
    assert "از امروز صبح چاپ نمی‌شود." in page
    assert tickets(house) == []
    with tenant_scope(house.tenant):
        assert StoredFile.objects.count() == 0
        assert Quota.objects.get().used == 0


@pytest.mark.sqlite
@pytest.mark.spec("H9")
def test_an_exclusive_link_is_shown_locked_and_posted_values_are_ignored(house):
    link(house)
    client = house.client(house.section_member)
    page = text(client.get(NEW))
    assert "آرش دهدشتی کارشناس اختصاصی این شرکت است." in page
    assert 'name="department"' not in page
    assert 'name="staff"' not in page
    fields = request_for(house, department=str(house.finance.pk), staff=str(house.finance_manager.public_id))
    assert client.post(NEW, fields).status_code == 302
    ticket = tickets(house)[0]
    assert (ticket.department, ticket.assignee) == (house.support, house.staff)


def test_extra_fields_change_nothing(house):
    """TRUST 22."""
    fields = request_for(
        house,
        requester=str(house.other_customer.pk),
        customer=str(house.other_company.pk),
        opened_by=str(house.owner.pk),
        tenant="999",
        status="1",
        category="closed",
        number="1",
        channel="internal",
        origin="staff",
    )
    assert house.client(house.customer_main).post(NEW, fields).status_code == 302
    ticket = tickets(house)[0]
    assert (ticket.requester, ticket.customer_id, ticket.opened_by_id) == (
        house.customer_main,
        house.customer.pk,
        house.customer_main.pk,
    )
    assert (ticket.tenant_id, ticket.category, ticket.channel, ticket.origin) == (
        house.tenant.pk,
        "new",
        "portal",
        "customer",
    )


def test_hidden_or_anothers_department_is_refused(world):
    house = world.home
    with tenant_scope(house.tenant):
        Department.objects.filter(pk=house.finance.pk).update(is_hidden=True)
    client = house.client(house.customer_main)
    for department in (house.finance, world.rival.support):
        refused = client.post(NEW, request_for(house, department=str(department.pk)))
        assert refused.status_code == 422
        assert "دپارتمان را از فهرست انتخاب کنید." in text(refused)
    assert tickets(house) == []
    page = text(client.get(NEW))
    assert f'<option value="{house.finance.pk}"' not in page


@pytest.mark.parametrize("field", ["subject", "body"])
def test_script_in_the_form_comes_back_as_text(house, field):
    client = house.client(house.customer_main)
    refused = text(
        client.post(NEW, request_for(house, **{field: f'"></textarea>{SCRIPT}', "department": ""}))
    )
    assert SCRIPT not in refused
    assert ESCAPED in refused
    shown = text(client.post(NEW, request_for(house, **{field: f"متن {SCRIPT}"}), follow=True))
    assert SCRIPT not in shown
    assert ESCAPED in shown


def test_ten_megabytes_of_text_get_a_persian_413(house):
    refused = house.client(house.customer_main).post(NEW, request_for(house, body="ا" * 5_000_000))
    assert refused.status_code == 413
    assert "بزرگ‌تر از اندازه" in text(refused)
    assert tickets(house) == []


def test_the_address_may_choose_a_department(house):
    page = text(house.client(house.customer_main).get(f"{NEW}?department={house.finance.pk}&subject=سلام"))
    assert f'<option value="{house.finance.pk}" selected' in page
    assert 'value="سلام"' in page


def test_the_persons_own_wish_for_sms_is_ticked(house):
    assert 'name="wants_sms"' not in text(
        house.client(house.customer_main).get(NEW)
    )  # everybody gets it here
    Tenant.objects.filter(pk=house.tenant.pk).update(sms_on_open=False)
    with tenant_scope(house.tenant):
        type(house.customer_main).objects.filter(pk=house.customer_main.pk).update(wants_sms=True)
    page = text(house.client(house.customer_main).get(NEW))
    assert re.search(r'<input[^>]*name="wants_sms"[^>]*checked', page)
    page = text(house.client(house.section_member).get(NEW))
    assert not re.search(r'<input[^>]*name="wants_sms"[^>]*checked', page)


# The desk -------------------------------------------------------------------------------------------------------
@pytest.mark.sqlite
@pytest.mark.spec("H5")
def test_staff_find_a_customers_person_and_open_a_ticket_to_them(house):
    client = house.client(house.staff)
    page = text(client.get(DESK_NEW, {"q": "صالحي پور"}))
    assert f"?person={house.customer_main.public_id}" in page
    assert "کامران" not in page
    assert "کامران" in text(client.get(DESK_NEW, {"q": "سپندنگار"}))
    assert "نگار صالحی‌پور" in text(
        client.get(DESK_NEW, {"q": house.customer_main.mobile.replace("+98", "0")})
    )
    address = f"{DESK_NEW}?person={house.customer_main.public_id}"
    assert "نگار صالحی‌پور" in text(client.get(address))
    response = client.post(
        address, request_for(house, "تمدید قرارداد", files=[upload("قرارداد.txt")]), follow=True
    )
    ticket = tickets(house)[0]
    assert (ticket.origin, ticket.requester, ticket.opened_by_id) == (
        "staff",
        house.customer_main,
        house.staff.pk,
    )
    assert ticket.tracking_code in text(response)
    assert "تیکت ثبت شد" in text(response)


def test_desk_form_is_absent_for_customers_and_for_people_who_are_not_there(world):
    house = world.home
    assert house.client(house.customer_main).get(DESK_NEW).status_code == 404
    assert house.client().get(DESK_NEW)["Location"].startswith("/login/")
    client = house.client(house.owner)
    strangers = (uuid.uuid4(), world.rival.customer_main.public_id, house.staff.public_id, "x", "%00")
    for stranger in strangers:
        assert client.get(f"{DESK_NEW}?person={stranger}").status_code == 404, stranger
        assert client.post(f"{DESK_NEW}?person={stranger}", request_for(house)).status_code == 404, stranger
    assert world.rival.customer_main.name not in text(client.get(f"{DESK_NEW}?q=zzz"))
    assert "کسی پیدا نشد" in text(client.get(f"{DESK_NEW}?q=zzz"))
    assert tickets(house) == []


def test_desk_form_refused_keeps_everything(house):
    client = house.client(house.staff)
    address = f"{DESK_NEW}?person={house.customer_main.public_id}"
    refused = client.post(address, request_for(house, "", body="متن ما", files=[upload("پیوست.txt")]))
    assert refused.status_code == 422
    for words in ("موضوع را بنویسید.", "متن ما", "پیوست.txt", "نگار صالحی‌پور"):
        assert words in text(refused)


def test_person_search_survives_strange_words(house):
    client = house.client(house.owner)
    for query in ("%", "_", "'\"", "\u200c", "۰۹۰۰", "+98", "a" * 300, "\x00"):
        assert client.get(DESK_NEW, {"q": query}).status_code == 200, query


# Cost and races -------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.parametrize("who", ["customer_main", "section_member"])
def test_opening_costs_at_most_20_statements(house, who):
    client = house.client(getattr(house, who))
    client.get(NEW)
    response, first = counted(client, NEW, request_for(house, topic=str(house.topic.pk)))
    assert response.status_code == 302
    _, second = counted(client, NEW, request_for(house, topic=str(house.topic.pk)))
    assert first == second
    assert second <= 20


@pytest.mark.postgres
def test_twenty_submits_at_once_are_one_ticket(committed_db):
    """TRUST fault 17, with a file each: one ticket, one file, twenty times the same page."""
    house = make_house("arvand")
    fields = request_for(house)
    clients = [house.client(house.customer_main) for _ in range(20)]

    def submit(client):
        return client.post(NEW, {**fields, "files": [upload()]})

    answers = at_once(*[partial(submit, client) for client in clients])
    assert [answer.status_code for answer in answers] == [302] * 20
    assert len({answer["Location"] for answer in answers}) == 1
    with tenant_scope(house.tenant):
        assert Ticket.objects.count() == Message.objects.count() == StoredFile.objects.count() == 1
        assert Quota.objects.get().used == StoredFile.objects.get().size


@pytest.mark.postgres
def test_files_travel_with_no_transaction_open(committed_db, monkeypatch):
    """DESIGN rule 7: the storage is spoken to outside any transaction."""
    house, seen = make_house("arvand"), []
    save = FileSystemStorage.save

    def watched(self, *args, **kwargs):
        seen.append(connection.in_atomic_block)
        return save(self, *args, **kwargs)

    monkeypatch.setattr(FileSystemStorage, "save", watched)
    response = house.client(house.customer_main).post(
        NEW, request_for(house, files=[upload(), upload("دو.txt")])
    )
    assert response.status_code == 302
    assert seen == [False, False]


@pytest.mark.spec("B8")
@pytest.mark.parametrize("change", [{"body": "چیز دیگر"}, {"subject": "موضوع دیگر"}])
def test_a_form_of_another_tab_with_another_text_is_kept_and_opens_its_own_ticket(house, change):
    client, fields = house.client(house.customer_main), request_for(house)
    assert client.post(NEW, fields).status_code == client.post(NEW, fields).status_code == 302
    fields |= change
    refused = client.post(NEW, fields | {"files": upload()})
    assert refused.status_code == 422 and "پیش‌تر متن دیگری را فرستاده" in text(refused)
    assert next(iter(change.values())) in text(refused) and len(tickets(house)) == 1
    fields |= {"client_key": hidden(refused, "client_key")[0], "kept": hidden(refused, "kept")}
    assert client.post(NEW, fields).status_code == 302
    assert [ticket.file_count for ticket in tickets(house)] == [0, 1]
