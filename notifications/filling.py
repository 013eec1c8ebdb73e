"""Putting values into the texts of letters: a fixed set of names, one pass, no template engine (TRUST 31).

Only ``{name}`` of a known name is replaced. Anything else in braces, ``{0.__class__}`` and ``{{name}}`` included,
comes out as it was written, and a value that itself looks like a variable stays a value.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from persian.clean import one_line, strip_controls

# A value with any letter of ours is a Persian phrase, even where it begins with a Latin word.
_OURS = re.compile("[\u0600-\u06ff\ufb50-\ufdff\ufe70-\ufeff]")
_VARIABLE = re.compile(r"(?<!\{)\{([a-z][a-z0-9_]*)\}(?!\})")


def names_in(template: str) -> set[str]:
    """Names of the variables a text asks for."""
    return set(_VARIABLE.findall(template))


def fill(template: str, values: Mapping[str, str], *, clean: Callable[[str], str] = one_line) -> str:
    """The template with its variables replaced, each value cleaned: by default put on one line, so that none
    may start a line of its own in an SMS, or a header in an e-mail (TRUST 30).
    """
    return _VARIABLE.sub(lambda found: _value(found, values, clean), template)


def paragraphs(template: str) -> list[str]:
    """A body's paragraphs: separated by empty lines, the empty ones dropped."""
    return [part.strip() for part in re.split(r"\n\s*\n", template) if part.strip()]


def fill_html(template: str, values: Mapping[str, str], *, ltr: Iterable[str] = ()) -> SafeString:
    """One paragraph as HTML: everything escaped, values isolated by <bdi> so that mixed text keeps its order.

    Values of the names in ``ltr`` (codes, addresses) are always written left to right.
    """
    left = set(ltr)
    pieces: list[str] = []
    place = 0
    for found in _VARIABLE.finditer(template):
        pieces.append(_lines(template[place : found.start()]))
        name = found[1]
        if name in values:
            value = strip_controls(values[name]).strip()
            direction = "ltr" if name in left else "rtl" if _OURS.search(value) else "auto"
            pieces.append(f'<bdi dir="{direction}">{_lines(value)}</bdi>')
        else:
            pieces.append(escape(found[0]))
        place = found.end()
    pieces.append(_lines(template[place:]))
    return mark_safe("".join(pieces))  # noqa: S308  every piece was escaped above


def _lines(text: str) -> str:
    return "<br>".join(conditional_escape(line) for line in text.split("\n"))


def _value(found: re.Match[str], values: Mapping[str, str], clean: Callable[[str], str]) -> str:
    value = values.get(found[1])
    return found[0] if value is None else clean(value)
