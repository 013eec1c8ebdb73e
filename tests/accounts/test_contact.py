"""A new mobile or e-mail wants two proofs, and the old one is told (TRUST 6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import ContactChange, User
from accounts.services import contact
from notifications.models import Delivery
from notifications.seal import unseal
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.accounts.folk import Folk, ask_code, come_in, is_in, make_folk, next_mobile
from web.errors import Invalid, NotAllowed, TooMany

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NOON = datetime(2026, 10, 5, 8, 30, tzinfo=UTC)


def codes(folk: Folk) -> dict[str, str]:
    """Address → the newest code that was sent to it."""
    with tenant_scope(folk.tenant):
        letters = Delivery.objects.filter(kind="contact.code").exclude(state="skipped").order_by("pk")
        return {letter.address: unseal(letter.secret) for letter in letters}


def ask(browser, value: str, kind: str = "mobile"):
    return browser.post("/me/contact/", {"kind": kind, "value": value})


def stored(folk: Folk, person: User) -> User:
    with tenant_scope(folk.tenant):
        return User.objects.get(pk=person.pk)


def test_trust_06_a_new_mobile_wants_a_code_from_the_old_and_one_from_the_new():
    folk, new = make_folk(), "+989121112233"
    old = folk.customer.mobile
    browser, other = come_in(folk, folk.customer), None
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=3), tick=True):
        other = come_in(folk, folk.customer)
    proof = ask(browser, "۰۹۱۲ ۱۱۱ ۲۲۳۳")
    assert proof.status_code == 302
    page = browser.get(proof["Location"]).content.decode()
    assert "۰۹۱۲ ۱۱۱ ۲۲۳۳" in page and old[-4:].translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) in page
    sent = codes(folk)
    assert set(sent) == {old, new}
    for wrong in (
        {"old": sent[new], "new": sent[old]},
        {"old": sent[old], "new": "000000"},
        {"new": sent[new]},
    ):
        assert browser.post(proof["Location"], wrong).status_code == 422
    assert stored(folk, folk.customer).mobile == old
    done = browser.post(proof["Location"], {"old": sent[old], "new": sent[new]})
    assert done["Location"] == "/me/contact/?saved=1"
    assert stored(folk, folk.customer).mobile == new
    assert is_in(browser) and not is_in(other)
    with tenant_scope(folk.tenant):
        told = Delivery.objects.get(kind="contact.changed")
        assert (told.channel, told.address) == ("sms", old)
        entry = AuditEntry.objects.get(verb="person.change", target_id=folk.customer.pk)
        assert (entry.before, entry.after) == ({"mobile": old}, {"mobile": new})
    # The old number opens nothing any more, the new one does.
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10), tick=True):
        assert ask_code(folk.browser(), old, REMOTE_ADDR="10.5.5.5").status_code == 302
    with tenant_scope(folk.tenant):
        assert Delivery.objects.filter(kind="otp", address=old).latest("pk").state == "skipped"


def test_trust_06_an_email_is_proven_by_the_old_one_or_where_there_is_none_by_the_mobile():
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    proof = ask(browser, "Mina@Example.com", "email")
    sent = codes(folk)
    assert set(sent) == {folk.customer.mobile, "mina@example.com"}
    browser.post(proof["Location"], {"old": sent[folk.customer.mobile], "new": sent["mina@example.com"]})
    assert stored(folk, folk.customer).email == "mina@example.com"
    proof = ask(browser, "mina2@example.com", "email")
    sent = codes(folk)
    browser.post(proof["Location"], {"old": sent["mina@example.com"], "new": sent["mina2@example.com"]})
    assert stored(folk, folk.customer).email == "mina2@example.com"
    with tenant_scope(folk.tenant):
        told = Delivery.objects.get(kind="contact.changed")
    assert (told.channel, told.address) == ("email", "mina@example.com")


def test_trust_14_a_number_that_is_somebodys_looks_the_same_and_gets_no_code():
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    taken = ask(browser, folk.staff.mobile)
    free = ask(browser, next_mobile())
    assert taken.status_code == free.status_code == 302
    assert folk.staff.mobile not in codes(folk)
    with tenant_scope(folk.tenant):
        states = list(
            Delivery.objects.filter(kind="contact.code").order_by("pk").values_list("state", flat=True)
        )
    assert states == ["waiting", "skipped", "waiting", "waiting"]


def test_five_wrong_tries_or_ten_minutes_end_it_and_a_new_one_replaces_it():
    folk = make_folk()
    with time_machine.travel(NOON, tick=False) as clock:
        browser = come_in(folk, folk.customer)
        new = "+989121112233"
        proof = ask(browser, new)["Location"]
        for _ in range(5):
            assert browser.post(proof, {"old": "000000", "new": "000000"}).status_code == 422
        sent = codes(folk)
        right = {"old": sent[folk.customer.mobile], "new": sent[new]}
        assert browser.post(proof, right).status_code == 422
        second = ask(browser, new)["Location"]
        clock.shift(timedelta(minutes=10, seconds=1))
        assert browser.get(second).status_code == 404
        third, fourth = ask(browser, new)["Location"], ask(browser, new)["Location"]
        assert browser.get(third).status_code == 404 and browser.get(fourth).status_code == 200
    assert stored(folk, folk.customer).mobile == folk.customer.mobile


def test_changes_are_limited_by_person_number_and_address():
    folk = make_folk()
    with time_machine.travel(NOON, tick=False), tenant_scope(folk.tenant):
        words = {"kind": "mobile", "tenant": folk.tenant}
        for at in range(5):
            contact.begin(folk.customer, value=next_mobile(), address=f"10.1.{at}.1", **words)
        with pytest.raises(TooMany):
            contact.begin(folk.customer, value=next_mobile(), address="10.1.9.1", **words)
        new = next_mobile()
        people = [folk.owner, folk.staff]
        for at in range(5):
            contact.begin(people[at % 2], value=new, address=f"10.2.{at}.1", **words)
        with pytest.raises(TooMany):
            contact.begin(folk.owner, value=new, address="10.2.9.1", **words)


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("mobile", "123", "شمارهٔ همراه درست نیست"),
        ("mobile", "", "را بنویسید"),
        ("email", "mina@", "نشانی ایمیل کامل نیست"),
        ("email", "a@b.example\r\nBcc: c@d.example", "نشانی ایمیل"),
    ],
)
def test_what_is_no_address_is_refused_in_place(kind, value, words):
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    answer = ask(browser, value, kind)
    assert answer.status_code == 422 and words in answer.content.decode()
    with tenant_scope(folk.tenant):
        assert not ContactChange.objects.exists()


def test_the_present_one_again_is_refused_and_another_persons_change_is_absent():
    folk = make_folk()
    browser = come_in(folk, folk.customer)
    assert "همین اکنون هم همین است" in ask(browser, folk.customer.mobile).content.decode()
    proof = ask(browser, next_mobile())["Location"]
    stranger = come_in(folk, folk.staff)
    assert stranger.get(proof).status_code == 404
    assert stranger.post(proof, {"old": "1", "new": "2"}).status_code == 404
    page = browser.get(proof).content.decode()
    assert codes(folk) and not any(code in page for code in codes(folk).values())


def test_the_owner_gives_a_new_number_for_a_lost_telephone_and_others_may_not():
    folk = make_folk()
    browser = come_in(folk, folk.staff)
    old = folk.staff.mobile
    with tenant_scope(folk.tenant):
        for actor in (folk.staff, folk.customer):
            with pytest.raises(NotAllowed):
                contact.set_by_keeper(folk.staff, actor=actor, kind="mobile", value="09121112233")
        with pytest.raises(NotAllowed):  # one's own goes by proofs, the owner's too
            contact.set_by_keeper(folk.owner, actor=folk.owner, kind="mobile", value="09121112233")
        with pytest.raises(Invalid):
            contact.set_by_keeper(folk.staff, actor=folk.owner, kind="mobile", value=folk.customer.mobile)
        folk.staff.refresh_from_db()
        contact.set_by_keeper(folk.staff, actor=folk.owner, kind="mobile", value="09121112233")
        told = Delivery.objects.get(kind="contact.changed")
    assert told.address == old and not is_in(browser)
    assert stored(folk, folk.staff).mobile == "+989121112233"


def test_a_letter_of_a_change_says_whom_to_call():
    folk = make_folk()
    Tenant.objects.filter(pk=folk.tenant.pk).update(phone="021-5550100")
    with tenant_scope(folk.tenant):
        contact.set_by_keeper(folk.staff, actor=folk.owner, kind="mobile", value="09121112233")
        assert Delivery.objects.get(kind="contact.changed").data["call"] == "تلفن: 021-5550100"
