"""TRUST 19: role × address × method. What the table does not allow is refused, and nothing ever fails."""

from __future__ import annotations

from typing import Any

import pytest

from .asking import HTMX, Page, rewind, send, undone
from .scene import STRANGER, Scene
from .urls import BY_NAME, LOGIN, OPEN, SIGNED_IN, TABLE, THOROUGH, Row, readable, sendable

REFUSALS = {302, 401, 403, 404, 405}


def is_refused(response: Any) -> bool:
    """Refused, or led elsewhere: to the login page, or from a form's address to its page."""
    return response.status_code in REFUSALS or "HX-Redirect" in response.headers


def leads_to_the_gate(response: Any) -> bool:
    """A stranger's answer: the login page, or htmx told to go there."""
    where = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    return response.status_code == 401 or where.startswith("/login/")


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_trust_19_other_methods_are_refused_for_everybody(scene: Scene, row: Row):
    """For who may be there, to whom a view without its list of methods would answer, and for a stranger."""
    path = row.path(scene.ours)
    for role in {row.sender, STRANGER}:
        browser = scene.browser(role)
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"):
            assert is_refused(browser.generic(method, path)), (role, method)
        if "GET" not in row.methods:
            assert is_refused(browser.get(path)) and is_refused(browser.head(path, **HTMX)), role
        if "POST" not in row.methods:
            with undone():
                assert is_refused(browser.post(path, {"name": "تازه"})), role
                assert is_refused(browser.post(path, {"_method": "DELETE"}, **HTMX)), role


def test_trust_19_pages_open_for_their_roles_alone(pages: dict[tuple[str, str], Page]):
    for (name, role), page in pages.items():
        row = BY_NAME[name]
        if role == "newcomer":  # first their name, then the rest
            open_to_all = row.stranger == OPEN or name in ("welcome", "bell", "file", "short")
            assert open_to_all or page.status == 404 or page.headers["location"].startswith("/welcome/"), name
        elif role in row.roles:
            assert page.status in (200, 302), (name, role)
            assert not page.headers.get("location", "").startswith("/login"), (name, role)
        elif role != STRANGER:
            assert page.status == 404, (name, role)
        elif row.stranger == LOGIN:
            assert page.status == 302 and page.headers["location"].startswith("/login/"), name
        else:
            assert page.status in (200, 302), name


@pytest.mark.parametrize("row", readable(), ids=lambda row: row.name)
def test_trust_19_head_and_htmx_open_no_other_door(scene: Scene, row: Row):
    """Who may is tried in test_trust_33_no_way_of_reading_writes."""
    path = row.path(scene.ours)
    for role in sorted(THOROUGH - row.roles):
        browser = scene.browser(role)
        assert (browser.head(path).status_code, browser.get(path, **HTMX).status_code) == (404, 404), role
    response = scene.browser().get(path, **HTMX)
    assert response.status_code < 400
    assert row.stranger == OPEN or leads_to_the_gate(response)


@pytest.mark.parametrize("row", sendable(), ids=lambda row: row.name)
def test_trust_19_forms_work_for_their_roles_alone(scene: Scene, row: Row):
    """Who may not is tried with the first form, as a page and as htmx sends it; its sender, in the next test."""
    path, fields = row.path(scene.ours), row.sends(scene.ours)[0]
    for role in sorted(SIGNED_IN | {STRANGER}):
        if role == row.sender and role in row.roles - row.refused_forms:
            continue
        with undone():
            rewind(fields)
            response = scene.browser(role).post(path, fields)
        if role in row.refused_forms:
            assert response.status_code == 403, role
            continue
        if role in row.roles:
            assert response.status_code < 400 or response.status_code == 422, role
            continue
        again = response
        if role in THOROUGH | {STRANGER}:
            with undone():
                rewind(fields)
                again = scene.browser(role).post(path, fields, **HTMX)
        if role == STRANGER:
            assert row.stranger == OPEN or (leads_to_the_gate(response) and leads_to_the_gate(again))
        else:
            wanted = 403 if role in row.refused else 404
            assert (response.status_code, again.status_code) == (wanted, wanted), role


@pytest.mark.parametrize("row", sendable(), ids=lambda row: row.name)
def test_trust_19_the_tables_forms_do_their_work(scene: Scene, row: Row):
    """So that every other walk sends forms that mean something: each is accepted, or refused with a reason."""
    for fields in row.sends(scene.ours):
        for extra in ({}, HTMX):
            with undone():
                response = send(scene, row, fields, **extra)
            assert response.status_code in _wanted(row, fields), fields


def _wanted(row: Row, fields: dict[str, Any]) -> tuple[int, ...]:
    """Refused with a reason: a wrong code or password, a code asked for too soon, what still holds tickets."""
    if row.name == "login_code" and "again" in fields:
        return (429,)
    if row.name.endswith("_export") or row.name == "pictures":
        return (200,)
    if row.name == "portal_ticket_rate":
        return (200, 302)  # htmx gets the row of stars
    holds = fields.get("act") == "unseat"
    if holds or "code" in fields or fields.get("way") == "pass":
        return (422,)
    return (204, 302)
