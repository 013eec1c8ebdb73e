"""Files of the demo, drawn on the spot: screens, invoices, PDFs, logs and archives. Nothing is read from outside
but the product's own typeface; without it (or without shaping) the pictures are drawn with Latin words only.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont, features

from persian.digits import group, to_persian

INK, SOFT, LINE, PAPER = "#201e1a", "#67625a", "#d9d5cb", "#ffffff"
BARS = ("#2a4cb3", "#1f6f5c", "#6b4a9c", "#8a5a16", "#46525e")
ROWS = (
    "چسب کاشی",
    "کارتن پنج‌لایه",
    "روغن کنجد",
    "بلبرینگ 6204",
    "کابل افشان",
    "رنگ سفید",
    "پالت چوبی",
    "تینر فوری",
)
LATIN_ROWS = ("Item 6204", "Box 5-ply", "Cable 2.5", "Paint W", "Pallet", "Solvent", "Glue", "Valve")
HEADS = ("ردیف", "شرح کالا", "تعداد", "مبلغ (ریال)")
LATIN_HEADS = ("No.", "Item", "Qty", "Amount")


@cache
def _typeface() -> Path | None:
    path = Path(settings.BASE_DIR) / "node_modules/vazirmatn/fonts/ttf/Vazirmatn-Regular.ttf"
    return path if path.exists() and features.check("raqm") else None


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    path = _typeface()
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)


def _write(
    draw: ImageDraw.ImageDraw, right: int, top: int, text: str, size: int = 17, fill: str = INK
) -> None:
    """A line that ends at ``right``: Persian from the right, where the machine can shape it."""
    if _typeface():
        draw.text(
            (right, top), text, font=_font(size), fill=fill, anchor="ra", direction="rtl", language="fa"
        )
    else:
        draw.text(
            (right, top),
            text.encode("ascii", "ignore").decode() or "-",
            font=_font(size),
            fill=fill,
            anchor="ra",
        )


def _table(draw: ImageDraw.ImageDraw, rng: Random, box: tuple[int, int, int, int], rows: int) -> int:
    """Rule a table of goods into the box; returns the sum of its amounts."""
    left, top, right, bottom = box
    names, heads = (ROWS, HEADS) if _typeface() else (LATIN_ROWS, LATIN_HEADS)
    height = (bottom - top) // (rows + 1)
    width = right - left
    edges = (right, right - width // 10, right - width * 6 // 10, right - width * 7 // 10)
    draw.rectangle((left, top, right, top + height), fill="#f0eee8")
    for edge, head in zip(edges, heads, strict=True):
        _write(draw, edge - 8, top + 5, head, 15, SOFT)
    total = 0
    for row in range(1, rows + 1):
        y = top + row * height
        draw.line((left, y, right, y), fill=LINE)
        amount = rng.randint(12, 960) * 125_000
        total += amount
        cells = (to_persian(str(row)), rng.choice(names), to_persian(str(rng.randint(1, 60))), group(amount))
        for edge, cell in zip(edges, cells, strict=True):
            _write(draw, edge - 8, y + 5, cell, 15)
    draw.rectangle((left, top, right, top + height * (rows + 1)), outline=LINE)
    return total


def _screen(rng: Random, words: str) -> Image.Image:
    """A window of some program with a message in the middle."""
    width, height = rng.choice(((1024, 640), (1120, 700), (900, 600)))
    image = Image.new("RGB", (width, height), rng.choice(("#e9e6df", "#e4e8ec", "#e8e4ea")))
    draw = ImageDraw.Draw(image)
    colour = rng.choice(BARS)
    draw.rectangle((0, 0, width, 40), fill=colour)
    for place in range(3):
        draw.ellipse((16 + place * 24, 14, 28 + place * 24, 26), fill="#ffffff")
    _write(
        draw,
        width - 20,
        7,
        rng.choice(("فروش › فاکتور", "انبار › رسید", "خزانه › چک", "حقوق › فیش")),
        18,
        PAPER,
    )
    draw.rectangle((width - 190, 40, width, height), fill="#f7f5f0")
    for place, name in enumerate(("اطلاعات پایه", "خرید", "فروش", "انبار", "خزانه", "گزارش‌ها")):
        _write(draw, width - 24, 60 + place * 42, name, 16, SOFT)
    _table(draw, rng, (30, 70, width - 220, height - 60), rng.randint(7, 10))
    left, top = width // 2 - 290, height // 2 - 90
    draw.rounded_rectangle((left, top, left + 460, top + 190), 12, fill=PAPER, outline=SOFT, width=2)
    draw.ellipse((left + 400, top + 24, left + 436, top + 60), fill="#c0392b")
    draw.text((left + 418, top + 42), "!", font=_font(24), fill=PAPER, anchor="mm")
    _write(draw, left + 385, top + 28, "عملیات انجام نشد", 20)
    draw.text((left + 24, top + 80), words[:44], font=_font(17), fill=INK)
    draw.text(
        (left + 24, top + 108),
        f"0x{rng.randrange(16**8):08X}  line {rng.randint(12, 980)}",
        font=_font(15),
        fill=SOFT,
    )
    draw.rounded_rectangle((left + 24, top + 138, left + 124, top + 172), 8, fill=colour)
    _write(draw, left + 92, top + 142, "تأیید", 17, PAPER)
    return image


def _paper(rng: Random, words: str) -> Image.Image:
    """A sheet that looks like an invoice, with a stamp."""
    width, height = 820, 1080
    image = Image.new("RGB", (width, height), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 30, width - 30, height - 30), outline=LINE, width=2)
    _write(draw, width // 2 + 110, 50, rng.choice(("صورت‌حساب فروش کالا", "پیش‌فاکتور", "فاکتور خدمات")), 30)
    draw.text((60, 60), f"No. {words[:24]}", font=_font(18), fill=SOFT)
    draw.text((60, 90), f"1405/{rng.randint(1, 12):02d}/{rng.randint(1, 29):02d}", font=_font(18), fill=SOFT)
    _write(
        draw,
        width - 60,
        120,
        rng.choice(("خریدار: شعبهٔ مرکزی", "خریدار: دفتر فروش", "خریدار: انبار شمارهٔ ۲")),
        19,
    )
    rows = rng.randint(6, 11)
    total = _table(draw, rng, (60, 190, width - 60, 190 + (rows + 1) * 46), rows)
    _write(draw, width - 60, 210 + (rows + 1) * 46, f"جمع کل: {group(total)} ریال", 22)
    x, y = rng.randint(120, 220), height - 210
    colour = rng.choice(BARS)
    draw.ellipse((x, y, x + 130, y + 130), outline=colour, width=5)
    draw.ellipse((x + 14, y + 14, x + 116, y + 116), outline=colour, width=2)
    _write(draw, x + 92, y + 48, "تأیید شد", 20, colour)
    return image


def _saved(image: Image.Image, form: str) -> bytes:
    out = io.BytesIO()
    if form == "PDF":
        image.save(out, "PDF", resolution=110, quality=70, title="Peygir demo")
    else:
        image.save(out, form, **({"quality": 78} if form == "JPEG" else {}))
    return out.getvalue()


def _form(name: str) -> str:
    return "JPEG" if name.endswith(".jpg") else "PNG"


def _log(rng: Random, words: str) -> bytes:
    levels = ("INFO ", "INFO ", "WARN ", "ERROR")
    parts = ("Scheduler", "TaxGateway", "SqlPool", "PrintQueue", "LicenseCheck", "Session", "StockService")
    lines = []
    second = rng.randint(28_000, 60_000)
    for _ in range(rng.randint(60, 400)):
        second += rng.randint(0, 40)
        clock = (
            f"{second // 3600 % 24:02d}:{second // 60 % 60:02d}:{second % 60:02d}.{rng.randint(0, 999):03d}"
        )
        level, part = rng.choice(levels), rng.choice(parts)
        said = words if level == "ERROR" else f"done in {rng.randint(2, 900)} ms"
        lines.append(f"{clock} {level} [{part}] {said} (id={rng.randint(1000, 99999)})")
    lines.append("پایان گزارش")
    return "\n".join(lines).encode()


def _zip(rng: Random, words: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(rng.randint(1, 3)):
            # A fixed date: the same seed gives the same bytes.
            archive.writestr(
                zipfile.ZipInfo(f"log-{number + 1}.txt", (2026, 1, 1, 8, 0, 0)), _log(rng, words)
            )
        archive.writestr(
            zipfile.ZipInfo("راهنما.txt", (2026, 1, 1, 8, 0, 0)), "این فایل‌ها از سرور برداشته شده‌اند.\n"
        )
    return out.getvalue()


MAKERS: dict[str, Callable[[Random, str, str], bytes]] = {
    "picture": lambda rng, name, words: _saved(_screen(rng, words), _form(name)),
    "invoice": lambda rng, name, words: _saved(_paper(rng, words), _form(name)),
    "pdf": lambda rng, name, words: _saved(_paper(rng, words), "PDF"),
    "log": lambda rng, name, words: _log(rng, words),
    "zip": lambda rng, name, words: _zip(rng, words),
}


def make(kind: str, *, name: str, words: str, rng: Random) -> SimpleUploadedFile:
    """A file of a kind (a key of MAKERS) under a name, showing ``words`` (Latin), as a browser would upload it."""
    return SimpleUploadedFile(name, MAKERS[kind](rng, name, words))
