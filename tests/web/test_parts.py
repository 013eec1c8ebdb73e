"""One view, two answers."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from web.parts import render_part

pytestmark = pytest.mark.sqlite
PAGE, PART = "errors/refused.html", "web/_toast.html"


def ask(htmx):
    request = RequestFactory().get("/")
    request.htmx = htmx
    request.user = SimpleNamespace(theme="", public_id="")
    return request


def rendered(htmx):
    return render_part(ask(htmx), PAGE, PART, {"text": "شد", "title": "صفحه"}, status=201)


@pytest.fixture(autouse=True)
def no_navigation(settings):
    """The page of this test is not one of the house's rooms: it needs no menu."""
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [
        {**engine, "OPTIONS": {"context_processors": ["django.template.context_processors.request"]}}
    ]


def test_htmx_gets_the_part():
    response = rendered(SimpleNamespace(boosted=False, history_restore_request=False))
    assert response.status_code == 201
    assert "<html" not in response.content.decode()
    assert "شد" in response.content.decode()


@pytest.mark.parametrize(
    "htmx",
    [
        None,
        SimpleNamespace(boosted=True, history_restore_request=False),
        SimpleNamespace(boosted=False, history_restore_request=True),
    ],
)
def test_others_get_the_page(htmx):
    assert "<html" in rendered(htmx).content.decode()


def test_caches_keep_the_two_apart():
    assert "HX-Request" in rendered(None)["Vary"]
