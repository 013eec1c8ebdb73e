"""Writing the audit log. Inside the verb's transaction, never outside it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

from ..models import AuditEntry

# Set by the request's middleware, and by work that carries on for a request; verbs need not hand it down.
_address: ContextVar[str | None] = ContextVar("acting_from", default=None)


@contextmanager
def acting_from(address: str | None) -> Iterator[None]:
    """Everything recorded inside says it was done from this address (B10)."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def where() -> str | None:
    """The address that is acting now, or None for the system itself."""
    return _address.get()


def record(
    verb: str,
    *,
    actor: Any,
    target: Model,
    label: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    address: str | None = None,
) -> AuditEntry:
    """Write who did what to what, and from where. ``actor`` None is the system; before/after are JSON-ready (B10)."""
    entry = _entry(verb, actor, target, label, before, after, address)
    entry.save(force_insert=True)
    return entry


def record_change(
    verb: str,
    *,
    actor: Any,
    target: Model,
    before: dict[str, Any],
    after: dict[str, Any],
    label: str = "",
) -> bool:
    """Write what differs between two sets of facts, and nothing when nothing does; says whether it wrote (B10)."""
    told = [name for name in after if before.get(name) != after[name]]
    if told:
        was, now = {name: before.get(name) for name in told}, {name: after[name] for name in told}
        record(verb, actor=actor, target=target, label=label, before=was, after=now)
    return bool(told)


def record_many(
    verb: str, *, actor: Any, acts: Iterable[tuple[Model, dict[str, Any]]], address: str | None = None
) -> int:
    """One entry for each (target, after) of an act done to many at once; returns how many."""
    entries = [_entry(verb, actor, target, "", None, after, address) for target, after in acts]
    return len(AuditEntry.objects.bulk_create(entries, batch_size=1000))


def _entry(
    verb: str,
    actor: Any,
    target: Model,
    label: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    address: str | None,
) -> AuditEntry:
    return AuditEntry(
        actor_id=getattr(actor, "pk", None),
        # Somebody without a name yet is known by their number; nobody at all is the system.
        actor_name=str(actor)[:150] if actor is not None else "سامانه",
        verb=verb,
        target_kind=target._meta.label_lower,
        target_id=target.pk,
        target_label=(label or str(target))[:200],
        before=before or {},
        after=after or {},
        address=address or where(),
    )
