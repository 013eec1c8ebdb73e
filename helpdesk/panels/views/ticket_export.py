"""The queue taken away as a table (S31)."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST

from accounts.gates import for_right
from accounts.roles import Right
from tenants.scope import request_scope
from tenants.services import audit
from tenants.shapes import stream
from tickets import queries
from tickets.views.queue import asked_for
from web.numbers import whole

from .. import ticket_table
from .tables import csv_answer, xlsx_answer


@stream
@require_POST
@for_right(Right.EXPORT)
def desk_tickets_export(request: HttpRequest) -> HttpResponseBase:
    """The queue as the address narrows it, as CSV or a workbook; that it was taken away is written down."""
    kind = "xlsx" if request.POST.get("kind") == "xlsx" else "csv"
    with request_scope(request):
        address, _ = asked_for(request)
        view = address.one_of("view", queries.VIEWS, usual="all" if address.get("q") else "open")
        # Every field of a desk of one's own, beside those it may be narrowed by.
        fields = ticket_table.columns_of(request.user, whole(address.get("department")))
        audit.record(
            "tickets.export",
            actor=request.user,
            target=request.tenant,
            after={"kind": kind, "filters": {"view": queries.VIEWS[view][0], **address.values}},
        )
    header = ticket_table.header(fields)
    rows = ticket_table.lines(request.tenant, request.user, view=view, params=address.values, fields=fields)
    if kind == "csv":
        return csv_answer("tickets", header, rows)
    return xlsx_answer("tickets", [("تیکت‌ها", header, rows)])
