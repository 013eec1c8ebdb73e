"""The tenant's own statuses, the owner's to shape (S7): names, colours, order, defaults, moves, retiring."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from accounts.models import User
from departments.services.rights import require_owner
from departments.services.rows import (
    changed,
    clean_name,
    locked,
    number,
    require_ours,
    save,
    stepped,
    wanted_order,
)
from persian.clean import one_line
from tenants.rounds import each
from tenants.scope import all_tenants, current_tenant, current_tenant_id, tenant_scope
from tenants.services import audit
from web.errors import Invalid, NotFound

from ..models import Event, StatusMove, Ticket, TicketStatus
from ..states import MOVES, Category, EventKind
from ..tints import TINTS

TWICE = "یک وضعیت دو بار در ترتیب آمده است. صفحه را تازه کنید."
NAME_TAKEN = "وضعیت دیگری همین نام را دارد، شاید یکی از بازنشسته‌ها. نام دیگری بنویسید."
LONGEST = 60


@transaction.atomic
def create_status(
    *, actor: User | None, name: str, category: str, customer_label: str = "", colour: str = ""
) -> TicketStatus:
    """A status of the tenant's own, last in the order. Raises NotAllowed, Invalid(name, category, colour) (S7)."""
    require_owner(actor)
    if category not in Category.values:
        raise Invalid("دسته را از فهرست انتخاب کنید.", field="category")
    last = TicketStatus.objects.aggregate(last=Max("position"))["last"]
    values = _values(name, customer_label, colour)
    status = TicketStatus(category=category, position=0 if last is None else last + 1, **values)
    save(status, taken=NAME_TAKEN)
    audit.record(
        "status.create", actor=actor, target=status, after={**_told(values), "category": str(category)}
    )
    return status


@transaction.atomic
def edit_status(
    status: TicketStatus, *, actor: User | None, name: str, customer_label: str = "", colour: str = ""
) -> TicketStatus:
    """Other words and another colour; the category stays what it is. Raises NotAllowed, NotFound, Invalid."""
    require_owner(actor)
    found = locked(status)
    before, after = changed(found, _values(name, customer_label, colour))
    if after:
        for field, value in after.items():
            setattr(found, field, value)
        save(found, list(after), taken=NAME_TAKEN)
        audit.record("status.change", actor=actor, target=found, before=_told(before), after=_told(after))
    return found


@transaction.atomic
def move_status(status: TicketStatus, *, actor: User | None, to: Literal["up", "down"]) -> None:
    """Let it change places with its neighbour among those in use; at the edge nothing happens."""
    require_owner(actor)
    require_ours(status)
    wanted = stepped(_in_order(), status.pk, to)
    if wanted is not None:
        order_statuses(actor=actor, order=[row.pk for row in wanted])


@transaction.atomic
def order_statuses(*, actor: User | None, order: Sequence[int]) -> None:
    """Put the statuses in use (ids) into this order; those it does not name stay behind them as they are.

    Raises NotAllowed, Invalid for an id twice, NotFound for one of no status.
    """
    require_owner(actor)
    rows = _in_order()
    wanted = wanted_order(rows, order, twice=TWICE)
    before = [row.name for row in rows]
    number(wanted)
    if rows != wanted:
        after = [row.name for row in wanted]
        audit.record(
            "status.order",
            actor=actor,
            target=current_tenant(),
            before={"order": before},
            after={"order": after},
        )


@transaction.atomic
def make_default(status: TicketStatus, *, actor: User | None) -> TicketStatus:
    """Make it what its category begins with, in the place of the one that was. Raises Invalid for a retired one."""
    require_owner(actor)
    found = _held(status)[status.pk]
    if not found.is_active:
        raise Invalid("وضعیت بازنشسته پیش‌فرض نمی‌شود. نخست بازش گردانید.")
    if not found.is_default:
        _succeed(found, actor=actor)
    return found


@transaction.atomic
def allow_moves(status: TicketStatus, *, actor: User | None, targets: Iterable[TicketStatus]) -> None:
    """Name where it may go by hand; none named is wherever its category may. Raises NotFound, Invalid(targets)."""
    require_owner(actor)
    found, wanted = locked(status), list(targets)
    require_ours(*wanted)
    fits = all(
        one.pk != found.pk and one.is_active and one.category in MOVES[found.category] for one in wanted
    )
    if not fits:
        raise Invalid("این دسته به همهٔ آنچه زده‌اید نمی‌رود. از فهرست انتخاب کنید.", field="targets")
    old = dict(StatusMove.objects.filter(source=found).values_list("target_id", "target__name"))
    new = {one.pk: one.name for one in wanted}
    if old.keys() == new.keys():
        return
    StatusMove.objects.filter(source=found).delete()
    tenant = current_tenant_id()
    StatusMove.objects.bulk_create(StatusMove(tenant_id=tenant, source=found, target_id=pk) for pk in new)
    audit.record(
        "status.moves",
        actor=actor,
        target=found,
        before={"targets": list(old.values())},
        after={"targets": list(new.values())},
    )


@transaction.atomic
def retire_status(
    status: TicketStatus, *, actor: User | None, to: TicketStatus | None, at: datetime | None = None
) -> int:
    """Take a status out of use; its tickets get ``to``, which is of the same category. Returns how many went.

    What happened under its name keeps it. A default's replacement is the new default; moves that led to it lead to its
    replacement. Raises NotAllowed, NotFound, Invalid(to).
    """
    require_owner(actor)
    if to is None:
        raise Invalid("بگویید تیکت‌های این وضعیت چه وضعیتی بگیرند.", field="to")
    rows = _held(status, to)
    found, heir = rows[status.pk], rows[to.pk]
    if heir.pk == found.pk or heir.category != found.category or not heir.is_active:
        raise Invalid("وضعیت دیگری از همین دسته را انتخاب کنید.", field="to")
    if not found.is_active:
        return 0
    if found.is_default:
        _succeed(heir, actor=actor)
    TicketStatus.objects.filter(pk=found.pk).update(is_active=False, is_default=False)
    _lead_to(heir, of=found)
    count = _give(heir, of=found, actor=actor, at=at or timezone.now())
    audit.record("status.retire", actor=actor, target=found, after={"to": heir.name, "count": count})
    return count


@transaction.atomic
def bring_back(status: TicketStatus, *, actor: User | None) -> TicketStatus:
    """Take a retired status into use again, last in the order; twice is once."""
    require_owner(actor)
    found = locked(status)
    if not found.is_active:
        last = TicketStatus.objects.filter(is_active=True).aggregate(last=Max("position"))["last"]
        found.is_active, found.position = True, (last or 0) + 1
        found.save(update_fields=["is_active", "position"])
        audit.record("status.back", actor=actor, target=found)
    return found


def settle_everywhere() -> int:
    """Every tenant's turn of settle_retired(); safe twice, and at once."""
    with all_tenants("statuses are retired in every tenant"):
        held = Ticket.with_bin.filter(status=OuterRef("pk"))
        rows = TicketStatus.objects.filter(Exists(held), is_active=False, tenant__is_active=True)
        tenants = list(rows.order_by("tenant_id").values_list("tenant_id", flat=True).distinct())

    def turn(tenant: int) -> int:
        with tenant_scope(tenant):
            return settle_retired()

    return each(tenants, turn, what="tickets of retired statuses")


def settle_retired(at: datetime | None = None) -> int:
    """Tickets that got a status at the very moment it was retired take the default of its category; how many."""
    moved = 0
    stale = Ticket.with_bin.filter(status__is_active=False).order_by("status_id").values_list("status_id")
    for status in TicketStatus.objects.filter(pk__in=stale.distinct()):
        heir = TicketStatus.objects.get(category=status.category, is_default=True)
        moved += _give(heir, of=status, actor=None, at=at or timezone.now())
    return moved


def _succeed(heir: TicketStatus, *, actor: User | None) -> None:
    """One default a category, always: the old one steps down in the same breath."""
    held = TicketStatus.objects.filter(category=heir.category, is_default=True)
    former = held.first()
    held.update(is_default=False)
    heir.is_default = True
    heir.save(update_fields=["is_default"])
    before = {"name": former.name} if former else {}
    audit.record("status.default", actor=actor, target=heir, before=before, after={"name": heir.name})


def _lead_to(heir: TicketStatus, *, of: TicketStatus) -> None:
    leading = StatusMove.objects.filter(target=of).exclude(source=heir)
    there = StatusMove.objects.filter(target=heir).values("source")
    leading.filter(source__in=list(there.values_list("source", flat=True))).delete()
    leading.update(target=heir)


def _give(heir: TicketStatus, *, of: TicketStatus, actor: User | None, at: datetime) -> int:
    """Set-based: every ticket of a status, those in the bin too, with an event each. Clocks and order stay."""
    rows = Ticket.with_bin.select_for_update(no_key=True).filter(status=of).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    Ticket.with_bin.filter(pk__in=ids).update(status=heir)
    tenant = current_tenant_id()
    facts = {"actor": actor, "from_status": of, "to_status": heir, "reason": "retired", "created_at": at}
    events = (Event(tenant_id=tenant, ticket_id=pk, kind=EventKind.STATUS, **facts) for pk in ids)
    Event.objects.bulk_create(events, batch_size=1000)
    return len(ids)


def _in_order() -> list[TicketStatus]:
    """Those in use, in their place. Locked by id, like all that lock several: never waiting in a ring."""
    rows = TicketStatus.objects.select_for_update(no_key=True).filter(is_active=True).order_by("pk")
    return sorted(rows, key=lambda row: (row.position, row.pk))


def _held(*named: TicketStatus) -> dict[int, TicketStatus]:
    """These statuses as they are now, with all of the tenant's locked: the default that steps down is one of them.
    Raises NotFound.
    """
    require_ours(*named)
    rows = {row.pk: row for row in TicketStatus.objects.select_for_update(no_key=True).order_by("pk")}
    if any(one.pk not in rows for one in named):
        raise NotFound()
    return rows


def _values(name: str, customer_label: str, colour: str) -> dict[str, Any]:
    label = one_line(customer_label)
    if len(label) > LONGEST:
        raise Invalid("این نام بلند است. کوتاه‌ترش کنید.", field="customer_label")
    if colour and colour not in TINTS:
        raise Invalid("رنگ را از فهرست انتخاب کنید.", field="colour")
    return {"name": clean_name(name, longest=LONGEST), "customer_label": label, "colour": colour}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Facts as the audit log tells them: a colour by its name."""
    if not values.get("colour"):
        return values
    return {**values, "colour": TINTS[values["colour"]][1]}
