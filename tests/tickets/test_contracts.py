"""Opening tickets on a contract: counted once, closed at its end, never a lost word (S2)."""

import uuid
from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Contract, ContractUse
from accounts.services import contracts
from persian import jalali
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.races import at_once
from tests.tickets.browsing import counted, desk, hidden, message, portal, request_for, text
from tests.worlds import House, make_house, make_ticket
from tickets.models import Ticket
from tickets.services import open_ticket, reply

NEW = "/portal/tickets/new/"
DESK_NEW = "/desk/tickets/new/"
CLOSED = "اکنون تیکت تازه نمی‌پذیریم"


@pytest.fixture
def house(db) -> House:
    return make_house("arvand")


def sign(house: House, *, allowance: int | None = 50, left: int = 43, **given) -> Contract:
    """A contract begun 100 days ago that has ``left`` days to go."""
    today = contracts.today()
    with tenant_scope(house.tenant):
        return contracts.create_contract(
            actor=house.owner,
            customer=house.customer,
            starts_on=today - timedelta(days=100),
            ends_on=today + timedelta(days=left),
            allowance=allowance,
            **given,
        )


def used(contract: Contract) -> int:
    with tenant_scope(contract.tenant_id):
        return contract.refresh().used


def tickets(house: House) -> int:
    with tenant_scope(house.tenant):
        return Ticket.objects.count()


# Counting -------------------------------------------------------------------------------------------------------
@pytest.mark.sqlite
@pytest.mark.spec("S2")
def test_customers_tickets_are_counted_and_ours_are_not(house):
    contract = sign(house)
    with tenant_scope(house.tenant):
        make_ticket(house)
        make_ticket(house, by=house.section_member)
        make_ticket(house, by=house.other_customer)
        make_ticket(house, by=house.staff, requester=house.customer_main)
        assert dict(ContractUse.objects.values_list("user", "used")) == {
            house.customer_main.pk: 1,
            house.section_member.pk: 1,
        }
    assert used(contract) == 2


@pytest.mark.sqlite
def test_a_form_sent_twice_is_counted_once_even_when_it_was_the_last(house):
    contract = sign(house, allowance=1)
    client, fields = house.client(house.customer_main), request_for(house)
    first, second = client.post(NEW, fields), client.post(NEW, fields)
    assert first["Location"] == second["Location"]
    assert (used(contract), tickets(house)) == (1, 1)


@pytest.mark.sqlite
def test_a_refused_ticket_takes_nothing(house):
    contract = sign(house, allowance=3, person_limit=1)
    client = house.client(house.section_member)
    assert client.post(NEW, request_for(house, body="")).status_code == 422
    assert used(contract) == 0
    assert client.post(NEW, request_for(house)).status_code == 302
    refused = client.post(NEW, request_for(house, "تیکت دوم من"))
    page = text(refused)
    assert refused.status_code == 422
    assert "سهم شما از قرارداد شرکت، ۱ تیکت، ثبت شده است." in page
    assert "تیکت دوم من" in page
    assert "از امروز صبح چاپ نمی‌شود." in page
    assert (used(contract), tickets(house)) == (1, 1)
    with tenant_scope(house.tenant):
        # The number drawn for it was given back with everything else.
        assert make_ticket(house).number == Ticket.objects.order_by("pk")[0].number + 1


@pytest.mark.postgres
@pytest.mark.spec("S2")
def test_twenty_at_once_with_five_left_make_exactly_five(committed_db):
    house = make_house("arvand")
    contract = sign(house, allowance=8)
    with tenant_scope(house.tenant):
        for _ in range(3):
            make_ticket(house)
    people = [house.customer_main, house.section_manager, house.section_member, house.other_section_member]
    outcomes = _race(house, [people[index % 4] for index in range(20)])
    assert sorted(outcomes) == ["opened"] * 5 + ["used_up"] * 15
    assert (used(contract), tickets(house)) == (8, 8)
    with tenant_scope(house.tenant):
        assert sum(ContractUse.objects.values_list("used", flat=True)) == 8
        numbers = sorted(Ticket.objects.values_list("number", flat=True))
        assert numbers == list(range(numbers[0], numbers[0] + 8))


@pytest.mark.postgres
def test_a_persons_limit_holds_for_twenty_at_once(committed_db):
    house = make_house("arvand")
    contract = sign(house, allowance=50, person_limit=4)
    outcomes = _race(house, [house.section_member] * 20)
    assert sorted(outcomes) == ["opened"] * 4 + ["person_limit"] * 16
    assert (used(contract), tickets(house)) == (4, 4)


def _race(house: House, people) -> list[str]:
    def go(person) -> None:
        open_ticket(
            actor=person,
            subject="چاپ نمی‌شود",
            body="از امروز صبح.",
            client_key=uuid.uuid4(),
            department=house.support,
        )

    outcomes = at_once(*[partial(go, person) for person in people], within=house.tenant)
    return [str(one.meter.standing) if isinstance(one, contracts.Refused) else "opened" for one in outcomes]


# The end --------------------------------------------------------------------------------------------------------
@pytest.mark.sqlite
@pytest.mark.spec("S2")
def test_at_the_end_the_form_says_why_and_whom_to_call(house):
    Tenant.objects.filter(pk=house.tenant.pk).update(name="آوندفام", phone="021-8877")
    with tenant_scope(house.tenant):
        ticket = make_ticket(house)
    contract = sign(house, left=-3)
    client = house.client(house.customer_main)
    page = text(client.get(NEW))
    ended = jalali.long_date(contract.ends_on)
    assert CLOSED in page
    assert f"قرارداد شما {ended} پایان یافت. برای تمدید با آوندفام تماس بگیرید: " in page
    assert '<a class="code" href="tel:021-8877">۰۲۱-۸۸۷۷</a>' in page
    assert 'name="subject"' not in page
    # What is open stays open.
    said = client.post(portal(ticket, "reply"), message("هنوز همان است."), follow=True)
    assert "هنوز همان است." in text(said)
    with tenant_scope(house.tenant):
        reply(ticket, actor=house.owner, body="می‌بینیم.", client_key=uuid.uuid4())
    assert tickets(house) == 1


@pytest.mark.sqlite
def test_a_form_filled_before_the_end_loses_nothing(house):
    client = house.client(house.customer_main)
    key = hidden(client.get(NEW), "client_key")[0]
    sign(house, left=-1)
    refused = client.post(NEW, request_for(house, "نوشتهٔ بلند من", client_key=key))
    page = text(refused)
    assert refused.status_code == 422
    assert "پایان یافت. برای تمدید با" in page
    assert "نوشتهٔ بلند من" in page
    assert CLOSED not in page
    assert tickets(house) == 0


@pytest.mark.sqlite
def test_without_a_telephone_the_sentence_ends_after_the_name(house):
    sign(house, left=-1)
    page = text(house.client(house.customer_main).get(NEW))
    assert f"با {house.tenant.name} تماس بگیرید." in page
    assert "tel:" not in page


@pytest.mark.sqlite
@pytest.mark.spec("S2")
def test_our_side_opens_for_a_closed_company_with_a_notice(house):
    contract = sign(house, allowance=1)
    with tenant_scope(house.tenant):
        make_ticket(house)
    client = house.client(house.staff)
    address = f"{DESK_NEW}?person={house.customer_main.public_id}"
    page = text(client.get(address))
    assert "همهٔ ۱ تیکت قرارداد این شرکت ثبت شده است." in page
    assert "از قرارداد کم نمی‌کند" in page
    assert client.post(address, request_for(house)).status_code == 302
    assert (used(contract), tickets(house)) == (1, 2)
    other = f"{DESK_NEW}?person={house.other_customer.public_id}"
    assert "از قرارداد کم نمی‌کند" not in text(client.get(other))


# The meter ------------------------------------------------------------------------------------------------------
@pytest.mark.sqlite
@pytest.mark.spec("S2")
def test_meter_stands_on_the_customers_home_and_in_the_staffs_panel(house):
    contract = sign(house, person_limit=20)
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, topic=house.topic, staff=house.staff)
        Contract.objects.filter(pk=contract.pk).update(used=12)
    bar = '<meter class="my-2" min="0" max="50" value="12" aria-label="۱۲ از ۵۰ تیکت مصرف شده است"></meter>'
    home = text(house.client(house.customer_main).get("/portal/"))
    assert bar in home
    assert "<b>۱۲ از ۵۰ تیکت</b>" in home
    assert "۴۳ روز مانده" in home
    assert "سهم شما: ۱ از ۲۰ تیکت" in home
    assert "سهم شما: ۰ از ۲۰ تیکت" in text(house.client(house.section_member).get("/portal/"))
    panel = text(house.client(house.staff).get(desk(ticket)))
    assert bar in panel
    assert "<b>۱۲ از ۵۰ تیکت</b>، ۴۳ روز مانده" in panel
    assert "قرارداد پشتیبانی" not in text(house.client(house.other_customer).get("/portal/"))


@pytest.mark.sqlite
def test_home_of_a_closed_company_says_so(house):
    sign(house, left=-1)
    page = text(house.client(house.section_member).get("/portal/"))
    assert '<span class="tag">بسته</span>' in page
    assert "پایان یافت. برای تمدید با" in page


@pytest.mark.postgres
def test_a_contract_costs_the_pages_one_statement_each(house):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house)
    sign(house)
    for who, address, most in (
        ("owner", desk(ticket), 18),
        ("manager", desk(ticket), 18),
        ("owner", "/desk/tickets/", 12),
        ("customer_main", "/portal/", 12),
    ):
        client = house.client(getattr(house, who))
        counted(client, address)
        response, statements = counted(client, address)
        assert response.status_code == 200
        assert statements <= most, (who, address)


@pytest.mark.postgres
def test_opening_on_a_contract_costs_two_statements_more(house):
    plain, bound = house.client(house.other_customer), house.client(house.customer_main)
    sign(house)
    costs = []
    for client in (plain, bound):
        client.post(NEW, request_for(house))
        costs.append(counted(client, NEW, request_for(house))[1])
    assert costs[1] == costs[0] + 2
