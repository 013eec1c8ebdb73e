"""The bell page: one's own lines, newest first, read by a button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Bell
from notifications.services import mark_read, unread_count
from tenants.scope import tenant_scope
from tests.worlds import World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def world() -> World:
    return make_world()


def ring_for(house: Any, user: Any, count: int, *, about: str = "", word: str = "خبر") -> None:
    """So many lines in a person's bell, a minute apart."""
    now = timezone.now()
    with tenant_scope(house.tenant):
        Bell.objects.bulk_create(
            Bell(
                user_id=user.pk,
                kind="test.note",
                text=f"{word} {n}.",
                url=f"/desk/tickets/{n}/",
                about=about,
                created_at=now - timedelta(minutes=n),
            )
            for n in range(count)
        )


@pytest.mark.parametrize("role", ["owner", "staff", "customer_main", "section_member"])
def test_bell_page_shows_ones_own_lines_newest_first(world: World, role: str) -> None:
    house = world.home
    person = house.everyone()[role]
    ring_for(house, person, 3)
    ring_for(house, house.colleague, 1, word="مال دیگری")
    ring_for(world.rival, world.rival.everyone()[role], 1, word="مال رقیب")
    page = house.client(person).get("/bell/")
    text = page.content.decode()
    assert page.status_code == 200 and "مال دیگری" not in text and "مال رقیب" not in text
    assert text.index("خبر 0.") < text.index("خبر 1.") < text.index("خبر 2.")
    assert 'href="/desk/tickets/1/"' in text and "همه را خواندم" in text


def test_bell_page_of_somebody_without_news_says_so(world: World) -> None:
    text = world.home.client(world.home.staff).get("/bell/").content.decode()
    assert "خبر تازه‌ای نیست" in text and "همه را خواندم" not in text


def test_bell_page_goes_on_by_cursor_and_costs_the_same(world: World) -> None:
    house = world.home
    client = house.client(house.staff)
    client.get("/bell/")  # the host is remembered from here on
    costs = []
    for count in (1, 40):
        ring_for(house, house.staff, count)
        with CaptureQueriesContext(connection) as asked:
            page = client.get("/bell/")
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 12
    following = page.context["page"].next
    second = client.get("/bell/", {"cursor": following}).content.decode()
    assert "خبر 39." in second and "خبر 1." not in second


def test_bell_is_read_by_post_alone_and_only_ones_own(world: World) -> None:
    house = world.home
    ring_for(house, house.staff, 2)
    ring_for(house, house.colleague, 1)
    client = house.client(house.staff)
    client.get("/bell/")
    assert client.get("/bell/read/").status_code == 405
    with tenant_scope(house.tenant):
        assert unread_count(house.staff) == 2
    answer = client.post("/bell/read/")
    assert (answer.status_code, answer["Location"]) == (302, "/bell/")
    with tenant_scope(house.tenant):
        assert (unread_count(house.staff), unread_count(house.colleague)) == (0, 1)


def test_bell_wants_a_session_and_a_token(world: World) -> None:
    house = world.home
    for answer in (house.client().get("/bell/"), house.client().post("/bell/read/")):
        assert answer.status_code == 302 and answer["Location"].startswith("/login/")
    ring_for(house, house.staff, 1)
    assert house.client(house.staff, enforce_csrf_checks=True).post("/bell/read/").status_code == 403
    with tenant_scope(house.tenant):
        assert unread_count(house.staff) == 1


def test_lines_about_one_thing_are_read_by_reading_it(world: World) -> None:
    house = world.home
    ring_for(house, house.staff, 2, about="ticket:7")
    ring_for(house, house.staff, 1, about="ticket:70")
    with tenant_scope(house.tenant):
        assert mark_read(actor=house.staff, about="ticket:7") == 2
        assert mark_read(actor=house.staff, about="ticket:7") == 0
        assert unread_count(house.staff) == 1


def test_unread_lines_are_counted_up_to_a_hundred(world: World) -> None:
    ring_for(world.home, world.home.staff, 130)
    with tenant_scope(world.home.tenant):
        assert unread_count(world.home.staff) == 100


def test_a_session_that_has_ended_tells_htmx_so_and_leads_a_page_to_the_login(world: World) -> None:
    browser = world.home.client()
    part = browser.post("/bell/read/", HTTP_HX_REQUEST="true")
    assert part.status_code == 401 and "login-needed" in part["HX-Trigger"]
    assert browser.get("/bell/", HTTP_HX_REQUEST="true")["HX-Redirect"].startswith("/login/")
    assert browser.get("/bell/")["Location"] == "/login/?next=%2Fbell%2F"
