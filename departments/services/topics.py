"""Topics: the subject groups of a department and who gets their tickets (S1, S18)."""

from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from tenants.services import audit
from web.errors import Invalid, NotFound

from ..models import Department, Seat, Topic
from .rights import changed, clean_name, require_desk, require_ours

NAME_TAKEN = "این دپارتمان موضوع دیگری با همین نام دارد. نام دیگری بنویسید."


@transaction.atomic
def create_topic(
    *, actor: User | None, department: Department, name: str, assignee: User | None = None
) -> Topic:
    """Add a topic, last in its department. Raises NotAllowed, NotFound, Invalid(name or assignee)."""
    require_ours(department, assignee)
    require_desk(actor, department)
    _require_seat(department.pk, assignee)
    last = Topic.objects.filter(department=department).aggregate(last=Max("position"))["last"]
    topic = Topic(
        department=department,
        name=clean_name(name, longest=80),
        assignee=assignee,
        position=0 if last is None else last + 1,
    )
    _save(topic)
    after = {"name": topic.name, "department": department.name, "assignee": assignee.name if assignee else ""}
    audit.record("create_topic", actor=actor, target=topic, after=after)
    return topic


@transaction.atomic
def change_topic(
    topic: Topic, *, actor: User | None, name: str, assignee: User | None, is_active: bool = True
) -> Topic:
    """Rename a topic, give it another person, or take it off the form. Raises as create_topic."""
    require_ours(topic, assignee)
    require_desk(actor, topic.department)
    found = Topic.objects.select_for_update(no_key=True).filter(pk=topic.pk).first()
    if found is None:
        raise NotFound()
    _require_seat(found.department_id, assignee)
    values: dict[str, Any] = {
        "name": clean_name(name, longest=80),
        "assignee_id": assignee.pk if assignee else None,
        "is_active": is_active,
    }
    before, after = changed(found, values)
    if after:
        for field, value in after.items():
            setattr(found, field, value)
        _save(found, list(after))
        audit.record("change_topic", actor=actor, target=found, before=before, after=after)
    return found


@transaction.atomic
def move_topic(topic: Topic, *, actor: User | None, to: Literal["up", "down"]) -> None:
    """Let it change places with its neighbour in the department; at the edge nothing happens."""
    require_ours(topic)
    require_desk(actor, topic.department)
    same = Topic.objects.filter(department_id=topic.department_id).order_by("position", "id")
    rows = list(same.select_for_update(no_key=True))
    place = next((index for index, row in enumerate(rows) if row.pk == topic.pk), None)
    if place is None:
        raise NotFound()
    other = place + (1 if to == "down" else -1)
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows):
        row.position = position
    Topic.objects.bulk_update(rows, ["position"])
    audit.record("move_topic", actor=actor, target=topic, after={"to": to})


def _require_seat(department_id: int, assignee: User | None) -> None:
    if assignee is None:
        return
    if not Seat.objects.filter(department_id=department_id, user=assignee, user__is_active=True).exists():
        raise Invalid("مسئول موضوع باید در همین دپارتمان باشد.", field="assignee")


def _save(topic: Topic, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            topic.save(update_fields=fields)
    except IntegrityError:
        raise Invalid(NAME_TAKEN, field="name") from None
