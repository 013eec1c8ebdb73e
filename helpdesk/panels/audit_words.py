"""The audit log in Persian: what each verb, kind and field is called. A word missing here is shown as its code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.roles import Level, Right, Role
from departments.models import FieldKind, Seat, Sharing
from persian import jalali, mobile
from persian.digits import group, to_persian
from tickets.states import Category, Priority

VERBS: dict[str, str] = {
    "create_tenant": "ساختن مرکز پشتیبانی",
    "tenant.change": "تغییر مشخصات مرکز پشتیبانی",
    "tenant.logo": "تغییر نشان",
    "tenant.second_factor": "تغییر الزام ورود دومرحله‌ای",
    "create_department": "ساختن دپارتمان",
    "change_department": "تغییر دپارتمان",
    "move_department": "جابه‌جایی دپارتمان",
    "order_departments": "تغییر ترتیب دپارتمان‌ها",
    "switch_on_department": "فعال‌کردن دپارتمان",
    "switch_off_department": "غیرفعال‌کردن دپارتمان",
    "retire_department": "بازنشسته‌کردن دپارتمان",
    "choose_customer": "برگزیدن مشتری برای دپارتمان",
    "drop_customer": "برداشتن مشتری از دپارتمان",
    "seat": "جای همکار در دپارتمان",
    "unseat": "برداشتن همکار از دپارتمان",
    "level.create": "ساختن سطح دسترسی",
    "level.change": "تغییر سطح دسترسی",
    "level.delete": "برداشتن سطح دسترسی",
    "canned.create": "ساختن پاسخ آماده",
    "canned.change": "تغییر پاسخ آماده",
    "canned.move": "جابه‌جایی پاسخ آماده",
    "canned.delete": "برداشتن پاسخ آماده",
    "replace_manager": "تغییر مدیر دپارتمان",
    "create_topic": "ساختن گروه موضوعی",
    "change_topic": "تغییر گروه موضوعی",
    "move_topic": "جابه‌جایی گروه موضوعی",
    "order_topics": "تغییر ترتیب گروه‌های موضوعی",
    "link_customer": "تعیین پشتیبان اختصاصی",
    "unlink_customer": "برداشتن پشتیبان اختصاصی",
    "customer.create": "ساختن مشتری",
    "customer.change": "تغییر مشخصات مشتری",
    "customer.off": "بستن دسترسی مشتری",
    "customer.on": "باز کردن دسترسی مشتری",
    "contract.create": "ساختن قرارداد",
    "contract.renew": "تمدید قرارداد",
    "contract.change": "تغییر قرارداد",
    "contract.override": "باز گذاشتن ثبت تیکت پس از پایان قرارداد",
    "customers.export": "خروجی‌گرفتن از مشتریان",
    "import_customers": "ورود مشتریان از فایل",
    "section.create": "ساختن بخش",
    "section.rename": "تغییر نام بخش",
    "person.create": "ساختن شخص",
    "person.change": "تغییر مشخصات شخص",
    "person.move": "جابه‌جایی شخص",
    "person.role": "تغییر نقش",
    "leave_staff": "بستن دسترسی همکار و سپردن کارهایش",
    "vacation.change": "تغییر مرخصی",
    "vacation.plan": "ثبت مرخصی",
    "vacation.cancel": "لغو مرخصی",
    "group.create": "ساختن گروه کارکنان",
    "group.change": "تغییر گروه کارکنان",
    "group.delete": "برداشتن گروه کارکنان",
    "group.join": "افزودن به گروه کارکنان",
    "group.part": "برداشتن از گروه کارکنان",
    "person.on": "باز کردن دسترسی شخص",
    "person.off": "بستن دسترسی شخص",
    "person.password": "تغییر رمز",
    "factor.on": "روشن‌کردن ورود دومرحله‌ای",
    "factor.off": "برداشتن ورود دومرحله‌ای",
    "factor.codes": "ساختن کدهای بازیابی",
    "sessions.end": "بیرون‌کردن از دستگاه‌ها",
    "hours.week": "تعیین ساعت کاری",
    "hours.week_drop": "برداشتن ساعت کاری",
    "hours.close": "تعطیل‌کردن روز",
    "hours.open": "کار در روز تعطیل",
    "hours.forget": "برداشتن روز از فهرست تعطیلی",
    "hours.open_again": "باز کردن دوبارهٔ روز",
    "sla.set": "تعیین مهلت پاسخ",
    "sla.drop": "برداشتن مهلت پاسخ",
    "clock.hears": "تغییر خبرگیران مهلت",
    "status.create": "ساختن وضعیت",
    "status.change": "تغییر وضعیت",
    "status.order": "تغییر ترتیب وضعیت‌ها",
    "status.default": "تعیین وضعیت پیش‌فرض",
    "status.moves": "تعیین مسیرهای وضعیت",
    "status.retire": "بازنشسته‌کردن وضعیت",
    "status.back": "بازگرداندن وضعیت",
    "rules.change": "تغییر قاعده‌های تیکت",
    "ticket.delete": "بردن تیکت به سطل",
    "ticket.restore": "برگرداندن تیکت از سطل",
    "ticket.purge": "پاک‌کردن تیکت برای همیشه",
    "field.create": "ساختن پرسش",
    "field.change": "تغییر پرسش",
    "field.retype": "تغییر نوع پرسش",
    "field.retire": "بازنشسته‌کردن پرسش",
    "field.back": "بازگرداندن پرسش",
    "field.order": "تغییر ترتیب پرسش‌ها",
    "tickets.export": "خروجی‌گرفتن از تیکت‌ها",
    "audit.export": "خروجی‌گرفتن از سابقهٔ کارها",
}
KINDS: dict[str, str] = {
    "tenants.tenant": "مرکز پشتیبانی",
    "tenants.job": "کار گروهی",
    "departments.department": "دپارتمان",
    "departments.cannedresponse": "پاسخ آماده",
    "departments.topic": "گروه موضوعی",
    "departments.staffgroup": "گروه کارکنان",
    "accounts.customer": "مشتری",
    "accounts.section": "بخش",
    "accounts.user": "شخص",
    "accounts.accesslevel": "سطح دسترسی",
    "accounts.contract": "قرارداد",
    "accounts.vacation": "مرخصی",
    "departments.workingweek": "ساعت کاری",
    "departments.dayoff": "روز تعطیل",
    "departments.slapolicy": "مهلت پاسخ",
    "departments.clockrules": "قاعده‌های مهلت",
    "departments.extrafield": "پرسش",
    "tickets.ticketstatus": "وضعیت",
    "tickets.ticket": "تیکت",
}
FIELDS: dict[str, str] = {
    "name": "نام",
    "description": "توضیح",
    "body": "متن",
    "signature": "امضا",
    "is_hidden": "پنهان از مشتریان",
    "is_restricted": "فقط برای مشتریان برگزیده",
    "is_active": "فعال",
    "shares_unassigned": "دیدن تیکت‌های واگذارنشده",
    "accepts_choice": "قابل انتخاب برای مشتری",
    "level": "سطح",
    "role": "نقش",
    "person": "شخص",
    "user": "شخص",
    "department": "دپارتمان",
    "staff": "کارشناس",
    "assignee": "مسئول",
    "topic": "گروه موضوعی",
    "parent": "زیر",
    "rule": "تقسیم تیکت‌های تازه",
    "group": "گروه کارکنان",
    "section": "بخش",
    "customer": "مشتری",
    "customers": "مشتریان",
    "mobile": "شمارهٔ همراه",
    "email": "ایمیل",
    "username": "نام کاربری",
    "contact_name": "نام رابط",
    "phone": "تلفن",
    "national_id": "شناسهٔ ملی",
    "economic_code": "کد اقتصادی",
    "notes": "یادداشت",
    "hours_text": "ساعت‌های پاسخ‌گویی",
    "sms_on_open": "پیامک کد رهگیری",
    "requires_second_factor": "الزام ورود دومرحله‌ای",
    "slug": "نشانی",
    "owner": "مدیر اصلی",
    "to": "به",
    "position": "جا",
    "order": "ترتیب",
    "count": "تعداد",
    "file": "فایل",
    "kind": "نوع",
    "query": "جست‌وجو",
    "filters": "فیلترها",
    "verb": "کار",
    "since": "از روز",
    "until": "تا روز",
    "logo": "نشان",
    "used": "تیکت‌های ثبت‌شده",
    "rights": "دسترسی‌ها",
    "access_level": "سطح دسترسی",
    "starts_on": "آغاز",
    "ends_on": "پایان",
    "grace_days": "روزهای مهلت",
    "allowance": "تعداد تیکت",
    "person_limit": "سقف هر نفر",
    "open_until": "باز تا",
    "reason": "دلیل",
    "substitute": "جانشین",
    "members": "اعضا",
    "groups": "گروه‌ها",
    "covered": "مرخصی‌های بی جانشین",
    "customer_label": "نام نزد مشتری",
    "category": "دسته",
    "colour": "رنگ",
    "targets": "مسیرها",
    "reopen_days": "روزهای بازگشایی",
    "silence_days": "روزهای سکوت تا بستن",
    "warning_days": "روزهای هشدار",
    "transfer_days": "روزهای مهلت انتقال",
    "bin_days": "روزهای سطل",
    "undo_seconds": "ثانیه‌های پس‌گرفتن پاسخ",
    "messages": "پیام‌ها",
    "files": "فایل‌ها",
    "moved": "تیکت‌های جابه‌جاشده",
    "valid_from": "از روز",
    **{f"day{number}": word for number, word in enumerate(jalali.WEEKDAYS)},
    "is_announced": "نشان‌دادن به مشتریان منتظر",
    "priority": "اولویت",
    "first_yellow": "پاسخ نخست، زرد (دقیقه)",
    "first_red": "پاسخ نخست، قرمز (دقیقه)",
    "next_yellow": "پاسخ‌های بعدی، زرد (دقیقه)",
    "next_red": "پاسخ‌های بعدی، قرمز (دقیقه)",
    "resolve": "بستن تیکت (دقیقه)",
    "label": "عنوان",
    "help": "راهنما",
    "field_kind": "نوع پاسخ",
    "is_required": "پاسخش لازم است",
    "is_staff_only": "فقط برای کارکنان",
    "topics": "گروه‌های موضوعی",
    "choices": "گزینه‌ها",
    "tell_yellow": "خبرگیران زرد",
    "tell_red": "خبرگیران قرمز",
    "tell_close": "خبرگیران زمان بستن",
}
_HEARERS = {"holder": "مسئول تیکت", "manager": "مدیر دپارتمان", "owner": "مدیر اصلی"}
_VALUES: dict[str, dict[str, str]] = {
    "level": {**dict(Seat.SeatLevel.choices), **{str(value): str(word) for value, word in Level.choices}},
    "role": {str(value): str(word) for value, word in Role.choices},
    "rights": {str(value): str(word) for value, word in Right.choices},
    "to": {"up": "بالا", "down": "پایین"},
    "priority": {"0": "همهٔ اولویت‌ها", **{str(value): str(word) for value, word in Priority.choices}},
    "kind": {"closed": "تعطیل", "open": "باز"},
    **dict.fromkeys(("tell_yellow", "tell_red", "tell_close"), _HEARERS),
    "field_kind": {str(value): str(word) for value, word in FieldKind.choices},
    "rule": {str(value): str(word) for value, word in Sharing.choices},
    "category": {str(value): str(word) for value, word in Category.choices},
}
NOTHING = "خالی"


@dataclass(frozen=True)
class Change:
    """One field of an entry: its name, what it was, what it became; None where that side says nothing."""

    word: str
    before: str | None
    after: str | None


def verb_word(verb: str) -> str:
    """What an act is called."""
    return VERBS.get(verb, verb)


def kind_word(kind: str) -> str:
    """What a kind of thing is called."""
    return KINDS.get(kind, kind)


def changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """The fields of an entry, readable; an id is left out where the name stands beside it."""
    both = {**before, **after}
    for key in both:
        if key.endswith("_id") and key.removesuffix("_id") in both:
            continue
        was = value_word(key, before[key]) if key in before else None
        now = value_word(key, after[key]) if key in after else None
        # A new thing's empty fields say nothing.
        if not (was is None and now == NOTHING):
            yield Change(FIELDS.get(key, key), was, now)


def value_word(key: str, value: Any) -> str:
    """One value as a person reads it."""
    if value is None or value == "" or value == [] or value == {}:
        return NOTHING
    if isinstance(value, bool):
        return "بله" if value else "خیر"
    if isinstance(value, list):
        return "، ".join(value_word(key, one) for one in value)
    if isinstance(value, dict):
        return "، ".join(f"{FIELDS.get(name, name)}: {value_word(name, one)}" for name, one in value.items())
    if word := _VALUES.get(key, {}).get(str(value)):
        return word
    if isinstance(value, int | float):
        return group(value)
    return _text_word(key, str(value))


def _text_word(key: str, text: str) -> str:
    try:
        if key == "mobile":
            return mobile.show(text)
        if len(text) == 10 and text[4] == text[7] == "-":
            return to_persian(jalali.format_date(dt.date.fromisoformat(text)))
    except ValueError:
        pass
    return text
