"""Checksums of a person's national id (کد ملی) and a company's (شناسهٔ ملی) (H11)."""

import re

from persian.chars import plain_dashes, without_unseen
from persian.digits import to_latin

_SEPARATORS = re.compile(r"[\s\-]+")
_PERSON = re.compile(r"[0-9]{10}")
_COMPANY = re.compile(r"[0-9]{11}")
_COMPANY_WEIGHTS = (29, 27, 23, 19, 17) * 2


def plain(text: str) -> str:
    """The form to store: 0-9 without spaces, dashes and unseen marks. Says nothing about being right."""
    return _SEPARATORS.sub("", to_latin(plain_dashes(without_unseen(text))))


def is_national_id(text: str) -> bool:
    """Whether it is a person's ten-digit id with the right check digit; spaces and dashes do not matter."""
    code = plain(text)
    # Ten equal digits pass the sum, but were never given to anybody.
    if not _PERSON.fullmatch(code) or len(set(code)) == 1:
        return False
    rest = sum(int(digit) * weight for digit, weight in zip(code, range(10, 1, -1), strict=False)) % 11
    return int(code[9]) == (rest if rest < 2 else 11 - rest)


def is_company_id(text: str) -> bool:
    """Whether it is a company's eleven-digit id with the right check digit."""
    code = plain(text)
    if not _COMPANY.fullmatch(code) or code[3:9] == "000000":
        return False
    shift = int(code[9]) + 2
    total = sum((int(digit) + shift) * weight for digit, weight in zip(code, _COMPANY_WEIGHTS, strict=False))
    return int(code[10]) == total % 11 % 10
