"""How a person comes in: devices, login history, second factor, mobile and e-mail, for the owner (TRUST 5, 6, B17)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from accounts.models import User
from accounts.origin import device_words
from accounts.roles import Role
from accounts.services import contact, factor, history, sessions
from web.paging import PARAMETER, page

from ..forms.access import EmailForm, MobileForm
from .answers import back, carried_out, notice, one, posted_uuid


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def entrance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One person of ours or of a customer; ``act`` says what was pressed."""
    people = User.objects.select_related("customer", "section").exclude(role=Role.VISITOR)
    person = one(people, public_id=public_id)
    if request.method != "POST":
        return _page(request, person)
    return ACTS.get(request.POST.get("act", ""), _mobile)(request, person)


def _page(request: HttpRequest, person: User, *, status: int = 200, **given: Any) -> HttpResponse:
    found = page(history.of(person), keys=("-created_at", "-id"), cursor=request.GET.get(PARAMETER))
    open_now = sessions.list_for(person)
    for row in [*found.rows, *open_now]:
        row.device = device_words(row.agent)  # type: ignore[attr-defined, union-attr]
    context = {
        "person": person,
        "sessions": open_now,
        "page": found,
        "has_factor": factor.has(person),
        "mobile_form": MobileForm(),
        "email_form": EmailForm.of(person),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/entrance.html", context, status=status)


def _end(request: HttpRequest, person: User) -> HttpResponse:
    sessions.end(person, posted_uuid(request, "session"), actor=request.user)  # type: ignore[arg-type]
    return back("manage_person_entrance", person.public_id, done="session-ended")


def _end_all(request: HttpRequest, person: User) -> HttpResponse:
    sessions.end_all_by(person, actor=request.user)  # type: ignore[arg-type]
    return back("manage_person_entrance", person.public_id, done="sessions-ended")


def _factor(request: HttpRequest, person: User) -> HttpResponse:
    factor.drop(person, actor=request.user, tenant=request.tenant)
    return back("manage_person_entrance", person.public_id, done="factor-gone")


def _mobile(request: HttpRequest, person: User) -> HttpResponse:
    form = MobileForm(request.POST)
    if carried_out(form, lambda data: _changed(request, person, "mobile", **data)):
        return back("manage_person_entrance", person.public_id, done="contact")
    return _page(request, _fresh(person), status=422, mobile_form=form)


def _email(request: HttpRequest, person: User) -> HttpResponse:
    form = EmailForm.of(person, request.POST)
    if carried_out(form, lambda data: _changed(request, person, "email", **data)):
        return back("manage_person_entrance", person.public_id, done="contact")
    return _page(request, _fresh(person), status=422, email_form=form)


def _changed(request: HttpRequest, person: User, kind: str, *, value: str) -> None:
    contact.set_by_keeper(person, actor=request.user, kind=kind, value=value)  # type: ignore[arg-type]


def _fresh(person: User) -> User:
    """As stored, whatever the refused form holds."""
    return one(User.objects.select_related("customer"), pk=person.pk)


ACTS = {"end": _end, "end_all": _end_all, "factor": _factor, "mobile": _mobile, "email": _email}
