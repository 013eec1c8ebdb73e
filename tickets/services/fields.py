"""Answers to a department's extra fields: those a ticket is opened with, and their change (S31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from departments.models import ExtraField, FieldKind
from departments.questions import PICKS, asked
from tenants.models import StoredFile
from tenants.services import files as storage
from web.errors import Invalid
from web.ring import ring

from .. import access
from .. import answers as reading
from ..models import Event, FieldAnswer, FieldPick, FieldWord, Ticket
from ..states import EventKind

MISSING = "«{}» را بنویسید."
CHANGED = "همکارتان در این میان این را عوض کرد و {}. اگر باز هم نوشتهٔ شما درست است، دوباره ذخیره کنید."


class Overtaken(Invalid):
    """Somebody else has changed the answer since it was shown; ``stored``: field's id → digest of what it is now."""

    def __init__(self, question: ExtraField, answer: FieldAnswer | None) -> None:
        words = reading.words_of(answer) if answer else ""
        now = f"اکنون «{words}» است" if words else "اکنون خالی است"
        super().__init__(CHANGED.format(now), field=reading.name_of(question))
        self.stored = {question.pk: reading.digest(answer and reading.value_of(answer))}


def write(ticket: Ticket, *, actor: User, answers: Mapping[int, Any], at: datetime) -> None:
    """Write what a new ticket's fields were answered with (field's id → value), inside the opening's transaction.

    Only what is asked of this person on this ticket counts, whatever was sent (TRUST 22); the number of statements
    does not grow with the fields. Raises Invalid at the field (``f<id>``).
    """
    questions = asked(ticket.department_id, ticket.topic, by_staff=actor.is_staff_member)
    given = {one.pk: (one, _checked(one, answers.get(one.pk))) for one in questions}
    _insert(ticket, [(one, value) for one, value in given.values() if value is not None], actor=actor, at=at)


def fill(
    ticket: Ticket,
    *,
    actor: User,
    answers: Mapping[int, Any],
    shown: Mapping[int, str] | None = None,
    at: datetime | None = None,
) -> Ticket:
    """Change the answers named (field's id → value, None takes it away); those not named stay (S31).

    Only fields asked on the ticket where it is now are written; answers of others stay as they are. ``shown``: field's
    id → ``answers.digest`` of what its form showed; an answer given as it was shown is no change, and one that
    somebody else has changed since is refused. Raises NotFound, NotAllowed, Invalid (Overtaken) at the field.
    """
    now = at or timezone.now()
    with transaction.atomic():
        ticket = access.lock(actor, ticket)
        access.require("fill", actor, ticket)
        there = {one.field_id: one for one in reading.read(ticket, actor)}
        changed: list[tuple[ExtraField, Any]] = []
        for one in asked(ticket.department_id, ticket.topic, by_staff=True):
            if one.pk not in answers:
                continue
            before = reading.value_of(there[one.pk]) if one.pk in there else None
            kept = before if one.kind in PICKS and before else ()
            value = _checked(one, answers[one.pk], kept=kept)
            if _is_change(one, value, there.get(one.pk), (shown or {}).get(one.pk)):
                changed.append((one, value))
        if not changed:
            return ticket
        _replace(ticket, changed, there, actor=actor, at=now)
        named = [one.label for one, _ in changed]
        Event.objects.create(ticket=ticket, actor=actor, kind=EventKind.FILLED, fields=named, created_at=now)
        ticket.updated_at = now
        ticket.save(update_fields=["updated_at"])
        return ticket


def _is_change(question: ExtraField, value: Any, answer: FieldAnswer | None, shown: str | None) -> bool:
    """Whether this person changes the answer. Raises Overtaken where another has done so since it was shown."""
    stored, given = reading.digest(answer and reading.value_of(answer)), reading.digest(value)
    if given in (stored, shown):
        return False
    if shown not in (None, stored):
        raise Overtaken(question, answer)
    return True


def _checked(question: ExtraField, value: Any, *, kept: Iterable[int] = ()) -> Any:
    """The answer as it is stored. Raises Invalid for a wrong one, and where a needed one is missing."""
    found = reading.checked(question, value, kept=set(kept))
    if found is None and question.is_required:
        raise Invalid(MISSING.format(question.label), field=reading.name_of(question))
    return found


def _replace(
    ticket: Ticket,
    changed: list[tuple[ExtraField, Any]],
    there: Mapping[int, FieldAnswer],
    *,
    actor: User,
    at: datetime,
) -> None:
    """Put new answers in the place of old ones; a file nobody holds any more is swept."""
    old = [there[one.pk] for one, _ in changed if one.pk in there]
    dropped = [one.file_id for one in old if one.file_id is not None]
    FieldPick.objects.filter(answer__in=old).delete()
    FieldWord.objects.filter(ticket=ticket, field__in=[one.field_id for one in old]).delete()
    FieldAnswer.objects.filter(pk__in=[one.pk for one in old]).delete()
    _insert(ticket, [(one, value) for one, value in changed if value is not None], actor=actor, at=at)
    if dropped and storage.let_go(dropped):
        ring("tenants.sweep_files")


def _insert(ticket: Ticket, values: list[tuple[ExtraField, Any]], *, actor: User, at: datetime) -> None:
    """Answers, their picks, the words they are found by and the files they hold; a statement for each at most."""
    storage.bind([value for _, value in values if isinstance(value, StoredFile)], actor=actor)
    tenant = ticket.tenant_id
    rows = FieldAnswer.objects.bulk_create(
        FieldAnswer(
            tenant_id=tenant,
            ticket=ticket,
            field=one,
            updated_by=actor,
            updated_at=at,
            **_columns(one, value),
        )
        for one, value in values
    )
    picks = [
        FieldPick(tenant_id=tenant, answer=row, choice_id=pk)
        for row, (one, value) in zip(rows, values, strict=True)
        if one.kind in PICKS
        for pk in sorted(value)
    ]
    FieldPick.objects.bulk_create(picks)
    FieldWord.objects.bulk_create(
        FieldWord(tenant_id=tenant, ticket=ticket, field=one, word=word)
        for one, value in values
        for word in sorted(reading.words_in(one, value))
    )


def _columns(question: ExtraField, value: Any) -> dict[str, Any]:
    """The column a kind's answer stands in."""
    column = {
        FieldKind.DATE: "day",
        FieldKind.FLAG: "flag",
        FieldKind.FILE: "file",
    }
    if question.kind == FieldKind.NUMBER:
        return {"number": value, "scaled": reading.scaled(value)}
    return {} if question.kind in PICKS else {column.get(FieldKind(question.kind), "text"): value}
