"""How a signature will look (S23): its names filled as for a ticket that could be."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from persian import jalali
from persian.clean import strip_controls
from persian.digits import to_persian
from tenants.scope import current_tenant
from web import variables

from .models import User

LONGEST = 1000  # characters read of what is typed
SAMPLES = {
    "مشتری": "نگار صالحی",
    "شرکت": "کاشی میبد",
    "شماره": "۱۰۲۴",
    "کد_رهگیری": "RX7K-2M4P",
    "موضوع": "چاپ نشدن فاکتور",
    "دپارتمان": "پشتیبانی فنی",
}


def shown(user: User, text: str) -> dict[str, Any]:
    """For its preview: ``sample``, and ``unknown``, what stands in braces and is no name."""
    return {"sample": sample(user, text), "unknown": variables.doubtful(text[:LONGEST])}


def sample(user: User, text: str) -> str:
    """A signature as a customer would read it, not yet kept; "" for nothing."""
    own = {
        "کارشناس": user.display_name,
        "مرکز": str(current_tenant().name),
        "امروز": to_persian(jalali.format_date(jalali.local_day(timezone.now()))),
    }
    return variables.fill(strip_controls(text)[:LONGEST].strip(), {**SAMPLES, **own}.get)
