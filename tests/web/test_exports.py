"""Tables people take away: no cell is ever a formula (TRUST 29)."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook

from web.exports import csv_bytes, file_name, plain_cell, safe_cell, workbook

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u200c=1",
    "\ufeff=HYPERLINK(1)",
    "\u200f+1",
    "۱۲=3",
    "٣-1",
    "\uff1d1+1",
    "=cmd|' /C calc'!A0",
]
HARMLESS = ["شیشهٔ پویا", "021-88776655", "a@b.example", "۱۴۰۵/۰۷/۱۳", "", "'", "O'Neill", "۳ نفر"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_could_run_is_quoted_and_comes_back(text):
    assert safe_cell(text) == f"'{text}"
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_cannot_run_stays_as_it_is(text):
    assert safe_cell(text) == text
    assert plain_cell(text) == text


@pytest.mark.spec("H11")
def test_trust_29_a_workbook_holds_strings_alone():
    rows = [[text, "x"] for text in DANGEROUS + HARMLESS] + [[None, 12]]
    with workbook([("مشتریان", ["=header", "دوم"], rows)]) as out:
        sheet = load_workbook(out).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert len(cells) > 30
        assert {cell.data_type for cell in cells} == {"s"}
        assert [sheet.cell(place + 2, 1).value for place in range(3)] == ["'=1+1", "'+1", "'-1"]
        assert sheet.sheet_view.rightToLeft


def test_trust_29_a_csv_holds_no_formula_and_excel_reads_its_persian():
    raw = b"".join(csv_bytes(["نام"], [[text] for text in DANGEROUS * 100], every=50))
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + 100 * len(DANGEROUS)
    assert all(row[0].startswith("'") for row in rows[1:])


def test_controls_that_break_a_workbook_are_left_out():
    with workbook([("الف", ["نام"], [["a\x00b\x0bc"], ["x" * 40_000]])]) as out:
        sheet = load_workbook(out).active
        assert sheet["A2"].value == "abc"
        assert len(sheet["A3"].value) == 32_000


def test_file_names_are_latin_with_a_jalali_day():
    assert file_name("customers", date(2026, 10, 5), "csv") == "customers-1405-07-13.csv"
