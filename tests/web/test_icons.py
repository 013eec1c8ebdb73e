"""The sprite, the finder, and the tag that uses them."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError

from web import assets
from web.finders import PackageFinder
from web.icons import ICONS, NAMES, sprite

pytestmark = pytest.mark.sqlite


def draw(text, **context):
    return Template("{% load web %}" + text).render(Context(context))


def test_sprite_holds_every_name_once():
    drawn = sprite(assets.packages())
    assert sorted(re.findall(r'<symbol id="i-([a-z0-9-]+)"', drawn)) == sorted(NAMES)
    # The invisible frame of each icon is not carried along.
    assert "M0 0h24v24H0z" not in drawn


def test_priority_bars_are_dimmed_by_attribute():
    drawn = sprite(assets.packages())
    for filled in (1, 2, 3):
        [symbol] = re.findall(rf'<symbol id="i-bars-{filled}".*?</symbol>', drawn)
        assert symbol.count("opacity") == 3 - filled


def test_sprite_names_the_icon_that_is_missing(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="outline icon"):
        sprite(tmp_path)


def test_icon_draws_a_use_of_the_sprite():
    assert draw('{% icon "send" cls="flip icon-sm" %}') == (
        '<svg class="icon flip icon-sm" aria-hidden="true"><use href="/static/icons.svg#i-send"></use></svg>'
    )


def test_icon_takes_a_variable():
    assert "#i-inbox" in draw("{% icon name cls=size %}", name="inbox", size="icon-lg")


def test_icon_refuses_an_unknown_name_when_the_template_is_read():
    with pytest.raises(TemplateSyntaxError, match="no-such"):
        Template('{% load web %}{% icon "no-such" %}')


def test_icon_with_an_unknown_variable_is_an_error_while_developing_only(settings, caplog):
    settings.DEBUG = True
    with pytest.raises(TemplateSyntaxError):
        draw("{% icon name %}", name="no-such")
    settings.DEBUG = False
    assert "#i-circle" in draw("{% icon name %}", name="no-such")
    assert "no-such" in caplog.text


def test_finder_serves_the_listed_files_and_no_others():
    finder = PackageFinder()
    listed = {name for name, _ in finder.list([])}
    assert listed == {
        "vendor/tabler.rtl.min.css",
        "vendor/Vazirmatn-Bold.ttf",
        "vendor/Vazirmatn.woff2",
        "vendor/htmx.min.js",
        "vendor/quill.js",
        "icons.svg",
    }
    for name in listed:
        assert Path(finder.find(name)).is_file()
    assert finder.find("vendor/tabler.js") == []
    assert finder.find("../package.json") == []


def test_finder_is_among_those_of_the_project():
    assert finders.find("icons.svg")


def test_served_files_point_at_no_source_map():
    for name, storage in PackageFinder().list([]):
        with storage.open(name) as file:
            assert b"sourceMappingURL" not in file.read()


def test_missing_packages_give_one_clear_line(settings, tmp_path):
    settings.NODE_MODULES = tmp_path / "nowhere"
    with pytest.raises(ImproperlyConfigured, match="npm ci"):
        list(PackageFinder().list([]))


def test_missing_package_file_gives_one_clear_line(settings, tmp_path):
    settings.NODE_MODULES = tmp_path
    with pytest.raises(ImproperlyConfigured, match="npm ci"):
        assets.build()


def test_icon_names_are_sorted_and_single():
    source = Path(__file__).parents[2] / "web" / "icons.py"
    names = re.search(r'"""\n(    adjustments.*?)"""', source.read_text(), re.DOTALL)[1].split()
    assert names == sorted(names)
    assert len(names) == len(ICONS)
