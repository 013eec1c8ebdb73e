"""The second step of coming in, and one's own authenticator app (B17)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from web.errors import DomainError

from .. import second
from ..forms import FactorForm
from ..gates import destination, safe_path, signed_in
from ..models import User
from ..services import factor, history
from ..services import login as entering
from .entry import inside

LEFT_OUT = "چند بار کد نادرست رسید. از آغاز وارد شوید."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_factor(request: HttpRequest) -> HttpResponse:
    """The app's code, or a recovery code. Wrong ones are counted in the session, which commits."""
    if request.user.is_authenticated:
        return redirect(destination(request.user))  # type: ignore[arg-type]
    waiting = second.of(request)
    user = second.person(waiting) if waiting else None
    if waiting is None or user is None:
        return redirect("login")
    form = FactorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            if factor.verify(user, form.cleaned_data["code"]):
                return inside(request, user, way=waiting.way, wanted=waiting.wanted, second_step=True)
        except DomainError as refused:
            form.refuse(refused)
            return render(request, "accounts/login_factor.html", {"form": form}, status=refused.status)
        way = "sms" if waiting.way == "code" else waiting.way
        history.record(request, user_id=user.pk, way=way, outcome=history.WRONG_FACTOR)
        left = second.missed(request)
        form.add_error("code", factor.WRONG if left else LEFT_OUT)
    return render(request, "accounts/login_factor.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(before_factor=True)
def own_factor(request: HttpRequest) -> HttpResponse:
    """Set it up, renew the recovery codes, switch it off; ``act`` says which."""
    user: Any = request.user
    if not user.is_staff_member:
        return redirect("profile")
    if request.method != "POST":
        return _page(request, user)
    if request.POST.get("act") == "begin":
        factor.begin(user)
        return redirect(_here(request))
    act = ACTS.get(request.POST.get("act", ""), _confirm)
    form = FactorForm(request.POST)
    if not form.is_valid():
        return _page(request, user, form=form, status=422)
    try:
        return act(request, user, form.cleaned_data["code"])
    except DomainError as refused:
        form.refuse(refused)
        return _page(request, user, form=form, status=refused.status)


def _here(request: HttpRequest) -> str:
    """This page again, keeping where the person wanted to go."""
    wanted = safe_path(request.POST.get("next"))
    return reverse("factor") + (f"?{urlencode({'next': wanted})}" if wanted else "")


def _confirm(request: HttpRequest, user: User, code: str) -> HttpResponse:
    codes = factor.confirm(user, code=code)
    # This session has just shown both; the others have shown the first step alone.
    request.session[entering.FACTOR] = True
    return _codes(request, codes)


def _renew(request: HttpRequest, user: User, code: str) -> HttpResponse:
    return _codes(request, factor.renew_codes(user, code=code))


def _drop(request: HttpRequest, user: User, code: str) -> HttpResponse:
    factor.drop(user, actor=user, tenant=request.tenant, code=code)  # type: ignore[attr-defined]
    request.session[entering.FACTOR] = False
    return redirect(f"{reverse('factor')}?done=off")


ACTS = {"confirm": _confirm, "renew": _renew, "drop": _drop}


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The recovery codes, this once; the answer to the form itself, so that no address holds them."""
    wanted = safe_path(request.POST.get("next")) or reverse("factor")
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": wanted})


def _page(
    request: HttpRequest, user: User, *, form: FactorForm | None = None, status: int = 200
) -> HttpResponse:
    """How it stands; where it is not in force, the picture and the key to set it up with."""
    tenant = request.tenant  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "form": form or FactorForm(),
        "is_on": factor.has(user),
        "is_wanted": factor.is_wanted(user, tenant),
        "next": safe_path(request.POST.get("next") or request.GET.get("next")),
        "notice": "ورود دومرحله‌ای خاموش شد." if request.GET.get("done") == "off" else "",
    }
    if context["is_on"]:
        context["left"] = factor.codes_left(user)
    elif seed := factor.begun(user):
        context["seed"] = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
        picture = segno.make(factor.address(user, seed, tenant), error="m")
        context["picture"] = picture.svg_data_uri(scale=5, border=3, dark="#201e1a", light="#ffffff")
    return render(request, "accounts/factor.html", context, status=status)
