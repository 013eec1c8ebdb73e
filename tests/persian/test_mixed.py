"""Foreign runs inside Persian text."""

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from persian.mixed import has_persian, pieces


def _foreign(text: str) -> list[str]:
    return [piece for foreign, piece in pieces(text) if foreign]


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("با خطای 403 Forbidden برمی‌گردد", ["403 Forbidden"]),
        ("پس از نسخهٔ 9.4.2 خطای PrintSpooler 0x709 می‌دهد", ["9.4.2", "PrintSpooler 0x709"]),
        ("رسید (R-10442) تکراری است", ["R-10442"]),
        ("تابع main() را ببینید.", ["main()"]),
        ("نسخهٔ VC++ را نصب کنید: setup.exe.", ["VC++", "setup.exe"]),
        ("تیکت 24817 بسته شد", []),
        ("فاکتور ۱۲۳", []),
        ("", []),
    ],
)
def test_pieces_finds_foreign_runs(text: str, runs: list[str]) -> None:
    assert _foreign(text) == runs


@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(piece for _, piece in pieces(text)) == text


def test_has_persian_asks_for_one_letter() -> None:
    assert has_persian("API سامانه")
    assert not has_persian("PrintSpooler 0x709")


def test_mixed_isolates_and_escapes() -> None:
    shown = Template("{% load persian %}{{ text|mixed }}").render(Context({"text": "خطای <b>403 در Excel"}))
    assert shown == 'خطای <bdi dir="ltr">&lt;b&gt;403</bdi> در <bdi dir="ltr">Excel</bdi>'


def test_mixed_without_persian_reads_left_to_right() -> None:
    shown = Template("{% load persian %}{{ text|mixed }}").render(Context({"text": "Printer is on fire."}))
    assert shown == '<bdi dir="ltr">Printer is on fire.</bdi>'


def test_mixed_shows_nothing_for_nothing() -> None:
    assert Template("{% load persian %}{{ text|mixed }}").render(Context({"text": None})) == ""
