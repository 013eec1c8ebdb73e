"""Tables as people send them: workbooks and CSV made for tests, and the bombs nobody should send."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def xlsx(rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("مشتریان")
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Iterable[Sequence[str]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """A CSV without quoting; cells of the tests hold no separators."""
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


def box(members: dict[str, bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def rewritten(book: bytes, member: str, content: bytes) -> bytes:
    """The workbook with one member's content exchanged."""
    with zipfile.ZipFile(io.BytesIO(book)) as given:
        members = {name: given.read(name) for name in given.namelist()}
    return box({**members, member: content})


def unpacking_bomb(megabytes: int = 200) -> bytes:
    """A workbook of a few hundred kilobytes whose sheet unpacks to so many megabytes."""
    return rewritten(
        xlsx([["نام شرکت", "موبایل"]]), "xl/worksheets/sheet1.xml", b" " * megabytes * 1024 * 1024
    )


def crowded_zip(members: int = 100_000) -> bytes:
    """A zip of so many empty members; the workbook's own among them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(members):
            made.writestr(f"m{number}", b"")
    return out.getvalue()


def wide_row(cells: int) -> bytes:
    """A workbook with one row of so many cells."""
    row = f'<worksheet xmlns="{SHEET}"><sheetData><row r="1">{"<c/>" * cells}</row></sheetData></worksheet>'
    return rewritten(xlsx([["نام شرکت"]]), "xl/worksheets/sheet1.xml", row.encode())


def laughing(member: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook whose XML declares entities that grow."""
    text = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    return rewritten(xlsx([["نام شرکت"]]), member, text.encode())
