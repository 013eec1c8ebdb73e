"""What a department asks on its tickets, read in one statement with choices and topics (S31)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONArray

from web.gathering import Gathered

from .models import ExtraField, FieldChoice, FieldKind, FieldTopic, Topic

PICKS = (FieldKind.CHOICE, FieldKind.CHOICES)
# Kinds a list may be narrowed by.
WORDED = (FieldKind.TEXT, FieldKind.MOBILE, FieldKind.NATIONAL_ID)  # by words of the answer, or by all of it
FILTERED = (*PICKS, FieldKind.FLAG, FieldKind.NUMBER, FieldKind.DATE, *WORDED)


@dataclass(frozen=True)
class Offered:
    """One choice of a field; ``is_active``: whether it is still offered."""

    pk: int
    label: str
    is_active: bool


def with_details(fields: QuerySet[ExtraField]) -> QuerySet[ExtraField]:
    """Annotate what ``dressed`` reads."""
    choice = JSONArray(F("pk"), F("label"), F("is_active"), F("position"))
    choices = FieldChoice.objects.filter(field=OuterRef("pk")).order_by().values("field")
    topics = FieldTopic.objects.filter(field=OuterRef("pk")).order_by().values("field")
    return fields.annotate(
        every_choice=Subquery(choices.annotate(all=Gathered(choice)).values("all")),
        every_topic=Subquery(topics.annotate(all=Gathered(F("topic_id"))).values("all")),
    )


def dressed(fields: Iterable[ExtraField]) -> list[ExtraField]:
    """Set ``options`` (list of Offered in order) and ``topic_ids`` on fields read ``with_details``."""
    rows: list[Any] = list(fields)
    for row in rows:
        found = sorted(row.every_choice or (), key=lambda one: (one[3], one[0]))
        row.options = [Offered(pk, label, bool(active)) for pk, label, active, _ in found]
        row.topic_ids = set(row.every_topic or ())
    return rows


def asked(department: int, topic: Topic | None, *, by_staff: bool) -> list[ExtraField]:
    """The fields asked on a ticket of a department and topic, in order, with ``options`` and ``topic_ids``.

    Those with topics are asked on these and on what lies in them; staff-only ones of our side only.
    """
    named = {topic.pk, topic.parent_id} if topic is not None else set()
    rows = ExtraField.objects.filter(department=department, is_active=True)
    if not by_staff:
        rows = rows.filter(is_staff_only=False)
    fields = dressed(with_details(rows.order_by("position", "pk")))
    return [one for one in fields if not topics_of(one) or topics_of(one) & named]


def askable(pks: Iterable[int], *, by_staff: bool) -> set[int]:
    """Those of these ids whose fields may be asked of our side, or of a customer, somewhere; one statement."""
    rows = ExtraField.objects.filter(pk__in=set(pks), is_active=True)
    return set((rows if by_staff else rows.filter(is_staff_only=False)).values_list("pk", flat=True))


def asks(department: str) -> Exists:
    """A column: whether the department of that column asks anything at all (a statement less where it does not)."""
    return Exists(ExtraField.objects.filter(department=OuterRef(department), is_active=True))


def all_of(department: int) -> list[ExtraField]:
    """Every field of a department, retired ones too, in order; with ``options`` and ``topic_ids``."""
    rows = ExtraField.objects.filter(department=department).order_by("position", "pk")
    return dressed(with_details(rows))


def options_of(field: ExtraField) -> list[Offered]:
    """The choices of a dressed field."""
    found: list[Offered] = field.options  # type: ignore[attr-defined]
    return found


def topics_of(field: ExtraField) -> set[int]:
    """The ids of the topics a dressed field is asked on; none: on all."""
    found: set[int] = field.topic_ids  # type: ignore[attr-defined]
    return found
