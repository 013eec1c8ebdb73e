"""A company's people moved between its sections and levels (H21). Defining and switching them is in people.py."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from tenants.services import audit
from web.errors import Conflict, NotFound

from ..access import may_move, require
from ..models import Section, User
from ..roles import Level
from .people import require_place


@transaction.atomic
def move_person(person: User, *, actor: User | None, level: int, section: Section | None = None) -> User:
    """Another section or another level in the same company; their tickets stay theirs (H21).

    What they and their manager see follows at the next request. Raises Invalid (level, section), NotAllowed,
    NotFound, and Conflict where a company would be left without a main contact.
    """
    require(may_move(actor, person, level))
    # Main contacts are locked too, so that two of them moved at the same moment cannot leave the company to nobody.
    mains = Q(level=Level.MAIN, is_active=True)
    rows = User.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    people = list(rows.filter(Q(pk=person.pk) | mains, customer_id=person.customer_id))
    fresh = next((one for one in people if one.pk == person.pk), None)
    if fresh is None or fresh.customer_id is None:
        raise NotFound()
    require(may_move(actor, fresh, level))
    require_place(fresh.customer_id, level, section)
    if fresh.level == Level.MAIN != level and not [one for one in people if one.pk != fresh.pk]:
        raise Conflict("شرکت بی سطح اصلی نمی‌ماند. نخست فرد دیگری را سطح اصلی کنید.")
    before = _place(fresh)
    fresh.level, fresh.section = level, section
    after = _place(fresh)
    if after != before:
        fresh.save(update_fields=["level", "section"])
        audit.record("person.move", actor=actor, target=fresh, before=before, after=after)
    person.level, person.section = fresh.level, fresh.section
    return fresh


def _place(person: User) -> dict[str, Any]:
    return {"level": person.level, "section": person.section.name if person.section else ""}
