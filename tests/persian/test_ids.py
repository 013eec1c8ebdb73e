"""Checksums of people's and companies' ids."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from persian import ids
from persian.digits import to_persian

nine = st.lists(st.integers(0, 9), min_size=9, max_size=9).filter(lambda some: len(set(some)) > 1)
ten = st.lists(st.integers(0, 9), min_size=10, max_size=10).filter(lambda some: any(some[3:9]))


def person(digits: list[int]) -> str:
    """A national id with its check digit, built from the rule as it is published."""
    rest = sum(digit * (10 - place) for place, digit in enumerate(digits)) % 11
    return "".join(map(str, [*digits, rest if rest < 2 else 11 - rest]))


def company(digits: list[int]) -> str:
    """A company id with its check digit, built from the rule as it is published."""
    weights = [29, 27, 23, 19, 17, 29, 27, 23, 19, 17]
    rest = sum((digit + digits[9] + 2) * weight for digit, weight in zip(digits, weights, strict=True)) % 11
    return "".join(map(str, [*digits, 0 if rest == 10 else rest]))


def others(code: str, place: int) -> list[str]:
    """The code with one digit changed to each other digit."""
    return [f"{code[:place]}{new}{code[place + 1 :]}" for new in "0123456789" if new != code[place]]


@pytest.mark.spec("H11")
@given(nine)
def test_national_id_accepts_the_right_check_digit_and_no_other(digits):
    code = person(digits)
    assert ids.is_national_id(code)
    assert ids.is_national_id(to_persian(code))
    assert not any(map(ids.is_national_id, others(code, 9)))


@given(nine, st.integers(0, 7))
def test_national_id_notices_two_digits_changing_places(digits, place):
    assume(digits[place] != digits[place + 1])
    swapped = [*digits]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    check = person(digits)[9]
    # Check digits 0 and 1 can hide a change: the rule folds eleven remainders into ten digits.
    assume(check not in "01")
    assert not ids.is_national_id("".join(map(str, swapped)) + check)


@pytest.mark.parametrize("digit", "0123456789")
def test_national_id_refuses_ten_equal_digits(digit):
    assert not ids.is_national_id(digit * 10)


@pytest.mark.parametrize(
    "text", ["", "123456789", "00762296450", "abcdefghij", "007622964५", "0076229645\n1"]
)
def test_national_id_refuses_other_shapes(text):
    assert not ids.is_national_id(text)


def test_ids_may_be_typed_with_spaces_dashes_and_marks():
    code = person([0, 1, 2, 3, 4, 5, 6, 7, 8])
    typed = f"\u200e{code[:3]}-{code[3:9]} – {code[9]}\u202c"
    assert ids.is_national_id(typed)
    assert ids.plain(to_persian(typed)) == code


@pytest.mark.spec("H11")
@given(ten)
def test_company_id_accepts_the_right_check_digit_and_no_other(digits):
    code = company(digits)
    assert ids.is_company_id(code)
    assert ids.is_company_id(to_persian(code))
    assert not any(map(ids.is_company_id, others(code, 10)))


@pytest.mark.parametrize("text", ["", "1038028479", "103802847900", "00000000000", "10100000006", "شناسه"])
def test_company_id_refuses_other_shapes(text):
    assert not ids.is_company_id(text)


def test_company_id_refuses_an_empty_serial_even_with_a_right_sum():
    code = company([1, 0, 1, 0, 0, 0, 0, 0, 0, 5])
    assert not ids.is_company_id(code)


@given(st.text(max_size=20))
def test_ids_never_fail_on_any_text(text):
    assert ids.is_national_id(text) in {True, False}
    assert ids.is_company_id(text) in {True, False}
