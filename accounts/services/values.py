"""The values of people: cleaned once, here, so that every door stores the same form.

Each function raises ``web.errors.Invalid`` with the field's name, or returns what is to be stored.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from persian import digits, ids, mobile
from persian.clean import one_line, strip_controls
from web.errors import Invalid

LONGEST_PASSWORD = 128
LONGEST_SIGNATURE = (8, 600)  # lines, characters
_USERNAME = re.compile(r"[a-z0-9._-]{3,40}")
_PHONE = re.compile(r"\+?[0-9][0-9 \-()]{2,18}")

# Constraint → (columns as SQLite names them, field, sentence).
_ONCE = {
    "mobile_once": ("accounts_user.mobile", "mobile", "این شمارهٔ همراه پیش‌تر برای فرد دیگری ثبت شده است."),
    "username_once": (
        "accounts_user.username",
        "username",
        "این نام کاربری را فرد دیگری دارد. نام دیگری بنویسید.",
    ),
    "email_once": ("accounts_user.email", "email", "این ایمیل پیش‌تر برای فرد دیگری ثبت شده است."),
    "customer_national_id_once": (
        "accounts_customer.national_id",
        "national_id",
        "مشتری دیگری با این شناسهٔ ملی ثبت شده است.",
    ),
    "section_name_once": ("accounts_section.name", "name", "این شرکت بخشی با همین نام دارد."),
}


def clean_name(text: str, *, field: str = "name", longest: int = 150, required: bool = False) -> str:
    """One line without unseen marks, at most ``longest`` characters."""
    name = one_line(unicodedata.normalize("NFC", text or ""))
    if required and not name:
        raise Invalid("نام را بنویسید.", field=field)
    if len(name) > longest:
        raise Invalid(f"نام حداکثر {digits.to_persian(str(longest))} نویسه می‌تواند باشد.", field=field)
    return name


def clean_signature(text: str, *, field: str = "signature") -> str:
    """A few lines without unseen marks. Raises Invalid for more than 8 lines or 600 characters."""
    lines = [line.rstrip() for line in strip_controls(text or "").strip().split("\n")]
    if len(lines) > LONGEST_SIGNATURE[0]:
        raise Invalid("امضا حداکثر ۸ سطر می‌تواند باشد.", field=field)
    signature = "\n".join(lines)
    if len(signature) > LONGEST_SIGNATURE[1]:
        raise Invalid("امضا حداکثر ۶۰۰ نویسه می‌تواند باشد.", field=field)
    return signature


def clean_mobile(text: str, *, field: str = "mobile") -> str:
    """``+989xxxxxxxxx`` from any usual spelling (H22)."""
    try:
        return mobile.normalise(text or "")
    except ValueError as wrong:
        raise Invalid(str(wrong), field=field) from None


def clean_email(text: str | None, *, field: str = "email") -> str | None:
    """Lower-case address, or None for nothing; a letter's case in an address tells nobody apart."""
    address = one_line(text or "").lower()
    if not address:
        return None
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid("نشانی ایمیل کامل نیست، مانند name@example.com بنویسید.", field=field) from None
    if len(address) > 254:
        raise Invalid("این نشانی ایمیل بلندتر از اندازه است.", field=field)
    return address


def plain_identifier(text: str) -> str:
    """What was typed as a user name: Latin digits, lower case, no unseen marks. Says nothing about being right."""
    return digits.to_latin(unicodedata.normalize("NFKC", one_line(text or ""))).lower()


def clean_username(text: str | None, *, field: str = "username") -> str | None:
    """3 to 40 of a–z, 0–9, dot, dash, underline; not all digits, which would look like a mobile. None for nothing."""
    username = plain_identifier(text or "")
    if not username:
        return None
    if not _USERNAME.fullmatch(username):
        raise Invalid(
            "نام کاربری ۳ تا ۴۰ نویسه از حروف انگلیسی، رقم، نقطه، خط تیره و زیرخط است.", field=field
        )
    if re.fullmatch(r"[0-9._-]+", username):
        raise Invalid("نام کاربری دست‌کم یک حرف انگلیسی می‌خواهد.", field=field)
    return username


def plain_password(text: str) -> str:
    """The form a password is hashed and compared in: one shape of each letter, Latin digits.

    The same keys give ۱ or 1 by the keyboard's language; nobody should be locked out by that.
    """
    return digits.to_latin(unicodedata.normalize("NFKC", text or ""))


def clean_phone(text: str, *, field: str = "phone") -> str:
    """A company's telephone with Latin digits, as written otherwise; "" for nothing."""
    phone = digits.to_latin(one_line(text or ""))
    if phone and (len(phone) > 20 or not _PHONE.fullmatch(phone)):
        raise Invalid("تلفن را با رقم بنویسید، مانند 02188776655.", field=field)
    return phone


def clean_national_id(text: str, *, field: str = "national_id") -> str:
    """A company's or person's national id with its checksum proven; "" for nothing (H11)."""
    code = ids.plain(text or "")
    if code and not (ids.is_company_id(code) or ids.is_national_id(code)):
        raise Invalid("کد یا شناسهٔ ملی درست نیست. رقم‌ها را یک بار دیگر ببینید.", field=field)
    return code


def clean_economic_code(text: str, *, field: str = "economic_code") -> str:
    """A company's economic code: 11 digits are its national id and prove themselves, older ones have 12 or 14 (H11)."""
    code = ids.plain(text or "")
    if code and not (
        (len(code) == 11 and ids.is_company_id(code)) or (len(code) in (12, 14) and code.isdigit())
    ):
        raise Invalid("کد اقتصادی یازده، دوازده یا چهارده رقم است. رقم‌ها را یک بار دیگر ببینید.", field=field)
    return code


def clean_notes(text: str, *, field: str = "notes", longest: int = 5000) -> str:
    """Free text of several lines, without controls."""
    notes = strip_controls(text or "").strip()
    if len(notes) > longest:
        raise Invalid("یادداشت بلندتر از اندازه است. کمی کوتاه‌ترش کنید.", field=field)
    return notes


@contextmanager
def refused_twice(fields: dict[str, str] | None = None) -> Iterator[None]:
    """Write inside a savepoint; a value that another row already has becomes ``Invalid`` at its field.

    ``fields`` renames a field for the caller's form, e.g. the main contact's mobile.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        for constraint, (columns, field, sentence) in _ONCE.items():
            if constraint in str(fault) or columns in str(fault):
                raise Invalid(sentence, field=(fields or {}).get(field, field)) from None
        raise
