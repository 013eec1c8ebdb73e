"""Roles and levels, as words. Which tickets and verbs follow from them is asked in tickets.access."""

from django.db import models


class Role(models.TextChoices):
    """Which panel a person has."""

    OWNER = "owner", "مدیر اصلی"
    STAFF = "staff", "کارشناس"
    CUSTOMER = "customer", "مشتری"
    VISITOR = "visitor", "بازدیدکننده"


# First page of each role's panel. Paths, not names: SPEC S3 promises them, and this floor knows no pages above it.
PANELS = {Role.OWNER: "/manage/", Role.STAFF: "/desk/", Role.CUSTOMER: "/portal/"}


class Level(models.IntegerChoices):
    """A customer person's place in their company (SPEC: people)."""

    MAIN = 0, "سطح اصلی"
    SECTION_MANAGER = 1, "مدیر بخش"
    SECTION_MEMBER = 2, "کارمند بخش"


class Right(models.TextChoices):
    """What an access level may allow beyond seeing one's own tickets (S19)."""

    REPLY = "reply", "پاسخ به مشتری"
    TAKE = "take", "برداشتن تیکت واگذارنشده"
    ASSIGN = "assign", "واگذاری به همکار"
    TRANSFER = "transfer", "درخواست انتقال به دپارتمان دیگر"
    CHANGE = "change", "تغییر وضعیت و اولویت"
    CLOSE = "close", "بستن تیکت"
    REOPEN = "reopen", "بازگشایی تیکت"
    OPEN = "open", "ثبت تیکت برای مشتری یا همکار"
    NOTE = "note", "نوشتن یادداشت خصوصی"
    READ_NOTES = "read_notes", "دیدن یادداشت‌های خصوصی"
    SEE_DEPARTMENT = "see_department", "دیدن همهٔ تیکت‌های دپارتمان"
    CUSTOMERS = "customers", "مدیریت مشتریان و قراردادها"
    STAFF = "staff", "چیدن کارشناسان و گروه‌های موضوعی دپارتمان"
    EXPORT = "export", "خروجی‌گرفتن از فهرست‌ها"
    ARTICLES = "articles", "نوشتن در دانشنامه"
    REPORTS = "reports", "دیدن گزارش‌ها"
    BROADCAST = "broadcast", "فرستادن پیام همگانی"
    CANNED = "canned", "مدیریت پاسخ‌های آماده"


# As the page of a level shows them. The last group's rights wait for the floors that will ask for them.
RIGHT_GROUPS: tuple[tuple[str, tuple[Right, ...]], ...] = (
    (
        "کار روی تیکت",
        (
            Right.REPLY,
            Right.TAKE,
            Right.ASSIGN,
            Right.TRANSFER,
            Right.CHANGE,
            Right.CLOSE,
            Right.REOPEN,
            Right.OPEN,
        ),
    ),
    ("یادداشت و دیدن", (Right.NOTE, Right.READ_NOTES, Right.SEE_DEPARTMENT)),
    ("مشتریان و دپارتمان", (Right.CUSTOMERS, Right.STAFF, Right.CANNED, Right.EXPORT)),
    (
        "دانشنامه، گزارش و پیام همگانی",
        (Right.ARTICLES, Right.REPORTS, Right.BROADCAST),
    ),
)
# What the levels every tenant starts with may do; seeing the department is off in each (SPEC: people).
BUILTIN_LEVELS: dict[str, tuple[str, tuple[Right, ...]]] = {
    "manager": (
        "مدیر دپارتمان",
        tuple(
            right for right in Right if right not in (Right.SEE_DEPARTMENT, Right.CUSTOMERS, Right.BROADCAST)
        ),
    ),
    "staff": (
        "کارشناس",
        (
            Right.REPLY,
            Right.TAKE,
            Right.TRANSFER,
            Right.CHANGE,
            Right.CLOSE,
            Right.REOPEN,
            Right.OPEN,
            Right.NOTE,
            Right.READ_NOTES,
        ),
    ),
    "observer": ("ناظر", ()),
}
