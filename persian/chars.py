"""Characters that cannot be seen but matter, named once for the whole package."""

ZWNJ = "\u200c"  # نیم‌فاصله
ZWJ = "\u200d"

# Marks that only steer direction: harmless in prose, never part of a name, a number or a key.
DIRECTION_MARKS = "\u200e\u200f\u061c"
# Embeddings, overrides and isolates: they can make `txt.exe` read as `exe.txt`.
DIRECTION_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# Invisible and without any use in what we keep: soft hyphen, word joiner, byte order mark.
INVISIBLES = "\u00ad\u2060\ufeff"

_UNSEEN = dict.fromkeys(map(ord, DIRECTION_MARKS + DIRECTION_OVERRIDES + INVISIBLES + ZWNJ + ZWJ + "\u200b"))
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-")


def without_unseen(text: str) -> str:
    """The text without any zero-width or direction character: for numbers, dates and codes, not prose."""
    return text.translate(_UNSEEN)


def plain_dashes(text: str) -> str:
    """Every kind of dash and minus as the ASCII one."""
    return text.translate(_DASHES)
