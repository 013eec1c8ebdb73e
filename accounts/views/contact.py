"""One's own mobile and e-mail: a new one is proven by codes to the old and to the new (TRUST 6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from persian import mobile
from web.errors import DomainError, NotFound

from ..forms import ContactForm, ProofForm
from ..gates import signed_in
from ..models import ContactChange, User
from ..origin import address_of
from ..services import contact

WRONG = "یکی از کدها درست نیست. هر دو را دوباره ببینید."
WENT_TO = 'کدی که به <bdi class="code">{}</bdi> رفت'
GONE = "زمان این کدها گذشته است یا چند بار نادرست رسید. از نو شروع کنید."


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def own_contact(request: HttpRequest) -> HttpResponse:
    """Both as they are; ``kind`` says which is to change, and its codes are on their way."""
    if request.method != "POST":
        return _page(request)
    kind = "email" if request.POST.get("kind") == "email" else "mobile"
    form = ContactForm(request.POST, kind=kind, auto_id=f"{kind}_%s")
    if form.is_valid():
        try:
            change = contact.begin(
                request.user,  # type: ignore[arg-type]
                kind=kind,
                value=form.cleaned_data["value"],
                tenant=request.tenant,  # type: ignore[attr-defined]
                address=address_of(request),
            )
            return redirect("contact_proof", public_id=change.public_id)
        except DomainError as refused:
            form.refuse(refused)
            return _page(request, status=refused.status, **{kind: form})
    return _page(request, status=422, **{kind: form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def contact_proof(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Both codes on one page."""
    user: Any = request.user
    change = contact.waiting(user, public_id)
    if change is None:
        raise NotFound(GONE)
    form = _proof_form(request, user, change)
    if form.is_bound and form.is_valid():
        given, key = form.cleaned_data, request.session.session_key
        verdict = contact.finish(
            change, user=user, old=given.get("old", ""), new=given["new"], keep_session=key
        )
        if isinstance(verdict, contact.Done):
            return redirect(f"{reverse('contact')}?saved=1")
        form.add_error(None, WRONG if isinstance(verdict, contact.Wrong) else GONE)
    context = {
        "form": form,
        "change": change,
        "shown": _shown(change),
        "old": contact.old_words(user, change.kind),
    }
    return render(request, "accounts/contact_proof.html", context, status=422 if form.errors else 200)


def _proof_form(request: HttpRequest, user: User, change: ContactChange) -> ProofForm:
    return ProofForm(
        request.POST if request.method == "POST" else None,
        asks_old=bool(change.old_hash),
        old_label=format_html(WENT_TO, contact.old_words(user, change.kind)),
        new_label=format_html(WENT_TO, _shown(change)),
    )


def _shown(change: ContactChange) -> str:
    return mobile.show(change.value) if change.kind == ContactChange.Kind.MOBILE else change.value


def _page(request: HttpRequest, *, status: int = 200, **forms: ContactForm) -> HttpResponse:
    context = {
        "mobile_form": forms.get("mobile") or ContactForm(kind="mobile", auto_id="mobile_%s"),
        "email_form": forms.get("email") or ContactForm(kind="email", auto_id="email_%s"),
        "notice": "ذخیره شد. به نشانی پیشین هم خبر دادیم." if "saved" in request.GET else "",
    }
    return render(request, "accounts/contact.html", context, status=status)
