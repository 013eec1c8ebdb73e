"""«رضایت مشتریان»: the ratings of a month, by operator and one by one (S8)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gates import for_staff
from web.paging import page

from .. import rating_report as report
from .. import ratings
from .addresses import Address

PAGE = 25
KNOWN = ("month", "department", "person", "kind", "view")
VIEWS = {"": "همه", "low": "کم‌امتیازها"}
ORDER = {"": ("-created_at", "-id"), "low": ("stars", "-created_at", "-id")}
LABELS = {"person": "کارشناس", "department": "دپارتمان", "kind": "امتیاز به"}


@require_safe
@for_staff
def desk_ratings(request: HttpRequest) -> HttpResponse:
    """The owner reads all, a manager those of their departments, everybody their own; three statements."""
    address = Address(request, KNOWN)
    month = report.Month.read(address.get("month"), timezone.now())
    view = address.one_of("view", VIEWS, usual="")
    rows = report.of_month(
        request.user, month, department=address.get("department"), kind=address.get("kind")
    )
    everybody = report.lines(rows)
    if address.get("person"):
        rows = report.of_person(rows, address.get("person"))
    lines = [line for line in everybody if address.get("person") in ("", line.key)]
    if view == "low":
        rows = rows.filter(stars__lte=ratings.LOW)
    context = {
        "month": month,
        "lines": lines,
        "total": report.total(lines),
        "page": page(report.shown(rows), keys=ORDER[view], cursor=address.cursor, size=PAGE),
        "view": view,
        **_ways(address, month, view),
        **_filters(address, request.user, month, everybody),
    }
    return render(request, "tickets/ratings.html", context)


def _ways(address: Address, month: report.Month, view: str) -> dict[str, Any]:
    """To the months beside it, and to the low ones alone."""
    return {
        "before": address.link(month=month.moved(-1).key),
        "after": address.link(month=month.moved(1).key),
        "views": [
            {"url": address.link(view=key), "word": word, "current": key == view}
            for key, word in VIEWS.items()
        ],
    }


def _filters(
    address: Address, user: Any, month: report.Month, everybody: list[report.Line]
) -> dict[str, Any]:
    """Chips in force and filters on offer, each with its link."""
    departments = report.departments_of(user, month, chosen=address.get("department"))
    options = {
        "person": {line.key: line.name for line in everybody},
        "department": {str(one.pk): one.name for one in departments},
        "kind": report.KINDS,
    }
    chosen = {name: options[name].get(address.get(name), "") for name in LABELS}
    if address.get("person") and not chosen["person"]:
        chosen["person"] = report.name_of(address.get("person"))
    chips = [
        {
            "label": label,
            "value": chosen[name] or "ناشناخته",
            "remove_url": address.without([name]),
        }
        for name, label in LABELS.items()
        if address.get(name)
    ]
    offered = [
        {
            "label": LABELS[name],
            "options": [{"word": word, "url": address.link(**{name: key})} for key, word in found.items()],
        }
        for name, found in options.items()
        if len(found) > 1 and not address.get(name)
    ]
    return {
        "chips": chips,
        "filters": offered,
        "filtered": bool(chips),
        "clear_url": address.without(LABELS),
    }
