"""Refusals: what a service raises when it says no.

A `DomainError` carries the Persian sentence a person will read and, where one field is to blame, that field's
name. `web.middleware.DomainErrors` turns it into a page or a toast and has the request's transaction undone,
so whatever must be remembered about a refusal is returned by the service, never raised past its own write.
"""


class DomainError(Exception):
    """Base of every refusal; `message` is shown as it is."""

    status = 400
    sentence = "این کار انجام نشد. صفحه را تازه کنید و دوباره امتحان کنید."

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        self.message = message or self.sentence
        self.field = field
        super().__init__(self.message)


class NotAllowed(DomainError):
    """The thing may be seen, but this verb is not theirs."""

    status = 403
    sentence = "اجازهٔ این کار را ندارید. اگر باید داشته باشید، به مدیر سامانه بگویید."


class NotFound(DomainError):
    """Absent, or not theirs to see: the two must look the same."""

    status = 404
    sentence = "این صفحه پیدا نشد. شاید نشانی عوض شده یا به آن دسترسی ندارید."


class Gone(DomainError):
    """It was there, and its time is over."""

    status = 410
    sentence = "زمان این صفحه گذشته است."


class Conflict(DomainError):
    """Somebody else was first; the page shown is no longer the truth."""

    status = 409
    sentence = "پیش از شما تغییری انجام شد. صفحه را تازه کنید و دوباره ببینید."


class Invalid(DomainError):
    """A value does not fit; usually names its field."""

    status = 422
    sentence = "یکی از مقدارها درست نیست. آن را ببینید و دوباره بفرستید."


class TooMany(DomainError):
    """A limit was reached. `retry_after` is in seconds and goes into the Retry-After header."""

    status = 429
    sentence = "چند بار پشت سر هم امتحان شد. کمی بعد دوباره بیایید."

    def __init__(self, message: str = "", *, retry_after: int = 60, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.retry_after = max(1, int(retry_after))


class Full(DomainError):
    """No storage left for this file."""

    status = 507
    sentence = "فضای فایل‌ها پر است، این فایل ارسال نشد. متن شما سر جایش است."


class Unavailable(DomainError):
    """A part we depend on does not answer, and going on without it would be unsafe."""

    status = 503
    sentence = "این بخش چند لحظه در دسترس نیست. کمی بعد دوباره امتحان کنید."
    retry_after = 30
