"""Tables people upload: .xlsx, or CSV in the encodings and with the separators that reach us from Iran.

What a file is, its bytes tell, never its name. Every refusal is a sentence that says how to mend the file.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from persian.digits import group
from web import workbooks
from web.errors import Invalid

COLUMNS = 40
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NOT_A_TABLE = "این فایل جدول نیست. یک فایل اکسل (xlsx) یا CSV بفرستید."
OLD = "این فایل اکسل قدیمی است یا رمز دارد. آن را بی‌رمز و با پسوند xlsx ذخیره کنید و دوباره بفرستید."
EMPTY = "این فایل خالی است. نمونه را بگیرید، پر کنید و بفرستید."
CUT = "این فایل نیمه‌کاره رسیده است. دوباره ذخیره‌اش کنید و بفرستید."
QUOTE = "گیومه‌ای از ردیف {} به بعد بسته نشده یا نابه‌جاست؛ شاید فایل نیمه‌کاره است. دوباره ذخیره‌اش کنید."
TOO_LONG = "این فایل بیش از {} ردیف دارد. آن را به چند فایل کوچک‌تر بخش کنید."

_SEPARATORS = ",;\t|"
# Windows-1256 has no Persian ی, and its users type ي; UTF-8 files keep what they hold.
_PERSIAN_LETTERS = str.maketrans({"ي": "ی", "ك": "ک", "ى": "ی"})
_BLANK = " \t\r\n\u200b\u200c\u200d\ufeff\xa0"


@dataclass(frozen=True)
class Line:
    """One row that is not blank, with the number it has in Excel."""

    number: int
    cells: list[str]


def read(file: IO[bytes], *, most: int) -> list[Line]:
    """Every row of a table that is not blank, the header first; at most ``most`` rows below the header.

    Slow work on bytes from outside: call it while no transaction is open. Raises Invalid.
    """
    head = file.read(8)
    file.seek(0)
    if head.startswith(workbooks.MARK):
        workbooks.check(file)
        lines = _lines(workbooks.rows(file, columns=COLUMNS), most)
    elif head.startswith(OLD_EXCEL):
        raise Invalid(OLD)
    else:
        lines = _lines(_csv_rows(_decoded(file.read())), most)
    if not lines:
        raise Invalid(EMPTY)
    return lines


def _lines(rows: Iterable[list[str]], most: int) -> list[Line]:
    lines: list[Line] = []
    for number, cells in enumerate(rows, 1):
        if any(cell.strip(_BLANK) for cell in cells):
            lines.append(Line(number, cells[:COLUMNS]))
        # Blank rows are few in a table; a sheet that is nothing else ends here too.
        if len(lines) > most + 1 or number > 10 * most + 1000:
            raise Invalid(TOO_LONG.format(group(most)))
    return lines


def _decoded(raw: bytes) -> str:
    """The text of a CSV: by its byte order mark, else UTF-8, else Windows-1256."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = raw.decode("utf-16", errors="replace")
    elif b"\0" in raw:
        raise Invalid(NOT_A_TABLE)
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as wrong:
            # The only fault is a letter cut at the very end: the file was UTF-8 and is not whole.
            if wrong.reason == "unexpected end of data":
                raise Invalid(CUT) from None
            text = raw.decode("cp1256").translate(_PERSIAN_LETTERS)
    controls = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32), 127))
    if controls or text.startswith(("%PDF", "<!DOCTYPE", "<html", "{\\rtf")):
        raise Invalid(NOT_A_TABLE)
    return text


def _csv_rows(text: str) -> Iterator[list[str]]:
    separator = _separator(text)
    first, _, rest = text.partition("\n")
    if first.strip("\r").lower().startswith("sep="):
        # A line for Excel alone; its row number stays, as Excel counts it too.
        yield []
        text = rest
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            number += 1
            yield cells
    except csv.Error:
        raise Invalid(QUOTE.format(group(number + 1))) from None


def _separator(text: str) -> str:
    """The sign that cuts the header into the most pieces; a line ``sep=;`` says it itself."""
    lines = [line for line in text[:20_000].splitlines() if line.strip(_BLANK)]
    first = lines[0] if lines else ""
    if first.lower().startswith("sep=") and len(first) > 4:
        return first[4]
    return max(_SEPARATORS, key=first.count)
