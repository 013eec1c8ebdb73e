"""Answers kept ready (S28): the verbs. Who sees, uses and writes them is said by departments.ready."""

from __future__ import annotations

from typing import Any, Literal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from persian import fold
from persian.clean import strip_controls
from tenants.services import audit
from web import rich
from web.errors import Invalid, NotAllowed, NotFound

from .. import ready
from ..models import CannedResponse, Department
from .rows import changed, clean_name, number, require_ours, save, stepped

LONGEST = 10_000
LONGEST_NAME = 80
# Enough for a house that has been at it for years; a person's own and a department's count for themselves.
MOST = 300
NAME_TAKEN = "پاسخ آمادهٔ دیگری همین نام را دارد. نام دیگری بنویسید."
FULL = "این‌جا ۳۰۰ پاسخ آماده هست. نخست چندتایی را که به کار نمی‌رود بردارید."


@transaction.atomic
def create_canned(
    *,
    actor: User,
    name: str,
    body: str,
    html: str = "",
    department: Department | None = None,
    user: User | None = None,
) -> CannedResponse:
    """Keep an answer ready: a department's, a person's own, or, with neither, everybody's; last among those.

    Raises NotAllowed, NotFound, Invalid (name, body).
    """
    require_ours(department, user)
    if not ready.may_write(actor, department=department, user_of=user):
        raise NotAllowed()
    row = CannedResponse(department=department, user=user, updated_by=actor)
    beside = CannedResponse.objects.filter(department=department, user=user)
    if beside.count() >= MOST:
        raise Invalid(FULL)
    row.position = (beside.order_by("-position").values_list("position", flat=True).first() or 0) + 1
    _put(row, _clean(name, body, html))
    save(row, taken=NAME_TAKEN)
    audit.record("canned.create", actor=actor, target=row, after=_facts(row))
    return row


@transaction.atomic
def change_canned(
    row: CannedResponse, *, actor: User, name: str, body: str, html: str = ""
) -> CannedResponse:
    """Another name or text; whose it is stays. Raises as create_canned()."""
    found = _locked(row, actor)
    before, after = changed(found, _clean(name, body, html))
    if after:
        _put(found, after)
        found.updated_by, found.updated_at = actor, timezone.now()
        save(found, [*after, "search_text", "updated_by", "updated_at"], taken=NAME_TAKEN)
        told = after.keys() - {"html"}
        audit.record(
            "canned.change",
            actor=actor,
            target=found,
            before={name: before[name] for name in before if name in told},
            after={name: after[name] for name in after if name in told},
        )
    return found


@transaction.atomic
def delete_canned(row: CannedResponse, *, actor: User) -> None:
    """Take it away; what was sent with it stays as it was sent. Raises NotAllowed, NotFound."""
    found = _locked(row, actor)
    audit.record("canned.delete", actor=actor, target=found, before=_facts(found))
    found.delete()


@transaction.atomic
def move_canned(row: CannedResponse, *, actor: User, to: Literal["up", "down"]) -> None:
    """Let it change places with its neighbour among those of the same owner; at the edge nothing happens."""
    found = _locked(row, actor)
    beside = CannedResponse.objects.select_for_update(no_key=True)
    rows = list(beside.filter(department=found.department, user=found.user).order_by("position", "pk"))
    wanted = stepped(rows, found.pk, to)
    if wanted is None:
        return
    number(wanted, first=1)
    audit.record("canned.move", actor=actor, target=found, after={"to": to})


def count_use(row: CannedResponse) -> None:
    """It has gone into an answer once more: the search offers first what is used most."""
    CannedResponse.objects.filter(pk=row.pk).update(used=F("used") + 1)


def search_text(name: str, body: str) -> str:
    """What the composer's search reads of it."""
    return str(fold(f"{name}\n{body}"))


def _locked(row: CannedResponse, actor: User) -> CannedResponse:
    """The row as it is now. Raises NotFound where the person does not see it, NotAllowed where it is not theirs."""
    require_ours(row)
    found = (
        CannedResponse.objects.select_for_update(no_key=True, of=("self",))
        .select_related("department", "user")
        .filter(pk=row.pk)
        .first()
    )
    if found is None or (found.user_id is not None and found.user_id != actor.pk):
        raise NotFound()
    if not ready.may_write(actor, department=found.department, user_of=found.user):
        raise NotAllowed()
    return found


def _clean(name: str, body: str, html: str) -> dict[str, Any]:
    """Name, text and form. Raises Invalid (name, body)."""
    html = rich.without_pictures(rich.clean(html)) if html.strip() else ""
    text = strip_controls(rich.text_of(html) if html else body).strip()
    if not text:
        raise Invalid("متن پاسخ را بنویسید.", field="body")
    if len(text) > LONGEST or len(html) > 4 * LONGEST:
        raise Invalid("متن پاسخ حداکثر ۱۰ هزار نویسه می‌تواند باشد. کوتاه‌ترش کنید.", field="body")
    return {
        "name": clean_name(name, longest=LONGEST_NAME, empty="برای پیدا شدنش نامی بنویسید."),
        "body": text,
        "html": html,
    }


def _put(row: CannedResponse, values: dict[str, Any]) -> None:
    for field, value in values.items():
        setattr(row, field, value)
    row.search_text = search_text(row.name, row.body)


def _facts(row: CannedResponse) -> dict[str, Any]:
    """As the audit log tells it; a text is a text, however long its form."""
    return {
        "name": row.name,
        "body": row.body,
        "department": row.department.name if row.department else "",
        "person": row.user.name if row.user else "",
    }
