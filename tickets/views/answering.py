"""The extra fields of a form (S31): shown for the chosen department and topic, and their files taken in.

Files are stored with no transaction open, one a field, and kept by a refused form under ``kept_f<id>``.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gates import for_customers, for_right
from accounts.roles import Right
from departments.models import Department, ExtraField, FieldKind, Topic
from departments.questions import asked
from tenants.models import StoredFile
from tenants.scope import request_scope
from tenants.services import files
from web.errors import DomainError

from .. import offers, writing
from ..answer_forms import AnswersForm
from ..answers import name_of
from ..models import Draft
from ..opening_forms import NewTicketForm
from .shown import shown_file

NEEDED = "فایل «{}» را هم بفرستید."
GONE = "این فایل دیگر در دسترس نیست. دوباره انتخابش کنید."


@require_safe
@for_customers
def portal_new_fields(request: HttpRequest) -> HttpResponse:
    """What the chosen department asks a customer, for the form to put in its place."""
    return _part(request, offers.Offer(request.user, request.user))


@require_safe
@for_right(Right.OPEN)
def desk_new_fields(request: HttpRequest) -> HttpResponse:
    """What the chosen department asks our side."""
    return _part(request, offers.Offer(request.user, request.user))


def _part(request: HttpRequest, offer: offers.Offer) -> HttpResponse:
    topic = offer.topic(request.GET.get("topic", ""))
    department = offer.link.department if offer.link else offer.department(request.GET.get("department", ""))
    form = AnswersForm(questions=questions_of(request, department, topic))
    return render(request, "tickets/_extra_fields.html", {"answers": form})


def questions_of(
    request: HttpRequest, department: Department | None, topic: Topic | None
) -> list[ExtraField]:
    """What is asked of this person on a ticket of a department (else the topic's); nothing is read where nothing is."""
    if department is None and topic is not None:
        department = topic.department
    if department is None:
        return []
    if topic is not None and topic.department_id != department.pk:
        topic = None
    told = [getattr(one, "asks", None) for one in (department, topic) if one is not None]
    if False in told:
        return []
    return asked(department.pk, topic, by_staff=request.user.is_staff_member)


def first_answers(request: HttpRequest, form: NewTicketForm, draft: Draft | None = None) -> AnswersForm:
    """The questions of a form that is shown for the first time, with what its draft holds (B8)."""
    begun = writing.answered(draft)
    found = AnswersForm(questions=questions_of(request, *form.target()), begun=begun)
    for one in found.questions:
        kept = begun.get(f"kept_{name_of(one)}")
        stored = _own(request, kept[0]) if kept and one.kind == FieldKind.FILE else None
        if stored is not None:
            found.hold(one, stored)
        elif kept and draft is not None:
            draft.lost += 1
    return found


def receive_answers(request: HttpRequest, form: NewTicketForm) -> AnswersForm:
    """The answers that came with a posted form, their files stored. Call it outside any transaction."""
    with request_scope(request):
        found = AnswersForm(request.POST, questions=questions_of(request, *form.target()))
    take_files(request, found)
    return found


def take_files(
    request: HttpRequest, form: AnswersForm, *, there: Mapping[int, StoredFile] | None = None
) -> None:
    """Hold each question's file, new or kept from an earlier try; refusals stand at its field. ``there``: what the
    ticket holds already."""
    form.is_valid()
    for one in form.questions:
        if one.kind != FieldKind.FILE:
            continue
        stored = _arrived(request, form, one)
        if stored is not None:
            form.hold(one, stored)
        elif (
            form.is_bound
            and one.is_required
            and one.pk not in (there or {})
            and not form[name_of(one)].errors
        ):
            form.add_error(name_of(one), NEEDED.format(one.label))


def _arrived(request: HttpRequest, form: AnswersForm, one: ExtraField) -> StoredFile | None:
    name = name_of(one)
    upload = request.FILES.get(name)
    if upload is not None and form.is_bound:
        try:
            return files.store(upload, tenant=request.tenant, actor=request.user)
        except DomainError as refusal:
            form.add_error(name, refusal.message)
            return None
    kept = request.POST.get(f"kept_{name}", "")
    if not kept:
        return None
    with request_scope(request):
        found = _own(request, kept)
    if found is None and form.is_bound:
        form.add_error(name, GONE)
    return found


def _own(request: HttpRequest, text: str) -> StoredFile | None:
    """The person's own file of an id that nothing holds yet."""
    try:
        wanted = uuid.UUID(text)
    except ValueError:
        return None
    return files.loose(request.user.pk).filter(public_id=wanted).first()


def refused(form: Any, answers: AnswersForm, refusal: DomainError) -> None:
    """Put a service's refusal at the question it names, else on the ticket's form."""
    (answers if refusal.field in answers.fields else form).refuse(refusal)


def context_of(answers: AnswersForm) -> dict[str, Any]:
    """What the template of the questions takes."""
    kept = {pk: shown_file(stored) for pk, stored in answers.held.items()}
    for one in answers.questions:
        one.kept = kept.get(one.pk)  # type: ignore[attr-defined]
    return {"answers": answers}
