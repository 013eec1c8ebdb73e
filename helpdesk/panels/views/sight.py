"""Who sees and does what: one person, as tickets.access answers (H10, S19)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gates import for_owner
from accounts.models import User
from accounts.roles import Role
from persian.clean import one_line

from .. import sight as seen
from .answers import one


@require_safe
@for_owner
def sight(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The person's tickets and verbs; ``?number=`` asks about one ticket."""
    people = User.objects.select_related("customer", "section").exclude(role=Role.VISITOR)
    person = one(people, public_id=public_id)
    number = one_line(request.GET.get("number", ""))[:20]
    context = {
        "person": person,
        "reasons": seen.reasons(person),
        "desks": seen.desks(person),
        "general": seen.general(person),
        "number": number,
        "answer": seen.about(person, number),
    }
    return render(request, "manage/sight.html", context)
