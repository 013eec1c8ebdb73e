"""Which departments a customer is offered (S33). Our own side and an exclusive link (H9) stand above it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Customer

from .models import Department, DepartmentCustomer


def offered_to(customer: Customer | None) -> QuerySet[Department]:
    """Active departments for this company: those for everybody, and those it was chosen for; visitors get the first."""
    chosen = DepartmentCustomer.objects.filter(customer=customer).values("department_id")
    return Department.objects.filter(
        Q(is_restricted=False) | Q(pk__in=chosen), is_active=True, is_hidden=False
    )


def is_offered(department: Department, customer: Customer | None) -> bool:
    """The same for one department at hand; asks the database only where customers were chosen for it."""
    if not department.is_active or department.is_hidden:
        return False
    if not department.is_restricted:
        return True
    return (
        customer is not None
        and DepartmentCustomer.objects.filter(department=department, customer=customer).exists()
    )
