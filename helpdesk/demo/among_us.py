"""What the demo's staff say among themselves once its tickets are written: internal tickets, notes for named people."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.db.models import Count, Max

from accounts.models import User
from tickets import services
from tickets.models import Message, Ticket
from tickets.states import UNFINISHED, Audience

from .households import Household
from .people import FINANCE, SALES, SUPPORT, TRAINING, dice

ROOM = 6  # messages on a ticket that still takes a note


@dataclass(frozen=True)
class Talk:
    """An internal ticket: who asks whom what, what is said after it (True: by the answering side), how it ends."""

    asker: int
    source: str
    target: str
    subject: str
    body: str
    answerer: int = 0
    about: bool = False
    priority: int = 2
    lines: tuple[tuple[bool, str], ...] = ()
    closed: bool = False


@dataclass(frozen=True)
class Note:
    """A note on a ticket its writer holds; ``{person}`` calls the first of ``people``, ``named`` is for them alone."""

    writer: int
    people: tuple[int, ...]
    text: str
    named: bool = False


TALKS = (
    Talk(
        12,
        SUPPORT,
        FINANCE,
        "مبلغ تمدید پشتیبانی این مشتری تأیید می‌شود؟",
        "سلام. مشتری می‌گوید پیش‌فاکتور تازه با قرارداد نمی‌خواند. پیش از پاسخ، عدد درست را لازم داریم.",
        about=True,
        priority=3,
    ),
    Talk(
        13,
        SUPPORT,
        TRAINING,
        "نوبت نصب نسخهٔ 4.2.1 برای سرور دوم",
        "برای این مشتری روز سه‌شنبه وقت نصب هست؟ پشتیبان‌گیری را خودمان انجام می‌دهیم.",
        about=True,
        lines=((True, "سه‌شنبه ساعت ۱۰ تا ۱۲ خالی است. برایشان نگه داشتم."),),
    ),
    Talk(
        16,
        FINANCE,
        SALES,
        "تخفیف کاربر اضافه تا کی برقرار است؟",
        "در دو پیش‌فاکتور این ماه عدد متفاوتی آمده است. تا کدام تاریخ ۱۵ درصد حساب کنیم؟",
        lines=((True, "تا پایان همین فصل. پس از آن ۱۰ درصد است."), (False, "سپاس، همین را ملاک می‌گیریم.")),
        closed=True,
    ),
    Talk(
        12,
        SUPPORT,
        SUPPORT,
        "جابه‌جایی شیفت پنجشنبه",
        "پنجشنبه باید زودتر بروم. شیفت عصر را با هم عوض کنیم؟",
        answerer=13,
    ),
)
NOTES = (
    Note(12, (11,), "@{person} به نظرم این مورد باید امروز بسته شود. اگر موافقید خودم زنگ می‌زنم."),
    Note(13, (14, 12), "@{person} همین خطا را هفتهٔ پیش شما حل کردید. لاگ را ببینید."),
    Note(14, (16,), "مشتری بدهی دو ماهه دارد. پیش از قول تازه با مالی هماهنگ شود.", named=True),
    Note(16, (11, 17), "سقف اعتبارشان پر شده است. تا پرداخت، سفارش تازه نپذیریم.", named=True),
)


def talk(home: Household, *, now: datetime) -> None:
    """In the house that has these people; in its scope. All of it after the last customer's word, in order."""
    if NOTES[0].writer not in home.people:
        return
    rng = dice(f"among us in {home.house.slug}")
    last = Message.objects.aggregate(at=Max("created_at"))["at"]
    times = _times(last, now, 2 * (len(TALKS) + len(NOTES)) + sum(len(one.lines) for one in TALKS))
    for plan in TALKS:
        _ask(home, plan, times, rng)
    for note in NOTES:
        _note(home, note, next(times), rng)


def _times(first: datetime, last: datetime, count: int) -> Iterator[datetime]:
    """Evenly between two moments."""
    yield from (first + (last - first) * (step / (count + 1)) for step in range(1, count + 1))


def _ask(home: Household, plan: Talk, times: Iterator[datetime], rng: Random) -> None:
    asker = home.people[plan.asker]
    answerer = home.people[plan.answerer] if plan.answerer else home.manager(plan.target)
    ticket = services.open_internal(
        actor=asker,
        source=home.desks[plan.source],
        department=home.desks[plan.target],
        staff=answerer if plan.answerer else None,
        subject=plan.subject,
        body=plan.body,
        priority=plan.priority,
        about=_held(asker) if plan.about else None,
        client_key=_key(rng),
        at=next(times),
    ).ticket
    for answers, text in plan.lines:
        actor = answerer if answers else asker
        services.reply(ticket, actor=actor, body=text, client_key=_key(rng), at=next(times))
    if plan.closed:
        at = next(times)
        services.close(ticket, actor=asker, at=at)
        for reader in (asker, answerer, home.owner):
            services.mark_read(ticket, actor=reader, at=at)


def _note(home: Household, plan: Note, at: datetime, rng: Random) -> None:
    # In a small demo they may hold nothing; then whoever does writes.
    ticket = _held(home.people[plan.writer]) or _held(None)
    if ticket is None or ticket.assignee is None:
        return
    people = [home.people[number] for number in plan.people]
    services.note(
        ticket,
        actor=ticket.assignee,
        body=plan.text.format(person=people[0].name),
        audience=Audience.NAMED if plan.named else Audience.RIGHT,
        readers=people if plan.named else (),
        client_key=_key(rng),
        at=at,
    )


def _held(user: User | None) -> Ticket | None:
    """The newest customer's ticket with room for more in a person's hands, or anybody's; an open one if there is."""
    rows = Ticket.objects.filter(customer__isnull=False, assignee__isnull=False).select_related("assignee")
    rows = (rows.filter(assignee=user) if user else rows).annotate(said=Count("messages"))
    held = list(rows.filter(said__lte=ROOM).order_by("-number")[:50])
    return next((one for one in held if one.category in UNFINISHED), held[0] if held else None)


def _key(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
