"""sort_key: the code-point order of keys is the order of a Persian dictionary."""

from hypothesis import given
from hypothesis import strategies as st

from persian import sort_key
from persian.text import ALPHABET


def test_sort_key_orders_the_alphabet():
    letters = list("آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی")
    assert sorted(set(letters), key=sort_key) == letters


def test_sort_key_orders_words_with_the_four_persian_letters():
    ordered = ["آرش", "ابر", "پنیر", "تب", "چای", "حلوا", "ژاله", "سیب", "گل", "لیمو", "یخ"]
    assert sorted(set(ordered), key=sort_key) == ordered


def test_sort_key_puts_digits_before_persian_before_latin():
    assert sorted(["zebra", "Apple", "یاس", "آبان", "۲ تا", "1 تا"], key=sort_key) == [
        "1 تا",
        "۲ تا",
        "آبان",
        "یاس",
        "Apple",
        "zebra",
    ]


def test_sort_key_puts_a_shorter_name_first():
    ordered = ["علی", "علی احمدی", "علی یزدی", "علیا"]
    assert sorted(set(ordered), key=sort_key) == ordered


def test_sort_key_gives_no_weight_to_what_is_not_heard():
    assert sort_key("علی‌پور") == sort_key("عليپور") == sort_key("«علـیپور»") == sort_key("عَلیپور")
    assert sort_key("Éclair") == sort_key("eclair")


@given(st.text(ALPHABET + " ", max_size=12), st.text(ALPHABET + " ", max_size=12))
def test_sort_key_compares_like_the_alphabet_letter_by_letter(one, two):
    def ranks(text: str) -> list[int]:
        return [(" " + ALPHABET).index(letter) for letter in " ".join(text.split())]

    assert (sort_key(one) < sort_key(two)) == (ranks(one) < ranks(two))


@given(st.text())
def test_sort_key_is_never_longer_than_the_text_and_can_be_stored(text):
    key = sort_key(text)
    assert len(key) <= len(text)
    assert "\x00" not in key
    assert key.encode().decode() == key
