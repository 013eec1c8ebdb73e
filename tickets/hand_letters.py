"""The letters of hand-overs: tickets that go from hand to hand, one or many, and requests to take one over (H12, H13).

All of them go to our side alone.
"""

from .letters import to_ours

MANY = ("tenant", "count", "department", "to", "person")
SAMPLE_MANY = {
    "tenant": "آوندفام",
    "count": "۱۲",
    "department": "آموزش",
    "to": "پشتیبانی فنی",
    "person": "کیمیا بهروزی",
}

MOVED = to_ours(
    "tickets.moved",
    "رسیدن تیکت‌های یک دپارتمان خاموش، برای مدیر مقصد",
    variables=MANY,
    subject="{count} تیکت از {department} به {to} آمد",
    body="دپارتمان {department} خاموش شد و {count} تیکت باز آن در صف {to} است.\n\n"
    "هیچ‌کدام مسئول ندارد؛ بردارید یا واگذار کنید.",
    bell="{count} تیکت از {department} به صف {to} آمد",
    sample=SAMPLE_MANY,
)
TAKEN = to_ours(
    "tickets.taken",
    "رفتن تیکت‌ها با خاموش شدن دپارتمان، برای کارشناس",
    variables=MANY,
    subject="تیکت‌های باز شما در {department} به {to} رفت",
    body="دپارتمان {department} خاموش شد و تیکت‌های بازش، از جمله آنچه دست شما بود، به {to} رفت.",
    bell="تیکت‌های باز شما در {department} به {to} رفت",
    sample=SAMPLE_MANY,
)
HANDED = to_ours(
    "tickets.handed",
    "رسیدن تیکت‌های یک همکار، برای کارشناس",
    variables=MANY,
    subject="{count} تیکت باز {person} به شما سپرده شد",
    body="{count} تیکت باز دپارتمان {department} که دست {person} بود به شما سپرده شد.",
    bell="{count} تیکت باز {person} در {department} به شما سپرده شد",
    sample={**SAMPLE_MANY, "to": "آرش دهدشتی"},
)
LEFT = to_ours(
    "staff.left",
    "بسته شدن دسترسی یک همکار، برای هر که چیزی به او می‌رسد",
    variables=("person", "what"),
    subject="دسترسی {person} بسته شد",
    body="دسترسی {person} بسته شد.\n\n{what}",
    bell="دسترسی {person} بسته شد. {what}",
    sample={
        "tenant": "آوندفام",
        "person": "کیمیا بهروزی",
        "what": "۱۲ تیکت باز، ۲ مشتری اختصاصی در پشتیبانی فنی به شما سپرده شد.",
    },
)
RELEASED = to_ours(
    "tickets.released",
    "برگشتن تیکت‌های یک همکار به صف، برای مدیر دپارتمان",
    variables=MANY,
    subject="{count} تیکت باز {person} به صف {department} برگشت",
    body="{count} تیکت باز دپارتمان {department} که دست {person} بود به صف برگشت تا کسی برشان دارد.",
    bell="{count} تیکت باز {person} به صف {department} برگشت",
    sample={**SAMPLE_MANY, "to": "پشتیبانی فنی"},
)

# Letters about a request name the ticket by its number alone: who reads one may no longer see the ticket.
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

REQUESTED = to_ours(
    "transfer.requested",
    "درخواست انتقال، برای مدیر مقصد",
    subject="درخواست انتقال تیکت {number} به {department}",
    body="{person} از {source} می‌خواهد تیکت {number} را {department} پیش ببرد.\n\n"
    "توضیحش را بخوانید و پاسخ دهید: {until}.",
    bell="{person} انتقال تیکت {number} به {department} را درخواست کرد",
    variables=REQUEST,
    sample=SAMPLE_REQUEST,
)
ACCEPTED = to_ours(
    "transfer.accepted",
    "پذیرفته شدن درخواست انتقال، برای درخواست‌کننده",
    subject="تیکت {number} به {department} رفت",
    body="{person} درخواست انتقال تیکت {number} را پذیرفت. از این پس {department} آن را پیش می‌برد.",
    bell="{person} درخواست انتقال تیکت {number} به {department} را پذیرفت",
    variables=REQUEST,
    sample=SAMPLE_REQUEST,
)
REJECTED = to_ours(
    "transfer.rejected",
    "رد درخواست انتقال، برای درخواست‌کننده",
    subject="درخواست انتقال تیکت {number} رد شد",
    body="{person} درخواست انتقال تیکت {number} به {department} را رد کرد.\n\nدلیل: {reason}",
    bell="{person} انتقال تیکت {number} به {department} را رد کرد: {reason}",
    variables=REQUEST,
    sample=SAMPLE_REQUEST,
)
WITHDRAWN = to_ours(
    "transfer.withdrawn",
    "پس گرفتن درخواست انتقال، برای مدیر مقصد",
    subject="درخواست انتقال تیکت {number} پس گرفته شد",
    body="درخواست انتقال تیکت {number} به {department} پس گرفته شد و پاسخی نمی‌خواهد.",
    bell="درخواست انتقال تیکت {number} به {department} پس گرفته شد",
    variables=REQUEST,
    sample=SAMPLE_REQUEST,
)
RETURNED = to_ours(
    "transfer.returned",
    "گذشتن مهلت درخواست انتقال، برای درخواست‌کننده و مدیرش",
    subject="درخواست انتقال تیکت {number} بی پاسخ برگشت",
    body="{department} به درخواست انتقال تیکت {number} در مهلتش پاسخ نداد. تیکت همچنان در {source} است.",
    bell="درخواست انتقال تیکت {number} به {department} بی پاسخ ماند و برگشت",
    variables=REQUEST,
    sample=SAMPLE_REQUEST,
)
RETIRED = to_ours(
    "transfer.retired",
    "برگشتن درخواست انتقال به دپارتمان خاموش، برای درخواست‌کننده",
    subject="درخواست انتقال تیکت {number} برگشت",
    body="دپارتمان {department} خاموش شد و درخواست انتقال تیکت {number} برگشت. تیکت همچنان در {source} است.",
    bell="{department} خاموش شد و درخواست انتقال تیکت {number} برگشت",
    variables=REQUEST,
    sample=SAMPLE_REQUEST,
)
ARRIVED = to_ours(
    "ticket.arrived",
    "رسیدن تیکت از دپارتمان دیگر، برای مدیر دپارتمان",
    subject="تیکت {number} به صف {department} آمد: {subject}",
    body="{person} تیکت «{subject}» از {customer} را به {department} آورد. مسئول ندارد؛ بردارید یا واگذار کنید.",
    bell="تیکت «{subject}» به صف {department} آمد",
)
ASSIGNED_MANY = to_ours(
    "tickets.assigned",
    "واگذاری چند تیکت با هم، برای کارشناس",
    variables=("tenant", "count", "department", "person"),
    subject="{count} تیکت به شما واگذار شد",
    body="{person} در دپارتمان {department} {count} تیکت را به شما واگذار کرد.",
    bell="{person} {count} تیکت {department} را به شما واگذار کرد",
    sample={key: value for key, value in SAMPLE_MANY.items() if key != "to"},
)
WATCHING = to_ours(
    "ticket.watching",
    "ناظر شدن، برای همکار",
    subject="ناظر تیکت {number} شدید: {subject}",
    body="{person} شما را ناظر تیکت «{subject}» از {customer} کرد.",
    bell="{person} شما را ناظر تیکت «{subject}» کرد",
)
