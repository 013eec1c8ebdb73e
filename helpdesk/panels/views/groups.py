"""Named groups of staff: the list, and one with its people (S19)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from departments.models import StaffGroup
from departments.services import groups as services
from web.paging import PARAMETER, page

from .. import lists, queries
from ..forms.groups import GroupForm, MemberForm
from .answers import back, carried_out, notice, one, posted_uuid


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def groups(request: HttpRequest) -> HttpResponse:
    """Every group; a new one."""
    form = GroupForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and carried_out(
        form, lambda data: services.create_group(actor=request.user, **data)
    ):
        return back("manage_group", form.result.pk, done="group")
    found = page(lists.groups(), keys=("name", "id"), cursor=request.GET.get(PARAMETER))
    context = {"page": found, "form": form, "notice": notice(request)}
    return render(request, "manage/groups.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """One group; ``act`` is change, join, part or delete."""
    row = one(StaffGroup.objects.all(), pk=pk)
    if request.method != "POST":
        return _page(request, row)
    return ACTS.get(request.POST.get("act", ""), _change)(request, row)


def _page(request: HttpRequest, row: StaffGroup, *, status: int = 200, **given: object) -> HttpResponse:
    found = page(lists.members_of(row), keys=lists.BY_NAME, cursor=request.GET.get(PARAMETER))
    lists.seat_words(found.rows)
    context = {
        "group": row,
        "form": GroupForm.of(row),
        "page": found,
        "member_form": MemberForm(people=lists.not_in(row)),
        "tickets": queries.number(request.user, view="open", group=row.pk),
        "tickets_url": queries.listing_url(view="open", group=row.pk),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/group.html", context, status=status)


def _change(request: HttpRequest, row: StaffGroup) -> HttpResponse:
    form = GroupForm.of(row, request.POST)
    if carried_out(form, lambda data: services.change_group(row, actor=request.user, **data)):
        return back("manage_group", row.pk, done="saved")
    return _page(request, row, status=422, form=form)


def _join(request: HttpRequest, row: StaffGroup) -> HttpResponse:
    form = MemberForm(request.POST, people=lists.not_in(row))
    if carried_out(form, lambda data: services.join(row, actor=request.user, **data)):
        return back("manage_group", row.pk, done="joined")
    return _page(request, row, status=422, member_form=form)


def _part(request: HttpRequest, row: StaffGroup) -> HttpResponse:
    person = one(lists.members_of(row), public_id=posted_uuid(request, "person"))
    services.part(row, actor=request.user, user=person)
    return back("manage_group", row.pk, done="parted")


def _delete(request: HttpRequest, row: StaffGroup) -> HttpResponse:
    services.delete_group(row, actor=request.user)
    return back("manage_groups", done="group-gone")


ACTS = {"change": _change, "join": _join, "part": _part, "delete": _delete}
