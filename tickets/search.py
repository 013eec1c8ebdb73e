"""Quick search: narrows an already visible queryset, never widens it (S29 in part, H3 in part)."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.db.models import Q, QuerySet

from persian import fold_query, query_words
from persian.digits import to_latin
from persian.mobile import normalise as mobile

from . import codes
from .models import Ticket

LONGEST = 100
MOST_WORDS = 6


def narrow(queryset: QuerySet[Ticket], text: str) -> QuerySet[Ticket]:
    """Tickets of a number, a tracking code or a mobile; otherwise those whose subject and names hold every word."""
    text = text.strip()[:LONGEST]
    if not text:
        return queryset
    exact = _exact(text)
    if exact is not None:
        return queryset.filter(exact)
    for readings in query_words(text)[:MOST_WORDS]:
        queryset = queryset.filter(reduce(or_, (_holds(reading) for reading in readings)))
    return queryset


def _holds(reading: str) -> Q:
    """Every word of one reading of what was typed, from the start of a word on."""
    return reduce(and_, (Q(search_text__contains=f" {word}") for word in reading.split()))


def _exact(text: str) -> Q | None:
    digits = to_latin(text).strip()
    if digits.isascii() and digits.isdigit() and len(digits) <= 9:
        return Q(number=int(digits))
    code = codes.normalise(digits)
    if code is not None:
        # Eight Latin letters may be a code or a word.
        return Q(tracking_code=code) | _holds(fold_query(text))
    try:
        return Q(requester__mobile=mobile(text))
    except ValueError:
        return None
