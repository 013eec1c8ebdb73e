"""One's own account: details, password, devices, colours."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from web.errors import DomainError, Invalid, NotFound
from web.paging import PARAMETER, page
from web.parts import wants_part

from .. import signing
from ..forms import PasswordForm, ProfileForm
from ..gates import safe_path, signed_in
from ..models import User
from ..origin import address_of, device_words
from ..services import history, people, sessions
from ..services import login as entering

YEAR = 365 * 24 * 3600
# How long a log-in by SMS stands for knowing the present password.
FRESH = 15 * 60
SAVED = "ذخیره شد."
HISTORY_KEYS = ("-created_at", "-id")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Name, user name, SMS wish, colours; mobile and e-mail have a page of their own."""
    user: Any = request.user
    form = ProfileForm.of(user, request.POST or None)
    if request.method == "POST" and "preview" in request.POST and user.is_staff_member:
        return signature_sample(request, user) or _page(request, "profile", _shown(user, form, request.POST))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            people.change_details(user, actor=user, **given)
        except Invalid as refused:
            form.refuse(refused)
            user.refresh_from_db()  # the shell shows the person as they are stored
        else:
            return _keep_theme(redirect(f"{reverse('profile')}?saved=1"), given["theme"])
    typed = request.POST if request.method == "POST" else None
    return _page(request, "profile", _shown(user, form, typed), status=422 if form.errors else 200)


def _shown(user: User, form: ProfileForm, typed: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The profile form, and the signature as it will look: the typed one, else the kept one."""
    text = typed.get("signature", "") if typed is not None else user.signature
    return {"form": form, **signing.shown(user, text)}


def signature_sample(request: HttpRequest, user: User) -> HttpResponse | None:
    """For htmx: how the signature being typed will look. None where the whole page is wanted."""
    if not wants_part(request):
        return None
    shown = signing.shown(user, request.POST.get("signature", ""))
    return render(request, "accounts/_signature_sample.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """A new password. After a fresh log-in by SMS, which is the way to reset it, the present one is not asked."""
    user: Any = request.user
    has_password = user.has_usable_password()
    form = PasswordForm(request.POST or None, asks_current=has_password and not _just_came_by_code(request))
    if request.method == "POST" and form.is_valid():
        try:
            _change_password(request, user, form.cleaned_data)
        except DomainError as refused:
            form.refuse(refused)
        else:
            return redirect(f"{reverse('password')}?saved=1")
    status = 422 if form.errors else 200
    return _page(request, "password", {"form": form, "has_password": has_password}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def devices(request: HttpRequest) -> HttpResponse:
    """Open sessions; end one (``end``) or all others (``all``) (TRUST 5)."""
    user: Any = request.user
    if request.method == "POST":
        if "all" in request.POST:
            sessions.end_all(user, keep=request.session.session_key)
        else:
            sessions.end(user, _uuid(request.POST.get("end", "")), actor=user)
        return redirect("sessions")
    here = request.session.session_key
    rows = [
        {
            "public_id": row.public_id,
            "device": device_words(row.agent),
            "is_phone": "Mobi" in row.agent or "Android" in row.agent,
            "address": row.address,
            "created_at": row.created_at,
            "seen_at": row.seen_at,
            "is_current": row.pk == here,
        }
        for row in sessions.list_for(user)
    ]
    return _page(request, "sessions", {"sessions": rows})


@require_safe
@signed_in
def logins(request: HttpRequest) -> HttpResponse:
    """One's own login history: who came in, and what was tried at the door."""
    found = page(history.of(request.user), keys=HISTORY_KEYS, cursor=request.GET.get(PARAMETER))  # type: ignore[arg-type]
    for row in found.rows:
        row.device = device_words(row.agent)  # type: ignore[attr-defined]
    return _page(request, "logins", {"page": found})


@require_POST
@signed_in(before_welcome=True)
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device; kept with the person and in a cookie, for pages before the log-in."""
    user: Any = request.user
    people.change_profile(user, actor=user, theme=request.POST.get("theme", ""))
    if getattr(request, "htmx", None):
        return _keep_theme(HttpResponse(status=204), user.theme)
    return _keep_theme(redirect(safe_path(request.POST.get("next")) or user.panel_url), user.theme)


def _change_password(request: HttpRequest, user: User, given: dict[str, Any]) -> None:
    tenant, address = request.tenant, address_of(request)  # type: ignore[attr-defined]
    if "current" in given and not entering.confirm(user, given["current"], tenant=tenant, address=address):
        raise Invalid("رمز کنونی درست نیست.", field="current")
    people.set_password(
        user, actor=user, password=given["password"], keep_session=request.session.session_key
    )
    update_session_auth_hash(request, user)


def _just_came_by_code(request: HttpRequest) -> bool:
    session = request.session
    return session.get(entering.WAY) == "code" and time.time() - session.get(entering.ENTERED, 0) < FRESH


def _keep_theme(response: HttpResponse, theme: str) -> HttpResponse:
    """The cookie is read by the page's script too, so it is not HttpOnly; it holds nothing but a colour."""
    response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response


def _page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    notice = SAVED if "saved" in request.GET and request.method != "POST" else ""
    return render(request, f"accounts/{name}.html", {"notice": notice, **context}, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound() from None
