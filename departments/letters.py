"""The letters this floor posts: to who stands in for a colleague on vacation (H9)."""

from notifications.kinds import LetterKind, register

SAMPLE = {
    "tenant": "آوندفام",
    "person": "آرش دهدشتی",
    "days": "از ۵ آذر ۱۴۰۵ تا ۱۲ آذر ۱۴۰۵",
}

SUBSTITUTE = register(
    LetterKind(
        name="vacation.substitute",
        title="جانشینی در روزهای مرخصی، برای همکار",
        variables=("person", "days"),
        subject="جانشین {person} هستید",
        body="{person} {days} مرخصی است و شما جانشین او هستید.\n\nدر دپارتمان‌هایی که هر دو در آن هستید، تیکت‌های تازهٔ "
        "مشتریان اختصاصی و گروه‌های موضوعی او به شما می‌رسد.",
        bell="{days} جانشین {person} هستید",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
FREED = register(
    LetterKind(
        name="vacation.freed",
        title="پایان جانشینی، برای همکار",
        variables=("person", "days"),
        subject="دیگر جانشین {person} نیستید",
        body="مرخصی {person}، {days}، عوض شد یا پایان یافت و دیگر جانشین او نیستید.",
        bell="دیگر جانشین {person} نیستید",
        channels=("email", "bell"),
        sample=SAMPLE,
    )
)
