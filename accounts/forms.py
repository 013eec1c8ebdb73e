"""Forms of the people's floor. They clean; what may be written is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms

from web.captcha import GuardedForm
from web.forms import MobileField, OtpField, PersianForm

from .models import User

NEW_PASSWORD = {"autocomplete": "new-password", "dir": "ltr"}
MEASURED = {**NEW_PASSWORD, "data-strength": ""}  # static/js/strength.js says how strong it looks
EMAIL_WRONG = "نشانی ایمیل کامل نیست، مانند name@example.com بنویسید."
USERNAME_HELP = "حروف انگلیسی، رقم، نقطه و خط تیره؛ دست‌کم سه نویسه."


def _username(**kwargs: Any) -> forms.CharField:
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
    return forms.CharField(max_length=64, widget=forms.TextInput(attrs=attrs), **kwargs)


class AskCodeForm(GuardedForm, forms.Form):
    """Log in by SMS, first step."""

    asks_sum = False

    mobile = MobileField(label="شمارهٔ همراه")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands on one page with the other way in.
        kwargs.setdefault("auto_id", "code_%s")
        super().__init__(*args, **kwargs)


class CodeForm(PersianForm, forms.Form):
    """Log in by SMS, second step."""

    code = OtpField(label="کد پیامک‌شده")


class PasswordLoginForm(GuardedForm, forms.Form):
    """Log in by user name or mobile, and password."""

    asks_sum = False

    username = _username(label="نام کاربری یا شمارهٔ همراه")
    password = forms.CharField(
        label="رمز",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


class FactorForm(PersianForm, forms.Form):
    """The second step: a code of the app, or where ``recovery`` a recovery code too (B17)."""

    code = forms.CharField(
        label="کد برنامه",
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "text", "autocomplete": "one-time-code", "dir": "ltr", "spellcheck": "false"}
        ),
        error_messages={"required": "کد شش‌رقمی برنامه را بنویسید."},
    )


class ContactForm(PersianForm, forms.Form):
    """A new mobile or e-mail; what it is made of, the service says."""

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_mobile = kind == "mobile"
        self.fields["value"] = (
            MobileField(label="شمارهٔ تازه")
            if is_mobile
            else forms.EmailField(
                label="ایمیل تازه",
                max_length=254,
                widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
                error_messages={"required": "ایمیل را بنویسید.", "invalid": EMAIL_WRONG},
            )
        )


class ProofForm(PersianForm, forms.Form):
    """The codes that prove a change: of the old one where there is one, and of the new one (TRUST 6)."""

    old = OtpField(label="کد شمارهٔ پیشین")
    new = OtpField(label="کد شمارهٔ تازه")

    def __init__(
        self, *args: Any, asks_old: bool, old_label: str = "", new_label: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new"].label = new_label or self.fields["new"].label
        if asks_old:
            self.fields["old"].label = old_label or self.fields["old"].label
        else:
            del self.fields["old"]


class WelcomeForm(PersianForm, forms.Form):
    """The first login: a name, and if wanted a user name and a password (H23)."""

    name = forms.CharField(
        label="نام و نام خانوادگی", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = _username(label="نام کاربری", required=False, help_text=USERNAME_HELP)
    password = forms.CharField(
        label="رمز",
        required=False,
        strip=False,
        max_length=1000,
        help_text="دست‌کم هشت نویسه، نه فقط رقم. بی‌رمز هم می‌شود: همیشه با پیامک وارد می‌شوید.",
        widget=forms.PasswordInput(attrs=MEASURED),
    )


class ProfileForm(PersianForm, forms.Form):
    """One's own details. Mobile and e-mail are keys to the house: they change by proofs, on a page of their own."""

    name = forms.CharField(
        label="نام و نام خانوادگی", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = _username(label="نام کاربری", required=False, help_text=USERNAME_HELP)
    wants_sms = forms.BooleanField(label="کد رهگیری تیکت‌هایم را پیامک کنید", required=False)
    theme = forms.ChoiceField(label="پوسته", choices=User.THEMES, widget=forms.RadioSelect)
    signature = forms.CharField(
        label="امضا",
        required=False,
        max_length=600,
        help_text="زیر هر پاسخ شما به مشتری می‌آید. {کارشناس}، {دپارتمان}، {مرکز} و {امروز} خودکار پر می‌شوند.",
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )

    @classmethod
    def of(cls, user: User, data: Any = None) -> ProfileForm:
        """The form filled with what is stored."""
        names = ("name", "username", "wants_sms", "signature", "theme")
        form = cls(data, initial={name: getattr(user, name) for name in names})
        if not user.is_staff_member:
            del form.fields["signature"]
        if not user.is_customer:  # tracking codes go to those whose tickets they are
            del form.fields["wants_sms"]
        return form


class PasswordForm(PersianForm, forms.Form):
    """A new password; the present one is asked for unless the person has just come in by SMS."""

    current = forms.CharField(
        label="رمز کنونی",
        strip=False,
        max_length=1000,
        help_text="یادتان نیست؟ خارج شوید و با پیامک وارد شوید؛ آن‌گاه رمز کنونی پرسیده نمی‌شود.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )
    password = forms.CharField(
        label="رمز تازه",
        strip=False,
        max_length=1000,
        help_text="دست‌کم هشت نویسه، نه فقط رقم و نه نام کاربری‌تان. چند واژهٔ بی‌ربط کنار هم محکم است.",
        widget=forms.PasswordInput(attrs=MEASURED),
    )
    again = forms.CharField(
        label="تکرار رمز تازه", strip=False, max_length=1000, widget=forms.PasswordInput(attrs=NEW_PASSWORD)
    )

    def __init__(self, *args: Any, asks_current: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_current:
            del self.fields["current"]

    def clean_again(self) -> str:
        """The two must be the same."""
        again = str(self.cleaned_data.get("again", ""))
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError("این با رمز تازه یکی نیست. دوباره بنویسیدش.")
        return again
