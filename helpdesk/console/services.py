"""What the platform's operator does: a new tenant with all it needs to work from the first minute."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import people
from departments.services.levels import plant_builtin
from tenants.models import GIGABYTE, Quota, Tenant
from tenants.scope import tenant_scope
from tenants.services import audit, profile
from tickets.models import Counter, TicketStatus
from tickets.states import Category
from web.errors import Invalid

# The first statuses: (category, name for staff, name for the customer). The owner may change them later.
STATUSES: tuple[tuple[Category, str, str], ...] = (
    (Category.NEW, "جدید", "در حال بررسی"),
    (Category.OPEN, "در حال بررسی", "در حال بررسی"),
    (Category.WAITING, "منتظر مشتری", "منتظر پاسخ شما"),
    (Category.ANSWERED, "پاسخ داده شد", "پاسخ داده شد"),
    (Category.CLOSED, "بسته", "بسته"),
)
# Hosts of the platform's own use; a tenant must not stand in their place.
RESERVED_SLUGS = frozenset(
    {"www", "mail", "smtp", "imap", "api", "static", "media", "admin", "console", "status"}
)


@transaction.atomic
def create_tenant(
    *,
    slug: str,
    name: str,
    owner_mobile: str,
    owner_name: str = "",
    is_platform: bool = False,
    quota: int = 5 * GIGABYTE,
) -> tuple[Tenant, User]:
    """Make a tenant with its storage, ticket counter, statuses and owner; all of it or nothing.

    ``slug`` is the first part of its host, ``quota`` is in bytes, ``owner_mobile`` any spelling the login
    page takes. Raises Invalid(slug, name, mobile). Call it outside any tenant's scope.
    """
    tenant = Tenant(slug=_slug(slug), name=profile.clean_line("name", name), is_platform=is_platform)
    if not tenant.name:
        raise Invalid("نام مرکز پشتیبانی را بنویسید.", field="name")
    try:
        with transaction.atomic():
            tenant.save()
    except IntegrityError:
        raise Invalid("این نشانی گرفته شده است یا سکو پیش‌تر ساخته شده است.", field="slug") from None
    with tenant_scope(tenant):
        Quota.objects.create(limit=quota)
        Counter.objects.create()
        plant_builtin()
        for position, (category, status, label) in enumerate(STATUSES):
            TicketStatus.objects.create(
                name=status, customer_label=label, category=category, position=position, is_default=True
            )
        owner = people.create_owner(actor=None, name=owner_name, mobile=owner_mobile)
        audit.record("create_tenant", actor=None, target=tenant, after={"slug": tenant.slug})
    return tenant, owner


def _slug(text: str) -> str:
    slug = text.strip().lower()
    try:
        validate_slug(slug)
    except ValidationError:
        slug = ""
    # What cannot be a host name cannot be an address of ours.
    if not slug or len(slug) > 40 or "_" in slug or slug.startswith("-") or slug.endswith("-"):
        raise Invalid("نشانی فقط حرف کوچک لاتین، رقم و خط تیره دارد، مانند arvand.", field="slug")
    if slug in RESERVED_SLUGS:
        raise Invalid("این نشانی برای خود سکو است. نشانی دیگری بنویسید.", field="slug")
    return slug
