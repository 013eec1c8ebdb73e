"""The ways out: each channel sends one letter and says what became of it."""

from django.conf import settings

from .base import Channel, Outcome, Unconfigured

__all__ = ["Channel", "Outcome", "open_channel"]


def open_channel(name: str) -> Channel:
    """The channel of this name as this installation has it: real, the demo inbox, or one that says it is not set up."""
    from .demo import DemoChannel  # app ready: it writes a model
    from .email import EmailChannel
    from .sms import SmsChannel

    if name == "sms":
        if settings.KAVENEGAR_API_KEY:
            return SmsChannel()
        return DemoChannel() if settings.DEMO else Unconfigured("درگاه پیامک هنوز تنظیم نشده است.")
    if settings.EMAIL_CONFIGURED:
        return EmailChannel()
    return DemoChannel() if settings.DEMO else Unconfigured("سرور ایمیل هنوز تنظیم نشده است.")
