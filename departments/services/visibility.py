"""The customers a restricted department is shown to (S33)."""

from django.db import transaction

from accounts.models import Customer, User
from tenants.services import audit

from ..models import Department, DepartmentCustomer
from .rights import require_owner
from .rows import require_ours


@transaction.atomic
def choose_customer(department: Department, *, actor: User | None, customer: Customer) -> None:
    """Show a restricted department to one more customer; once is enough. Raises NotAllowed, NotFound (S33)."""
    require_owner(actor)
    require_ours(department, customer)
    _row, made = DepartmentCustomer.objects.get_or_create(department=department, customer=customer)
    if made:
        audit.record("choose_customer", actor=actor, target=department, after={"customer": customer.name})


@transaction.atomic
def drop_customer(department: Department, *, actor: User | None, customer: Customer) -> None:
    """Show it to this customer no longer; their tickets there stay. Raises NotAllowed, NotFound (S33)."""
    require_owner(actor)
    require_ours(department, customer)
    if DepartmentCustomer.objects.filter(department=department, customer=customer).delete()[0]:
        audit.record("drop_customer", actor=actor, target=department, before={"customer": customer.name})
