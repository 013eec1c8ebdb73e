"""Who may shape desks, and the check that everything named in a verb is this tenant's own."""

from typing import Any

from django.db.models import Model

from accounts.access import may_manage_customers
from accounts.models import User
from accounts.roles import Right
from persian.clean import one_line
from tenants.scope import current_tenant_id
from web.errors import Invalid, NotAllowed, NotFound

from ..models import Department
from ..places import has_right_in


def require_owner(actor: User | None) -> None:
    """Only the owner shapes the support centre; None is the system itself. Raises NotAllowed."""
    if actor is not None and not (actor.is_owner and actor.is_active):
        raise NotAllowed()


def require_keeper(actor: User | None) -> None:
    """Who manages customers: the owner, or staff with the right (H11). Raises NotAllowed."""
    if not may_manage_customers(actor):
        raise NotAllowed()


def require_desk(actor: User | None, department: Department) -> None:
    """Who arranges a department's staff and topics: the owner, or who has the right there (S19). Raises NotAllowed."""
    if actor is not None and not has_right_in(actor, department.pk, Right.STAFF):
        raise NotAllowed()


def require_ours(*rows: Model | None) -> None:
    """Refuse rows of another tenant as if they were absent. Raises NotFound."""
    here = current_tenant_id()
    for row in rows:
        if row is not None and getattr(row, "tenant_id", None) != here:
            raise NotFound()


def clean_name(text: str, *, longest: int, field: str = "name", empty: str = "نام را بنویسید.") -> str:
    """One line without controls, neither empty nor too long. Raises Invalid at ``field``."""
    name = one_line(text)
    if not name:
        raise Invalid(empty, field=field)
    if len(name) > longest:
        raise Invalid("این نام بلند است. کوتاه‌ترش کنید.", field=field)
    return name


def changed(row: Any, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parts of ``values`` that differ from the row: (as it was, as it will be)."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    return before, {name: values[name] for name in before}
