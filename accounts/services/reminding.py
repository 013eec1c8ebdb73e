"""Telling people that a contract comes to its end: 30, 7 and 1 days before, each once (S2)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.services import post
from persian import jalali
from tenants.scope import all_tenants, current_tenant, tenant_scope
from web.days import today

from ..meter import judge, whom_to_call
from ..models import Contract, User
from ..roles import PANELS, Level, Role

BEFORE = (1, 7, 30)  # days


def remind(day: date | None = None) -> int:
    """Post what is due in every tenant; returns how many contracts were spoken of. Safe twice, and at once.

    A day without a worker loses nothing: the nearest reminder goes the next day. A contract that has been renewed
    is left in peace, and so is a company that is switched off.
    """
    day = day or today()
    with all_tenants("contracts of every tenant come to their end"):
        due = list(_due(day).order_by("tenant_id", "ends_on", "pk").values_list("tenant_id", "pk"))
    told = 0
    for tenant, pk in due:
        with tenant_scope(tenant):
            told += _tell(pk, day)
    return told


def _due(day: date) -> QuerySet[Contract]:
    """Contracts whose nearest reminder has not gone yet."""
    later = Contract.objects.filter(customer=OuterRef("customer"), starts_on__gt=OuterRef("starts_on"))
    near = Q()
    for days in BEFORE:
        near |= Q(Q(reminded=None) | Q(reminded__gt=days), ends_on__lte=day + timedelta(days=days))
    rows = Contract.objects.filter(near, ends_on__gte=day, starts_on__lte=day)
    return rows.filter(~Exists(later), customer__is_active=True, tenant__is_active=True)


def _tell(pk: int, day: date) -> bool:
    """Mark and post in one transaction: of two sweeps at once, the one whose update counts posts."""
    contract = Contract.objects.select_related("customer").filter(pk=pk, ends_on__gte=day).first()
    if contract is None:
        return False
    step = next((days for days in BEFORE if contract.ends_on <= day + timedelta(days=days)), None)
    mine = Contract.objects.filter(Q(reminded=None) | Q(reminded__gt=step), pk=pk, ends_on=contract.ends_on)
    if step is None or not mine.update(reminded=step):
        return False
    data = {
        "customer": contract.customer.name,
        "date": jalali.long_date(contract.ends_on),
        "left": judge(contract, day).days_words,
        "call": whom_to_call(current_tenant()),
    }
    key = f"contract:{contract.pk}:{contract.ends_on}:{step}"
    about = f"contract:{contract.pk}"
    contacts = User.objects.filter(customer=contract.customer, level=Level.MAIN, is_active=True)
    post("contract.ending", to=list(contacts), data=data, url=PANELS[Role.CUSTOMER], about=about, key=key)
    # The page is a floor above; its path is a promise like those of the panels.
    page = f"{PANELS[Role.OWNER]}customers/{contract.customer_id}/#contract"
    owners = User.objects.filter(role=Role.OWNER, is_active=True)
    post("contract.ending", to=list(owners), data=data, url=page, about=about, key=key, channels=("bell",))
    return True
