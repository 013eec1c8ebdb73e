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
MENTIONED = register(
    LetterKind(
        name="ticket.mentioned",
        title="نام‌بردن در یادداشت خصوصی، برای همکار",
        variables=TICKET,
        subject="{person} در یادداشت تیکت {number} از شما نام برد",
        body="{person} در یادداشت خصوصی تیکت «{subject}» از شما نام برد.\n\nیادداشت را فقط در خود تیکت می‌بینید.",
        bell="{person} در یادداشت تیکت «{subject}» از شما نام برد",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
OPENED_INTERNAL = register(
    LetterKind(
        name="ticket.opened.internal",
        title="تیکت داخلی تازه، برای کارشناس و مدیر مقصد",
        variables=TICKET,
        subject="تیکت داخلی {number} برای {department}: {subject}",
        body="{person} تیکتی داخلی برای دپارتمان {department} ثبت کرد.\n\nموضوع: {subject}",
        bell="تیکت داخلی از {person}: {subject}",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
ANSWERED_INTERNAL = register(
    LetterKind(
        name="ticket.answered.internal",
        title="پاسخ تیکت داخلی، برای همکاری که ثبتش کرده است",
        variables=TICKET,
        subject="پاسخ تیکت داخلی {number}: {subject}",
        body="{person} به تیکت داخلی شما با موضوع «{subject}» پاسخ داد.",
        bell="{person} به تیکت داخلی «{subject}» پاسخ داد",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
SAID_INTERNAL = register(
    LetterKind(
        name="ticket.said.internal",
        title="پیام تازه در تیکت داخلی، برای کارشناس مقصد",
        variables=TICKET,
        subject="پیام تازه در تیکت داخلی {number}: {subject}",
        body="{person} در تیکت داخلی «{subject}» پیام تازه‌ای نوشت.",
        bell="پیام تازه از {person} در تیکت داخلی «{subject}»",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
MANY = ("tenant", "count", "department", "to", "person")
SAMPLE_MANY = {
    "tenant": "آوندفام",
    "count": "۱۲",
    "department": "آموزش",
    "to": "پشتیبانی فنی",
    "person": "کیمیا بهروزی",
}

MOVED = register(
    LetterKind(
        name="tickets.moved",
        title="رسیدن تیکت‌های یک دپارتمان خاموش، برای مدیر مقصد",
        variables=MANY,
        subject="{count} تیکت از {department} به {to} آمد",
        body="دپارتمان {department} خاموش شد و {count} تیکت باز آن در صف {to} است.\n\n"
        "هیچ‌کدام مسئول ندارد؛ بردارید یا واگذار کنید.",
        bell="{count} تیکت از {department} به صف {to} آمد",
        channels=("email", "bell"),
        sample=SAMPLE_MANY,
    )
)
TAKEN = register(
    LetterKind(
        name="tickets.taken",
        title="رفتن تیکت‌ها با خاموش شدن دپارتمان، برای کارشناس",
        variables=MANY,
        subject="تیکت‌های باز شما در {department} به {to} رفت",
        body="دپارتمان {department} خاموش شد و تیکت‌های بازش، از جمله آنچه دست شما بود، به {to} رفت.",
        bell="تیکت‌های باز شما در {department} به {to} رفت",
        channels=("email", "bell"),
        sample=SAMPLE_MANY,
    )
)
HANDED = register(
    LetterKind(
        name="tickets.handed",
        title="رسیدن تیکت‌های یک همکار، برای کارشناس",
        variables=MANY,
        subject="{count} تیکت باز {person} به شما سپرده شد",
        body="{count} تیکت باز دپارتمان {department} که دست {person} بود به شما سپرده شد.",
        bell="{count} تیکت باز {person} در {department} به شما سپرده شد",
        channels=("email", "bell"),
        sample={**SAMPLE_MANY, "to": "آرش دهدشتی"},
    )
)

LEFT = register(
    LetterKind(
        name="staff.left",
        title="بسته شدن دسترسی یک همکار، برای هر که چیزی به او می‌رسد",
        variables=("person", "what"),
        subject="دسترسی {person} بسته شد",
        body="دسترسی {person} بسته شد.\n\n{what}",
        bell="دسترسی {person} بسته شد. {what}",
        channels=("email", "bell"),
        sample={
            "tenant": "آوندفام",
            "person": "کیمیا بهروزی",
            "what": "۱۲ تیکت باز، ۲ مشتری اختصاصی در پشتیبانی فنی به شما سپرده شد.",
        },
    )
)
RELEASED = register(
    LetterKind(
        name="tickets.released",
        title="برگشتن تیکت‌های یک همکار به صف، برای مدیر دپارتمان",
        variables=MANY,
        subject="{count} تیکت باز {person} به صف {department} برگشت",
        body="{count} تیکت باز دپارتمان {department} که دست {person} بود به صف برگشت تا کسی برشان دارد.",
        bell="{count} تیکت باز {person} به صف {department} برگشت",
        channels=("email", "bell"),
        sample={**SAMPLE_MANY, "to": "پشتیبانی فنی"},
    )
)

TURNED = register(
    LetterKind(
        name="ticket.turned",
        title="رسیدن مهلت پاسخ یک تیکت، برای مسئول، مدیر یا مدیر اصلی",
        variables=(*TICKET, "state"),
        subject="مهلت پاسخ تیکت {number} {state}: {subject}",
        body="مهلت پاسخ تیکت «{subject}» از {customer} در دپارتمان {department} {state}.",
        bell="مهلت پاسخ «{subject}» {state}",
        channels=("email", "bell"),
        sample={**SAMPLE, "state": "رو به پایان است"},
    )
)
TURNED_MANY = register(
    LetterKind(
        name="tickets.turned",
        title="رسیدن مهلت پاسخ چند تیکت، برای مسئول، مدیر یا مدیر اصلی",
        variables=("what",),
        subject="مهلت پاسخ: {what}",
        body="{what}.\n\nبرای دیدنشان فهرست تیکت‌ها را باز کنید.",
        bell="مهلت پاسخ: {what}",
        channels=("email", "bell"),
        sample={"tenant": "آوندفام", "what": "۵ تیکت دیر شد، ۲ تیکت رو به پایان است"},
    )
)

# Hand-overs. Letters about a request name the ticket by its number alone: who reads one may no longer see the ticket.
REQUEST = ("tenant", "number", "source", "department", "person", "until", "reason")
SAMPLE_REQUEST = {
    "tenant": "آوندفام",
    "number": "۲۴۸۱۷",
    "source": "پشتیبانی فنی",
    "department": "مالی و قرارداد",
    "person": "آرش دهدشتی",
    "until": "تا ۸ آذر",
    "reason": "این پرسش دربارهٔ نصب است و پاسخش نزد خودتان است.",
}


def _request(name: str, title: str, *, subject: str, body: str, bell: str) -> LetterKind:
    """A letter to a colleague about a request: by e-mail and in the bell."""
    return register(
        LetterKind(
            name=name,
            title=title,
            variables=REQUEST,
            subject=subject,
            body=body,
            bell=bell,
            channels=("email", "bell"),
            sample=SAMPLE_REQUEST,
        )
    )


REQUESTED = _request(
    "transfer.requested",
    "درخواست انتقال، برای مدیر مقصد",
    subject="درخواست انتقال تیکت {number} به {department}",
    body="{person} از {source} می‌خواهد تیکت {number} را {department} پیش ببرد.\n\n"
    "توضیحش را بخوانید و پاسخ دهید: {until}.",
    bell="{person} انتقال تیکت {number} به {department} را درخواست کرد",
)
ACCEPTED = _request(
    "transfer.accepted",
    "پذیرفته شدن درخواست انتقال، برای درخواست‌کننده",
    subject="تیکت {number} به {department} رفت",
    body="{person} درخواست انتقال تیکت {number} را پذیرفت. از این پس {department} آن را پیش می‌برد.",
    bell="{person} درخواست انتقال تیکت {number} به {department} را پذیرفت",
)
REJECTED = _request(
    "transfer.rejected",
    "رد درخواست انتقال، برای درخواست‌کننده",
    subject="درخواست انتقال تیکت {number} رد شد",
    body="{person} درخواست انتقال تیکت {number} به {department} را رد کرد.\n\nدلیل: {reason}",
    bell="{person} انتقال تیکت {number} به {department} را رد کرد: {reason}",
)
WITHDRAWN = _request(
    "transfer.withdrawn",
    "پس گرفتن درخواست انتقال، برای مدیر مقصد",
    subject="درخواست انتقال تیکت {number} پس گرفته شد",
    body="درخواست انتقال تیکت {number} به {department} پس گرفته شد و پاسخی نمی‌خواهد.",
    bell="درخواست انتقال تیکت {number} به {department} پس گرفته شد",
)
RETURNED = _request(
    "transfer.returned",
    "گذشتن مهلت درخواست انتقال، برای درخواست‌کننده و مدیرش",
    subject="درخواست انتقال تیکت {number} بی پاسخ برگشت",
    body="{department} به درخواست انتقال تیکت {number} در مهلتش پاسخ نداد. تیکت همچنان در {source} است.",
    bell="درخواست انتقال تیکت {number} به {department} بی پاسخ ماند و برگشت",
)
RETIRED = _request(
    "transfer.retired",
    "برگشتن درخواست انتقال به دپارتمان خاموش، برای درخواست‌کننده",
    subject="درخواست انتقال تیکت {number} برگشت",
    body="دپارتمان {department} خاموش شد و درخواست انتقال تیکت {number} برگشت. تیکت همچنان در {source} است.",
    bell="{department} خاموش شد و درخواست انتقال تیکت {number} برگشت",
)
ARRIVED = register(
    LetterKind(
        name="ticket.arrived",
        title="رسیدن تیکت از دپارتمان دیگر، برای مدیر دپارتمان",
        variables=TICKET,
        subject="تیکت {number} به صف {department} آمد: {subject}",
        body="{person} تیکت «{subject}» از {customer} را به {department} آورد. مسئول ندارد؛ بردارید یا واگذار کنید.",
        bell="تیکت «{subject}» به صف {department} آمد",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
ASSIGNED_MANY = register(
    LetterKind(
        name="tickets.assigned",
        title="واگذاری چند تیکت با هم، برای کارشناس",
        variables=("tenant", "count", "department", "person"),
        subject="{count} تیکت به شما واگذار شد",
        body="{person} در دپارتمان {department} {count} تیکت را به شما واگذار کرد.",
        bell="{person} {count} تیکت {department} را به شما واگذار کرد",
        channels=("email", "bell"),
        sample={key: value for key, value in SAMPLE_MANY.items() if key != "to"},
    )
)
WATCHING = register(
    LetterKind(
        name="ticket.watching",
        title="ناظر شدن، برای همکار",
        variables=TICKET,
        subject="ناظر تیکت {number} شدید: {subject}",
        body="{person} شما را ناظر تیکت «{subject}» از {customer} کرد.",
        bell="{person} شما را ناظر تیکت «{subject}» کرد",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
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
