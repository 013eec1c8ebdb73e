"""Days away, with a substitute: planned by the owner for anybody, and by staff for themselves (H9, S18)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from accounts.access import may_manage_staff
from accounts.models import User, Vacation
from notifications.services import post
from persian import jalali
from tenants.services import audit
from web.days import today
from web.errors import Invalid, NotAllowed, NotFound

from .rows import require_ours

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
    _lock(user, substitute)
    vacation = Vacation(user=user, starts_on=starts_on, ends_on=ends_on, substitute=substitute)
    _check_days(vacation)
    _check_substitute(vacation)
    vacation.save(force_insert=True)
    audit.record("vacation.plan", actor=actor, target=user, after=_facts(vacation))
    _tell("vacation.substitute", vacation, substitute, actor=actor)
    return vacation


@transaction.atomic
def change(
    vacation: Vacation, *, actor: User | None, starts_on: date, ends_on: date, substitute: User | None = None
) -> Vacation:
    """Other days or another substitute, as long as it is not over. Raises as plan(), and NotFound.

    Of one that has begun the first day stays what it was.
    """
    require_ours(vacation, substitute)
    _require(actor, vacation.user)
    _lock(vacation.user, substitute)
    found = _locked(vacation)
    before, former = _facts(found), found.substitute
    if found.starts_on < today() and starts_on != found.starts_on:
        raise Invalid("این مرخصی آغاز شده است و روز آغازش عوض نمی‌شود.", field="starts_on")
    found.starts_on, found.ends_on, found.substitute = starts_on, ends_on, substitute
    _check_days(found)
    _check_substitute(found)
    if before == _facts(found):
        return found
    found.save(update_fields=["starts_on", "ends_on", "substitute"])
    audit.record("vacation.change", actor=actor, target=found.user, before=before, after=_facts(found))
    if former is not None and former != substitute:
        _tell("vacation.freed", found, former, actor=actor)
    _tell("vacation.substitute", found, substitute, actor=actor)
    return found


@transaction.atomic
def cancel(vacation: Vacation, *, actor: User | None) -> None:
    """Take a vacation back; one that has begun ends yesterday, one that is over stays. Raises NotAllowed, NotFound."""
    require_ours(vacation)
    _require(actor, vacation.user)
    _lock(vacation.user)
    found, day = _locked(vacation), today()
    before = _facts(found)
    if found.starts_on < day:
        found.ends_on = day - timedelta(days=1)
        found.save(update_fields=["ends_on"])
    else:
        found.delete()
    audit.record("vacation.cancel", actor=actor, target=found.user, before=before)
    _tell("vacation.freed", vacation, found.substitute, actor=actor)


def _require(actor: User | None, user: User) -> None:
    own = actor is not None and actor.pk == user.pk and actor.is_active and actor.is_staff_member
    if not own and not may_manage_staff(actor):
        raise NotAllowed()


def _lock(*people: User | None) -> None:
    """Lock these people, in one order always: one at a time writes a person's days, so that two at once cannot
    overlap, nor two colleagues name each other without either seeing it.
    """
    wanted = {person.pk for person in people if person is not None}
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted)
    list(rows.order_by("pk").values_list("pk"))


def _locked(vacation: Vacation) -> Vacation:
    """The row as it is now, when it is not over."""
    found = Vacation.objects.select_related("user", "substitute").filter(pk=vacation.pk).first()
    if found is None:
        raise NotFound()
    if found.ends_on < today():
        raise Invalid("این مرخصی گذشته است و در سابقه می‌ماند.")
    return found


def _check_days(vacation: Vacation) -> None:
    first, last = vacation.starts_on, vacation.ends_on
    if last < first:
        raise Invalid("روز پایان پیش از روز آغاز است.", field="ends_on")
    if last < today():
        raise Invalid("این روزها گذشته است.", field="ends_on")
    if last - first > LONGEST:
        raise Invalid("مرخصی بیش از یک سال است. روزها را دوباره ببینید.", field="ends_on")
    if first > today() + FARTHEST:
        raise Invalid("این روز بیش از سه سال دیگر است. سال را دوباره ببینید.", field="starts_on")
    if other := _beside(vacation, vacation.user):
        raise Invalid(f"{_days(other)} مرخصی دیگری ثبت است.", field="starts_on")


def _check_substitute(vacation: Vacation) -> None:
    if vacation.substitute is None:
        return
    if vacation.substitute.pk == vacation.user_id:
        raise Invalid("جانشین باید کس دیگری باشد.", field="substitute")
    # As they are now that they are locked, not as the form read them.
    person = User.objects.filter(pk=vacation.substitute.pk).first()
    if person is None or not (person.is_staff_member and person.is_active):
        raise Invalid("جانشین را از همکاران فعال انتخاب کنید.", field="substitute")
    if other := _beside(vacation, person):
        raise Invalid(
            f"{person.display_name} خودش {_days(other)} مرخصی است. جانشین دیگری انتخاب کنید.",
            field="substitute",
        )


def _beside(vacation: Vacation, user: User) -> Vacation | None:
    """Another vacation of this person that shares a day with it."""
    rows = Vacation.objects.filter(
        user=user, starts_on__lte=vacation.ends_on, ends_on__gte=vacation.starts_on
    )
    return rows.exclude(pk=vacation.pk).order_by("starts_on").first()


def _days(vacation: Vacation) -> str:
    """«از ۵ آذر ۱۴۰۵ تا ۱۲ آذر ۱۴۰۵», or the one day."""
    first, last = jalali.long_date(vacation.starts_on), jalali.long_date(vacation.ends_on)
    return first if first == last else f"از {first} تا {last}"


def _tell(kind: str, vacation: Vacation, person: User | None, *, actor: User | None) -> None:
    """The substitute hears of it, unless they did it themself."""
    if person is not None and (actor is None or actor.pk != person.pk):
        post(
            kind,
            to=person,
            data={"person": vacation.user.display_name, "days": _days(vacation)},
            url="/desk/vacation/",
            about=f"person:{vacation.user_id}",
        )


def _facts(vacation: Vacation) -> dict[str, str]:
    return {
        "starts_on": vacation.starts_on.isoformat(),
        "ends_on": vacation.ends_on.isoformat(),
        "substitute": vacation.substitute.display_name if vacation.substitute else "",
    }
