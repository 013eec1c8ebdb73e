"""A new ticket: the customer's own, and one our side opens to a customer's person (H5, H9, H17, S4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.gates import for_customers, for_right
from accounts.models import User
from accounts.roles import Right
from accounts.services import contracts
from tenants.models import StoredFile
from tenants.scope import request_scope
from tenants.shapes import transfer
from web.errors import DomainError, NotFound
from web.numbers import whole

from .. import access, offers, services, writing
from ..answer_forms import AnswersForm
from ..models import Draft, Ticket
from ..opening_forms import DeskTicketForm, InternalTicketForm, NewTicketForm
from .addresses import Address
from .answering import context_of, first_answers, receive_answers, refused
from .drafts import forget_shown
from .lapsed import keeps_typed
from .notices import back
from .shown import shown_file
from .uploads import forget_unbound, receive

LOST = "تیکتی که دربارهٔ آن می‌نوشتید دیگر پیش شما نیست. نوشته‌تان سر جایش است؛ دوباره بفرستید تا بی پیوند با آن ثبت شود."
ABSENT = "این شخص پیدا نشد. از فهرست مشتریان انتخابش کنید."


def _desk_place(request: HttpRequest) -> str:
    return f"new-desk-{request.GET.get('person', '')}"


def _internal_place(request: HttpRequest) -> str:
    about = whole(request.GET.get("about", ""))
    return f"new-internal-{about}" if about else "new-internal"


@transfer
@keeps_typed("new-portal")
@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def portal_new(request: HttpRequest) -> HttpResponse:
    """The customer's form; with an exclusive link department and person are shown locked (H9)."""
    offer = offers.Offer(request.user, request.user)
    if request.method != "POST":
        begun = _begun(request, "new-portal", sms=request.user.wants_sms)
        form = NewTicketForm(offer=offer, initial=begun.initial)
        return _page(request, "portal/new.html", form, begun.files, draft=begun.draft, aside=begun.aside)
    form = NewTicketForm(request.POST, offer=offer)
    files, answers = receive(request, form), receive_answers(request, form)
    opened = _open(request, form, files, answers, place="new-portal")
    if opened is not None:
        return back(opened.ticket, "portal_ticket", "opened")
    return _page(request, "portal/new.html", form, files, answers)


@transfer
@keeps_typed(_desk_place)
@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.OPEN)
def desk_new(request: HttpRequest) -> HttpResponse:
    """Our side opens a ticket: first the person (``?person=``, found by ``?q=``), then the form."""
    with request_scope(request):
        person = _person(request)
        if person is None:
            return _choose(request)
    offer = offers.Offer(request.user, person)
    if request.method != "POST":
        begun = _begun(request, writing.desk_place(person), sms=False)
        form = DeskTicketForm(offer=offer, initial=begun.initial)
        more = {"person": person, "draft": begun.draft, "aside": begun.aside}
        return _page(request, "tickets/new.html", form, begun.files, **more)
    form = DeskTicketForm(request.POST, offer=offer)
    files, answers = receive(request, form), receive_answers(request, form)
    opened = _open(request, form, files, answers, place=writing.desk_place(person), requester=person)
    if opened is not None:
        return back(opened.ticket, "desk_ticket", "opened")
    return _page(request, "tickets/new.html", form, files, answers, person=person)


@transfer
@keeps_typed(_internal_place)
@require_http_methods(["GET", "HEAD", "POST"])
@for_right(Right.OPEN)
def desk_new_internal(request: HttpRequest) -> HttpResponse:
    """A ticket among ourselves, about a customer's ticket when the address names one this person sees (S11). Of one
    that has left their sight while they wrote, the words stay, to be sent without it.
    """
    with request_scope(request):
        about, lost = _about(request)
        sources = offers.own_departments(request.user)
    offer = offers.Offer(request.user, request.user)
    if request.method != "POST":
        begun = _begun(request, writing.internal_place(about), sms=False)
        form = InternalTicketForm(offer=offer, sources=sources, initial=begun.initial)
        return _internal_page(request, form, begun.files, about=about, draft=begun.draft, aside=begun.aside)
    form = InternalTicketForm(request.POST, offer=offer, sources=sources)
    if lost:
        form.add_error(None, LOST)
    files, answers = receive(request, form), receive_answers(request, form)
    place = writing.internal_place(about)
    opened = _open(request, form, files, answers, place=place, verb=services.open_internal, about=about)
    if opened is not None:
        return back(opened.ticket, "desk_ticket", "opened")
    return _internal_page(request, form, files, answers, about=about, status=lost)


def _internal_page(
    request: HttpRequest,
    form: InternalTicketForm,
    files: Sequence[StoredFile] = (),
    answers: AnswersForm | None = None,
    *,
    about: Ticket | None,
    draft: Draft | None = None,
    aside: str = "",
    status: int | None = None,
) -> HttpResponse:
    """The form of an internal ticket, empty or refused."""
    with request_scope(request):
        context = {"form": form, "about": about, "kept": [shown_file(stored) for stored in files]}
        context |= {"draft": draft, "aside": aside, "writer": writing.writer(request.user)}
        context["place"] = writing.internal_place(about)
        context |= context_of(answers or first_answers(request, form, draft))
        context["questions_url"] = reverse("desk_new_fields")
        usual = 422 if form.is_bound else 200
        return render(request, "tickets/new_internal.html", context, status=status or usual)


def _about(request: HttpRequest) -> tuple[Ticket | None, int | None]:
    """The ticket of ``?about=``, None when none is named; and the status of a form whose ticket has left its writer's
    sight meanwhile. Raises NotFound for a page about one this person does not see.
    """
    named = request.GET.get("about", "")
    try:
        return (access.fetch(request.user, whole(named)) if named else None), None
    except NotFound as absent:
        if request.method != "POST":
            raise
        return None, absent.status


def _page(
    request: HttpRequest,
    template: str,
    form: NewTicketForm,
    files: Sequence[StoredFile] = (),
    answers: AnswersForm | None = None,
    **more: Any,
) -> HttpResponse:
    """The form, empty or refused, and how the contract stands; what has arrived of a refused one is listed."""
    with request_scope(request):
        person = more.get("person") or request.user
        meter = contracts.state(person.customer, person=person)
        # The search of ready answers is our side's alone (tickets.views.canned).
        if request.user.is_staff_member:
            more["person_id"] = str(person.public_id)
            more["place"] = writing.desk_place(person)
        context = {"form": form, "kept": [shown_file(stored) for stored in files], "meter": meter, **more}
        context |= context_of(answers or first_answers(request, form, more.get("draft")))
        context["writer"] = writing.writer(request.user)
        context["questions_url"] = reverse("desk_new_fields" if "person" in more else "portal_new_fields")
        return render(request, template, context, status=422 if form.is_bound else 200)


def _choose(request: HttpRequest) -> HttpResponse:
    """The first step: whom it is for."""
    address = Address(request, ("q",))
    people = offers.people_to_write_to(address.get("q"))
    context = {"people": people, "people_query": address.get("q"), "more": len(people) >= offers.PEOPLE}
    return render(request, "tickets/new_person.html", context)


def _person(request: HttpRequest) -> User | None:
    """The person named by the address, None when none is named. Raises NotFound for one who is not there."""
    named = request.GET.get("person", "")
    if not named:
        return None
    try:
        person = offers.person_to_write_to(UUID(named))
    except ValueError:
        person = None
    if person is None:
        raise NotFound(ABSENT)
    return person


@dataclass(frozen=True)
class Begun:
    """What a new ticket's form begins with; ``aside`` leads to a draft that is about something else."""

    initial: dict[str, object]
    draft: Draft | None = None
    files: Sequence[StoredFile] = ()
    aside: str = ""


def _begun(request: HttpRequest, place: str, *, sms: bool) -> Begun:
    """What this person has begun to write here (B8), else what the address fills in beforehand: a department, a
    subject. Where the address wishes something else than the draft holds, the draft is offered.
    """
    wished = {
        name: value for name, value in Address(request, ("department", "subject")).values.items() if value
    }
    with request_scope(request):
        draft = writing.drafts_of(request.user, place).get(place)
        begun = writing.typed(draft)
        if draft is not None and any(begun.get(name) != value for name, value in wished.items()):
            query = request.GET.copy()
            for name in wished:
                del query[name]
            return Begun({**wished, "wants_sms": sms}, aside=f"{request.path}?{query.urlencode()}")
        return Begun({**wished, "wants_sms": sms} | begun, draft, writing.kept_files(draft))


def _open(
    request: HttpRequest,
    form: NewTicketForm,
    files: Sequence[StoredFile],
    answers: AnswersForm,
    *,
    place: str,
    verb: Callable[..., services.Opened] = services.open_ticket,
    **more: Any,
) -> services.Opened | None:
    """Open the ticket of a valid form; None when it is refused, with the reason on the form."""
    if not (answers.is_valid() and form.is_valid()):
        return None
    try:
        with request_scope(request):
            opened = verb(actor=request.user, files=files, answers=answers.answers(), **form.wishes(), **more)
    except DomainError as refusal:
        refused(form, answers, refusal)
        return None
    forget_unbound(request, [*files, *answers.held.values()])
    forget_shown(request, place)
    return opened
