"""From a host name to a tenant. Only host → id is cached; the Tenant row is read on each request."""

from django.conf import settings
from django.core.cache import cache

from .models import Domain, Tenant

SECONDS = 60


def tenant_at(host: str) -> Tenant | None:
    """The tenant served at a lower-case host without port, or None. A cache that is down costs one query."""
    key = f"host:{host}"
    tenant_id = _cached(key)
    if tenant_id is None:
        tenant_id = _look_up(host)
        if tenant_id is not None:
            _remember(key, tenant_id)
    if tenant_id is None:
        return None
    return Tenant.objects.defer("logo").filter(pk=tenant_id).first()


def forget(host: str) -> None:
    """Drop a host from the cache, after a domain moved or a tenant went."""
    cache.delete(f"host:{host}")


def _look_up(host: str) -> int | None:
    if host == settings.PLATFORM_DOMAIN:
        rows = Tenant.objects.filter(is_platform=True)
    elif host.endswith(f".{settings.PLATFORM_DOMAIN}"):
        rows = Tenant.objects.filter(
            slug=host.removesuffix(f".{settings.PLATFORM_DOMAIN}"), is_platform=False
        )
    else:
        return Domain.objects.filter(host=host).values_list("tenant_id", flat=True).first()
    return rows.values_list("pk", flat=True).first()


def _cached(key: str) -> int | None:
    try:
        return cache.get(key)
    except Exception:  # noqa: BLE001  the cache is a convenience here; any fault of it means "not cached"
        return None


def _remember(key: str, tenant_id: int) -> None:
    try:
        cache.set(key, tenant_id, SECONDS)
    except Exception:  # noqa: BLE001, S110  as above
        pass
