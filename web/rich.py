"""Text with form: what an editor sends, and what a page shows (TRUST 28).

Nothing but a short list of tags is kept, on the way in and once more on the way out. ``text_of`` is the same as plain
text, which is what is searched, quoted and sent.
"""

from __future__ import annotations

import html as entities
import re

import nh3
from django.utils.safestring import SafeString, mark_safe

from persian.clean import strip_controls

TAGS = frozenset("p br strong em u s code pre blockquote ol ul li a img".split())
# What an editor or a mail program calls by another name.
_PICTURE = re.compile(r"/files/[0-9a-f-]{36}/\?inline=1")
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "svg", "math"},
    attributes={"a": {"href"}, "img": {"src", "alt"}, "p": {"dir"}},
    attribute_filter=lambda tag, name, value: _kept(tag, name, value),
    url_schemes={"http", "https", "mailto", "tel"},
    url_relative="pass_through",
    link_rel="noopener noreferrer nofollow",
)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|li|pre|blockquote|ol|ul)>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def clean(html: str) -> str:
    """The kept part of any HTML: tags of ``TAGS``, links of the web, mail and telephones, pictures of our own files."""
    return _CLEANER.clean(strip_controls(html)).strip()


def text_of(html: str) -> str:
    """Clean HTML as plain text, a line a paragraph."""
    text = entities.unescape(_TAG.sub("", _BREAK.sub("\n", html)))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def shown(html: str) -> SafeString:
    """HTML for a page, cleaned once more on its way out."""
    return mark_safe(clean(html))  # noqa: S308


def _kept(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if _PICTURE.fullmatch(value) else None
    if tag == "a" and name == "href" and value.startswith("/"):
        return None
    if name == "dir":
        return value if value in ("rtl", "ltr", "auto") else None
    return value
