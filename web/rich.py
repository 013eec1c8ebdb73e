"""Text with form: what an editor sends, and what a page shows (TRUST 28).

Two steps, on the way in and once more on the way out. nh3 leaves well-formed HTML of known tags and safe addresses;
then it is written anew as the little that a message may be: paragraphs, lists, quotes and code, a few marks inside
them. So whatever was pasted, of Word or of somebody who means harm, comes out in the same plain shape.
"""

from __future__ import annotations

import re

import nh3
from django.utils.safestring import SafeString, mark_safe

from persian.clean import strip_controls

from .links import Marker
from .rich_shape import BLOCKS, BOXES, MARKS, Dresser, Teller, Writer

_PICTURE = re.compile(r"/files/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/\?inline=1")
_DRAWN = re.compile(r"<img\b[^>]*>")
_DATA = re.compile(r"""(\bsrc\s*=\s*)("\s*data:[^"]*"|'\s*data:[^']*')""", re.IGNORECASE)


def _kept(tag: str, name: str, value: str) -> str | None:
    """An attribute's value, None to drop it."""
    if tag == "img" and name == "src":
        return value if _PICTURE.fullmatch(value) else None
    if tag == "a" and name == "href":
        value = value.strip()
        # Addresses within the house are typed, not written: a link's words could say another place.
        return value if re.match(r"(?:https?://|mailto:|tel:)[^\s]", value, re.IGNORECASE) else None
    return value


_CLEANER = nh3.Cleaner(
    tags={*MARKS, *BLOCKS, *BOXES, "li", "br", "img", "hr"},
    clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "svg", "math", "head"},
    attributes={"a": {"href"}, "img": {"src", "alt"}, "li": {"data-list"}},
    attribute_filter=_kept,
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="pass_through",
    link_rel=None,
)


def clean(html: str) -> str:
    """The kept part of any HTML, in its one shape; "" where nothing is left. Cleaning it again changes nothing."""
    return Writer().write(_safe(html))


def text_of(html: str) -> str:
    """Clean HTML as plain text: a line a paragraph, lists with their signs, links with where they lead."""
    return Teller().tell(html)


def shown(html: str, marker: Marker | None = None) -> SafeString:
    """HTML for a page, cleaned once more on its way out: each paragraph in its own direction, addresses linked, what
    ``marker`` finds in bold.
    """
    # Dresser writes every tag itself and escapes all between them.
    return mark_safe(Dresser(marker).write(_safe(html)))  # noqa: S308


def pictures(html: str) -> list[str]:
    """Public ids of the files that the HTML shows as pictures, once each."""
    return list(dict.fromkeys(_PICTURE.findall(html)))


def without_data(html: str) -> str:
    """The HTML without pictures written out in it: they are sent as files, or not at all."""
    return _DATA.sub(r'\1""', html)


def without_pictures(html: str) -> str:
    """Clean HTML without its pictures: for texts that outlive the files of one message."""
    return clean(_DRAWN.sub("", html))


def _safe(html: str) -> str:
    return _CLEANER.clean(strip_controls(without_data(html)))
