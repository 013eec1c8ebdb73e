"""Headers of every answer."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from web.middleware import SecurityHeaders


def answer(response=None, cookies=None, **settings):
    request = RequestFactory().get("/")
    request.COOKIES.update(cookies or {})
    return SecurityHeaders(lambda _: response or HttpResponse())(request)


def test_trust_34_every_answer_carries_the_fixed_headers():
    response = answer()
    assert "camera=()" in response["Permissions-Policy"]
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"


def test_fixed_headers_give_way_to_a_view():
    response = HttpResponse(headers={"Cross-Origin-Resource-Policy": "cross-origin"})
    assert answer(response)["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_trust_37_personal_pages_are_not_stored(settings):
    assert answer(cookies={settings.SESSION_COOKIE_NAME: "x"})["Cache-Control"] == "no-store"


def test_trust_37_an_answer_that_sets_a_cookie_is_not_stored():
    response = HttpResponse()
    response.set_cookie("any", "1")
    assert answer(response)["Cache-Control"] == "no-store"


def test_pages_for_everybody_may_be_stored():
    assert not answer().has_header("Cache-Control")


@pytest.mark.parametrize("own", ["private, max-age=60", "public, max-age=31536000, immutable"])
def test_a_views_own_cache_control_stays(settings, own):
    response = HttpResponse(headers={"Cache-Control": own})
    assert answer(response, cookies={settings.SESSION_COOKIE_NAME: "x"})["Cache-Control"] == own
