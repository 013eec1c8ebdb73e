"""The extra fields of a department: what it asks on its tickets (S31).

Nothing that was answered is ever lost: a field and a choice are retired, never removed, and a field never changes
its kind. Whoever arranges the department's topics arranges its fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat

from accounts.models import User
from persian.clean import one_line
from persian.digits import to_persian
from tenants.services import audit
from web.errors import Conflict, Invalid, NotFound

from ..models import Department, ExtraField, FieldChoice, FieldKind, FieldTopic, Topic
from ..questions import PICKS
from .rights import require_desk
from .rows import clean_name, hold, number, require_ours, save, stepped, wanted_order

MOST_FIELDS = 40
MOST_CHOICES = 100
LONGEST_LABEL, LONGEST_HELP = 80, 200
TWICE = "یک پرسش دو بار در ترتیب آمده است. صفحه را تازه کنید."
TAKEN = "این دپارتمان پرسش دیگری با همین عنوان دارد. عنوان دیگری بنویسید."
TOO_MANY = f"هر دپارتمان حداکثر {to_persian(str(MOST_FIELDS))} پرسش دارد. نخست یکی را بردارید."
RETIRED = "این پرسش دیگر پرسیده نمی‌شود. نخست برش گردانید."


@dataclass(frozen=True)
class Wanted:
    """A choice as the form has it: ``pk`` names one that is there already, None a new one."""

    label: str
    pk: int | None = None


@transaction.atomic
def create_field(
    *,
    actor: User | None,
    department: Department,
    kind: str,
    label: str,
    help: str = "",
    is_required: bool = False,
    is_staff_only: bool = False,
    topics: Iterable[Topic] = (),
    choices: Sequence[Wanted | str] = (),
) -> ExtraField:
    """Add a field, the last of its department. ``topics``: asked on these only, none is on all.

    Raises NotAllowed, NotFound, Invalid(kind, label, help, topics or choices).
    """
    topics = list(topics)
    require_ours(department, *topics)
    require_desk(actor, department)
    if kind not in FieldKind.values:
        raise Invalid("نوع پرسش را انتخاب کنید.", field="kind")
    hold(department.pk)
    _require_room(department.pk)
    field = ExtraField(department=department, kind=kind, is_required=is_required, is_staff_only=is_staff_only)
    field.label, field.help = _words(label, help)
    last = ExtraField.objects.filter(department=department).order_by("-position").first()
    field.position = last.position + 1 if last else 0
    save(field, taken=TAKEN, field="label")
    _set_topics(field, topics)
    _set_choices(field, [_wanted(one) for one in choices])
    audit.record("field.create", actor=actor, target=field, after=_facts(field))
    return field


@transaction.atomic
def change_field(
    field: ExtraField,
    *,
    actor: User | None,
    label: str,
    help: str = "",
    is_required: bool = False,
    is_staff_only: bool = False,
    topics: Iterable[Topic] = (),
    choices: Sequence[Wanted | str] | None = None,
) -> ExtraField:
    """Change all but the kind; ``choices`` in their new order, those left out are no longer offered (None: as is).

    A field of our side's that is opened to customers becomes another (as in ``retype_field``), so that what we had
    written for ourselves stays ours. Raises NotAllowed, NotFound, Conflict for a retired one, Invalid as create_field.
    """
    topics = list(topics)
    found = _held(field, actor, topics)
    before = _facts(found)
    wanted = None if choices is None else [_wanted(one) for one in choices]
    if found.is_staff_only and not is_staff_only:
        found = _successor(found, kind=found.kind)
        wanted = [Wanted(one.label) for one in wanted] if wanted else wanted
    found.label, found.help = _words(label, help)
    found.is_required, found.is_staff_only = is_required, is_staff_only
    save(found, taken=TAKEN, field="label")
    _set_topics(found, topics)
    if wanted is not None:
        _set_choices(found, wanted)
    audit.record_change("field.change", actor=actor, target=found, before=before, after=_facts(found))
    return found


@transaction.atomic
def retype_field(
    field: ExtraField, *, actor: User | None, kind: str, choices: Sequence[Wanted | str] = ()
) -> ExtraField:
    """Ask the same with another kind: the row is retired with its answers, and a new one takes its place.

    Between the two kinds of choices the choices go along. Raises NotAllowed, NotFound, Conflict, Invalid.
    """
    found = _held(field, actor, ())
    if kind not in FieldKind.values:
        raise Invalid("نوع پرسش را انتخاب کنید.", field="kind")
    if kind == found.kind:
        return found
    before = _facts(found)
    fresh = _successor(found, kind=kind)
    if kind in PICKS and choices:
        _set_choices(fresh, [_wanted(one) for one in choices])
    if kind in PICKS and not fresh.choices.filter(is_active=True).exists():
        raise Invalid("گزینه‌ها را بنویسید، هر کدام در یک سطر.", field="choices")
    audit.record_change("field.retype", actor=actor, target=fresh, before=before, after=_facts(fresh))
    return fresh


@transaction.atomic
def retire_field(field: ExtraField, *, actor: User | None) -> ExtraField:
    """Ask it no more; what was answered stays readable. A retired one stays as it is."""
    found = _held(field, actor, (), retired_too=True)
    if found.is_active:
        found.is_active = False
        found.save(update_fields=["is_active"])
        audit.record("field.retire", actor=actor, target=found, label=found.label)
    return found


@transaction.atomic
def bring_back(field: ExtraField, *, actor: User | None) -> ExtraField:
    """Ask a retired field again. Raises Conflict where another stands in its place, Invalid for the limits."""
    found = _held(field, actor, (), retired_too=True)
    if found.is_active:
        return found
    _require_room(found.department_id)
    found.is_active = True
    try:
        save(found, taken=TAKEN, field="label")
    except Invalid:
        raise Conflict("پرسش دیگری با همین عنوان پرسیده می‌شود. نخست عنوان آن را عوض کنید.") from None
    audit.record("field.back", actor=actor, target=found, label=found.label)
    return found


@transaction.atomic
def order_fields(*, actor: User | None, department: Department, order: Sequence[int]) -> None:
    """Put the asked fields into this order (ids); made meanwhile, they stay behind.

    Raises NotAllowed, Invalid for an id twice, NotFound for one that is not asked here.
    """
    require_ours(department)
    require_desk(actor, department)
    hold(department.pk)
    rows = _in_order(department.pk)
    _reorder(department, rows, wanted_order(rows, order, twice=TWICE), actor=actor)


@transaction.atomic
def move_field(field: ExtraField, *, actor: User | None, to: Literal["up", "down"]) -> None:
    """Let it change places with its neighbour among the asked ones; at the edge nothing happens.

    Raises NotAllowed, NotFound for one that is not asked.
    """
    found = _held(field, actor, (), retired_too=True)
    rows = _in_order(found.department_id)
    wanted = stepped(rows, found.pk, to)
    if wanted is not None:
        _reorder(found.department, rows, wanted, actor=actor)


# Steps ----------------------------------------------------------------------------------------------------------
def _held(
    field: ExtraField, actor: User | None, topics: Sequence[Topic], *, retired_too: bool = False
) -> ExtraField:
    """The field as it is now, its department held, when this person may arrange it."""
    require_ours(field, *topics)
    require_desk(actor, field.department)
    hold(field.department_id)
    found = ExtraField.objects.select_related("department").filter(pk=field.pk).first()
    if found is None:
        raise NotFound()
    if not (found.is_active or retired_too):
        raise Conflict(RETIRED)
    return found


def _in_order(department_id: int) -> list[ExtraField]:
    rows = ExtraField.objects.filter(department=department_id, is_active=True)
    return list(rows.order_by("position", "pk"))


def _reorder(
    department: Department, rows: list[ExtraField], wanted: list[ExtraField], *, actor: User | None
) -> None:
    if rows == wanted:
        return
    before, after = ({"order": [row.label for row in order]} for order in (rows, wanted))
    number(wanted)
    audit.record("field.order", actor=actor, target=department, before=before, after=after)


def _successor(field: ExtraField, *, kind: str) -> ExtraField:
    """Retire a field and put another of a kind in its place, with its words, topics and offered choices."""
    field.is_active = False
    field.save(update_fields=["is_active"])
    fresh = ExtraField(department=field.department, kind=kind, replaces=field)
    for name in ("label", "help", "position", "is_required", "is_staff_only"):
        setattr(fresh, name, getattr(field, name))
    save(fresh, taken=TAKEN, field="label")
    _set_topics(fresh, Topic.objects.filter(pk__in=field.topics.values("topic")))
    if kind in PICKS and field.kind in PICKS:
        _set_choices(fresh, [Wanted(one.label) for one in field.choices.filter(is_active=True)])
    return fresh


def _require_room(department_id: int) -> None:
    if ExtraField.objects.filter(department=department_id, is_active=True).count() >= MOST_FIELDS:
        raise Invalid(TOO_MANY)


def _words(label: str, help: str) -> tuple[str, str]:
    label = clean_name(label, longest=LONGEST_LABEL, field="label", empty="عنوان پرسش را بنویسید.")
    help = one_line(help)
    if len(help) > LONGEST_HELP:
        raise Invalid("راهنما حداکثر ۲۰۰ نویسه است. کوتاه‌ترش کنید.", field="help")
    return label, help


def _wanted(choice: Wanted | str) -> Wanted:
    return Wanted(choice) if isinstance(choice, str) else choice


def _set_topics(field: ExtraField, topics: Iterable[Topic]) -> None:
    """Ask it on these topics, which are its department's."""
    wanted = {topic.pk: topic for topic in topics}
    if any(topic.department_id != field.department_id for topic in wanted.values()):
        raise Invalid("گروه‌های موضوعی باید از همین دپارتمان باشند.", field="topics")
    rows = FieldTopic.objects.filter(field=field)
    rows.exclude(topic__in=wanted).delete()
    there = set(rows.values_list("topic_id", flat=True))
    FieldTopic.objects.bulk_create(
        FieldTopic(tenant_id=field.tenant_id, field=field, topic_id=pk) for pk in wanted if pk not in there
    )


def _set_choices(field: ExtraField, wanted: Sequence[Wanted]) -> None:
    """Offer these choices in this order: known ones keep their answers under a new name, those left out retire, and
    a new one named as a retired one is that one again.
    """
    if field.kind not in PICKS:
        if wanted:
            raise Invalid("این نوع پرسش گزینه ندارد.", field="choices")
        return
    labels = [_choice_label(one) for one in wanted]
    if not labels:
        raise Invalid("گزینه‌ها را بنویسید، هر کدام در یک سطر.", field="choices")
    if len(labels) > MOST_CHOICES:
        raise Invalid("هر پرسش حداکثر ۱۰۰ گزینه دارد. چند گزینه را بردارید.", field="choices")
    if len(set(labels)) != len(labels):
        raise Invalid("دو گزینه یک نام دارند. یکی را بردارید یا نام دیگری بنویسید.", field="choices")
    there = list(FieldChoice.objects.filter(field=field))
    kept = _kept(there, wanted, labels)
    _rename(there, kept)
    fresh = [
        FieldChoice(tenant_id=field.tenant_id, field=field, label=label, position=place)
        for place, label in enumerate(labels)
        if place not in kept
    ]
    FieldChoice.objects.bulk_create(fresh)


def _kept(
    there: Sequence[FieldChoice], wanted: Sequence[Wanted], labels: Sequence[str]
) -> dict[int, FieldChoice]:
    """Which of the choices that are there stands at which place; sets their name and place, retires the others."""
    by_pk = {one.pk: one for one in there}
    named = {one.pk for one in wanted if one.pk is not None}
    if not named <= by_pk.keys():
        raise NotFound()
    # What no line of the form names may come again under its old name.
    spare = {one.label: one for one in there if one.pk not in named}
    kept: dict[int, FieldChoice] = {}
    for place, (one, label) in enumerate(zip(wanted, labels, strict=True)):
        row = by_pk[one.pk] if one.pk is not None else spare.pop(label, None)
        if row is not None:
            kept[place] = row
    for row in there:
        row.is_active = False
    for place, row in kept.items():
        row.label, row.position, row.is_active = labels[place], place, True
    stale = {one.label for one in there if not one.is_active} & set(labels)
    if stale:
        raise Invalid("گزینه‌ای با این نام پیش‌تر بوده است. نام دیگری بنویسید.", field="choices")
    return kept


def _rename(there: Sequence[FieldChoice], kept: dict[int, FieldChoice]) -> None:
    """Write names and places. Names step aside first: two that change places would meet in the middle."""
    if kept:
        rows = FieldChoice.objects.filter(pk__in=[one.pk for one in kept.values()])
        rows.update(label=Concat(Value("\u200b"), Cast(F("pk"), CharField())))
    if there:
        FieldChoice.objects.bulk_update(there, ["label", "position", "is_active"])


def _choice_label(one: Wanted) -> str:
    label = one_line(one.label)
    if not label or len(label) > LONGEST_LABEL:
        raise Invalid("نام هر گزینه بین ۱ و ۸۰ نویسه است. گزینه‌ها را ببینید.", field="choices")
    return label


def _facts(field: ExtraField) -> dict[str, Any]:
    """A field as the audit log tells it."""
    topics = Topic.objects.filter(pk__in=FieldTopic.objects.filter(field=field).values("topic"))
    choices = FieldChoice.objects.filter(field=field, is_active=True)
    return {
        "label": field.label,
        "department": field.department.name,
        "field_kind": str(field.kind),
        "help": field.help,
        "is_required": field.is_required,
        "is_staff_only": field.is_staff_only,
        "topics": list(topics.order_by("position", "pk").values_list("name", flat=True)),
        "choices": list(choices.order_by("position", "pk").values_list("label", flat=True)),
    }
