"""The queue: every ticket a member of staff may see, narrowed by the address (H2, H5)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import has_right
from accounts.gates import for_staff
from accounts.roles import Right
from departments.models import ExtraField, FieldKind
from departments.places import places_of, rights_of
from web.counting import bounded
from web.numbers import whole
from web.paging import page

from .. import choices, field_filters, queries
from ..clock import CLOSE
from ..states import Category, Channel, Origin, Priority
from .addresses import Address
from .notices import done

FILTERS = (
    "department",
    "assignee",
    "group",
    "category",
    "priority",
    "origin",
    "channel",
    "source",
    "colour",
    "topic",
    "customer",
)
KNOWN = ("view", "q", "sort", *FILTERS)
LABELS = {
    "q": "جست‌وجو",
    "department": "دپارتمان",
    "assignee": "مسئول",
    "group": "گروه",
    "category": "وضعیت",
    "priority": "اولویت",
    "origin": "آغازگر",
    "channel": "کانال",
    "source": "از دپارتمان",
    "colour": "مهلت",
    "topic": "گروه موضوعی",
    "customer": "شرکت",
}
COLOURS = (("green", "سر وقت"), ("yellow", "رو به پایان"), ("red", "دیر شد"), (CLOSE, "از زمان بستن گذشته"))
# Views that the sidebar does not name.
OTHERS = ("answered_today", "closed", "all")
SWITCH = ("open", "unanswered", "overdue", "mine", "unassigned", "closed", "all")


@require_safe
@for_staff
def desk_tickets(request: HttpRequest) -> HttpResponse:
    """One page of the queue. A search without a view looks in every ticket, closed ones too."""
    address, fields = asked_for(request)
    view = address.one_of("view", queries.VIEWS, usual="all" if address.get("q") else "open")
    sort = address.one_of("sort", queries.SORTS, usual="recent" if view == "closed" else "deadline")
    rows = queries.view_of(queries.queue(request.user), view, user=request.user)
    rows = queries.apply_filters(rows, address.values, fields=fields)
    found = page(rows, keys=queries.order_keys(sort), cursor=address.cursor, size=queries.PAGE)
    found.rows = queries.decorate(found.rows)
    context = {
        "heading": queries.VIEWS[view][0],
        "total": bounded(rows),
        "page": found,
        "queue_view": view,
        "query": address.get("q"),
        "may_assign": may_assign(request.user),
        "notice": done(request),
        **with_fields(_choices(address, request.user, view, sort), address, fields),
        "may_export": has_right(request.user, Right.EXPORT),
        "export_query": urlencode(address.values),
    }
    return render(request, "tickets/queue.html", context)


def asked_for(request: HttpRequest) -> tuple[Address, list[ExtraField]]:
    """The address with the extra fields of the department it names; read only where one is named (S31)."""
    department = whole(request.GET.get("department", ""))
    # Only a desk of one's own is on offer to narrow by (choices.filter_choices).
    mine = request.user.is_owner or department in places_of(request.user)
    fields = field_filters.filterable(department) if department >= 0 and mine else []
    names = [name for field in fields for name in field_filters.names(field)]
    return Address(request, (*KNOWN, *names)), fields


def with_fields(context: dict[str, Any], address: Address, fields: list[ExtraField]) -> dict[str, Any]:
    """Add what the extra fields offer: chips in force, menus, and forms of what is typed."""
    mine = [(field, name) for field in fields for name in field_filters.names(field)]
    chips = [
        {
            "label": field_filters.label(field, name),
            "value": field_filters.word(field, address.get(name)),
            "is_code": field.kind in field_filters.CODES,
            "remove_url": address.without([name]),
        }
        for field, name in mine
        if address.get(name) and field_filters.word(field, address.get(name))
    ]
    menus = [
        {
            "label": field.label,
            "options": [{"word": word, "url": address.link(**{name: key})} for key, word in options],
        }
        for field, name in mine
        if (options := field_filters.options(field)) and not address.get(name)
    ]
    typed = [_typed(address, field) for field in fields if field.kind in field_filters.TYPED]
    clear = address.without([*LABELS, *(name for _, name in mine)])
    more = {"filters": context["filters"] + menus, "typed": typed, "clear_url": clear}
    return context | more | {"chips": context["chips"] + chips, "filtered": bool(context["chips"] or chips)}


def _typed(address: Address, field: ExtraField) -> dict[str, Any]:
    """A form of a range's two ends, or of what an answer holds; the rest of the address goes along hidden.

    ``wrong``: the sentence for what was typed and is none of the field's, so that it narrows nothing.
    """
    names = field_filters.names(field)
    wrong = [name for name in names if address.get(name) and not field_filters.word(field, address.get(name))]
    return {
        "label": field.label,
        "kind": field.kind,
        "is_code": field.kind != FieldKind.TEXT,
        "inputs": [(name, field_filters.input_label(field, name), address.get(name)) for name in names],
        "wrong": field_filters.WRONG[FieldKind(field.kind)] if wrong else "",
        "kept": {name: value for name, value in address.values.items() if name not in names},
        "path": address.path,
    }


def may_assign(user: Any) -> bool:
    """Whether rows may be chosen to be given away together (H12)."""
    return user.is_owner or Right.ASSIGN in rights_of(user)


def _choices(address: Address, user: Any, view: str, sort: str) -> dict[str, Any]:
    """Views, sorts, chips in force and filters on offer, each with its link."""
    options = _options(user, address.get("department"))
    words = {name: dict(offered) for name, offered in options.items()}
    named = choices.names_of(user, topic=address.get("topic"), customer=address.get("customer"))
    words |= named | {"topic": words["topic"] | named["topic"]}
    chips = [
        {
            "label": label,
            "value": _word(words, name, address.get(name)),
            "remove_url": address.without([name]),
        }
        for name, label in LABELS.items()
        if address.get(name)
    ]
    offered = [
        {
            "label": LABELS[name],
            "options": [{"word": word, "url": _option(address, name, key)} for key, word in offered],
        }
        for name, offered in options.items()
        if len(offered) > (name not in ("group", "topic")) and not address.get(name)
    ]
    return {
        "views": [_view(address, key, view) for key in SWITCH],
        "sorts": [_link(address, "sort", key, word, key == sort) for key, (word, _) in queries.SORTS.items()],
        "sort": {"key": sort, "word": queries.SORTS[sort][0]},
        "chips": chips,
        "filters": [
            *offered,
            {"label": "نماهای دیگر", "options": [_view(address, key, view) for key in OTHERS]},
        ],
        "filtered": bool(chips),
        "clear_url": address.without(LABELS),
    }


def _options(user: Any, department: str) -> dict[str, list[tuple[str, str]]]:
    """What each filter on offer may be set to: (value in the address, word); topics once a department is chosen."""
    offered = choices.filter_choices(user)
    chosen = [one for one in offered.departments if str(one.pk) == department]
    return {
        "department": [(str(one.pk), one.name) for one in offered.departments],
        "topic": [(str(one.pk), one.path) for one in choices.topics_among(chosen)],
        "assignee": [(str(one.pk), one.display_name) for one in offered.people],
        "group": [(str(one.pk), one.name) for one in offered.groups],
        "category": [(str(key), str(word)) for key, word in Category.choices],
        "priority": [(str(key), str(word)) for key, word in Priority.choices],
        "colour": list(COLOURS),
        "origin": [(str(key), str(word)) for key, word in Origin.choices],
        "channel": [(str(key), str(word)) for key, word in Channel.choices],
        "source": [(str(one.pk), one.name) for one in offered.sources],
    }


def _word(words: dict[str, dict[str, str]], name: str, value: str) -> str:
    """What a chip says for a value; one that is on no list of this person is not repeated but for a search."""
    return value if name == "q" else words[name].get(value, "پیدا نشد")


def _option(address: Address, name: str, key: str) -> str:
    """The list with a filter set. Most views hold no closed ticket, so the closed ones are a view of their own."""
    if (name, key) == ("category", Category.CLOSED):
        return address.link(view="closed")
    return address.link(**{name: key})


def _view(address: Address, key: str, current: str) -> dict[str, Any]:
    return _link(address, "view", key, queries.VIEWS[key][0], key == current)


def _link(address: Address, name: str, key: str, word: str, current: bool) -> dict[str, Any]:
    return {"url": address.link(**{name: key}), "word": word, "current": current}
