"""Events as sentences people read (S20)."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

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
}
WHY: dict[str, str] = {
    "link": "کارشناس اختصاصی این مشتری",
    "substitute": "جانشین مسئول، که در مرخصی است",
    "away": "مدیر دپارتمان، چون کارشناس اختصاصی در دسترس نیست",
    "chosen": "به انتخاب فرستنده",
    "topic": "مسئول این گروه موضوعی",
}

QUEUES: dict[str, str] = {
    "manager": "صف مدیر دپارتمان",
    "manager_off": "صف دپارتمان، که مدیرش در مرخصی است",
}


def sentence(event: Event) -> SafeString:
    """The event in words, names in bold, everything escaped."""
    actor = event.actor.display_name if event.actor else "سامانه"
    person = event.to_person.display_name if event.to_person else ""
    match event.kind:
        case EventKind.OPENED:
            return format_html("<b><bdi>{}</bdi></b> تیکت را ثبت کرد", actor)
        case EventKind.ROUTED if person:
            return format_html("به <b><bdi>{}</bdi></b>، {}، رسید", person, WHY.get(event.reason, "مسئول"))
        case EventKind.ROUTED:
            queue = QUEUES.get(event.reason, "صف دپارتمان، بی مدیر")
            return format_html("در {} ماند تا کسی بردارد", queue)
        case EventKind.TAKEN:
            return format_html("<b><bdi>{}</bdi></b> تیکت را برداشت", actor)
        case EventKind.ASSIGNED:
            return format_html(
                "<b><bdi>{}</bdi></b> تیکت را به <b><bdi>{}</bdi></b> واگذار کرد", actor, person
            )
        case EventKind.STATUS:
            return _status(event, actor)
        case EventKind.CLOSED:
            return format_html("<b><bdi>{}</bdi></b> تیکت را بست", actor)
        case EventKind.REOPENED:
            return format_html("<b><bdi>{}</bdi></b> تیکت را دوباره باز کرد", actor)
        case EventKind.PRIORITY:
            before, after = Priority(event.from_priority or 2).label, Priority(event.to_priority or 2).label
            return format_html("<b><bdi>{}</bdi></b> اولویت را از «{}» به «{}» برد", actor, before, after)
        case EventKind.MOVED:
            return _moved(event, actor)
        case EventKind.RELEASED:
            before = event.from_person.display_name if event.from_person else ""
            return format_html(
                "<b><bdi>{}</bdi></b> تیکت را از <b><bdi>{}</bdi></b> به صف دپارتمان برگرداند", actor, before
            )
    raise ValueError(f"No sentence for {event.kind}")


def _moved(event: Event, actor: str) -> SafeString:
    before = event.from_department.name if event.from_department else ""
    after = event.to_department.name if event.to_department else ""
    if event.reason == "retired":
        return format_html(
            "<b><bdi>{}</bdi></b> دپارتمان «{}» را خاموش کرد و تیکت به صف «{}» رفت", actor, before, after
        )
    return format_html("<b><bdi>{}</bdi></b> تیکت را از «{}» به «{}» برد", actor, before, after)


def _status(event: Event, actor: str) -> SafeString:
    before = event.from_status.name if event.from_status else ""
    after = event.to_status.name if event.to_status else ""
    if event.reason == "customer":
        return format_html("با پاسخ مشتری از «{}» به «{}» برگشت", before, after)
    return format_html("<b><bdi>{}</bdi></b> وضعیت را از «{}» به «{}» برد", actor, before, after)
