"""Values in texts: a fixed set of names and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.filling import fill, fill_html, names_in, paragraphs


@pytest.mark.parametrize(
    "text",
    [
        "{0.__class__}",
        "{x.__class__}",
        "{{x}}",
        "{{ settings.SECRET_KEY }}",
        "{% debug %}",
        "{x!r}",
        "{x:>9}",
        "{}",
        "{ x }",
        "{X}",
    ],
)
def test_trust_31_anything_but_a_plain_variable_comes_out_as_text(text: str) -> None:
    assert fill(text, {"x": "value"}) == text


def test_fill_replaces_known_names_and_leaves_unknown_ones() -> None:
    assert fill("{a} و {b}", {"a": "یک"}) == "یک و {b}"


def test_fill_never_fills_a_value_again() -> None:
    assert fill("{a} {b}", {"a": "{b} {code}", "b": "دو", "code": "123456"}) == "{b} {code} دو"


def test_fill_keeps_a_value_on_one_line() -> None:
    assert fill("{a}", {"a": "سلام\r\n@demo.example #1234\u2028x\x00"}) == "سلام @demo.example #1234 x"


@given(st.text(), st.text())
def test_filled_value_is_always_one_line(value: str, other: str) -> None:
    assert len(fill("{a}", {"a": value, "b": other}).splitlines()) <= 1


def test_fill_html_escapes_and_isolates_values() -> None:
    html = fill_html(
        "<b>سلام</b> {a}، {code}", {"a": "<script>alert(1)</script>\nدو", "code": "12"}, ltr={"code"}
    )
    assert html == (
        '&lt;b&gt;سلام&lt;/b&gt; <bdi dir="rtl">&lt;script&gt;alert(1)&lt;/script&gt;<br>دو</bdi>، '
        '<bdi dir="ltr">12</bdi>'
    )


def test_fill_html_reads_a_persian_value_from_the_right_even_when_it_begins_in_latin() -> None:
    assert (
        fill_html("{a}", {"a": "403 Forbidden هنگام ورود"}) == '<bdi dir="rtl">403 Forbidden هنگام ورود</bdi>'
    )
    assert fill_html("{a}", {"a": "403 Forbidden"}) == '<bdi dir="auto">403 Forbidden</bdi>'


def test_fill_html_leaves_unknown_names_as_text() -> None:
    assert fill_html("{b} {{a}}", {"a": "x"}) == "{b} {{a}}"


def test_names_and_paragraphs_are_read_from_a_text() -> None:
    assert names_in("{a} {b.c} {{d}} {e_1}") == {"a", "e_1"}
    assert paragraphs("یک\n\nدو\nسه\n \n\n") == ["یک", "دو\nسه"]
