"""How many parts a text message takes, as operators count and charge them (S25).

Letters of the GSM alphabet travel in 7 bits: 160 in one part, 153 in each of several. One letter outside it
(any Persian one) turns the whole message to 16 bits: 70, then 67.
"""

from typing import NamedTuple

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Sent as an escape and a letter: two places each.
_GSM_EXTENDED = frozenset("^{}\\[~]|€\f")


class Size(NamedTuple):
    """`units` used (letters as the operator counts them), in how many `parts`, and whether in 16 bits."""

    units: int
    parts: int
    is_wide: bool


def measure(text: str) -> Size:
    """The size of a message. A letter of two units is never cut between two parts."""
    is_wide = any(char not in _GSM and char not in _GSM_EXTENDED for char in text)
    if is_wide:
        widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    else:
        widths = [2 if char in _GSM_EXTENDED else 1 for char in text]
    single, several = (70, 67) if is_wide else (160, 153)
    total = sum(widths)
    count = min(total, 1) if total <= single else _packed(widths, several)
    return Size(total, count, is_wide)


def parts(text: str) -> int:
    """Number of parts a message takes: 70/67 letters each with Persian, 160/153 without; 0 when empty."""
    return measure(text).parts


def _packed(widths: list[int], room: int) -> int:
    count, used = 1, 0
    for width in widths:
        if used + width > room:
            count, used = count + 1, 0
        used += width
    return count
