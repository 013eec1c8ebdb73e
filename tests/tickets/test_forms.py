"""Forms of tickets: limits, cleaning, what is offered and what is refused."""

import uuid

import pytest
from django.http import QueryDict

from accounts.services import people
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, next_mobile
from tickets import offers
from tickets.forms import BODY_LIMIT, ComposerForm
from tickets.opening_forms import DeskTicketForm, NewTicketForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house("arvand")


def bound(house: House, **fields: str) -> NewTicketForm:
    """A customer's form, filled in."""
    usual = {"subject": "موضوع", "body": "شرح", "department": str(house.support.pk)}
    data = QueryDict(mutable=True)
    data.update({**usual, **fields})
    return NewTicketForm(data, offer=offers.Offer(house.customer_main, house.customer_main))


def test_subject_longer_than_200_is_refused_kindly(house):
    with tenant_scope(house.tenant):
        assert bound(house, subject="م" * 200).is_valid()
        form = bound(house, subject="م" * 201)
        assert not form.is_valid()
        assert "۲۰۰" in form.errors["subject"][0]


def test_empty_fields_say_what_to_write(house):
    with tenant_scope(house.tenant):
        form = bound(house, subject=" \u200c ", body="\n ", department="")
        assert not form.is_valid()
        assert form.errors["subject"] == ["موضوع را بنویسید."]
        assert form.errors["body"] == ["شرح را بنویسید."]
        assert form.errors["department"] == ["دپارتمان را انتخاب کنید."]


def test_body_of_100_000_is_taken_and_one_more_refused():
    data = {"client_key": str(uuid.uuid4()), "body": "ب" * BODY_LIMIT}
    assert ComposerForm(data).is_valid()
    form = ComposerForm({**data, "body": "ب" * (BODY_LIMIT + 1)})
    assert not form.is_valid()
    assert "۱۰۰٬۰۰۰ نویسه" in form.errors["body"][0]


def test_control_characters_are_stripped_and_half_spaces_stay():
    form = ComposerForm({"body": "می\u200cخواهم\u202e\x00\x07 ok\r\nخط دوم"})
    assert form.is_valid()
    assert form.cleaned_data["body"] == "می\u200cخواهم ok\nخط دوم"


@pytest.mark.parametrize("key", ["", "not-a-key", "0", "\x00"])
def test_a_key_that_is_not_ours_is_replaced(key):
    form = ComposerForm({"body": "متن", "client_key": key})
    assert form.is_valid()
    assert isinstance(form.cleaned_data["client_key"], uuid.UUID)


def test_a_topic_brings_its_department(house):
    with tenant_scope(house.tenant):
        form = bound(house, department="", topic=str(house.topic.pk))
        assert form.is_valid(), form.errors
        assert form.cleaned_data["department"] == house.support


def test_a_topic_of_another_department_is_refused_at_the_topic(house):
    with tenant_scope(house.tenant):
        form = bound(house, department=str(house.finance.pk), topic=str(house.topic.pk))
        assert not form.is_valid()
        assert list(form.errors) == ["topic"]


def test_options_carry_their_departments_for_the_script(house):
    with tenant_scope(house.tenant):
        form = NewTicketForm(offer=offers.Offer(house.customer_main, house.customer_main))
        assert f'data-department="{house.support.pk}"' in str(form["topic"])
        assert f'data-department="{house.support.pk}"' in str(form["staff"])
        assert "data-department-select" in str(form["department"])


def test_a_person_without_a_name_never_shows_their_mobile(house):
    mobile = next_mobile()
    with tenant_scope(house.tenant):
        from departments.services import desks

        nameless = people.create_staff(actor=house.owner, mobile=mobile)
        desks.seat(actor=house.owner, user=nameless, department=house.support, level="staff")
        shown = str(NewTicketForm(offer=offers.Offer(house.customer_main, house.customer_main))["staff"])
    assert str(nameless.public_id) in shown
    assert mobile[1:] not in shown


def test_only_what_was_offered_is_accepted(house):
    with tenant_scope(house.tenant):
        for value in ("99999999", "x", "-1", "1e3"):
            assert list(bound(house, department=value).errors) == ["department"]
        assert list(bound(house, staff=str(house.finance_manager.pk)).errors) == ["staff"]
        assert list(bound(house, priority="9").errors) == ["priority"]


def test_customers_are_offered_neither_hidden_departments_nor_people_who_decline(house):
    with tenant_scope(house.tenant):
        type(house.finance).objects.filter(pk=house.finance.pk).update(is_hidden=True)
        house.staff.seats.update(accepts_choice=False)
        for person in (house.customer_main, house.section_member):
            offer = offers.Offer(person, person)
            assert house.finance not in offer.departments
            assert house.staff not in offer.people
        ours = offers.Offer(house.owner, house.customer_main)
        assert house.finance in ours.departments
        assert house.staff in ours.people
        assert (
            DeskTicketForm(offer=ours).fields["wants_sms"].label
            != NewTicketForm(offer=ours).fields["wants_sms"].label
        )
