"""Cleaning what people type or upload of characters that hide, reorder or break text.

Persian letters, harakat and ZWNJ always stay.
"""

import re
import unicodedata

from persian.chars import DIRECTION_MARKS, DIRECTION_OVERRIDES, INVISIBLES, ZWJ, ZWNJ

NAMELESS = "فایل"
LONGEST_NAME = 150  # characters
LONGEST_NAME_BYTES = 255  # what file systems take, in UTF-8
LONGEST_EXTENSION = 16

# Controls but tab and newline, overrides, interlinear and deprecated format characters, lone surrogates
# (no database can store those).
_CONTROLS = re.compile(
    rf"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f{DIRECTION_OVERRIDES}\u206a-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_MARKS = dict.fromkeys(map(ord, DIRECTION_MARKS + INVISIBLES + "\u200b"))
_STRAY_ZWNJ = re.compile(f"(?<!\\S){ZWNJ}+|{ZWNJ}+(?!\\S)|(?<={ZWNJ}){ZWNJ}+")
_UNSAFE_IN_NAMES = re.compile(r'[<>:"|?*]')
_EDGES = f" .{ZWNJ}{ZWJ}"


def strip_controls(text: str) -> str:
    """Without bidi overrides, NUL and other controls; line ends become `\\n`; tab, newline, ZWNJ stay."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """For names and subjects: no controls, no direction marks, single spaces, no ZWNJ beside a space."""
    spaced = " ".join(strip_controls(text).translate(_MARKS).split())
    return " ".join(_STRAY_ZWNJ.sub("", spaced).split())


def file_name(name: str) -> str:
    """A name safe to keep, show and send: no path, no overrides, at most 150 characters and 255 bytes.

    The extension survives the cut; what leaves nothing is called «فایل».
    """
    # Line ends first: a name of two lines is one name with a space in it.
    text = one_line(unicodedata.normalize("NFC", strip_controls(name)))
    parts = [part for part in re.split(r"[/\\]", text) if part.strip(_EDGES)]
    last = _UNSAFE_IN_NAMES.sub("-", parts[-1]) if parts else ""
    return _cut(last.strip(_EDGES)) or NAMELESS


def _cut(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > LONGEST_EXTENSION or " " in extension:
        stem, dot, extension = name, "", ""
    stem = stem.rstrip(_EDGES)
    tail = dot + extension
    stem = stem[: LONGEST_NAME - len(tail)]
    room = LONGEST_NAME_BYTES - len(tail.encode())
    # A letter cut in half by the byte limit is dropped whole.
    return stem.encode()[:room].decode(errors="ignore").rstrip(_EDGES) + tail
