"""Workbooks (.xlsx) that come from outside: measured before a byte is handed to the reader, then read row by row.

A few kilobytes of zip can hold gigabytes, and a few megabytes of XML millions of elements; both are refused first
(TRUST, fault 14). Nothing is ever unpacked to disk, and formulas are text, never worked out.
"""

import datetime as dt
import os
import struct
from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from web.errors import Invalid

MARK = b"PK\x03\x04"
MOST_UNPACKED = 48 * 1024 * 1024
MOST_MEMBERS = 200
MOST_DIRECTORY = 64 * 1024
# 20,000 rows of 20 columns are about a million elements.
MOST_ELEMENTS = 1_500_000
MOST_IN_ROW = 2_000

NOT_A_WORKBOOK = "این فایل اکسل باز نشد. آن را در اکسل باز و دوباره با پسوند xlsx ذخیره کنید."
CUT = "این فایل اکسل نیمه‌کاره رسیده و باز نمی‌شود. دوباره از اکسل ذخیره‌اش کنید و بفرستید."
TOO_MUCH = "این فایل پس از باز شدن بسیار بزرگ می‌شود. فقط جدول مشتریان را در فایلی تازه بفرستید."
SECRET = "این فایل رمز دارد. رمزش را بردارید و دوباره بفرستید."

_END = b"PK\x05\x06"
_END64 = b"PK\x06\x07"
_END_SIZE = 22


def check(file: IO[bytes]) -> None:
    """Refuse a workbook that would be too much to read. Raises Invalid; leaves the file at its beginning.

    Sizes are read from the zip's directory; zipfile never hands out more than it declares.
    """
    _check_directory(file)
    try:
        with ZipFile(file) as box:
            _check_members(box.infolist())
            left = MOST_ELEMENTS
            for member in box.infolist():
                if member.filename.endswith((".xml", ".rels")):
                    left -= _measure(box, member, left)
    except (BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, expat.ExpatError):
        raise Invalid(CUT) from None
    finally:
        file.seek(0)


def rows(file: IO[bytes], *, columns: int) -> Iterator[list[str]]:
    """The first visible sheet's rows as text, blank ones too, each at most ``columns`` wide. Call check() before.

    Raises Invalid for what is no workbook after all.
    """
    from openpyxl import load_workbook  # slow import

    try:
        book = load_workbook(file, read_only=True, keep_links=False)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        sheet.reset_dimensions()  # what the sheet says about its own size may be wrong
        for cells in sheet.iter_rows(max_col=columns, values_only=True):
            yield _trimmed([_text(cell) for cell in cells])
    except Exception:  # openpyxl has no error of its own: hostile files raise whatever they trip over
        raise Invalid(NOT_A_WORKBOOK) from None


def _check_directory(file: IO[bytes]) -> None:
    """The end of the zip says how long its directory is: a hundred thousand members are refused unread."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 65_535 - _END_SIZE))
    tail = file.read()
    file.seek(0)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < _END_SIZE:
        raise Invalid(CUT)
    members, length = struct.unpack_from("<HL", tail, place + 10)
    if _END64 in tail or members > MOST_MEMBERS or length > MOST_DIRECTORY:
        raise Invalid(TOO_MUCH)


def _check_members(members: list[ZipInfo]) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise Invalid(SECRET)
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise Invalid(TOO_MUCH)
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise Invalid(NOT_A_WORKBOOK)


def _measure(box: ZipFile, member: ZipInfo, most: int) -> int:
    """Count a member's elements without keeping any. Raises Invalid past the limits, or where it has a DTD."""
    total = in_row = 0
    inside = False

    def begin(name: str, attributes: Any) -> None:
        nonlocal total, in_row, inside
        total += 1
        if name.rpartition(":")[2] == "row":
            inside, in_row = True, 0
        elif inside:
            in_row += 1
        if total > most or in_row > MOST_IN_ROW:
            raise Invalid(TOO_MUCH)

    def end(name: str) -> None:
        nonlocal inside
        if name.rpartition(":")[2] == "sheetData":
            inside = False

    def refuse(*told: Any) -> None:
        raise Invalid(NOT_A_WORKBOOK)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.StartDoctypeDeclHandler = refuse
    with box.open(member) as stream:
        while piece := stream.read(256 * 1024):
            parser.Parse(piece, False)
    parser.Parse(b"", True)
    return total


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells that every row is filled up with."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: Any) -> str:
    """A cell as a person reads it; whole numbers without a point, so that a mobile stays a mobile."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "بله" if cell else "خیر"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()
    return str(cell)
