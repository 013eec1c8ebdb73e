"""Coming in by SMS or password, first welcome, going out (H22, H23)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from web.captcha import ASK_IN_WORDS
from web.errors import DomainError, Invalid

from .. import devices, pending, second
from ..forms import AskCodeForm, CodeForm, PasswordLoginForm, WelcomeForm
from ..gates import destination, safe_path, signed_in
from ..models import User
from ..origin import address_of
from ..services import factor, history, otp, people, suspicion
from ..services import login as entering

WRONG_CODE = "کد درست نیست یا زمانش گذشته. دوباره وارد کنید یا کد تازه بخواهید."
WRONG_PASSWORD = "نام کاربری یا رمز درست نیست. دوباره بنویسید یا با پیامک وارد شوید."  # noqa: S105  a sentence


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Both ways in on one page; who is in already goes home."""
    if request.user.is_authenticated:
        wanted = request.POST.get("next") or request.GET.get("next")
        return redirect(destination(request.user, wanted))  # type: ignore[arg-type]
    if request.method != "POST":
        return _login_page(request)
    return _by_password(request) if request.POST.get("way") == "pass" else _by_code(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """The six digits; ``again=1`` asks for another code."""
    waiting = pending.of(request)
    if request.user.is_authenticated:
        return redirect(destination(request.user))  # type: ignore[arg-type]
    if waiting is None:
        return redirect("login")
    if request.method != "POST":
        return _code_page(request, waiting, CodeForm())
    if "again" in request.POST:
        return _again(request, waiting)
    form = CodeForm(request.POST)
    if form.is_valid():
        verdict = otp.verify(waiting.challenge, form.cleaned_data["code"], browser=waiting.browser)
        if isinstance(verdict, otp.Entered):
            return come_in(request, verdict.user, way="code", wanted=waiting.next)
        if isinstance(verdict, otp.Wrong):
            history.record(request, user_id=verdict.user_id, way="sms", outcome=history.WRONG)
        form.add_error("code", WRONG_CODE)
    return _code_page(request, waiting, form, status=422)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Close this browser's session."""
    entering.leave(request)
    return redirect("login")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in(before_welcome=True)
def welcome(request: HttpRequest) -> HttpResponse:
    """First login: name, and if wanted a user name and a password."""
    user: Any = request.user
    wanted = safe_path(request.POST.get("next") or request.GET.get("next"))
    if user.welcomed_at is not None:
        return redirect(destination(user, wanted))
    form = WelcomeForm(request.POST or None, initial={"name": user.name, "username": user.username})
    if request.method == "POST" and form.is_valid():
        try:
            people.finish_welcome(
                user, actor=user, keep_session=request.session.session_key, **form.cleaned_data
            )
        except Invalid as refused:
            form.refuse(refused)
        else:
            update_session_auth_hash(request, user)
            return redirect(destination(user, wanted))
    status = 422 if form.errors else 200
    return render(request, "accounts/welcome.html", {"form": form, "next": wanted}, status=status)


def come_in(request: HttpRequest, user: User, *, way: str, wanted: str) -> HttpResponse:
    """The first step is done: to the second one where the person has it (B17), else inside."""
    if factor.has(user):
        second.keep(request, user, way=way, wanted=wanted)
        return redirect("login_factor")
    return inside(request, user, way=way, wanted=wanted)


def inside(
    request: HttpRequest, user: User, *, way: str, wanted: str, second_step: bool = False
) -> HttpResponse:
    """Open the session, write it into the history, and remember the browser."""
    entering.enter(request, user, way=way, factor=second_step)
    history.record(request, user_id=user.pk, way="sms" if way == "code" else way, outcome=history.CAME_IN)
    response = redirect(destination(user, wanted))
    devices.remember(request, response, user)
    return response


def _by_code(request: HttpRequest) -> HttpResponse:
    form = _guarded(request, AskCodeForm, "code", "mobile")
    if form.is_robot:
        return redirect("login")
    if not form.is_valid():
        return _login_page(request, code_form=form, status=422)
    mobile, wanted = form.cleaned_data["mobile"], safe_path(request.POST.get("next"))
    waiting = pending.of(request)
    if waiting and waiting.mobile == mobile and waiting.seconds_left and waiting.resend_in:
        return redirect("login_code")  # came back and pressed again: that code is on its way
    try:
        _send_code(request, mobile, wanted)
    except DomainError as refused:
        form.refuse(refused)
        return _told(_login_page(request, code_form=form, status=refused.status), refused)
    return redirect("login_code")


def _guarded(request: HttpRequest, kind: type[Any], door: str, name: str) -> Any:
    """The bound form of a door, with the security code once the address or the name has had its failures (S32)."""
    words = {"tenant": request.tenant, "address": address_of(request)}  # type: ignore[attr-defined]
    spoken = ASK_IN_WORDS in request.POST
    form = kind(
        request.POST, asks_sum="sum_1" in request.POST or suspicion.asks_sum(door, **words), spoken=spoken
    )
    if form.asks_sum or not form.is_valid():
        return form
    given = form.cleaned_data[name]
    typed = entering.plain_name(given) if door == "pass" else given
    if suspicion.asks_sum(door, typed, **words):
        form = kind(request.POST, asks_sum=True, spoken=spoken)
    return form


def _again(request: HttpRequest, waiting: pending.Pending) -> HttpResponse:
    """Another code; after the first few the security code stands before it, on the page where codes are asked for."""
    tenant, address = request.tenant, address_of(request)  # type: ignore[attr-defined]
    if suspicion.asks_sum("code", waiting.mobile, tenant=tenant, address=address):
        form = AskCodeForm({"mobile": waiting.mobile}, asks_sum=True)
        form.errors.clear()
        return _login_page(request, code_form=form)
    try:
        _send_code(request, waiting.mobile, waiting.next)
    except DomainError as refused:
        form = CodeForm({})
        form.full_clean()
        form.errors.clear()
        form.refuse(refused)
        return _told(_code_page(request, waiting, form, status=refused.status), refused)
    return redirect("login_code")


def _send_code(request: HttpRequest, mobile: str, wanted: str) -> None:
    browser = pending.new_secret()
    tenant = request.tenant  # type: ignore[attr-defined]
    address = address_of(request)
    asked = otp.ask(mobile, tenant=tenant, address=address, browser=browser, device=devices.of(request))
    suspicion.failed("code", mobile, tenant=tenant, address=address)
    pending.keep(
        request,
        challenge=asked.challenge,
        browser=browser,
        mobile=mobile,
        resend_after=asked.resend_after,
        expires_at=asked.expires_at,
        next=wanted,
    )


def _by_password(request: HttpRequest) -> HttpResponse:
    form = _guarded(request, PasswordLoginForm, "pass", "username")
    if form.is_robot:
        return redirect("login")
    if not form.is_valid():
        return _login_page(request, password_form=form, way="pass", status=422)
    tenant, address = request.tenant, address_of(request)  # type: ignore[attr-defined]
    given = form.cleaned_data
    try:
        tried = entering.by_password(
            given["username"], given["password"], tenant=tenant, address=address, device=devices.of(request)
        )
    except DomainError as refused:
        form.refuse(refused)
        return _told(_login_page(request, password_form=form, way="pass", status=refused.status), refused)
    if tried.is_right and tried.user is not None:
        return come_in(request, tried.user, way="password", wanted=request.POST.get("next", ""))
    suspicion.failed("pass", entering.plain_name(given["username"]), tenant=tenant, address=address)
    user_id = tried.user.pk if tried.user else None
    history.record(request, user_id=user_id, way="password", outcome=history.WRONG)
    again = _guarded(request, PasswordLoginForm, "pass", "username")
    again.errors.clear()
    again.add_error(None, WRONG_PASSWORD)
    return _login_page(request, password_form=again, way="pass", status=422)


def _login_page(
    request: HttpRequest,
    *,
    code_form: AskCodeForm | None = None,
    password_form: PasswordLoginForm | None = None,
    way: str = "",
    status: int = 200,
) -> HttpResponse:
    spoken = ASK_IN_WORDS in request.GET or ASK_IN_WORDS in request.POST
    words = {"tenant": request.tenant, "address": address_of(request)}  # type: ignore[attr-defined]
    way = way or ("pass" if request.GET.get("way") == "pass" else "code")
    context = {
        "code_form": code_form
        or AskCodeForm(asks_sum=spoken or suspicion.asks_sum("code", **words), spoken=spoken),
        "password_form": password_form
        or PasswordLoginForm(asks_sum=spoken or suspicion.asks_sum("pass", **words), spoken=spoken),
        "way": way,
        "spoken": spoken,
        "next": safe_path(request.POST.get("next") or request.GET.get("next")),
    }
    return render(request, "accounts/login.html", context, status=status)


def _code_page(
    request: HttpRequest, waiting: pending.Pending, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "mobile": waiting.mobile,
        "seconds_left": waiting.seconds_left,
        "resend_in": waiting.resend_in,
    }
    return render(request, "accounts/login_code.html", context, status=status)


def _told(response: HttpResponse, refused: DomainError) -> HttpResponse:
    """Say when to come back, where the refusal knows it."""
    if retry_after := getattr(refused, "retry_after", None):
        response["Retry-After"] = str(retry_after)
    return response
