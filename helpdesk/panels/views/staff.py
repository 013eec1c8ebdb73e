"""Staff: the list, and one person with their seats, days away and leaving (H8, H23, S19, S22, S27)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import signing
from accounts.gates import for_owner
from accounts.models import User
from accounts.roles import Role
from accounts.services import people
from accounts.views.me import signature_sample
from departments import services
from tickets.services import leaving
from tickets.services import people as with_tickets
from web.paging import PARAMETER, page

from .. import lists, queries, vacations
from ..forms.departments import PlaceForm
from ..forms.people import LeavingForm, NewPlaceForm, ProfileForm, StaffFilterForm, StaffForm
from . import vacations as days_away
from .answers import back, carried_out, notice, one, posted_id, posted_uuid, refusal_of, with_forms


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def staff(request: HttpRequest) -> HttpResponse:
    """Our side by name, narrowed by the address; a new colleague; switching one off or on."""
    act = request.POST.get("act", "create")
    if request.method == "POST" and act in ("off", "on"):
        return _switched_here(request, one(lists.staff(), public_id=posted_uuid(request, "person")))
    form = _new(request, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _list(request, form)
    if carried_out(form, lambda data: services.create_staff(actor=request.user, **data)):
        return back("manage_staff", done="staff-created")
    return _list(request, form, status=422)


def _switched_here(request: HttpRequest, person: User) -> HttpResponse:
    """From the list: at once, but who would leave something behind is asked about on their own page."""
    off = request.POST["act"] == "off" and person.is_active and person.pk != request.user.pk
    if off and leaving.burden_of(person):
        return back("manage_person", person.public_id, done="leaves-behind", fragment="access")
    if refused := refusal_of(lambda: _switched(request, person)):
        return _list(request, _new(request), status=refused.status, refused=refused.message)
    return back("manage_staff", done=f"person-{request.POST['act']}", keep=request)


def _switched(request: HttpRequest, person: User) -> None:
    if request.POST["act"] == "on":
        people.switch_on(person, actor=request.user)
    else:
        leaving.leave_staff(person, actor=request.user, heirs={})


def _new(request: HttpRequest, data: Any = None) -> StaffForm:
    return StaffForm(data, departments=lists.open_departments(), grants=lists.grants_of(request.user))


def _list(request: HttpRequest, form: StaffForm, *, status: int = 200, **given: Any) -> HttpResponse:
    narrowed = StaffFilterForm(
        request.GET, departments=lists.open_departments(), groups=lists.groups(), levels=form.levels
    )
    asked = {name: value for name, value in narrowed.asked.items() if value}
    found = page(lists.staff(**asked), keys=lists.BY_NAME, cursor=request.GET.get(PARAMETER))
    lists.seat_words(found.rows)
    lists.group_words(found.rows)
    context = {
        "page": found,
        "filters": narrowed,
        "filtered": bool(asked.keys() - {"q"}),
        # What the search box hands on, so that a search stays within the filters.
        "kept": [(name, request.GET[name]) for name in asked.keys() - {"q"}],
        "query": asked.get("q", ""),
        "form": form,
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/staff.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One colleague: name, seats, days away, role, access."""
    row = one(lists.staff(), public_id=public_id)
    if request.method != "POST":
        return _page(request, row)
    act = ACTS.get(request.POST.get("act", ""), _change)
    return act(request, row)


def _page(request: HttpRequest, row: User, *, status: int = 200, **given: Any) -> HttpResponse:
    held, grants = {"view": "open", "assignee": row.pk}, lists.grants_of(request.user)
    lists.group_words([row])
    context = {
        "person": row,
        "form": ProfileForm.of(row),
        **signing.shown(row, row.signature),
        "places": with_forms(lists.places_of(row), given.pop("wrong_seat", {}), grants=grants),
        "place_form": NewPlaceForm(departments=lists.departments_for(row), grants=grants),
        "held": queries.number(request.user, **held),
        "held_url": queries.listing_url(**held),
        **_days_away(request, row, given),
        "leaving_form": given.pop("leaving_form", None) or _leaving_form(request, row),
        "notice": notice(request),
        **given,
    }
    return render(request, "manage/person.html", context, status=status)


def _days_away(request: HttpRequest, row: User, given: dict[str, Any]) -> dict[str, Any]:
    """The sheet of vacations, with the form of it that was refused."""
    opened, wrong = request.GET.get("vacation", ""), given.pop("wrong_vacation", None)
    return vacations.sheet(row, opened=opened, wrong=wrong, form=given.pop("vacation_form", None))


def _leaving_form(request: HttpRequest, row: User, data: Any = None) -> LeavingForm | None:
    """Who takes what they would leave behind; None where there is nothing, they are off already, or it is oneself."""
    leaves = row.is_active and row.pk != request.user.pk
    burdens = leaving.burden_of(row) if leaves else []
    others = lists.colleagues(but=row) if any(burden.manages for burden in burdens) else []
    return LeavingForm(data, burdens=burdens, people=others) if burdens else None


def _change(request: HttpRequest, row: User) -> HttpResponse:
    form = ProfileForm(request.POST)
    if "preview" in request.POST:
        shown = signing.shown(row, request.POST.get("signature", ""))
        return signature_sample(request, row) or _page(request, row, form=form, **shown)
    if carried_out(form, lambda data: people.change_profile(row, actor=request.user, **data)):
        return back("manage_person", row.public_id, done="saved")
    # The page's heading keeps the stored name, whatever the refused form holds.
    return _page(request, one(lists.staff(), pk=row.pk), status=422, form=form)


def _off(request: HttpRequest, row: User) -> HttpResponse:
    """Close the door; what is theirs goes first where the form says (S22)."""
    form = _leaving_form(request, row, request.POST)
    if form is None:
        if refused := refusal_of(lambda: _switched(request, row)):
            return _page(request, row, status=refused.status, refused=refused.message)
        return back("manage_person", row.public_id, done="person-off")
    if carried_out(form, lambda data: leaving.leave_staff(row, actor=request.user, **data)):
        return back("manage_person", row.public_id, done="left")
    return _page(request, one(lists.staff(), pk=row.pk), status=422, leaving_form=form)


def _on(request: HttpRequest, row: User) -> HttpResponse:
    people.switch_on(row, actor=request.user)
    return back("manage_person", row.public_id, done="person-on")


def _role(request: HttpRequest, row: User) -> HttpResponse:
    role = Role.OWNER if request.POST.get("act") == "owner" else Role.STAFF
    if refused := refusal_of(lambda: people.change_role(row, actor=request.user, role=role)):
        return _page(request, row, status=refused.status, refused=refused.message)
    # Who has just unmade themself has this page no longer.
    if row.pk == request.user.pk and role == Role.STAFF:
        return back("desk", done="")
    return back("manage_person", row.public_id, done="saved")


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


def _away(act: Callable[..., HttpResponse]) -> Callable[[HttpRequest, User], HttpResponse]:
    """An act on days away, on this page."""
    return lambda request, row: act(request, row, _page, ("manage_person", row.public_id))


ACTS = {
    "change": _change,
    "off": _off,
    "on": _on,
    "owner": _role,
    "staff": _role,
    "seat": _seat,
    "seat_change": _place,
    "unseat": _unseat,
    "vacation": _away(days_away.plan),
    "vacation_change": _away(days_away.change),
    "stay": _away(days_away.stay),
}
