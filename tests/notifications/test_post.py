"""Handing letters over: what is written, once, and in whose transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import kinds
from notifications.models import Bell, Delivery
from notifications.seal import unseal
from notifications.services import Mobile, post
from tenants.scope import NoScope, tenant_scope

from .conftest import MOBILE, Office

pytestmark = pytest.mark.sqlite


def soon() -> Any:
    return timezone.now() + timedelta(minutes=2)


@pytest.mark.spec("S24", part=True)
def test_post_writes_a_bell_line_and_a_letter_for_each_channel(office: Office, rings: list) -> None:
    office.post(url="/desk/tickets/12/", about="ticket:12")
    sms, mail = sorted(office.letters(), key=lambda row: row.channel, reverse=True)
    assert (sms.channel, sms.address, mail.channel, mail.address) == (
        "sms",
        office.owner.mobile,
        "email",
        "mahtab@daftar.example",
    )
    assert {row.state for row in (sms, mail)} == {"waiting"} and sms.lane == "normal"
    assert (
        sms.data == {"subject": "چاپ فاکتور", "recipient": "مهتاب رستگار"}
        and sms.recipient_id == office.owner.pk
    )
    with tenant_scope(office.tenant):
        bell = Bell.objects.get()
    assert (bell.user_id, bell.text, bell.url, bell.about) == (
        office.owner.pk,
        "خبر تازه: چاپ فاکتور",
        "/desk/tickets/12/",
        "ticket:12",
    )
    assert rings == [("notifications.deliver", {"lane": "normal"})]


def test_post_leaves_out_channels_nobody_can_be_reached_by(office: Office) -> None:
    office.owner.email = None
    office.post(channels=("sms", "email"))
    office.post(to=MOBILE)
    assert [(row.channel, row.address) for row in office.letters()] == [
        ("sms", office.owner.mobile),
        ("sms", MOBILE),
    ]
    with tenant_scope(office.tenant):
        assert not Bell.objects.exists()


def test_post_writes_nothing_to_a_person_who_is_switched_off(office: Office, rings: list) -> None:
    office.owner.is_active = False
    office.post()
    assert office.letters() == [] and rings == []


def test_post_gives_visitors_letters_but_no_bell(office: Office) -> None:
    office.owner.role = "visitor"
    office.post()
    with tenant_scope(office.tenant):
        assert len(office.letters()) == 2 and not Bell.objects.exists()


def test_the_same_key_is_one_letter_and_one_bell_line_for_each_recipient(office: Office) -> None:
    for _ in range(3):
        office.post(key="opened:12")
    office.post(key="opened:12", to=MOBILE)
    office.post(key="opened:" + "x" * 300)
    office.post(key="opened:" + "x" * 300)
    with tenant_scope(office.tenant):
        assert Bell.objects.count() == 2
    assert len(office.letters(channel="email")) == 2 and len(office.letters(channel="sms")) == 3


def test_without_a_key_every_post_is_a_letter(office: Office) -> None:
    office.post()
    office.post()
    assert len(office.letters(channel="sms")) == 2


def test_several_people_cost_the_statements_of_one(office: Office) -> None:
    with tenant_scope(office.tenant):
        with CaptureQueriesContext(
            connection,
        ) as one:
            post("test.note", to=office.owner, data={"subject": "x"})
        with CaptureQueriesContext(connection) as three:
            post("test.note", to=[office.owner, MOBILE, Mobile("+989120000000")], data={"subject": "x"})
    assert len(one) == len(three) <= 2


def test_a_transaction_that_rolls_back_posts_and_rings_nothing(office: Office, rings: list) -> None:
    with pytest.raises(RuntimeError), tenant_scope(office.tenant):
        post("test.note", to=office.owner, data={"subject": "x"})
        raise RuntimeError
    assert office.letters() == [] and rings == []


def test_a_refused_savepoint_takes_its_letter_with_it(office: Office, rings: list) -> None:
    with tenant_scope(office.tenant):
        with pytest.raises(RuntimeError), transaction.atomic():
            post("test.note", to=office.owner, data={"subject": "x"})
            raise RuntimeError
        post("test.note", to=MOBILE, data={"subject": "y"})
    assert office.letter().address == MOBILE
    assert len(rings) == 1


def test_a_secret_is_sealed_and_rings_no_bell(office: Office, rings: list) -> None:
    office.post("test.code", secret="402815", channels=("sms", "bell"))
    row = office.letter()
    assert row.lane == "now" and unseal(row.secret) == "402815" and b"402815" not in bytes(row.secret)
    assert "402815" not in str(row.data) and rings == [("notifications.deliver", {"lane": "now"})]
    with tenant_scope(office.tenant):
        assert not Bell.objects.exists()


def test_trust_14_a_silent_code_costs_the_same_statements_rows_and_ring(office: Office, rings: list) -> None:
    told = []
    for silent in (False, True):
        with CaptureQueriesContext(connection) as asked, tenant_scope(office.tenant):
            post("test.code", to=MOBILE, secret="402815", expires_at=soon(), channels=("sms",), silent=silent)
        told.append([query["sql"].split("VALUES")[0].split("INTO")[0] for query in asked])
    assert told[0] == told[1]
    assert rings[0] == rings[1]
    loud, quiet = office.letters()
    assert (loud.state, quiet.state) == ("waiting", "skipped") and quiet.secret is None
    assert {row.kind for row in (loud, quiet)} == {"test.code"}


def test_post_refuses_what_the_kind_does_not_know(office: Office) -> None:
    for wrong in (
        {"kind": "nobody.knows", "data": {}},
        {"kind": "test.note", "data": {}},
        {"kind": "test.note", "data": {"subject": "x"}, "secret": "402815"},
        {"kind": "test.code"},
    ):
        with pytest.raises((ValueError, kinds.UnknownKind)), tenant_scope(office.tenant):
            post(wrong.pop("kind"), to=office.owner, **wrong)
    assert office.letters() == []


def test_post_wants_a_scope(office: Office) -> None:
    with pytest.raises(NoScope):
        post("test.note", to=office.owner, data={"subject": "x"}, channels=("sms",))


def test_mobile_takes_only_the_stored_form() -> None:
    assert Mobile("+989123456789") == "+989123456789"
    for wrong in ("09123456789", "+98912", "", "۰۹۱۲۳۴۵۶۷۸۹"):
        with pytest.raises(ValueError):
            Mobile(wrong)


def test_a_bell_text_with_the_tenants_name_is_filled(office: Office) -> None:
    kinds.register(kinds.LetterKind(name="test.bell", title="زنگ", bell="{tenant}: {recipient} {url}"))
    office.post("test.bell", url="/bell/", expires_at=None)
    with tenant_scope(office.tenant):
        assert Bell.objects.get().text == f"دفتر نمونه: مهتاب رستگار {office.tenant.absolute('/bell/')}"
        assert not Delivery.objects.exists()
