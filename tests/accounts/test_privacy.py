"""TRUST 37 for this floor: nothing personal is stored by the browser, nothing secret is logged or in an address."""

from __future__ import annotations

import pytest

from tests.accounts.folk import ask_code, give_code, last_code, make_folk


@pytest.mark.django_db
def test_trust_37_personal_pages_are_not_stored():
    folk = make_folk()
    browser = folk.browser()
    pages = [browser.get("/login/"), ask_code(browser, folk.staff.mobile), browser.get("/login/code/")]
    give_code(browser, last_code(folk.tenant))
    pages += [browser.get(path) for path in ("/me/", "/me/password/", "/me/sessions/")]
    assert all("no-store" in page["Cache-Control"] for page in pages)


@pytest.mark.django_db
def test_trust_37_no_code_no_mobile_in_logs_and_addresses(caplog, django_capture_on_commit_callbacks):
    caplog.set_level("DEBUG")
    folk = make_folk()
    browser = folk.browser()
    with django_capture_on_commit_callbacks(execute=True):
        locations = [ask_code(browser, folk.staff.mobile)["Location"]]
        code = last_code(folk.tenant)
        give_code(browser, f"{(int(code) + 1) % 10**6:06d}")
        ask_code(folk.browser(), folk.staff.mobile)
        locations.append(give_code(browser, code)["Location"])
    ours = "\n".join(
        record.getMessage() for record in caplog.records if not record.name.startswith("django.db")
    )
    for secret in (code, folk.staff.mobile, folk.staff.mobile[3:]):
        assert secret not in ours and secret not in "".join(locations)
