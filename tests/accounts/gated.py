"""Addresses for the tests of gates: one view for each gate and each shape of request."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_POST

from accounts.gates import for_customers, for_owner, for_staff, signed_in
from tenants.shapes import stream, transfer


def _tell(request: HttpRequest) -> HttpResponse:
    user = request.user
    company = user.customer.name if user.customer else "-"
    return HttpResponse(f"{user.name}|{company}|{connection.in_atomic_block}")


urlpatterns = [
    path("", include("accounts.urls")),
    path("any/", signed_in(_tell)),
    path("early/", signed_in(before_welcome=True)(_tell)),
    path("staff/", for_staff(_tell)),
    path("owner/", for_owner(_tell)),
    path("customers/", for_customers(_tell)),
    path("save/", require_POST(for_staff(_tell))),
    path("moved/", transfer(for_customers(_tell))),
    path("moved-inside/", for_customers(transfer(_tell))),
    path("streamed/", stream(require_POST(signed_in(_tell)))),
]
handler404 = "web.views.handler404"
