"""Who lives in the demo: all invented, all with mobiles 0900000xxxx and addresses under .example."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

PASSWORD = "peygir-demo-1405"


@dataclass(frozen=True)
class Person:
    """A first and a last name; ``title`` is how others address them."""

    title_word: str
    first: str
    last: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def title(self) -> str:
        return f"{self.title_word} {self.last}"


def person(text: str) -> Person:
    """``خانم نگار / صالحی‌پور``: the slash parts first and last name, which both may have spaces."""
    title_word, _, rest = text.partition(" ")
    first, _, last = rest.partition(" / ")
    return Person(title_word, first, last)


@dataclass(frozen=True)
class Login:
    """One line of the table `make run` prints. Without ``username`` the person has never come in."""

    role: str
    tenant: str
    number: int
    username: str = ""

    @property
    def mobile(self) -> str:
        return mobile(self.number)


def dice(name: str) -> Random:
    """Chances that fall the same way each time for the same name."""
    return Random(name)  # noqa: S311  (nothing secret hangs on it)


def mobile(number: int) -> str:
    """``09000000101`` from 101."""
    return f"0900000{number:04d}"


FIRST_TIME = 101  # the main contact who has never come in: the first login is theirs to try
# The second step of the platform's operator (B17): printed by `make run`, and the demo inbox shows its present code.
OPERATOR_SEED = "PEYGIRDEMO2345672345PEYGIRDEMO23"
LOGINS = (
    Login("گردانندهٔ سکو", "platform", 1, "operator"),
    Login("مدیر اصلی", "demo", 10, "modir"),
    Login("مدیر دپارتمان", "demo", 11, "kimia"),
    Login("کارشناس", "demo", 12, "arash"),
    Login("مشتری، سطح اصلی", "demo", 102, "negar"),
    Login("مشتری، مدیر بخش", "demo", 201, "elham"),
    Login("مشتری، کارمند بخش", "demo", 202, "reza"),
    Login("نخستین ورود", "demo", FIRST_TIME),
    Login("مدیر اصلی", "arvand", 501, "arvand"),
    Login("کارشناس", "arvand", 503, "mahsa"),
    Login("مشتری، سطح اصلی", "arvand", 511, "dariush"),
)


@dataclass(frozen=True)
class Staff:
    """A staff member, and the departments they sit in; ``manages`` is one of them."""

    number: int
    who: Person
    email: str
    seats: tuple[str, ...]
    manages: str = ""


@dataclass(frozen=True)
class Desk:
    """A department with its topics: (name, number of the person who gets its tickets, or 0).

    ``rule`` is how it gives out the rest, ``inner`` what lies in a topic: (topic, name, rule) (S1, S18).
    """

    name: str
    description: str
    topics: tuple[tuple[str, int], ...]
    rule: str = "queue"
    inner: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class Company:
    """A customer and its main contact; ``link``: exclusive (department, staff number or 0)."""

    number: int
    name: str
    contact: Person | None
    email: str = ""
    sections: tuple[str, ...] = ()
    link: tuple[str, int] | None = None
    weight: int = 2
    site: str = ""


@dataclass(frozen=True)
class House:
    """Everything a tenant starts with. ``tickets`` is how many, ``texts`` the files of its conversations."""

    slug: str
    name: str
    phone: str
    hours: str
    owner: Person
    owner_number: int
    desks: tuple[Desk, ...]
    staff: tuple[Staff, ...]
    companies: tuple[Company, ...]
    texts: tuple[str, ...]
    tickets: int
    last_number: int  # ticket numbers go on from here


SUPPORT, FINANCE, TRAINING, SALES = "پشتیبانی فنی", "مالی و قرارداد", "استقرار و آموزش", "فروش"
SERVICES, ORDERS = "پشتیبانی سرویس‌ها", "حساب و سفارش"
HOURS = "شنبه تا چهارشنبه ۸:۳۰ تا ۱۷، پنجشنبه ۸:۳۰ تا ۱۲:۳۰"

DESKS = (
    Desk(
        SUPPORT,
        "خطاها، چاپ، دسترسی، انبار و ارسال به سامانهٔ مؤدیان",
        (("چاپ و گزارش", 0), ("ورود و دسترسی", 0), ("انبار", 13), ("سامانهٔ مؤدیان", 0)),
        inner=(
            ("چاپ و گزارش", "چاپگر و تنظیم کاغذ", "rotation"),
            ("چاپ و گزارش", "گزارش‌ساز", "least"),
            ("انبار", "انبارگردانی", ""),
        ),
    ),
    Desk(
        FINANCE,
        "قرارداد، صورت‌حساب، پرداخت و پرسش‌های حسابداری",
        (("قرارداد پشتیبانی", 18), ("صورت‌حساب و پرداخت", 0), ("حسابداری و بستن سال", 0)),
    ),
    Desk(TRAINING, "آموزش کاربران، نصب و به‌روزرسانی", (("آموزش", 0), ("نصب و به‌روزرسانی", 20)), "rotation"),
    Desk(SALES, "خرید، ارتقا، کاربر و ماژول اضافه", (("خرید و ارتقا", 0), ("کاربر و ماژول اضافه", 0))),
)
STAFF = (
    Staff(11, person("خانم کیمیا / بهروزی"), "k.behrouzi", (SUPPORT,), SUPPORT),
    Staff(12, person("آقای آرش / دهدشتی"), "a.dehdashti", (SUPPORT,)),
    Staff(13, person("آقای مهدیار / کاظمی"), "m.kazemi", (SUPPORT,)),
    Staff(14, person("خانم یاسمن / توکلی‌راد"), "y.tavakoli", (SUPPORT, TRAINING)),
    Staff(15, person("آقای حسام‌الدین / فرهمند"), "", (SUPPORT,)),
    Staff(16, person("خانم پریسا / نوروزی‌فر"), "p.norouzifar", (FINANCE,), FINANCE),
    Staff(17, person("آقای میثم / آذرپور"), "m.azarpour", (FINANCE,)),
    Staff(18, person("خانم ندا / شکوری"), "", (FINANCE,)),
    Staff(19, person("خانم سمانه / قره‌باغی"), "s.gharebaghi", (TRAINING,), TRAINING),
    Staff(20, person("آقای پیمان / رستگارنیا"), "", (TRAINING,)),
    Staff(21, person("آقای بهنام / صدری"), "b.sadri", (SALES,)),
    Staff(22, person("خانم ریحانه‌سادات / موسوی‌نیا"), "", (SALES,)),
)

# «name | title first / last | e-mail», main contacts 101, 102, … in this order.
_COMPANIES = """
کارگاه سفال نیلگون لالجین||
کاشی نقش‌گل میبد|خانم نگار / صالحی‌پور|n.salehipour@naghshgol.example
چاپ سپندنگار|آقای کامران / یزدان‌فر|k.yazdanfar@sepandnegar.example
بازرگانی و ترخیص کالای کرانهٔ آبی خلیج (سهامی خاص)|آقای سیدمحمدحسین / میرفخرایی‌نژاد اردکانی|mirfakhraei@karaneh.example
هتل خانهٔ نارنجستان|خانم ستاره / رستگار|s.rastegar@narenjestan.example
ترنج‌دانه|آقای امیررضا / فلاحتی|a.falahati@toranjdaneh.example
راه‌نوردان ارس‌پیما|آقای فرزاد / اسکندری|f.eskandari@araspeyma.example
گلخانه‌های پاکدشت‌سبز|خانم مریم‌السادات / حجازی|
البرزسان|آقای شهاب / نیک‌روش|s.nikravesh@alborzsan.example
رنگین‌کمان شرق|خانم لاله / امین‌زاده|
داروپخش مهرآذین|آقای بابک / سلیمی‌راد|b.salimirad@mehrazin.example
تعاونی تولیدکنندگان فرش دستباف نایین و حومه|خانم فاطمه‌زهرا / طباطبایی‌نائینی|
صنایع بسته‌بندی ورق‌سازان|آقای رامین / ورزنده|r.varzandeh@varaghsazan.example
زعفران بانوی قائنات|خانم زهره / قائنی|
فولادگران نوید سپاهان|آقای ایمان / شیرانی|i.shirani@navidsepahan.example
پخش آذوقه‌رسان|آقای جلال / بابازاده|j.babazadeh@azoogheh.example
درمانگاه شبانه‌روزی نسیم سلامت|خانم دکتر الناز / پاک‌سرشت|
لبنیات دامداران سبلان|آقای یاشار / عباسقلی‌زاده|
مهندسی آب و خاک پژواک|آقای هومن / دریابیگی|h.daryabeigi@pezhvak.example
نان سنتی گندمک|خانم طاهره / کاویانی|
خشکبار کوهپایه|آقای عرفان / تویسرکانی|e.touyserkani@kouhpayeh.example
پوشاک مهروند|خانم شیرین / وکیلی|
آموزشگاه زبان آوای نو|خانم نازنین / هاشمی‌پناه|
ترابری جاده‌نشینان کویر|آقای مصطفی / بافقی|m.bafghi@jadeneshinan.example
نشر خط سوم تازه|آقای کیانوش / دادبه|
شیشه و آینهٔ بلورین|آقای سعید / جام‌ساز|s.jamsaz@bolourin.example
آبزیان کارون|خانم هدیه / حمیدی‌زاده|
کشت و صنعت دشت ناز|آقای غلامرضا / سوادکوهی|gh.savadkouhi@dashtenaz.example
لوازم خانگی پردیس‌خانه|آقای پژمان / نکویی|
مجتمع خدماتی رفاهی و اقامتی بین‌راهی آفتاب کویر مرنجاب|آقای ابوالفضل / آرانی بیدگلی|
قالب‌سازی دقیق آپادانا|آقای آرمین / صفایی|a.safaei@apadana-mold.example
گل و گیاه باغ ارغوان|خانم ارغوان / نصیری|
کارگزاری بیمهٔ امن‌راه|خانم سپیده / مشیری|s.moshiri@amnrah.example
سنگ‌بری مرمرین محلات|آقای داوود / محلاتی‌پور|
نیرورسانی توان‌گستر|آقای فرامرز / تیموری|f.teymouri@tavangostar.example
عطاری و گیاهان دارویی بوی باران|خانم گیتی / نوربخش|
چوب و مبل راش شمال|آقای کوروش / آملی|
موسسهٔ خیریهٔ مهر یاوران امید|خانم اعظم‌السادات / رضوی|
قطعه‌سازی پیشران خاور|آقای یونس / خاوری|y.khavari@pishran.example
شهد و عسل کندوان|خانم آیدا / اسکویی|
"""
SECTIONS: dict[int, tuple[str, ...]] = {
    102: ("حسابداری", "کارگزینی", "فروش"),
    103: ("حسابداری", "تولید"),
    104: ("بازرگانی خارجی", "حسابداری", "انبار گمرک"),
    106: ("انبار", "حسابداری"),
    107: ("ناوگان", "مالی"),
    109: ("حقوق و دستمزد", "مالی"),
    111: ("انبار مرکزی", "حسابداری", "خرید"),
    113: ("حسابداری صنعتی",),
    115: ("خزانه", "انبار قطعات"),
    116: ("پخش", "حسابداری"),
    119: ("امور قراردادها",),
    128: ("مالی", "ماشین‌آلات"),
    139: ("انبار", "کنترل کیفیت"),
}
LINKS: dict[int, tuple[str, int]] = {
    102: (SUPPORT, 12),
    104: (SUPPORT, 13),
    111: (SUPPORT, 14),
    107: (FINANCE, 16),
    115: (TRAINING, 19),
    124: (SUPPORT, 0),
    128: (SALES, 22),
}
BUSY = {102: 6, 103: 4, 104: 5, 106: 5, 109: 5, 111: 6, 113: 4, 116: 5, 139: 4}
COMPANIES_OFF = (136, 138)  # switched off once their tickets are written


def _companies() -> tuple[Company, ...]:
    rows = []
    for number, line in enumerate(_COMPANIES.strip().splitlines(), start=FIRST_TIME):
        name, contact, email = line.split("|")
        rows.append(
            Company(
                number,
                name,
                person(contact) if contact else None,
                email,
                SECTIONS.get(number, ()),
                LINKS.get(number),
                BUSY.get(number, 2) if contact else 0,
            )
        )
    return tuple(rows)


DEMO = House(
    slug="demo",
    name="آوندفام",
    phone="02100001405",
    hours=HOURS,
    owner=person("آقای نادر / شهریاری"),
    owner_number=10,
    desks=DESKS,
    staff=STAFF,
    companies=_companies(),
    texts=("support", "finance", "training", "sales"),
    tickets=380,
    last_number=24_460,
)
ARVAND = House(
    slug="arvand",
    name="میزبانی آروند",
    phone="02100002200",
    hours=HOURS,
    owner=person("خانم مهرانگیز / آروندی"),
    owner_number=501,
    desks=(
        Desk(
            SERVICES,
            "سایت، دامنه، ایمیل و سرور",
            (("وب‌سایت", 0), ("دامنه و SSL", 503), ("ایمیل", 0), ("سرور مجازی", 0)),
        ),
        Desk(ORDERS, "سفارش، تمدید و پرداخت", (("تمدید", 0), ("سفارش تازه", 0))),
    ),
    staff=(
        Staff(502, person("آقای بهزاد / کیان‌مهر"), "", (SERVICES,), SERVICES),
        Staff(503, person("خانم مهسا / جویباری"), "", (SERVICES, ORDERS)),
        Staff(504, person("آقای تورج / الوندی"), "", (ORDERS,), ORDERS),
    ),
    companies=(
        Company(
            511,
            "فروشگاه اینترنتی نارنج",
            person("آقای داریوش / ماهوتی"),
            "dariush@naranj.example",
            site="naranj.example",
        ),
        Company(512, "کلینیک سپیدار", person("خانم سولماز / رهنما"), "", ("پذیرش",), site="sepidar.example"),
        Company(513, "گلاب قمصر بهارنو", person("آقای یحیی / قمصری"), site="golab.example"),
        Company(
            514,
            "صنایع دستی دست‌بافت",
            person("خانم پونه / دیلمقانی"),
            "pooneh@dastbaft.example",
            site="dastbaft.example",
        ),
    ),
    texts=("arvand",),
    tickets=20,
    last_number=3_180,
)

_WOMEN = "الهام رؤیا سحر مینا فرشته نسترن هانیه بنفشه شادی ملیحه زینب‌سادات پروانه گلاره مهناز آتنا راضیه کتایون مهشید"
_MEN = "رضا حامد وحید سینا محمدامین علی‌اکبر پویا نوید کاوه سامان بهمن ارسلان سیدمهدی ایرج هادی امیرعلی فرشید مسعود"
_LAST = (
    "پورعباسی کلانتری زارع‌زاده مرادی کریمی شاه‌حسینی قاسم‌خانی رجب‌پور دانش‌فر خسروآبادی نیک‌نژاد عرب‌عامری سرلک گودرزی"
    " ترابیان نجف‌آبادی بهمنش یوسف‌نیا ملک‌محمدی فیض‌اللهی کیانی‌مقدم سلطانی پیرنیا حق‌شناس غفوریان درویش‌زاده فراهانی"
)


class Crowd:
    """Names for a company's personnel; nobody is met twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._met = {"الهام پورعباسی", "رضا کریمی"}

    def next(self) -> Person:
        """Somebody new."""
        while True:
            woman = self._rng.random() < 0.5
            first = self._rng.choice((_WOMEN if woman else _MEN).split())
            found = Person("خانم" if woman else "آقای", first, self._rng.choice(_LAST.split()))
            if found.name not in self._met:
                self._met.add(found.name)
                return found
