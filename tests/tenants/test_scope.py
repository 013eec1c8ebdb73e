"""The tenant's scope in its three shapes, nested, and after errors (DESIGN: tenant scope)."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Customer
from tenants.models import Quota, Tenant
from tenants.scope import NoScope, all_tenants, current_tenant_id, tenant_scope
from tests.worlds import make_world

pytestmark = pytest.mark.sqlite


def _names() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("name", flat=True))


@pytest.mark.django_db
def test_scope_shows_one_tenant_and_is_gone_afterwards() -> None:
    world = make_world()
    with tenant_scope(world.home.tenant):
        assert current_tenant_id() == world.home.tenant.pk
        ours = set(Customer.objects.values_list("tenant_id", flat=True))
        with tenant_scope(world.rival.tenant):
            theirs = set(Customer.objects.values_list("tenant_id", flat=True))
        again = set(Customer.objects.values_list("tenant_id", flat=True))
    assert (ours, theirs, again) == ({world.home.tenant.pk}, {world.rival.tenant.pk}, {world.home.tenant.pk})
    with pytest.raises(NoScope):
        Customer.objects.count()


@pytest.mark.django_db
def test_scope_is_right_again_after_an_error_in_an_inner_one() -> None:
    world = make_world()
    with tenant_scope(world.home.tenant):
        with pytest.raises(IntegrityError), tenant_scope(world.rival.tenant):
            Quota.objects.create()  # one a tenant: refused by the database
        assert set(Customer.objects.values_list("tenant_id", flat=True)) == {world.home.tenant.pk}


@pytest.mark.django_db
def test_all_tenants_sees_everybody_and_writes_only_what_names_its_tenant() -> None:
    world = make_world()
    with all_tenants("a test of it"):
        assert {q.tenant_id for q in Quota.objects.all()} == {world.home.tenant.pk, world.rival.tenant.pk}
        with pytest.raises(NoScope):
            Customer.objects.create(name="بی‌صاحب")


@pytest.mark.django_db
def test_row_of_another_tenant_is_not_saved_in_this_scope() -> None:
    world = make_world()
    with tenant_scope(world.home.tenant), pytest.raises(NoScope):
        Customer.objects.create(name="دزدیده", tenant=world.rival.tenant)


def test_transfer_shape_tells_the_database_in_each_short_scope(committed_db: None) -> None:
    world = make_world()
    tenant = Tenant.objects.get(pk=world.home.tenant.pk)
    with tenant_scope(tenant, atomic=False):
        assert not connection.in_atomic_block
        with tenant_scope(tenant):
            assert _names() == ["کاشی نقش‌گل میبد", "چاپ سپندنگار"]
            with tenant_scope(tenant), transaction.atomic():
                assert len(_names()) == 2
