"""The exclusive link of a customer (H9)."""

import pytest

from accounts.models import Customer, Section, User
from accounts.roles import Level
from departments import services
from departments.models import ServiceLink
from tenants.models import AuditEntry
from tenants.scope import tenant_scope
from tests.worlds import House, make_house, next_mobile
from web.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def house() -> House:
    return make_house("arvand")


@pytest.mark.spec("H9")
def test_customer_has_at_most_one_link_and_the_last_one_holds(house):
    with tenant_scope(house.tenant):
        link = {"actor": house.owner, "customer": house.customer}
        services.link_customer(**link, department=house.support, staff=house.staff)
        services.link_customer(**link, department=house.finance)
        services.link_customer(**link, department=house.finance)
        only = ServiceLink.objects.get(customer=house.customer)
        assert (only.department, only.staff) == (house.finance, None)
        assert AuditEntry.objects.filter(verb="link_customer").count() == 2
        last = AuditEntry.objects.filter(verb="link_customer").order_by("-pk")[0]
        assert (last.before["staff"], last.after["department"]) == (house.staff.name, house.finance.name)


def test_link_wants_a_live_department_and_one_of_its_people(house):
    with tenant_scope(house.tenant):
        with pytest.raises(Invalid) as refused:
            services.link_customer(
                actor=house.owner, customer=house.customer, department=house.finance, staff=house.staff
            )
        assert refused.value.field == "staff"
        services.switch_department(house.orphan, actor=house.owner, active=False)
        with pytest.raises(Invalid) as refused:
            services.link_customer(actor=house.owner, customer=house.customer, department=house.orphan)
        assert refused.value.field == "department"
        assert not ServiceLink.objects.exists()


@pytest.mark.spec("H9")
def test_create_customer_ties_it_or_makes_none(house):
    with tenant_scope(house.tenant):
        before = (Customer.objects.count(), User.objects.count())
        with pytest.raises(Invalid) as refused:
            services.create_customer(
                actor=house.owner,
                name="داروپخش مهرآذین",
                mobile=next_mobile(),
                department=house.finance,
                staff=house.staff,
            )
        assert refused.value.field == "staff"
        assert (Customer.objects.count(), User.objects.count()) == before
        customer, contact = services.create_customer(
            actor=house.owner,
            name="داروپخش مهرآذین",
            mobile=next_mobile(),
            department=house.support,
            staff=house.staff,
        )
        assert contact.customer == customer
        assert ServiceLink.objects.get(customer=customer).staff == house.staff


def test_add_customer_person_makes_the_section_or_neither(house):
    with tenant_scope(house.tenant):
        taken = house.customer_main.mobile
        with pytest.raises(Invalid) as refused:
            services.add_customer_person(
                actor=house.owner, customer=house.customer, mobile=taken, level=2, new_section="انبار"
            )
        assert refused.value.field == "mobile"
        assert not Section.objects.filter(name="انبار").exists()
        with pytest.raises(Invalid) as refused:
            services.add_customer_person(
                actor=house.owner,
                customer=house.customer,
                mobile=next_mobile(),
                level=2,
                new_section="حسابداری",
            )
        assert refused.value.field == "new_section"
        person = services.add_customer_person(
            actor=house.owner, customer=house.customer, mobile=next_mobile(), level=1, new_section="انبار"
        )
        assert (person.level, person.section.name) == (Level.SECTION_MANAGER, "انبار")
