"""SMS by Kavenegar: plain messages by sms/send with a localid (sent once however often it is asked), one-time codes
by verify/lookup where a template is set."""

from typing import Any

from django.conf import settings

from ..compose import Letter
from .base import Outcome
from .kavenegar import Fault, PeygirKavenegar, Refused, Unreached

# return.status codes worth another try, all of them about the provider's state and not about this message.
LATER = {409, 429, 451}
# Codes that say our account needs a hand: reported once, not once a letter.
ALARMS = {401, 403, 407, 416, 418, 424, 426}
REASONS = {
    400: "درخواست ناقص بود",
    401: "حساب درگاه پیامک غیرفعال است",
    402: "درگاه پیامک عملیات را ناموفق خواند",
    403: "کلید درگاه پیامک معتبر نیست",
    406: "یکی از بخش‌های لازم پیامک خالی بود",
    407: "دسترسی این سرور به درگاه پیامک باز نیست",
    409: "درگاه پیامک موقتاً پاسخ نمی‌دهد",
    411: "شمارهٔ گیرنده معتبر نیست",
    412: "شمارهٔ فرستنده معتبر نیست",
    413: "متن پیامک خالی یا بلندتر از اندازه است",
    416: "نشانی این سرور نزد درگاه پیامک ثبت نشده است",
    418: "اعتبار درگاه پیامک تمام شده است",
    420: "درگاه پیامک پیوند در متن را نمی‌پذیرد",
    422: "متن پیامک نویسهٔ نامجاز دارد",
    424: "قالب کد ورود در درگاه پیامک پیدا نشد یا تأیید نشده است",
    426: "این درگاه به سرویس پیشرفته نیاز دارد",
    427: "این خط اجازهٔ ارسال ندارد",
    429: "درگاه پیامک ارسال را محدود کرده است",
    431: "ساختار کد با قالب پیامک نمی‌خواند",
    432: "قالب پیامک جای کد ندارد",
    451: "درگاه پیامک ارسال را محدود کرده است",
    501: "درگاه پیامک فقط به صاحب حساب می‌فرستد",
}
NO_ANSWER = "درگاه پیامک پاسخ نداد"
UNSURE_CODE = "پاسخ درگاه پیامک نرسید؛ این کد دوباره فرستاده نمی‌شود"


class SmsChannel:
    """Sends through the provider of the settings."""

    def __init__(self) -> None:
        self.client = PeygirKavenegar(settings.KAVENEGAR_API_KEY, settings.KAVENEGAR_BASE_URL)

    def send(self, letter: Letter) -> Outcome:
        """One SMS. Takes at most 13 seconds."""
        by_template = bool(letter.code and settings.KAVENEGAR_OTP_TEMPLATE)
        if by_template and letter.unsure:
            # verify/lookup knows no localid: a second try could be a second SMS. The person asks for a new code.
            return Outcome.permanent(UNSURE_CODE, unsure=True)
        try:
            entries = self._look_up(letter) if by_template else self._send(letter)
            return _taken(entries)
        except Refused as refusal:
            return _refused(refusal.code)
        except Unreached:
            return Outcome.temporary(NO_ANSWER, down=True)
        except (Fault, LookupError, TypeError, ValueError) as fault:
            if by_template:
                return Outcome.permanent(UNSURE_CODE, unsure=True, down=True)
            told = f" ({fault})" if isinstance(fault, Fault) else ""
            return Outcome.temporary(NO_ANSWER + told, unsure=True, down=True)

    def close(self) -> None:
        """Every call has its own connection."""

    def _send(self, letter: Letter) -> list[dict[str, Any]]:
        return self.client.sms_send(
            {
                "receptor": _receptor(letter.address),
                "message": letter.text,
                "sender": settings.KAVENEGAR_SENDER,
                "localid": letter.local_id,
            }
        )

    def _look_up(self, letter: Letter) -> list[dict[str, Any]]:
        return self.client.verify_lookup(
            {
                "receptor": _receptor(letter.address),
                "template": settings.KAVENEGAR_OTP_TEMPLATE,
                "token": letter.code,
                "type": "sms",
            }
        )


def _receptor(mobile: str) -> str:
    """09… from +989…, the form the provider's own examples use."""
    return "0" + mobile.removeprefix("+98")


def _taken(entries: list[dict[str, Any]]) -> Outcome:
    """Raises LookupError, TypeError or ValueError for an answer that names no message."""
    entry = entries[0]
    cost = entry.get("cost")
    return Outcome.sent(
        provider_id=str(int(entry["messageid"])),
        status=str(entry.get("statustext") or entry.get("status") or "")[:80],
        cost=int(cost) if cost is not None else None,
    )


def _refused(code: int) -> Outcome:
    reason = f"{REASONS.get(code, 'درگاه پیامک این پیام را نپذیرفت')} ({code})"
    if code in LATER:
        return Outcome.temporary(reason, down=True)
    return Outcome.permanent(reason, alarm=f"sms-{code}" if code in ALARMS else "")
