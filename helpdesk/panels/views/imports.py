"""Customers in and out as tables: a template, an upload with its preview and its progress, an export (H11)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gates import for_right
from accounts.roles import Right
from departments.services import imports
from departments.services.customer_table import COLUMNS
from persian.clean import one_line
from tenants.models import Job
from tenants.scope import request_scope
from tenants.services import audit
from tenants.shapes import stream, transfer
from web.errors import DomainError
from web.parts import render_part

from .. import exporting
from ..forms.imports import ImportForm
from .answers import back, notice, one, refusal_of
from .tables import csv_answer, xlsx_answer


@transfer
@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.CUSTOMERS)
def import_start(request: HttpRequest) -> HttpResponse:
    """What the table should look like, and the form that takes it; a table that is read leads to its preview."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        try:
            job = imports.begin(form.cleaned_data["sheet"], actor=request.user, tenant=request.tenant)
            return HttpResponseRedirect(reverse("manage_import_job", args=[job.public_id]))
        except DomainError as refused:
            form.refuse(refused)
    with request_scope(request):
        recent = list(Job.objects.filter(kind=imports.KIND).order_by("-created_at", "-pk")[:5])
        context = {"form": form, "columns": COLUMNS, "recent": recent, "notice": notice(request)}
        return render(request, "manage/import.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.CUSTOMERS)
def import_job(request: HttpRequest, public_id: Any) -> HttpResponse:
    """One import: its preview, its progress, its end; ``act`` starts or forgets it."""
    job = one(Job.objects.filter(kind=imports.KIND), public_id=public_id)
    if request.method != "POST":
        return _page(request, job)
    if request.POST.get("act") == "drop":
        refused = refusal_of(lambda: imports.drop(job, actor=request.user))
        if refused is None:
            return back("manage_import", done="import-dropped")
    else:
        refused = refusal_of(lambda: imports.start(job, actor=request.user))
        if refused is None:
            return HttpResponseRedirect(request.path)
    return _page(request, one(Job.objects.all(), pk=job.pk), status=refused.status, refused=refused.message)


def _page(request: HttpRequest, job: Job, *, status: int = 200, **given: Any) -> HttpResponse:
    imports.overhear(job)
    waits = job.state == Job.State.WAITING and job.data["confirmed"]
    context = {
        "job": job,
        "busy": waits or job.state == Job.State.RUNNING,
        "problems": imports.problems_of(job),
        **given,
    }
    return render_part(request, "manage/import_job.html", "manage/_import_job.html", context, status=status)


@transfer
@require_safe
@for_right(Right.CUSTOMERS)
def import_template(request: HttpRequest) -> HttpResponseBase:
    """An empty table with our headers; the sample and the hints stand on a sheet of their own, so none is imported."""
    header = [column.header for column in COLUMNS]
    help_rows = [[column.header, column.sample, column.hint] for column in COLUMNS]
    sheets: list[Any] = [("مشتریان", header, []), ("راهنما", ["ستون", "نمونه", "توضیح"], help_rows)]
    return xlsx_answer("customers-template", sheets, exporting.TEMPLATE_WIDTHS)


@stream
@require_POST
@for_right(Right.CUSTOMERS, Right.EXPORT)
def customers_export(request: HttpRequest) -> HttpResponseBase:
    """The list as it is narrowed, as CSV or a workbook; that it was taken away is written down."""
    query = one_line(request.POST.get("q", ""))[:200]
    kind = "xlsx" if request.POST.get("kind") == "xlsx" else "csv"
    with request_scope(request):
        audit.record(
            "customers.export",
            actor=request.user,
            target=request.tenant,
            after={"kind": kind, "query": query},
        )
    rows = exporting.customer_rows(request.tenant, query)
    if kind == "csv":
        return csv_answer("customers", exporting.CUSTOMER_HEADER, rows)
    sheets = [("مشتریان", exporting.CUSTOMER_HEADER, rows)]
    return xlsx_answer("customers", sheets, exporting.TEMPLATE_WIDTHS)
