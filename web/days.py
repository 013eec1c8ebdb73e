"""The day it is, for all who ask."""

from datetime import date

from django.utils import timezone

from persian import jalali


def today() -> date:
    """The day it is in Tehran; ``persian.jalali.today(now)`` is the Jalali one of a moment."""
    return jalali.local_day(timezone.now())
