"""The questions of a department: the list in their order, and one of them (S31)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_right
from accounts.roles import Right
from departments.models import Department, ExtraField, Topic
from departments.questions import all_of, topics_of
from departments.services import fields as services
from web.answers import toast
from web.errors import NotFound

from .. import lists
from ..forms.extra_fields import KINDS, FieldForm, NewFieldForm, RetypeForm
from .answers import DONE, back, carried_out, notice, one, posted_id, posted_ids, refusal_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.STAFF)
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions in their order; ``act`` is create, move or order."""
    row = one(lists.arranged_by(request.user), pk=pk)
    if request.method != "POST":
        return _list(request, row)
    act = request.POST.get("act")
    if act == "order":
        services.order_fields(actor=request.user, department=row, order=posted_ids(request, "order"))
        if request.htmx:
            return toast(HttpResponse(status=204), DONE["moved"])
        return back("manage_fields", row.pk, done="moved")
    if act == "move":
        return _move(request, row)
    form = NewFieldForm(request.POST, topics=_topics(row))
    if carried_out(form, lambda data: services.create_field(actor=request.user, department=row, **data)):
        return back("manage_fields", row.pk, done="field")
    return _list(request, row, status=422, form=form)


def _move(request: HttpRequest, row: Department) -> HttpResponse:
    """One place up or down, for who has no scripts."""
    found = _field(row, posted_id(request, "field"))
    services.move_field(found, actor=request.user, to="up" if request.POST.get("to") == "up" else "down")
    return back("manage_fields", row.pk, done="moved")


def _list(request: HttpRequest, row: Department, *, status: int = 200, **given: Any) -> HttpResponse:
    topics = _topics(row)
    names = {one.pk: one.path for one in topics}
    rows = all_of(row.pk)
    for field in rows:
        field.words = _words(field, names)  # type: ignore[attr-defined]
    context = {
        "department": row,
        "fields": [field for field in rows if field.is_active],
        "retired": [field for field in rows if not field.is_active],
        "form": NewFieldForm(topics=topics),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/fields.html", context, status=status)


def _words(field: ExtraField, topics: dict[int, str]) -> str:
    """What a line says of a question besides its title."""
    words = [KINDS[field.kind].split("،")[0]]  # type: ignore[index]
    words += ["لازم"] if field.is_required else []
    named = [name for pk, name in topics.items() if pk in topics_of(field)]
    if topics_of(field):
        words.append("فقط در " + "، ".join(named or ["گروه‌های خاموش"]))
    return "، ".join(words)


def _field(row: Department, pk: int) -> ExtraField:
    """A question of this department, retired ones too. Raises NotFound."""
    found = next((one for one in all_of(row.pk) if one.pk == pk), None)
    if found is None:
        raise NotFound()
    return found


def _topics(row: Department) -> list[Topic]:
    return lists.topics_in_order(row)


@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.STAFF)
def field(request: HttpRequest, pk: int, field_pk: int) -> HttpResponse:
    """One question; ``act`` is change, retype, retire or back."""
    row = one(lists.arranged_by(request.user), pk=pk)
    found = _field(row, field_pk)
    if request.method != "POST":
        return _page(request, row, found)
    return ACTS.get(request.POST.get("act", ""), _change)(request, row, found)


def _page(
    request: HttpRequest, row: Department, found: ExtraField, *, status: int = 200, **given: Any
) -> HttpResponse:
    context = {
        "department": row,
        "field": found,
        "kind_word": KINDS[found.kind],  # type: ignore[index]
        "form": FieldForm.of(found, topics=_topics(row)),
        "retype_form": RetypeForm(field=found),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/field.html", context, status=status)


def _change(request: HttpRequest, row: Department, found: ExtraField) -> HttpResponse:
    form = FieldForm.of(found, topics=_topics(row), data=request.POST)
    if carried_out(form, lambda data: services.change_field(found, actor=request.user, **data)):
        return back("manage_field", row.pk, form.result.pk, done="saved")
    return _page(request, row, found, status=422, form=form)


def _retype(request: HttpRequest, row: Department, found: ExtraField) -> HttpResponse:
    form = RetypeForm(request.POST, field=found)
    if carried_out(form, lambda data: services.retype_field(found, actor=request.user, **data)):
        return back("manage_field", row.pk, form.result.pk, done="field-retyped")
    return _page(request, row, found, status=422, retype_form=form)


def _retire(request: HttpRequest, row: Department, found: ExtraField) -> HttpResponse:
    services.retire_field(found, actor=request.user)
    return back("manage_fields", row.pk, done="field-retired")


def _back(request: HttpRequest, row: Department, found: ExtraField) -> HttpResponse:
    if refused := refusal_of(lambda: services.bring_back(found, actor=request.user)):
        return _page(request, row, found, status=refused.status, refused=refused.message)
    return back("manage_fields", row.pk, done="field-back")


ACTS = {"change": _change, "retype": _retype, "retire": _retire, "back": _back}
