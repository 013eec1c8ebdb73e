"""The letters of a customer who is tied to another desk: to who receives its open tickets, and to who had them (H9)."""

from notifications.kinds import LetterKind, register

VARIABLES = ("tenant", "count", "customer", "department", "person")
SAMPLE = {
    "tenant": "آوندفام",
    "count": "۱۲",
    "customer": "کاشی نقش‌گل میبد",
    "department": "پشتیبانی فنی",
    "person": "بهرام مدیری",
}

CAME = register(
    LetterKind(
        name="tickets.came",
        title="رسیدن تیکت‌های یک مشتری به دپارتمان تازه‌اش، برای مدیر دپارتمان",
        variables=VARIABLES,
        subject="{count} تیکت باز {customer} به صف {department} آمد",
        body="{person} مشتری {customer} را به {department} سپرد و {count} تیکت باز آن در صف است.\n\n"
        "هیچ‌کدام مسئول ندارد؛ بردارید یا واگذار کنید.",
        bell="{count} تیکت باز {customer} به صف {department} آمد",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
GONE = register(
    LetterKind(
        name="tickets.gone",
        title="رفتن تیکت‌های یک مشتری به دپارتمان تازه‌اش، برای کارشناس",
        variables=VARIABLES,
        subject="تیکت‌های باز {customer} به {department} سپرده شد",
        body="{person} مشتری {customer} را به {department} سپرد و تیکت‌های بازش، از جمله آنچه دست شما بود، "
        "از این پس با آن‌هاست.",
        bell="تیکت‌های باز {customer}، از جمله آنچه دست شما بود، به {department} سپرده شد",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
