"""Digits both ways, grouped numbers, file sizes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian import digits


@given(st.text("0123456789abcسلام /-.,"))
def test_digits_round_trip(text):
    assert digits.to_latin(digits.to_persian(text)) == text


@given(st.integers(0, 10**30))
def test_to_latin_reads_all_three_scripts_as_one(number):
    latin = str(number)
    persian = latin.translate(str.maketrans(digits.LATIN, digits.PERSIAN))
    arabic = latin.translate(str.maketrans(digits.LATIN, digits.ARABIC))
    assert digits.to_latin(persian) == digits.to_latin(arabic) == digits.to_latin(latin) == latin
    assert digits.to_persian(arabic) == persian


def test_to_latin_leaves_other_scripts_alone():
    assert digits.to_latin("४۴٤") == "४44"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "۰"),
        (999, "۹۹۹"),
        (1000, "۱٬۰۰۰"),
        (12345, "۱۲٬۳۴۵"),
        (-1234567, "\u200e−۱٬۲۳۴٬۵۶۷"),
        (1.5, "۱٫۵"),
        (0.1, "۰٫۱"),
        (Decimal("1234.50"), "۱٬۲۳۴٫۵۰"),
        (1e21, "۱٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰"),
    ],
)
@pytest.mark.spec("S15", part=True)
def test_group_writes_numbers_the_persian_way(number, shown):
    assert digits.group(number) == shown


@given(st.integers(-(10**18), 10**18))
def test_group_loses_no_digit(number):
    shown = digits.to_latin(digits.group(number))
    assert int(shown.replace("٬", "").replace("\u200e−", "-")) == number
    assert all(len(three) == 3 for three in shown.split("٬")[1:])


@pytest.mark.parametrize("number", [float("nan"), float("inf"), Decimal("-Infinity")])
def test_group_refuses_what_is_no_number(number):
    with pytest.raises(ValueError, match="finite"):
        digits.group(number)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "۰ بایت"),
        (1023, "۱٬۰۲۳ بایت"),
        (1024, "۱ کیلوبایت"),
        (412 * 1024, "۴۱۲ کیلوبایت"),
        (1024**2 - 1, "۱ مگابایت"),
        (1_153_434, "۱٫۱ مگابایت"),
        (180 * 1024**2, "۱۸۰ مگابایت"),
        (1024**3 - 1, "۱ گیگابایت"),
        (5 * 1024**4, "۵٬۱۲۰ گیگابایت"),
    ],
)
def test_file_size_picks_the_unit(count, shown):
    assert digits.file_size(count) == shown


def test_file_size_is_never_negative():
    with pytest.raises(ValueError, match="negative"):
        digits.file_size(-1)
