"""Names in braces that a text of ours may hold, and values put into them: one pass, no template engine (TRUST 31).

Only ``{name}`` of a name in ``NAMES`` is replaced. Anything else in braces, ``{{settings.SECRET_KEY}}``,
``{% debug %}`` and ``{مشتری.__class__}`` included, comes out as it was written, and a value that itself looks like a
name stays a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.html import escape

from persian import fold
from persian.chars import ZWNJ
from persian.clean import one_line

from . import rich

# Each name with what it stands for, as the pages explain it. Spaces, ZWNJ and «_» between its words are the same.
NAMES: dict[str, str] = {
    "مشتری": "نام کسی که تیکت از اوست",
    "شرکت": "نام شرکت مشتری",
    "شماره": "شمارهٔ تیکت",
    "کد_رهگیری": "کد رهگیری تیکت",
    "موضوع": "موضوع تیکت",
    "دپارتمان": "نام دپارتمان تیکت",
    "کارشناس": "نام کسی که پاسخ می‌دهد",
    "امروز": "تاریخ امروز",
    "مرکز": "نام مرکز پشتیبانی",
}
# What a name stands for here, or None where there is nothing to put in: then it stays as it was written.
Lookup = Callable[[str], str | None]

_BRACED = re.compile(rf"(?<!\{{)\{{([\w {ZWNJ}]{{1,40}})\}}(?!\}})")
# In form a mark may begin or end inside the braces: whoever makes the word bold marks the word alone.
_MARK = r"</?(?:strong|u|s|code|a)(?: href=\"[^\"<>]*\")?>"
_MARKED = re.compile(rf"(?<!\{{)\{{((?:[\w {ZWNJ}]|{_MARK}){{1,60}})\}}(?!\}})")
_STRANGE = re.compile(r"(?<!\{)\{+[^{}\n]{1,40}\}+")
_UNCLOSED = re.compile(rf"(?<!\{{)\{{([\w{ZWNJ}]{{2,40}})(?![^{{}}\n]*\}})")


def _key(name: str) -> str:
    return str(fold(name.replace(ZWNJ, " "))).replace(" ", "")


_KNOWN = {_key(name): name for name in NAMES}


def known(written: str) -> str | None:
    """The name of NAMES that was meant, however its letters and gaps were typed; None for no name of ours."""
    return _KNOWN.get(_key(written))


def unknown(text: str) -> list[str]:
    """What stands in braces in a text and is no name of ours, each once: it will be sent as it is written. So will a
    name in doubled braces, or whose brace was never closed.
    """
    strange = [one for one in _STRANGE.finditer(text) if known_in(one[0]) is None]
    unclosed = [one for one in _UNCLOSED.finditer(text) if known(one[1])]
    found = sorted((*strange, *unclosed), key=lambda one: one.start())
    return list(dict.fromkeys(one[0] for one in found))


def doubtful(text: str) -> list[tuple[str, str]]:
    """``unknown`` with the name that was perhaps meant, ``""`` where none is near."""
    return [(one, _near(one)) for one in unknown(text)]


def _near(written: str) -> str:
    key = _key(written.strip("{}"))
    near = [name for one, name in _KNOWN.items() if len(key) > 1 and (one in key or key in one)]
    return f"{{{max(near, key=len)}}}" if near else ""


def known_in(braced: str) -> str | None:
    """The name of NAMES in ``{name}``, None where it is none."""
    found = _BRACED.fullmatch(braced)
    return known(found[1]) if found else None


def fill(text: str, lookup: Lookup) -> str:
    """Plain text with its names replaced; a value is put on one line, so that it starts none of its own."""
    return _BRACED.sub(lambda found: _value(found, lookup), text)


def fill_html(html: str, lookup: Lookup) -> str:
    """Clean HTML with its names replaced, every value escaped, and cleaned once more: a value in an address
    is held to what an address may be.
    """
    return rich.clean(_MARKED.sub(lambda found: _marked(found, lookup), html))


def _marked(found: re.Match[str], lookup: Lookup) -> str:
    """A value with the marks of its braces: it stands where the name began."""
    words, marks = re.sub(_MARK, "", found[1]), re.split(f"({_MARK})", found[1])
    value = _of(words, lookup)
    if value is None:
        return found[0]
    first = next(place for place, part in enumerate(marks) if not place % 2 and part.strip())
    return "".join(
        part if place % 2 else escape(value) if place == first else "" for place, part in enumerate(marks)
    )


def _value(found: re.Match[str], lookup: Lookup) -> str:
    value = _of(found[1], lookup)
    return found[0] if value is None else value


def _of(written: str, lookup: Lookup) -> str | None:
    """What stands for a name, on one line; None where nothing does."""
    name = known(written)
    value = lookup(name) if name else None
    return None if value is None else one_line(value)
