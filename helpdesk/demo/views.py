"""The demo inbox: the SMS and e-mails of this host's tenant that would have left. Only with DEMO=1."""

import re

import pyotp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications.models import DemoLetter
from persian.digits import to_latin
from web.paging import page

from .people import OPERATOR_SEED

CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
# A letter may carry its own styles, and nothing else: no script, no form, nothing from elsewhere.
FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
    " sandbox allow-popups allow-popups-to-escape-sandbox"
)
# Our pages refuse to stand in a frame, so the letter's links open beside it.
BESIDE = '<head><base target="_blank">'


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first; ``to`` narrows to an address, in any spelling of a mobile. Open to strangers, as a demo is."""
    _demo_only()
    letters = DemoLetter.objects.all()
    wanted = request.GET.get("to", "").strip()
    if wanted:
        letters = letters.filter(address__icontains=_part_of_address(wanted))
    rows = page(letters, keys=("-created_at", "-id"), cursor=request.GET.get("cursor"), size=10)
    for letter in rows.rows:
        found = CODE.search(letter.text)
        letter.code = found[0] if found else ""
    context = {"page": rows, "to": wanted}
    if request.tenant.is_platform:  # type: ignore[attr-defined]
        context["operator_code"] = pyotp.TOTP(OPERATOR_SEED).now()
    return render(request, "demo/inbox.html", context)


@require_safe
@xframe_options_sameorigin
def letter_html(request: HttpRequest, pk: int) -> HttpResponse:
    """An e-mail's HTML part alone, for the sandboxed frame in the inbox."""
    _demo_only()
    letter = get_object_or_404(DemoLetter.objects.exclude(html=""), pk=pk)
    html = letter.html.replace("<head>", BESIDE, 1)
    return HttpResponse(html, headers={"Content-Security-Policy": FRAME, "Cache-Control": "no-store"})


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404


def _part_of_address(text: str) -> str:
    """``0912 345`` as it stands in a stored address: without its first zero, in our digits."""
    plain = to_latin(text)
    digits = re.sub(r"[\s\-()]", "", plain)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return plain
    return re.sub(r"^(\+98|0098|98(?=9)|0)", "", digits)
