"""The tenant's own words and logo, and the logo as everybody gets it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from accounts.gates import for_owner
from tenants.models import Tenant
from tenants.scope import request_scope
from tenants.services import profile
from tenants.shapes import transfer
from web.errors import NotFound

from .. import queries
from ..forms.settings import LogoForm, ProfileForm
from ..logo import small_png
from .answers import REFUSALS, back, carried_out, notice


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def settings(request: HttpRequest) -> HttpResponse:
    """Name, telephone, hours; the logo's form stands beside it and posts to its own address."""
    if request.method != "POST":
        return _page(request, ProfileForm.of(request.tenant))
    if (act := request.POST.get("act", "")) in ("factor_on", "factor_off"):
        profile.require_second_factor(request.tenant, actor=request.user, on=act == "factor_on")
        return back("manage_settings", done=act.replace("_", "-"))
    form = ProfileForm(request.POST)
    if carried_out(form, lambda data: profile.change_profile(request.tenant, actor=request.user, **data)):
        return back("manage_settings", done="saved")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: ProfileForm, *, status: int = 200, **given: Any) -> HttpResponse:
    context = {
        "form": form,
        "logo_form": LogoForm(),
        "storage": queries.storage(),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/settings.html", context, status=status)


@require_POST
@transfer
@for_owner
def logo(request: HttpRequest) -> HttpResponse:
    """A new logo, or none. The picture is opened while no transaction is held."""
    form = LogoForm(request.POST, request.FILES)
    gone = request.POST.get("act") == "logo_gone"
    try:
        png = None if gone or not form.is_valid() else _read(form)
        if gone or png:
            with request_scope(request):
                profile.set_logo(request.tenant, actor=request.user, png=png)
            return back("manage_settings", done="logo-gone" if gone else "logo")
    except REFUSALS as refused:
        form.refuse(refused)
    with request_scope(request):
        return _page(request, ProfileForm.of(request.tenant), status=422, logo_form=form)


def _read(form: LogoForm) -> bytes:
    upload = form.cleaned_data["logo"]
    return small_png(upload, upload.size)


def _version(request: HttpRequest) -> str | None:
    changed = request.tenant.logo_changed_at
    return f'"{changed.timestamp():.6f}"' if changed else None


@require_safe
@condition(etag_func=_version)
def brand_logo(request: HttpRequest) -> HttpResponse:
    """The logo as a PNG, for everybody; its address changes with it, so browsers may keep it."""
    picture = Tenant.objects.filter(pk=request.tenant.pk).values_list("logo", flat=True).first()
    if not picture:
        raise NotFound()
    response = HttpResponse(bytes(picture), content_type="image/png")
    response["Cache-Control"] = "public, max-age=86400"
    return response
