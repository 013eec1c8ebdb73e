"""Names in braces: a fixed set, no engine (TRUST 31, S28, S23)."""

from html.parser import HTMLParser
from time import perf_counter

import pytest

from web import rich
from web.variables import NAMES, doubtful, fill, fill_html, known, unknown

pytestmark = pytest.mark.spec("S28")
VALUES = {"مشتری": "نگار", "کد_رهگیری": "PG-1", "موضوع": "{شماره} <b>خراب</b>\nسطر دوم", "شماره": "۱۲"}


@pytest.mark.parametrize(
    "text",
    [
        "{{settings.SECRET_KEY}}",
        "{% debug %}",
        "{0.__class__}",
        "{مشتری.__class__}",
        "{مشتری!r}",
        "{مشتری:>90000000}",
        "{{مشتری}}",
        "{}",
        "{",
        "}{",
        "%(مشتری)s ${مشتری.x} #{7*7}",
        "{ناشناخته}",
        "{م\nشتری}",
        "{" * 5000 + "مشتری" + "}" * 5000,
        "{کارشناس}",  # known, with nothing to put in here
    ],
)
def test_what_is_no_name_stays_as_it_is_written(text: str) -> None:
    assert fill(text, VALUES.get) == text
    if "<" not in text and ">" not in text:
        assert fill_html(f"<p>{text}</p>", VALUES.get) == f"<p>{text}</p>"


@pytest.mark.parametrize("written", ["کد_رهگیری", "کد رهگیری", "کد‌رهگیری", "كد رهگيري", " کدرهگیری "])
def test_a_name_is_known_however_it_is_typed(written: str) -> None:
    assert fill(f"کد: {{{written}}}.", VALUES.get) == "کد: PG-1."


def test_every_name_is_itself() -> None:
    assert [known(name) for name in NAMES] == list(NAMES)


def test_a_value_is_a_value() -> None:
    """Not filled again, on one line, and escaped where it stands in HTML."""
    assert fill("درباره {موضوع}!", VALUES.get) == "درباره {شماره} <b>خراب</b> سطر دوم!"
    assert (
        fill_html("<p>درباره {موضوع}</p>", VALUES.get)
        == "<p>درباره {شماره} &lt;b&gt;خراب&lt;/b&gt; سطر دوم</p>"
    )


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("سلام {<strong>مشتری</strong>}، بفرمایید", "سلام <strong>نگار</strong>، بفرمایید"),
        ("<strong>سلام {مش</strong>تری}", "<strong>سلام نگار</strong>"),
        ("<strong>{</strong>مشتری<strong>}</strong>", "نگار"),
        ('{<a href="https://x.test/">شماره</a>}', '<a href="https://x.test/">۱۲</a>'),
        ("{<strong>موضوع</strong>}", "<strong>{شماره} &lt;b&gt;خراب&lt;/b&gt; سطر دوم</strong>"),
        ("{<strong>ناشناخته</strong>} {<strong></strong>}", "{<strong>ناشناخته</strong>} {}"),
        ("{<strong>کارشناس</strong>}", "{<strong>کارشناس</strong>}"),
    ],
)
def test_a_name_is_filled_wherever_its_marks_begin_and_end(written: str, made: str) -> None:
    assert rich.clean(fill_html(f"<p>{written}</p>", VALUES.get)) == rich.clean(f"<p>{made}</p>")


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", '"><img src=x onerror=alert(1)>', "//evil.example", "' onclick='x"]
)
def test_a_value_in_an_address_stays_within_it(value: str) -> None:
    made = fill_html('<p><a href="{موضوع}">این</a></p>', {"موضوع": value}.get)
    tags: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append((tag, dict(attrs)))  # type: ignore[method-assign]
    parser.feed(made)
    # What is no address leaves the words alone.
    assert [tag for tag, _attrs in tags] == ["p"] and "این" in made


def test_names_that_are_not_known_are_told() -> None:
    said = (
        "{مشتری} {مشتری.نام} {نام} {نام} {{مشتری}} {کد رهگیری} {ایمیل من} {شماره تیکت} {کارشناس، فردا {امروز"
    )
    # In doubled braces, and with one that is never closed, a name is sent as it is written too.
    assert doubtful(said) == [
        ("{مشتری.نام}", "{مشتری}"),
        ("{نام}", ""),
        ("{{مشتری}}", "{مشتری}"),
        ("{ایمیل من}", ""),
        ("{شماره تیکت}", "{شماره}"),
        ("{کارشناس", "{کارشناس}"),
        ("{امروز", "{امروز}"),
    ]
    assert unknown(said) == [written for written, _near in doubtful(said)]


@pytest.mark.parametrize(
    "text", ["{" * 10_000, "{{" * 3_000 + "مشتری", "}" * 10_000, "{ا" * 5_000, "{" + "ا " * 5_000]
)
def test_braces_in_a_flood_are_read_in_no_time(text: str) -> None:
    begun = perf_counter()
    doubtful(text)
    fill_html(f"<p>{text}</p><p>{'{<strong>' * 2000}</p>", VALUES.get)
    assert perf_counter() - begun < 0.5
