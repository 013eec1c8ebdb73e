"""Contracts of support: what a company has bought, what is left of it, and taking from it (S2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, IntegerField, OuterRef, Q, Subquery

from persian import digits, jalali
from persian.clean import one_line
from tenants.scope import current_tenant, current_tenant_id
from tenants.services import audit
from web.days import today
from web.errors import Conflict, Invalid, NotAllowed, NotFound

from ..access import may_manage_customers, may_override_contracts, require
from ..meter import Meter, Standing, current_first, judge
from ..models import Contract, ContractUse, Customer, User

LONGEST = timedelta(days=3660)  # ten years
FARTHEST = timedelta(days=7320)  # how far from today a contract may begin, either way
LONGEST_GRACE = 365
MOST = 1_000_000
LONGEST_TEXT = 300
UNSET: Any = object()


class Refused(NotAllowed):
    """No new ticket is taken for this person; ``meter`` says why, the message also whom to call."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(meter.sentence(current_tenant()))
        self.meter = meter


# What is left ---------------------------------------------------------------------------------------------------
def state(customer: Customer | None, day: date | None = None, *, person: User | None = None) -> Meter:
    """What a company's contract says on a day (today), for ``person`` also their own share; one statement.

    Without a contract, or without a company, everything is open.
    """
    day = day or today()
    if customer is None:
        return judge(None, day)
    rows = Contract.objects.filter(customer=customer)
    if person is not None:
        mine = ContractUse.objects.filter(contract=OuterRef("pk"), user=person).values("used")[:1]
        rows = rows.annotate(mine=Subquery(mine, output_field=IntegerField()))
    contract = rows.order_by(*current_first(day)).first()
    return judge(contract, day, mine=getattr(contract, "mine", None) or 0)


def take(requester: User, day: date | None = None) -> Meter:
    """Take one ticket of the company's contract for this person, inside the transaction that opens it.

    Settled by the database: of twenty at once with five left, five pass. Three statements, one where there is no
    contract. Never given back, unless the caller's transaction is undone. Raises Refused.
    """
    day = day or today()
    meter = state(requester.customer, day, person=requester)
    if meter.contract is None:
        return meter
    if not meter.is_open:
        raise Refused(meter)
    forced = meter.standing == Standing.OVERRIDE
    left = Q() if forced else Q(allowance=None) | Q(used__lt=F("allowance"))
    taken = Contract.objects.filter(left, pk=meter.contract.pk).update(used=F("used") + 1)
    # The contract's row is ours from here on, so nobody else's share changes meanwhile.
    if not taken or not _share_taken(meter.contract, requester, forced=forced):
        raise Refused(_judged_again(meter, requester, used_up=not taken))
    return meter


def _share_taken(contract: Contract, person: User, *, forced: bool) -> bool:
    """Count one more of this person's, unless that passes the limit a person."""
    limit = MOST if forced or contract.person_limit is None else contract.person_limit
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_contractuse (tenant_id, contract_id, user_id, used) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (tenant_id, contract_id, user_id)"
            " DO UPDATE SET used = accounts_contractuse.used + 1 WHERE accounts_contractuse.used < %s",
            [current_tenant_id(), contract.pk, person.pk, limit],
        )
        return bool(cursor.rowcount)


def _judged_again(meter: Meter, person: User, *, used_up: bool) -> Meter:
    """How things stand after somebody else took the last one."""
    again = state(person.customer, meter.today, person=person)
    if not again.is_open:
        return again
    standing = Standing.USED_UP if used_up else Standing.PERSON_LIMIT
    return Meter(again.contract or meter.contract, meter.today, standing, standing, again.mine)


# What the owner does --------------------------------------------------------------------------------------------
@transaction.atomic
def create_contract(
    *,
    actor: User | None,
    customer: Customer,
    starts_on: date,
    ends_on: date,
    allowance: int | None = None,
    person_limit: int | None = None,
    grace_days: int = 0,
    notes: str = "",
) -> Contract:
    """A company's first contract, or the next one: a renewal is a new row, the old ones are the history.

    ``ends_on`` is the last day; ``allowance`` and ``person_limit`` are numbers of tickets, None for no limit.
    Raises Invalid (starts_on, ends_on, allowance, person_limit, grace_days, notes) or NotAllowed.
    """
    require(may_manage_customers(actor))
    _lock(customer)
    contract = Contract(customer=customer, starts_on=starts_on, ends_on=ends_on, created_by=actor)
    contract.allowance, contract.person_limit, contract.grace_days = allowance, person_limit, grace_days
    contract.notes = _clean_text(notes, field="notes")
    _check(contract)
    before = Contract.objects.filter(customer=customer).exists()
    contract.save(force_insert=True)
    verb = "contract.renew" if before else "contract.create"
    audit.record(verb, actor=actor, target=contract, label=customer.name, after=_facts(contract))
    return contract


@transaction.atomic
def change_contract(
    contract: Contract,
    *,
    actor: User | None,
    starts_on: date = UNSET,
    ends_on: date = UNSET,
    allowance: int | None = UNSET,
    person_limit: int | None = UNSET,
    grace_days: int = UNSET,
    notes: str = UNSET,
) -> Contract:
    """Change what was given of a contract. Raises as create_contract(), and Invalid for an allowance below its use.

    A new end is told anew: reminders begin again.
    """
    require(may_manage_customers(actor))
    fresh = _locked(contract)
    before = _facts(fresh)
    given = {
        "starts_on": starts_on,
        "ends_on": ends_on,
        "allowance": allowance,
        "person_limit": person_limit,
        "grace_days": grace_days,
        "notes": notes if notes is UNSET else _clean_text(notes, field="notes"),
    }
    for name, value in given.items():
        if value is not UNSET:
            setattr(fresh, name, value)
    _check(fresh)
    after = _facts(fresh)
    if after["ends_on"] != before["ends_on"]:
        fresh.reminded = None
    fresh.save(update_fields=[*given, "reminded"])
    label = fresh.customer.name
    audit.record_change("contract.change", actor=actor, target=fresh, label=label, before=before, after=after)
    return fresh


@transaction.atomic
def override(contract: Contract, *, actor: User | None, until: date | None, reason: str = "") -> Contract:
    """Take the company's tickets until a day whatever the rest says, or (``until`` None) no longer.

    Recorded with the reason. What is opened meanwhile is counted all the same. Raises Invalid (until, reason),
    NotAllowed.
    """
    require(may_override_contracts(actor))
    fresh = _locked(contract)
    reason = _clean_text(reason, field="reason") if until else ""
    if until is not None and until < today():
        raise Invalid("روزی که باز می‌ماند باید امروز یا پس از آن باشد.", field="until")
    if until is not None and until > today() + LONGEST:
        raise Invalid("این روز بیش از ده سال دیگر است. سال را دوباره ببینید.", field="until")
    if until is not None and not reason:
        raise Invalid("دلیل را بنویسید؛ در تاریخچه می‌ماند.", field="reason")
    if (fresh.open_until, fresh.open_reason) == (until, reason):
        return fresh
    before = {"open_until": _day(fresh.open_until), "reason": fresh.open_reason}
    fresh.open_until, fresh.open_reason = until, reason
    fresh.save(update_fields=["open_until", "open_reason"])
    audit.record(
        "contract.override",
        actor=actor,
        target=fresh,
        label=fresh.customer.name,
        before=before,
        after={"open_until": _day(until), "reason": reason},
    )
    return fresh


def _lock(customer: Customer) -> None:
    """One at a time writes a company's contracts, so that two renewals at once cannot overlap."""
    if not Customer.objects.select_for_update(no_key=True).filter(pk=customer.pk).values_list("pk").first():
        raise NotFound


def _locked(contract: Contract) -> Contract:
    """The contract's row as it is now, locked after its company: its use does not move while it is changed."""
    _lock(contract.customer)
    fresh = (
        Contract.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer")
        .filter(pk=contract.pk)
        .first()
    )
    if fresh is None:
        raise Conflict
    return fresh


def check_alone(contract: Contract) -> None:
    """Raise Invalid for dates and numbers that cannot be, whatever other contracts there are; no statement."""
    starts_on, ends_on = contract.starts_on, contract.ends_on
    if abs(starts_on - today()) > FARTHEST:
        raise Invalid("آغاز قرارداد بسیار دور از امروز است. سال را دوباره ببینید.", field="starts_on")
    if ends_on < starts_on:
        raise Invalid("پایان قرارداد باید پس از آغاز آن باشد.", field="ends_on")
    if ends_on - starts_on > LONGEST:
        raise Invalid("قرارداد بلندتر از ده سال نمی‌شود. سال پایان را دوباره ببینید.", field="ends_on")
    _check_numbers(contract)


def _check(contract: Contract) -> None:
    """The same, and that no other contract of the company has these days."""
    check_alone(contract)
    starts_on, ends_on = contract.starts_on, contract.ends_on
    others = Contract.objects.filter(
        customer=contract.customer_id, starts_on__lte=ends_on, ends_on__gte=starts_on
    )
    other = others.exclude(pk=contract.pk).order_by("starts_on").first()
    if other is not None:
        days = f"{jalali.long_date(other.starts_on)} تا {jalali.long_date(other.ends_on)}"
        raise Invalid(f"این روزها در قرارداد دیگری است: {days}.", field="starts_on")


def _check_numbers(contract: Contract) -> None:
    allowance, limit = contract.allowance, contract.person_limit
    if allowance is not None and not 1 <= allowance <= MOST:
        raise Invalid("تعداد تیکت از ۱ تا یک میلیون است؛ برای بی سقف، خالی بگذارید.", field="allowance")
    if allowance is not None and allowance < contract.used:
        used = digits.group(contract.used)
        raise Invalid(
            f"تا امروز {used} تیکت از این قرارداد ثبت شده است؛ کمتر از آن نمی‌شود.", field="allowance"
        )
    if limit is not None and not 1 <= limit <= MOST:
        raise Invalid("سقف هر نفر از ۱ تا یک میلیون است؛ برای بی سقف، خالی بگذارید.", field="person_limit")
    if limit is not None and allowance is not None and limit > allowance:
        raise Invalid("سقف هر نفر نمی‌تواند بیش از تعداد تیکت قرارداد باشد.", field="person_limit")
    if not 0 <= contract.grace_days <= LONGEST_GRACE:
        raise Invalid("مهلت پس از پایان از ۰ تا ۳۶۵ روز است.", field="grace_days")


def _clean_text(text: str, *, field: str) -> str:
    cleaned = one_line(text or "")
    if len(cleaned) > LONGEST_TEXT:
        raise Invalid("این نوشته بلندتر از ۳۰۰ نویسه است. کمی کوتاه‌ترش کنید.", field=field)
    return cleaned


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _facts(contract: Contract) -> dict[str, Any]:
    return {
        "starts_on": _day(contract.starts_on),
        "ends_on": _day(contract.ends_on),
        "allowance": contract.allowance,
        "person_limit": contract.person_limit,
        "grace_days": contract.grace_days,
        "notes": contract.notes,
    }
