"""Forms of the people's floor. They clean; what may be written is said by the services."""

from __future__ import annotations

from typing import Any

from django import forms

from web.forms import MobileField, OtpField, PersianForm

from .models import User

NEW_PASSWORD = {"autocomplete": "new-password", "dir": "ltr"}
USERNAME_HELP = "حروف انگلیسی، رقم، نقطه و خط تیره؛ دست‌کم سه نویسه."


def _username(**kwargs: Any) -> forms.CharField:
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
    return forms.CharField(max_length=64, widget=forms.TextInput(attrs=attrs), **kwargs)


class AskCodeForm(PersianForm, forms.Form):
    """Log in by SMS, first step."""

    mobile = MobileField(label="شمارهٔ همراه")


class CodeForm(PersianForm, forms.Form):
    """Log in by SMS, second step."""

    code = OtpField(label="کد پیامک‌شده")


class PasswordLoginForm(PersianForm, forms.Form):
    """Log in by user name or mobile, and password."""

    username = _username(label="نام کاربری یا شمارهٔ همراه")
    password = forms.CharField(
        label="رمز",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "dir": "ltr"}),
    )


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
        help_text="دست‌کم هشت نویسه. بی‌رمز هم می‌شود: همیشه با پیامک وارد می‌شوید.",
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
    )


class ProfileForm(PersianForm, forms.Form):
    """One's own details. The mobile is the key to the house and is not changed here."""

    name = forms.CharField(
        label="نام و نام خانوادگی", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = _username(label="نام کاربری", required=False, help_text=USERNAME_HELP)
    email = forms.EmailField(
        label="ایمیل",
        required=False,
        max_length=254,
        help_text="پاسخ تیکت‌ها به این نشانی هم فرستاده می‌شود.",
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    wants_sms = forms.BooleanField(label="کد رهگیری تیکت‌هایم را پیامک کنید", required=False)
    theme = forms.ChoiceField(label="پوسته", choices=User.THEMES, widget=forms.RadioSelect)

    @classmethod
    def of(cls, user: User, data: Any = None) -> ProfileForm:
        """The form filled with what is stored."""
        names = ("name", "username", "email", "wants_sms", "theme")
        form = cls(data, initial={name: getattr(user, name) for name in names})
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
        label="رمز تازه", strip=False, max_length=1000, widget=forms.PasswordInput(attrs=NEW_PASSWORD)
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
