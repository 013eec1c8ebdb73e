"""Counts that cost the same whatever they count."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from persian.digits import group

LIMIT = 1000


@dataclass(frozen=True)
class Bounded:
    """A count that stopped looking at its limit. Prints `۱۲۸`, or `+۹۹۹` when there are more."""

    value: int
    more: bool = False

    def __str__(self) -> str:
        return f"+{group(self.value)}" if self.more else group(self.value)

    def __int__(self) -> int:
        return self.value

    def __bool__(self) -> bool:
        return self.value > 0


def bounded(queryset: QuerySet[Any], limit: int = LIMIT) -> Bounded:
    """Count at most `limit` rows (one statement with LIMIT); the order is dropped, it costs and says nothing."""
    found = queryset.order_by()[:limit].count()
    return Bounded(limit - 1, more=True) if found >= limit else Bounded(found)
