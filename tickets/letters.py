"""The letters this floor posts (S5, S6, S24)."""

from notifications.kinds import LetterKind, register

TICKET = ("tenant", "number", "code", "subject", "customer", "department", "person")
SAMPLE = {
    "tenant": "آوندفام",
    "number": "۲۴۸۱۷",
    "code": "PG-7K4M-XR92",
    "subject": "چاپ فاکتور رسمی خطا می‌دهد",
    "customer": "نگار صالحی‌پور",
    "department": "پشتیبانی فنی",
    "person": "آرش دهدشتی",
}
# With the address by which the reader rates (S8).
RATED = (*TICKET, "rate")
SAMPLE_RATED = {**SAMPLE, "rate": "/rate/c-1-2f-9.1vXyZa.q3W9eR7tY1uI5oP0/"}


def to_ours(
    name: str,
    title: str,
    *,
    subject: str,
    body: str,
    bell: str,
    variables: tuple[str, ...] = TICKET,
    sample: dict[str, str] = SAMPLE,
) -> LetterKind:
    """A letter to somebody of our side: by e-mail and in the bell, never by SMS."""
    return register(
        LetterKind(
            name=name,
            title=title,
            variables=variables,
            subject=subject,
            body=body,
            bell=bell,
            channels=("email", "bell"),
            sample=sample,
        )
    )


OPENED_CUSTOMER = register(
    LetterKind(
        name="ticket.opened.customer",
        title="ثبت تیکت، برای مشتری",
        variables=TICKET,
        sms="تیکت شما ثبت شد. کد رهگیری: {code}\n{url}",
        subject="تیکت {number} ثبت شد: {subject}",
        body="تیکت شما با موضوع «{subject}» ثبت شد.\n\nکد رهگیری: {code}\n\nپاسخ را همین‌جا و در پیامک خبر می‌دهیم.",
        bell="تیکت «{subject}» ثبت شد. کد رهگیری: {code}",
        sample=SAMPLE,
    )
)
OPENED_STAFF = register(
    LetterKind(
        name="ticket.opened.staff",
        title="تیکت تازه، برای کارشناس و مدیر",
        variables=TICKET,
        sms="تیکت تازه {number} از {customer}: {subject}\n{url}",
        subject="تیکت تازه {number} در {department}: {subject}",
        body="{customer} تیکت تازه‌ای در دپارتمان {department} ثبت کرد.\n\nموضوع: {subject}",
        bell="تیکت تازه از {customer}: {subject}",
        sample=SAMPLE,
    )
)
UNASSIGNED = register(
    LetterKind(
        name="ticket.unassigned",
        title="تیکت تازهٔ بی‌مسئول، برای مدیر دپارتمان",
        variables=TICKET,
        sms="تیکت تازه {number} از {customer} در صف، بی‌مسئول: {subject}\n{url}",
        subject="در صف {department}، بی‌مسئول: تیکت تازه {number}، {subject}",
        body="{customer} تیکت تازه‌ای در دپارتمان {department} ثبت کرد و به کسی نرسید."
        " در صف است؛ بردارید یا واگذار کنید.\n\nموضوع: {subject}",
        bell="در صف، بی‌مسئول: تیکت تازه از {customer}، {subject}",
        sample=SAMPLE,
    )
)
ANSWERED = register(
    LetterKind(
        name="ticket.answered",
        title="پاسخ تیکت، برای مشتری",
        variables=RATED,
        stars="به این پاسخ امتیاز بدهید",
        sms="به تیکت {number} پاسخ داده شد. کد رهگیری: {code}\n{url}",
        subject="پاسخ تیکت {number}: {subject}",
        body="{person} به تیکت شما با موضوع «{subject}» پاسخ داد.\n\nبرای دیدن پاسخ و ادامهٔ گفت‌وگو، تیکت را باز کنید.",
        bell="به تیکت «{subject}» پاسخ داده شد",
        sample=SAMPLE_RATED,
    )
)
CUSTOMER_REPLIED = register(
    LetterKind(
        name="ticket.customer_replied",
        title="پیام تازهٔ مشتری، برای کارشناس",
        variables=TICKET,
        sms="پیام تازه در تیکت {number} از {customer}\n{url}",
        subject="پیام تازه در تیکت {number}: {subject}",
        body="{customer} در تیکت «{subject}» پیام تازه‌ای نوشت.",
        bell="پیام تازه از {customer}: {subject}",
        sample=SAMPLE,
    )
)
ASSIGNED = register(
    LetterKind(
        name="ticket.assigned",
        title="واگذاری تیکت، برای کارشناس",
        variables=TICKET,
        sms="تیکت {number} به شما واگذار شد: {subject}\n{url}",
        subject="تیکت {number} به شما واگذار شد: {subject}",
        body="تیکت «{subject}» از {customer} به شما واگذار شد.",
        bell="تیکت «{subject}» به شما واگذار شد",
        sample=SAMPLE,
    )
)
CLOSING_SOON = register(
    LetterKind(
        name="ticket.closing_soon",
        title="هشدار بسته‌شدن تیکت بی پاسخ، برای مشتری",
        variables=(*TICKET, "day"),
        sms="تیکت {number} منتظر پاسخ شماست و اگر پاسخی نرسد {day} بسته می‌شود.\n{url}",
        subject="تیکت {number} منتظر شماست: {subject}",
        body="تیکت «{subject}» منتظر پاسخ شماست.\n\nاگر تا {day} چیزی ننویسید، خودکار بسته می‌شود. "
        "یک پاسخ کوتاه باز نگهش می‌دارد.",
        bell="تیکت «{subject}» منتظر پاسخ شماست؛ {day} بسته می‌شود",
        sample={**SAMPLE, "day": "۲۴ مهر"},
    )
)
CLOSED_SILENT = register(
    LetterKind(
        name="ticket.closed_silent",
        title="بسته‌شدن تیکت بی پاسخ، برای مشتری",
        variables=RATED,
        stars="از رسیدگی ما راضی بودید؟",
        sms="تیکت {number} چون پاسخی نرسید بسته شد. اگر کارتان مانده همان‌جا بنویسید.\n{url}"
        "\nاز رسیدگی ما راضی بودید؟ {rate}",
        subject="تیکت {number} بسته شد: {subject}",
        body="تیکت «{subject}» منتظر پاسخ شما بود و چون پاسخی نرسید بسته شد.\n\n"
        "اگر کارتان هنوز مانده، همان‌جا بنویسید تا پی بگیریم.",
        bell="تیکت «{subject}» چون پاسخی نرسید بسته شد",
        sample=SAMPLE_RATED,
    )
)
MENTIONED = to_ours(
    "ticket.mentioned",
    "نام‌بردن در یادداشت خصوصی، برای همکار",
    subject="{person} در یادداشت تیکت {number} از شما نام برد",
    body="{person} در یادداشت خصوصی تیکت «{subject}» از شما نام برد.\n\nیادداشت را فقط در خود تیکت می‌بینید.",
    bell="{person} در یادداشت تیکت «{subject}» از شما نام برد",
)
OPENED_INTERNAL = to_ours(
    "ticket.opened.internal",
    "تیکت داخلی تازه، برای کارشناس و مدیر مقصد",
    subject="تیکت داخلی {number} برای {department}: {subject}",
    body="{person} تیکتی داخلی برای دپارتمان {department} ثبت کرد.\n\nموضوع: {subject}",
    bell="تیکت داخلی از {person}: {subject}",
)
ANSWERED_INTERNAL = to_ours(
    "ticket.answered.internal",
    "پاسخ تیکت داخلی، برای همکاری که ثبتش کرده است",
    subject="پاسخ تیکت داخلی {number}: {subject}",
    body="{person} به تیکت داخلی شما با موضوع «{subject}» پاسخ داد.",
    bell="{person} به تیکت داخلی «{subject}» پاسخ داد",
)
SAID_INTERNAL = to_ours(
    "ticket.said.internal",
    "پیام تازه در تیکت داخلی، برای کارشناس مقصد",
    subject="پیام تازه در تیکت داخلی {number}: {subject}",
    body="{person} در تیکت داخلی «{subject}» پیام تازه‌ای نوشت.",
    bell="پیام تازه از {person} در تیکت داخلی «{subject}»",
)
TURNED = to_ours(
    "ticket.turned",
    "رسیدن مهلت پاسخ یک تیکت، برای مسئول، مدیر یا مدیر اصلی",
    variables=(*TICKET, "state"),
    subject="مهلت پاسخ تیکت {number} {state}: {subject}",
    body="مهلت پاسخ تیکت «{subject}» از {customer} در دپارتمان {department} {state}.",
    bell="مهلت پاسخ «{subject}» {state}",
    sample={**SAMPLE, "state": "رو به پایان است"},
)
TURNED_MANY = to_ours(
    "tickets.turned",
    "رسیدن مهلت پاسخ چند تیکت، برای مسئول، مدیر یا مدیر اصلی",
    variables=("what",),
    subject="مهلت پاسخ: {what}",
    body="{what}.\n\nبرای دیدنشان فهرست تیکت‌ها را باز کنید.",
    bell="مهلت پاسخ: {what}",
    sample={"tenant": "آوندفام", "what": "۵ تیکت دیر شد، ۲ تیکت رو به پایان است"},
)

UNSENT = register(
    LetterKind(
        name="ticket.unsent",
        title="نرفتن پاسخ، برای نویسنده‌اش",
        variables=("tenant", "number"),
        subject="پاسخ شما به تیکت {number} فرستاده نشد",
        body="پاسخ شما به تیکت {number} دیگر نمی‌توانست فرستاده شود. نوشته‌تان سر جایش است.",
        bell="پاسخ شما به تیکت {number} فرستاده نشد. نوشته‌تان سر جایش است.",
        channels=("bell",),
        sample={"tenant": "آوندفام", "number": "۲۴۸۱۷"},
    )
)
