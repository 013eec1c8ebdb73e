"""Cleaning of text and of file names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian.clean import file_name, one_line, strip_controls

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_strip_controls_removes_what_reorders_or_breaks_text():
    assert strip_controls(f"a{OVERRIDES}b\x00c\x07d\x1be\ufefff\ud800g") == "abcdefg"


def test_strip_controls_keeps_the_writing():
    text = "سَلام، می‌خواهم\n\tچاپ کنم 👨\u200d👩 é \u200eWindows\u200e"
    assert strip_controls(text) == text


def test_strip_controls_makes_line_ends_one():
    assert strip_controls("a\r\nb\rc\u2028d\x85e\x0bf") == "a\nb\nc\nd\ne\nf"


@given(st.text())
def test_strip_controls_is_idempotent_and_can_be_stored(text):
    clean = strip_controls(text)
    assert strip_controls(clean) == clean
    assert not set(clean) & set(OVERRIDES)
    assert all(unicodedata.category(char) != "Cc" or char in "\n\t" for char in clean)
    assert clean.encode().decode() == clean


def test_one_line_is_for_names():
    assert one_line("  پریسا \u200f نیک‌‌نام\u202e\n راد‌ ") == "پریسا نیک‌نام راد"
    assert one_line("‌ \u200e \t") == ""


@given(st.text())
def test_one_line_is_idempotent(text):
    assert one_line(one_line(text)) == one_line(text)
    assert "\n" not in one_line(text)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("گزارش ماهانه.pdf", "گزارش ماهانه.pdf"),
        ("پیش‌فاکتور ۱۴۰۵.xlsx", "پیش‌فاکتور ۱۴۰۵.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\عکس.png", "عکس.png"),
        ("a/b/", "b"),
        ("پوشه/..", "پوشه"),
        ("gpj.\u202eexe.عکس", "gpj.exe.عکس"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\x00b\r\nSet-Cookie: x.txt", "ab Set-Cookie- x.txt"),
        ("...htaccess", "htaccess"),
        ("  فایل   من  .pdf  ", "فایل من.pdf"),
        ('"<نام>"|?*.txt', "--نام-----.txt"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("name.", "name"),
    ],
)
def test_file_name_keeps_what_is_a_name(name, kept):
    assert file_name(name) == kept


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "/", "\\\\", "\x00", "\u202e", "‌", "../..", " . . ", "\u200b"]
)
def test_file_name_of_nothing_is_a_file(name):
    assert file_name(name) == "فایل"


def test_file_name_of_three_hundred_persian_letters_keeps_its_extension():
    name = file_name("م" * 300 + ".pdf")
    assert name.endswith("م.pdf")
    assert len(name.encode()) <= 255
    assert len(file_name("m" * 300 + ".pdf")) == 150


def test_file_name_counts_bytes_of_wide_letters():
    name = file_name("😀" * 149 + ".jpeg")
    assert name.endswith("😀.jpeg")
    assert 250 <= len(name.encode()) <= 255


def test_file_name_takes_a_long_tail_for_text_not_extension():
    assert file_name("نسخه 1." + "x" * 40) == "نسخه 1." + "x" * 40
    assert len(file_name("a." + "x" * 400)) == 150


@given(st.text(max_size=400) | st.text("آ/\\.‌ \u202e😀x", max_size=400))
def test_file_name_is_always_safe(name):
    safe = file_name(name)
    assert 1 <= len(safe) <= 150
    assert len(safe.encode()) <= 255
    assert not set(safe) & set(OVERRIDES + "/\\\x00\n\r\t\u200e\u200f" + '<>:"|?*')
    assert safe == safe.strip(" .")
    assert "  " not in safe
    assert file_name(safe) == safe
