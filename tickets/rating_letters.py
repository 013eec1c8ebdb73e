"""The letters of ratings (S8): the question at closing, and the news of few stars."""

from notifications.kinds import LetterKind, register

from .letters import RATED, SAMPLE, SAMPLE_RATED, TICKET, to_ours

CLOSED_CUSTOMER = register(
    LetterKind(
        name="ticket.closed.customer",
        title="بسته‌شدن تیکت، برای مشتری",
        variables=RATED,
        stars="از رسیدگی ما راضی بودید؟",
        sms="تیکت {number} بسته شد. از رسیدگی ما راضی بودید؟\n{rate}",
        subject="تیکت {number} بسته شد: {subject}",
        body="{person} تیکت شما با موضوع «{subject}» را بست.\n\n"
        "اگر کارتان هنوز مانده، همان‌جا بنویسید تا پی بگیریم.",
        bell="تیکت «{subject}» بسته شد",
        channels=("email", "bell"),
        sample=SAMPLE_RATED,
    )
)
RATED_LOW = to_ours(
    "ticket.rated_low",
    "امتیاز کم یک مشتری، برای مدیر دپارتمان",
    variables=(*TICKET, "stars", "comment"),
    subject="امتیاز {stars} از ۵ در تیکت {number}: {subject}",
    body="{customer} در تیکت «{subject}» {stars} ستاره به {person} داد.\n\n{comment}",
    bell="امتیاز {stars} از ۵ در تیکت «{subject}»",
    sample={**SAMPLE, "stars": "۲", "comment": "سه بار همین را نوشتم و باز پرسیده شد."},
)
