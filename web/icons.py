"""The one sprite: Tabler's outline icons that the pages name, and the priority bars, which are ours.

`sprite()` is built into `icons.svg` by `web.assets`; `{% icon "name" %}` refuses names that are not here.
"""

import re
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

ICONS = frozenset(
    """
    adjustments alarm alert-circle alert-square-rounded alert-triangle align-left archive arrow-back-up arrow-down
    arrow-left arrow-right arrow-up arrows-exchange arrows-sort at ban bell bold bolt book-2 bookmark briefcase
    building building-community bulb calendar calendar-event calendar-off calendar-x category chart-bar chart-line check
    checks chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dot circle-x
    clear-formatting clipboard-list clock code copy database device-desktop device-laptop device-mobile devices
    door-exit dots dots-vertical download edit external-link eye eye-off file file-invoice file-music
    file-spreadsheet file-text file-type-pdf file-zip filter flag folder forms gauge grip-vertical hand-stop hash
    headset help-circle history home hourglass-low id inbox info-circle italic key keyboard layout-dashboard
    layout-kanban layout-sidebar lifebuoy link list list-check list-numbers loader-2 lock lock-open login logout
    mail mail-opened map-pin menu-2 message message-2 message-plus messages minus mood-empty moon note notes
    outbound palette paperclip pencil phone photo pin player-pause player-play plug-connected-x plus printer
    progress quote refresh report route search send settings shield shield-lock signature sitemap speakerphone
    square-check square-rounded star star-off sun switch-horizontal tag tags template ticket toggle-left tool
    trash unlink upload user user-check user-circle user-off user-plus user-x users users-group video wifi-off
    world x
    """.split()
)

# Opacity is an attribute here: a page's stylesheet does not reach into a sprite of another file.
_BAR = '<rect x="{x}" y="{y}" width="4.5" height="{h}" rx="1.2"{dim}/>'


def _bars(filled: int) -> str:
    bars = ((3, 14, 7), (10, 9, 12), (17, 4, 17))
    drawn = "".join(
        _BAR.format(x=x, y=y, h=h, dim="" if place < filled else ' opacity=".28"')
        for place, (x, y, h) in enumerate(bars)
    )
    return f'<g fill="currentColor" stroke="none">{drawn}</g>'


OWN = {f"bars-{filled}": _bars(filled) for filled in (1, 2, 3)}
NAMES = ICONS | OWN.keys()

_SHAPE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
_FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def sprite(packages: Path) -> str:
    """One SVG document with a `<symbol id="i-<name>">` for every name; `packages` is the node_modules folder."""
    folder = packages / "@tabler" / "icons" / "icons" / "outline"
    symbols = dict(OWN)
    for name in ICONS:
        source = folder / f"{name}.svg"
        try:
            found = _SHAPE.search(source.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ImproperlyConfigured(f"@tabler/icons has no outline icon {name!r} ({source}).") from None
        if found is None:
            raise ImproperlyConfigured(f"{source} is not an SVG file.")
        symbols[name] = " ".join(_FRAME.sub("", found[1]).split())
    drawn = "\n".join(
        f'<symbol id="i-{name}" viewBox="0 0 24 24">{symbols[name]}</symbol>' for name in sorted(symbols)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{drawn}\n</svg>\n'
