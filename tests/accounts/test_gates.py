"""Gates: who passes, where the others go, and what a way back may look like."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from accounts.gates import destination, safe_path
from tenants.scope import tenant_scope
from tests.accounts.folk import ask_code, come_in, give_code, give_password, last_code, make_folk

pytestmark = pytest.mark.urls("tests.accounts.gated")
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://saba.localhost/desk/tickets/?page=2"}
BAD_PATHS = [
    "https://example.com/",
    "//example.com/x",
    "///example.com",
    "/\\example.com",
    "\\\\example.com",
    "/\texample",
    "/a\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "desk/",
    "http:///example.com",
    "/%0d%0a\x00",
    "/" + "a" * 600,
    " /desk/",
    "",
]


@pytest.mark.django_db
@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("page", "passes"),
    [
        ("/any/", {"owner", "staff", "customer"}),
        ("/staff/", {"owner", "staff"}),
        ("/owner/", {"owner"}),
        ("/customers/", {"customer"}),
    ],
)
def test_gate_lets_its_roles_pass_and_answers_others_like_an_absent_page(page, passes):
    folk = make_folk()
    for role in ("owner", "staff", "customer"):
        person = getattr(folk, role)
        answer = come_in(folk, person).get(page)
        assert answer.status_code == (200 if role in passes else 404), role
        if role in passes:
            assert answer.content.decode().startswith(person.name)


@pytest.mark.django_db
@pytest.mark.sqlite
def test_stranger_is_sent_to_the_login_page_and_brought_back():
    folk = make_folk()
    browser = folk.browser()
    sent = browser.get("/staff/?page=2&q=%DA%86%D8%A7%D9%BE")
    assert (sent.status_code, sent["Location"]) == (
        302,
        "/login/?next=%2Fstaff%2F%3Fpage%3D2%26q%3D%25DA%2586%25D8%25A7%25D9%25BE",
    )
    page = browser.get(sent["Location"])
    assert page.context["next"] == "/staff/?page=2&q=%DA%86%D8%A7%D9%BE"
    browser.post("/login/", {"way": "code", "mobile": folk.staff.mobile, "next": page.context["next"]})
    assert give_code(browser, last_code(folk.tenant))["Location"] == page.context["next"]


@pytest.mark.django_db
def test_stranger_of_every_gate_and_shape_goes_to_login():
    folk = make_folk()
    for page in ("/any/", "/staff/", "/owner/", "/customers/", "/moved/", "/moved-inside/"):
        assert folk.browser().get(page)["Location"].startswith("/login/?next=")


@pytest.mark.django_db
def test_strangers_htmx_get_loads_the_login_page_and_comes_back_to_the_page_shown():
    answer = make_folk().browser().get("/staff/", **HTMX)
    assert answer.status_code == 200 and answer.content == b""
    assert answer["HX-Redirect"] == "/login/?next=%2Fdesk%2Ftickets%2F%3Fpage%3D2"


@pytest.mark.django_db
def test_strangers_htmx_post_keeps_the_page_and_asks_for_a_login():
    answer = make_folk().browser().post("/save/", **HTMX)
    assert (answer.status_code, answer["HX-Reswap"]) == (401, "none")
    assert json.loads(answer["HX-Trigger"]) == {"login-needed": {"url": "/login/"}}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("referer", "target"),
    [
        ("http://saba.localhost/desk/", "/login/?next=%2Fdesk%2F"),
        ("https://example.com/desk/", "/login/"),
        ("", "/login/"),
    ],
)
def test_strangers_post_goes_to_login_and_back_to_the_page_of_the_form(referer, target):
    answer = make_folk().browser().post("/save/", HTTP_REFERER=referer)
    assert (answer.status_code, answer["Location"]) == (302, target)


@pytest.mark.parametrize("path", BAD_PATHS)
def test_way_back_to_anywhere_else_is_dropped(path):
    assert safe_path(path) == ""


@pytest.mark.parametrize("path", ["/login/", "/logout/", "/welcome/?next=/desk/"])
def test_way_back_to_the_doors_is_dropped(path):
    assert safe_path(path) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("path", BAD_PATHS)
def test_open_redirect_is_refused_on_every_way_in(path):
    folk = make_folk()
    give_password(folk.staff, username="siavash")
    by_code, by_password = folk.browser(), folk.browser()
    by_code.post("/login/", {"way": "code", "mobile": folk.staff.mobile, "next": path})
    assert give_code(by_code, last_code(folk.tenant))["Location"] == "/desk/"
    given = {"way": "pass", "username": "siavash", "password": "کلید-باران-۱۴", "next": path}
    assert by_password.post("/login/", given)["Location"] == "/desk/"
    # Already in: the login page itself redirects.
    assert by_code.get("/login/", {"next": path})["Location"] == "/desk/"


@pytest.mark.django_db
def test_way_back_into_another_roles_panel_leads_home():
    folk = make_folk()
    assert destination(folk.customer, "/desk/tickets/") == "/portal/"
    assert destination(folk.staff, "/manage/") == "/desk/"
    assert destination(folk.staff, "/desk/tickets/7/") == "/desk/tickets/7/"
    assert destination(folk.owner, "/desk/tickets/7/") == "/desk/tickets/7/"
    assert destination(folk.customer, "/t/7K4MXR92/") == "/t/7K4MXR92/"


@pytest.mark.django_db
@pytest.mark.spec("H23")
def test_unfinished_first_login_leads_to_the_welcome_page():
    folk = make_folk(welcomed=False)
    browser = folk.browser()
    ask_code(browser, folk.staff.mobile)
    assert give_code(browser, last_code(folk.tenant))["Location"] == "/welcome/"
    assert browser.get("/staff/")["Location"] == "/welcome/?next=%2Fstaff%2F"
    assert browser.get("/staff/", **HTMX)["HX-Redirect"] == "/welcome/?next=%2Fdesk%2Ftickets%2F%3Fpage%3D2"
    assert browser.get("/early/").status_code == 200
    assert browser.get("/owner/").status_code == 404


@pytest.mark.sqlite
@pytest.mark.parametrize("page", ["/moved/", "/moved-inside/"])
def test_transfer_view_finds_its_person_without_a_transaction(committed_db, page):
    folk = make_folk()
    answer = come_in(folk, folk.customer).get(page)
    assert answer.content.decode() == f"{folk.customer.name}|نساجی دلگشا|False"


@pytest.mark.sqlite
def test_streaming_post_view_finds_its_person_too(committed_db):
    folk = make_folk()
    assert come_in(folk, folk.staff).post("/streamed/").content.decode() == f"{folk.staff.name}|-|False"


@pytest.mark.sqlite
def test_page_view_runs_in_its_transaction(committed_db):
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    assert browser.post("/save/").content.decode().endswith("|True")
    in_transaction = connection.vendor == "postgresql"
    assert browser.get("/staff/").content.decode().endswith(f"|{in_transaction}")


@pytest.mark.django_db
def test_trust_20_changed_role_works_on_the_next_request():
    folk = make_folk()
    browser = come_in(folk, folk.owner)
    assert browser.get("/owner/").status_code == 200
    with tenant_scope(folk.tenant):
        type(folk.owner).objects.filter(pk=folk.owner.pk).update(role="staff")
    assert browser.get("/owner/").status_code == 404
    assert browser.get("/staff/").status_code == 200
