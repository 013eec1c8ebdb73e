"""Staff: the list, and one person with their seats (H8, H23, S22)."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from accounts.models import User
from accounts.services import people
from departments import services
from persian.clean import one_line
from tickets.services import people as with_tickets
from web.paging import PARAMETER, page

from .. import lists, queries
from ..forms.departments import PlaceForm
from ..forms.people import NewPlaceForm, ProfileForm, StaffForm
from .answers import back, carried_out, notice, one, posted_id, posted_uuid, refusal_of, with_forms


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def staff(request: HttpRequest) -> HttpResponse:
    """Our side by name; a new colleague; switching one off or on."""
    act = request.POST.get("act", "create")
    if request.method == "POST" and act in ("off", "on"):
        person = one(lists.staff(), public_id=posted_uuid(request, "person"))
        if refused := refusal_of(lambda: _switched(request, person)):
            return _list(request, _new(request), status=refused.status, refused=refused.message)
        return back("manage_staff", done=act)
    form = _new(request, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _list(request, form)
    if carried_out(form, lambda data: services.create_staff(actor=request.user, **data)):
        return back("manage_staff", done="staff-created")
    return _list(request, form, status=422)


def _new(request: HttpRequest, data: Any = None) -> StaffForm:
    return StaffForm(data, departments=lists.open_departments(), grants=lists.grants_of(request.user))


def _list(request: HttpRequest, form: StaffForm, *, status: int = 200, **given: Any) -> HttpResponse:
    query = one_line(request.GET.get("q", ""))[:200]
    found = page(lists.staff(query), keys=lists.BY_NAME, cursor=request.GET.get(PARAMETER))
    lists.seat_words(found.rows)
    context = {"page": found, "query": query, "form": form, "notice": notice(request), **given}
    return render(request, "manage/staff.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One colleague: name, seats, access."""
    row = one(lists.staff(), public_id=public_id)
    if request.method != "POST":
        return _page(request, row)
    act = ACTS.get(request.POST.get("act", ""), _change)
    return act(request, row)


def _page(request: HttpRequest, row: User, *, status: int = 200, **given: Any) -> HttpResponse:
    held, grants = {"view": "open", "assignee": row.pk}, lists.grants_of(request.user)
    context = {
        "person": row,
        "form": ProfileForm.of(row),
        "places": with_forms(lists.places_of(row), given.pop("wrong_seat", {}), grants=grants),
        "place_form": NewPlaceForm(departments=lists.departments_for(row), grants=grants),
        "held": queries.number(request.user, **held),
        "held_url": queries.listing_url(**held),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/person.html", context, status=status)


def _change(request: HttpRequest, row: User) -> HttpResponse:
    form = ProfileForm(request.POST)
    if carried_out(form, lambda data: people.change_profile(row, actor=request.user, **data)):
        return back("manage_person", row.public_id, done="saved")
    # The page's heading keeps the stored name, whatever the refused form holds.
    return _page(request, one(lists.staff(), pk=row.pk), status=422, form=form)


def _switch(request: HttpRequest, row: User) -> HttpResponse:
    if refused := refusal_of(lambda: _switched(request, row)):
        return _page(request, row, status=refused.status, refused=refused.message)
    return back("manage_person", row.public_id, done=request.POST["act"])


def _switched(request: HttpRequest, row: User) -> None:
    turn = people.switch_on if request.POST["act"] == "on" else people.switch_off
    turn(row, actor=request.user)


def _seat(request: HttpRequest, row: User) -> HttpResponse:
    form = NewPlaceForm(
        request.POST, departments=lists.departments_for(row), grants=lists.grants_of(request.user)
    )
    if carried_out(form, lambda data: services.seat(actor=request.user, user=row, **data)):
        return back("manage_person", row.public_id, done="seated")
    return _page(request, row, status=422, place_form=form)


def _place(request: HttpRequest, row: User) -> HttpResponse:
    seat = one(lists.places_of(row), pk=posted_id(request, "seat"))
    form = PlaceForm.of(seat, grants=lists.grants_of(request.user), data=request.POST)
    if carried_out(form, lambda data: services.change_seat(seat, actor=request.user, **data)):
        return back("manage_person", row.public_id, done="saved")
    return _page(request, row, status=422, wrong_seat={seat.pk: form})


def _unseat(request: HttpRequest, row: User) -> HttpResponse:
    place = one(lists.places_of(row), pk=posted_id(request, "seat"))
    if refused := refusal_of(lambda: with_tickets.leave_seat(place, actor=request.user)):
        return _page(request, row, status=refused.status, refused=refused.message)
    return back("manage_person", row.public_id, done="unseated")


ACTS = {
    "change": _change,
    "off": _switch,
    "on": _switch,
    "seat": _seat,
    "seat_change": _place,
    "unseat": _unseat,
}
