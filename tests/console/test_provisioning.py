"""A new tenant has all it needs, or nothing of it is there."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from helpdesk.console.services import create_tenant
from tenants.models import GIGABYTE, AuditEntry, Quota, Tenant
from tenants.scope import tenant_scope
from tests.worlds import next_mobile
from tickets.models import Counter, TicketStatus
from tickets.states import Category
from web.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_create_tenant_makes_all_it_needs():
    tenant, owner = create_tenant(
        slug="arvand", name="آروند", owner_mobile="۰۹۱۲ ۳۴۵ ۶۷۸۹", quota=2 * GIGABYTE
    )
    assert (owner.role, owner.mobile, owner.tenant_id) == (Role.OWNER, "+989123456789", tenant.pk)
    with tenant_scope(tenant):
        assert Quota.objects.get().limit == 2 * GIGABYTE
        assert Counter.objects.get().last > 0
        statuses = {status.category: status for status in TicketStatus.objects.all()}
        assert set(statuses) == set(Category.values)
        assert all(status.is_default and status.is_active for status in statuses.values())
        assert statuses[Category.WAITING].name == "منتظر مشتری"
        assert AuditEntry.objects.filter(verb="create_tenant", actor_id=None).exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"slug": "Ar vand"}, "slug"),
        ({"slug": "www"}, "slug"),
        ({"slug": "-arvand"}, "slug"),
        ({"slug": "a" * 41}, "slug"),
        ({"slug": ""}, "slug"),
        ({"name": " \u200c\n"}, "name"),
        ({"name": "ن" * 121}, "name"),
        ({"owner_mobile": "12345"}, "mobile"),
    ],
)
def test_create_tenant_refused_leaves_nothing(given: dict[str, str], field: str):
    with pytest.raises(Invalid) as refused:
        create_tenant(**{"slug": "arvand", "name": "آروند", "owner_mobile": next_mobile(), **given})
    assert refused.value.field == field
    assert not Tenant.objects.exists()


def test_create_tenant_refuses_a_taken_slug_and_a_second_platform():
    create_tenant(slug="arvand", name="آروند", owner_mobile=next_mobile(), is_platform=True)
    for again in ({"slug": "arvand"}, {"slug": "other", "is_platform": True}):
        with pytest.raises(Invalid) as refused:
            create_tenant(name="دومی", owner_mobile=next_mobile(), **again)
        assert refused.value.field == "slug"
    assert Tenant.objects.count() == 1


def test_commands_say_where_to_sign_in_and_refuse_kindly():
    said = StringIO()
    call_command("create_tenant", "arvand", "آروند", "09123456789", owner_name="بهار", stdout=said)
    assert "arvand.localhost" in said.getvalue()
    call_command("create_owner", "arvand", "09123456780", stdout=said)
    tenant = Tenant.objects.get()
    with tenant_scope(tenant):
        assert User.objects.filter(role=Role.OWNER).count() == 2
    for wrong in (["create_owner", "nobody", "09123456781"], ["create_owner", "arvand", "09123456789"]):
        with pytest.raises(CommandError):
            call_command(*wrong)
    with pytest.raises(CommandError):
        call_command("create_tenant", "arvand", "دوباره", "09123456782")
    with pytest.raises(CommandError):
        call_command("create_tenant", "fine", "خوب", "09123456783", quota_gb=0)


@pytest.mark.spec("B17")
def test_a_lost_second_factor_is_taken_away_from_the_console():
    from accounts.models import SecondFactor
    from accounts.services import factor

    tenant, owner = create_tenant(slug="arvand", name="آروند", owner_mobile="09123456789")
    for wrong in (
        ("nobody", "09123456789"),
        ("arvand", "x"),
        ("arvand", "09123456780"),
        ("arvand", "09123456789"),
    ):
        with pytest.raises(CommandError):
            call_command("drop_second_factor", *wrong)
    with tenant_scope(tenant):
        factor.adopt(owner, "JBSWY3DPEHPK3PXP")
    out = StringIO()
    call_command("drop_second_factor", "arvand", "۰۹۱۲ ۳۴۵ ۶۷۸۹", stdout=out)
    with tenant_scope(tenant):
        assert not SecondFactor.objects.exists()
        assert AuditEntry.objects.filter(verb="factor.off", actor_id=None).exists()
    assert "gone" in out.getvalue()
