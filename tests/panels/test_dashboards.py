"""The dashboards: every number is the count of the list its link opens, in each person's own scope (H1)."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.services import people
from departments import services
from helpdesk.panels import queries
from notifications.models import Bell
from tenants.scope import tenant_scope
from tests.tickets.browsing import ESCAPED, SCRIPT, counted, text
from tests.worlds import House, make_house, make_ticket, next_mobile
from tickets.models import Ticket
from tickets.services import assign, close, note, reply

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NUMBER = re.compile(r'<a[^>]*href="([^"]+)" data-count="([a-z_]+)">.*?<bdi>(\S+)</bdi>', re.DOTALL)


@pytest.fixture
def house() -> House:
    return make_house("arvand")


def body(n: int = 0) -> dict[str, object]:
    import uuid

    return {"client_key": uuid.uuid4(), "body": f"پاسخ {n}"}


def turn(ticket: Ticket, colour: str) -> None:
    """Set the clock of a ticket to stand at a colour now."""
    now = timezone.now()
    yellow, red = {"green": (1, 2), "yellow": (-1, 1), "red": (-2, -1)}[colour]
    Ticket.objects.filter(pk=ticket.pk).update(
        yellow_at=now + timedelta(hours=yellow), red_at=now + timedelta(hours=red)
    )


@pytest.fixture
def busy(house: House) -> House:
    """Tickets of every kind: unassigned, in hand, answered, closed, of each colour and of two departments."""
    with tenant_scope(house.tenant):
        for colour in ("green", "yellow", "yellow", "red"):
            turn(make_ticket(house, subject=f"منتظر {colour}"), colour)
        held = make_ticket(house, staff=house.staff, subject="دست آرش")
        turn(held, "red")
        answered = make_ticket(house, staff=house.colleague, subject="پاسخ گرفته")
        reply(answered, actor=house.colleague, **body())
        closed = make_ticket(house, subject="بسته‌شده")
        close(closed, actor=house.owner)
        other = make_ticket(house, department=house.finance, subject="مالی")
        assign(other, actor=house.owner, to=house.finance_manager)
        turn(other, "green")
    return house


def numbers(page: str) -> dict[str, tuple[str, str]]:
    """Each number of a dashboard by its name: (as it is written, the list it opens)."""
    return {name: (value, html.unescape(url)) for url, name, value in NUMBER.findall(page)}


def total(page: str) -> str:
    """The count in the heading of the queue."""
    found = re.search(r"<bdi>(\S+?)</bdi> تیکت|([۰-۹٬]+) تیکت", page)
    assert found, "the queue says no count"
    return found[1] or found[2]


@pytest.mark.spec("H1", part=True)
@pytest.mark.parametrize("role", ["owner", "manager", "staff", "colleague", "finance_manager"])
def test_every_number_is_the_count_of_the_list_it_opens(busy, role):
    person: User = getattr(busy, role)
    client = busy.client(person)
    found = numbers(text(client.get("/manage/" if role == "owner" else "/desk/")))
    assert set(found) == {
        *("open", "unanswered", "overdue", "answered_today", "unassigned"),
        *("red", "yellow", "green"),
    }
    for name, (value, url) in found.items():
        listed = text(client.get(url))
        assert (total(listed) if value != "۰" else "۰") == value, (name, url)


@pytest.mark.spec("H1", part=True)
def test_numbers_are_right_and_each_scope_is_its_own(busy):
    def of(person: User, path: str = "/desk/") -> dict[str, str]:
        return {name: value for name, (value, _) in numbers(text(busy.client(person).get(path))).items()}

    owner = of(busy.owner, "/manage/")
    assert owner == {
        "open": "۷",
        "unanswered": "۶",
        "overdue": "۲",
        "answered_today": "۱",
        "unassigned": "۴",
        "red": "۲",
        "yellow": "۲",
        "green": "۲",
    }
    staff = of(busy.staff)
    assert (staff["open"], staff["overdue"], staff["answered_today"]) == ("۵", "۲", "۰")
    finance = of(busy.finance_manager)
    assert (finance["open"], finance["unassigned"], finance["green"]) == ("۱", "۰", "۱")


def test_split_fills_the_bar_and_red_begins_at_the_right(busy):
    with tenant_scope(busy.tenant):
        board = queries.dashboard(busy.owner)
    red, yellow, green = board.bands
    assert abs(sum(float(band.width) for band in board.bands) - 100) < 0.1
    assert float(red.x) + float(red.width) == pytest.approx(100, abs=0.05)
    assert float(green.x) == pytest.approx(0, abs=0.05)
    assert float(yellow.x) == pytest.approx(float(green.width), abs=0.05)


def test_loads_are_departments_for_the_owner_and_people_for_a_manager(busy):
    with tenant_scope(busy.tenant):
        owner, manager, staff = (queries.dashboard(p) for p in (busy.owner, busy.manager, busy.staff))
    assert {load.name: int(load.open.value) for load in owner.loads} == {
        "پشتیبانی فنی": 6,
        "مالی و قرارداد": 1,
        "فروش": 0,
    }
    assert {load.name: int(load.open.value) for load in manager.loads} == {
        "کیمیا بهروزی": 0,
        "آرش دهدشتی": 1,
        "مهدیار کاظمی": 1,
    }
    assert staff.loads == []
    client = busy.client(busy.manager)
    for load in manager.loads:
        listed = text(client.get(load.open.url))
        assert int(load.open.value) == 0 or total(listed) == str(load.open.value)


def test_a_colleagues_ticket_is_neither_shown_nor_counted(busy):
    page = text(busy.client(busy.staff).get("/desk/"))
    assert "دست آرش" in page
    assert "پاسخ گرفته" not in page
    assert "مالی" not in page


def test_empty_house_has_a_calm_dashboard(house):
    for person, path in ((house.owner, "/manage/"), (house.staff, "/desk/")):
        page = text(house.client(person).get(path))
        assert "تیکتی در انتظار" in page
        assert {value for value, _ in numbers(page).values()} == {"۰"}


def test_subjects_on_the_dashboard_are_text(house):
    with tenant_scope(house.tenant):
        make_ticket(house, subject=SCRIPT)
        note(make_ticket(house, staff=house.staff), actor=house.staff, **body())
    page = text(house.client(house.owner).get("/manage/"))
    assert SCRIPT not in page
    assert ESCAPED in page


def test_dashboard_costs_the_same_with_one_ticket_and_thirty(house):
    client = house.client(house.owner)
    with tenant_scope(house.tenant):
        make_ticket(house)
    counted(client, "/manage/")
    _, one = counted(client, "/manage/")
    with tenant_scope(house.tenant):
        for index in range(29):
            make_ticket(house, subject=f"موضوع {index}")
        for index in range(2):
            services.create_department(actor=house.owner, name=f"دپارتمان {index}")
    _, thirty = counted(client, "/manage/")
    assert thirty == one
    # The owner's alone: whether tomorrow is closed, and requests nobody else answers.
    assert thirty <= 15


# The shell ------------------------------------------------------------------------------------------------------
def test_navigation_costs_two_statements_for_staff_and_one_for_customers(house):
    from django.test import RequestFactory

    from helpdesk.panels.context import Navigation

    def cost(person: User, *names: str) -> int:
        request = RequestFactory().get("/bell/")
        request.user, request.resolver_match = person, None
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with tenant_scope(house.tenant), CaptureQueriesContext(connection) as seen:
            nav = Navigation(request)
            for name in names:
                str(getattr(nav, name))
        return len(seen)

    everything = ("panel", "current", "can", "counts", "departments", "bell_count")
    assert cost(house.staff, *everything) == 2  # seats with their rights, numbers
    assert cost(house.owner, *everything) == 2
    assert cost(house.customer_main, *everything) == 1
    assert cost(house.owner, "panel", "current", "can") == 0


def test_sidebar_shows_ones_own_departments_and_unread_bell(busy):
    with tenant_scope(busy.tenant):
        Bell.objects.all().delete()
        Bell.objects.create(user=busy.staff, kind="x", text="یک")
        Bell.objects.create(user=busy.staff, kind="x", text="دو")
        Bell.objects.create(user=busy.staff, kind="x", text="خوانده", read_at=timezone.now())
        Bell.objects.create(user=busy.manager, kind="x", text="دیگری")
    page = text(busy.client(busy.staff).get("/desk/"))
    assert "۲ اعلان خوانده‌نشده" in page
    assert f"department={busy.support.pk}" in page
    assert f"department={busy.finance.pk}" not in page
    assert "/manage/" not in page
    assert 'href="/manage/"' in text(busy.client(busy.owner).get("/desk/"))


def test_new_department_reaches_its_people_at_once(house):
    with tenant_scope(house.tenant):
        new = people.create_staff(actor=house.owner, mobile=next_mobile(), name="تازه‌وارد")
        User.objects.filter(pk=new.pk).update(welcomed_at=timezone.now())
        client = house.client(new)
    assert "دپارتمان‌ها</h2>" not in text(client.get("/desk/"))
    with tenant_scope(house.tenant):
        services.seat(actor=house.owner, user=new, department=house.orphan)
    assert "فروش" in text(client.get("/desk/"))
