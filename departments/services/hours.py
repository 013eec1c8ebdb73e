"""Working weeks and single days, as the owner sets them; «فردا تعطیل» and its undo (H4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from accounts.models import User
from persian import jalali
from persian.clean import one_line
from persian.digits import to_persian
from tenants.services import audit
from web.days import today
from web.errors import Conflict, Invalid, NotFound

from .. import hours
from ..calendar import DAY, IranianHolidays
from ..models import DayOff, WorkingWeek
from .clock_rules import check_day, locked, touch

Kind = DayOff.Kind
PUBLIC = IranianHolidays()
LONGEST_NAME = 120
# More than anybody needs, and few enough to be read whole each time.
MOST_WEEKS, MOST_DAYS = 200, 1000
Slots = Sequence[tuple[int, int]]


@transaction.atomic
def set_week(*, actor: User | None, valid_from: date, slots: Sequence[Slots]) -> WorkingWeek:
    """The hours from a day on, until the next such week: seven lists from Saturday of (opens, closes) in minutes.

    A week already set from that day is replaced; no hours at all is allowed. Raises NotAllowed, Invalid(valid_from,
    day0 to day6).
    """
    rules = locked(actor)
    check_day(valid_from, field="valid_from")
    wanted = _checked(slots)
    week = WorkingWeek.objects.filter(valid_from=valid_from).first()
    before = _week_facts(week) if week else {}
    if week is None:
        if WorkingWeek.objects.count() >= MOST_WEEKS:
            raise Invalid("هفته‌های ثبت‌شده بسیار است. چند هفتهٔ پیشین را بردارید.", field="valid_from")
        week = WorkingWeek.objects.create(valid_from=valid_from, slots=wanted)
    elif week.slots != wanted:
        week.slots = wanted
        week.save(update_fields=["slots"])
    else:
        return week
    audit.record(
        "hours.week",
        actor=actor,
        target=week,
        label=f"از {jalali.long_date(valid_from)}",
        before=before,
        after=_week_facts(week),
    )
    touch(rules)
    return week


@transaction.atomic
def drop_week(pk: int, *, actor: User | None) -> None:
    """Take a week away: the one before it holds on, or the usual one. Raises NotAllowed, NotFound."""
    rules = locked(actor)
    week = WorkingWeek.objects.filter(pk=pk).first()
    if week is None:
        raise NotFound()
    audit.record(
        "hours.week_drop",
        actor=actor,
        target=week,
        label=f"از {jalali.long_date(week.valid_from)}",
        before=_week_facts(week),
    )
    week.delete()
    touch(rules)


@transaction.atomic
def close_day(*, actor: User | None, day: date, name: str = "", announce: bool = False) -> DayOff:
    """A closure of the tenant's own, or another name for a public holiday. Raises NotAllowed, Invalid(day, name)."""
    rules = locked(actor)
    check_day(day, field="day")
    word = _name(name)
    found = DayOff.objects.filter(day=day).first()
    if found is not None and found.kind == Kind.CLOSED and (not word or found.name == word):
        raise Invalid(f"{jalali.day_date(day)} پیش‌تر تعطیل شده است.", field="day")
    if found is None and not word and day in PUBLIC:
        raise Invalid(f"{jalali.day_date(day)} خودش تعطیل رسمی است: {PUBLIC.name_of(day)}.", field="day")
    row = _say(found, actor=actor, day=day, kind=Kind.CLOSED, name=word, announce=announce)
    touch(rules)
    return row


@transaction.atomic
def open_day(*, actor: User | None, day: date) -> DayOff:
    """Work on a public holiday, by the hours of its weekday. Raises NotAllowed, Invalid(day)."""
    rules = locked(actor)
    check_day(day, field="day")
    if day not in PUBLIC:
        raise Invalid(f"{jalali.day_date(day)} تعطیل رسمی نیست.", field="day")
    found = DayOff.objects.filter(day=day).first()
    if found is not None and found.kind == Kind.OPEN:
        return found
    if not hours.read().calendar.slots_of(day):
        weekday = jalali.WEEKDAYS[jalali.weekday(day)]
        raise Invalid(f"{weekday}‌ها ساعت کاری ندارد. نخست ساعتش را در هفته بنویسید.", field="day")
    row = _say(found, actor=actor, day=day, kind=Kind.OPEN, name="", announce=False)
    touch(rules)
    return row


@transaction.atomic
def forget_day(pk: int, *, actor: User | None) -> None:
    """Take back what was said of a day: it is like its weekday and the public holidays again. Raises NotFound."""
    rules = locked(actor)
    found = DayOff.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    _forget(found, actor=actor, verb="hours.forget")
    touch(rules)


@transaction.atomic
def close_tomorrow(
    *, actor: User | None, name: str = "", announce: bool = True, meant: date | None = None
) -> DayOff:
    """«فردا تعطیل»: the next day in Tehran is closed, and customers whose tickets wait are told on their pages.

    ``meant``: the day its page called tomorrow; past midnight it is that no more, and nothing is closed by mistake.
    Raises NotAllowed, Invalid(name), and Conflict where tomorrow is another day than meant, or is closed anyway.
    """
    rules = locked(actor)
    day = today() + timedelta(days=1)
    word = _name(name)
    if meant not in (None, day):
        raise Conflict(
            f"روز عوض شده است و فردا {jalali.day_date(day)} است. چیزی تعطیل نشد؛ اگر می‌خواهید دوباره بزنید."
        )
    calendar = hours.read().calendar
    if calendar.is_closed(day):
        raise Conflict(f"فردا، {jalali.day_date(day)}، خودش تعطیل است: {calendar.name_of(day)}.")
    found = DayOff.objects.filter(day=day).first()
    row = _say(found, actor=actor, day=day, kind=Kind.CLOSED, name=word, announce=announce)
    touch(rules)
    return row


@transaction.atomic
def open_again(pk: int, *, actor: User | None) -> date:
    """The undo of «فردا تعطیل», until its day is over: the day is a working day again, and the notice goes.

    Returns the day. Raises NotAllowed, NotFound, and Invalid for a day that is neither today nor tomorrow, or is
    closed for another reason than the tenant's own word.
    """
    rules = locked(actor)
    found = DayOff.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    day = found.day
    renamed = day in PUBLIC and not found.is_announced
    if found.kind != Kind.CLOSED or renamed or not 0 <= (day - today()).days <= 1:
        raise Invalid("این روز از فهرست روزهای تعطیل باز می‌شود، نه از این‌جا.")
    if day in PUBLIC:
        # It was open before it was closed: without a word of ours it would stay shut.
        _say(found, actor=actor, day=day, kind=Kind.OPEN, name="", announce=False)
    else:
        _forget(found, actor=actor, verb="hours.open_again")
    touch(rules)
    return day


def _say(
    found: DayOff | None, *, actor: User | None, day: date, kind: str, name: str, announce: bool
) -> DayOff:
    """Write one word about a day over the one before; recorded."""
    before = _day_facts(found) if found else {}
    if found is None:
        if DayOff.objects.count() >= MOST_DAYS:
            raise Invalid("روزهای ثبت‌شده بسیار است. چند روز گذشته را بردارید.", field="day")
        found = DayOff(day=day)
    found.kind, found.name, found.is_announced, found.created_by = kind, name, announce, actor
    found.save()
    verb = "hours.close" if kind == Kind.CLOSED else "hours.open"
    label = jalali.day_date(day)
    audit.record(verb, actor=actor, target=found, label=label, before=before, after=_day_facts(found))
    return found


def _forget(found: DayOff, *, actor: User | None, verb: str) -> None:
    label = jalali.day_date(found.day)
    audit.record(verb, actor=actor, target=found, label=label, before=_day_facts(found))
    found.delete()


def _checked(slots: Sequence[Slots]) -> list[list[list[int]]]:
    """The slots as they are stored. Raises Invalid at the day."""
    if len(slots) != 7:
        raise Invalid("هفت روز هفته را بفرستید.", field="valid_from")
    for number, day in enumerate(slots):
        word, field = jalali.WEEKDAYS[number], f"day{number}"
        last = 0
        for place, (opens, closes) in enumerate(day):
            if not (0 <= opens <= DAY and 0 <= closes <= DAY):
                raise Invalid(f"{word}: ساعت را میان ۰:۰۰ و ۲۴:۰۰ بنویسید.", field=field)
            if closes <= opens:
                raise Invalid(f"{word}: پایان پس از آغاز است: {span_words(opens, closes)}.", field=field)
            if place and opens < last:
                raise Invalid(
                    f"{word}: نوبت‌ها پشت سر هم‌اند و روی هم نمی‌افتند: {span_words(opens, closes)}.",
                    field=field,
                )
            last = closes
    return [[list(slot) for slot in day] for day in slots]


def span_words(opens: int, closes: int) -> str:
    """«۸:۳۰ تا ۱۷:۰۰» for minutes from midnight."""
    return f"{clock_words(opens)} تا {clock_words(closes)}"


def clock_words(minutes: int) -> str:
    """«۸:۳۰» for minutes from midnight."""
    return to_persian(f"{minutes // 60}:{minutes % 60:02}")


def _name(text: str) -> str:
    name = one_line(text)
    if len(name) > LONGEST_NAME:
        raise Invalid("این نام بلند است. کوتاه‌ترش کنید.", field="name")
    return name


def _week_facts(week: WorkingWeek) -> dict[str, str | list[str]]:
    """As the audit log keeps them: a field for each weekday."""
    days = {f"day{number}": [span_words(*slot) for slot in day] for number, day in enumerate(week.slots)}
    return {"valid_from": week.valid_from.isoformat(), **days}


def _day_facts(row: DayOff) -> dict[str, str | bool]:
    return {"kind": str(row.kind), "name": row.name, "is_announced": row.is_announced}
