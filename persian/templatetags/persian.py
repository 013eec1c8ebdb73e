"""Template filters for what people read: digits, dates, lengths, numbers (S15).

None and an empty value show as nothing. None of them but `mixed`, which escapes, marks its result safe: names
and numbers typed by people pass through here, and the template escapes them.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from persian import digits, jalali, relative
from persian import mixed as mixture
from persian import mobile as mobiles

register = template.Library()


def _is_told(value: date | None) -> bool:
    """Whether there is a date to tell: sentinels far away stand for "none" and show as nothing."""
    if not value:
        return False
    try:
        return jalali.FIRST_YEAR <= jalali.to_jalali(value).year <= jalali.LAST_YEAR
    except (ValueError, OverflowError):
        return False


def _dated(show: Callable[[date], str], value: date | None) -> str:
    return show(value) if value and _is_told(value) else ""


@register.filter
def mixed(value: str | None) -> SafeString:
    """A one-line text people typed, its foreign runs each kept whole in `<bdi>`: `{{ ticket.subject|mixed }}`."""
    text = str(value or "")
    if not text:
        return SafeString()
    if not mixture.has_persian(text):
        return format_html('<bdi dir="ltr">{}</bdi>', text)
    marked = (
        (format_html('<bdi dir="ltr">{}</bdi>', piece) if foreign else piece,)
        for foreign, piece in mixture.pieces(text)
    )
    return format_html_join("", "{}", marked)


def _timed(show: Callable[[datetime, datetime], str], value: datetime | None, now: datetime | None) -> str:
    return show(value, now or timezone.now()) if value and _is_told(value) else ""


@register.filter
def fa(value: object) -> str:
    """Any value with its digits in Persian: `{{ ticket.number|fa }}`."""
    if value is None:
        return ""
    shown = digits.to_persian(str(value))
    return shown.replace(".", digits.DECIMAL_MARK) if isinstance(value, float | Decimal) else shown


@register.filter
def grouped(value: float | Decimal | None) -> str:
    """`۱۲٬۳۴۵`."""
    return "" if value is None else digits.group(value)


@register.filter
def jdate(value: date | None) -> str:
    """`۱۴۰۴/۰۵/۰۱`."""
    return _dated(jalali.format_date, value)


@register.filter
def jlong(value: date | None) -> str:
    """`۱۳ مهر ۱۴۰۵`."""
    return _dated(jalali.long_date, value)


@register.filter
def jday_month(value: date | None) -> str:
    """`۱۲ آذر`; nothing for nothing."""
    return jalali.day_month(value) if value else ""


@register.filter
def jday(value: date | None) -> str:
    """`سه‌شنبه ۱۴ مهر ۱۴۰۵`."""
    return _dated(jalali.day_date, value)


@register.filter
def moment(value: datetime | None, now: datetime | None = None) -> str:
    """`امروز، ۸:۰۳`; seen from `now`, by default this moment."""
    return _timed(relative.moment, value, now)


@register.filter
def ago(value: datetime | None, now: datetime | None = None) -> str:
    """`۵ دقیقه پیش`; seen from `now`, by default this moment."""
    return _timed(relative.ago, value, now)


@register.filter
def duration(value: timedelta | None, parts: int = 1) -> str:
    """`۲ ساعت`; `{{ length|duration:2 }}` gives `۱ ساعت و ۱۲ دقیقه`."""
    return "" if value is None else relative.duration(value, parts)


@register.filter
def mobile(value: str | None) -> str:
    """`۰۹۱۲ ۳۴۵ ۶۷۸۹`; another text stays as it is. Put it in `<bdi class="code">`."""
    if not value:
        return ""
    try:
        return mobiles.show(value)
    except ValueError:
        return value


@register.filter
def filesize_fa(value: int | None) -> str:
    """`۴۱۲ کیلوبایت` from a number of bytes."""
    return "" if value is None else digits.file_size(value)
