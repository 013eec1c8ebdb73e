"""Access levels: named sets of rights that seats carry (S19). The owner's to shape; nobody grants what they lack."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.models import AccessLevel, User
from accounts.roles import BUILTIN_LEVELS
from tenants.services import audit
from web.errors import Invalid, NotAllowed

from ..models import Department, Seat
from ..places import EVERY_RIGHT, places_of
from .rights import require_owner
from .rows import changed, clean_name, locked, save

NAME_TAKEN = "سطح دیگری همین نام را دارد. نام دیگری بنویسید."


def plant_builtin() -> None:
    """The levels a new tenant starts with; part of making it."""
    AccessLevel.objects.bulk_create(
        AccessLevel(name=name, builtin=key, rights=[right.value for right in rights])
        for key, (name, rights) in BUILTIN_LEVELS.items()
    )


@transaction.atomic
def create_level(*, actor: User | None, name: str, rights: Iterable[str] = ()) -> AccessLevel:
    """A level of the owner's own. Raises NotAllowed, Invalid(name, rights)."""
    require_owner(actor)
    level = AccessLevel(name=clean_name(name, longest=60), rights=_clean(rights))
    save(level, taken=NAME_TAKEN)
    audit.record(
        "level.create", actor=actor, target=level, after={"name": level.name, "rights": level.rights}
    )
    return level


@transaction.atomic
def change_level(
    level: AccessLevel, *, actor: User | None, name: str, rights: Iterable[str] = ()
) -> AccessLevel:
    """Another name, other rights, for everybody who has it, from their next click on. Raises as create_level()."""
    require_owner(actor)
    found = locked(level)
    values = {"name": clean_name(name, longest=60), "rights": _clean(rights)}
    before, after = changed(found, values)
    if after:
        for field, value in after.items():
            setattr(found, field, value)
        save(found, list(after), taken=NAME_TAKEN)
        audit.record("level.change", actor=actor, target=found, before=before, after=after)
    return found


@transaction.atomic
def delete_level(level: AccessLevel, *, actor: User | None) -> int:
    """Take a level of the owner's own away; its seats fall back on the built-in one of theirs. Returns how many.

    Raises NotAllowed, NotFound, Invalid for a built-in one.
    """
    require_owner(actor)
    found = locked(level)
    if found.builtin:
        raise Invalid("این سطح از آغاز با سامانه است و برداشته نمی‌شود. دسترسی‌هایش را می‌توانید تغییر دهید.")
    seats = Seat.objects.filter(access_level=found).update(access_level=None)
    audit.record(
        "level.delete", actor=actor, target=found, before={"name": found.name, "rights": found.rights}
    )
    found.delete()
    return seats


def require_grant(
    actor: User | None,
    *,
    user: User,
    department: Department,
    place: Seat | None,
    level: str = Seat.SeatLevel.STAFF,
    wanted: AccessLevel | None = None,
) -> None:
    """Who is not the owner seats staff, never a manager or an owner, never themself, and grants only what they have.

    Raises NotAllowed, Invalid(access_level) (S19: nobody raises their own rights).
    """
    if actor is None or actor.is_owner:
        return
    raised = level != Seat.SeatLevel.STAFF or (place is not None and place.is_manager)
    if raised or user.is_owner or user.pk == actor.pk:
        raise NotAllowed()
    mine = places_of(actor)[department.pk].rights
    asked = wanted or AccessLevel.objects.get(builtin=level)
    if not EVERY_RIGHT & set(asked.rights) <= mine:
        raise Invalid(
            "این سطح کارهایی دارد که خودتان در این دپارتمان ندارید. سطح دیگری انتخاب کنید.",
            field="access_level",
        )


def _clean(rights: Iterable[str]) -> list[str]:
    """Known rights, each once, in the order of the list."""
    wanted = set(rights)
    if not wanted <= EVERY_RIGHT:
        raise Invalid("دسترسی‌ها را از فهرست انتخاب کنید.", field="rights")
    return sorted(wanted)
