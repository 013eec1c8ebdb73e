"""Changes of desks that open tickets have a say in (S1: never limbo; H9: a new link offers to take them along)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Customer, User
from departments.models import Department, Seat, ServiceLink
from departments.services import desks, links
from departments.services.rights import require_owner
from departments.services.rows import require_ours
from tenants.services import audit
from web.counting import bounded
from web.errors import Invalid, NotFound

from ..models import Ticket, Transfer
from ..routing import route
from ..states import UNFINISHED, TransferState
from . import moving, requests


@transaction.atomic
def retire_department(
    department: Department, *, actor: User, move_to: Department | None = None, at: datetime | None = None
) -> Department:
    """Switch a department off; ``move_to`` is where its unfinished tickets go first, unassigned (H7).

    Raises Invalid(field="move_to") while it has unfinished tickets and no place for them, Invalid while customers
    are tied to it, NotAllowed, NotFound.
    """
    require_owner(actor)
    require_ours(department, move_to)
    now = at or timezone.now()
    # Two owners at once wait for each other. A ticket whose opening began before and ends after this stays with
    # the department's people, told to its manager like any other: nothing is lost, it only was too late to move.
    named = Department.objects.filter(pk__in=_ids(department, move_to)).order_by("pk")
    rows = {row.pk: row for row in named.select_for_update(no_key=True)}
    if department.pk not in rows:
        raise NotFound()
    asked = Transfer.objects.filter(target=department, state=TransferState.PENDING)
    # Tickets before requests, as whoever closes, moves or purges them takes them; in the bin some may wait, too.
    theirs = Q(department=department, category__in=UNFINISHED, deleted_at=None)
    moving.lock(Ticket.with_bin.filter(theirs | Q(pk__in=asked.values("ticket"))), at=now)
    # Nobody is left to answer what was asked of it.
    requests.end(
        asked,
        actor=actor,
        state=TransferState.RETURNED,
        reason="retired",
        at=now,
    )
    if waiting := bounded(moving.unfinished().filter(department=department)):
        target = rows.get(move_to.pk) if move_to else None
        if target is None:
            raise Invalid(
                f"این دپارتمان {waiting} تیکت باز دارد. بگویید به کدام دپارتمان بروند.", field="move_to"
            )
        if target.pk == department.pk or not target.is_active:
            raise Invalid("دپارتمان دیگری را انتخاب کنید که روشن باشد.", field="move_to")
        moved = moving.move_open(department, to=target, actor=actor, at=at)
        audit.record(
            "retire_department", actor=actor, target=department, after={"moved": moved, "to": target.name}
        )
    return desks.switch_department(department, actor=actor, active=False)


@transaction.atomic
def replace_manager(
    department: Department,
    *,
    actor: User,
    user: User,
    former_leaves: bool = False,
    at: datetime | None = None,
) -> Seat:
    """Another manager in one act (H7, H8): the former stays as staff, or leaves.

    Who leaves gives the new manager their unfinished tickets of this department and the customers tied to them
    there. Raises NotAllowed, NotFound, Invalid(user).
    """
    require_owner(actor)
    require_ours(department, user)
    if Department.objects.select_for_update(no_key=True).filter(pk=department.pk).first() is None:
        raise NotFound()
    if not user.is_active:
        raise Invalid("دسترسی این همکار بسته است. کس دیگری را انتخاب کنید.", field="user")
    seats = {seat.user_id: seat for seat in Seat.objects.select_related("user").filter(department=department)}
    former = next((seat for seat in seats.values() if seat.is_manager), None)
    if former is not None and former.user_id == user.pk:
        raise Invalid("همین حالا هم مدیر این دپارتمان است. کس دیگری را انتخاب کنید.", field="user")
    if former is not None:
        staff = Seat.SeatLevel.STAFF
        desks.change_seat(former, actor=actor, level=staff, accepts_choice=former.accepts_choice)
    accepts = seats[user.pk].accepts_choice if user.pk in seats else True
    new = desks.seat(
        actor=actor, user=user, department=department, level=Seat.SeatLevel.MANAGER, accepts_choice=accepts
    )
    if former is not None and former_leaves:
        tied = ServiceLink.objects.select_related("customer").filter(department=department, staff=former.user)
        for link in tied.order_by("pk"):
            links.link_customer(actor=actor, customer=link.customer, department=department, staff=user)
        moving.hand_over(department, of=former.user, to=user, actor=actor, at=at)
        desks.unseat(former, actor=actor)
    before = {"person": former.user.name} if former else {}
    audit.record(
        "replace_manager", actor=actor, target=department, before=before, after={"person": user.name}
    )
    return new


def _ids(*rows: Department | None) -> list[int]:
    return [row.pk for row in rows if row is not None]


@transaction.atomic
def leave_seat(place: Seat, *, actor: User | None) -> None:
    """Take a person's seat away once none of its tickets is in their hands.

    Raises Invalid while they hold unfinished tickets of that department or are a customer's own person there.
    """
    require_owner(actor)
    require_ours(place)
    held = moving.unfinished().filter(department_id=place.department_id, assignee_id=place.user_id)
    if waiting := bounded(held):
        raise Invalid(
            f"{waiting} تیکت باز این دپارتمان دست این کارشناس است. نخست آن‌ها را به همکاری واگذار کنید."
        )
    desks.unseat(place, actor=actor)


@transaction.atomic
def relink_customer(
    customer: Customer,
    *,
    actor: User,
    department: Department,
    staff: User | None = None,
    move_open: bool = False,
    at: datetime | None = None,
) -> int:
    """Tie a customer to a desk; with ``move_open`` its unfinished tickets go there too (H9). Returns how many went.

    Raises as link_customer(). Their clocks go on: whoever waited since yesterday still does.
    """
    links.link_customer(actor=actor, customer=customer, department=department, staff=staff)
    if not move_open:
        return 0
    way = route(customer=customer, department=None, gives_out=False)
    return moving.follow(customer, way, actor=actor, at=at)
