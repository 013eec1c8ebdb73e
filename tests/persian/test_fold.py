"""fold, fold_query and query_words: every spelling of a word meets every other."""

import unicodedata
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian import fold, fold_query, query_words
from persian.text import PREFIXES, SUFFIXES

ZWNJ = "\u200c"
PERSIAN = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
words = st.text(PERSIAN, min_size=2, max_size=8).filter(lambda word: word not in PREFIXES | SUFFIXES)


def meets(query: str, text: str) -> bool:
    """Whether a search that asks as query_words says would find the text."""
    index = set(fold(text).split())
    return all(any(set(reading.split()) <= index for reading in readings) for readings in query_words(query))


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("علي", "علی"),
        ("كتاب", "کتاب"),
        ("موسى", "موسی"),
        ("خانهٔ ما", "خانه ما"),
        ("خانۀ ما", "خانه ما"),
        ("سورة", "سوره"),
        ("آب أثر إسلام ٱلله", "اب اثر اسلام الله"),
        ("مؤسسه مسئول", "موسسه مسیول"),
        ("کتـــاب", "کتاب"),
        ("سَلامٌ عَلَیکُم", "سلام علیکم"),
        ("رحمٰن", "رحمن"),
        ("ﻼ ﺳﻼم", "لا سلام"),
        ("\u202eعلی\u202c \u2067رضا\u2069\ufeff", "علی رضا"),
        ("تی\u00adکت تی\u200dکت", "تیکت تیکت"),
        ("۱۲۳ ٤٥٦ 789 ７", "123 456 789 7"),
        ("سلام، خوبی؟ «بله»؛ ٪۵", "سلام خوبی بله 5"),
        ("۱۲٬۳۴۵٫۶", "12 345 6"),
        ("Windows SERVER", "windows server"),
        ("  یک\u00a0دو\n\tسه  ", "یک دو سه"),
        ("invoice_12.PDF", "invoice 12 pdf"),
        ("PG-7K4M ticket-123", "pg 7k4m ticket 123"),
        ("", ""),
        ("‌ \u200e .!", ""),
        ("\x00نام\ud800", "نام"),
    ],
)
@pytest.mark.spec("S29", part=True)
def test_fold_follows_the_table(written, folded):
    assert fold(written) == folded


def test_fold_keeps_zwnj_words_in_both_forms():
    assert fold("می‌روم") == "می روم میروم"
    assert fold("کتاب‌خانه‌ها") == "کتاب خانه ها کتابخانهها کتابخانه"
    assert fold("می\u200bروم") == "می روم میروم"


def test_fold_keeps_the_order_of_words_and_adds_joined_ones_last():
    assert fold("نامهٔ پیش‌فرض تازه") == "نامه پیش فرض تازه پیشفرض"


def test_fold_does_not_pile_affixes_into_one_word():
    assert fold("ها ها ها ها") == "ها ها ها ها"
    assert max(map(len, fold("کتاب " + "ها " * 1000).split())) < 10


def test_fold_drops_joined_words_too_long_to_be_words():
    chained = ZWNJ.join(["پیوسته"] * 40)
    assert set(fold(chained).split()) == {"پیوسته"}
    assert query_words(chained) == [(" ".join(["پیوسته"] * 40),)]


@given(words, st.sampled_from(sorted(SUFFIXES)))
@pytest.mark.spec("S29", part=True)
def test_fold_meets_every_spelling_of_a_suffix(word, suffix):
    spellings = [word + suffix, f"{word} {suffix}", f"{word}{ZWNJ}{suffix}"]
    for asked, stored in product(spellings, repeat=2):
        assert meets(asked, f"درباره {stored} است")
        assert fold_query(asked) in fold(f"درباره {stored} است").split()


@given(words, st.sampled_from(sorted(PREFIXES)))
def test_fold_meets_every_spelling_of_a_prefix(word, prefix):
    spellings = [prefix + word, f"{prefix} {word}", f"{prefix}{ZWNJ}{word}"]
    for asked, stored in product(spellings, repeat=2):
        assert meets(asked, f"دیگر {stored}.")


@given(words, words)
def test_fold_finds_a_zwnj_word_however_it_is_asked(first, second):
    stored = f"{first}{ZWNJ}{second}"
    for asked in (stored, f"{first} {second}", first + second, first, second):
        assert meets(asked, stored)


@given(words, words)
def test_query_words_with_zwnj_finds_the_word_however_it_is_stored(first, second):
    asked = f"{first}{ZWNJ}{second}"
    for stored in (asked, f"{first} {second}", first + second):
        assert meets(asked, stored)


def test_query_words_asks_for_all_words():
    assert query_words("پیش‌فرض چاپ") == [("پیشفرض", "پیش فرض"), ("چاپ",)]
    assert not meets("چاپ فاکتور", "چاپ رسید")
    assert query_words(" ؟ ") == []


@given(st.text())
def test_fold_holds_only_letters_digits_and_single_spaces(text):
    folded = fold(text)
    assert folded == " ".join(folded.split())
    for char in folded.replace(" ", ""):
        assert unicodedata.category(char)[0] in "LNM"
        assert unicodedata.category(char) != "Nd" or char in "0123456789"
    assert folded.encode().decode() == folded


@given(st.text() | st.text(PERSIAN + "يكةأ ٠۱\u064b ‌"))
def test_fold_of_a_folded_text_loses_nothing(text):
    once = fold(text)
    assert set(once.split()) <= set(fold(once).split())


@given(st.lists(words, max_size=6))
def test_fold_is_idempotent_on_plain_words(some):
    once = fold(" ".join(some))
    assert fold(once) == once


@given(st.lists(words, min_size=1, max_size=6))
def test_fold_query_stands_in_the_fold_of_its_own_text(some):
    text = " ".join(some)
    assert set(fold_query(text).split()) <= set(fold(text).split())


TWINS = {"ی": "يىئ", "ک": "كڪ", "ه": "ةۀ", "ا": "أإآٱ", "و": "ؤ"}


@given(st.data(), words)
@pytest.mark.spec("S29", part=True)
def test_fold_makes_all_keyboards_one(data, word):
    other = "".join(
        data.draw(st.sampled_from(letter + TWINS.get(letter, "")))
        + data.draw(st.sampled_from(["", "\u0651", "\u0640", "\u200e", "\u200d"]))
        for letter in word
    )
    assert fold(other) == fold(word)


def test_fold_takes_a_large_text():
    text = "می‌خواهم گزارش‌های ۱۴۰۴ را چاپ کنم. " * 20_000
    assert len(fold(text).split()) < 10 * 20_000
