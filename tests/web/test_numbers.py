"""Whole numbers out of addresses."""

import pytest

from web.numbers import whole


@pytest.mark.parametrize(
    ("text", "digits", "number"),
    [
        ("0", 15, 0),
        ("007", 15, 7),
        ("9" * 15, 15, 999_999_999_999_999),
        ("9" * 16, 15, -1),
        ("12345", 4, -1),
        ("", 15, -1),
        ("-1", 15, -1),
        ("1.0", 15, -1),
        (" 1", 15, -1),
        ("۱۲", 15, -1),
        ("²", 15, -1),
    ],
)
def test_what_is_no_number_is_no_row(text: str, digits: int, number: int) -> None:
    assert whole(text, digits) == number
