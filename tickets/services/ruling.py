"""Changing the rules of a ticket's life (S7, H6), the owner's."""

from __future__ import annotations

from django.db import transaction

from accounts.models import User
from departments.services.rights import require_owner
from departments.services.rows import changed
from persian.digits import to_persian
from tenants.scope import current_tenant
from tenants.services import audit
from web.errors import Invalid

from ..models import TicketRules
from ..writing import UNDO_CHOICES

LONGEST = 730
FIELDS = ("reopen_days", "silence_days", "warning_days", "transfer_days", "bin_days")


@transaction.atomic
def change_rules(*, actor: User | None, undo_seconds: int | None = None, **days: int) -> TicketRules:
    """Set the days of TicketRules, all five by name; 0 switches a rule off. Raises NotAllowed, Invalid(field).

    ``undo_seconds``: for how long an answer may be taken back (B8); None leaves it as it is.
    """
    require_owner(actor)
    for name in FIELDS:
        shortest = 1 if name == "bin_days" else 0
        if not shortest <= days[name] <= LONGEST:
            raise Invalid(
                f"عددی از {to_persian(str(shortest))} تا {to_persian(str(LONGEST))} بنویسید.", field=name
            )
    if days["silence_days"] and days["warning_days"] >= days["silence_days"]:
        raise Invalid("هشدار باید زودتر از بستن باشد. روزهایش را کمتر کنید.", field="warning_days")
    wanted: dict[str, int] = {name: days[name] for name in FIELDS}
    if undo_seconds is not None:
        if undo_seconds not in UNDO_CHOICES:
            raise Invalid("مهلت را از فهرست انتخاب کنید.", field="undo_seconds")
        wanted["undo_seconds"] = undo_seconds
    TicketRules.objects.bulk_create([TicketRules(tenant=current_tenant())], ignore_conflicts=True)
    found = TicketRules.objects.select_for_update(no_key=True).get()
    before, after = changed(found, wanted)
    if after:
        for field, value in after.items():
            setattr(found, field, value)
        found.save(update_fields=list(after))
        audit.record("rules.change", actor=actor, target=current_tenant(), before=before, after=after)
    return found
