"""E-mail over SMTP: an HTML part and a text part, one connection for the letters of a round."""

import smtplib
from contextlib import suppress
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.validators import validate_email

from persian.clean import one_line

from ..compose import Letter
from .base import Outcome

UNSURE_TWICE = "ارتباط دو بار پس از فرستادن متن قطع شد؛ شاید رسیده باشد"


class EmailChannel:
    """Sends through the SMTP server of the settings."""

    def __init__(self) -> None:
        self.backend: _Backend | None = None

    def send(self, letter: Letter) -> Outcome:
        """One e-mail. A resend carries the same Message-ID, so mail programs show it once."""
        try:
            message = build(letter)
        except (ValueError, ValidationError):  # BadHeaderError is a ValueError
            return Outcome.permanent("نشانی ایمیل یا عنوان نامه خوانده نشد")
        backend = self.backend = self.backend or _Backend()
        backend.text_left = False
        try:
            # Opens when closed; an open connection stays open for the next letter.
            backend.open()
            if not backend.send_messages([message]):
                return Outcome.permanent("نشانی ایمیل گیرنده معتبر نیست")
        except ValueError:
            return Outcome.permanent("نشانی ایمیل گیرنده معتبر نیست")
        except OSError as error:  # smtplib's own errors are among them
            outcome = judge(error, unsure=backend.text_left, before=letter.unsure)
            if _code(error) is None:
                self._drop()
            else:
                self.close()
            return outcome
        return Outcome.sent(message.extra_headers["Message-ID"], "سرور ایمیل پذیرفت")

    def close(self) -> None:
        """End the connection politely."""
        if self.backend is not None:
            with suppress(OSError):
                self.backend.close()
            self.backend = None

    def _drop(self) -> None:
        """Leave a connection that misbehaved without another word: QUIT would wait for an answer again."""
        if self.backend is not None and self.backend.connection is not None:
            with suppress(OSError):
                self.backend.connection.close()
        self.backend = None


def build(letter: Letter) -> EmailMultiAlternatives:
    """The message with its headers. Raises ValueError or ValidationError for an address that is none."""
    validate_email(letter.address)
    sender = parseaddr(settings.EMAIL_FROM)[1]
    message = EmailMultiAlternatives(
        subject=one_line(letter.subject),
        body=letter.text,
        from_email=formataddr((one_line(letter.tenant.name), sender)),
        to=[letter.address],
        headers={
            "Message-ID": f"<{letter.public_id.hex}@{sender.rpartition('@')[2]}>",
            # Machines that read this do not answer, so two desks cannot talk to each other for ever.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(letter.html, "text/html")
    message.message()  # headers are checked here, before any connection is opened
    return message


def judge(error: OSError, *, unsure: bool, before: bool) -> Outcome:
    """What an SMTP error means. ``unsure``: the text had left; ``before``: an earlier try was unsure already."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # Ours to mend, and no fault of the letter: it waits.
        return Outcome.temporary("سرور ایمیل نام کاربری یا رمز ما را نپذیرفت", down=True, alarm="smtp-login")
    code = _code(error)
    if code is not None and 400 <= code < 500:
        return Outcome.temporary(f"سرور ایمیل گفت بعداً ({code})", down=code == 421)
    if code is not None and code >= 500:
        return Outcome.permanent(f"سرور ایمیل این نامه را نپذیرفت ({code})")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome.temporary(
            "سرور ایمیل رمزنگاری یا ورود را پشتیبانی نمی‌کند", down=True, alarm="smtp-support"
        )
    if unsure and before:
        return Outcome.permanent(UNSURE_TWICE, unsure=True)
    return Outcome.temporary("سرور ایمیل پاسخ نداد", unsure=unsure, down=True)


def _code(error: OSError) -> int | None:
    """The server's reply code, where it gave one."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return error.smtp_code
    return None


class _Backend(EmailBackend):
    """Django's SMTP backend that remembers whether a letter's text had already left."""

    def __init__(self) -> None:
        super().__init__(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            username=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            use_tls=settings.EMAIL_USE_TLS,
            use_ssl=settings.EMAIL_USE_SSL,
            timeout=settings.EMAIL_TIMEOUT,
            fail_silently=False,
        )
        self.text_left = False

    @property
    def connection_class(self) -> Any:
        """smtplib's class, told to note the moment between the text and the server's answer to it."""
        backend = self
        plain = smtplib.SMTP_SSL if self.use_ssl else smtplib.SMTP

        class Noting(plain):  # type: ignore[misc, valid-type]
            def data(self, msg: Any) -> tuple[int, bytes]:
                backend.text_left = True
                answer = super().data(msg)
                backend.text_left = False
                return answer

        return Noting
