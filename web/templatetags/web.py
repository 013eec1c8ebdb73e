"""Tags every template may use: `{% load web %}`."""

import logging
import re
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import QueryDict
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from persian.clean import strip_controls
from persian.mixed import has_persian
from web import rich
from web.assets import SPRITE
from web.icons import NAMES
from web.links import Marker, linked
from web.paging import PARAMETER, Page

register = template.Library()
logger = logging.getLogger("web.templates")


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


@lru_cache(maxsize=1024)
def icon_html(name: str, cls: str = "") -> SafeString:
    """The icon's markup, for code that builds HTML itself; a page shows a hundred, of few kinds."""
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


@register.simple_tag
def rich_text(html: Any, marker: Marker | None = None) -> SafeString:
    """What was written with an editor, cleaned once more (TRUST 28); see `web.rich.shown`."""
    return rich.shown(str(html or ""), marker)


@register.simple_tag
def plain_text(body: Any, marker: Marker | None = None) -> SafeString:
    """What a person wrote, as safe HTML: a paragraph per blank line, each in its own direction, addresses linked.

    A paragraph with any Persian in it reads right to left, also when it begins with a Latin name. What ``marker``
    finds stands out: people called by name, say.
    """
    text = strip_controls(str(body or "")).strip("\n")
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", text)]
    shown = (
        f'<p dir="{"rtl" if has_persian(part) else "auto"}">{linked(part, marker).replace(chr(10), "<br>")}</p>'
        for part in paragraphs
        if part.strip()
    )
    # Every piece was escaped by _linked.
    return mark_safe("\n".join(shown))  # noqa: S308
