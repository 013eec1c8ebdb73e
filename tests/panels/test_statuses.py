"""The owner's page of statuses and rules (S7): by the buttons of the page, every refusal at its field."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.scope import tenant_scope
from tests.worlds import House, make_house
from tickets.models import StatusMove, TicketStatus
from tickets.rules import rules
from tickets.services import statuses

pytestmark = [pytest.mark.django_db, pytest.mark.spec("S7")]
PAGE = "/manage/statuses/"
DAYS = {"act": "rules", "reopen_days": "۷", "silence_days": "10", "warning_days": "2"}
DAYS |= {"transfer_days": "0", "bin_days": "30"}


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house: House):
    return house.client(house.owner)


def own(house: House, name: str = "منتظر قطعه", category: str = "open") -> TicketStatus:
    with tenant_scope(house.tenant):
        return statuses.create_status(actor=house.owner, name=name, category=category)


def usual(house: House, category: str) -> TicketStatus:
    with tenant_scope(house.tenant):
        return TicketStatus.objects.get(category=category, is_default=True)


def page(status: TicketStatus) -> str:
    return f"{PAGE}{status.pk}/"


def test_owner_makes_moves_and_shapes_a_status(house: House, owner) -> None:
    made = {"act": "create", "name": "منتظر قطعه", "customer_label": "در راه", "category": "open"}
    answer = owner.post(PAGE, {**made, "colour": "#1b9793"})
    with tenant_scope(house.tenant):
        status = TicketStatus.objects.get(name="منتظر قطعه")
    assert answer["Location"] == f"{page(status)}?done=status"
    listed = owner.get(PAGE).content.decode()
    assert "icon tint-teal" in listed and "مشتری می‌خواند: در راه" in listed
    assert owner.post(PAGE, {"act": "move", "status": status.pk, "to": "up"}).status_code == 302
    asked = {"act": "order", "order": [status.pk, usual(house, "new").pk]}
    assert owner.post(PAGE, asked, headers={"HX-Request": "true"}).status_code == 204
    with tenant_scope(house.tenant):
        assert TicketStatus.objects.first() == status
    change = {"act": "change", "name": "منتظر ابزار", "customer_label": "", "colour": ""}
    assert owner.post(page(status), change).status_code == 302
    assert owner.post(page(status), {"act": "default"})["Location"].endswith("done=status-default")
    moves = {"act": "moves", "targets": [usual(house, "waiting").pk]}
    assert owner.post(page(status), moves).status_code == 302
    with tenant_scope(house.tenant):
        assert StatusMove.objects.get().source == status and status.refresh().is_default
    assert "با مسیرهای خودش" in owner.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": ""}, "نام را بنویسید"),
        ({"name": "بسته"}, "همین نام را دارد"),
        ({"colour": "red;}"}, "رنگ نشانه را از فهرست"),
        ({"category": "nowhere"}, "دسته را از فهرست"),
    ],
)
def test_wrong_words_are_told_at_their_field_and_nothing_is_lost(
    house: House, owner, values: dict, words: str
) -> None:
    sent = {"act": "create", "name": "تازه", "customer_label": "نوشته‌ام", "category": "open", "colour": ""}
    answer = owner.post(PAGE, sent | values)
    told = answer.content.decode()
    assert answer.status_code == 422 and words in told and "نوشته‌ام" in told and "<details" in told


def test_retiring_asks_for_a_replacement_of_the_category(house: House, owner) -> None:
    status, waiting = own(house), usual(house, "waiting")
    for wrong in ("", str(waiting.pk), str(status.pk), "x"):
        answer = owner.post(page(status), {"act": "retire", "to": wrong})
        assert answer.status_code == 422 and "جانشین را" in answer.content.decode()
    assert "تنها وضعیت این دسته است" in owner.get(page(waiting)).content.decode()
    assert owner.post(page(status), {"act": "retire", "to": usual(house, "open").pk}).status_code == 302
    told = owner.get(PAGE).content.decode()
    assert "بازنشسته‌ها" in told
    assert owner.post(page(status), {"act": "default"}).status_code == 422
    assert owner.post(page(status), {"act": "back"})["Location"].endswith("done=status-back")


def test_rules_take_persian_digits_and_refuse_what_makes_no_sense(house: House, owner) -> None:
    assert owner.post(PAGE, DAYS).status_code == 302
    with tenant_scope(house.tenant):
        kept = rules()
        assert (kept.reopen_days, kept.silence_days, kept.transfer_days) == (7, 10, 0)
    for wrong in (
        {"reopen_days": "-3"},
        {"bin_days": "0"},
        {"bin_days": "99999999999"},
        {"warning_days": "10"},
        {"silence_days": "یک"},
        {"transfer_days": ""},
    ):
        answer = owner.post(PAGE, DAYS | wrong)
        assert answer.status_code == 422 and "field-error" in answer.content.decode(), wrong


def test_only_the_owner_has_the_pages_and_another_house_has_none_of_it(house: House, owner) -> None:
    status, rival = own(house), make_house("raghib")
    for who in (house.manager, house.clerk, house.customer_main):
        for path in (PAGE, page(status), "/manage/bin/"):
            assert house.client(who).get(path).status_code in (403, 404)
    assert rival.client(rival.owner).get(page(status)).status_code == 404
    theirs = {"act": "move", "status": own(rival).pk, "to": "up"}
    assert owner.post(PAGE, theirs).status_code == 404


@pytest.mark.postgres
def test_the_pages_cost_the_same_for_five_statuses_and_for_thirty(house: House, owner) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(path).status_code == 200
        return len(seen)

    status = own(house)
    cost(PAGE)
    few = cost(PAGE), cost(page(status))
    for number in range(25):
        own(house, f"وضعیت {number}")
    assert (cost(PAGE), cost(page(status))) == few
