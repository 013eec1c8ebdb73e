"""What the support centre tells about itself, and its logo."""

from django import forms

from tenants.models import Tenant

from .fields import PanelForm


class ProfileForm(PanelForm):
    """Name, telephone and hours, as people read them at the gate and in letters."""

    page_id = "profile"

    name = forms.CharField(label="نام مرکز پشتیبانی", max_length=120)
    phone = forms.CharField(
        label="تلفن",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )
    hours_text = forms.CharField(
        label="ساعت‌های پاسخ‌گویی",
        max_length=200,
        required=False,
        help_text="مانند شنبه تا چهارشنبه، ۸:۳۰ تا ۱۷",
    )
    sms_on_open = forms.BooleanField(label="با ثبت تیکت، کد رهگیری برای مشتری پیامک شود", required=False)

    @classmethod
    def of(cls, tenant: Tenant) -> "ProfileForm":
        """The form filled with what is stored."""
        return cls(initial={name: getattr(tenant, name) for name in cls.base_fields})


class LogoForm(PanelForm):
    """A picture for the logo; what it really is, the re-encoding finds out."""

    page_id = "brand"

    logo = forms.FileField(
        label="نشان",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text="تصویر PNG یا JPEG تا ۵ مگابایت. کوچکش می‌کنیم و کنار نام شما نشان می‌دهیم.",
    )
