"""Limits of answers and closing, and who hears when they pass (H4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from departments import sla
from departments.models import Department, SlaPolicy
from departments.services import clock_rules
from departments.services import policies as services
from tickets.states import Priority

from .. import policies
from ..forms.hours import HearsForm, PolicyForm
from .answers import back, carried_out, notice, posted_id


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def sla_page(request: HttpRequest) -> HttpResponse:
    """The limits that hold, a form for one place, and who hears; ``act`` says what was pressed."""
    if request.method != "POST":
        return _page(request)
    return ACTS.get(request.POST.get("act", ""), _policy)(request)


def _page(request: HttpRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    rows = list(SlaPolicy.objects.select_related("department").order_by("department__position", "priority"))
    found, calendar, now = sla.Policies(rows), sla.working_calendar(), timezone.now()
    context = {
        "lines": policies.general(found, calendar, now),
        "overrides": policies.overrides(rows),
        "form": None,
        "hears_form": HearsForm(initial=sla.hears_all()),
        "notice": notice(request),
        **given,
    }
    context["form"] = context["form"] or _asked(request, found)
    return render(request, "manage/sla.html", context, status=status)


def _asked(request: HttpRequest, found: sla.Policies) -> PolicyForm:
    """The form of the place the address names, filled with what holds there."""
    departments = list(Department.objects.all())
    wished = request.GET.get("department")
    department = next((row.pk for row in departments if str(row.pk) == wished), None)
    usual = {str(number): number for number in (sla.EVERY_PRIORITY, *sla.DEFAULT_LIMITS)}
    priority = usual.get(request.GET.get("priority", ""), Priority.NORMAL)
    limits = found.limits_for(department, priority or Priority.NORMAL)
    if (own := found.closest(department, priority)) is not None:
        limits = sla.limits_of(own)
    return PolicyForm.of(limits, departments=departments, department=department, priority=priority)


def _policy(request: HttpRequest) -> HttpResponse:
    form = PolicyForm(request.POST, departments=Department.objects.all())
    if carried_out(form, lambda data: services.set_policy(actor=request.user, **data)):
        return back("manage_sla", done="policy")
    return _page(request, status=422, form=form)


def _drop(request: HttpRequest) -> HttpResponse:
    services.drop_policy(posted_id(request, "policy"), actor=request.user)
    return back("manage_sla", done="policy-gone")


def _hears(request: HttpRequest) -> HttpResponse:
    form = HearsForm(request.POST)
    if carried_out(form, lambda data: clock_rules.set_hears(actor=request.user, **data)):
        return back("manage_sla", done="hears")
    return _page(request, status=422, hears_form=form)


ACTS = {"policy": _policy, "drop": _drop, "hears": _hears}
