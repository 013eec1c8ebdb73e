"""Pictures put into a text while it is written: stored at once, so that a draft shows them on any device."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.gates import signed_in
from tenants.services import files
from tenants.shapes import transfer
from web import pictures as picture
from web import throttle
from web.errors import DomainError, Invalid, TooMany

LONGEST = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
AN_HOUR = 120


@transfer
@require_POST
@signed_in
def pictures(request: HttpRequest) -> JsonResponse:
    """Keep one picture for a text of this person's; answers ``{"url": …}``, or ``{"message": …}`` with its status.

    Nobody but its writer sees it until the text is sent (files.file), and what is never sent is swept.
    """
    upload = request.FILES.get("picture")
    try:
        if upload is None:
            raise Invalid("تصویری نرسید. دوباره بفرستید.", field="picture")
        if not throttle.allow(f"pictures:{request.user.pk}", limit=AN_HOUR, seconds=3600):
            raise TooMany("در یک ساعت تصویرهای زیادی فرستاده‌اید. کمی بعد دوباره بفرستید.")
        picture.check(upload, upload.size or 0, longest=LONGEST, most_pixels=MOST_PIXELS, field="picture")
        stored = files.store(upload, tenant=request.tenant, actor=request.user)
    except DomainError as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    return JsonResponse({"url": f"{reverse('file', args=[stored.public_id])}?inline=1"})
