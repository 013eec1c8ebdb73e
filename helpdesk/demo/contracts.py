"""Contracts of the demo's companies: signed before their history, so that it is counted, then set where each shows
something: one runs, one is about to end, one has ended, one goes on in its grace days, one is used up.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from accounts.models import Contract, User
from accounts.services import contracts

from .households import Household
from .plan import DAYS

# Company → days from today to the last day, and grace days.
ENDS = {
    102: (43, 0),
    103: (5, 7),
    104: (-12, 0),
    106: (-3, 15),
    109: (96, 0),
    111: (-20, 0),
    511: (24, 0),
    512: (-4, 0),
}
USED_UP = (109,)
LEFT_OPEN = {111: "تمدید امضا شده و در راه است"}
# Of the others every fifth has none: opening is free for them.
NONE_EACH = 5


def sign(home: Household, today: date) -> None:
    """A contract without limits for each company, begun before its first ticket; the first one has two."""
    rng = Random(f"contracts of {home.house.slug}")
    for place, (number, customer) in enumerate(sorted(home.customers.items())):
        days = rng.randint(40, 290)
        if number not in ENDS and place % NONE_EACH == NONE_EACH - 1:
            continue
        starts_on = today - timedelta(days=DAYS + 30 + rng.randint(0, 60))
        period = {"starts_on": starts_on, "ends_on": today + timedelta(days=days)}
        contracts.create_contract(actor=home.owner, customer=customer, **period)
        if number == min(ENDS.keys() & home.customers.keys()):
            _first_year(home, number, starts_on)


def _first_year(home: Household, number: int, until: date) -> None:
    """A contract before that one, most of it used: what a renewal leaves behind."""
    first, last = until - timedelta(days=365), until - timedelta(days=1)
    contracts.create_contract(
        actor=home.owner,
        customer=home.customers[number],
        starts_on=first,
        ends_on=last,
        allowance=40,
        notes="سال نخست",
    )
    for _ in range(31):
        contracts.take(home.people[number], last)


def settle(home: Household, today: date) -> None:
    """Give each contract the allowance and the end it shows today, now that the history is written."""
    for number, customer in home.customers.items():
        contract = Contract.objects.filter(customer=customer).order_by("-starts_on").first()
        if contract is not None:
            _settle(contract, number, today, actor=home.owner)


def _settle(contract: Contract, number: int, today: date, *, actor: User) -> None:
    used = contract.used
    # What somebody would have bought: round tens, with room to go on.
    allowance = used if number in USED_UP and used else max(20, -(-used * 8 // 50) * 10)
    ends_on, grace = contract.ends_on, 0
    if number in ENDS:
        days, grace = ENDS[number]
        ends_on = today + timedelta(days=days)
    contracts.change_contract(contract, actor=actor, allowance=allowance, ends_on=ends_on, grace_days=grace)
    if number in LEFT_OPEN:
        until = today + timedelta(days=10)
        contracts.override(contract, actor=actor, until=until, reason=LEFT_OPEN[number])
