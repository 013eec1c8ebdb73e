"""The owner's bin: what was deleted, by whom and when; back out of it, or gone for good (H6)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.gates import for_owner
from tickets import services
from tickets.models import Ticket
from web.errors import Conflict
from web.paging import PARAMETER, page

from .. import life
from .answers import back, notice, posted_id, refusal_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_owner
def binned(request: HttpRequest) -> HttpResponse:
    """What lies in the bin, the last deleted first; ``act`` is restore or purge."""
    if request.method != "POST":
        return _page(request)
    purging = request.POST.get("act") == "purge"
    verb = services.purge if purging else services.restore
    # Gone from the bin meanwhile and never there look the same; the service says which it is for one that was.
    row = Ticket.with_bin.filter(pk=posted_id(request, "ticket")).first()
    refused = refusal_of(lambda: verb(row, actor=request.user)) if row else Conflict()
    if refused:
        return _page(request, status=refused.status, refused=refused.message)
    return back("manage_bin", done="purged" if purging else "restored")


def _page(request: HttpRequest, *, status: int = 200, **given: str) -> HttpResponse:
    found = page(life.binned(request.user), keys=life.LATEST_DELETED, cursor=request.GET.get(PARAMETER))
    life.tell_days_left(found.rows)
    context = {"page": found, "notice": notice(request), **given}
    return render(request, "manage/bin.html", context, status=status)
