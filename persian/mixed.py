"""Persian text with foreign words in it: where the foreign runs are, so that a page can keep each one whole.

«خطای 403 Forbidden» read by the bidi algorithm alone comes out as «خطای Forbidden 403»: a number after a Persian
letter goes right to left with it. A page isolates the run instead.
"""

import re

_PERSIAN = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")
# Neighbouring words of printable ASCII, each with a letter or a digit in it: "PrintSpooler 0x709", "9.4.2".
_WORD = r"[!-~]*[0-9A-Za-z][!-~]*"
_RUN = re.compile(rf"{_WORD}(?: +{_WORD})*")
# The sentence's own marks round a run are Persian: they stay outside.
_OPENING, _CLOSING = "([{\"'", ".,:;!?)]}\"'"
_PAIRS = {")": "(", "]": "[", "}": "{"}


def has_persian(text: str) -> bool:
    """Whether the text holds a letter or digit of the Arabic script; if not, it reads from left to right."""
    return bool(_PERSIAN.search(text))


def pieces(text: str) -> list[tuple[bool, str]]:
    """The text cut into (is it foreign, piece); the pieces joined are the text. Plain numbers are not foreign."""
    cut: list[tuple[bool, str]] = []
    done = 0
    for found in _RUN.finditer(text):
        start, end = _trimmed(text, *found.span())
        if text[start:end].isdigit():
            continue
        if start > done:
            cut.append((False, text[done:start]))
        cut.append((True, text[start:end]))
        done = end
    if done < len(text):
        cut.append((False, text[done:]))
    return cut


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while text[start] in _OPENING:
        start += 1
    while text[end - 1] in _CLOSING:
        opening = _PAIRS.get(text[end - 1])
        if opening and text.count(opening, start, end) >= text.count(text[end - 1], start, end):
            break
        end -= 1
    return start, end
