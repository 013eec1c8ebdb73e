"""Every template of the project: it can be read, and keeps to the strict content policy."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).parents[2] / "templates"
PAGES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html") if "letters" not in path.parts)


@pytest.mark.parametrize("name", PAGES)
def test_template_can_be_read(name):
    """Unknown tags, filters and icon names that are written out fail here, not at a customer."""
    assert get_template(name).template.nodelist


@pytest.mark.parametrize("name", PAGES)
def test_template_has_nothing_inline(name):
    # What stands in tags of the template language is not what the browser gets.
    text = re.sub(r"{%.*?%}", "", (ROOT / name).read_text(encoding="utf-8"))
    assert not re.search(r"<[^>]*\sstyle=", text)
    assert not re.search(r"<[^>]*\son[a-z]+=", text)
    assert "hx-on" not in text
    assert "<style" not in text
    assert all(" src=" in tag for tag in re.findall(r"<script\b[^>]*>", text))


def test_there_are_templates_to_look_at():
    assert "base.html" in PAGES
    assert "errors/refused.html" in PAGES
