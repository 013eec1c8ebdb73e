"""Who is called in a note: «@username», «@name surname», «@group» (S12, B5). Pure: people in, places of text out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from persian import fold

# Not within a mail address, nor of two signs in a row.
_SIGN = re.compile(r"(?<![\w@.+-])@(?!@)")
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
# A word of a name: all but blanks, joiners and marks of a sentence. Longer runs are no name.
_WORD = re.compile(r"[^\s\u200c_@.,:;!?()\[\]{}«»\"'/\\|<>*#،؛؟…-]{1,60}")
_BETWEEN = re.compile(r"[ \t\u00a0\u200c_]{1,4}")
MOST_WORDS = 8


@dataclass(frozen=True)
class Mention:
    """A call in a text, ``text[start:end]``, and what it may mean: several things when a name is shared."""

    start: int
    end: int
    meanings: tuple[frozenset[int], ...]

    @property
    def is_shared(self) -> bool:
        """Whether it may mean one or another."""
        return len(self.meanings) > 1

    @property
    def ids(self) -> frozenset[int]:
        """Everybody it may mean."""
        return frozenset().union(*self.meanings)


class Directory:
    """Who can be called: people by user name and by full name however it is joined or parted, groups by their name."""

    def __init__(self, people: Iterable[Any], groups: Mapping[str, Iterable[int]] | None = None) -> None:
        self._usernames: dict[str, tuple[frozenset[int], ...]] = {}
        self._names: dict[str, tuple[frozenset[int], ...]] = {}
        for person in people:
            if person.username:
                self._usernames[person.username] = (frozenset({person.pk}),)
            self._add(person.name, [person.pk])
        for name, members in (groups or {}).items():
            self._add(name, members)

    def _add(self, name: str, ids: Iterable[int]) -> None:
        if key := _key(name):
            self._names[key] = (*self._names.get(key, ()), frozenset(ids))

    def is_shared(self, name: str) -> bool:
        """Whether a name alone does not say who is meant."""
        return len(self._names.get(_key(name), ())) > 1

    def find(self, text: str) -> list[Mention]:
        """Every call in the text, in order; what fits nobody is no call. The longest name that fits is meant."""
        if not (self._usernames or self._names):
            return []
        found = (self._at(text, sign.end()) for sign in _SIGN.finditer(text))
        return [mention for mention in found if mention is not None]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the calls stand, the sign with them."""
        return [(mention.start, mention.end) for mention in self.find(text)]

    def _at(self, text: str, place: int) -> Mention | None:
        """The call that begins after the sign at ``place``."""
        return self._username(text, place) or self._name(text, place)

    def _username(self, text: str, place: int) -> Mention | None:
        written = _USERNAME.match(text, place)
        if written is None:
            return None
        # The full stop after it is the sentence's.
        name = written[0].rstrip("._-")
        meant = self._usernames.get(name.lower())
        return Mention(place - 1, place + len(name), meant) if meant else None

    def _name(self, text: str, place: int) -> Mention | None:
        best, key, at = None, "", place
        for _ in range(MOST_WORDS):
            word = _WORD.match(text, at)
            if word is None:
                break
            key += _key(word[0])
            if meant := self._names.get(key):
                best = Mention(place - 1, word.end(), meant)
            between = _BETWEEN.match(text, word.end())
            if between is None:
                break
            at = between.end()
        return best


def _key(name: str) -> str:
    """Folded, without anything between its words: «پریسا نوروزی‌فر», «پریسا_نوروزی فر» are one name."""
    # Word by word, for fold() adds the joined forms of a word with a joiner in it.
    return "".join(fold(word).replace(" ", "") for word in re.split(r"[\s\u200c_]+", name) if word)
