"""Canned answers in the composer (S28): the search, one filled for its ticket, and the way without a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.html import escape
from django.views.decorators.http import require_POST, require_safe

from accounts.gates import for_staff
from accounts.models import User
from departments import ready
from departments.models import CannedResponse
from departments.services import canned
from web.errors import NotFound
from web.numbers import whole
from web.variables import Lookup

from .. import access, offers, variables
from ..forms import ComposerForm
from ..models import Ticket
from ..states import Channel

Form = TypeVar("Form", bound=ComposerForm)
SHOWN = 20
SAMPLE = 600  # characters of a text the search shows
ABSENT = "این پاسخ آماده پیدا نشد. شاید برداشته شده است."


@dataclass(frozen=True)
class Line:
    """A canned answer as the search shows it: whose it is in a word, and its text as it would come."""

    pk: int
    name: str
    scope: str
    text: str


@require_safe
@for_staff
def canned_offer(request: HttpRequest) -> HttpResponse:
    """What this person may use on ``?ticket=`` (or in a ticket for ``?person=``), narrowed by ``?q=``."""
    rows, values = _usable(request)
    found = ready.matching(rows, request.GET.get("q", ""))
    return render(request, "tickets/_canned_options.html", {"lines": _lines(found, values)})


@require_safe
@for_staff
def canned_filled(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them with its names replaced: ``{"text": …, "html": …}``, html "" where it was written plainly."""
    rows, values = _usable(request)
    text, html = variables.filled(_one(rows, pk), values)
    response = JsonResponse({"text": text, "html": html})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@for_staff
def canned_used(request: HttpRequest, pk: int) -> HttpResponse:
    """It was put into an answer: what is used most is offered first."""
    rows, _values = _usable(request)
    canned.count_use(_one(rows, pk))
    return HttpResponse(status=204)


def ready_words(user: User, ticket: Ticket) -> dict[str, str]:
    """For the composer of a ticket's page: where its search looks, and the signature as it would stand under an answer
    (among ourselves nobody signs).
    """
    signs = ticket.channel != Channel.INTERNAL
    return {
        "canned_place": f"ticket={ticket.number}",
        "signature": variables.signature(user, ticket) if signs else "",
    }


def inserted(request: HttpRequest, ticket: Ticket, form: type[Form]) -> tuple[Form, list[Line] | None]:
    """Without a script: the button «پاسخ آماده» of a composer (``insert=list``) asks for the list, one of the list
    (``insert=<id>``) puts its text at the end of what was typed. The form as it is to be shown again, with the list.
    """
    user: Any = request.user
    rows, values = ready.usable(user, ticket.department_id), variables.lookup(user, ticket=ticket)
    data, asked = request.POST.copy(), request.POST["insert"]
    if asked == "list":
        return form(data).unjudged(), _lines(rows, values)
    row = _one(rows, whole(asked))
    _append(data, *variables.filled(row, values))
    canned.count_use(row)
    return form(data).unjudged(), None


def _append(data: Any, text: str, html: str) -> None:
    """The text after what was typed; with form only where what was typed had some."""
    typed, formed = data.get("body", "").rstrip(), data.get("html", "").strip()
    data["body"] = f"{typed}\n\n{text}" if typed else text
    if formed:
        data["html"] = formed + (html or "".join(f"<p>{escape(line)}</p>" for line in text.split("\n")))


def _usable(request: HttpRequest) -> tuple[Any, Lookup]:
    """The answers and the values of the place the address names. Raises NotFound for one this person does not see."""
    user: Any = request.user
    if named := request.GET.get("ticket", ""):
        ticket = access.fetch(user, whole(named))
        return ready.usable(user, ticket.department_id), variables.lookup(user, ticket=ticket)
    return ready.usable(user, None), variables.lookup(user, person=_person(request.GET.get("person", "")))


def _person(named: str) -> User | None:
    if not named:
        return None
    try:
        person = offers.person_to_write_to(UUID(named))
    except ValueError:
        person = None
    if person is None:
        raise NotFound()
    return person


def _lines(rows: Any, values: Lookup) -> list[Line]:
    """The most used first, each with its text as it would come."""
    found = rows.select_related("department").order_by("-used", "position", "pk")[:SHOWN]
    return [
        Line(row.pk, row.name, scope_word(row), variables.filled(row, values)[0][:SAMPLE]) for row in found
    ]


def scope_word(row: CannedResponse) -> str:
    """Whose it is."""
    if row.user_id is not None:
        return "خودم"
    return row.department.name if row.department else "همه"


def _one(rows: Any, pk: int) -> CannedResponse:
    found: CannedResponse | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(ABSENT)
    return found
