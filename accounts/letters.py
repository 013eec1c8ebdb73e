"""Letters of this floor: the one-time code, and the end of a contract.

The code's last line is what browsers read to offer it by themselves (WebOTP): the host and the code, nothing after.
"""

from notifications.kinds import LetterKind, register

OTP = register(
    LetterKind(
        name="otp",
        title="کد ورود",
        sms="کد ورود شما به {tenant}: {code}\n@{host} #{code}",
        secret="code",  # noqa: S106  the variable's name, not a secret
        ltr=("code", "host"),
        sample={"tenant": "پشتیبانی نمونه", "host": "demo.example.ir", "code": "402815"},
        lane="now",
        channels=("sms",),
    )
)

CONTRACT_ENDING = register(
    LetterKind(
        name="contract.ending",
        title="پایان نزدیک قرارداد، برای رابط شرکت و مدیر",
        variables=("customer", "date", "left", "call"),
        sms="قرارداد پشتیبانی {customer} {date} پایان می‌یابد، {left}. {call}",
        subject="قرارداد پشتیبانی {customer} {date} پایان می‌یابد",
        body="قرارداد پشتیبانی {customer} {date} پایان می‌یابد، {left}.\n\n{call}\n\n"
        "تیکت‌های پیشین شما پس از آن هم باز می‌ماند.",
        bell="قرارداد پشتیبانی {customer} {date} پایان می‌یابد، {left}",
        sample={
            "tenant": "آوندفام",
            "customer": "کاشی نقش‌گل میبد",
            "date": "۲۷ آبان ۱۴۰۵",
            "left": "۷ روز مانده",
            "call": "برای تمدید با آوندفام تماس بگیرید: ۰۲۱۰۰۰۰۱۰۰۰",
        },
    )
)
