"""The colours a status may have (S7): they tint its icon and nothing else, and none of them stands alone.

Each has a class in static/css/marks.css, for no page carries a style of its own, and at least 3:1 on every surface of
the light and the dark theme.
"""

from __future__ import annotations

# «#rrggbb» → the end of its class (tint-…) and its name.
TINTS: dict[str, tuple[str, str]] = {
    "#5a84e7": ("blue", "آبی"),
    "#1d90c9": ("sky", "آسمانی"),
    "#1b9793": ("teal", "فیروزه‌ای"),
    "#2d9a5a": ("green", "سبز"),
    "#78912a": ("olive", "زیتونی"),
    "#ab8118": ("gold", "خردلی"),
    "#d46a1e": ("orange", "نارنجی"),
    "#da6351": ("brick", "آجری"),
    "#d75f87": ("rose", "گلی"),
    "#7f889a": ("slate", "خاکستری"),
}


def tint_class(colour: str) -> str:
    """The class that tints an icon; "" for ink."""
    return f"tint-{TINTS[colour][0]}" if colour in TINTS else ""
