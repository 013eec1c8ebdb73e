"""Named groups of staff, e.g. «خط اول» (S19)."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from accounts.models import User
from persian.clean import one_line
from tenants.services import audit
from web.errors import Invalid, NotFound

from ..models import StaffGroup, StaffGroupMember
from .rights import changed, clean_name, require_ours, require_owner

NAME_TAKEN = "گروه دیگری همین نام را دارد. نام دیگری بنویسید."
LONGEST_DESCRIPTION = 200


@transaction.atomic
def create_group(*, actor: User | None, name: str, description: str = "") -> StaffGroup:
    """An empty group. Raises NotAllowed, Invalid(name, description)."""
    require_owner(actor)
    group = StaffGroup(name=clean_name(name, longest=60), description=_description(description))
    _save(group)
    audit.record("group.create", actor=actor, target=group, after={"name": group.name})
    return group


@transaction.atomic
def change_group(group: StaffGroup, *, actor: User | None, name: str, description: str = "") -> StaffGroup:
    """Another name or description. Raises as create_group, and NotFound."""
    require_owner(actor)
    found = _locked(group)
    values = {"name": clean_name(name, longest=60), "description": _description(description)}
    before, after = changed(found, values)
    if after:
        for field, value in after.items():
            setattr(found, field, value)
        _save(found, list(after))
        audit.record("group.change", actor=actor, target=found, before=before, after=after)
    return found


@transaction.atomic
def delete_group(group: StaffGroup, *, actor: User | None) -> None:
    """Take a group away; its people stay what they are. Raises NotAllowed, NotFound."""
    require_owner(actor)
    found = _locked(group)
    audit.record("group.delete", actor=actor, target=found, before={"name": found.name})
    found.delete()


@transaction.atomic
def join(group: StaffGroup, *, actor: User | None, user: User) -> None:
    """Put a member of staff into a group; once is enough. Raises NotAllowed, NotFound, Invalid(user)."""
    require_owner(actor)
    require_ours(user)
    found = _locked(group)
    if not user.is_staff_member:
        raise Invalid("این شخص از کارکنان شما نیست.", field="user")
    _row, made = StaffGroupMember.objects.get_or_create(group=found, user=user)
    if made:
        audit.record("group.join", actor=actor, target=found, after={"person": user.name})


@transaction.atomic
def part(group: StaffGroup, *, actor: User | None, user: User) -> None:
    """Take a person out of a group. Raises NotAllowed, NotFound."""
    require_owner(actor)
    require_ours(user)
    found = _locked(group)
    if StaffGroupMember.objects.filter(group=found, user=user).delete()[0]:
        audit.record("group.part", actor=actor, target=found, before={"person": user.name})


def _locked(group: StaffGroup) -> StaffGroup:
    require_ours(group)
    found = StaffGroup.objects.select_for_update(no_key=True).filter(pk=group.pk).first()
    if found is None:
        raise NotFound()
    return found


def _description(text: str) -> str:
    cleaned = one_line(text)
    if len(cleaned) > LONGEST_DESCRIPTION:
        raise Invalid("توضیح بلند است. کوتاه‌ترش کنید.", field="description")
    return cleaned


def _save(group: StaffGroup, fields: list[str] | None = None) -> None:
    try:
        with transaction.atomic():
            group.save(update_fields=fields)
    except IntegrityError:
        raise Invalid(NAME_TAKEN, field="name") from None
