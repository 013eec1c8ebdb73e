"""«اطلاعات تکمیلی» of a ticket on the desk: the page that changes the answers to its department's questions (S31)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_staff
from departments.models import FieldKind
from departments.questions import asked
from tenants.models import StoredFile
from tenants.scope import request_scope
from tenants.shapes import transfer
from web.errors import DomainError

from .. import access, answers, services
from ..answer_forms import AnswersForm
from ..models import FieldAnswer, Ticket
from .answering import context_of, take_files
from .notices import back
from .shown import shown_file
from .uploads import forget_unbound


@transfer
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def desk_ticket_fields(request: HttpRequest, number: int) -> HttpResponse:
    """The questions with what was answered; sent, the answers are changed."""
    with request_scope(request):
        ticket = access.fetch(request.user, number)
        access.require("fill", request.user, ticket)
        there = {one.field_id: one for one in answers.read(ticket, request.user)}
        form = _form(request, ticket, there)
    seen = _seen(request, form, there)
    if request.method != "POST":
        return _page(request, ticket, form, there, seen)
    held = {pk: one.file for pk, one in there.items() if one.file}
    take_files(request, form, there=held)
    if form.is_valid():
        try:
            with request_scope(request):
                services.fill(ticket, actor=request.user, answers=_given(request, form), shown=seen)
        except DomainError as refusal:
            form.refuse(refusal)
            seen |= getattr(refusal, "stored", {})  # told of, so seen
        else:
            forget_unbound(request, list(form.held.values()))
            return back(ticket, "desk_ticket", "changed")
    return _page(request, ticket, form, there, seen)


def _form(request: HttpRequest, ticket: Ticket, there: dict[int, FieldAnswer]) -> AnswersForm:
    questions = asked(ticket.department_id, ticket.topic, by_staff=True)
    before = {pk: answers.value_of(one) for pk, one in there.items()}
    data = request.POST if request.method == "POST" else None
    return AnswersForm(data, questions=questions, before=before)


def _given(request: HttpRequest, form: AnswersForm) -> dict[int, Any]:
    """What the form changes: a file that was not sent stays, unless it is to go."""
    given = form.answers() or {}
    for one in form.questions:
        dropped = f"drop_{answers.name_of(one)}" in request.POST and not one.is_required
        if one.kind == FieldKind.FILE and given[one.pk] is None and not dropped:
            del given[one.pk]
    return given


def _seen(request: HttpRequest, form: AnswersForm, there: dict[int, FieldAnswer]) -> dict[int, str]:
    """Digests of the answers as this person has seen them: those shown now, or what the form says it had shown."""
    if request.method != "POST":
        stored = {pk: answers.value_of(one) for pk, one in there.items()}
        return {one.pk: answers.digest(stored.get(one.pk)) for one in form.questions}
    names = {one.pk: f"was_{answers.name_of(one)}" for one in form.questions}
    return {pk: request.POST[name] for pk, name in names.items() if name in request.POST}


def _page(
    request: HttpRequest,
    ticket: Ticket,
    form: AnswersForm,
    there: dict[int, FieldAnswer],
    seen: dict[int, str],
) -> HttpResponse:
    for one in form.questions:
        answer = there.get(one.pk)
        stored: StoredFile | None = answer.file if answer else None
        one.there = shown_file(stored) if stored else None  # type: ignore[attr-defined]
        one.was = seen.get(one.pk)  # type: ignore[attr-defined]
    with request_scope(request):
        context = {"ticket": ticket, **context_of(form)}
        status = 422 if request.method == "POST" else 200
        return render(request, "tickets/fields.html", context, status=status)
