"""Days away, with a substitute: planned by the owner for anybody, and by staff for themselves (H9, S18)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from accounts.access import may_manage_staff
from accounts.models import User, Vacation
from persian import jalali
from tenants.services import audit
from web.errors import Invalid, NotAllowed, NotFound

from ..absence import today
from .rights import require_ours

LONGEST = timedelta(days=366)
FARTHEST = timedelta(days=3 * 366)


@transaction.atomic
def plan(
    user: User, *, actor: User | None, starts_on: date, ends_on: date, substitute: User | None = None
) -> Vacation:
    """A vacation from the first to the last day away. Raises Invalid (starts_on, ends_on, substitute), NotAllowed."""
    _require(actor, user)
    require_ours(user, substitute)
    if not user.is_staff_member:
        raise NotAllowed()
    # One at a time writes a person's vacations, so that two at once cannot overlap.
    User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk").first()
    _check_days(user, starts_on, ends_on)
    _check_substitute(user, substitute)
    vacation = Vacation.objects.create(user=user, starts_on=starts_on, ends_on=ends_on, substitute=substitute)
    audit.record("vacation.plan", actor=actor, target=user, after=_facts(vacation))
    return vacation


@transaction.atomic
def cancel(vacation: Vacation, *, actor: User | None) -> None:
    """Take a vacation back; one that has begun ends yesterday, one that is over stays. Raises NotAllowed, NotFound."""
    require_ours(vacation)
    found = (
        Vacation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user", "substitute")
        .filter(pk=vacation.pk)
        .first()
    )
    if found is None:
        raise NotFound()
    _require(actor, found.user)
    day = today()
    if found.ends_on < day:
        raise Invalid("این مرخصی گذشته است و در سابقه می‌ماند.")
    before = _facts(found)
    if found.starts_on < day:
        found.ends_on = day - timedelta(days=1)
        found.save(update_fields=["ends_on"])
    else:
        found.delete()
    audit.record("vacation.cancel", actor=actor, target=found.user, before=before)


def _require(actor: User | None, user: User) -> None:
    own = actor is not None and actor.pk == user.pk and actor.is_active and actor.is_staff_member
    if not own and not may_manage_staff(actor):
        raise NotAllowed()


def _check_days(user: User, first: date, last: date) -> None:
    if last < first:
        raise Invalid("روز پایان پیش از روز آغاز است.", field="ends_on")
    if last < today():
        raise Invalid("این روزها گذشته است.", field="ends_on")
    if last - first > LONGEST:
        raise Invalid("مرخصی بیش از یک سال است. روزها را دوباره ببینید.", field="ends_on")
    if first > today() + FARTHEST:
        raise Invalid("این روز بیش از سه سال دیگر است. سال را دوباره ببینید.", field="starts_on")
    other = Vacation.objects.filter(user=user, starts_on__lte=last, ends_on__gte=first).first()
    if other is not None:
        raise Invalid(
            f"از {jalali.long_date(other.starts_on)} تا {jalali.long_date(other.ends_on)} مرخصی دیگری ثبت است.",
            field="starts_on",
        )


def _check_substitute(user: User, substitute: User | None) -> None:
    if substitute is None:
        return
    if substitute.pk == user.pk:
        raise Invalid("جانشین باید کس دیگری باشد.", field="substitute")
    if not substitute.is_staff_member or not substitute.is_active:
        raise Invalid("جانشین را از همکاران فعال انتخاب کنید.", field="substitute")


def _facts(vacation: Vacation) -> dict[str, str]:
    return {
        "starts_on": vacation.starts_on.isoformat(),
        "ends_on": vacation.ends_on.isoformat(),
        "substitute": vacation.substitute.name if vacation.substitute else "",
    }
