"""The one shape of rich text: well-formed HTML read and written anew, for keeping, for a page, in plain words.

Paragraphs, lists, quotes and code, and a few marks inside them; see web/rich.py.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from persian.clean import strip_controls
from persian.digits import to_persian
from persian.mixed import has_persian

from .links import REL, Marker, linked, marked

# What comes in by one name and is kept by another; the tags of the right side are all there ever is.
MARKS = {
    "strong": "strong", "b": "strong", "em": "strong", "i": "strong", "u": "u", "ins": "u",
    "s": "s", "del": "s", "strike": "s", "code": "code", "kbd": "code", "samp": "code", "tt": "code",
    "a": "a",
}  # fmt: skip
HEADS = frozenset("h1 h2 h3 h4 h5 h6 th".split())
BLOCKS = (
    frozenset("p div section article header footer main table thead tbody tr td dl dt dd figure".split())
    | HEADS
)
LISTS = frozenset({"ul", "ol"})
BOXES = LISTS | {"blockquote", "pre"}
DEEPEST = 6  # boxes within boxes; what is nested deeper is told without its box
MOST_BREAKS = 2  # empty lines in a row
# Zero-width characters tell nothing in a flood; one joiner between letters is Persian.
_FLOOD = re.compile(
    "([\u200b-\u200f\u2060-\u2064\u00ad\u034f\u061c])[\u200b-\u200f\u2060-\u2064\u00ad\u034f\u061c]+"
)


class Writer(HTMLParser):
    """Writes well-formed HTML anew. A leaf is what holds words: a paragraph, a list's line, code."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.boxes: list[str] = []  # those open, "" for one that is told without its box
        self.lines: list[
            str
        ] = []  # of each open list its line: "" none, "open", "told" when words of it have ended
        self.leaf = ""  # the open leaf: p, li, pre
        self.marks: list[tuple[str, str]] = []  # (tag, how it opens, "" for not at all) of the words to come
        self.opened = 0  # how many of them stand open in this leaf
        self.breaks = 0

    def write(self, html: str) -> str:
        """The HTML in its one shape."""
        self.feed(html)
        self.close()
        self.end_leaf()
        while self.boxes:
            self.end_box()
        return "".join(self.out)

    @property
    def holder(self) -> str:
        """The innermost box that is told."""
        return next((box for box in reversed(self.boxes) if box), "")

    # What is written
    def opening(self, tag: str) -> str:
        return f"<{tag}>"

    def link(self, href: str) -> str:
        return f'<a href="{escape(href)}">'

    def drawn(self, src: str, alt: str) -> str:
        return f'<img src="{escape(src)}" alt="{escape(alt)}">'

    def words(self, text: str) -> str:
        return escape(text, quote=False)

    # Leaves
    def begin_leaf(self) -> None:
        """Somewhere to write words: the list's line, the code, or a paragraph; with the marks that hold."""
        if not self.leaf:
            holder = self.holder
            self.leaf = "li" if holder in LISTS else "pre" if holder == "pre" else "p"
            if self.leaf == "p":
                self.out.append(self.opening("p"))
            elif self.leaf == "li":
                self.begin_line()
            elif not self.out[-1].startswith("<pre"):
                self.out.append("\n")
        if self.leaf != "pre":
            self.out += [opens for _tag, opens in self.marks[self.opened :] if opens]
        self.opened = len(self.marks)

    def begin_line(self) -> None:
        if not self.lines[-1]:
            self.out.append(self.opening("li"))
        elif self.lines[-1] == "told" and self.out[-1] not in ("</ul>", "</ol>", "<br>"):
            self.out.append("<br>")
        self.lines[-1] = "open"

    def close_marks(self, place: int) -> None:
        """Close those open from ``place`` on; they open again with the next words."""
        if self.leaf != "pre":
            self.out += [f"</{tag}>" for tag, opens in reversed(self.marks[place : self.opened]) if opens]
        self.opened = min(self.opened, place)

    def end_leaf(self) -> None:
        """Close the paragraph. A list's line stays open, for a list within it."""
        if not self.leaf:
            return
        self.close_marks(0)
        if self.leaf == "p":
            self.out.append("</p>")
        elif self.leaf == "li":
            self.lines[-1] = "told"
        self.leaf = ""

    # Boxes
    def begin_box(self, tag: str) -> None:
        self.end_leaf()
        holder = self.holder
        # Code holds words alone; a list's line words and lists.
        too_deep = sum(1 for box in self.boxes if box) >= DEEPEST
        if too_deep or holder == "pre" or (holder in LISTS and tag not in LISTS):
            self.boxes.append("")
            return
        if holder in LISTS and not self.lines[-1]:
            self.out.append(self.opening("li"))
            self.lines[-1] = "open"
        self.out.append(self.opening(tag))
        self.boxes.append(tag)
        if tag in LISTS:
            self.lines.append("")

    def end_box(self) -> None:
        self.end_leaf()
        tag = self.boxes.pop()
        if not tag:
            return
        if tag in LISTS and self.lines.pop():
            self.end("li")
        self.end(tag)

    def end(self, tag: str) -> None:
        """Close what stands open; what nothing was put into is taken back."""
        if self.out[-1].startswith(f"<{tag}"):
            self.out.pop()
        else:
            self.out.append(f"</{tag}>")

    # What is read
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in MARKS:
            self.begin_mark(MARKS[tag], given.get("href", ""))
        elif tag == "img":
            self.picture(given)
        elif tag == "br":
            self.line_break()
        elif tag == "li":
            self.begin_item(given.get("data-list", ""))
        elif tag in BOXES:
            self.begin_box(tag)
        else:
            self.end_leaf()
            if tag in HEADS:
                self.begin_mark("strong", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in MARKS:
            self.end_mark(MARKS[tag])
        elif tag in BOXES:
            self.end_box()
        elif tag not in ("br", "img"):
            self.end_leaf()
            if tag in HEADS:
                self.end_mark("strong")

    def begin_mark(self, tag: str, href: str) -> None:
        # A mark within the same mark says nothing more.
        told = any(name == tag and opens for name, opens in self.marks)
        opens = "" if told else f"<{tag}>"
        if tag == "a":
            opens = self.link(href) if href and not told else ""
        self.marks.append((tag, opens))

    def end_mark(self, tag: str) -> None:
        for place in range(len(self.marks) - 1, -1, -1):
            if self.marks[place][0] == tag:
                if self.leaf:
                    self.close_marks(place)
                del self.marks[place]
                return

    def begin_item(self, kind: str) -> None:
        """A line of a list; an editor may call a list's kind on its lines."""
        self.end_leaf()
        box = self.boxes[-1] if self.boxes else ""
        if box not in LISTS:
            return
        if self.lines[-1]:
            self.end("li")
            self.lines[-1] = ""
        elif kind == "bullet" and box == "ol":
            self.boxes[-1] = "ul"
            self.out[-1] = self.opening("ul")

    def line_break(self) -> None:
        self.breaks += 1
        if self.breaks <= MOST_BREAKS:
            self.begin_leaf()
            if self.leaf != "pre":
                self.out.append("<br>")
            elif not self.out[-1].startswith("<pre"):
                self.out.append("\n")

    def picture(self, given: dict[str, str]) -> None:
        if given.get("src") and self.holder != "pre":
            self.begin_leaf()
            self.breaks = 0
            self.out.append(self.drawn(given["src"], _calm(given.get("alt", ""))[:200]))

    def handle_data(self, data: str) -> None:
        text = _calm(data)
        if not text or (not self.leaf and not text.strip()):
            return
        self.begin_leaf()
        if self.leaf == "pre" and self.out[-1].startswith("<pre"):
            text = text.lstrip("\n")  # a reader of HTML would drop it
        if text.strip():
            self.breaks = 0
        if text:
            self.out.append(self.words(text))


class Dresser(Writer):
    """Writes it for a page."""

    def __init__(self, marker: Marker | None) -> None:
        super().__init__()
        self.marker = marker
        self.place = -1  # where the leaf begins whose direction its words decide
        self.heard: list[str] = []

    def opening(self, tag: str) -> str:
        if tag in LISTS or tag == "blockquote":
            return f"<{tag}>"
        self.place, self.heard = len(self.out), []
        return f'<{tag} dir="auto">'

    def end_leaf(self) -> None:
        super().end_leaf()
        if self.place >= 0 and self.heard:
            # As in plain text: any Persian in it makes it read right to left, also after a Latin name.
            opens = self.out[self.place]
            persian = has_persian("".join(self.heard))
            direction = "rtl" if persian else "ltr" if opens.startswith("<pre") else "auto"
            self.out[self.place] = opens.replace("auto", direction)
            self.place = -1

    def link(self, href: str) -> str:
        return f'<a href="{escape(href)}" rel="{REL}">'

    def drawn(self, src: str, alt: str) -> str:
        picture = f'<img src="{escape(src)}" alt="{escape(alt or "تصویر")}" loading="lazy">'
        return picture if self._in("a") else f'<a class="picture" href="{escape(src)}">{picture}</a>'

    def words(self, text: str) -> str:
        self.heard.append(text)
        if self.leaf == "pre" or self._in("code"):
            return escape(text, quote=False)
        return marked(text, self.marker) if self._in("a") else linked(text, self.marker)

    def _in(self, tag: str) -> bool:
        return any(name == tag and opens for name, opens in self.marks)


class Teller(HTMLParser):
    """Tells clean HTML in plain words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.lists: list[int] = []  # of each open list the number of its line, -1 without numbers
        self.href = ""
        self.since = 0

    def tell(self, html: str) -> str:
        self.feed(html)
        self.close()
        lines = [line.rstrip() for line in "".join(self.out).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in LISTS:
            self.new_line()
            self.lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self.new_line()
            self.out.append("  " * (len(self.lists) - 1) + self.sign())
        elif tag == "br":
            self.out.append("\n")
        elif tag == "img":
            self.out.append(f"[{dict(attrs).get('alt') or 'تصویر'}]")
        elif tag == "a":
            self.href, self.since = dict(attrs).get("href") or "", len(self.out)
        elif tag in ("p", "pre"):
            self.new_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in LISTS:
            self.lists.pop()
        if tag in ("p", "pre", "li"):
            self.new_line()
        elif tag == "a":
            words = "".join(self.out[self.since :]).strip()
            if self.href and words != self.href.removeprefix("mailto:").removeprefix("tel:"):
                self.out.append(f" ({self.href})")

    def handle_data(self, data: str) -> None:
        self.out.append(data)

    def sign(self) -> str:
        if self.lists[-1] < 0:
            return "• "
        self.lists[-1] += 1
        return f"{to_persian(str(self.lists[-1]))}. "

    def new_line(self) -> None:
        if self.out and not self.out[-1].endswith("\n"):
            self.out.append("\n")


def _calm(text: str) -> str:
    """Words without what hides or reorders them; entities of such characters have become them by now."""
    return _FLOOD.sub(r"\1", strip_controls(text)).replace("\u00a0", " ")
