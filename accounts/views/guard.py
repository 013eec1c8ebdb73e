"""The picture of the security code (S32)."""

from captcha.views import captcha_image
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from web import throttle
from web.errors import NotFound, TooMany

from ..origin import address_of, bucket

PICTURES = (120, 10 * 60)  # an address may have drawn, in so many seconds


@never_cache
@require_safe
def picture(request: HttpRequest) -> HttpResponse:
    """The question of ``?key=``, drawn; absent when it was answered or is too old."""
    limit, seconds = PICTURES
    if not throttle.allow(f"captcha:{bucket(address_of(request))}", limit=limit, seconds=seconds):
        raise TooMany("تصویرهای زیادی خواسته شد. چند دقیقه صبر کنید.", retry_after=throttle.wait(seconds))
    drawn: HttpResponse = captcha_image(request, request.GET.get("key", "")[:40].replace("\x00", ""))
    if drawn.status_code != 200:
        raise NotFound()
    return drawn
