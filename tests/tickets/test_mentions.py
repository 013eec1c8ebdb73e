"""Calls in a note's text: «@username» and «@name surname» (B5, S12)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tickets.mentions import Directory

KIMIA = SimpleNamespace(pk=1, username="kimia.b", name="کیمیا بهروزی")
PARISA = SimpleNamespace(pk=2, username=None, name="پریسا نوروزی‌فر")
ARASH = SimpleNamespace(pk=3, username="arash", name="آرش دهدشتی")
NAMESAKE = SimpleNamespace(pk=4, username="dehdashti", name="آرش دهدشتي")
NAMELESS = SimpleNamespace(pk=5, username=None, name="")
FIRST_LINE = {"خط اول": [1, 3]}
EVERYBODY = Directory(
    [KIMIA, PARISA, ARASH, NAMESAKE, NAMELESS, SimpleNamespace(pk=6, username=None, name="آرش")], FIRST_LINE
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@kimia.b ببین", [("@kimia.b", {1})]),
        ("با @Kimia.B.", [("@Kimia.B", {1})]),
        ("@کیمیا بهروزی، ببین", [("@کیمیا بهروزی", {1})]),
        ("@كيميا بهروزي ببین", [("@كيميا بهروزي", {1})]),
        ("(@کیمیا_بهروزی)", [("@کیمیا_بهروزی", {1})]),
        ("@پریسا نوروزی‌فر و @پریسا‌نوروزی‌فر", [("@پریسا نوروزی‌فر", {2}), ("@پریسا‌نوروزی‌فر", {2})]),
        ("@پریسا نوروزیفر", [("@پریسا نوروزیفر", {2})]),
        # The longest name that fits; one that fits two says so.
        ("@آرش دهدشتی", [("@آرش دهدشتی", {3, 4})]),
        ("@آرش بیا", [("@آرش", {6})]),
        ("@arash و @dehdashti", [("@arash", {3}), ("@dehdashti", {4})]),
        ("@خط_اول و @خط اول", [("@خط_اول", {1, 3}), ("@خط اول", {1, 3})]),
        # No call: mail addresses, two signs, half a name, another line, nobody.
        ("info@kimia.b نشانی است", []),
        ("@@kimia.b", []),
        ("@کیمیا", []),
        ("@کیمیا\nبهروزی", []),
        ("@ کیمیا بهروزی", []),
        ("@kimia", []),
        ("@", []),
        ("", []),
    ],
)
def test_a_call_is_found_where_a_person_would_read_it(text: str, found: list[tuple[str, set[int]]]) -> None:
    seen = [(text[one.start : one.end], set(one.ids)) for one in EVERYBODY.find(text)]
    assert seen == found
    assert [text[start:end] for start, end in EVERYBODY.spans(text)] == [words for words, _ in found]


def test_only_a_shared_name_may_mean_one_or_another() -> None:
    shared = {one.is_shared: set(one.ids) for one in EVERYBODY.find("@آرش دهدشتی و @خط اول")}
    assert shared == {True: {3, 4}, False: {1, 3}}


@pytest.mark.parametrize("text", ["@" * 100_000, "@ا " * 33_000, "@ا_ا_ا_ا_ا_ا_ا_ا_ا" * 5_000])
def test_a_long_text_is_read_once(text: str) -> None:
    assert EVERYBODY.find(text) == []
    assert Directory([]).find("@kimia.b") == []
