"""Who gets in where: every page of the roof against every role, and the rival's ids on our pages."""

import pytest
from django.urls import reverse

from tests.worlds import House, World, make_house, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def owner_pages(house: House) -> dict[str, str]:
    """Every owner's page of a house, by name."""
    return {
        "manage": reverse("manage"),
        "manage_departments": reverse("manage_departments"),
        "manage_department": reverse("manage_department", args=[house.support.pk]),
        "manage_staff": reverse("manage_staff"),
        "manage_person": reverse("manage_person", args=[house.staff.public_id]),
        "manage_customers": reverse("manage_customers"),
        "manage_customer": reverse("manage_customer", args=[house.customer.pk]),
        "manage_settings": reverse("manage_settings"),
    }


# Who else than the owner has a page, by what their seat allows; the rest is not there for them.
ALSO = {
    "manage_departments": {"manager", "finance_manager"},
    "manage_department": {"manager"},
    "manage_customers": {"clerk"},
    "manage_customer": {"clerk"},
}


@pytest.mark.spec("S3")
def test_owner_pages_open_for_the_owner_and_for_whom_the_owner_gave_the_right():
    house = make_house("arvand")
    pages = owner_pages(house) | {"manage_logo": reverse("manage_logo")}
    for role, person in house.everyone().items():
        client = house.client(person)
        for name, path in pages.items():
            may = role == "owner" or role in ALSO.get(name, ())
            if name != "manage_logo":
                assert client.get(path).status_code == (200 if may else 404), (role, name)
            if not may and name != "manage":
                assert client.post(path, {"act": "create", "name": "تازه"}).status_code == 404, (role, name)


@pytest.mark.spec("S3")
def test_navigation_offers_what_the_person_may_do_and_nothing_else():
    house = make_house("arvand")
    doors = {
        "owner": (
            "/manage/staff/",
            "/manage/",
            "/manage/customers/",
            "/manage/levels/",
            "/manage/audit/",
            "/manage/contracts/",
        ),
        "manager": ("/manage/departments/",),
        "clerk": ("/manage/customers/", "/manage/contracts/"),
        "staff": (),
    }
    every = {path for paths in doors.values() for path in paths} | {"/manage/departments/"}
    for role, mine in doors.items():
        client = house.client(getattr(house, role))
        page = client.get(mine[0] if mine else "/desk/").content.decode()
        shown = {path for path in every if f'href="{path}"' in page}
        assert shown == set(mine) | ({"/manage/departments/"} if role == "owner" else set()), role
        assert ('href="/desk/tickets/new/"' in page) is (role != "observer")


def test_stranger_is_sent_to_the_gate_and_back():
    house = make_house("arvand")
    client = house.client()
    for path in [*owner_pages(house).values(), reverse("desk")]:
        response = client.get(path)
        assert response.status_code == 302
        assert response["Location"] == f"/login/?next={path.replace('/', '%2F')}"
        if path not in (reverse("desk"), reverse("manage")):
            assert client.post(path, {"name": "تازه"}).status_code == 302


def test_desk_opens_for_our_side_only():
    house = make_house("arvand")
    for role, person in house.everyone().items():
        expected = 404 if person.is_customer else 200
        assert house.client(person).get(reverse("desk")).status_code == expected, role


@pytest.mark.spec("S3")
def test_home_leads_each_to_their_own_panel():
    house = make_house("arvand")
    wanted = {"owner": "/manage/", "manager": "/desk/", "staff": "/desk/", "customer_main": "/portal/"}
    for role, path in wanted.items():
        assert house.client(getattr(house, role)).get("/")["Location"] == path
    assert house.client().get("/")["Location"] == "/login/"


def test_rivals_ids_are_not_there():
    world: World = make_world()
    theirs, client = owner_pages(world.rival), world.home.client(world.home.owner)
    for name in ("manage_department", "manage_person", "manage_customer"):
        assert client.get(theirs[name]).status_code == 404, name
        assert client.post(theirs[name], {"act": "change", "name": "ربوده"}).status_code == 404, name
    ours = owner_pages(world.home)
    for name, fields in (
        ("manage_departments", {"act": "move", "department": world.rival.support.pk, "to": "down"}),
        ("manage_department", {"act": "topic_change", "topic": world.rival.topic.pk, "name": "ربوده"}),
        ("manage_department", {"act": "topic_move", "topic": world.rival.topic.pk, "to": "up"}),
        ("manage_staff", {"act": "off", "person": world.rival.staff.public_id}),
        ("manage_customer", {"act": "off", "person": world.rival.customer_main.public_id}),
        ("manage_customer", {"act": "off", "person": world.home.other_customer.public_id}),
    ):
        assert client.post(ours[name], fields).status_code == 404, (name, fields)


@pytest.mark.parametrize("wrong", ["", "x", "۱۲", "-1", "1e3", "9" * 30, "<script>"])
def test_nonsense_in_hidden_fields_is_not_found(wrong):
    house = make_house("arvand")
    client, pages = house.client(house.owner), owner_pages(house)
    assert client.post(pages["manage_departments"], {"act": "move", "department": wrong}).status_code == 404
    for act, field in (("unseat", "seat"), ("seat_change", "seat"), ("topic_change", "topic")):
        assert client.post(pages["manage_department"], {"act": act, field: wrong}).status_code == 404, act
    assert client.post(pages["manage_staff"], {"act": "off", "person": wrong}).status_code == 404
    assert client.get(f"/manage/departments/{'9' * 40}/").status_code == 404
    assert client.get(f"/manage/customers/{'9' * 40}/").status_code == 404


def test_reading_never_writes_and_forms_want_their_token():
    house = make_house("arvand")
    strict = house.client(house.owner, enforce_csrf_checks=True)
    for name, path in owner_pages(house).items():
        if name != "manage":
            assert strict.post(path, {"act": "off", "name": "تازه"}).status_code == 403, name
    assert strict.post(reverse("manage_logo"), {"act": "logo_gone"}).status_code == 403
    assert house.client(house.owner).get(reverse("manage_logo")).status_code == 405
    assert house.client(house.owner).delete(reverse("manage_departments")).status_code == 405


def test_health_answers_any_host_without_details(client):
    response = client.get("/healthz", HTTP_HOST="10.0.0.7")
    assert (response.status_code, response.content) == (200, b"ok")
    assert "no-store" in response["Cache-Control"]


def test_health_is_red_while_the_database_is_away(client, monkeypatch):
    from django.db import OperationalError, connection

    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("password=secret host=db")

    monkeypatch.setattr(connection, "cursor", away)
    response = client.get("/healthz", HTTP_HOST="10.0.0.7")
    assert (response.status_code, response.content) == (503, b"unavailable")
