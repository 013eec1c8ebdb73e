"""What a contract says today (S2): judged from its row, no statements. Whoever asks reads the row first.

``pick`` and ``current_first`` are one rule twice, in Python and in SQL: the contract that speaks for a company is
the one begun last, or, where none has begun, the first to come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Case, DateField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import JSONObject

from persian import digits, jalali
from tenants.models import Tenant

from .models import Contract

_NOT_DIALLED = re.compile(r"[^0-9+]")


class Standing(StrEnum):
    """Where a company stands; the first four take new tickets."""

    NONE = "none"
    RUNNING = "running"
    GRACE = "grace"
    OVERRIDE = "override"
    NOT_BEGUN = "not_begun"
    ENDED = "ended"
    USED_UP = "used_up"
    PERSON_LIMIT = "person_limit"


OPEN = (Standing.NONE, Standing.RUNNING, Standing.GRACE, Standing.OVERRIDE)


@dataclass(frozen=True)
class Meter:
    """A contract on a day. ``standing`` says whether a new ticket is taken and why; ``mine`` is the person's own use.

    ``under`` is how things would stand without the owner's override.
    """

    contract: Contract | None
    today: date
    standing: Standing
    under: Standing
    mine: int = 0

    @property
    def is_open(self) -> bool:
        """Whether a customer's new ticket is taken now."""
        return self.standing in OPEN

    @property
    def is_overridden(self) -> bool:
        """Whether the owner's word is in force, needed today or not."""
        until = self.contract.open_until if self.contract else None
        return until is not None and self.today <= until

    @property
    def days_left(self) -> int:
        """Days until the last day: 0 on it, negative after it; 0 without a contract."""
        return (self.contract.ends_on - self.today).days if self.contract else 0

    @property
    def value(self) -> int:
        """What a <meter> shows: never more than ``most``."""
        return min(self.contract.used, self.most) if self.contract else 0

    @property
    def most(self) -> int:
        """The allowance, or 0 where there is none to measure against."""
        return (self.contract.allowance or 0) if self.contract else 0

    @property
    def used_words(self) -> str:
        """`۱۲ از ۵۰ تیکت`, or `۱۲ تیکت، بی سقف`."""
        if self.contract is None:
            return ""
        used = digits.group(self.contract.used)
        return f"{used} از {digits.group(self.most)} تیکت" if self.most else f"{used} تیکت، بی سقف"

    @property
    def days_words(self) -> str:
        """`۴۳ روز مانده`, or what stands in its place before the beginning, on the last day and after it."""
        if self.contract is None:
            return ""
        if self.today < self.contract.starts_on:
            return f"از {jalali.long_date(self.contract.starts_on)}"
        if self.days_left > 0:
            return f"{digits.group(self.days_left)} روز مانده"
        if self.days_left == 0:
            return "امروز روز آخر است"
        if self.grace_left >= 0:
            return f"مهلت تا {jalali.day_month(self._last_grace_day)}"
        return "پایان یافته"

    @property
    def words(self) -> str:
        """`۱۲ از ۵۰ تیکت، ۴۳ روز مانده` (LOOK, row 15)."""
        return f"{self.used_words}، {self.days_words}" if self.contract else ""

    @property
    def grace_left(self) -> int:
        """Days left of the grace days, 0 on the last of them; negative once they are over."""
        return (self._last_grace_day - self.today).days if self.contract else 0

    @property
    def mine_words(self) -> str:
        """`سهم شما: ۲ از ۵ تیکت` where a person's limit is set, else ""."""
        limit = self.contract.person_limit if self.contract else None
        if limit is None:
            return ""
        return f"سهم شما: {digits.group(self.mine)} از {digits.group(limit)} تیکت"

    @property
    def why(self) -> str:
        """Why no new ticket is taken, told to the customer; "" while one is."""
        if self.contract is None or self.is_open:
            return ""
        match self.standing:
            case Standing.NOT_BEGUN:
                return f"قرارداد شما از {jalali.long_date(self.contract.starts_on)} آغاز می‌شود."
            case Standing.USED_UP:
                return f"همهٔ {digits.group(self.most)} تیکت قرارداد شما ثبت شده است."
            case Standing.PERSON_LIMIT:
                limit = digits.group(self.contract.person_limit or 0)
                return f"سهم شما از قرارداد شرکت، {limit} تیکت، ثبت شده است."
        return f"قرارداد شما {jalali.long_date(self.contract.ends_on)} پایان یافت."

    @property
    def why_theirs(self) -> str:
        """The same, told to our side about the company; "" while tickets are taken."""
        if self.contract is None or self.is_open:
            return ""
        if self.standing == Standing.PERSON_LIMIT:
            return "سهم این شخص از قرارداد شرکتش ثبت شده است."
        return self.why.replace("قرارداد شما", "قرارداد این شرکت")

    @property
    def call(self) -> str:
        """`برای تمدید با`: the words before the tenant's name."""
        return {
            Standing.NOT_BEGUN: "برای آغاز زودتر با",
            Standing.USED_UP: "برای تیکت بیشتر با",
            Standing.PERSON_LIMIT: "برای سهم بیشتر با رابط شرکت خود یا",
        }.get(self.standing, "برای تمدید با")

    @property
    def still(self) -> str:
        """Until when new tickets are taken although the contract is over or used up; "" otherwise."""
        if self.contract is None or self.standing not in (Standing.GRACE, Standing.OVERRIDE):
            return ""
        forced = self.standing == Standing.OVERRIDE and self.contract.open_until
        until = jalali.long_date(forced or self._last_grace_day)
        return f"تا {until} همچنان می‌توانید تیکت ثبت کنید."

    @property
    def tag(self) -> str:
        """One or two words for our side's lists; "" for a contract that simply runs."""
        return {
            Standing.NOT_BEGUN: "آغاز نشده",
            Standing.ENDED: "پایان یافته",
            Standing.GRACE: "در مهلت",
            Standing.USED_UP: "تیکت‌ها تمام شده",
            Standing.OVERRIDE: "باز گذاشته‌اید",
        }.get(self.standing, "")

    def sentence(self, tenant: Tenant) -> str:
        """Why it is closed and whom to call, as one text (LOOK, row 16); "" while tickets are taken."""
        return f"{self.why} {whom_to_call(tenant, self.call)}" if self.why else ""

    @property
    def _last_grace_day(self) -> date:
        assert self.contract is not None  # every caller looked
        return self.contract.ends_on + timedelta(days=self.contract.grace_days)


def whom_to_call(tenant: Tenant, words: str = "برای تمدید با") -> str:
    """`برای تمدید با آوندفام تماس بگیرید: ۰۲۱…`; without a telephone it ends after the name."""
    # Digits alone: a dash would turn the number round inside a Persian sentence.
    phone = re.sub(r"^\+98", "0", _NOT_DIALLED.sub("", tenant.phone))
    return f"{words} {tenant.name} تماس بگیرید" + (f": {digits.to_persian(phone)}" if phone else ".")


def judge(contract: Contract | None, today: date, *, mine: int = 0) -> Meter:
    """Where a contract stands on a day; ``mine`` is how many of its tickets the person has opened."""
    if contract is None:
        return Meter(None, today, Standing.NONE, Standing.NONE)
    under = _standing(contract, today, mine)
    meter = Meter(contract, today, under, under, mine)
    return replace(meter, standing=Standing.OVERRIDE) if meter.is_overridden and not meter.is_open else meter


def pick(contracts: Iterable[Contract], today: date) -> Contract | None:
    """The contract that speaks for a company today, out of all of its own."""
    rows = sorted(contracts, key=lambda row: row.starts_on)
    begun = [row for row in rows if row.starts_on <= today]
    return begun[-1] if begun else next(iter(rows), None)


def current_first(today: date) -> tuple[OrderBy, str]:
    """The order that puts the contract ``pick`` would take first."""
    begun = Case(
        When(Q(starts_on__lte=today), then=F("starts_on")),
        default=Value(None),
        output_field=DateField(null=True),
    )
    return begun.desc(nulls_last=True), "starts_on"


_DATES = ("starts_on", "ends_on", "open_until")
_COLUMN = ("id", *_DATES, "grace_days", "allowance", "person_limit", "used")


def column(customer: str, day: date) -> Subquery:
    """The contract of another row's company as a column, for ``of_column``: pages that count their statements."""
    rows = Contract.objects.filter(customer=OuterRef(customer)).order_by(*current_first(day))
    return Subquery(rows.values(found=JSONObject(**{name: name for name in _COLUMN}))[:1])


def of_column(found: dict[str, Any] | None, day: date) -> Meter:
    """What that column says on a day."""
    if found is None:
        return judge(None, day)
    dates = {name: date.fromisoformat(found[name]) if found[name] else None for name in _DATES}
    return judge(Contract(**{**found, **dates}), day)


def _standing(contract: Contract, today: date, mine: int) -> Standing:
    if today < contract.starts_on:
        return Standing.NOT_BEGUN
    if today > contract.ends_on + timedelta(days=contract.grace_days):
        return Standing.ENDED
    if contract.allowance is not None and contract.used >= contract.allowance:
        return Standing.USED_UP
    if contract.person_limit is not None and mine >= contract.person_limit:
        return Standing.PERSON_LIMIT
    return Standing.GRACE if today > contract.ends_on else Standing.RUNNING
