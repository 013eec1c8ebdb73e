"""What a refused or failed request gets back: one centred sheet, or a toast for htmx.

Nothing here asks the database or runs context processors: it must work when the tenant is unknown, when the
transaction is broken and when the database is gone.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import LazyObject, SimpleLazyObject, empty
from django.utils.html import escape

from web.errors import DomainError

logger = logging.getLogger("web.answers")

TEMPLATE = "errors/refused.html"
# The longer texts of our forms, by their names.
TEXTS = ("body", "note", "reason", "comment")


@dataclass(frozen=True)
class Face:
    """The words of one status: a heading, and a sentence that goes on from it."""

    title: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.title}. {self.sentence}"


FACES: dict[int, Face] = {
    400: Face("این درخواست خوانده نشد", "نشانی یا فرم ناقص رسید. به صفحهٔ قبل برگردید و دوباره بفرستید."),
    403: Face("اجازهٔ این کار را ندارید", "اگر باید داشته باشید، به مدیر سامانه بگویید."),
    404: Face("این صفحه پیدا نشد", "شاید نشانی عوض شده یا به آن دسترسی ندارید."),
    405: Face("این‌جا صفحه‌ای برای دیدن نیست", "این نشانی فقط فرم می‌پذیرد. از صفحهٔ نخست ادامه دهید."),
    409: Face("پیش از شما تغییری انجام شد", "صفحه را تازه کنید و دوباره ببینید."),
    410: Face("زمان این صفحه گذشته است", "شاید پیوند کهنه است. از صفحهٔ نخست ادامه دهید."),
    413: Face(
        "متن یا فایل بزرگ‌تر از اندازه است",
        "چیزی ثبت نشد. به صفحهٔ قبل برگردید و آن را کوتاه‌تر کنید یا در چند بخش بفرستید.",
    ),
    422: Face("یکی از مقدارها درست نیست", "به صفحهٔ قبل برگردید، آن را ببینید و دوباره بفرستید."),
    429: Face("کمی صبر کنید", "چند بار پشت سر هم امتحان شد. کمی بعد دوباره بیایید."),
    500: Face("مشکلی از سمت ما پیش آمد", "چیزی از نوشتهٔ شما کم نشد. چند لحظه بعد دوباره امتحان کنید."),
    503: Face("چند لحظه در دسترس نیستیم", "چیزی از نوشتهٔ شما کم نشد. کمی بعد دوباره امتحان کنید."),
    507: Face("فضای فایل‌ها پر است", "این فایل ارسال نشد. متن شما سر جایش است."),
}


@dataclass
class Nobody:
    """Stands where the skeleton looks for the person."""

    theme: str = ""
    public_id: str = ""


@dataclass
class Shown:
    """The little of a request that an error page may look at; nothing on it is loaded lazily."""

    tenant: Any = None
    user: Nobody = field(default_factory=Nobody)
    COOKIES: Mapping[str, str] = field(default_factory=dict)
    path: str = "/"


def error_page(
    request: HttpRequest,
    status: int,
    message: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer with `status` in Persian: a toast for htmx, a standalone page for everybody else.

    `message` replaces the usual sentence of the status. `extra` may hold `title`, `code` (shown to be quoted to
    us), `typed` (a text to be copied from the page), `retry_after` (seconds, also sent as Retry-After) and `headers`.
    """
    extra = dict(extra or {})
    headers: dict[str, str] = dict(extra.pop("headers", {}))
    if retry_after := extra.get("retry_after"):
        headers["Retry-After"] = str(int(retry_after))
    face = FACES.get(status, FACES[500 if status >= 500 else 400])
    htmx = getattr(request, "htmx", None)
    if htmx:
        response = HttpResponse(status=status)
        code = extra.get("code")
        text = message or str(face)
        toast(response, f"{text} کد پیگیری: {code}" if code else text, tone="bad")
        response["HX-Reswap"] = "none"
    else:
        response = HttpResponse(_render(request, status, face, message, extra), status=status)
    response["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response[name] = value
    return response


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a `DomainError`: its status, its sentence, its Retry-After, and what was typed: the page it was
    typed on may be gone with the sight of it.
    """
    chosen = error.message if error.message != error.sentence else None
    extra = {"retry_after": getattr(error, "retry_after", None), "typed": _typed(request)}
    return error_page(request, error.status, chosen, extra)


def _typed(request: HttpRequest) -> str:
    if request.method != "POST":
        return ""
    return next((text for name in TEXTS if (text := request.POST.get(name, "").strip())), "")


def toast(response: HttpResponse, text: str, *, tone: str = "ok") -> HttpResponse:
    """Have htmx raise the event `toast` with `{text, tone}` (`ok` or `bad`), beside events already there.

    Only events in JSON form are kept; the header is ASCII because json escapes Persian letters.
    """
    try:
        events = json.loads(response.get("HX-Trigger", "{}"))
    except ValueError:
        events = {response["HX-Trigger"]: None}
    events["toast"] = {"text": text, "tone": tone}
    response["HX-Trigger"] = json.dumps(events)
    return response


def loaded(request: HttpRequest, name: str) -> Any:
    """An attribute of the request if it is already there; never wakes a lazy one (that may query)."""
    value = request.__dict__.get(name)
    if isinstance(value, (LazyObject, SimpleLazyObject)):
        return None if value.__dict__.get("_wrapped") is empty else value
    return value


def _render(
    request: HttpRequest, status: int, face: Face, message: str | None, extra: Mapping[str, Any]
) -> str:
    context = {
        "status": status,
        "title": face.title,
        "message": message or face.sentence,
        "request": Shown(tenant=loaded(request, "tenant"), COOKIES=request.COOKIES, path=request.path),
        **extra,
    }
    try:
        return render_to_string(TEMPLATE, context)
    except Exception as error:
        # The page about a failure must not fail: the skeleton itself may be what is broken.
        logger.error("error page could not be rendered: %s", type(error).__name__)
        return _bare(context)


def _bare(context: Mapping[str, Any]) -> str:
    code = f" کد پیگیری: {escape(context['code'])}" if context.get("code") else ""
    title, message = escape(context["title"]), escape(context["message"])
    return (
        '<!doctype html><html lang="fa" dir="rtl"><meta charset="utf-8">'
        f"<title>{title}</title><main><h1>{title}</h1><p>{message}{code}</p>"
        '<p><a href="/">صفحهٔ نخست</a></p></main></html>'
    )
