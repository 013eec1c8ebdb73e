"""Conversations of the demo, read from conversations/*.txt, and the words that fit into any of them.

The form of a file:
    ## department / topic | times=3 priority=2233 files=picture,log     (topic and fields may be left out)
    # a subject                                                         (one of several is chosen)
    مشتری: …  کارشناس: …  یادداشت: …                                   (a line without a speaker goes on)
``{name}`` is a gap filled by slots.py, ``[this|or that]`` a choice.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from .people import SERVICES, SUPPORT
from .slots import Slots, known

FOLDER = Path(__file__).parent / "conversations"
CUSTOMER, STAFF, NOTE = "customer", "staff", "note"
SPEAKERS = {"مشتری": CUSTOMER, "کارشناس": STAFF, "یادداشت": NOTE}
REPAIRS = (SUPPORT, SERVICES, "نصب و به‌روزرسانی")
_SPOKEN = re.compile(rf"({'|'.join(SPEAKERS)}): (.+)")
_GAP = re.compile(r"\{(\w+)\}")
_CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")


@dataclass(frozen=True)
class Line:
    """One message of a conversation, still with its gaps."""

    speaker: str
    text: str


@dataclass(frozen=True)
class Scenario:
    """A conversation that can happen with many details; ``times`` is how often it is chosen against others."""

    department: str
    topic: str
    subjects: tuple[str, ...]
    lines: tuple[Line, ...]
    times: int
    priorities: tuple[int, ...]
    files: tuple[str, ...]

    @property
    def opened_by_staff(self) -> bool:
        return self.lines[0].speaker == STAFF

    @property
    def manners(self) -> Manners:
        """Faults are spoken of differently from money and plans."""
        is_repair = self.department in REPAIRS or self.topic in REPAIRS
        return REPAIR if is_repair and not self.opened_by_staff else TALK


@cache
def scenarios(name: str) -> tuple[Scenario, ...]:
    """Every conversation of one file. Raises ValueError for a gap nobody fills or a line nobody says."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(_scenario(block) for block in re.split(r"^## ", text, flags=re.MULTILINE)[1:])


def _scenario(block: str) -> Scenario:
    head, *rest = block.strip().splitlines()
    place, _, fields = head.partition(" | ")
    department, _, topic = place.partition(" / ")
    values = dict(field.split("=") for field in fields.split())
    subjects: list[str] = []
    lines: list[Line] = []
    for line in rest:
        spoken = _SPOKEN.fullmatch(line)
        if line.startswith("# "):
            subjects.append(line[2:])
        elif spoken:
            lines.append(Line(SPEAKERS[spoken[1]], spoken[2]))
        elif lines:
            lines[-1] = Line(lines[-1].speaker, f"{lines[-1].text}\n{line}")
        else:
            raise ValueError(f"nobody says this: {line}")
    unknown = [name for name in _GAP.findall(block) if not known(name)]
    if unknown or not subjects or not lines:
        raise ValueError(f"{head}: incomplete, or nobody fills {unknown}")
    return Scenario(
        department=department,
        topic=topic,
        subjects=tuple(subjects),
        lines=tuple(lines),
        times=int(values.get("times", 2)),
        priorities=tuple(map(int, values.get("priority", "2"))),
        files=tuple(filter(None, values.get("files", "").split(","))),
    )


def spoken(text: str, slots: Slots, rng: Random) -> str:
    """The text with its choices made and its gaps filled."""
    chosen = _CHOICE.sub(lambda found: rng.choice(found[1].split("|")), text)
    return _GAP.sub(lambda found: slots[found[1]], chosen)


@dataclass(frozen=True)
class Manners:
    """What is said around a conversation that has no words of its own for it."""

    thanks: tuple[str, ...]  # by the customer, when it went well
    nudges: tuple[str, ...]  # by a customer who waits
    returns: tuple[str, ...]  # by a customer whose closed ticket is not done after all
    again: tuple[str, ...]  # by us after that
    notes: tuple[str, ...]  # between ourselves


REPAIR = Manners(
    thanks=(
        "درست شد، ممنون از پیگیری‌تان.",
        "مشکل برطرف شد. سپاس از وقتی که گذاشتید.",
        "آزمودیم و کار می‌کند. می‌توانید تیکت را ببندید.",
        "عالی بود، [دست همکاران درد نکند|ممنون از سرعت عملتان].",
        "از دیروز دیگر تکرار نشده است. ممنونم.",
        "با راهنمایی شما {count} سیستم دیگر را هم خودمان درست کردیم. تشکر.",
    ),
    nudges=(
        "سلام دوباره. خبری نشد؟ {user} منتظر این مورد مانده است.",
        "پیگیر این موضوع هستیم، تا ساعت {time} باید نتیجه را به مدیریت بگوییم.",
        "یک نکته یادم رفت: این را روی {count} سیستم دیگر هم دیدیم.",
        "وقت بخیر، اگر لازم است از راه دور وصل شوید {person} در دسترس است.",
        "ممکن است بفرمایید چه زمانی بررسی می‌شود؟ کار {branch} خوابیده.",
        "این را هم بگویم که دیشب یک بار سرور را خاموش و روشن کردیم، فرقی نکرد.",
    ),
    returns=(
        "سلام، [امروز صبح|دیروز] دوباره همان مشکل پیش آمد، این بار روی سیستم {user}. دوباره باز کردم تا از یاد نرود.",
        "در {branch} هنوز همان است. با همان روش هم درست نشد.",
        "چند روز خوب بود ولی از [دیروز|صبح] برگشت. چیزی را هم تغییر نداده‌ایم.",
        "یک مورد مانده بود: برای {person} هم همین کار لازم است.",
    ),
    again=(
        "{hello} دوباره نگاه می‌کنیم. ساعت دقیق پیش آمدن آن را بنویسید تا در گزارش سرور پیدایش کنیم.",
        "{hello} ممنون که خبر دادید. از راه دور می‌بینیم، ساعت {time} خوب است؟",
        "{hello} برای آن مورد هم انجام شد. اگر باز دیدید همین‌جا بنویسید.",
    ),
    notes=(
        "تلفنی هم صحبت کردم، {person} از سمت مشتری پیگیر است.",
        "مشابهش را ماه پیش هم داشتیم، همان راه را رفتم.",
        "تا ساعت {time} اگر جواب ندادند زنگ بزنیم.",
        "در محیط آزمایش تکرار شد. برای تیم توسعه هم ثبت کردم، شمارهٔ {code}.",
        "مشتری عجله دارد، زودتر از بقیه ببینیم.",
        "دسترسی از راه دور گرفته شد، نشانی {ip}.",
    ),
)
TALK = Manners(
    thanks=(
        "ممنون از راهنمایی‌تان.",
        "دریافت شد، سپاس.",
        "بررسی شد و مورد تأیید است. با تشکر.",
        "خیلی هم خوب، [ممنون از همراهی‌تان|دست همکاران درد نکند].",
        "ممنون، [به {person} هم گفتم|برای بقیه هم فرستادم].",
    ),
    nudges=(
        "سلام دوباره. خبری نشد؟",
        "پیگیر این موضوع هستیم، تا ساعت {time} باید نتیجه را به مدیریت بگوییم.",
        "ممکن است بفرمایید چه زمانی پاسخ می‌دهید؟",
        "اگر پرسشی بود {person} هم در جریان است.",
    ),
    returns=(
        "یک مورد مانده بود: برای {person} هم همین لازم است.",
        "پرسش دیگری دربارهٔ همین موضوع داشتم: اگر تعداد به {few} برسد باز همین شرایط است؟",
        "مدیرمان نکته‌ای پرسید که از قلم افتاده بود: برای {branch} هم به همین شکل است؟",
    ),
    again=(
        "{hello} بله، به همان شکل است. اگر چیز دیگری بود همین‌جا بنویسید.",
        "{hello} بررسی می‌کنیم و تا {day} خبر می‌دهیم.",
    ),
    notes=(
        "تلفنی هم صحبت کردم، {person} از سمت مشتری پیگیر است.",
        "تا ساعت {time} اگر جواب ندادند زنگ بزنیم.",
        "با مدیر اصلی هماهنگ شد.",
        "مشتری قدیمی است، زودتر پاسخ بدهیم.",
    ),
)
# Added to a message that carries a file.
CARRIES: dict[str, tuple[str, ...]] = {
    "picture": ("عکس صفحه را پیوست کردم.", "تصویر پیغام را گذاشته‌ام.", "عکسش پیوست است."),
    "invoice": ("نمونه‌اش را پیوست کردم.", "تصویر فاکتور پیوست است."),
    "pdf": ("فایل PDF پیوست شد.", "سندش را پیوست کردم."),
    "log": ("فایل گزارش خطا را هم گذاشتم.", "لاگ برنامه پیوست است."),
    "zip": ("فایل فشرده را پیوست کردم.", "نسخهٔ پشتیبان کوچکی هم گذاشتم."),
}
# File names; some Persian, some Latin, as people name them.
FILE_NAMES: dict[str, tuple[str, ...]] = {
    "picture": (
        "error-{fileno}.png",
        "عکس صفحهٔ {user}.png",
        "Screenshot {fileno}.png",
        "پیغام خطا {date}.jpg",
        "photo_{serial}.jpg",
        "صفحهٔ {module}.png",
        "اسکرین‌شات از سیستم {user} در {branch}.png",
    ),
    "invoice": ("فاکتور {invoice}.jpg", "invoice_{invoice}.png", "فاکتور نمونه {invoice}.jpg"),
    "pdf": (
        "پیش‌فاکتور {invoice}.pdf",
        "قرارداد پشتیبانی {year}.pdf",
        "letter-{fileno}.pdf",
        "صورت‌حساب {month}.pdf",
    ),
    "log": ("app-error-{fileno}.txt", "spooler-log_{fileno}.log", "گزارش خطا {date}.txt"),
    "zip": ("backup_{fileno}.zip", "پشتیبان {branch}.zip", "logs-{invoice}.zip"),
}


_PATH = re.compile("«([^»]*›[^»]*)»")
_STEP = re.compile(r"[۱-۹]\. (.+)")


def with_form(body: str) -> str:
    """The text as somebody with an editor writes it: where to press in bold, steps a list; "" with neither."""
    text = html.escape(body, quote=False)
    steps = _STEP.findall(text)
    if len(steps) > 1 and len(steps) == len(text.split("\n")):
        return "<ol>" + "".join(f"<li>{step}</li>" for step in steps) + "</ol>"
    if not _PATH.search(text):
        return ""
    bold = _PATH.sub(r"<strong>\1</strong>", text)
    return "".join(f"<p>{part}</p>" for part in bold.split("\n") if part.strip())
