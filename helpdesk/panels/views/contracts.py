"""Contracts: what a company's sheet sends, and the list of those that come to their end (S2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_right
from accounts.models import Contract, Customer
from accounts.roles import Right
from accounts.services import contracts as services
from web.paging import PARAMETER, page

from .. import contracts
from ..forms.contracts import ContractForm, OverrideForm
from .answers import carried_out, notice, one, posted_id


@require_safe
@for_right(Right.CUSTOMERS)
def listed(request: HttpRequest) -> HttpResponse:
    """Contracts by their last day: those that end within a month, those that have ended, all."""
    wished, today = request.GET.get("view", ""), services.today()
    view = wished if wished in contracts.VIEWS else "ending"
    rows = contracts.listed(view, today)
    found = page(rows, keys=contracts.VIEWS[view][1], cursor=request.GET.get(PARAMETER))
    contracts.metered(found.rows, today)
    views = [
        {"word": word, "url": f"?view={name}", "current": name == view}
        for name, (word, _order) in contracts.VIEWS.items()
    ]
    return render(request, "manage/contracts.html", {"page": found, "view": view, "views": views})


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.CUSTOMERS)
def customer_contract(request: HttpRequest, pk: int) -> HttpResponse:
    """A company's contracts by themselves; the sheet on its page sends here too. ``act`` says what was pressed."""
    customer = one(Customer.objects.all(), pk=pk)
    if request.method != "POST":
        return _page(request, customer)
    act = ACTS.get(request.POST.get("act", ""), _renew)
    return act(request, customer)


def _page(request: HttpRequest, customer: Customer, *, status: int = 200, **refused: Any) -> HttpResponse:
    context = {
        "customer": customer,
        "contract": contracts.sheet_of(customer, **refused),
        "notice": notice(request),
    }
    return render(request, "manage/contract.html", context, status=status)


def _back(customer: Customer, *, done: str) -> HttpResponseRedirect:
    """To the company's page, at the sheet."""
    return HttpResponseRedirect(f"{reverse('manage_customer', args=[customer.pk])}?done={done}#contract")


def _renew(request: HttpRequest, customer: Customer) -> HttpResponse:
    form = ContractForm(request.POST)
    if carried_out(
        form, lambda data: services.create_contract(actor=request.user, customer=customer, **data)
    ):
        return _back(customer, done="contract")
    return _page(request, customer, status=422, renew=form)


def _change(request: HttpRequest, customer: Customer) -> HttpResponse:
    contract = _posted(request, customer)
    form = ContractForm.of(contract, request.POST)
    if carried_out(form, lambda data: services.change_contract(contract, actor=request.user, **data)):
        return _back(customer, done="saved")
    return _page(request, customer, status=422, change=(contract.pk, form))


def _override(request: HttpRequest, customer: Customer) -> HttpResponse:
    contract, form = _posted(request, customer), OverrideForm(request.POST)
    if carried_out(form, lambda data: services.override(contract, actor=request.user, **data)):
        return _back(customer, done="contract-open")
    return _page(request, customer, status=422, override=form)


def _withdraw(request: HttpRequest, customer: Customer) -> HttpResponse:
    services.override(_posted(request, customer), actor=request.user, until=None)
    return _back(customer, done="contract-closed")


def _posted(request: HttpRequest, customer: Customer) -> Contract:
    """The contract a form speaks of, which is this company's."""
    rows = Contract.objects.select_related("customer").filter(customer=customer)
    return one(rows, pk=posted_id(request, "contract"))


ACTS = {"renew": _renew, "change": _change, "override": _override, "withdraw": _withdraw}
