"""The letters of a time to close that has passed (H4); those of answers due are with the others (letters.py)."""

from notifications.kinds import LetterKind, register

from .letters import SAMPLE, TICKET

UNCLOSED = register(
    LetterKind(
        name="ticket.unclosed",
        title="گذشتن زمان بستن یک تیکت، برای مسئول، مدیر یا مدیر اصلی",
        variables=TICKET,
        subject="زمان بستن تیکت {number} گذشت: {subject}",
        body="زمان بستن تیکت «{subject}» از {customer} در دپارتمان {department} گذشت و تیکت هنوز باز است.",
        bell="زمان بستن «{subject}» گذشته است",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
UNCLOSED_MANY = register(
    LetterKind(
        name="tickets.unclosed",
        title="گذشتن زمان بستن چند تیکت، برای مسئول، مدیر یا مدیر اصلی",
        variables=("what",),
        subject="زمان بستن {what} گذشت",
        body="زمان بستن {what} گذشت و هنوز بازند.\n\nبرای دیدنشان فهرست تیکت‌ها را باز کنید.",
        bell="زمان بستن {what} گذشته است",
        channels=("email", "bell"),
        sample={"tenant": "آوندفام", "what": "۵ تیکت"},
    )
)
