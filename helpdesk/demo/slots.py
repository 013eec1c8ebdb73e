"""What fills the gaps of a conversation: versions, error names, numbers, months. Each is chosen once a ticket."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from persian.digits import group, to_persian
from persian.jalali import MONTHS, TEHRAN, WEEKDAYS, day_month, to_jalali

PICKS: dict[str, tuple[str, ...]] = {
    "salam": (
        "سلام و وقت بخیر.",
        "سلام، خسته نباشید.",
        "با سلام و احترام.",
        "سلام.",
        "سلام، روز بخیر.",
        "درود بر شما.",
        "سلام خدمت همکاران پشتیبانی.",
        "سلام، امیدوارم خوب باشید.",
    ),
    "version": ("9.4.2", "9.4.1", "9.3.7", "9.3.5", "9.2.11", "9.4.0", "8.9.14", "9.3.6-hotfix2"),
    "newversion": ("9.4.3", "9.5.0", "9.5.1", "10.0.0-rc2", "9.4.4"),
    "branch": (
        "شعبهٔ اصفهان",
        "شعبهٔ تبریز",
        "شعبهٔ کیش",
        "انبار مرکزی",
        "کارخانهٔ شمارهٔ ۲",
        "دفتر مشهد",
        "شعبهٔ رشت",
        "فروشگاه شیراز",
        "نمایندگی کرمان",
        "شعبهٔ بندرعباس",
        "دفتر مرکزی",
        "شعبهٔ قزوین",
    ),
    "city": ("یزد", "اهواز", "ساری", "همدان", "ارومیه", "بوشهر", "زنجان", "سنندج"),
    "user": (
        "صندوق",
        "انباردار",
        "حسابدار فروش",
        "مسئول خرید",
        "کارگزین",
        "متصدی باسکول",
        "سرپرست شیفت",
        "مدیر مالی",
    ),
    "team": ("فروش", "حقوق و دستمزد", "انبار", "بازرگانی", "حسابداری صنعتی", "خزانه", "تدارکات"),
    "windows": (
        "Windows 7 SP1",
        "Windows 10 22H2",
        "Windows 8.1",
        "Windows Server 2012 R2",
        "Windows Server 2019",
    ),
    "printer": ("HP-compatible A4", "Epson LQ-350", "لیزری شبکه‌ای A4", "فیش‌زن ۸ سانتی", "سوزنی A3"),
    "printerr": (
        "PrintSpooler 0x709",
        "PrintSpooler 0x7e",
        "0x0000011b",
        "Access Denied (LPT1)",
        "GDI+ Generic Error",
        "0x00000bcb",
    ),
    "taxerr": (
        "403 Forbidden",
        "401 Invalid Signature",
        "0100101",
        "0300202",
        "504 Gateway Timeout",
        "CERT_EXPIRED",
    ),
    "dberr": (
        "SQL Error 926",
        "Database is in Recovery Pending",
        "SQLSTATE 08001",
        "Error 9003: LSN invalid",
        "Login failed for user 'peyvand'",
    ),
    "neterr": (
        "ERROR 1326",
        "System error 53",
        "Win32 error 5",
        "MSI 1603",
        "HRESULT 0x80070043",
    ),
    "linuxerr": (
        "I/O error, dev sdb",
        "Give root password for maintenance",
        "mount: unknown filesystem",
        "ENOSPC: no space left on device",
    ),
    "weberr": (
        "502 Bad Gateway",
        "503 Service Unavailable",
        "HTTP ERROR 500",
        "ERR_TOO_MANY_REDIRECTS",
        "508 Loop Detected",
    ),
    "domain": ("golestan.example", "dastbaft.example"),
    "vps": ("VPS-214", "VPS-88", "VPS-1017", "VPS-42", "VPS-305"),
    "item": (
        "کاشی ۳۰×۶۰ طرح مرمر",
        "روغن کنجد یک‌لیتری",
        "کارتن پنج‌لایه",
        "لولهٔ ۱۶ پلی‌پروپیلن",
        "رنگ پلی‌استر سفید",
        "سرم شست‌وشو ۵۰۰ سی‌سی",
        "بلبرینگ 6204",
        "مغز بادام درجه‌یک",
        "کابل افشان ۲٫۵",
    ),
    "item2": (
        "چسب کاشی",
        "بطری PET نیم‌لیتری",
        "پالت چوبی",
        "زانویی ۹۰ درجه",
        "تینر فوری",
        "باند ۱۰ سانتی",
        "کاسه‌نمد 35-52-7",
    ),
    "report": (
        "گزارش انبار",
        "مرور حساب‌ها",
        "گزارش فروش روزانه",
        "تراز آزمایشی چهارستونی",
        "گزارش سن بدهی",
        "کاردکس ریالی",
        "گزارش حقوق به تفکیک واحد",
        "صورت سود و زیان",
        "گزارش چک‌های دریافتی",
    ),
    "module": (
        "فرم سفارش",
        "حقوق و دستمزد",
        "انبارگردانی",
        "خزانه‌داری",
        "قیمت تمام‌شده",
        "دارایی ثابت",
        "باسکول و توزین",
        "مدیریت قراردادها",
        "پخش مویرگی",
    ),
    "payitem": ("درخواست وام", "مساعده", "حق مسکن", "پاداش تولید", "اضافه‌کار تعطیل", "مأموریت روزانه"),
    "asset": (
        "لیفتراک ۳ تنی",
        "خط بسته‌بندی",
        "دیگ بخار",
        "ساختمان اداری",
        "دستگاه برش CNC",
        "سردخانهٔ شمارهٔ ۱",
    ),
    "account": (
        "حساب جاری دفتر مرکزی",
        "حساب پشتیبان کارخانه",
        "حساب ارزی",
        "تنخواه پروژه",
        "حساب دریافت‌های فروشگاه",
    ),
    "browser": ("Chrome 128", "Firefox 130", "Edge 127", "Chrome 109"),
    "device": ("DataScan X200", "مدل BX-40", "Zeta 2D", "Pand PX30", "Kara 7500"),
    "days": ("دو روزه", "یک روزه", "سه روزه", "دو نیم‌روزه"),
    "ordinal": ("هفتم", "یازدهم", "پنجم", "بیست‌ویکم", "هشتم"),
    "time": ("۱۰", "۱۴", "۸:۳۰", "۱۱:۱۵", "۱۵", "۹", "۱۳:۳۰", "۱۶"),
    "evening": ("۱۷:۳۰", "۱۸", "۱۹", "۲۰", "۲۱"),
    "winserver": ("Windows Server 2019", "Windows Server 2022", "Windows Server 2016"),
    "login": ("r.karimi", "anbar2", "s.moradi", "forosh_03", "mali-5", "z.ahmadi", "kargozin1"),
    "person": (
        "خانم کریم‌زادگان",
        "آقای دلاوری",
        "خانم شمس‌آبادی",
        "آقای نقدی‌پور",
        "مهندس آل‌یاسین",
        "خانم بیدگلی",
        "آقای طهماسبی",
        "خانم خوش‌نیت",
    ),
    "day": WEEKDAYS[:6],
}


def _digits(low: int, high: int) -> Callable[[Random], str]:
    return lambda rng: to_persian(str(rng.randint(low, high)))


def _one_of(*numbers: int) -> Callable[[Random], str]:
    return lambda rng: group(rng.choice(numbers))


NUMBERS: dict[str, Callable[[Random], str]] = {
    "count": _digits(2, 9),
    "few": _digits(11, 46),
    "count2": _one_of(11, 14, 18, 27, 36, 42, 64, 85, 140, 320),
    "many": _one_of(900, 1200, 2600, 3500, 4800, 8400),
    "seconds": _digits(4, 19),
    "hours": _one_of(2, 4, 6, 12, 24),
    "percent": _one_of(10, 15, 20, 25, 30),
    "minutes": _one_of(10, 12, 15, 20, 25, 30, 40, 45, 50, 75, 90),
    "invoice": lambda rng: str(rng.randint(10_011, 19_987)),
    "receipt": lambda rng: f"R-{rng.randint(10_011, 19_987)}",
    "amount": lambda rng: f"{group(rng.randint(12, 986) * 100_000)} تومان",
    "amount2": lambda rng: f"{group(rng.randint(3, 99) * 10_000)} تومان",
    "amount3": lambda rng: f"{group(rng.randint(210, 1480) * 100_000)} تومان",
    "serial": lambda rng: str(rng.randint(100_000_000, 999_999_999)),
    "code": _digits(1101, 9480),
    "fileno": lambda rng: str(rng.randint(1101, 9480)),
    "ticketno": _digits(24_112, 24_459),
    "ip": lambda rng: f"10.{rng.randint(0, 40)}.{rng.randint(0, 9)}.{rng.randint(4, 240)}",
    "size": lambda rng: f"{to_persian(str(rng.randint(3, 180)))} گیگابایت",
}


def _date(rng: Random, at: datetime) -> str:
    return day_month((at.astimezone(TEHRAN) - timedelta(days=rng.randint(2, 9))).date())


def _soon(rng: Random, at: datetime) -> str:
    return day_month((at.astimezone(TEHRAN) + timedelta(days=rng.randint(5, 20))).date())


def _month(rng: Random, at: datetime, away: int = -1) -> str:
    return MONTHS[(to_jalali(at.astimezone(TEHRAN).date()).month - 1 + away) % 12]


DATES: dict[str, Callable[[Random, datetime], str]] = {
    "date": _date,
    "soon": _soon,
    "month": _month,
    "nextmonth": lambda rng, at: _month(rng, at, away=1),
    "year": lambda rng, at: to_persian(str(to_jalali(at.astimezone(TEHRAN).date()).year)),
    "lastyear": lambda rng, at: to_persian(str(to_jalali(at.astimezone(TEHRAN).date()).year - 1)),
}


class Slots:
    """The details of one ticket: the same gap gets the same words in the whole conversation."""

    def __init__(self, rng: Random, at: datetime, *, title: str, domain: str = "") -> None:
        self._rng = rng
        self._at = at
        self._known = {"title": title, "hello": self._hello(title)}
        if domain:
            self._known["domain"] = domain

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._choose(name)
        return self._known[name]

    def _choose(self, name: str) -> str:
        if name in PICKS:
            return self._rng.choice(PICKS[name])
        if name in NUMBERS:
            return NUMBERS[name](self._rng)
        return DATES[name](self._rng, self._at)

    def _hello(self, title: str) -> str:
        forms = ("سلام {}،", "سلام {}، وقت بخیر.", "{}، سلام و احترام.", "سلام و وقت بخیر {}.", "درود {}،")
        return self._rng.choice(forms).format(title)


def known(name: str) -> bool:
    """True for a gap somebody can fill."""
    return name in ("title", "hello") or name in PICKS or name in NUMBERS or name in DATES
