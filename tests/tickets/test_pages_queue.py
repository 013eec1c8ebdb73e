"""The queue: who sees what in it, its address, its cost."""

import pytest

from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.worlds import House, World, make_ticket, make_world
from tickets.models import Ticket
from tickets.services import close

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def house(world: World) -> House:
    return world.home


def tickets(house: House, count: int, **kwargs: object) -> list[Ticket]:
    with tenant_scope(house.tenant):
        return [make_ticket(house, subject=f"موضوع شمارهٔ {index}", **kwargs) for index in range(count)]


def test_queue_asks_a_stranger_to_log_in(house):
    response = house.client().get("/desk/tickets/")
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_queue_is_not_there_for_customers(house):
    assert house.client(house.customer_main).get("/desk/tickets/").status_code == 404


@pytest.mark.sqlite
@pytest.mark.spec("H5")
def test_queue_shows_each_tickets_row_with_who_began_it(house):
    with tenant_scope(house.tenant):
        theirs = make_ticket(house, subject="چاپ نمی‌شود")
        ours = make_ticket(house, by=house.owner, requester=house.customer_main, subject="تمدید قرارداد")
    page = text(house.client(house.owner).get("/desk/tickets/?view=all"))
    assert theirs.subject in page
    assert ours.subject in page
    assert "مشتری آغاز کرده است" in page
    assert "کارمند آغاز کرده است" in page
    assert "نگار صالحی‌پور" in page


def test_queue_hides_a_colleagues_ticket_and_its_count(house):
    with tenant_scope(house.tenant):
        mine = make_ticket(house, staff=house.staff, subject="برای آرش")
        other = make_ticket(house, staff=house.colleague, subject="برای مهدیار")
    page = text(house.client(house.staff).get("/desk/tickets/?view=all"))
    assert mine.subject in page
    assert other.subject not in page
    assert "۱ تیکت" in page


def test_queue_of_the_rival_shows_nothing_of_ours(world):
    with tenant_scope(world.home.tenant):
        ticket = make_ticket(world.home, subject="رازی در خانهٔ ما")
    page = text(world.rival.client(world.rival.owner).get("/desk/tickets/?view=all"))
    assert ticket.subject not in page


def test_queue_filters_of_another_tenants_ids_find_nothing_and_name_nothing(world):
    with tenant_scope(world.home.tenant):
        make_ticket(world.home)
    client = world.rival.client(world.rival.owner)
    for name, value in (
        ("department", world.home.support.pk),
        ("assignee", world.home.staff.pk),
        ("customer", world.home.customer.pk),
        ("topic", world.home.topic.pk),
    ):
        page = text(client.get(f"/desk/tickets/?view=all&{name}={value}"))
        assert "صف خالی است" in page
        assert "پیدا نشد" in page


@pytest.mark.parametrize(
    "address",
    [
        "?view=nonsense",
        "?sort=password&view=all",
        "?department=abc&assignee=1e9&priority=%00&category=deleted",
        "?cursor=broken",
        "?requester__password=x&tenant=1&is_active=0",
        "?q=%00%E2%80%AE%27%22%25_%5C",
        "?department=99999999999999999999999999",
    ],
)
def test_queue_survives_a_strange_address(house, address):
    tickets(house, 1)
    assert house.client(house.owner).get(f"/desk/tickets/{address}").status_code == 200


def test_queue_keeps_filters_in_its_links_and_each_can_be_removed(house):
    tickets(house, 1)
    page = text(
        house.client(house.owner).get(f"/desk/tickets/?view=all&department={house.support.pk}&priority=2")
    )
    assert f'href="/desk/tickets/?view=all&amp;department={house.support.pk}"' in page
    assert 'href="/desk/tickets/?view=all&amp;priority=2"' in page
    assert 'href="/desk/tickets/?view=all"' in page
    assert "پاک‌کردن فیلترها" in page


@pytest.mark.sqlite
def test_queue_search_without_a_view_finds_closed_tickets_too(house):
    with tenant_scope(house.tenant):
        ticket = make_ticket(house, subject="ترازوی دیجیتال")
        close(ticket, actor=house.owner)
    client = house.client(house.owner)
    assert ticket.subject in text(client.get("/desk/tickets/", {"q": "ترازوي ديجيتال"}))
    assert ticket.subject in text(client.get("/desk/tickets/", {"q": str(ticket.number)}))
    assert ticket.subject in text(client.get("/desk/tickets/", {"q": ticket.tracking_code.lower()}))
    assert ticket.subject not in text(client.get("/desk/tickets/"))


def test_queue_offers_closed_tickets_by_their_own_view(house):
    page = text(house.client(house.owner).get("/desk/tickets/?view=mine&priority=2"))
    assert 'href="/desk/tickets/?view=closed&amp;priority=2"' in page
    assert "category=closed" not in page


def test_queue_says_so_when_it_is_empty(house):
    page = text(house.client(house.owner).get("/desk/tickets/?view=overdue"))
    assert "صف خالی است" in page


@pytest.mark.sqlite
def test_queue_pages_by_25(house):
    tickets(house, 27)
    client = house.client(house.owner)
    first = client.get("/desk/tickets/?view=all&sort=newest")
    assert text(first).count("q-subject") == 25
    assert "۲۷ تیکت" in text(first)
    second = client.get(f"/desk/tickets/?view=all&sort=newest&cursor={first.context['page'].next}")
    assert text(second).count("q-subject") == 2


@pytest.mark.parametrize("field", ["subject", "body"])
def test_queue_escapes_what_people_wrote(house, field):
    with tenant_scope(house.tenant):
        make_ticket(house, **{field: f"سلام {SCRIPT}"})
    page = text(house.client(house.owner).get("/desk/tickets/"))
    assert SCRIPT not in page
    assert (ESCAPED in page) == (field == "subject")


def test_queue_escapes_its_own_address(house):
    page = text(house.client(house.owner).get("/desk/tickets/", {"q": f'"{SCRIPT}', "view": '"><b>'}))
    assert SCRIPT not in page
    assert '"><b>' not in page


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["owner", "manager", "staff"])
def test_queue_costs_the_same_for_one_and_three(house, who):
    client = house.client(getattr(house, who))
    tickets(house, 1, staff=house.staff)
    client.get("/desk/tickets/")
    _, one = counted(client, "/desk/tickets/")
    tickets(house, 2, staff=house.staff)
    response, three = counted(client, "/desk/tickets/")
    assert text(response).count("q-subject") == 3
    assert one == three
    assert three <= 12


def test_short_address_leads_to_the_persons_own_panel(world):
    house = world.home
    with tenant_scope(house.tenant):
        ticket = make_ticket(house)
    address = f"/t/{ticket.tracking_code}/"
    assert house.client(house.owner).get(address)["Location"] == f"/desk/tickets/{ticket.number}/"
    assert house.client(house.customer_main).get(address)["Location"] == f"/portal/tickets/{ticket.number}/"
    assert house.client(house.owner).get(address.lower())["Location"] == f"/desk/tickets/{ticket.number}/"
    assert house.client().get(address)["Location"].startswith("/login/")
    assert house.client(house.other_customer).get(address).status_code == 404
    assert house.client(house.owner).get("/t/PG-2222-2222/").status_code == 404
    assert world.rival.client(world.rival.owner).get(address).status_code == 404
