"""Gates before views: who may pass. Another role gets 404, a stranger goes to the login page and comes back.

They work for every request shape: in transfer and stream views, where no transaction is open, the person is read
in a short scope of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db import connection
from django.http import HttpRequest, HttpResponse  # noqa: TID251  a gate answers in the view's place
from django.shortcuts import redirect  # noqa: TID251  as above
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from tenants.scope import request_scope
from tenants.shapes import shape_of
from web.errors import NotAllowed, NotFound

from .access import has_right, may_keep_personnel
from .models import User
from .roles import PANELS, Right
from .services import factor
from .services.login import FACTOR

SAFE = {"GET", "HEAD"}
View = Callable[..., HttpResponse]
LONGEST_PATH = 500


def signed_in(view: View | None = None, *, before_welcome: bool = False, before_factor: bool = False) -> Any:
    """Anybody signed in. ``before_welcome=True`` also lets in who has not finished their first login.

    ``before_factor=True``: and who still owes the second factor that the owner asks for (B17).
    """

    def gate(inner: View) -> View:
        return _gate(
            inner,
            lambda user: True,
            before_welcome=before_welcome,
            before_factor=before_factor or before_welcome,
        )

    return gate if view is None else gate(view)


def for_staff(view: View) -> View:
    """Owner or staff."""
    return _gate(view, lambda user: user.is_staff_member)


def for_owner(view: View) -> View:
    """The owner."""
    return _gate(view, lambda user: user.is_owner)


def for_right(*rights: Right) -> Callable[[View], View]:
    """The owner, and staff who hold every one of these rights in some seat (S19)."""

    def gate(view: View) -> View:
        return _gate(view, lambda user: all(has_right(user, right) for right in rights))

    return gate


def for_customers(view: View) -> View:
    """A customer company's people."""
    return _gate(view, lambda user: user.is_customer)


def for_personnel(view: View) -> View:
    """Who keeps a company's people: its main contact, or the manager of one of its sections (H21)."""
    return _gate(view, may_keep_personnel)


def safe_path(text: str | None) -> str:
    """A path of this host to come back to, or "": no other host, scheme, control character or the doors themselves."""
    path = text or ""
    fits = path.startswith("/") and len(path) <= LONGEST_PATH and path.isprintable() and "\\" not in path
    if not fits or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return ""
    return "" if path.startswith(("/login/", "/logout/", "/welcome/")) else path


def destination(user: User, wanted: str | None = None) -> str:
    """Where a person goes after coming in: the page they wanted, else their panel; first the welcome page."""
    path = safe_path(wanted)
    foreign = {panel for role, panel in PANELS.items() if role != user.role and not user.is_owner}
    if path.startswith(tuple(foreign)):
        path = ""
    if user.welcomed_at is None:
        return _with_next("welcome", path)
    return path or user.panel_url


def _gate(
    view: View,
    rule: Callable[[User], bool],
    *,
    before_welcome: bool = False,
    before_factor: bool = False,
) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user, passes = _person(request, rule)
        if user is None:
            return _to_login(request)
        if not passes:
            raise NotFound()
        if user.welcomed_at is None and not before_welcome and request.method in SAFE:
            return _go(request, _with_next("welcome", _here(request)))
        if not before_factor and _owes_factor(request, user):
            if request.method in SAFE:
                return _go(request, _with_next("factor", _here(request)))
            raise NotAllowed("نخست ورود دومرحله‌ای را راه بیندازید؛ مدیر آن را برای همهٔ کارکنان خواسته است.")
        return view(request, *args, **kwargs)

    return guarded


def _person(request: HttpRequest, rule: Callable[[User], bool]) -> tuple[User | None, bool]:
    """The signed-in person and whether the rule lets them pass.

    Both are asked while a scope is open, so that the view may look at the person later, and the rule at their seats.
    """
    match = request.resolver_match
    shape = shape_of(match.func) if match else "page"
    if shape != "page" and connection.vendor == "postgresql":
        with request_scope(request):
            return _asked(request, rule)
    return _asked(request, rule)


def _asked(request: HttpRequest, rule: Callable[[User], bool]) -> tuple[User | None, bool]:
    if not request.user.is_authenticated:
        return None, False
    user: User = request.user  # type: ignore[assignment]  # our only user model
    return user, rule(user)


def _owes_factor(request: HttpRequest, user: User) -> bool:
    """The owner asks our side for a second factor, and this session has not shown one; no statement."""
    return factor.is_wanted(user, request.tenant) and not request.session.get(FACTOR)  # type: ignore[attr-defined]


def _to_login(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", None) and request.method not in SAFE:
        # Nothing typed is lost: the page stays, and its script offers to log in and send again.
        response = HttpResponse(status=401)
        response["HX-Trigger"] = json.dumps({"login-needed": {"url": reverse("login")}})
        response["HX-Reswap"] = "none"
        return response
    return _go(request, _with_next("login", _here(request)))


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect; htmx is told to load the page, for it would put the redirect's page into a corner of this one."""
    if getattr(request, "htmx", None):
        response = HttpResponse()
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def _here(request: HttpRequest) -> str:
    """The page to come back to: the one shown, also when a part of it or a form on it was asked for."""
    try:
        if getattr(request, "htmx", None):
            shown = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        elif request.method in SAFE:
            shown = request.get_full_path()
        else:
            referer = urlsplit(request.META.get("HTTP_REFERER", ""))
            shown = referer.path if referer.netloc == request.get_host() else ""
            # A page that posts to itself is found again with what its address holds (for whom the ticket is).
            shown = request.get_full_path() if shown == request.path else shown
    except ValueError:  # "http://[" in a header is no address
        shown = ""
    return safe_path(shown)


def _with_next(name: str, path: str) -> str:
    address = reverse(name)
    return f"{address}?{urlencode({'next': path})}" if path and path != "/" else address
