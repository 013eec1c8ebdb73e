"""The tags of `{% load web %}`."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from web.paging import Page

pytestmark = pytest.mark.sqlite


def draw(text, path="/", **context):
    request = RequestFactory().get(path)
    return Template("{% load web %}" + text).render(Context({"request": request, **context}))


def plain(body):
    return draw("{% plain_text body %}", body=body)


@pytest.mark.parametrize(
    ("role", "css"),
    [
        ("owner", "person"),
        ("staff", "person"),
        ("customer", "person person-customer"),
        ("visitor", "person person-customer"),
    ],
)
def test_person_is_round_for_us_and_squared_for_customers(role, css):
    user = SimpleNamespace(role=role, initial="ک", name="کیمیا")
    assert draw("{% person user %}", user=user) == f'<span class="{css}" aria-hidden="true">ک</span>'


def test_person_nobody_is_a_dashed_ring():
    assert draw("{% person user cls='person-lg' %}", user=None) == (
        '<span class="person person-none person-lg" aria-hidden="true"></span>'
    )


def test_person_escapes_the_letter():
    assert "&lt;" in draw("{% person user %}", user=SimpleNamespace(role="customer", initial="<", name="<b>"))


def test_query_with_changes_one_parameter_and_starts_at_page_one():
    path = "/desk/tickets/?status=open&q=%DA%86%D8%A7%D9%BE&cursor=abc"
    assert draw("{% query_with status='closed' %}", path) == "?status=closed&amp;q=%DA%86%D8%A7%D9%BE"
    assert draw("{% query_with status=None %}", path) == "?q=%DA%86%D8%A7%D9%BE"
    assert draw("{% query_with status='' q=None %}", path) == "?"
    assert draw("{% query_with cursor='x' %}", "/?a=1&cursor=abc") == "?a=1&amp;cursor=x"


def test_query_with_cannot_be_broken_out_of():
    assert '"' not in draw("{% query_with q=value %}", "/", value='"><script>')


def test_pager_links_both_ways_and_keeps_the_filters():
    drawn = draw(
        "{% pager page note='۲۵ تیکت' %}", "/?status=open", page=Page([], next="nnn", previous="ppp")
    )
    assert 'href="?status=open&amp;cursor=nnn"' in drawn
    assert 'href="?status=open&amp;cursor=ppp"' in drawn
    assert "۲۵ تیکت" in drawn
    assert "قبلی" in drawn
    assert "بعدی" in drawn


def test_pager_at_an_end_has_a_dead_button():
    drawn = draw("{% pager page %}", page=Page([], next="nnn"))
    assert drawn.count('aria-disabled="true"') == 1


def test_pager_of_a_single_page_is_only_its_note():
    assert "<nav" not in draw("{% pager page note='۳ تیکت' %}", page=Page([]))
    assert "۳ تیکت" in draw("{% pager page note='۳ تیکت' %}", page=Page([]))


def test_plain_text_that_begins_with_a_latin_name_still_reads_right_to_left() -> None:
    assert plain("Excel باز نمی‌شود") == '<p dir="rtl">Excel باز نمی‌شود</p>'


def test_plain_text_makes_paragraphs_each_with_its_own_direction():
    assert plain("سلام\nخوبید؟\n\n \nError 403") == (
        '<p dir="rtl">سلام<br>خوبید؟</p>\n<p dir="auto">Error 403</p>'
    )


def test_plain_text_of_nothing_is_nothing():
    assert plain("") == ""
    assert plain(None) == ""
    assert plain(" \n\n ") == ""


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        'https://a.ir/"onmouseover="alert(1)',
        "https://a.ir/'onmouseover='alert(1)",
        "https://a.ir/<script>",
        "javascript:alert(1)",
        'mailto:a@b.ir"onclick="x',
    ],
)
def test_plain_text_lets_no_markup_through(attack):
    drawn = plain(attack)
    assert "<script" not in drawn
    assert "<img" not in drawn
    assert 'href="javascript' not in drawn
    for piece in drawn.split("<a ")[1:]:
        assert piece.split(">")[0].count('"') == 6


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ببینید https://example.ir/a?b=1&c=2.", "https://example.ir/a?b=1&amp;c=2"),
        ("(https://example.ir/x)", "https://example.ir/x"),
        ("https://fa.wikipedia.org/wiki/A_(B)،", "https://fa.wikipedia.org/wiki/A_(B)"),
        ("«https://example.ir/راهنما»", "https://example.ir/راهنما"),
        ("HTTP://EXAMPLE.IR", "HTTP://EXAMPLE.IR"),
        ("https://example.ir؟", "https://example.ir"),
    ],
)
def test_plain_text_links_addresses_without_the_sentences_marks(text, address):
    assert f'<a href="{address}" rel="noopener noreferrer nofollow" dir="ltr">{address}</a>' in plain(text)


def test_plain_text_links_mail_addresses():
    assert '<a href="mailto:info@example.ir"' in plain("به info@example.ir بنویسید")
    assert '<a href="mailto:info@example.ir"' in plain("mailto:info@example.ir")
    assert "<a" not in plain("@ info@ @example a@b")


@pytest.mark.parametrize("number", ["۰۲۱-۱۲۳۴", "+98 21 8877 6655", "۰۹۱۲ ۳۴۵ ۶۷۸۹", "6037-9911-2233-4455"])
def test_a_number_in_groups_keeps_their_order_in_a_persian_line(number):
    assert f'<bdi dir="ltr">{number}</bdi>' in plain(f"شمارهٔ ما {number} است.")


@pytest.mark.parametrize(
    "text", ["۱۴۰۵/۰۷/۱۳", "پ-۱۲", "۱ ۲ ۳", "INV-2024-11", "۵۰ ۳۰۰", "2-", "12-34@x.example"]
)
def test_other_figures_are_left_as_they_are(text):
    assert "<bdi" not in plain(f"متن {text} است")


def test_plain_text_hides_no_direction_override():
    assert "\u202e" not in plain("fdp.\u202eexe")


def test_plain_text_of_a_long_run_is_quick():
    for body in (
        "a" * 200_000,
        "a@" * 50_000,
        "a." * 100_000,
        "https://" + ")" * 20_000,
        "https://a" * 20_000,
        "\n " * 50_000,
    ):
        assert plain(body) is not None


def test_empty_partial_shows_its_one_way_on():
    drawn = draw('{% include "web/_empty.html" with title="صف خالی است" url="?" action="پاک‌کردن فیلترها" %}')
    assert "#i-inbox" in drawn
    assert '<a class="btn" href="?">پاک‌کردن فیلترها</a>' in drawn


def test_toast_partial_has_a_tone():
    assert "note-toast-bad" in draw('{% include "web/_toast.html" with text="نشد" tone="bad" %}')
    assert "note-toast-ok" in draw('{% include "web/_toast.html" with text="شد" %}')


def test_dialog_partial_posts_with_its_token_and_can_be_closed():
    drawn = draw(
        '{% include "web/_dialog.html" with id="close" title="بستن تیکت" action="/x/" verb="بستن" danger=True %}',
        csrf_token="tok",
    )
    assert 'name="csrfmiddlewaretoken"' in drawn
    assert 'aria-labelledby="close-title"' in drawn
    assert "btn-danger" in drawn
    assert drawn.count("data-dialog-close") == 2
