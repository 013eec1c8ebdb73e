"""Customers: the list, and one with its own desk and its people (H9, H11, H21)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_right
from accounts.models import Customer, User
from accounts.roles import Right
from accounts.services import companies, people
from departments import services
from departments.models import Department, ServiceLink
from persian.clean import one_line
from tickets import queries as tickets
from tickets.services import people as with_tickets
from tickets.views.shown import shown_file
from web.paging import PARAMETER, page

from .. import contracts, lists, queries
from ..forms.customers import CustomerForm, CustomerPersonForm, LinkForm, NewCustomerForm, RelinkForm
from .answers import back, carried_out, notice, one, posted_uuid, refusal_of

LATEST, FILES = 10, 12


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.CUSTOMERS)
def customers(request: HttpRequest) -> HttpResponse:
    """Companies by name, searched by name or a person's number; a new one."""
    form = NewCustomerForm(request.POST or None, **_desks())
    if request.method != "POST":
        return _list(request, form)
    if carried_out(form, lambda data: _created(request, data)):
        return back("manage_customer", form.result.pk, done="customer-created")
    return _list(request, form, status=422)


def _created(request: HttpRequest, data: dict[str, Any]) -> Customer:
    department, staff = data.pop("desk") or (None, None)
    made = services.create_customer(actor=request.user, department=department, staff=staff, **data)
    return made[0]


def _desks() -> dict[str, Any]:
    return {"departments": lists.open_departments(), "seats": lists.open_seats()}


def _list(request: HttpRequest, form: NewCustomerForm, *, status: int = 200) -> HttpResponse:
    query = one_line(request.GET.get("q", ""))[:200]
    found = page(lists.customers(query), keys=lists.BY_NAME, cursor=request.GET.get(PARAMETER))
    lists.link_words(found.rows)
    context = {"page": found, "query": query, "form": form, "notice": notice(request)}
    return render(request, "manage/customers.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.CUSTOMERS)
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """One company; ``act`` says which of the page's forms was sent."""
    row = one(Customer.objects.all(), pk=pk)
    if request.method != "POST":
        return _page(request, row)
    act = ACTS.get(request.POST.get("act", ""), _change)
    return act(request, row)


def _page(request: HttpRequest, row: Customer, *, status: int = 200, **given: Any) -> HttpResponse:
    link = ServiceLink.objects.filter(customer=row).first()
    listed = {"view": "all", "customer": row.pk}
    context = {
        "customer": row,
        "form": CustomerForm.of(row),
        "link": link,
        "link_form": _relink(request, row, initial=LinkForm.initial_of(link)),
        "people": lists.people_of_company(row),
        "person_form": CustomerPersonForm(sections=lists.sections_of(row)),
        "contract": contracts.sheet_of(row),
        "tickets": queries.number(request.user, **listed),
        "latest": tickets.latest_of(request.user, row, size=LATEST),
        "files": [
            (one.message.ticket, shown_file(one.file))
            for one in tickets.files_of(request.user, row, size=FILES)
        ],
        "tickets_url": queries.listing_url(**listed),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/customer.html", context, status=status)


def _change(request: HttpRequest, row: Customer) -> HttpResponse:
    form = CustomerForm(request.POST)
    if carried_out(form, lambda data: companies.change_customer(row, actor=request.user, **data)):
        return back("manage_customer", row.pk, done="saved")
    # The page's title keeps the stored name, whatever the refused form holds.
    return _page(request, one(Customer.objects.all(), pk=row.pk), status=422, form=form)


def _relink(request: HttpRequest, row: Customer, data: Any = None, **kwargs: Any) -> RelinkForm:
    waiting = queries.number(request.user, view="open", customer=row.pk)
    return RelinkForm(data, open_tickets=waiting, **_desks(), **kwargs)


def _link(request: HttpRequest, row: Customer) -> HttpResponse:
    form = _relink(request, row, request.POST)
    if carried_out(form, lambda data: _linked(request, row, **data)):
        done = (
            "unlinked" if form.cleaned_data["desk"] is None else "linked-moved" if form.result else "linked"
        )
        return back("manage_customer", row.pk, done=done)
    return _page(request, row, status=422, link_form=form)


def _linked(
    request: HttpRequest, row: Customer, desk: tuple[Department, User | None] | None, move_open: bool = False
) -> int:
    if desk is None:
        services.unlink_customer(actor=request.user, customer=row)
        return 0
    department, staff = desk
    return with_tickets.relink_customer(
        row, actor=request.user, department=department, staff=staff, move_open=move_open
    )


def _unlink(request: HttpRequest, row: Customer) -> HttpResponse:
    services.unlink_customer(actor=request.user, customer=row)
    return back("manage_customer", row.pk, done="unlinked")


def _person(request: HttpRequest, row: Customer) -> HttpResponse:
    form = CustomerPersonForm(request.POST, sections=lists.sections_of(row))
    if carried_out(form, lambda data: services.add_customer_person(actor=request.user, customer=row, **data)):
        return back("manage_customer", row.pk, done="person")
    return _page(request, row, status=422, person_form=form)


def _switch_person(request: HttpRequest, row: Customer) -> HttpResponse:
    person = one(lists.people_of_company(row), public_id=posted_uuid(request, "person"))
    turn = people.switch_on if request.POST["act"] == "on" else people.switch_off
    if refused := refusal_of(lambda: turn(person, actor=request.user)):
        return _page(request, row, status=refused.status, refused=refused.message)
    return back("manage_customer", row.pk, done=f"person-{request.POST['act']}")


def _switch_company(request: HttpRequest, row: Customer) -> HttpResponse:
    on = request.POST["act"] == "company_on"
    turn = companies.switch_customer_on if on else companies.switch_customer_off
    turn(row, actor=request.user)
    return back("manage_customer", row.pk, done="company-on" if on else "company-off")


ACTS = {
    "change": _change,
    "link": _link,
    "unlink": _unlink,
    "person": _person,
    "off": _switch_person,
    "on": _switch_person,
    "company_off": _switch_company,
    "company_on": _switch_company,
}
