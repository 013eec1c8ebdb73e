"""Which tenant a request is for, and the scope it runs in."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.request import split_domain_port
from django.urls import Resolver404, resolve

from web.views import error_page

from .hosts import tenant_at
from .scope import SAFE, tenant_scope
from .shapes import Shape, shape_of

Handler = Callable[[HttpRequest], HttpResponse]


class TenantHost:
    """Sets ``request.tenant`` from the Host header and our own tables; X-Forwarded-Host is never read."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = None  # type: ignore[attr-defined]
        if request.path_info == "/healthz":
            return self.get_response(request)
        try:
            host, _port = split_domain_port(request.get_host())
        except DisallowedHost:
            return error_page(request, 400)
        tenant = tenant_at(host)
        if tenant is None:
            return error_page(request, 404)
        request.tenant = tenant  # type: ignore[attr-defined]
        if not tenant.is_active:
            return error_page(request, 503, message="این مرکز پشتیبانی فعلاً در دسترس نیست.")
        return self.get_response(request)


class Scope:
    """Runs the view in the scope its shape asks for; see tenants.shapes."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tenant = request.tenant  # type: ignore[attr-defined]
        if tenant is None:
            return self.get_response(request)
        shape = self._shape(request)
        if shape == "transfer" and self._brings_no_files(request):
            shape = (
                "page"  # the body has been read, and no bytes will travel: one transaction, as for any form
            )
        elif shape == "page" and (refusal := self._read_body(request)) is not None:
            return refusal
        if shape != "page":
            with tenant_scope(tenant, atomic=False, fresh=True):
                return self.get_response(request)
        # SQLite: reading pages stay out of transactions, so that a writer never makes a reader wait.
        atomic = connection.vendor == "postgresql" or request.method not in SAFE
        with tenant_scope(tenant, atomic=atomic, fresh=True):
            response = self.get_response(request)
            if getattr(response, "streaming", False):
                raise RuntimeError("A page view may not stream: mark it @stream or @transfer.")
            if atomic and (response.status_code >= 500 or getattr(request, "must_roll_back", False)):
                transaction.set_rollback(True)
        return response

    @staticmethod
    def _shape(request: HttpRequest) -> Shape:
        try:
            return shape_of(resolve(request.path_info).func)
        except Resolver404:
            return "page"

    @staticmethod
    def _brings_no_files(request: HttpRequest) -> bool:
        """A posted form whose file inputs were left empty; parses it, which the check of its token does anyway."""
        return (
            request.method == "POST" and request.content_type == "multipart/form-data" and not request.FILES
        )

    @staticmethod
    def _read_body(request: HttpRequest) -> HttpResponse | None:
        """Read the body before any transaction opens: a slow phone must not hold one."""
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return error_page(request, 400)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return error_page(request, 413)
        try:
            request.body  # noqa: B018  reading is the point
        except UnreadablePostError:
            return error_page(request, 400)
        return None
