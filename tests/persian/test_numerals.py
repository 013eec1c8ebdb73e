"""Small numbers in words."""

import pytest

from persian.numerals import words


def test_words_are_as_read_aloud():
    assert [words(n) for n in (0, 7, 15, 19, 20, 27, 40, 99)] == [
        "صفر",
        "هفت",
        "پانزده",
        "نوزده",
        "بیست",
        "بیست و هفت",
        "چهل",
        "نود و نه",
    ]


def test_every_number_has_words_of_its_own_and_others_are_refused():
    assert len({words(n) for n in range(100)}) == 100
    for wrong in (-1, 100):
        with pytest.raises(ValueError):
            words(wrong)
