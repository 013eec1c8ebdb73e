"""Answers to extra fields: asked, checked, kept, shown, changed; nobody reads what is not theirs (S31)."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from departments.models import ExtraField, FieldChoice
from departments.services.fields import Wanted, change_field, create_field, retire_field, retype_field
from notifications.models import Bell, Delivery
from persian import jalali, numbers
from persian.digits import to_persian
from tenants.models import StoredFile
from tenants.scope import tenant_scope
from tests.tickets.browsing import counted, desk, hidden, portal, request_for, text, upload
from tests.worlds import House, World, make_ticket, make_world
from tickets import answers, services
from tickets.models import Event, FieldAnswer, FieldPick, Ticket
from tickets.sentences import sentence
from web.errors import Invalid, NotAllowed, NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.spec("S31")]
CANARY = "canaryfieldsyranac"
CHOICES = ["کم", "زیاد"]
KINDS = "text long number date choice choices flag mobile id file".split()
NATIONAL = "0013542419"


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house(world: World) -> House:
    return world.home


def make(house: House, kind: str = "text", label: str = "", **more) -> ExtraField:
    """A field of support."""
    more.setdefault("department", house.support)
    if kind in ("choice", "choices"):
        more.setdefault("choices", CHOICES)
    with tenant_scope(house.tenant):
        return create_field(actor=house.owner, kind=kind, label=label or f"پرسش {kind}", **more)


def make_all(house: House, **more) -> dict[str, ExtraField]:
    return {kind: make(house, kind, **more) for kind in KINDS}


def picks(field: ExtraField) -> list[int]:
    with tenant_scope(field.tenant):
        return list(FieldChoice.objects.filter(field=field).order_by("position").values_list("pk", flat=True))


def sent(fields: dict[str, ExtraField], **values) -> dict:
    """What a browser sends for these fields."""
    return {"asked": [str(one.pk) for one in fields.values()]} | {
        f"f{fields[kind].pk}": value for kind, value in values.items()
    }


def full(fields: dict[str, ExtraField]) -> dict:
    """An answer of every kind, typed as Iranians type."""
    return sent(
        fields,
        text="نسخهٔ ۱۴٫۲",
        long="خط اول\nخط دوم",
        number="−۱۲٬۵۰۰٫۷۵",
        date="۱۴۰۵/۰۷/۱۳",
        choice=str(picks(fields["choice"])[1]),
        choices=[str(pk) for pk in picks(fields["choices"])],
        flag="no",
        mobile="۰۹۱۲ ۳۴۵ ۶۷۸۹",
        id=to_persian(NATIONAL),
        file=upload("فاکتور.txt"),
    )


def last(house: House) -> Ticket:
    with tenant_scope(house.tenant):
        return Ticket.objects.order_by("-pk").first()


def stored(house: House, ticket: Ticket) -> dict[str, FieldAnswer]:
    with tenant_scope(house.tenant):
        rows = answers.with_picks(FieldAnswer.objects.filter(ticket=ticket)).select_related("field", "file")
        return {one.field.kind: one for one in rows}


def words(house: House, ticket: Ticket, user) -> dict[str, str]:
    with tenant_scope(house.tenant):
        return {one.label: one.words for one in answers.shown(ticket, user)}


# Asking ---------------------------------------------------------------------------------------------------------
def test_a_customer_answers_every_kind_and_both_sides_read_it(house: House):
    fields = make_all(house, is_required=True)
    client = house.client(house.customer_main)
    response = client.post("/portal/tickets/new/", request_for(house, **full(fields)))
    assert response.status_code == 302
    ticket, told = (
        last(house),
        [
            "نسخهٔ ۱۴٫۲",
            "خط دوم",
            "۱۲٬۵۰۰٫۷۵",
            "۱۴۰۵/۰۷/۱۳",
            "زیاد",
            "کم، زیاد",
            "نه",
            "فاکتور.txt",
        ],
    )
    rows = stored(house, ticket)
    assert rows["number"].number == Decimal("-12500.75") and rows["date"].day == dt.date(2026, 10, 5)
    assert (rows["mobile"].text, rows["id"].text) == ("+989123456789", NATIONAL)
    for page in (client.get(portal(ticket)), house.client(house.manager).get(desk(ticket))):
        for word in told:
            assert word in text(page), word
    address = f"/files/{rows['file'].file.public_id}/"
    for who in (house.customer_main, house.manager):
        assert house.client(who).get(address).status_code == 200
    assert house.client(house.other_customer).get(address).status_code == 404


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "ن" * 501),
        ("long", "ن" * 10_001),
        ("number", "دوازده"),
        ("number", "1e5"),
        ("number", "12,5"),
        ("number", "1" * 15),
        ("number", "0.00001"),
        ("number", "NaN"),
        ("date", "۱۴۰۵/۱۳/۰۱"),
        ("date", "دیروز"),
        ("choice", "0"),
        ("choice", "x"),
        ("choices", ["999999"]),
        ("flag", "maybe"),
        ("mobile", "0912"),
        ("id", "0013542418"),
        ("file", upload("خالی.txt", b"")),
    ],
)
def test_a_wrong_answer_is_told_and_nothing_is_lost(house: House, kind: str, value):
    fields = {"text": make(house), **({} if kind == "text" else {kind: make(house, kind)})}
    given_ = sent(fields, **{"text": "نسخهٔ ماندنی", kind: value})
    response = house.client(house.customer_main).post("/portal/tickets/new/", request_for(house, **given_))
    assert response.status_code == 422
    page = text(response)
    assert "field-error" in page and "از امروز صبح چاپ نمی‌شود." in page
    assert kind == "text" or "نسخهٔ ماندنی" in page
    with tenant_scope(house.tenant):
        assert not Ticket.objects.exists()


def test_without_scripts_the_questions_come_on_the_same_page(house: House):
    field = make(house, is_required=True)
    client = house.client(house.customer_main)
    assert "پرسش text" not in text(client.get("/portal/tickets/new/"))
    response = client.post("/portal/tickets/new/", request_for(house))
    assert response.status_code == 422
    assert "پرسش text" in text(response) and "از امروز صبح چاپ نمی‌شود." in text(response)
    again = client.post("/portal/tickets/new/", request_for(house, **sent({"text": field})))
    assert "پرسش text را بنویسید" in text(again)
    done = client.post("/portal/tickets/new/", request_for(house, **sent({"text": field}, text="۱۴")))
    assert done.status_code == 302


def test_an_address_that_wishes_a_department_shows_its_questions(house: House):
    make(house)
    client = house.client(house.customer_main)
    assert "پرسش text" in text(client.get(f"/portal/tickets/new/?department={house.support.pk}"))


def test_the_part_shows_what_the_chosen_department_and_topic_ask(house: House):
    make(house, label="همه‌جا")
    make(house, label="فقط چاپ", topics=[house.topic])
    make(house, label="محرمانه", is_staff_only=True)

    def part(user, panel: str, **query) -> str:
        return text(house.client(user).get(f"/{panel}/tickets/new/fields/", query))

    support = house.support.pk
    plain = part(house.customer_main, "portal", department=support)
    assert "همه‌جا" in plain and "فقط چاپ" not in plain and "محرمانه" not in plain
    # A topic brings its department.
    assert "فقط چاپ" in part(house.customer_main, "portal", department="", topic=house.topic.pk)
    ours = part(house.staff, "desk", department=support)
    assert "محرمانه" in ours and "hidden-mark" in ours
    assert part(house.customer_main, "portal", department="x", topic="-1").strip() == ""
    assert (
        part(house.customer_main, "portal", department=house.finance.pk, topic=house.topic.pk).strip() == ""
    )


def test_a_required_question_of_another_topic_is_not_needed_and_its_answer_ignored(house: House):
    field = make(house, topics=[house.topic], is_required=True)
    client = house.client(house.customer_main)
    posted = request_for(house, **sent({"text": field}, text="پنهان"))
    assert client.post("/portal/tickets/new/", posted).status_code == 302
    assert not stored(house, last(house))
    refused = client.post("/portal/tickets/new/", request_for(house, topic=str(house.topic.pk)))
    assert refused.status_code == 422


def test_what_is_not_asked_of_a_customer_is_ignored(world: World, house: House):
    """TRUST 22: staff-only, retired, another department's and the rival's."""
    retired = make(house, label="رفته")
    with tenant_scope(house.tenant):
        retire_field(retired, actor=house.owner)
    others = [
        make(house, label="محرمانه", is_staff_only=True, is_required=True),
        retired,
        make(house, label="مالی", department=house.finance),
        make(world.rival, label="رقیب"),
    ]
    posted = {"asked": [str(one.pk) for one in others]} | {f"f{one.pk}": "نفوذ" for one in others}
    response = house.client(house.customer_main).post("/portal/tickets/new/", request_for(house, **posted))
    assert response.status_code == 302
    assert not stored(house, last(house))
    with tenant_scope(house.tenant):
        services.open_ticket(
            actor=house.customer_main,
            subject="x",
            body="x",
            client_key=uuid.uuid4(),
            department=house.support,
            answers={one.pk: "نفوذ" for one in others},
        )
        assert not FieldAnswer.objects.exists()
    # Of our side the required one is asked.
    path = f"/desk/tickets/new/?person={house.customer_main.public_id}"
    assert house.client(house.staff).post(path, request_for(house)).status_code == 422


def test_a_choice_of_another_field_or_one_no_longer_offered_is_refused(house: House):
    mine, other = make(house, "choice"), make(house, "choice", label="دیگری", is_staff_only=True)
    client = house.client(house.customer_main)
    foreign = request_for(house, **sent({"c": mine}, c=str(picks(other)[0])))
    assert client.post("/portal/tickets/new/", foreign).status_code == 422
    first = picks(mine)[0]
    with tenant_scope(house.tenant):
        change_field(mine, actor=house.owner, label="پرسش", choices=["تازه"])
    gone = client.post("/portal/tickets/new/", request_for(house, **sent({"c": mine}, c=str(first))))
    assert gone.status_code == 422 and "دیگر پیشنهاد نمی‌شود" in text(gone)


def test_a_field_retyped_between_showing_and_sending_is_shown_with_the_text_kept(house: House):
    field = make(house)
    with tenant_scope(house.tenant):
        fresh = retype_field(field, actor=house.owner, kind="number")
    response = house.client(house.customer_main).post(
        "/portal/tickets/new/", request_for(house, **sent({"text": field}, text="۱۴"))
    )
    assert response.status_code == 422
    assert "در همین میان عوض شد" in text(response) and f'name="f{fresh.pk}"' in text(response)
    assert "از امروز صبح چاپ نمی‌شود." in text(response)


def test_a_file_that_arrived_with_a_refused_form_is_kept(house: House):
    fields = {"file": make(house, "file", is_required=True)}
    client = house.client(house.customer_main)
    refused = client.post("/portal/tickets/new/", request_for(house, body="", **sent(fields, file=upload())))
    assert refused.status_code == 422
    with tenant_scope(house.tenant):
        held = StoredFile.objects.get()
    assert str(held.public_id) in text(refused)
    kept = {f"kept_f{fields['file'].pk}": str(held.public_id)}
    foreign = house.client(house.other_customer).post(
        "/portal/tickets/new/", request_for(house, **sent(fields), **kept)
    )
    assert foreign.status_code == 422
    done = client.post("/portal/tickets/new/", request_for(house, **sent(fields), **kept))
    assert done.status_code == 302
    assert stored(house, last(house))["file"].file_id == held.pk
    # A ticket that goes for good takes it along.
    with tenant_scope(house.tenant):
        services.delete(last(house), actor=house.owner)
        services.purge(Ticket.with_bin.get(), actor=house.owner)
        assert StoredFile.objects.get().bound_at is None and not FieldAnswer.objects.exists()


# Changing -------------------------------------------------------------------------------------------------------
@pytest.fixture
def ticket(house: House) -> Ticket:
    with tenant_scope(house.tenant):
        return make_ticket(house, staff=house.staff)


def test_who_handles_the_ticket_fills_it_in_and_only_changes_are_told(house: House, ticket: Ticket):
    fields = make_all(house)
    client = house.client(house.staff)
    assert "پرسش text" in text(client.get(desk(ticket, "fields")))
    assert client.post(desk(ticket, "fields"), full(fields)).status_code == 302
    first = stored(house, ticket)
    assert len(first) == len(KINDS)
    # Sent again as it stands, nothing changes; the file stays though none is sent.
    again = full(fields)
    del again[f"f{fields['file'].pk}"]
    client.post(desk(ticket, "fields"), again)
    assert {one.pk for one in stored(house, ticket).values()} == {one.pk for one in first.values()}
    with tenant_scope(house.tenant):
        assert len(Event.objects.get(ticket=ticket, kind="filled").fields) == len(KINDS)
    # Emptied, they go; a file by its own box.
    client.post(desk(ticket, "fields"), sent(fields) | {f"drop_f{fields['file'].pk}": "1"})
    assert not stored(house, ticket)
    with tenant_scope(house.tenant):
        assert not FieldPick.objects.exists() and StoredFile.objects.get().bound_at is None


def test_of_two_who_fill_it_in_at_once_neither_undoes_the_other(house: House, ticket: Ticket):
    fields = {kind: make(house, kind) for kind in KINDS if kind != "file"}
    page, first, second = desk(ticket, "fields"), house.client(house.staff), house.client(house.manager)

    def opened(client) -> dict:
        response = client.get(page)
        return {(name := f"was_f{one.pk}"): hidden(response, name)[0] for one in fields.values()}

    typed = full(fields | {"file": fields["text"]}) | {f"f{fields['text'].pk}": "نسخهٔ ۱۴٫۲"}
    assert first.post(page, typed | opened(first)).status_code == 302
    # Both open it; the first changes every answer, the second one of them.
    seen = opened(second)
    changed = sent(fields, text="نسخهٔ ۱۵", number="۷", flag="yes", date="۱۴۰۵/۰۷/۱۴") | seen
    assert first.post(page, changed).status_code == 302
    kept = stored(house, ticket)
    assert set(kept) == {"text", "number", "flag", "date"}
    refused = second.post(page, typed | {f"f{fields['number'].pk}": "۹"} | seen)
    told = text(refused)
    assert refused.status_code == 422 and "اکنون «۷» است" in told
    assert re.search(rf'name="f{fields["number"].pk}" value="[9۹]"', told) and told.count("اکنون «") == 1
    assert {one.pk for one in stored(house, ticket).values()} == {one.pk for one in kept.values()}
    # Told of it, they may insist; what they did not touch stays as the first has written it.
    again = {f"was_f{one.pk}": hidden(refused, f"was_f{one.pk}")[0] for one in fields.values()}
    assert second.post(page, typed | {f"f{fields['number'].pk}": "۹"} | again).status_code == 302
    now = stored(house, ticket)
    assert now["number"].number == 9 and now["text"].text == "نسخهٔ ۱۵" and set(now) == set(kept)
    with tenant_scope(house.tenant):
        assert Event.objects.filter(ticket=ticket, kind="filled").latest("pk").fields == ["پرسش number"]
    # One that was taken away meanwhile is told as empty.
    seen = opened(second)
    first.post(page, sent(fields) | opened(first))
    late = second.post(page, sent(fields, text="نسخهٔ ۱۶") | seen)
    assert late.status_code == 422 and "اکنون خالی است" in text(late)


def test_the_history_names_the_fields_to_our_side_alone(house: House, ticket: Ticket):
    plain, secret = (
        make(house, label="شمارهٔ <فاکتور>"),
        make(house, "number", label="سقف", is_staff_only=True),
    )
    client = house.client(house.staff)
    with tenant_scope(house.tenant):
        services.fill(ticket, actor=house.staff, answers={plain.pk: "۱۲"})
        services.fill(ticket, actor=house.staff, answers={plain.pk: "۱۳", secret.pk: Decimal(7)})
        change_field(plain, actor=house.owner, label="نسخه")
    told = text(client.get(desk(ticket)))
    assert "«<bdi>شمارهٔ &lt;فاکتور&gt;</bdi>» را عوض کرد" in told
    assert "«<bdi>شمارهٔ &lt;فاکتور&gt;</bdi>» و «<bdi>سقف</bdi>» را عوض کرد" in told
    page = text(house.client(house.customer_main).get(portal(ticket)))
    assert "سقف" not in page and "را عوض کرد" not in page
    event = Event(kind="filled", fields=[f"پرسش {one}" for one in range(9)])
    said = sentence(event)
    assert "«<bdi>پرسش 4</bdi>» و ۴ پاسخ دیگر را عوض کرد" in said and "پرسش 5" not in said
    # From before the fields were named, and should a customer ever read one.
    for words in (sentence(Event(kind="filled")), sentence(event, for_customer=True)):
        assert "اطلاعات تکمیلی تیکت را عوض کرد" in words and "پرسش" not in words


def test_filling_in_is_asked_of_access(house: House, ticket: Ticket):
    field = make(house)
    with tenant_scope(house.tenant):
        for who in (house.customer_main, house.colleague):
            with pytest.raises((NotAllowed, NotFound)):
                services.fill(ticket, actor=who, answers={field.pk: "۱۴"})
        with pytest.raises(Invalid) as refused:
            services.fill(ticket, actor=house.staff, answers={field.pk: "ن" * 501})
        assert refused.value.field == f"f{field.pk}"
        services.fill(ticket, actor=house.staff, answers={field.pk: "۱۴"})
        services.close(ticket, actor=house.staff)
        with pytest.raises(NotAllowed):
            services.fill(ticket, actor=house.staff, answers={field.pk: "۱۵"})
    assert words(house, ticket, house.owner) == {"پرسش text": "۱۴"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 5),
        ("number", Decimal("Infinity")),
        ("number", "x"),
        ("date", "1405/01/01"),
        ("flag", "yes"),
        ("choice", {1, 2}),
        ("choices", {0}),
        ("mobile", "12"),
        ("id", "1" * 10),
        ("file", "x"),
    ],
)
def test_the_service_itself_refuses_wrong_kinds(house: House, ticket: Ticket, kind: str, value):
    field = make(house, kind)
    with tenant_scope(house.tenant), pytest.raises(Invalid) as refused:
        services.fill(ticket, actor=house.staff, answers={field.pk: value})
    assert refused.value.field == f"f{field.pk}"


def test_answers_outlive_their_choices_fields_and_department(house: House, ticket: Ticket):
    one, note = make(house, "choice", label="شدت"), make(house, label="نسخه")
    first = picks(one)[0]
    with tenant_scope(house.tenant):
        services.fill(ticket, actor=house.staff, answers={one.pk: {first}, note.pk: "۱۴"})
        change_field(one, actor=house.owner, label="شدت", choices=[Wanted("زیاد", picks(one)[1])])
    # A choice that is no longer offered stays where it was picked, and may be sent again with the rest.
    page = house.client(house.staff).get(desk(ticket, "fields"))
    assert "کم، دیگر پیشنهاد نمی‌شود" in text(page)
    again = sent({"c": one, "t": note}, c=str(first), t="۱۵")
    assert house.client(house.staff).post(desk(ticket, "fields"), again).status_code == 302
    with tenant_scope(house.tenant):
        retype_field(note, actor=house.owner, kind="number")
        services.move(
            ticket, actor=house.owner, target=house.finance, explanation="مالی است", client_key=uuid.uuid4()
        )
    page = text(house.client(house.owner).get(desk(ticket)))
    assert "شدت" in page and "کم" in page and "۱۵" in page and "دیگر پرسیده نمی‌شود" in page


def test_what_is_ours_never_reaches_a_customer(house: House, ticket: Ticket):
    fields = {
        "text": make(house, label="ارزیابی ما", is_staff_only=True),
        "file": make(house, "file", label="پروندهٔ ما", is_staff_only=True),
    }
    client = house.client(house.staff)
    posted = sent(fields, text=CANARY, file=upload(f"{CANARY}.txt"))
    assert client.post(desk(ticket, "fields"), posted).status_code == 302
    assert CANARY in text(client.get(desk(ticket)))
    address = f"/files/{stored(house, ticket)['file'].file.public_id}/"
    assert client.get(address).status_code == 200
    theirs = house.client(house.customer_main)
    assert theirs.get(address).status_code == 404
    for path in (portal(ticket), "/portal/", "/portal/tickets/", portal(ticket, "fields")):
        page = theirs.get(path)
        assert CANARY not in text(page) and "ارزیابی ما" not in text(page), path
    assert ticket.subject not in text(theirs.get(f"/portal/tickets/?q={CANARY}"))
    with tenant_scope(house.tenant):
        told = [str(one.data) for one in Delivery.objects.all()] + [one.text for one in Bell.objects.all()]
    assert not [one for one in told if CANARY in one]
    assert theirs.post(desk(ticket, "fields"), posted).status_code in (403, 404)


# Costs ----------------------------------------------------------------------------------------------------------
def test_a_page_costs_one_statement_for_answers_however_many(house: House, ticket: Ticket):
    clients = {
        panel: house.client(user) for panel, user in (("desk", house.staff), ("portal", house.customer_main))
    }
    paths = {"desk": desk(ticket), "portal": portal(ticket)}
    for panel, client in clients.items():
        client.get(paths[panel])
    with tenant_scope(house.tenant):
        services.mark_read(ticket, actor=house.staff)
    none = {panel: counted(client, paths[panel])[1] for panel, client in clients.items()}
    fields = [make(house, "choices", label="یکی")]

    def fill() -> None:
        with tenant_scope(house.tenant):
            given_ = {one.pk: set(picks(one)) for one in fields}
            services.fill(ticket, actor=house.staff, answers=given_)
            services.mark_read(ticket, actor=house.staff)
            services.mark_read(ticket, actor=house.customer_main)

    fill()
    one = {panel: counted(client, paths[panel])[1] for panel, client in clients.items()}
    fields += [make(house, "choices", label=f"پرسش {number}") for number in range(39)]
    fill()
    forty = {panel: counted(client, paths[panel])[1] for panel, client in clients.items()}
    assert one == forty
    assert all(one[panel] - none[panel] <= 1 for panel in one), (none, one)


def test_opening_costs_the_same_for_2_fields_and_for_20_and_no_more_where_there_are_none(house: House):
    client = house.client(house.customer_main)
    path = "/portal/tickets/new/"
    client.get(path)
    plain = counted(client, path, request_for(house))[1]
    fields = {str(number): make(house, "choices", label=f"پرسش {number}") for number in range(2)}

    def press() -> int:
        given_ = {name: [str(pk) for pk in picks(one)] for name, one in fields.items()}
        response, count = counted(client, path, request_for(house, **sent(fields, **given_)))
        assert response.status_code == 302
        return count

    two = press()
    fields |= {str(number): make(house, "choices", label=f"پرسش {number}") for number in range(2, 20)}
    assert press() == two
    assert two - plain <= 5


# Numbers and days -----------------------------------------------------------------------------------------------
@given(st.decimals(min_value=-(10**14) + 1, max_value=10**14 - 1, places=4, allow_nan=False))
def test_a_number_is_read_back_as_it_is_shown(number: Decimal):
    assert numbers.parse(numbers.show(number)) == number
    assert numbers.parse(str(number.normalize().__format__("f"))) == number


@given(st.text(max_size=20))
def test_what_is_no_number_is_refused_and_never_breaks(typed: str):
    try:
        assert numbers.parse(typed).is_finite()
    except ValueError:
        pass


@given(st.dates(dt.date(1950, 1, 1), dt.date(2060, 1, 1)))
def test_a_day_is_read_back_as_it_is_shown(day: dt.date):
    assert jalali.parse(jalali.format_date(day)) == day
