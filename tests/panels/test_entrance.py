"""How a person comes in, for the owner: devices, history, second factor, mobile and e-mail (TRUST 5, 6, B17)."""

import pytest
from django.urls import reverse

from accounts.models import LoginRecord, SecondFactor, Session, User
from accounts.services import factor
from notifications.models import Delivery
from tenants.models import AuditEntry, Tenant
from tenants.scope import tenant_scope
from tests.tickets.browsing import counted, text
from tests.worlds import House, make_house, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.fixture
def owner(house):
    return house.client(house.owner)


def page_of(person: User) -> str:
    return reverse("manage_person_entrance", args=[person.public_id])


def _sessions(person: User) -> int:
    return Session.objects.filter(user_id=person.pk).count()


@pytest.mark.parametrize("role", ["staff", "customer_main"])
def test_trust_05_the_owner_ends_one_device_or_all(house, owner, role):
    person = getattr(house, role)
    house.client(person), house.client(person), house.client(person)
    one = Session.objects.filter(user_id=person.pk).first()
    assert text(owner.get(page_of(person))).count('name="session"') == 3
    assert owner.post(page_of(person), {"act": "end", "session": one.public_id}).status_code == 302
    assert _sessions(person) == 2
    assert owner.post(page_of(person), {"act": "end", "session": one.public_id}).status_code == 404
    assert owner.post(page_of(person), {"act": "end_all"}).status_code == 302
    assert _sessions(person) == 0
    with tenant_scope(house.tenant):
        assert AuditEntry.objects.filter(verb="sessions.end", target_id=person.pk).count() == 2


def test_a_session_of_another_person_is_not_ended_on_this_page(house, owner):
    house.client(house.colleague)
    other = Session.objects.get(user_id=house.colleague.pk)
    assert owner.post(page_of(house.staff), {"act": "end", "session": other.public_id}).status_code == 404
    assert owner.post(page_of(house.staff), {"act": "end", "session": "x"}).status_code == 404
    assert _sessions(house.colleague) == 1


@pytest.mark.spec("B17")
def test_the_owner_takes_a_lost_factor_away(house, owner):
    with tenant_scope(house.tenant):
        factor.begin(house.staff)
        SecondFactor.objects.update(confirmed_at=house.tenant.created_at)
    house.client(house.staff)
    assert "برداشتن ورود دومرحله‌ای" in text(owner.get(page_of(house.staff)))
    assert owner.post(page_of(house.staff), {"act": "factor"}).status_code == 302
    with tenant_scope(house.tenant):
        assert not factor.has(house.staff)
    assert _sessions(house.staff) == 0
    assert "هنوز روشن نکرده است" in text(owner.get(page_of(house.staff)))


@pytest.mark.spec("B17")
def test_the_owner_makes_it_a_rule_and_takes_the_rule_back(house, owner):
    assert owner.post("/manage/settings/", {"act": "factor_on"}).status_code == 302
    assert Tenant.objects.get(pk=house.tenant.pk).requires_second_factor
    assert owner.get("/manage/settings/").status_code == 302  # the owner too, from the next click on
    with tenant_scope(house.tenant):
        entry = AuditEntry.objects.get(verb="tenant.second_factor")
    assert entry.after == {"requires_second_factor": True}


@pytest.mark.parametrize(
    ("act", "value", "words"),
    [
        ("mobile", "123", "شمارهٔ همراه درست نیست"),
        ("mobile", "", "را بنویسید"),
        ("email", "x@", "نشانی ایمیل کامل نیست"),
    ],
)
def test_trust_06_a_wrong_number_is_refused_in_place(house, owner, act, value, words):
    refused = owner.post(page_of(house.staff), {"act": act, "value": value})
    assert refused.status_code == 422 and words in text(refused)


def test_trust_06_a_new_number_ends_the_sessions_and_tells_the_old_one(house, owner):
    old = house.staff.mobile
    house.client(house.staff)
    taken = owner.post(page_of(house.staff), {"act": "mobile", "value": house.colleague.mobile})
    assert taken.status_code == 422 and "پیش‌تر برای فرد دیگری ثبت شده" in text(taken)
    assert owner.post(page_of(house.staff), {"act": "mobile", "value": "09121112233"}).status_code == 302
    assert _sessions(house.staff) == 0
    with tenant_scope(house.tenant):
        assert User.objects.get(pk=house.staff.pk).mobile == "+989121112233"
        assert Delivery.objects.get(kind="contact.changed").address == old


def test_the_owners_own_number_is_not_changed_here(house, owner):
    assert 'value="mobile"' not in text(owner.get(page_of(house.owner)))
    answer = owner.post(page_of(house.owner), {"act": "mobile", "value": "09121112233"})
    assert answer.status_code == 403


def test_history_costs_the_same_with_one_row_and_thirty(house, owner):
    counted(owner, page_of(house.staff))
    _, few = counted(owner, page_of(house.staff))
    with tenant_scope(house.tenant):
        LoginRecord.objects.bulk_create(
            LoginRecord(user=house.staff, way="sms", outcome="in", tenant=house.tenant) for _ in range(30)
        )
    page, many = counted(owner, page_of(house.staff))
    assert many == few <= 12 and "بعدی" in text(page)


def test_the_rivals_people_are_not_there():
    world = make_world()
    client = world.home.client(world.home.owner)
    assert client.get(page_of(world.rival.staff)).status_code == 404
    assert client.post(page_of(world.rival.staff), {"act": "end_all"}).status_code == 404
