"""TRUST 33: nothing changes by reading, and nothing is sent without the page's own token."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings

from tenants.scope import all_tenants

from .asking import HTMX, Page, Walk, rewind, text, undone
from .database import differences, fingerprint, photograph, whole
from .scene import STRANGER, Scene
from .urls import TABLE, Row, readable, sendable


def test_trust_33_reading_leaves_every_table_as_it_was(scene: Scene, walked: Walk):
    """Everybody has read everything; what that wrote is nothing."""
    before = photograph()
    told = {}
    for role in (role for role, wrote in walked.wrote.items() if wrote):
        for row in readable():
            with undone():
                scene.browser(role).get(row.path(scene.ours))
                if found := differences(before, photograph()):
                    told[role, row.name] = found
    assert told == {}
    assert not any(walked.wrote.values())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_trust_33_no_way_of_reading_writes(scene: Scene, row: Row):
    """HEAD, htmx, and a form's fields in the address; also where only a form is taken."""
    path, before = row.path(scene.ours), photograph()
    browser = scene.browser(row.sender)
    with undone():
        answers = {browser.head(path).status_code, browser.get(path, **HTMX).status_code}
        assert answers <= ({200, 302} if "GET" in row.methods else {302, 405}), answers
        for fields in row.sends(scene.ours):
            browser.get(path, {name: value for name, value in fields.items() if isinstance(value, str)})
        assert differences(before, photograph()) == []


def test_trust_33_the_photograph_would_see_a_write(scene: Scene):
    """The measure itself: one changed letter, one new row, one lost row are told."""
    before = photograph()
    assert {"tickets_ticket", "accounts_user", "tenants_auditentry", "accounts_session"} <= set(before)
    assert all(before[table] for table in ("tickets_message", "notifications_delivery", "tickets_event"))
    with undone():
        scene.browser("customer_main").post("/me/theme/", {"theme": "dark"})
        told = differences(before, photograph())
        with all_tenants("what the photograph kept, against the rows themselves"):
            assert photograph() == whole()
    assert [line.split()[0] for line in told] == ["accounts_user"]
    with undone():
        scene.browser("staff").post("/logout/")
        assert [line.split()[:2] for line in differences(before, photograph())] == [
            ["accounts_session", "gone"]
        ]
    assert fingerprint(photograph()) == fingerprint(before)
    with all_tenants("as above"):
        assert photograph() == whole() == before


@pytest.mark.parametrize("row", sendable(), ids=lambda row: row.name)
def test_trust_33_a_form_without_its_token_is_refused_in_persian(scene: Scene, row: Row):
    """One form of each: the token is asked for before a form is read, by view and never by what is sent."""
    path, fields, before = row.path(scene.ours), row.sends(scene.ours)[0], photograph()
    for role in {row.sender, STRANGER}:
        rewind(fields)
        _refused(scene.browser(role, strict=True).post(path, fields))
        rewind(fields)
        response = scene.browser(role, strict=True).post(path, fields, **HTMX)
        assert response.status_code == 403 and "toast" in response["HX-Trigger"]
    # A token of somebody else's page does not fit either.
    browser = scene.browser(row.sender, strict=True)
    browser.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    _refused(browser.post(path, {**fields, "csrfmiddlewaretoken": "b" * 32}))
    assert differences(before, photograph()) == []


def _refused(response: Any) -> None:
    assert response.status_code == 403
    assert "این فرم زمان زیادی باز مانده" in text(response)
    assert 'lang="fa"' in text(response)


def test_trust_33_the_token_of_the_page_opens_its_form(scene: Scene):
    """The control of the test above: the same browser with the page's own token is heard."""
    browser = scene.browser("customer_main", strict=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text(browser.get("/me/")))
    fields = {"theme": "dark", "csrfmiddlewaretoken": token[1]}  # type: ignore[index]
    assert browser.post("/me/theme/", fields).status_code == 302
    # htmx sends it as a header, from the attribute of the body.
    assert 'hx-headers=\'{"X-CSRFToken": "' in text(browser.get("/me/"))
    header = {"HTTP_X_CSRFTOKEN": token[1]}  # type: ignore[index]
    assert browser.post("/me/theme/", {"theme": "light"}, **HTMX, **header).status_code == 204


def test_trust_33_every_form_of_every_page_posts_and_carries_the_token(pages: dict[tuple[str, str], Page]):
    for row in readable():
        page = pages[row.name, row.sender].text
        for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
            opening = form[: form.index(">")]
            if re.search(r'method="post"', opening, re.IGNORECASE):
                assert 'name="csrfmiddlewaretoken"' in form, (row.name, opening)
            else:
                assert "csrfmiddlewaretoken" not in form, (row.name, opening)


def test_trust_30_the_table_of_forms_knows_every_field(scene: Scene, pages: dict[tuple[str, str], Page]):
    """Forms of pages hold no field that is in no row: what test_trust_30 does not know it does not try."""
    known = {
        row.path(scene.ours).partition("?")[0]: row.known(scene.ours)
        for row in TABLE
        if "POST" in row.methods
    }
    generic = {
        "csrfmiddlewaretoken",
        "client_key",
        "kept",
        "files",
        "next",
        "q",
        "act",
        "to",
        "preview",
        "insert",
    }
    generic.add("html")  # what it is fed is in journeys/test_trust_28_rich.py
    for row in readable():
        page = pages[row.name, row.sender].text
        for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
            action = re.search(r'action="([^"]*)"', form[: form.index(">")])
            target = (action[1] if action else "") or row.path(scene.ours)
            names = set(re.findall(r'<(?:input|select|textarea|button)\b[^>]*?\bname="([^"]+)"', form))
            # A form with a line for each choice has one field of many names.
            names = {re.sub(r"^choice_\d+$", "choice_new", name) for name in names}
            if target.partition("?")[0] in known:
                assert names - generic - {"choice_new"} <= known[target.partition("?")[0]], (row.name, target)
