"""Numbers as people type them: Persian or Latin digits, a decimal mark of either script, grouped or not."""

import re
from decimal import Decimal

from .digits import DECIMAL_MARK, GROUP_MARK, group, to_latin

_NUMBER = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")
# Minus signs people's keyboards give, and what may stand unseen around a number.
_MARKS = str.maketrans({"\u2212": "-", "\u2013": "-", GROUP_MARK: ",", "\u060c": ",", DECIMAL_MARK: "."})
_UNSEEN = re.compile(r"[\s\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def parse(text: str) -> Decimal:
    """The number of a text, exactly. «۱۲٬۵۰۰», «12.5» and «−۳٫۲۵» are read; ValueError for anything else."""
    plain = _UNSEEN.sub("", to_latin(text).translate(_MARKS))
    if len(plain) > 60 or not _NUMBER.fullmatch(plain):
        raise ValueError("not a number")
    return Decimal(plain.replace(",", ""))


def show(number: Decimal) -> str:
    """The number with Persian digits, grouped, without zeros that say nothing; ``parse`` reads it back."""
    return group(trimmed(number))


def trimmed(number: Decimal) -> Decimal:
    """Without zeros behind the decimal mark: 12.5000 is 12.5, 100.0000 is 100."""
    if number == number.to_integral_value():
        return number.quantize(Decimal(1))
    return number.normalize()
