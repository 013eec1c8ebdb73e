"""Text with form: whatever comes in, the same little comes out (TRUST 28, issue: bad input of the composer)."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web import rich

FILE = "/files/0b7a4f6e-8f3c-4d0e-9a55-0123456789ab/?inline=1"
TAGS = "p div span b i h1 h3 ul ol li blockquote pre code a br strong table td tr em u s".split()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("<p>سلام <b>وقت</b> بخیر</p>", "<p>سلام <strong>وقت</strong> بخیر</p>"),
        ("<div>یک<div>دو</div>سه</div>", "<p>یک</p><p>دو</p><p>سه</p>"),
        ("بی هیچ تگی", "<p>بی هیچ تگی</p>"),
        ("<h2>عنوان</h2>متن", "<p><strong>عنوان</strong></p><p>متن</p>"),
        ("<ul><li>یک</li><li>دو<ul><li>سه</li></ul></li></ul>",) * 2,
        (
            '<ol><li data-list="bullet">یک</li><li data-list="bullet">دو</li></ol>',
            "<ul><li>یک</li><li>دو</li></ul>",
        ),
        ("<ul><li><p>یک</p><p>دو</p></li></ul>", "<ul><li>یک<br>دو</li></ul>"),
        ("<blockquote>نقل</blockquote>", "<blockquote><p>نقل</p></blockquote>"),
        ("<pre>a  b\n<b>c</b></pre>", "<pre>a  b\nc</pre>"),
        ('<a href="https://a.example/?x=1&amp;y=2">این</a>', '<p><a href="https://a.example/?x=1&amp;y=2">این</a></p>'),
        ('<a href="javascript:alert(1)">این</a>', "<p>این</p>"),
        ('<a href="/manage/">این</a>', "<p>این</p>"),
        (f'<p><img src="{FILE}" alt="پنجره"></p>', f'<p><img src="{FILE}" alt="پنجره"></p>'),
        ('<p>x<img src="https://a.example/x.png"><img src="data:image/png;base64,AAAA"></p>', "<p>x</p>"),
        ("<p><br></p><p><br></p><p><br></p><p><br></p><p>x</p>", "<p><br></p><p><br></p><p>x</p>"),
        ("<b>a<p>b</p></b>", "<p><strong>a</strong></p><p><strong>b</strong></p>"),
        ("<ul></ul><blockquote></blockquote><b></b>", ""),
        ("a\u202eb&#8238;c\x00", "<p>abc</p>"),
        ("a" + "\u200b" * 5000 + "&#8203;&#8204;&#8203;" * 99 + "b", "<p>a\u200bb</p>"),
    ],
)  # fmt: skip
def test_what_is_sent_is_kept_in_one_shape(sent: str, kept: str) -> None:
    assert rich.clean(sent) == kept
    assert rich.clean(kept) == kept


def test_what_a_word_processor_pastes_is_plain_words() -> None:
    pasted = """<!--StartFragment--><style>p.MsoNormal{mso-style-parent:""}</style>
    <p class=MsoNormal dir=RTL style='mso-margin-top-alt:auto'><span lang=FA style='font-family:"B Nazanin"'>گزارش
    <o:p></o:p></span></p>
    <!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->
    <p class=MsoListParagraph><span style='mso-list:Ignore'>1.<span style='font:7pt'>&nbsp;&nbsp;</span></span>بند</p>
    <table class=MsoTableGrid><tr><td><p>ستون یک</p></td><td><p>ستون دو</p></td></tr></table><!--EndFragment-->"""
    kept = " ".join(rich.clean(pasted).split())
    assert kept.replace(" </p>", "</p>") == "<p>گزارش</p><p>1. بند</p><p>ستون یک</p><p>ستون دو</p>"


@pytest.mark.parametrize(
    "tag", ["div", "blockquote", "ul><li", "b", "span", "table><tr><td", "a href=//x", "pre"]
)
def test_five_thousand_nested_tags_are_told_flat_and_soon(tag: str) -> None:
    began = time.monotonic()
    kept = rich.clean(f"<{tag}>" * 5000 + "ته چاه")
    assert "ته چاه" in kept and kept.count("<") < 40
    assert rich.clean(kept) == kept
    assert time.monotonic() - began < 5


def test_two_megabytes_of_picture_are_not_carried_in_the_text() -> None:
    html = f'<p>پیش</p><img src="data:image/png;base64,{"A" * 2_000_000}"><p>پس</p>'
    assert rich.without_data(html) == '<p>پیش</p><img src=""><p>پس</p>'
    assert rich.clean(html) == "<p>پیش</p><p>پس</p>"


def test_a_text_kept_for_many_times_holds_no_pictures() -> None:
    assert rich.without_pictures(f'<p>پیش</p><p><img src="{FILE}" alt="a"></p>') == "<p>پیش</p>"


def test_plain_words_of_it() -> None:
    html = (
        "<p>سلام <strong>شما</strong><br>خط دوم</p><ul><li>یک</li><li>دو</li></ul><ol><li>نخست</li><li>دوم</li></ol>"
        f'<pre>a\n b</pre><p><a href="https://a.example/">اینجا</a> <a href="https://b.example/">https://b.example/</a></p>'
        f'<p><img src="{FILE}" alt=""></p>'
    )
    assert rich.text_of(html) == (
        "سلام شما\nخط دوم\n• یک\n• دو\n۱. نخست\n۲. دوم\na\n b\nاینجا (https://a.example/) https://b.example/\n[تصویر]"
    )
    assert rich.pictures(html * 2) == [FILE[7:43]]


class Calls:
    """Marks one word."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        return [found.span() for found in re.finditer("@لیلا", text)]


def test_a_page_gives_each_paragraph_its_direction_links_and_calls() -> None:
    html = "<p>PrintSpooler نصب شد https://a.example/b. @لیلا</p><p>only &lt;b&gt; Latin</p><pre>let x</pre>"
    page = rich.shown(html, Calls())
    assert page.startswith('<p dir="rtl">PrintSpooler نصب شد <a href="https://a.example/b" rel=')
    assert '<b class="called"><bdi>@لیلا</bdi></b></p>' in page
    assert page.endswith('<p dir="auto">only &lt;b&gt; Latin</p><pre dir="ltr">let x</pre>')
    assert 'rel="noopener noreferrer nofollow"' in rich.shown('<a href="https://a.example/">x</a>')
    assert f'<a class="picture" href="{FILE}"><img src="{FILE}"' in rich.shown(f'<img src="{FILE}">')


@st.composite
def soup(draw: st.DrawFn) -> str:
    """Tags in any order, closed or not, with words between."""
    words = st.sampled_from(
        ["", " ", "سلام", "a<b", "&lt;", "&amp;lt;", "\n", "@لیلا", "x\u200cy", "&nbsp;", "&#8238;"]
    )
    opens = st.sampled_from(
        [*(f"<{tag}>" for tag in TAGS), '<a href="https://a.example/">', f'<img src="{FILE}">']
    )
    closes = st.sampled_from([f"</{tag}>" for tag in TAGS])
    return "".join(draw(st.lists(st.one_of(words, opens, closes), max_size=30)))


@settings(max_examples=300, deadline=None)
@given(soup())
def test_cleaning_again_changes_nothing(html: str) -> None:
    once = rich.clean(html)
    assert rich.clean(once) == once
    assert rich.text_of(rich.clean(once)) == rich.text_of(once)
    # Every word that was there before is there after, in its order.
    shown = re.sub(r"<[^>]*>", "", rich.shown(once))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", re.sub(r"<[^>]*>", "", once))
