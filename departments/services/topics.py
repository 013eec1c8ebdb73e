"""Topics: the subject groups of a department, one level of groups inside them, and who gets their tickets (S1, S18)."""

from collections.abc import Sequence
from typing import Any, Literal

from django.db import transaction

from accounts.models import User
from tenants.services import audit
from web.errors import Invalid, NotFound

from ..models import Department, Seat, Sharing, StaffGroup, StaffGroupMember, Topic
from .rights import require_desk
from .rows import clean_name, hold, number, require_ours, save, stepped, wanted_order

ORDER = ("position", "id")
SHARED = (Sharing.ROTATION, Sharing.LEAST)
TWICE = "یک گروه موضوعی دو بار در ترتیب آمده است. صفحه را تازه کنید."
NAME_TAKEN = "این دپارتمان موضوع دیگری با همین نام دارد. نام دیگری بنویسید."


@transaction.atomic
def create_topic(
    *,
    actor: User | None,
    department: Department,
    name: str,
    assignee: User | None = None,
    parent: Topic | None = None,
    rule: str = "",
    group: StaffGroup | None = None,
    is_active: bool = True,
) -> Topic:
    """Add a topic, last among those it lies with.

    ``rule`` is one of Sharing, or empty: as the topic it lies in, else as the department; whoever only names an
    assignee means that person. Raises NotAllowed, NotFound, Invalid(name, parent, rule, assignee or group).
    """
    require_ours(department, assignee, parent, group)
    require_desk(actor, department)
    hold(department.pk)
    topic = Topic(department=department, name=clean_name(name, longest=80), is_active=is_active)
    topic.parent = _parent(parent, topic)
    topic.rule, topic.assignee, topic.group = _sharing(department.pk, rule, assignee, group)
    topic.position = _last(department.pk, topic.parent_id)
    save(topic, taken=NAME_TAKEN)
    audit.record("create_topic", actor=actor, target=topic, after=_facts(topic))
    return topic


@transaction.atomic
def change_topic(
    topic: Topic,
    *,
    actor: User | None,
    name: str,
    assignee: User | None,
    is_active: bool = True,
    parent: Topic | None = None,
    rule: str = "",
    group: StaffGroup | None = None,
) -> Topic:
    """Rename a topic, put it into another, give it another rule or person, or take it off the form.

    What is left out is as for a new one. Raises as create_topic.
    """
    require_ours(topic, assignee, parent, group)
    require_desk(actor, topic.department)
    hold(topic.department_id)
    related = ("department", "parent", "assignee", "group")
    found = Topic.objects.select_related(*related).filter(pk=topic.pk).first()
    if found is None:
        raise NotFound()
    before, lay_in = _facts(found), found.parent_id
    found.name, found.is_active = clean_name(name, longest=80), is_active
    found.parent = _parent(parent, found)
    found.rule, found.assignee, found.group = _sharing(found.department_id, rule, assignee, group)
    if found.parent_id != lay_in:
        found.position = _last(found.department_id, found.parent_id)
    after = _facts(found)
    if before != after:
        fields = ["name", "is_active", "parent", "rule", "assignee", "group", "position"]
        save(found, fields, taken=NAME_TAKEN)
        audit.record_change("change_topic", actor=actor, target=found, before=before, after=after)
    return found


@transaction.atomic
def move_topic(topic: Topic, *, actor: User | None, to: Literal["up", "down"]) -> None:
    """Let it change places with its neighbour among those it lies with; at the edge nothing happens."""
    require_ours(topic)
    require_desk(actor, topic.department)
    hold(topic.department_id)
    found = Topic.objects.filter(pk=topic.pk).first()
    wanted = stepped(_beside(found.department_id, found.parent_id) if found else [], topic.pk, to)
    if wanted is None:
        return
    number(wanted)
    audit.record("move_topic", actor=actor, target=topic, after={"to": to})


@transaction.atomic
def order_topics(
    *, actor: User | None, department: Department, order: Sequence[int], parent: Topic | None = None
) -> None:
    """Put the topics that lie in ``parent``, or in none, into this order (ids); made meanwhile, they stay behind.

    Raises NotAllowed, Invalid for an id twice, NotFound for one that does not lie there.
    """
    require_ours(department, parent)
    require_desk(actor, department)
    hold(department.pk)
    rows = _beside(department.pk, parent.pk if parent else None)
    wanted = wanted_order(rows, order, twice=TWICE)
    if rows == wanted:
        return
    before = [row.name for row in rows]
    number(wanted)
    audit.record(
        "order_topics",
        actor=actor,
        target=department,
        before={"order": before},
        after={"order": [row.name for row in wanted]},
    )


def _parent(parent: Topic | None, topic: Topic) -> Topic | None:
    """The topic another may lie in, as it is now: of the same department, not its own, and one level deep."""
    if parent is None:
        return None
    parent = Topic.objects.filter(pk=parent.pk, department_id=topic.department_id).first()
    if parent is None:
        raise Invalid("گروه بالاتر باید از همین دپارتمان باشد.", field="parent")
    if parent.pk == topic.pk:
        raise Invalid("هیچ گروهی زیر خودش نمی‌رود. گروه دیگری را انتخاب کنید.", field="parent")
    if parent.parent_id is not None:
        raise Invalid("گروه‌ها فقط یک سطح زیرگروه دارند. گروهی از سطح بالا را انتخاب کنید.", field="parent")
    if topic.pk and Topic.objects.filter(parent=topic).exists():
        raise Invalid(
            "این گروه خودش زیرگروه دارد و زیر گروه دیگری نمی‌رود. نخست زیرگروه‌هایش را جابه‌جا کنید.",
            field="parent",
        )
    return parent


def _sharing(
    department_id: int, rule: str, assignee: User | None, group: StaffGroup | None
) -> tuple[str, User | None, StaffGroup | None]:
    """The rule with whom it speaks of: a person for one, a group of staff for turns and least load, else neither."""
    if rule and rule not in Sharing.values:
        raise Invalid("شیوهٔ تقسیم را از فهرست انتخاب کنید.", field="rule")
    if not rule and assignee is not None:
        rule = Sharing.PERSON
    if rule == Sharing.PERSON:
        if assignee is None:
            raise Invalid("بگویید مسئول این گروه موضوعی کیست.", field="assignee")
        _require_seat(department_id, assignee)
        return rule, assignee, None
    if rule not in SHARED:
        return rule, None, None
    if group is not None:
        _require_members(department_id, group)
    return rule, None, group


def _require_seat(department_id: int, assignee: User) -> None:
    if not Seat.objects.filter(department_id=department_id, user=assignee, user__is_active=True).exists():
        raise Invalid("مسئول موضوع باید در همین دپارتمان باشد.", field="assignee")


def _require_members(department_id: int, group: StaffGroup) -> None:
    members = StaffGroupMember.objects.filter(group=group).values("user_id")
    if not Seat.objects.filter(department_id=department_id, user__in=members, user__is_active=True).exists():
        raise Invalid(
            "هیچ‌یک از اعضای این گروه در این دپارتمان نیست. گروه دیگری را انتخاب کنید.", field="group"
        )


def _beside(department_id: int, parent_id: int | None) -> list[Topic]:
    """The topics of a department that lie in another (None: in none), in their order."""
    return list(Topic.objects.filter(department_id=department_id, parent=parent_id).order_by(*ORDER))


def _last(department_id: int, parent_id: int | None) -> int:
    rows = _beside(department_id, parent_id)
    return rows[-1].position + 1 if rows else 0


def _facts(topic: Topic) -> dict[str, Any]:
    """A topic as the audit log tells it."""
    return {
        "name": topic.name,
        "department": topic.department.name,
        "parent": topic.parent.name if topic.parent else "",
        "rule": str(topic.rule),
        "assignee": topic.assignee.name if topic.assignee else "",
        "group": topic.group.name if topic.group else "",
        "is_active": topic.is_active,
    }
