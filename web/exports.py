"""Tables people take away: CSV and .xlsx in which no cell is ever taken for a formula (TRUST 29)."""

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

from persian import jalali
from persian.chars import DIRECTION_MARKS, DIRECTION_OVERRIDES, INVISIBLES
from persian.digits import ARABIC, PERSIAN

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Excel takes a file for UTF-8 only by this mark.
BOM = b"\xef\xbb\xbf"

# What a spreadsheet starts a formula by, also in its wide forms, and behind anything that does not show.
_UNSEEN = f"{DIRECTION_MARKS}{DIRECTION_OVERRIDES}{INVISIBLES}\u200b\u200c\u200d"
_FORMULA = re.compile(rf"[ \xa0{PERSIAN}{ARABIC}{_UNSEEN}]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
# A workbook cannot hold these, whoever typed them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST_CELL = 32_000


def safe_cell(value: Any) -> str:
    """A value as the text of a cell; one that a spreadsheet might run gets a leading apostrophe."""
    text = _CONTROLS.sub("", "" if value is None else str(value))[:LONGEST_CELL]
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(text: str) -> str:
    """The text behind safe_cell's apostrophe, for a table that comes back."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]], *, every: int = 200) -> Iterator[bytes]:
    """A CSV in pieces of ``every`` rows, for a streaming answer."""
    yield BOM
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([safe_cell(cell) for cell in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([safe_cell(cell) for cell in row])
        if number % every == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def workbook(
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]], *, widths: Sequence[int] = ()
) -> IO[bytes]:
    """A workbook of (title, header, rows) in a temporary file, at its beginning; every cell is text."""
    from openpyxl import Workbook  # slow import
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_view.rightToLeft = True
        sheet.freeze_panes = "A2"
        for place in range(1, len(header) + 1):
            column = sheet.column_dimensions[get_column_letter(place)]
            column.width = widths[place - 1] if place <= len(widths) else 22
            # Text: what is typed below keeps its zeros.
            column.number_format = "@"
        bold = []
        for word in header:
            cell = WriteOnlyCell(sheet, value=safe_cell(word))
            cell.font = Font(bold=True)
            bold.append(cell)
        sheet.append(bold)
        for row in rows:
            sheet.append([safe_cell(value) for value in row])
    out = tempfile.TemporaryFile()  # noqa: SIM115  the answer that sends it closes it
    book.save(out)
    out.seek(0)
    return out


def file_name(word: str, day: dt.date, kind: str) -> str:
    """``customers-1405-07-13.xlsx``: Latin, so that every system keeps it; the day is Jalali."""
    shown = jalali.to_jalali(day)
    return f"{word}-{shown.year:04d}-{shown.month:02d}-{shown.day:02d}.{kind}"
