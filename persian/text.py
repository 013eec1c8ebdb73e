"""Folding Persian text for search, and keys that sort it by the Persian alphabet.

The text a person wrote is never changed for display; these are second forms, made once at writing and once
at asking. Keyboards write the same word in many ways (ي/ی, ك/ک, `می‌روم` / `می روم` / `میروم`): the folded
text holds every reading, the query asks for one, so all spellings meet.
"""

import unicodedata
from collections.abc import Iterable

from persian.chars import ZWNJ

# A joined word longer than this is no word; it would only swell the index.
LONGEST_JOINED = 100

PREFIXES = frozenset({"می", "نمی"})
SUFFIXES = frozenset(
    {
        *("ها", "های", "هایی", "هایم", "هایت", "هایش", "هایمان", "هایتان", "هایشان"),
        *("تر", "تری", "ترها", "ترهای", "ترین", "ترینی", "ترینها", "ترینهای"),
    }
)

_LETTERS = {
    "ی": "يىېۍێےےئیۓ",
    "ک": "كڪڬڭ",
    "گ": "ګڳڱ",
    "ه": "ةۀەہۂۃھ",
    "ا": "أإٱآٲٳ",
    "و": "ؤۆۇۈۋ",
}
_SAME = {ord(spelling): letter for letter, spellings in _LETTERS.items() for spelling in spellings}


class _FoldTable(dict[int, str]):
    """What each character becomes; worked out when first met, then remembered."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold_char(chr(point))
        return folded


def _fold_char(char: str) -> str:
    if char in {ZWNJ, "\u200b"}:  # some editors write the zero-width space where ZWNJ is meant
        return ZWNJ
    kind = unicodedata.category(char)
    if kind == "Nd":
        return str(unicodedata.digit(char))
    if char == "ـ" or kind == "Cf" or _is_dropped_mark(char, kind):
        return ""
    if kind[0] in "LNM":
        return char
    # All punctuation parts words: PostgreSQL's parser would read "ticket-123" as "-123" and
    # "1405/07/13" as one file path, and neither would be found by its number.
    return " "


def _is_dropped_mark(char: str, kind: str) -> bool:
    """Harakat and the other signs over Arabic letters, and variation selectors."""
    return kind == "Mn" and ("\u0610" <= char <= "\u08ff" or "\ufe00" <= char <= "\ufe0f")


_TABLE = _FoldTable(_SAME)


def _plain(text: str) -> str:
    """Folded characters, words parted by single spaces, ZWNJ still inside words."""
    # Case folding may undo the normal form, and a dropped joiner may leave two marks that compose.
    cased = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", cased.translate(_TABLE)).translate(_TABLE)


def _clusters(text: str) -> list[list[str]]:
    """Words as lists of their pieces: `می‌روم`, `می روم` → [می, روم]; `کتاب ها` → [کتاب, ها]."""
    clusters: list[list[str]] = []
    awaits_stem = False
    for token in _plain(text).split():
        pieces = [piece for piece in token.split(ZWNJ) if piece]
        if not pieces:
            continue
        # Only one affix is taken over a space on each side, so «ها ها ها» does not grow into one word.
        lonely = len(pieces) == 1 and clusters and clusters[-1][-1] not in SUFFIXES
        takes_suffix = lonely and pieces[0] in SUFFIXES
        if takes_suffix or (awaits_stem and "\u0620" <= pieces[0][0] <= "\u06ff"):
            clusters[-1].extend(pieces)
            awaits_stem = False
        else:
            clusters.append(pieces)
            awaits_stem = len(pieces) == 1 and pieces[0] in PREFIXES
    return clusters


def _joined(pieces: Iterable[str]) -> str:
    word = "".join(pieces)
    return word if len(word) <= LONGEST_JOINED else ""


def _core(pieces: list[str]) -> list[str]:
    """The pieces without می/نمی before and ها/تر… after them."""
    start = 1 if pieces[0] in PREFIXES else 0
    end = len(pieces)
    while end > start and pieces[end - 1] in SUFFIXES:
        end -= 1
    return pieces[start:end]


def fold(text: str) -> str:
    """The form to index: spaced words in their order, then the joined forms that are not among them.

    `«می‌روم»` → `می روم میروم`; `كتابهاي ۱۲` → `کتابهای 12`. Holds only letters, 0-9 and single spaces.
    Folding a folded text loses nothing (S29).
    """
    words: list[str] = []
    joined: dict[str, None] = {}
    for pieces in _clusters(text):
        words.extend(pieces)
        if len(pieces) > 1:
            joined[_joined(pieces)] = None
            joined[_joined(_core(pieces))] = None
    present = {"", *words}
    words.extend(word for word in joined if word not in present)
    return " ".join(words)


def fold_query(text: str) -> str:
    """The form to ask for as plain text: affixes joined (`کتاب ها` → `کتابها`), other ZWNJ joined too.

    Every word of it stands in `fold()` of each spelling with می/نمی and ها/تر. For words like `پیش‌فرض`,
    which people also write apart, ask by `query_words()`.
    """
    return " ".join("".join(pieces) for pieces in _clusters(text))


def query_words(text: str) -> list[tuple[str, ...]]:
    """What to ask for, word by word: each entry must be found, by any one of its readings.

    A reading is one word, or several parted by spaces that must all be there:
    `پیش‌فرض چاپ` → `[("پیشفرض", "پیش فرض"), ("چاپ",)]`. Words hold letters and digits only, so they need
    no quoting in a tsquery.
    """
    asked = []
    for pieces in _clusters(text):
        readings = (_joined(pieces), " ".join(pieces))
        asked.append(tuple(reading for reading in dict.fromkeys(readings) if reading))
    return asked


ALPHABET = "آاءبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
# Letters become A-Z a-h, whose code points stand after the digits and in the alphabet's order.
_RANKS = dict(zip(ALPHABET, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh", strict=True))


class _SortTable(dict[int, str]):
    """What each character weighs in a sort key; worked out when first met."""

    def __missing__(self, point: int) -> str:
        self[point] = weight = _weight(chr(point))
        return weight


def _weight(char: str) -> str:
    folded = char if char in _RANKS else _TABLE[ord(char)]
    if folded in _RANKS:
        return _RANKS[folded]
    if folded == ZWNJ or unicodedata.category(char) == "Mn":
        return ""
    base = unicodedata.normalize("NFKD", folded)[:1]
    # Latin and its neighbours move up, past the places the Persian letters took.
    return chr(ord(base) + 0x100) if base.isalpha() and ord(base) < 0x300 else base


_SORT_TABLE = _SortTable()


def sort_key(text: str) -> str:
    """A key whose code-point order is the Persian alphabetical order: spaces, digits, Persian, Latin, others.

    Compare it under a `C` collation. ZWNJ, harakat, case and punctuation carry no weight; آ comes before ا.
    Never longer than the text, so a column as wide as the name's holds it.
    """
    cased = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(cased.translate(_SORT_TABLE).split())[: len(text)]
