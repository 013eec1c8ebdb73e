"""Mobile numbers: all spellings of one are one; nothing else passes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from persian import mobile
from persian.digits import ARABIC, LATIN, PERSIAN

SPELLINGS = [
    "09123456789",
    "9123456789",
    "989123456789",
    "+989123456789",
    "00989123456789",
    "۰۹۱۲۳۴۵۶۷۸۹",
    "٠٩١٢٣٤٥٦٧٨٩",
    "0912 345 6789",
    "0912-345-67-89",
    "+98 (912) 345–6789",
    "\u200e+98 912 345 6789\u202c",
    "\u2066۰۹۱۲‌۳۴۵‌۶۷۸۹\u2069",
    "+98 (0) 912 345 6789",
    "\u00a009123456789\n",
    "０９１２３４５６７８９",
]


@pytest.mark.parametrize("text", SPELLINGS)
@pytest.mark.spec("H22")
def test_normalise_makes_all_spellings_one(text):
    assert mobile.normalise(text) == "+989123456789"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0912345678",
        "091234567890",
        "02112345678",
        "08123456789",
        "+19123456789",
        "0098 21 12345678",
        "++989123456789",
        "+09123456789",
        "0912345678a",
        "0912345678४",
        "09123456789 09123456788",
        "sara@example.com",
        "0912" + "-" * 100_000 + "3456789",
        "\x0009123456789",
    ],
)
@pytest.mark.spec("H22")
def test_normalise_refuses_with_a_sentence(text):
    with pytest.raises(ValueError, match="شمارهٔ موبایل"):
        mobile.normalise(text)


prefixes = st.sampled_from(["0", "", "98", "+98", "0098", "+98 0"])
separators = st.sampled_from(["", " ", "-", " - ", "\u200e", "\u202a", ".", "\u00a0", "(", ")"])


@given(st.from_regex(r"9[0-9]{9}", fullmatch=True), prefixes, st.data())
@pytest.mark.spec("H22")
def test_normalise_ignores_script_separators_and_marks(number, prefix, data):
    script = data.draw(st.sampled_from([LATIN, PERSIAN, ARABIC]))
    cuts = data.draw(st.lists(st.integers(0, 10), max_size=4, unique=True))
    spelled = "".join(
        (data.draw(separators) if place in cuts else "") + digit for place, digit in enumerate(number)
    )
    text = (prefix + spelled).translate(str.maketrans(LATIN, script))
    assert mobile.normalise(text) == f"+98{number}"


@given(st.text(max_size=40))
def test_normalise_returns_only_the_stored_form(text):
    try:
        stored = mobile.normalise(text)
    except ValueError:
        return
    assert len(stored) == 13
    assert stored.startswith("+989")
    assert set(stored[1:]) <= set(LATIN)


def test_show_and_mask_write_for_people():
    assert mobile.show("+989123456789") == "۰۹۱۲ ۳۴۵ ۶۷۸۹"
    assert mobile.mask("+989123456789") == "۰۹۱۲ ••• ۶۷۸۹"


@given(st.from_regex(r"9[0-9]{9}", fullmatch=True))
def test_show_can_be_typed_again(number):
    assert mobile.normalise(mobile.show(f"+98{number}")) == f"+98{number}"
    assert number[3:6] not in mobile.mask(f"+98{number}").replace(" ", "")[4:7]


@pytest.mark.parametrize("number", ["09123456789", "", "+98912345678", "+9891234567890", "+98۹۱۲۳۴۵۶۷۸۹"])
def test_show_takes_only_the_stored_form(number):
    for write in (mobile.show, mobile.mask):
        with pytest.raises(ValueError, match="stored"):
            write(number)
