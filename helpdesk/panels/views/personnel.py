"""A customer's own people: by section, added by number alone, moved, switched off (H21, S22).

The main contact keeps the whole company, the manager of a section that section; level 2 has no such page.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import queries as kept
from accounts.access import may_move, may_name_sections, may_switch
from accounts.gates import for_personnel
from accounts.models import Section, User
from accounts.roles import Level
from accounts.services import companies, people, personnel
from departments import services
from persian.clean import one_line
from web import throttle
from web.errors import TooMany
from web.paging import PARAMETER, page

from .. import lists
from ..forms.personnel import MemberForm, MoveForm, PersonnelForm, SectionForm
from .answers import back, carried_out, notice, one, refusal_of

# Refused numbers an hour and company: a form that says "this number is taken" must not be asked about everybody.
REFUSED, HOUR = 30, 3600


@require_http_methods(["GET", "HEAD"])
@for_personnel
def people_page(request: HttpRequest) -> HttpResponse:
    """The people this person keeps, section by section."""
    return _page(request)


@require_POST
@for_personnel
def add(request: HttpRequest) -> HttpResponse:
    """A new person; the number is enough (H23)."""
    window = f"personnel {request.user.customer_id}"
    if throttle.count(window, seconds=HOUR) >= REFUSED:
        raise TooMany(retry_after=throttle.wait(HOUR))
    sections = lists.sections_kept(request.user)
    form = _new(request.user, sections, request.POST)
    if carried_out(form, lambda data: _added(request.user, data)):
        return _back(request, done="person")
    if "mobile" in form.errors:
        throttle.hit(window, seconds=HOUR)
    return _page(request, status=422, sections=sections, form=form)


def _new(user: User, sections: list[Section], data: Any = None) -> MemberForm:
    if may_name_sections(user, user.customer):  # type: ignore[arg-type]  # a customer's person has a company
        return PersonnelForm(data, sections=sections)
    return MemberForm(data)


def _added(user: User, data: dict[str, Any]) -> User:
    place: dict[str, Any] = {"level": Level.SECTION_MEMBER, "section": user.section}
    return services.add_customer_person(actor=user, customer=user.customer, **{**place, **data})  # type: ignore[arg-type]


@require_POST
@for_personnel
def move(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Another section or level for one of them."""
    person = one(kept.personnel_of(request.user).select_related("section"), public_id=public_id)
    sections = lists.sections_kept(request.user)
    form = MoveForm.of(person, sections=sections, data=request.POST)
    if carried_out(form, lambda data: personnel.move_person(person, actor=request.user, **data)):
        return _back(request, done="person-moved")
    return _page(request, status=422, sections=sections, wrong={person.pk: form})


@require_POST
@for_personnel
def off(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse one of them from now on; their sessions end at once (S22)."""
    person = one(kept.personnel_of(request.user).select_related("customer", "section"), public_id=public_id)
    if refused := refusal_of(lambda: people.switch_off(person, actor=request.user)):
        return _page(request, status=refused.status, refused=refused.message)
    return _back(request, done="person-off")


@require_POST
@for_personnel
def on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let one of them in again."""
    person = one(kept.personnel_of(request.user).select_related("customer", "section"), public_id=public_id)
    people.switch_on(person, actor=request.user)
    return _back(request, done="person-on")


@require_POST
@for_personnel
def section_add(request: HttpRequest) -> HttpResponse:
    """A new section of the company."""
    form, customer = SectionForm(request.POST), request.user.customer
    if carried_out(
        form, lambda data: companies.create_section(actor=request.user, customer=customer, **data)
    ):
        return _back(request, done="section")
    return _page(request, status=422, section_form=form)


@require_POST
@for_personnel
def section_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name for one of the company's sections."""
    section = one(kept.sections_of(request.user).select_related("customer"), pk=pk)
    form = SectionForm.of(section, data=request.POST)
    if carried_out(form, lambda data: companies.rename_section(section, actor=request.user, **data)):
        return _back(request, done="section-renamed")
    return _page(request, status=422, wrong_section={pk: form})


def _page(request: HttpRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    """The page; ``given`` holds the one form that was refused, or ``refused`` for a button."""
    user, query = request.user, one_line(request.GET.get("q", ""))[:200]
    sections = given.pop("sections", None) or lists.sections_kept(user)
    found = page(
        lists.personnel(user, sections, query), keys=lists.BY_PLACE, cursor=request.GET.get(PARAMETER)
    )
    _with_acts(user, found.rows, sections, given.pop("wrong", {}))
    wrong = given.pop("wrong_section", {})
    for section in sections:
        section.form = wrong.get(section.pk) or SectionForm.of(section)  # type: ignore[attr-defined]
    context = {
        "page": found,
        "query": query,
        "sections": sections,
        "keeps_company": may_name_sections(user, user.customer),
        "form": _new(user, sections),
        "section_form": SectionForm(),
        "notice": notice(request),
        **given,
    }
    return render(request, "portal/people.html", context, status=status)


def _with_acts(user: User, rows: list[User], sections: list[Section], wrong: dict[int, MoveForm]) -> None:
    """Give each person ``form`` where they may be moved and ``may_switch``: by the rules the verbs ask."""
    for person in rows:
        person.customer = user.customer
        person.may_switch = may_switch(user, person)  # type: ignore[attr-defined]
        form = wrong.get(person.pk) or MoveForm.of(person, sections=sections)
        person.form = form if may_move(user, person) else None  # type: ignore[attr-defined]


def _back(request: HttpRequest, *, done: str) -> HttpResponse:
    """To the same page of the same search, saying what was done."""
    return back("personnel", done=done, keep=request)
