"""The letter about an answer that could not go and whose writer is not here any more (B8)."""

from notifications.kinds import LetterKind, register

UNSENT_OF_LEFT = register(
    LetterKind(
        name="ticket.unsent.left",
        title="نرفتن پاسخ همکاری که دیگر نیست، برای مدیر دپارتمان",
        variables=("tenant", "number", "person"),
        subject="پاسخ {person} به تیکت {number} فرستاده نشد",
        body="{person} پاسخی برای تیکت {number} نوشته بود و پیش از رفتنش دسترسی او بسته شد. "
        "مشتری هنوز پاسخی نگرفته است.",
        bell="پاسخ {person} به تیکت {number} فرستاده نشد؛ دسترسی او بسته است. مشتری هنوز پاسخی نگرفته است.",
        channels=("bell",),
        sample={"tenant": "آوندفام", "number": "۲۴۸۱۷", "person": "آرش دهدشتی"},
    )
)
