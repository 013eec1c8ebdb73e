"""Events as sentences people read (S20)."""

from __future__ import annotations

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from persian.digits import to_persian

from .models import Event
from .states import EventKind, Priority

ICONS: dict[str, str] = {
    EventKind.OPENED: "plus",
    EventKind.ROUTED: "bolt",
    EventKind.TAKEN: "user-check",
    EventKind.ASSIGNED: "user-plus",
    EventKind.STATUS: "circle-dot",
    EventKind.CLOSED: "circle-check",
    EventKind.REOPENED: "refresh",
    EventKind.PRIORITY: "flag",
    EventKind.MOVED: "arrows-exchange",
    EventKind.RELEASED: "inbox",
    EventKind.REFERRED: "user-plus",
    EventKind.REQUESTED: "arrows-exchange",
    EventKind.REJECTED: "x",
    EventKind.WITHDRAWN: "arrow-back-up",
    EventKind.RETURNED: "clock",
    EventKind.WATCHING: "eye",
    EventKind.UNWATCHED: "eye-off",
    EventKind.TURNED: "alarm",
    EventKind.WARNED: "bell",
    EventKind.LINKED: "link",
    EventKind.DELETED: "trash",
    EventKind.RESTORED: "refresh",
    EventKind.FILLED: "forms",
    EventKind.RATED: "star",
}
WHY: dict[str, str] = {
    "link": "کارشناس اختصاصی این مشتری",
    "substitute": "جانشین مسئول، که در مرخصی است",
    "away": "مدیر دپارتمان، چون کارشناس اختصاصی در دسترس نیست",
    "chosen": "به انتخاب فرستنده",
    "topic": "مسئول این گروه موضوعی",
    "rotation": "به نوبت در این گروه موضوعی",
    "least": "که در این گروه موضوعی کمترین تیکت باز را داشت",
    "department": "به نوبت در دپارتمان",
    "department_least": "که در دپارتمان کمترین تیکت باز را داشت",
}

TURNS: dict[str, str] = {"yellow": "رو به پایان", "red": "دیر شد"}
QUEUES: dict[str, str] = {
    "manager": "صف مدیر دپارتمان",
    "manager_off": "صف دپارتمان، که مدیرش در مرخصی است",
}


# {actor}, {person}, {former}: people, in bold; {source}, {target}: departments; {before}, {after}: what has changed.
SENTENCES: dict[str, str] = {
    EventKind.OPENED: "{actor} تیکت را ثبت کرد",
    EventKind.TAKEN: "{actor} تیکت را برداشت",
    EventKind.ASSIGNED: "{actor} تیکت را به {person} واگذار کرد",
    EventKind.STATUS: "{actor} وضعیت را از «{before}» به «{after}» برد",
    EventKind.CLOSED: "{actor} تیکت را بست",
    EventKind.REOPENED: "{actor} تیکت را دوباره باز کرد",
    EventKind.PRIORITY: "{actor} اولویت را از «{before}» به «{after}» برد",
    EventKind.MOVED: "{actor} تیکت را از «{source}» به «{target}» برد",
    EventKind.RELEASED: "{actor} تیکت را از {former} به صف دپارتمان برگرداند",
    EventKind.REFERRED: "{actor} تیکت را به {person} ارجاع داد",
    EventKind.REQUESTED: "{actor} انتقال به «{target}» را درخواست کرد",
    EventKind.REJECTED: "{actor} درخواست انتقال به «{target}» را رد کرد",
    EventKind.WITHDRAWN: "{actor} درخواست انتقال به «{target}» را پس گرفت",
    EventKind.RETURNED: "درخواست انتقال به «{target}» بی پاسخ ماند و برگشت",
    EventKind.WATCHING: "{actor}، {person} را ناظر تیکت کرد",
    EventKind.UNWATCHED: "{actor} نظارت {person} را برداشت",
    EventKind.TURNED: "مهلت پاسخ به «{turn}» رسید",
    EventKind.WARNED: "به مشتری خبر داده شد که تیکت بی پاسخ او بسته می‌شود",
    EventKind.LINKED: "{actor} این تیکت را به تیکت دیگری پیوند داد",
    EventKind.DELETED: "{actor} تیکت را به سطل برد",
    EventKind.RESTORED: "{actor} تیکت را از سطل برگرداند",
    EventKind.FILLED: "{actor} {fields} را عوض کرد",
    EventKind.RATED: "{actor} به پاسخ {person} {number} ستاره داد",
}
# Where the reason makes it another sentence.
REASONED: dict[tuple[str, str], str] = {
    (EventKind.STATUS, "customer"): "با پاسخ مشتری از «{before}» به «{after}» برگشت",
    (EventKind.STATUS, "retired"): "وضعیت «{before}» بازنشسته شد و تیکت به «{after}» رفت",
    (EventKind.CLOSED, "silence"): "چون پاسخی از مشتری نرسید، تیکت خودکار بسته شد",
    (EventKind.TURNED, "close"): "زمان بستن گذشت و تیکت هنوز باز است",
    (EventKind.LINKED, "onward"): "گفت‌وگو در تیکت {number} ادامه یافت",
    (EventKind.LINKED, "from"): "این تیکت ادامهٔ تیکت {number} است",
    (EventKind.STATUS, "asker"): "با پیام فرستنده از «{before}» به «{after}» برگشت",
    (EventKind.LINKED, "internal"): "{actor} تیکتی داخلی دربارهٔ این تیکت ثبت کرد",
    (EventKind.LINKED, "about"): "{actor} این تیکت را به تیکت یک مشتری پیوند داد",
    (EventKind.MOVED, "retired"): "{actor} دپارتمان «{source}» را خاموش کرد و تیکت به صف «{target}» رفت",
    (EventKind.MOVED, "linked"): "{actor} مشتری را به «{target}» سپرد و تیکت از «{source}» به آن رفت",
    (EventKind.MOVED, "accepted"): "{actor} درخواست انتقال را پذیرفت و تیکت از «{source}» به «{target}» رفت",
    (EventKind.WITHDRAWN, "closed"): "تیکت بسته شد و درخواست انتقال به «{target}» پس گرفته شد",
    (EventKind.WITHDRAWN, "moved"): "تیکت جابه‌جا شد و درخواست انتقال به «{target}» پس گرفته شد",
    (EventKind.RETURNED, "retired"): "دپارتمان «{target}» خاموش شد و درخواست انتقال به آن برگشت",
    (EventKind.UNWATCHED, "self"): "{actor} دیگر ناظر این تیکت نیست",
    (EventKind.WATCHING, "self"): "{actor} ناظر تیکت شد",
    (EventKind.RATED, "closing"): "{actor} به رسیدگی {person} {number} ستاره داد",
    (EventKind.WATCHING, "mention"): "{actor} در یادداشت از {person} نام برد و او ناظر تیکت شد",
}


# The customer's own words, where ours say what is not theirs to know.
FOR_CUSTOMERS: dict[tuple[str, str], str] = {
    (EventKind.CLOSED, "silence"): "چون پاسخی از شما نرسید، تیکت خودکار بسته شد",
    (EventKind.MOVED, ""): "تیکت به «{target}» سپرده شد",
    (EventKind.FILLED, ""): "{actor} اطلاعات تکمیلی تیکت را عوض کرد",
}
ELSEWHERE = "دپارتمان دیگری"
MOST_NAMED = 6  # fields in one sentence


def sentence(event: Event, *, for_customer: bool = False) -> SafeString:
    """The event in words, names in bold, everything escaped; a customer reads nothing of the house's inside."""
    if event.kind == EventKind.ROUTED:
        return _routed(event)
    before, after = _change(event)
    # A reason may carry a ticket's number («onward:1024»).
    reason, _, number = event.reason.partition(":")
    words = REASONED.get((event.kind, reason)) or SENTENCES[event.kind]
    if for_customer:
        own = FOR_CUSTOMERS.get((event.kind, reason)) or FOR_CUSTOMERS.get((event.kind, ""))
        words = own or words
        if event.kind == EventKind.MOVED and (event.to_department is None or event.to_department.is_hidden):
            words = f"تیکت به {ELSEWHERE} سپرده شد"
    return format_html(
        words,
        actor=_bold(event.actor.display_name if event.actor else "سامانه"),
        person=_bold(event.to_person.display_name if event.to_person else ""),
        former=_bold(event.from_person.display_name if event.from_person else ""),
        source=event.from_department.name if event.from_department else "",
        target=event.to_department.name if event.to_department else "",
        before=before,
        after=after,
        turn=TURNS.get(event.reason, ""),
        number=to_persian(number),
        fields=_listed(event.fields) or "اطلاعات تکمیلی تیکت",
    )


def _bold(name: str) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", name)


def _listed(names: list[str]) -> SafeString:
    """«شماره فاکتور»، «مبلغ» و «روز»; of many the first few, and how many more."""
    shown = names if len(names) <= MOST_NAMED else names[: MOST_NAMED - 1]
    words = [format_html("«<bdi>{}</bdi>»", name) for name in shown]
    if len(names) > len(shown):
        words.append(format_html("{} پاسخ دیگر", to_persian(str(len(names) - len(shown)))))
    *first, last = words or [SafeString()]
    return (
        format_html("{} و {}", format_html_join("، ", "{}", ((one,) for one in first)), last)
        if first
        else last
    )


def _change(event: Event) -> tuple[str, str]:
    """What it was and what it is: of a status or a priority."""
    if event.kind == EventKind.PRIORITY:
        return Priority(event.from_priority or 2).label, Priority(event.to_priority or 2).label
    return (
        event.from_status.name if event.from_status else "",
        event.to_status.name if event.to_status else "",
    )


def _routed(event: Event) -> SafeString:
    if event.to_person is not None:
        why = WHY.get(event.reason, "مسئول")
        return format_html("به {}، {}، رسید", _bold(event.to_person.display_name), why)
    return format_html("در {} ماند تا کسی بردارد", QUEUES.get(event.reason, "صف دپارتمان، بی مدیر"))
