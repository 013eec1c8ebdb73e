"""One's own days away, for staff (S18)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_staff
from departments.services import vacations as services

from .. import lists
from ..forms.vacations import VacationForm
from .answers import back, carried_out, notice, one, posted_id, refusal_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def own_vacations(request: HttpRequest) -> HttpResponse:
    """What is planned, and a new one; ``act`` is plan or stay."""
    user = request.user
    form = VacationForm(people=lists.substitutes_for(user))
    status, refused = 200, ""
    if request.method == "POST" and request.POST.get("act") == "stay":
        vacation = one(lists.vacations_of(user), pk=posted_id(request, "vacation"))
        refusal = refusal_of(lambda: services.cancel(vacation, actor=user))
        if refusal is None:
            return back("desk_vacation", done="vacation-gone")
        status, refused = refusal.status, refusal.message
    elif request.method == "POST":
        form = VacationForm(request.POST, people=lists.substitutes_for(user))
        if carried_out(form, lambda data: services.plan(user, actor=user, **data)):
            return back("desk_vacation", done="vacation")
        status = 422
    context = {"vacations": lists.vacations_of(user)[:20], "vacation_form": form, "today": lists.today()}
    context |= {"refused": refused, "notice": notice(request)}
    return render(request, "panels/vacation.html", context, status=status)
