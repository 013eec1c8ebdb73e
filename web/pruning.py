"""A stylesheet of somebody else's, without the rules for classes that no page of ours has.

What comes with the look's base is ten times what is used, and a phone reads all of it before it draws a page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import tinycss2

# Whatever may be a class: a word of a template, a script, or a program that names one.
_WORD = re.compile(r"-?[A-Za-z_][\w-]*")
_CLASS = re.compile(r"\.((?:[\w-]|\\.)+)")
# What a selector excludes need not be there.
_EXCLUDED = re.compile(r":not\([^()]*\)")
NESTED = {"media", "supports", "layer", "container"}


def words(files: Iterable[Path]) -> set[str]:
    """Every word in these files that could be a class."""
    return {word for file in files for word in _WORD.findall(file.read_text(encoding="utf-8"))}


def prune(css: str, known: Collection[str]) -> str:
    """The stylesheet without selectors that need a class which is not among the known words; comments are dropped."""
    return "".join(_kept(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), known))


def _kept(rules: Iterable[Any], known: Collection[str]) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [one for one in _split(rule.prelude) if _may_match(one, known)]
            if selectors:
                yield f"{','.join(selectors)}{{{tinycss2.serialize(rule.content)}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTED and rule.content is not None:
            inner = "".join(
                _kept(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), known)
            )
            if inner:
                yield f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}"
        else:
            yield rule.serialize()


def _split(prelude: Iterable[Any]) -> list[str]:
    """The selectors of a list; commas inside brackets are their own."""
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return [tinycss2.serialize(part).strip() for part in parts]


def _may_match(selector: str, known: Collection[str]) -> bool:
    needed = _CLASS.findall(_EXCLUDED.sub("", selector))
    return all(re.sub(r"\\(.)", r"\1", name) in known for name in needed)
