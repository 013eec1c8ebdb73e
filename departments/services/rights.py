"""Who may shape desks."""

from accounts.access import may_manage_customers
from accounts.models import User
from accounts.roles import Right
from web.errors import NotAllowed

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
