"""Tags every template may use: `{% load web %}`."""

import logging
import re
from typing import Any, Protocol

from django import template
from django.conf import settings
from django.http import QueryDict
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from persian.clean import strip_controls
from persian.mixed import has_persian
from web.assets import SPRITE
from web.icons import NAMES
from web.paging import PARAMETER, Page

register = template.Library()
logger = logging.getLogger("web.templates")

_ADDRESS = re.compile(
    r"(?P<url>https?://[^\s<>\"«»]{1,2000})"
    r"|(?<![\w.+%-])(?P<mail>(?:mailto:)?[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w@-])",
    re.IGNORECASE,
)
_TAIL = ".,;:!?'*_،؛؟…۔"
_PAIRS = {")": "(", "]": "[", "}": "{"}


class IconNode(template.Node):
    """Draws `<svg class="icon …"><use href="…icons.svg#i-name"></use></svg>`."""

    def __init__(self, name: FilterExpression, cls: FilterExpression | None) -> None:
        self.name = name
        self.cls = cls

    def render(self, context: Context) -> SafeString:
        name = str(self.name.resolve(context))
        if name not in NAMES:
            if settings.DEBUG:
                raise TemplateSyntaxError(f"there is no icon {name!r}; add it to web.icons.ICONS")
            logger.error("there is no icon %r", name)
            name = "circle"
        return icon_html(name, str(self.cls.resolve(context)) if self.cls else "")


def icon_html(name: str, cls: str = "") -> SafeString:
    """The icon's markup, for code that builds HTML itself."""
    css = f"icon {cls}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#i-{}"></use></svg>', css, static(SPRITE), name
    )


@register.tag("icon")
def icon(parser: Parser, token: Token) -> IconNode:
    """`{% icon "send" cls="flip icon-sm" %}`; a name that is written out is checked when the template is read."""
    _, *bits = token.split_contents()
    given = [bit for bit in bits if not bit.startswith("cls=")]
    classes = [bit.removeprefix("cls=") for bit in bits if bit.startswith("cls=")]
    if len(given) != 1 or len(classes) > 1:
        raise TemplateSyntaxError('icon is written {% icon "name" %} or {% icon "name" cls="…" %}')
    written = given[0]
    if written[0] in "\"'" and written.strip("\"'") not in NAMES:
        raise TemplateSyntaxError(f"there is no icon {written}; add it to web.icons.ICONS")
    return IconNode(parser.compile_filter(written), parser.compile_filter(classes[0]) if classes else None)


@register.simple_tag
def person(user: Any = None, cls: str = "") -> SafeString:
    """A person's mark: the first letter; staff round, customers squared, nobody a dashed ring."""
    if not user:
        kind, letter = "person person-none", ""
    else:
        ours = getattr(user, "role", "") in ("owner", "staff")
        kind = "person" if ours else "person person-customer"
        letter = getattr(user, "initial", "") or str(getattr(user, "name", "")).strip()[:1]
    return format_html('<span class="{}" aria-hidden="true">{}</span>', f"{kind} {cls}".strip(), letter)


@register.inclusion_tag("web/_pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], note: str = "") -> dict[str, Any]:
    """Links to the neighbouring pages, keeping the filters of the address; `note` stands at their other side."""
    return {
        "note": note,
        "next": query_with(context, **{PARAMETER: page.next}) if page.next else "",
        "previous": query_with(context, **{PARAMETER: page.previous}) if page.previous else "",
    }


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """The present address's parameters with some changed: `?status=open&…`; None or "" removes one.

    Changing anything but the cursor starts again at page 1.
    """
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    if PARAMETER not in changes:
        query.pop(PARAMETER, None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


class Marker(Protocol):
    """Knows which pieces of a text are to stand out."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Their places, in order, apart from each other."""


@register.simple_tag
def plain_text(body: Any, marker: Marker | None = None) -> SafeString:
    """What a person wrote, as safe HTML: a paragraph per blank line, each in its own direction, addresses linked.

    A paragraph with any Persian in it reads right to left, also when it begins with a Latin name. What ``marker``
    finds stands out: people called by name, say.
    """
    text = strip_controls(str(body or "")).strip("\n")
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", text)]
    shown = (
        f'<p dir="{"rtl" if has_persian(part) else "auto"}">{_linked(part, marker).replace(chr(10), "<br>")}</p>'
        for part in paragraphs
        if part.strip()
    )
    # Every piece was escaped by _linked.
    return mark_safe("\n".join(shown))  # noqa: S308


def _linked(text: str, marker: Marker | None) -> str:
    """Escaped text with http(s) and mail addresses as links."""
    pieces: list[str] = []
    done = 0
    for found in _ADDRESS.finditer(text):
        pieces.append(_marked(text[done : found.start()], marker))
        address = _without_tail(found[0]) if found["url"] else found[0]
        done = found.start() + len(address)
        if found["mail"]:
            target = address if address.lower().startswith("mailto:") else f"mailto:{address}"
        else:
            target = address
        # dir isolates the address and keeps it left to right inside a Persian line.
        pieces.append(f'<a href="{escape(target)}" rel="noopener nofollow" dir="ltr">{escape(address)}</a>')
    pieces.append(_marked(text[done:], marker))
    return "".join(pieces)


def _marked(text: str, marker: Marker | None) -> str:
    """Escaped text with what the marker finds in bold."""
    pieces: list[str] = []
    done = 0
    for start, end in marker.spans(text) if marker else ():
        pieces += [escape(text[done:start]), f'<b class="called"><bdi>{escape(text[start:end])}</bdi></b>']
        done = end
    return "".join([*pieces, escape(text[done:])])


def _without_tail(address: str) -> str:
    """The address without the sentence's punctuation; a closing bracket stays where it was opened inside."""
    while len(address) > len("https://"):
        last = address[-1]
        unopened = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if last not in _TAIL and not unopened:
            break
        address = address[:-1]
    return address
