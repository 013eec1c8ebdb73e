"""Words kept ready in the demo: canned answers of everybody's, of departments and of a person's own, and signatures."""

from __future__ import annotations

from accounts.services import people
from departments.services import canned

from . import content
from .households import Household
from .people import FINANCE, SALES, SUPPORT, TRAINING

EVERYBODYS = (
    ("خوشامد", "سلام {مشتری} گرامی،\nپیامتان رسید و در دست بررسی است."),
    ("سپاس و پایان", "سپاس از همراهی شما. اگر باز هم پرسشی بود همین‌جا بنویسید."),
    ("کد رهگیری", "کد رهگیری این درخواست {کد_رهگیری} است. با همین کد از تلفن هم پیگیری می‌شود."),
    ("منتظر پاسخ شما", "{مشتری} گرامی، برای ادامهٔ تیکت {شماره} منتظر پاسخ شما هستیم."),
)
OF_DESKS = {
    SUPPORT: (
        ("گرفتن عکس از خطا", "لطفاً از پیام خطا عکس بگیرید و همین‌جا پیوست کنید؛ ساعت رخ‌دادنش را هم بنویسید."),
        (
            "راه‌اندازی دوبارهٔ سرویس چاپ",
            "۱. برنامه را ببندید.\n۲. سرویس Print Spooler را از نو راه بیندازید.\n۳. یک برگهٔ آزمایشی چاپ کنید.",
        ),
        ("اتصال از راه دور", "اجازه می‌دهید امروز از راه دور وصل شویم؟ ساعتی را که پای سامانه هستید بنویسید."),
        ("به‌روزرسانی تازه", "این مشکل در به‌روزرسانی تازه رفع شده است. پیش از نصب پشتیبان بگیرید."),
    ),
    FINANCE: (
        ("پیش‌فاکتور تمدید", "پیش‌فاکتور تمدید قرارداد {شرکت} پیوست است و تا یک هفته از {امروز} اعتبار دارد."),
        ("رسید پرداخت", "پرداخت شما ثبت شد. رسید رسمی تا دو روز کاری دیگر فرستاده می‌شود."),
    ),
    TRAINING: (("هماهنگی آموزش", "برای هماهنگی آموزش، شمار نفرات و دو روز دلخواهتان را بنویسید."),),
    SALES: (("کاربر اضافه", "هزینهٔ هر کاربر اضافه در پیش‌فاکتور پیوست آمده است."),),
}
OWN, OF_OWN = 12, ("پیگیری فردا", "{مشتری} گرامی، فردا پیش از ظهر خبرتان می‌کنم.\n{کارشناس}")
SIGNATURES = {
    11: "{کارشناس}\nمدیر {دپارتمان}، {مرکز}",
    12: "با احترام، {کارشناس}\n{دپارتمان}، {مرکز}",
    13: "{کارشناس}، {دپارتمان}",
}


def keep(home: Household) -> None:
    """In the house that has these desks and people; in its scope, before its tickets are written: then they sign."""
    if SUPPORT not in home.desks:
        return
    for name, body in EVERYBODYS:
        canned.create_canned(actor=home.owner, name=name, body=body)
    for desk, rows in OF_DESKS.items():
        for name, body in rows if desk in home.desks else ():
            canned.create_canned(
                actor=home.manager(desk),
                department=home.desks[desk],
                name=name,
                body=body,
                html=content.with_form(body),
            )
    for number, signature in SIGNATURES.items():
        if number in home.people:
            people.change_profile(home.people[number], actor=home.people[number], signature=signature)
    if OWN in home.people:
        person, (name, body) = home.people[OWN], OF_OWN
        canned.create_canned(actor=person, user=person, name=name, body=body)
