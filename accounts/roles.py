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
    CHANGE = "change", "تغییر وضعیت و اولویت"
    CLOSE = "close", "بستن تیکت"
    REOPEN = "reopen", "بازگشایی تیکت"
    OPEN = "open", "ثبت تیکت برای مشتری"
    NOTE = "note", "نوشتن یادداشت خصوصی"
    READ_NOTES = "read_notes", "دیدن یادداشت‌های خصوصی"
    SEE_DEPARTMENT = "see_department", "دیدن همهٔ تیکت‌های دپارتمان"


# What the levels every tenant starts with may do; seeing the department is off in each (SPEC: people).
BUILTIN_LEVELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "manager": ("مدیر", tuple(right.value for right in Right if right != Right.SEE_DEPARTMENT)),
    "staff": (
        "کارشناس",
        ("reply", "take", "change", "close", "reopen", "open", "note", "read_notes"),
    ),
    "observer": ("ناظر", ("read_notes",)),
}
