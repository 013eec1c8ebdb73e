"""What the demo's customers gave: stars on every few answers and closings, most of them many, some with words (S8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.db.models import QuerySet

from tickets import services
from tickets.models import Message, Rating, Ticket
from tickets.states import Category, Channel, MessageKind, RatedBy, Side

from .households import Household
from .people import dice

EVERY_ANSWER, EVERY_CLOSING = 4, 2
MOST = 40  # of each kind
STARS = (5, 5, 4, 5, 3, 4, 5, 2, 4, 5, 1, 4)
WORDS: dict[int, tuple[str, ...]] = {
    5: (
        "خیلی زود جواب دادید، سپاس.",
        "قدم‌به‌قدم نوشته بود و همان بار اول درست شد.",
        "",
        "با حوصله توضیح داد. همکارانم هم یاد گرفتند.",
        "",
    ),
    4: ("خوب بود، فقط عکس راهنما قدیمی بود.", "", "کارم راه افتاد.", "کاش همان روز اول همین را می‌گفتید."),
    3: ("حل شد ولی دو روز طول کشید.", "پاسخ درست بود، برای ما کمی فنی بود."),
    2: ("سه بار شمارهٔ نسخه را پرسیدید، در پیام اول نوشته بودم.", "پاسخ آماده بود و به سؤالم نمی‌خورد."),
    1: ("پایان ماه بود و حقوق‌ها عقب افتاد. کسی زنگ نزد.", "هنوز همان خطا می‌آید."),
}


def give(home: Household, *, now: datetime) -> None:
    """In a tenant's scope, once its tickets are written. The managers heard of the low ones long ago."""
    rng, stars = dice(f"ratings of {home.house.slug}"), cycle(STARS)
    seen = Ticket.objects.exclude(channel=Channel.INTERNAL).filter(requester__is_active=True)
    answers = Message.objects.filter(ticket__in=seen, kind=MessageKind.REPLY, side=Side.STAFF)
    for message in _some(answers.select_related("ticket__requester").order_by("pk"), EVERY_ANSWER):
        at = message.created_at + timedelta(minutes=rng.randint(20, 2000))
        if at < now:
            facts = _opinion(next(stars), rng.random())
            services.rate_answer(message, actor=message.ticket.requester, at=at, **facts)
    closed = seen.filter(category=Category.CLOSED, closed_at__isnull=False).select_related("requester")
    for ticket in _some(closed.order_by("number"), EVERY_CLOSING):
        at = (ticket.closed_at or now) + timedelta(minutes=rng.randint(30, 3000))
        if at < now:
            facts = _opinion(next(stars), rng.random())
            services.rate_closing(ticket, actor=ticket.requester, at=at, **facts)
    Rating.objects.update(tell_at=None)


def _some(rows: QuerySet[Any], every: int) -> list[Any]:
    """One in so many, and at most MOST, from the first to the last."""
    return list(rows)[:: max(every, rows.count() // MOST)]


def _opinion(stars: int, chance: float) -> dict[str, Any]:
    """The same number is not always said in the same words, nor from the same place."""
    words = WORDS[stars]
    by = RatedBy.LINK if chance < 0.6 else RatedBy.PORTAL
    return {"stars": stars, "comment": words[int(chance * len(words))], "by": by}
