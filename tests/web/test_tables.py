"""Tables that people upload: encodings, separators, broken and hostile files (H11, TRUST fault 14)."""

from __future__ import annotations

import datetime as dt
import io
import time
import tracemalloc
from functools import partial

import pytest

from tests.web import sheets
from web import tables, workbooks
from web.errors import Invalid

HEADER = ["نام شرکت", "موبایل"]
ROW = ["شیشهٔ پویا", "09120000001"]


def read(raw: bytes, most: int = 20_000) -> list[list[str]]:
    return [line.cells for line in tables.read(io.BytesIO(raw), most=most)]


def refused(raw: bytes, most: int = 20_000) -> str:
    with pytest.raises(Invalid) as raised:
        read(raw, most)
    return raised.value.message


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_is_read_in_every_usual_shape(separator, encoding):
    assert read(sheets.csv([HEADER, ROW], separator=separator, encoding=encoding)) == [HEADER, ROW]


def test_windows_1256_becomes_persian_letters():
    raw = sheets.csv([["نام شركت", "موبايل"], ["كاشي ميبد", "0912"]], separator=";", encoding="cp1256")
    assert read(raw) == [["نام شرکت", "موبایل"], ["کاشی میبد", "0912"]]


def test_a_line_for_excel_names_the_separator_and_rows_keep_their_numbers():
    raw = "sep=;\r\nنام شرکت;موبایل\r\n\r\nالف، ب, پ;0912".encode()
    lines = tables.read(io.BytesIO(raw), most=10)
    assert [(line.number, line.cells) for line in lines] == [(2, HEADER), (4, ["الف، ب, پ", "0912"])]


def test_quoted_cells_hold_separators_and_lines():
    raw = 'نام شرکت,یادداشت\r\n"الف, ب","سطر یک\nسطر دو"'.encode()
    assert read(raw)[1] == ["الف, ب", "سطر یک\nسطر دو"]


def test_workbook_cells_become_text():
    row = ["=1+1", 9120000001, 12.0, 1.5, None, True, dt.date(2026, 10, 5)]
    cells = read(sheets.xlsx([HEADER, row]))[1]
    assert cells == ["=1+1", "9120000001", "12", "1.5", "", "بله", "2026-10-05T00:00:00"]


def test_blank_rows_are_left_out_and_counted():
    lines = tables.read(io.BytesIO(sheets.xlsx([HEADER, [], ["  ", "\u200c"], ROW])), most=10)
    assert [(line.number, line.cells[:2]) for line in lines] == [(1, HEADER), (4, ROW)]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", tables.EMPTY),
        (b"\xef\xbb\xbf\r\n,,\r\n", tables.EMPTY),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", tables.NOT_A_TABLE),
        (b"%PDF-1.7 something", tables.NOT_A_TABLE),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, tables.OLD),
        ("نام شرکت,موبایل\nشیشهٔ".encode()[:-1], tables.CUT),
        (b"PK\x03\x04" + b"\0" * 100, workbooks.CUT),
        (sheets.xlsx([HEADER, ROW])[:-400], workbooks.CUT),
        (sheets.xlsx([HEADER, ROW])[:2000], workbooks.CUT),
        (sheets.box({"word/document.xml": b"<x/>"}), workbooks.NOT_A_WORKBOOK),
        (sheets.box({"xl/workbook.xml": b"<x/>"}), workbooks.NOT_A_WORKBOOK),
        (sheets.laughing(), workbooks.NOT_A_WORKBOOK),
        (sheets.laughing("xl/sharedStrings.xml"), workbooks.NOT_A_WORKBOOK),
    ],
)
def test_what_is_no_table_is_refused_with_a_way_on(raw, words):
    assert refused(raw) == words


def test_an_open_quote_names_its_row():
    raw = 'نام شرکت,موبایل\nالف,0912\n"ب,0913\n'.encode()
    assert "ردیف ۳" in refused(raw)


def test_too_many_rows_are_refused_kindly_and_soon():
    rows = [HEADER, *([ROW] * 100_000)]
    began = time.monotonic()
    assert refused(sheets.csv(rows)) == "این فایل بیش از ۲۰٬۰۰۰ ردیف دارد. آن را به چند فایل کوچک‌تر بخش کنید."
    assert time.monotonic() - began < 5
    assert len(read(sheets.csv(rows[:20_001]))) == 20_001


def test_a_row_far_below_does_not_make_a_million_of_them():
    cell = '<c r="A1048576" t="inlineStr"><is><t>x</t></is></c>'
    text = (
        f'<worksheet xmlns="{sheets.SHEET}"><sheetData><row r="1048576">{cell}</row></sheetData></worksheet>'
    )
    raw = sheets.rewritten(sheets.xlsx([HEADER]), "xl/worksheets/sheet1.xml", text.encode())
    assert "ردیف دارد" in refused(raw, most=1000)


@pytest.mark.parametrize(
    "make",
    [
        sheets.unpacking_bomb,
        sheets.crowded_zip,
        partial(sheets.wide_row, workbooks.MOST_IN_ROW + 1),
        partial(sheets.wide_row, 2_000_000),
    ],
    ids=["unpacks to 200 MB", "100,000 members", "wide row", "two million cells"],
)
def test_bombs_are_refused_before_they_unpack(make):
    bomb = make()
    assert len(bomb) < 12_000_000
    tracemalloc.start()
    began = time.monotonic()
    message = refused(bomb)
    seconds, peak = time.monotonic() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert message == workbooks.TOO_MUCH
    assert seconds < 1
    assert peak < 50 * 1024 * 1024


def test_a_size_that_lies_is_not_believed():
    """The directory says ten bytes, the member holds more: the reader stops at what was declared."""
    raw = bytearray(sheets.xlsx([HEADER, ROW]))
    place = raw.rfind(b"PK\x01\x02")
    raw[place + 24 : place + 28] = (10).to_bytes(4, "little")
    assert refused(bytes(raw)) in (workbooks.CUT, workbooks.NOT_A_WORKBOOK)
