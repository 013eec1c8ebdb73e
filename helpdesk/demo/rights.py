"""Who may do what in the demo, once its tickets are written: a level of the owner's own, groups, somebody away."""

from __future__ import annotations

from datetime import timedelta

from accounts.roles import Right
from departments.services import groups, levels, seat, vacations
from web.days import today

from .households import Household
from .people import SALES

GROUPS = (("خط اول", "نخستین پاسخ به مشتری", (12, 13, 15)), ("خط دوم", "مسئله‌های سخت‌تر", (11, 14)))
RECEPTION = 21  # the salesman who also registers customers
AWAY, STANDS_IN = 15, 12


def arrange(home: Household) -> None:
    """In the house that has these people; in its scope."""
    if RECEPTION not in home.people:
        return
    level = levels.create_level(
        actor=home.owner,
        name="پذیرش",
        rights=[Right.REPLY, Right.TAKE, Right.CLOSE, Right.OPEN, Right.NOTE, Right.READ_NOTES]
        + [Right.CUSTOMERS, Right.EXPORT],
    )
    seat(actor=home.owner, user=home.people[RECEPTION], department=home.desks[SALES], access_level=level)
    for name, description, members in GROUPS:
        group = groups.create_group(actor=home.owner, name=name, description=description)
        for number in members:
            groups.join(group, actor=home.owner, user=home.people[number])
    vacations.plan(
        home.people[AWAY],
        actor=home.owner,
        starts_on=today(),
        ends_on=today() + timedelta(days=5),
        substitute=home.people[STANDS_IN],
    )
