"""When the gate asks for the security code (S32): after the first failures from an address or about a name.

What is counted is what was typed, whether anybody is behind it or not, so that nothing is told (TRUST 14).
"""

from __future__ import annotations

from tenants.models import Tenant
from web import throttle

from ..origin import bucket

WINDOW = 30 * 60  # seconds
# Wrong passwords, and codes asked for, before the security code is wanted: about one name, and from one address. Many
# people of one office share an address; each of them asks for a code in the morning.
FREE = {"pass": (3, 5), "code": (3, 10)}


def failed(door: str, name: str, *, tenant: Tenant, address: str | None) -> None:
    """Count one more failure: a wrong password, a code asked for."""
    for key, _free in _counted(door, name, tenant, address):
        throttle.hit(key, seconds=WINDOW)


def asks_sum(door: str, name: str = "", *, tenant: Tenant, address: str | None) -> bool:
    """Whether the form wants the security code; without a name the address alone is asked."""
    counted = _counted(door, name, tenant, address)
    return any(throttle.count(key, seconds=WINDOW) >= free for key, free in counted)


def _counted(door: str, name: str, tenant: Tenant, address: str | None) -> list[tuple[str, int]]:
    for_name, from_address = FREE[door]
    keys = [(f"failed-{door}-from:{tenant.pk}:{bucket(address)}", from_address)]
    return [*keys, (f"failed-{door}-for:{tenant.pk}:{name}", for_name)] if name else keys
