"""Words of a ticket's life and the moves between categories (S7). Nothing here touches the database."""

from django.db import models


class Category(models.TextChoices):
    """The fixed categories behind a tenant's own statuses; rules speak of these only."""

    NEW = "new", "جدید"
    OPEN = "open", "در حال بررسی"
    WAITING = "waiting", "منتظر مشتری"
    ANSWERED = "answered", "پاسخ داده شد"
    CLOSED = "closed", "بسته"


class Priority(models.IntegerChoices):
    LOW = 1, "کم"
    NORMAL = 2, "معمولی"
    HIGH = 3, "زیاد"
    URGENT = 4, "فوری"


class Origin(models.TextChoices):
    """Who started the ticket (H5)."""

    CUSTOMER = "customer", "مشتری آغاز کرده است"
    STAFF = "staff", "کارمند آغاز کرده است"


class Channel(models.TextChoices):
    PORTAL = "portal", "از پورتال"
    EMAIL = "email", "از ایمیل"
    SITE = "site", "پرسش بازدیدکننده"
    INTERNAL = "internal", "تیکت داخلی"


class MessageKind(models.TextChoices):
    REPLY = "reply", "پاسخ"
    NOTE = "note", "یادداشت خصوصی"


class Side(models.TextChoices):
    CUSTOMER = "customer", "مشتری"
    STAFF = "staff", "ما"


class EventKind(models.TextChoices):
    OPENED = "opened", "ثبت شد"
    ROUTED = "routed", "رسید"
    TAKEN = "taken", "برداشته شد"
    ASSIGNED = "assigned", "واگذار شد"
    STATUS = "status", "وضعیت عوض شد"
    CLOSED = "closed", "بسته شد"
    REOPENED = "reopened", "باز شد"
    PRIORITY = "priority", "اولویت عوض شد"
    MOVED = "moved", "به دپارتمان دیگری رفت"
    RELEASED = "released", "به صف دپارتمان برگشت"
    REFERRED = "referred", "به همکار ارجاع شد"
    REQUESTED = "requested", "انتقال درخواست شد"
    REJECTED = "rejected", "درخواست انتقال رد شد"
    WITHDRAWN = "withdrawn", "درخواست انتقال پس گرفته شد"
    RETURNED = "returned", "مهلت درخواست انتقال گذشت"
    WATCHING = "watching", "ناظر افزوده شد"
    UNWATCHED = "unwatched", "ناظر برداشته شد"
    TURNED = "turned", "رنگ مهلت عوض شد"
    WARNED = "warned", "هشدار بسته‌شدن فرستاده شد"
    LINKED = "linked", "به تیکت دیگری پیوند خورد"
    DELETED = "deleted", "به سطل رفت"
    RESTORED = "restored", "از سطل برگشت"
    FILLED = "filled", "اطلاعات تکمیلی عوض شد"
    RATED = "rated", "امتیاز داده شد"


class TransferState(models.TextChoices):
    """A request to another department (H13); all but the first are final."""

    PENDING = "pending", "در انتظار تأیید"
    ACCEPTED = "accepted", "پذیرفته شد"
    REJECTED = "rejected", "رد شد"
    WITHDRAWN = "withdrawn", "پس گرفته شد"
    RETURNED = "returned", "مهلتش گذشت"


class Audience(models.TextChoices):
    """Who reads a private note: those with the right, or only the people named on it (S12)."""

    RIGHT = "right", "همکارانی که اجازه دارند"
    NAMED = "named", "فقط کسانی که نام برده‌ام"


class Via(models.TextChoices):
    """Why a person watches a ticket or reads a note beyond their right."""

    ADDED = "added", "افزوده شد"
    MENTION = "mention", "نام برده شد"
    HANDOVER = "handover", "تیکت به او رسید"


class RatedBy(models.TextChoices):
    """How a rating came (S8)."""

    PORTAL = "portal", "از پورتال"
    LINK = "link", "از پیوند نامه"


UNFINISHED = (Category.NEW, Category.OPEN, Category.WAITING, Category.ANSWERED)
# The ball is on our side: the answer clock runs.
OURS = (Category.NEW, Category.OPEN)
# The ball is on the customer's side: a ticket silent there too long is closed, where the owner wants it so (S7).
THEIRS = (Category.WAITING, Category.ANSWERED)

# From a category, the categories a member of staff may set by hand. Closing and reopening are verbs of their own.
MOVES: dict[str, frozenset[str]] = {
    Category.NEW: frozenset({Category.OPEN, Category.WAITING, Category.ANSWERED}),
    Category.OPEN: frozenset({Category.OPEN, Category.WAITING, Category.ANSWERED}),
    Category.WAITING: frozenset({Category.OPEN, Category.WAITING, Category.ANSWERED}),
    Category.ANSWERED: frozenset({Category.OPEN, Category.WAITING, Category.ANSWERED}),
    Category.CLOSED: frozenset(),
}
