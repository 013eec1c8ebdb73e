"""The table of addresses is complete: nothing is served that the walks of this folder do not visit."""

from __future__ import annotations

from collections import Counter

import pytest
from django.conf import settings
from django.urls import resolve

from helpdesk.panels.views import contracts, customers, departments, staff

from .scene import Scene
from .urls import BY_NAME, SIGNED_IN, TABLE, patterns

pytestmark = pytest.mark.sqlite


def test_every_address_has_a_name_and_a_row_and_every_row_an_address():
    nameless = [str(pattern.pattern) for pattern in patterns() if not pattern.name]
    assert not nameless, "an address without a name is in no table"
    served = Counter(pattern.name for pattern in patterns())
    assert [name for name, times in served.items() if times > 1] == []
    assert set(served) - set(BY_NAME) == set(), "write its row in tests/security/urls.py"
    assert set(BY_NAME) - set(served) == set(), "no such address any more"
    assert len(BY_NAME) == len(TABLE)


def test_rows_know_what_their_addresses_hold(scene: Scene):
    for pattern in patterns():
        row = BY_NAME[pattern.name]
        assert tuple(pattern.pattern.converters) == row.holds, row.name
        match = resolve(row.path(scene.ours).partition("?")[0])
        assert match.view_name == row.name
        if row.holds:
            assert row.path(scene.ours) != row.path(scene.rival)
        assert row.roles <= SIGNED_IN and not row.roles & row.refused


def test_every_act_of_a_page_has_a_form_in_the_table(scene: Scene):
    for name, acts in (
        ("manage_department", departments.ACTS),
        ("manage_person", staff.ACTS),
        ("manage_customer", customers.ACTS),
        ("manage_customer_contract", contracts.ACTS),
    ):
        sent = {fields["act"] for fields in BY_NAME[name].sends(scene.ours)}
        assert sent == set(acts), name


def test_the_demo_has_no_address_outside_the_demo():
    assert settings.DEMO is False
    assert not [pattern.name for pattern in patterns() if "demo" in str(pattern.name)]
