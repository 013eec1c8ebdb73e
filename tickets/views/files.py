"""Downloads: a file is seen by whoever sees the message, or the answer to an extra field, it hangs on."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.gates import signed_in
from tenants.models import StoredFile
from tenants.scope import request_scope
from tenants.services import files
from tenants.shapes import transfer
from tenants.views import serve
from web.errors import NotFound

from .. import writing
from ..access import answers_seen_by, messages_seen_by
from ..models import Attachment, FieldAnswer

ABSENT = "این فایل پیدا نشد. شاید نشانی عوض شده یا به آن دسترسی ندارید."


@transfer
@require_safe
@signed_in
def file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes of one file; ``?inline=1`` shows the few types that are safe to show (TRUST 25, 26)."""
    with request_scope(request):
        held: Attachment | FieldAnswer | None = (
            Attachment.objects.select_related("file")
            .filter(
                file__public_id=public_id, message__in=messages_seen_by(request.user).order_by().values("pk")
            )
            .first()
        )
        if held is None:
            answered = answers_seen_by(request.user).filter(file__public_id=public_id)
            held = answered.select_related("file").first()
        stored = held.file if held else _being_written(request, public_id)
    if stored is None:
        raise NotFound(ABSENT)
    try:
        return serve(stored, inline="inline" in request.GET)
    except FileNotFoundError:
        raise NotFound(ABSENT) from None


def _being_written(request: HttpRequest, public_id: UUID) -> StoredFile | None:
    """A picture of a text not sent yet, or a file of an answer that could not go: its writer's alone."""
    mine = files.loose(request.user.pk)
    drawn = mine.filter(public_id=public_id, content_type__startswith="image/").first()
    return drawn or writing.unsent_file(request.user, public_id)
