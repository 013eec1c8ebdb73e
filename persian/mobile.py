"""Iranian mobile numbers: one stored form for every spelling (H22).

Prefixes move between operators and new ones appear, so only the shape is checked and no operator is guessed.
"""

import re
import unicodedata

from persian.chars import plain_dashes, without_unseen
from persian.digits import to_latin, to_persian

# A number with every separator in the world is shorter than this; longer input is not looked at.
LONGEST_INPUT = 64

_SEPARATORS = re.compile(r"[\s().\-/_]+")
_ACCEPTED = re.compile(r"(?:(?:\+|00)?980?|0)?(9[0-9]{9})")
_STORED = re.compile(r"\+98(9[0-9]{2})([0-9]{3})([0-9]{4})")


def normalise(text: str) -> str:
    """`+989xxxxxxxxx` from 09…, 9…, 98…, +98…, 0098…, with spaces, dashes, brackets, digits of our scripts.

    ValueError, with a sentence for the person, for anything else.
    """
    if len(text) <= LONGEST_INPUT:
        plain = to_latin(plain_dashes(without_unseen(unicodedata.normalize("NFKC", text))))
        accepted = _ACCEPTED.fullmatch(_SEPARATORS.sub("", plain))
        if accepted is not None:
            return f"+98{accepted[1]}"
    raise ValueError("شمارهٔ موبایل را کامل بنویسید، مثل ۰۹۱۲ ۳۴۵ ۶۷۸۹.")


def show(number: str) -> str:
    """`۰۹۱۲ ۳۴۵ ۶۷۸۹` from a stored number; goes inside `dir=ltr`. ValueError for another form."""
    operator, middle, last = _pieces(number)
    return to_persian(f"0{operator} {middle} {last}")


def mask(number: str) -> str:
    """`۰۹۱۲ ••• ۶۷۸۹`: enough for its holder to know it, too little for others to call."""
    operator, _, last = _pieces(number)
    return to_persian(f"0{operator} ••• {last}")


def _pieces(number: str) -> tuple[str, str, str]:
    stored = _STORED.fullmatch(number)
    if stored is None:
        raise ValueError("not a stored mobile number")
    return stored[1], stored[2], stored[3]
