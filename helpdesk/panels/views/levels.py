"""Access levels: the list, and one with its rights and who has it (S19)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from accounts.models import AccessLevel
from departments.services import levels as services

from .. import lists
from ..forms.levels import LevelForm
from .answers import back, carried_out, notice, one, refusal_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def levels(request: HttpRequest) -> HttpResponse:
    """Every level with what it allows; a new one."""
    form = LevelForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and carried_out(
        form, lambda data: services.create_level(actor=request.user, **data)
    ):
        return back("manage_level", form.result.pk, done="level")
    context = {"levels": lists.levels(), "form": form, "notice": notice(request)}
    return render(request, "manage/levels.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """One level; ``act`` is change or delete."""
    row = one(AccessLevel.objects.all(), pk=pk)
    if request.method == "POST" and request.POST.get("act") == "delete":
        refused = refusal_of(lambda: services.delete_level(row, actor=request.user))
        if refused is None:
            return back("manage_levels", done="level-gone")
        return _page(request, row, LevelForm.of(row), status=refused.status, refused=refused.message)
    form = LevelForm.of(row, request.POST if request.method == "POST" else None)
    if request.method == "POST" and carried_out(
        form, lambda data: services.change_level(row, actor=request.user, **data)
    ):
        return back("manage_level", row.pk, done="saved")
    return _page(request, row, form, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, row: AccessLevel, form: LevelForm, *, status: int = 200, **given: str
) -> HttpResponse:
    holders = lists.holders_of(row)
    context = {
        "level": row,
        "form": form,
        "holders": holders[: lists.SHOWN_HOLDERS],
        "more": max(0, len(holders) - lists.SHOWN_HOLDERS),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/level.html", context, status=status)
