"""People: created with a mobile alone (H23), changed, switched off and on (S22). Every verb is audited (B10)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from persian.digits import to_persian
from tenants.services import audit
from web.errors import Conflict, Invalid, NotAllowed

from ..access import may_add_person, may_create_staff, may_edit, may_manage_staff, may_switch, require
from ..models import Customer, OtpChallenge, Section, User
from ..roles import Level, Role
from . import sessions
from .values import (
    LONGEST_PASSWORD,
    clean_email,
    clean_mobile,
    clean_name,
    clean_signature,
    clean_username,
    plain_password,
    refused_twice,
)

NOT_ONESELF = "دسترسی خودتان را از این‌جا نمی‌توان بست. از مدیر دیگری بخواهید."
UNSET: Any = object()  # "leave it as it is", where None and "" mean something


@transaction.atomic
def create_owner(*, actor: User | None, name: str = "", mobile: str, email: str | None = None) -> User:
    """A main owner of the tenant in scope. Raises Invalid (mobile, email, name) or NotAllowed."""
    require(may_manage_staff(actor))
    return _create(actor, role=Role.OWNER, name=name, mobile=mobile, email=email)


@transaction.atomic
def create_staff(*, actor: User | None, mobile: str, name: str = "", email: str | None = None) -> User:
    """A staff member; seats in departments come from departments.services. Raises Invalid or NotAllowed."""
    require(may_create_staff(actor))
    return _create(actor, role=Role.STAFF, name=name, mobile=mobile, email=email)


@transaction.atomic
def create_customer_person(
    *,
    actor: User | None,
    customer: Customer,
    mobile: str,
    level: int,
    section: Section | None = None,
    name: str = "",
    email: str | None = None,
) -> User:
    """One of a company's people (H21). Levels 1 and 2 belong to a section of the same company; level 0 to none.

    Raises Invalid (mobile, email, name, level, section) or NotAllowed.
    """
    require(may_add_person(actor, customer, level, section))
    require_place(customer.pk, level, section)
    return _create(
        actor,
        role=Role.CUSTOMER,
        name=name,
        mobile=mobile,
        email=email,
        customer=customer,
        level=level,
        section=section,
    )


def require_place(customer_id: int, level: int, section: Section | None) -> None:
    """A level of SPEC's table, in a section of the same company where it wants one. Raises Invalid (level, section)."""
    if level not in Level.values:
        raise Invalid("سطح را از فهرست انتخاب کنید.", field="level")
    if level == Level.MAIN and section is not None:
        raise Invalid("سطح اصلی همهٔ بخش‌ها را می‌بیند و بخش ندارد.", field="section")
    if level != Level.MAIN and (section is None or section.customer_id != customer_id):
        raise Invalid("بخش را از بخش‌های همین شرکت انتخاب کنید.", field="section")


@transaction.atomic
def change_profile(
    user: User,
    *,
    actor: User | None,
    name: str = UNSET,
    email: str | None = UNSET,
    wants_sms: bool = UNSET,
    theme: str = UNSET,
    signature: str = UNSET,
) -> User:
    """Change what was given of a person's profile. Raises Invalid (name, email, theme, signature) or NotAllowed."""
    require(may_edit(actor, user))
    before = _facts(user)
    changed: list[str] = []
    if name is not UNSET:
        user.set_name(clean_name(name, required=True))
        changed += ["name", "sort_key"]
    if email is not UNSET:
        # One's own is changed with proofs (services.contact, TRUST 6).
        require(actor is None or actor.pk != user.pk)
        user.email = clean_email(email)
        if user.email is None and user.mobile is None:
            raise Invalid("این فرد شمارهٔ همراه ندارد؛ ایمیل باید بماند.", field="email")
        changed.append("email")
    if wants_sms is not UNSET:
        user.wants_sms = bool(wants_sms)
        changed.append("wants_sms")
    if theme is not UNSET:
        if theme not in dict(User.THEMES):
            raise Invalid("نما را از فهرست انتخاب کنید.", field="theme")
        user.theme = theme
        changed.append("theme")
    if signature is not UNSET:
        # Who answers nobody signs nothing.
        require(user.is_staff_member)
        user.signature = clean_signature(signature)
        changed.append("signature")
    with refused_twice():
        user.save(update_fields=changed)
    _record_change(actor, user, before)
    return user


@transaction.atomic
def change_details(user: User, *, actor: User | None, username: str | None, **profile: Any) -> User:
    """The profile page's one button: user name and the rest together, or nothing. Raises Invalid or NotAllowed."""
    if clean_username(username) != user.username:
        choose_username(user, actor=actor, username=username)
    return change_profile(user, actor=actor, **profile)


@transaction.atomic
def finish_welcome(
    user: User,
    *,
    actor: User,
    name: str,
    username: str | None = None,
    password: str = "",
    keep_session: str | None = None,
) -> User:
    """The end of a first login (H23): a name, perhaps a user name, perhaps a password ("" = later).

    ``keep_session`` as in set_password. Raises Invalid (name, username, password); then nothing of it is kept.
    """
    require(may_edit(actor, user))
    chosen = clean_username(username)
    change_profile(user, actor=actor, name=name)
    if chosen:
        choose_username(user, actor=actor, username=chosen)
    if password:
        set_password(user, actor=actor, password=password, keep_session=keep_session)
    if user.welcomed_at is None:
        user.welcomed_at = timezone.now()
        user.save(update_fields=["welcomed_at"])
    return user


@transaction.atomic
def choose_username(user: User, *, actor: User | None, username: str | None) -> User:
    """Set or drop the user name. Raises Invalid(field="username") or NotAllowed."""
    require(may_edit(actor, user))
    before = _facts(user)
    user.username = clean_username(username)
    with refused_twice():
        user.save(update_fields=["username"])
    _record_change(actor, user, before)
    return user


@transaction.atomic
def set_password(user: User, *, actor: User | None, password: str, keep_session: str | None = None) -> User:
    """Hash and store a new password; every other session of the person ends (7.4.3). Raises Invalid(password).

    ``keep_session`` is the key of the session it was changed from; None keeps none but the one being made.
    """
    require(actor is None or actor.pk == user.pk)
    raw = plain_password(password)
    _check_password(raw, user)
    user.set_password(raw)
    user.save(update_fields=["password"])
    sessions.end_all(user, keep=keep_session)
    audit.record("person.password", actor=actor, target=user)
    return user


@transaction.atomic
def switch_off(user: User, *, actor: User | None) -> User:
    """Refuse the person from now on: open sessions and waiting codes end with it (S22). Raises Conflict, NotAllowed."""
    require(may_switch(actor, user))
    if actor is not None and actor.pk == user.pk:
        raise Conflict(NOT_ONESELF)
    if user.is_owner:
        _require_another_owner(user, actor=actor)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        OtpChallenge.objects.filter(user_id=user.pk, used_at=None).update(expires_at=timezone.now())
        audit.record("person.off", actor=actor, target=user)
    sessions.end_all(user)
    user.is_active = False
    return user


@transaction.atomic
def switch_on(user: User, *, actor: User | None) -> User:
    """Let the person in again (S22). Raises NotAllowed."""
    require(may_switch(actor, user))
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        audit.record("person.on", actor=actor, target=user)
    user.is_active = True
    return user


@transaction.atomic
def change_role(user: User, *, actor: User | None, role: Role) -> User:
    """Make a member of staff an owner, or an owner a member of staff again; the last owner stays (SPEC: people).

    Raises NotAllowed, Conflict.
    """
    require(may_manage_staff(actor))
    if role not in (Role.OWNER, Role.STAFF) or not user.is_staff_member or not user.is_active:
        raise Conflict()
    if role == Role.STAFF:
        # First, so that rows are locked in one order and two owners do not wait for each other.
        _require_another_owner(user, actor=actor)
    fresh = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if fresh.role == role:
        return user
    User.objects.filter(pk=user.pk).update(role=role)
    user.role = role
    audit.record(
        "person.role", actor=actor, target=user, before={"role": str(fresh.role)}, after={"role": str(role)}
    )
    return user


def _require_another_owner(user: User, *, actor: User | None) -> None:
    """Every owner's row is locked, in one order, so that two owners cannot unmake each other at once.

    An actor who has just been unmade finds it out here. Raises Conflict, NotAllowed.
    """
    owners = User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk")
    locked = set(owners.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    if actor is not None and actor.pk not in locked:
        raise NotAllowed()
    if not locked - {user.pk}:
        raise Conflict("سامانه بی مدیر اصلی نمی‌ماند. نخست مدیر دیگری بسازید.")


def _create(
    actor: User | None, *, role: Role, name: str, mobile: str, email: str | None, **place: Any
) -> User:
    user = User(role=role, mobile=clean_mobile(mobile), email=clean_email(email), **place)
    user.set_name(clean_name(name))
    user.set_unusable_password()
    with refused_twice():
        user.save(force_insert=True)
    audit.record("person.create", actor=actor, target=user, after=_facts(user) | {"role": str(role)})
    return user


def _check_password(raw: str, user: User) -> None:
    """The settings' validators, in our words."""
    if len(raw) > LONGEST_PASSWORD:
        raise Invalid(f"رمز حداکثر {to_persian(str(LONGEST_PASSWORD))} نویسه می‌تواند باشد.", field="password")
    own = {value.lower() for value in (user.username, user.email) if value}
    if raw.lower() in own:
        raise Invalid("رمز با نام کاربری یا ایمیل شما یکی است. چیز دیگری بسازید.", field="password")
    try:
        validate_password(raw, user)
    except ValidationError as wrong:
        code = wrong.error_list[0].code
        raise Invalid(PASSWORD_WORDS.get(str(code), PASSWORD_WORDS[""]), field="password") from None


def _shortest() -> str:
    """The least length, from the settings, in Persian digits."""
    validators: Any = settings.AUTH_PASSWORD_VALIDATORS
    lengths = [
        one["OPTIONS"]["min_length"] for one in validators if one["NAME"].endswith("MinimumLengthValidator")
    ]
    return to_persian(str(lengths[0] if lengths else 8))


PASSWORD_WORDS = {
    "password_too_short": f"رمز دست‌کم {_shortest()} نویسه می‌خواهد. کمی بلندترش کنید.",
    "password_too_common": "این رمز را خیلی‌ها به کار می‌برند و زود حدس زده می‌شود. رمز دیگری بسازید.",
    "password_entirely_numeric": "رمز فقط رقم نباشد. چند حرف هم کنارش بگذارید.",
    "": "این رمز به اندازهٔ کافی محکم نیست. رمز دیگری بسازید.",
}


def _facts(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "mobile": user.mobile,
        "email": user.email,
        "username": user.username,
        "signature": user.signature,
    }


def _record_change(actor: User | None, user: User, before: dict[str, Any]) -> None:
    audit.record_change("person.change", actor=actor, target=user, before=before, after=_facts(user))
