"""Parts of an SMS, as operators count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian import sms


@pytest.mark.parametrize(
    ("length", "parts"),
    [(0, 0), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)],
)
@pytest.mark.spec("S25", part=True)
def test_parts_of_persian_text(length, parts):
    assert sms.parts("پ" * length) == parts


@pytest.mark.parametrize(
    ("length", "parts"),
    [(1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)],
)
@pytest.mark.spec("S25", part=True)
def test_parts_of_plain_text(length, parts):
    assert sms.parts("a" * length) == parts


def test_one_persian_letter_makes_the_whole_message_wide():
    assert sms.parts("a" * 160) == 1
    assert sms.parts("a" * 159 + "ی") == 3
    assert sms.measure("a" * 69 + "۱") == (70, 1, True)


def test_extended_letters_take_two_places():
    assert sms.measure("€" * 80) == (160, 1, False)
    assert sms.measure("€" * 80 + "a") == (161, 2, False)


def test_no_letter_is_cut_between_two_parts():
    # 152 + an escape pair does not fit into 153, so the pair opens the next part.
    assert sms.parts("a" * 152 + "€" + "a" * 151) == 2
    assert sms.parts("a" * 152 + "€" + "a" * 152) == 3
    assert sms.parts("پ" * 66 + "😀" + "پ" * 65) == 2
    assert sms.parts("پ" * 66 + "😀" + "پ" * 66) == 3


def test_a_letter_beyond_the_first_plane_is_two_units():
    assert sms.measure("😀" * 35) == (70, 1, True)
    assert sms.parts("😀" * 36) == 2


def test_the_letter_of_a_new_ticket_is_one_part():
    text = "تیکت شما با کد ۱۲۳۴۵ ثبت شد. پیگیری: https://help.example.ir/t/8f3k2"
    assert sms.measure(text) == (68, 1, True)


@given(st.text(max_size=400))
def test_units_are_what_the_network_carries(text):
    size = sms.measure(text)
    if size.is_wide:
        assert size.units == len(text.encode("utf-16-le")) // 2
    assert (size.parts == 0) == (text == "")
    room = 67 if size.is_wide else 153
    assert size.parts * room >= size.units or size.parts == 1


@given(st.text(max_size=300), st.text(max_size=5))
def test_a_longer_text_never_takes_fewer_parts(text, more):
    assert sms.parts(text + more) >= sms.parts(text)
