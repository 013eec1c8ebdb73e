"""What a tenant tells about itself: name, telephone, hours, logo. Written column by column, never the whole row."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from persian.clean import one_line
from persian.digits import to_persian
from web.errors import Invalid, NotAllowed, NotFound

from ..models import Tenant
from ..scope import current_tenant_id
from . import audit

LONGEST = {"name": 120, "phone": 20, "hours_text": 200}
LOGO_LIMIT = 256 * 1024


@transaction.atomic
def change_profile(
    tenant: Tenant,
    *,
    actor: Any,
    name: str,
    phone: str = "",
    hours_text: str = "",
    sms_on_open: bool | None = None,
) -> Tenant:
    """Change what people read about the support centre. Raises NotAllowed, NotFound, Invalid at the field."""
    tenant = _ours(tenant, actor)
    values: dict[str, Any] = {
        "name": clean_line("name", name),
        "phone": clean_line("phone", phone),
        "hours_text": clean_line("hours_text", hours_text),
    }
    if sms_on_open is not None:
        values["sms_on_open"] = sms_on_open
    if not values["name"]:
        raise Invalid("نام مرکز پشتیبانی را بنویسید.", field="name")
    before = {
        field: getattr(tenant, field) for field, value in values.items() if getattr(tenant, field) != value
    }
    after = {field: values[field] for field in before}
    if after:
        Tenant.objects.filter(pk=tenant.pk).update(**after)
        for field, value in after.items():
            setattr(tenant, field, value)
        audit.record("tenant.change", actor=actor, target=tenant, before=before, after=after)
    return tenant


@transaction.atomic
def require_second_factor(tenant: Tenant, *, actor: Any, on: bool) -> Tenant:
    """Ask every member of staff and owner for a second factor from their next click on, or no longer (B17)."""
    tenant = _ours(tenant, actor)
    if tenant.requires_second_factor != on:
        Tenant.objects.filter(pk=tenant.pk).update(requires_second_factor=on)
        audit.record(
            "tenant.second_factor",
            actor=actor,
            target=tenant,
            before={"requires_second_factor": not on},
            after={"requires_second_factor": on},
        )
        tenant.requires_second_factor = on
    return tenant


@transaction.atomic
def set_logo(tenant: Tenant, *, actor: Any, png: bytes | None) -> Tenant:
    """Put a small PNG that we made ourselves in the logo's place, or take the logo away (None)."""
    tenant = _ours(tenant, actor)
    if png is not None and len(png) > LOGO_LIMIT:
        raise Invalid("این نشان حتی پس از کوچک شدن سنگین است. تصویر ساده‌تری بفرستید.", field="logo")
    had, now = tenant.logo_changed_at is not None, timezone.now()
    if png is None and not had:
        return tenant
    # The moment is also the picture's version: its address changes with it, and browsers keep the old one else.
    Tenant.objects.filter(pk=tenant.pk).update(logo=png, logo_changed_at=now if png is not None else None)
    tenant.logo_changed_at = now if png is not None else None
    audit.record(
        "tenant.logo", actor=actor, target=tenant, before={"logo": had}, after={"logo": png is not None}
    )
    return tenant


def _ours(tenant: Tenant, actor: Any) -> Tenant:
    if actor is not None and not (actor.is_owner and actor.is_active):
        raise NotAllowed()
    if tenant.pk != current_tenant_id():
        raise NotFound()
    return Tenant.objects.select_for_update(no_key=True).defer("logo").get(pk=tenant.pk)


def clean_line(field: str, text: str) -> str:
    """One line without controls that fits its column. Raises Invalid(field)."""
    value = one_line(text or "")
    if len(value) > LONGEST[field]:
        limit = to_persian(str(LONGEST[field]))
        raise Invalid(f"این نوشته حداکثر {limit} نویسه می‌تواند باشد. کمی کوتاه‌ترش کنید.", field=field)
    return value
