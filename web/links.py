"""Addresses in what people write, as links; numbers in groups, kept whole; and what stands out in it."""

from __future__ import annotations

import re
from typing import Protocol

from django.utils.html import escape

_DIGIT = "[0-9۰-۹]"
_ADDRESS = re.compile(
    # Numbers written in groups: a phone, a card. A hyphen or a space in one would let its groups change places.
    rf"(?<![\w+-])(?P<number>\+?{_DIGIT}{{2,}}(?:-{_DIGIT}+)+"
    rf"|[+0۰]{_DIGIT}{{1,4}}(?:[ -]{_DIGIT}{{2,}}){{1,4}})(?![\w@-]|\.\w)"
    r"|(?P<url>https?://[^\s<>\"«»]{1,2000})"
    r"|(?<![\w.+%-])(?P<mail>(?:mailto:)?[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w@-])",
    re.IGNORECASE,
)
_TAIL = ".,;:!?'*_،؛؟…۔"
_PAIRS = {")": "(", "]": "[", "}": "{"}
# Of a link somebody else has written.
REL = "noopener noreferrer nofollow"


class Marker(Protocol):
    """Knows which pieces of a text are to stand out."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Their places, in order, apart from each other."""


def linked(text: str, marker: Marker | None) -> str:
    """Escaped text with http(s) and mail addresses as links, and numbers in groups kept left to right."""
    pieces: list[str] = []
    done = 0
    for found in _ADDRESS.finditer(text):
        pieces.append(marked(text[done : found.start()], marker))
        if found["number"]:
            pieces.append(f'<bdi dir="ltr">{escape(found[0])}</bdi>')
            done = found.end()
            continue
        address = _without_tail(found[0]) if found["url"] else found[0]
        done = found.start() + len(address)
        if found["mail"]:
            target = address if address.lower().startswith("mailto:") else f"mailto:{address}"
        else:
            target = address
        # dir isolates the address and keeps it left to right inside a Persian line.
        pieces.append(f'<a href="{escape(target)}" rel="{REL}" dir="ltr">{escape(address)}</a>')
    pieces.append(marked(text[done:], marker))
    return "".join(pieces)


def marked(text: str, marker: Marker | None) -> str:
    """Escaped text with what the marker finds in bold."""
    pieces: list[str] = []
    done = 0
    for start, end in marker.spans(text) if marker else ():
        pieces += [escape(text[done:start]), f'<b class="called"><bdi>{escape(text[start:end])}</bdi></b>']
        done = end
    return "".join([*pieces, escape(text[done:])])


def _without_tail(address: str) -> str:
    """The address without the sentence's punctuation; a closing bracket stays where it was opened inside."""
    while len(address) > len("https://"):
        last = address[-1]
        unopened = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if last not in _TAIL and not unopened:
            break
        address = address[:-1]
    return address
