"""The look's own rules: strict CSP in every template, logical properties, contrast of the tokens in both themes."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "letters" not in path.parts)
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
TEXTS = ("ink", "ink-2", "ink-3", "accent")
# (text, ground) pairs that carry words besides TEXTS on page and surface.
PAIRS = [
    ("accent", "accent-soft"),
    ("green", "surface"),
    ("green", "green-soft"),
    ("yellow", "yellow-soft"),
    ("red", "surface"),
    ("red", "red-soft"),
    ("hidden", "hidden-soft"),
    ("hidden", "surface"),
    ("ink-2", "sunken"),
    ("invert-ink", "invert"),
]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_template_holds_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']|javascript:|\shx-on\b", text)
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", text))


def test_every_sheet_and_common_script_is_linked() -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    names = [f"css/{path.name}" for path in SHEETS] + [
        f"js/{path.name}" for path in (ROOT / "static/js").glob("*.js")
    ]
    assert [name for name in names if f"'{name}'" not in pages] == []


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheet_uses_logical_properties(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    words = r"(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|width|height"
    physical = rf"(?<![\w.-])(?:{words})\s*:"
    # Inside @media (min-width: …) the word is the viewport's.
    assert re.findall(physical, re.sub(r"@media[^{]*\{", "{", text)) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_tokens_meet_aa(theme: str) -> None:
    tokens = _tokens(theme)
    pairs = [(text, ground) for text in TEXTS for ground in ("page", "surface")] + PAIRS
    low = {pair: ratio for pair in pairs if (ratio := _contrast(tokens[pair[0]], tokens[pair[1]])) < 4.5}
    assert low == {}
    solids = ("accent-solid", "accent-solid-hover", "red-solid", "hidden-solid", "lapis")
    assert {name for name in solids if _contrast("ffffff", tokens[name]) < 4.5} == set()
    assert _contrast(tokens["line-strong"], tokens["surface"]) >= 3
    # The ring of Tabler's own buttons and boxes is the accent of the pairs above, not a mixture of its own.
    assert "--tblr-focus-ring-color: var(--pg-accent);" in (ROOT / "static/css/tokens.css").read_text("utf-8")


def _tokens(theme: str) -> dict[str, str]:
    text = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")
    block = text.split('[data-bs-theme="dark"] {')[0 if theme == "light" else 1]
    found = re.findall(r"--pg-([a-z0-9-]+): #([0-9a-f]{3,6});", block)
    return {name: value if len(value) == 6 else "".join(c * 2 for c in value) for name, value in found}


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return round((light + 0.05) / (dark + 0.05), 2)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
