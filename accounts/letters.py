"""Letters of this floor: one-time codes, changes of what one comes in by, and the end of a contract.

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

CONTACT_CODE = register(
    LetterKind(
        name="contact.code",
        title="کد تأیید تغییر شماره یا ایمیل",
        variables=("what",),
        sms="کد تأیید {tenant} برای تغییر {what}: {code}",
        subject="کد تأیید تغییر {what}",
        body="برای تغییر {what} در {tenant} این کد را در صفحه بنویسید:\n\n{code}\n\n"
        "ده دقیقه اعتبار دارد. اگر کار شما نیست، این نامه را نادیده بگیرید و کد را به کسی نگویید.",
        secret="code",  # noqa: S106  the variable's name, not a secret
        ltr=("code",),
        button="",
        sample={"tenant": "آوندفام", "what": "شمارهٔ همراه", "code": "402815"},
        lane="now",
        channels=("sms", "email"),
    )
)

CONTACT_CHANGED = register(
    LetterKind(
        name="contact.changed",
        title="شماره یا ایمیل تغییر کرد، به نشانی پیشین",
        variables=("what", "call"),
        sms="{what} حساب شما در {tenant} تغییر کرد. اگر کار شما نیست خبرمان کنید. {call}",
        subject="{what} حساب شما تغییر کرد",
        body="{what} حساب شما در {tenant} تغییر کرد و این نشانی دیگر به آن وصل نیست.\n\n"
        "اگر کار شما نیست، همین حالا خبرمان کنید. {call}",
        button="",
        sample={"tenant": "آوندفام", "what": "شمارهٔ همراه", "call": "تلفن: ۰۲۱۰۰۰۰۱۰۰۰"},
        channels=("sms", "email"),
    )
)

FACTOR_DROPPED = register(
    LetterKind(
        name="factor.dropped",
        title="ورود دومرحله‌ای را مدیر برداشت",
        sms="ورود دومرحله‌ای حساب شما در {tenant} به دست مدیر برداشته شد. اگر خبر ندارید با مدیر تماس بگیرید.",
        subject="ورود دومرحله‌ای شما برداشته شد",
        body="مدیر {tenant} ورود دومرحله‌ای حساب شما را برداشت و از همهٔ دستگاه‌ها بیرون آمدید.\n\n"
        "پس از ورود می‌توانید دوباره روشنش کنید. اگر خبر ندارید با مدیر تماس بگیرید.",
        bell="ورود دومرحله‌ای شما به دست مدیر برداشته شد",
        button="روشن کردن دوباره",
        sample={"tenant": "آوندفام"},
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
