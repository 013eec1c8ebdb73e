"""The audit log: who did what, when, from where, and how it was before (B10)."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import for_owner
from tenants.scope import request_scope
from tenants.services import audit as log
from tenants.shapes import stream
from web.paging import PARAMETER, page

from .. import audit
from ..forms.audit import AuditForm
from .tables import csv_answer


@require_safe
@for_owner
def entries(request: HttpRequest) -> HttpResponse:
    """The entries, newest first, narrowed by what stands in the address."""
    form = AuditForm(request.GET)
    found = page(audit.entries(form.asked), keys=audit.NEWEST_FIRST, cursor=request.GET.get(PARAMETER))
    audit.readable(found.rows)
    kept = request.GET.copy()
    kept.pop(PARAMETER, None)
    context = {
        "page": found,
        "form": form,
        "filtered": any(form.asked.values()),
        "kept": kept.urlencode(),
    }
    return render(request, "manage/audit.html", context)


@stream
@require_POST
@for_owner
def export(request: HttpRequest) -> HttpResponseBase:
    """The same entries as a CSV; taking them away is an entry too."""
    with request_scope(request):
        asked = AuditForm(request.GET).asked
        told = {name: str(value) for name, value in asked.items() if value}
        log.record("audit.export", actor=request.user, target=request.tenant, after={"filters": told})
    return csv_answer("audit", audit.HEADER, audit.lines(request.tenant, asked))
