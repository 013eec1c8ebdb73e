"""«Who sees and does what» says what tickets.access says (H10, S19)."""

import pytest
from django.urls import reverse

from departments import services
from departments.services import levels
from helpdesk.panels import sight
from tenants.scope import tenant_scope
from tests.tickets.browsing import counted, text
from tests.worlds import House, make_house, make_ticket
from tickets import access
from tickets.models import Ticket
from tickets.services import assign, close

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house() -> House:
    house = make_house("arvand")
    with tenant_scope(house.tenant):
        yield house


def page_of(person) -> str:
    return reverse("manage_person_sight", args=[person.public_id])


def test_every_verb_of_access_has_a_word():
    assert set(sight.VERBS) == set(access.MAY)


@pytest.mark.spec("S19")
@pytest.mark.parametrize("role", ["manager", "staff", "colleague", "clerk", "finance_manager"])
def test_the_table_says_what_access_allows_on_real_tickets(house: House, role: str) -> None:
    person = getattr(house, role)
    own = house.finance if role in ("clerk", "finance_manager") else house.support
    desk = next(one for one in sight.desks(person) if one.title == own.name)
    held, free, others, closed = (make_ticket(house, department=own) for _ in range(4))
    Ticket.objects.filter(pk=held.pk).update(assignee=person)  # the clerk is given none by hand
    other = next(
        one
        for one in (house.staff, house.colleague, house.clerk, house.finance_manager)
        if one.pk != person.pk and one.seats.filter(department=own).exists()
    )
    Ticket.objects.filter(pk=others.pk).update(assignee=other)
    Ticket.objects.filter(pk=closed.pk).update(assignee=person)
    closed = close(closed.refresh(), actor=house.owner)
    seen = set(access.tickets_seen_by(person).values_list("pk", flat=True))
    for situation, ticket in zip(desk.situations, (held, free, others, closed), strict=True):
        assert situation.seen is (ticket.pk in seen), situation.title
        if situation.seen:
            assert situation.verbs == access.allowed(person, ticket.refresh()), situation.title


@pytest.mark.parametrize("role", ["customer_main", "section_manager", "section_member", "manager", "staff"])
def test_the_reasons_add_up_to_what_is_seen(house: House, role: str) -> None:
    for by in (house.customer_main, house.section_manager, house.section_member, house.other_customer):
        make_ticket(house, by=by)
    assign(make_ticket(house), actor=house.owner, to=house.colleague)
    person = getattr(house, role)
    conditions = (access.staff_sight if person.is_staff_member else access.customer_sight)(person)
    together = set()
    for condition in conditions.values():
        together |= set(access.tickets_seen_by(person).filter(condition).values_list("pk", flat=True))
    assert together == set(access.tickets_seen_by(person).values_list("pk", flat=True))
    assert all(int(reason.open) <= len(together) for reason in sight.reasons(person))


def test_one_ticket_is_asked_by_its_number_in_any_digits(house: House) -> None:
    ticket = assign(make_ticket(house), actor=house.owner, to=house.staff)
    owner = house.client(house.owner)
    seen = text(owner.get(page_of(house.staff), {"number": f"#{ticket.number}"}))
    assert "را می‌بیند و می‌تواند: پاسخ دادن" in seen and "یادداشت‌های خصوصی‌اش را می‌خواند" in seen
    assert "را نمی‌بیند؛" in text(owner.get(page_of(house.colleague), {"number": str(ticket.number)}))
    assert "با رقم بنویسید" in text(owner.get(page_of(house.staff), {"number": "تیکت"}))
    persian = str(ticket.number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert "را می‌بیند" in text(owner.get(page_of(house.staff), {"number": persian}))


def test_the_switched_off_and_the_owner_have_their_sentence(house: House) -> None:
    owner = house.client(house.owner)
    assert "مدیر اصلی همهٔ تیکت‌های همهٔ دپارتمان‌ها را می‌بیند" in text(owner.get(page_of(house.owner)))
    from accounts.services import people

    people.switch_off(house.staff, actor=house.owner)
    assert "دسترسی این شخص بسته است" in text(owner.get(page_of(house.staff)))
    assert text(owner.get(page_of(house.section_member))).count("تیکت‌های خودش") == 1


def test_the_page_costs_the_same_with_one_seat_and_many_tickets(house: House) -> None:
    owner = house.client(house.owner)
    counted(owner, page_of(house.staff))
    _, few = counted(owner, page_of(house.staff))
    for _ in range(5):
        make_ticket(house)
    observer = levels.create_level(actor=house.owner, name="تماشاگر")
    services.seat(actor=house.owner, user=house.staff, department=house.finance, access_level=observer)
    services.seat(actor=house.owner, user=house.staff, department=house.orphan)
    page, many = counted(owner, page_of(house.staff))
    assert many == few <= 14
    assert "این جا فقط می‌بیند و کاری نمی‌کند" in text(page)
