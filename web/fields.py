"""Form fields that understand how Iranians type: Persian digits, ten spellings of a mobile, Jalali dates."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django_jalali.forms import jDateField

from persian import ids, jalali, mobile
from persian.clean import file_name
from persian.digits import to_latin, to_persian

_OTP = re.compile(r"[0-9]{6}")
_SEPARATORS = re.compile(r"[\s\-_.\u200c]+")


class MobileField(forms.CharField):
    """An Iranian mobile in any usual spelling; cleans to `+989xxxxxxxxx`, or "" when empty and not required."""

    default_error_messages = {
        "required": "شمارهٔ همراه را بنویسید.",
        "invalid": "شمارهٔ همراه درست نیست. مانند ۰۹۱۲ ۳۴۵ ۶۷۸۹ بنویسید.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "dir": "ltr"}),
        )
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text in self.empty_values:
            return ""
        try:
            return mobile.normalise(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        """A stored number is shown the way people type it, `09xxxxxxxxx`."""
        return f"0{value[3:]}" if isinstance(value, str) and value.startswith("+98") else value


class OtpField(forms.CharField):
    """A six-digit one-time code; cleans to Latin digits whatever digits were typed."""

    default_error_messages = {
        "required": "کد پیامک‌شده را بنویسید.",
        "invalid": "کد شش رقم است. آن را از پیامک بخوانید و بنویسید.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            forms.TextInput(
                attrs={
                    "inputmode": "numeric",
                    "autocomplete": "one-time-code",
                    "maxlength": "6",
                    "dir": "ltr",
                    "spellcheck": "false",
                }
            ),
        )
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> str:
        text = _SEPARATORS.sub("", to_latin(super().clean(value)))
        if text and not _OTP.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return text


class JalaliDateInput(forms.TextInput):
    """A typed date; a script may hang its picker on `data-jalali`."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {
            "dir": "ltr",
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": "۱۴۰۵/۰۷/۱۳",
            "data-jalali": "",
        }
        super().__init__({**own, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        return jalali.format_date(value) if isinstance(value, dt.date) else super().format_value(value)


class JalaliDateField(jDateField):
    """A Jalali date typed with any digits and `/`, `-` or `.`; cleans to `datetime.date`, or None.

    django-jalali's field searches for a date inside the text and answers with its own date class; this one takes
    the whole text or refuses it. `earliest` and `latest` are dates, both allowed.
    """

    widget = JalaliDateInput
    default_error_messages = {
        "required": "تاریخ را بنویسید.",
        "invalid": "این تاریخ در تقویم نیست. مانند ۱۴۰۵/۰۷/۱۳ بنویسید.",
        "too_early": "تاریخ باید %(limit)s یا پس از آن باشد.",
        "too_late": "تاریخ باید %(limit)s یا پیش از آن باشد.",
    }

    def __init__(
        self, *args: Any, earliest: dt.date | None = None, latest: dt.date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.earliest = earliest
        self.latest = latest

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, dt.date):
            return value.date() if isinstance(value, dt.datetime) else value
        try:
            return jalali.parse(to_latin(str(value)).strip())
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def validate(self, value: Any) -> None:
        super().validate(value)
        for code, limit, wrong in (
            ("too_early", self.earliest, value and self.earliest and value < self.earliest),
            ("too_late", self.latest, value and self.latest and value > self.latest),
        ):
            if wrong and limit:
                params = {"limit": jalali.format_date(limit)}
                raise ValidationError(self.error_messages[code], code=code, params=params)


class NationalIdField(forms.CharField):
    """A national id of a person (`kind="person"`, 10 digits), a company (`"company"`, 11), or `"either"`.

    Cleans to Latin digits with the checksum proven, or "" when empty and not required.
    """

    default_error_messages = {
        "required": "شناسهٔ ملی را بنویسید.",
        "person": "کد ملی درست نیست. ده رقم آن را یک بار دیگر ببینید.",
        "company": "شناسهٔ ملی شرکت درست نیست. یازده رقم آن را یک بار دیگر ببینید.",
        "either": "کد یا شناسهٔ ملی درست نیست. رقم‌ها را یک بار دیگر ببینید.",
    }
    CHECKS = {
        "person": (ids.is_national_id,),
        "company": (ids.is_company_id,),
        "either": (ids.is_national_id, ids.is_company_id),
    }

    def __init__(self, *args: Any, kind: str = "person", **kwargs: Any) -> None:
        if kind not in self.CHECKS:
            raise ValueError(f"kind must be one of {sorted(self.CHECKS)}")
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"})
        )
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self, value: Any) -> str:
        text = ids.plain(super().clean(value))
        if text and not any(check(text) for check in self.CHECKS[self.kind]):
            raise ValidationError(self.error_messages[self.kind], code="invalid")
        return text


class FilesInput(forms.FileInput):
    """One control that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; cleans to a list of UploadedFile, empty when none came. Sizes are the quota's matter."""

    widget = FilesInput
    default_error_messages = {
        "required": "دست‌کم یک فایل انتخاب کنید.",
        "empty_named": "«%(name)s» خالی است. آن را بردارید یا فایل دیگری انتخاب کنید.",
        "too_many": "در یک بار حداکثر %(limit)s فایل می‌توان فرستاد.",
    }

    def __init__(self, *args: Any, max_files: int = 20, **kwargs: Any) -> None:
        # Empty files are refused here by name; the length of a name is the storage's matter.
        kwargs.setdefault("allow_empty_file", True)
        super().__init__(*args, **kwargs)
        self.max_files = max_files

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data]
        files = [file for file in given if isinstance(file, UploadedFile)]
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > self.max_files:
            limit = to_persian(str(self.max_files))
            raise ValidationError(self.error_messages["too_many"], code="too_many", params={"limit": limit})
        empty = [
            ValidationError(self.error_messages["empty_named"], code="empty", params={"name": _shown(file)})
            for file in files
            if not file.size
        ]
        if empty:
            raise ValidationError(empty)
        return files

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


def _shown(file: UploadedFile) -> str:
    name = file_name(file.name or "")
    return name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"
