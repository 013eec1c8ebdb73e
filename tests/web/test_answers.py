"""Refusals and failures: what a person reads, what a machine gets, what is never shown."""

import json
import logging
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils.functional import SimpleLazyObject

from web import views
from web.answers import FACES, error_page, toast
from web.errors import Conflict, DomainError, Full, Invalid, NotAllowed, NotFound, TooMany, Unavailable
from web.middleware import DomainErrors


def ask(path="/desk/", *, htmx=False, **attributes):
    request = RequestFactory().get(path)
    request.htmx = SimpleNamespace(boosted=False, history_restore_request=False) if htmx else None
    for name, value in attributes.items():
        setattr(request, name, value)
    return request


def refuse(error, request=None):
    return DomainErrors(lambda _: HttpResponse()).process_exception(request or ask(), error)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DomainError, 400),
        (NotAllowed, 403),
        (NotFound, 404),
        (Conflict, 409),
        (Invalid, 422),
        (TooMany, 429),
        (Unavailable, 503),
        (Full, 507),
    ],
)
def test_domain_error_becomes_a_persian_page_with_its_status(error, status):
    response = refuse(error("این بار نشد."))
    assert response.status_code == status
    page = response.content.decode()
    assert "این بار نشد." in page
    assert 'dir="rtl"' in page
    assert response["Cache-Control"] == "no-store"


def test_domain_error_without_words_uses_those_of_its_status():
    page = refuse(NotFound()).content.decode()
    assert FACES[404].title in page
    assert FACES[404].sentence in page


def test_domain_error_has_the_request_undone():
    request = ask()
    refuse(Conflict(), request)
    assert request.must_roll_back is True


def test_other_exceptions_are_left_to_django():
    request = ask()
    assert refuse(ValueError("x"), request) is None
    assert not hasattr(request, "must_roll_back")


def test_domain_error_for_htmx_is_a_toast_and_swaps_nothing():
    response = refuse(TooMany("کمی صبر کنید.", retry_after=90), ask(htmx=True))
    assert response.status_code == 429
    assert response["HX-Reswap"] == "none"
    assert response["HX-Trigger"].isascii()
    assert json.loads(response["HX-Trigger"]) == {"toast": {"text": "کمی صبر کنید.", "tone": "bad"}}
    assert response["Retry-After"] == "90"
    assert response.content == b""


def test_too_many_tells_when_to_come_back():
    assert refuse(TooMany(retry_after=34))["Retry-After"] == "34"
    assert "Retry-After" not in refuse(NotAllowed())


def test_message_of_an_error_is_escaped():
    page = refuse(Invalid("<script>alert(1)</script>")).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("status", [400, 403, 404, 413, 429, 500, 503, 507])
def test_error_page_works_without_tenant_and_without_database(status):
    # No django_db mark: a query would fail the test.
    page = error_page(ask(), status).content.decode()
    assert FACES[status].title in page
    assert '<html lang="fa" dir="rtl"' in page


def test_error_page_names_a_tenant_that_is_already_there():
    tenant = SimpleNamespace(name="آوندفام", logo_url="")
    assert "آوندفام" in error_page(ask(tenant=tenant), 404).content.decode()


def test_error_page_does_not_wake_a_lazy_tenant():
    def wake():
        raise AssertionError("the error page asked for the tenant")

    assert error_page(ask(tenant=SimpleLazyObject(wake)), 404).status_code == 404


def test_error_page_stands_when_the_skeleton_is_broken(settings):
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": []}]
    page = error_page(ask(), 500, extra={"code": "<b>"}).content.decode()
    assert FACES[500].title in page
    assert "&lt;b&gt;" in page


def test_toast_keeps_other_events():
    response = HttpResponse()
    response["HX-Trigger"] = '{"saved": 1}'
    toast(response, "ذخیره شد")
    assert json.loads(response["HX-Trigger"]) == {"saved": 1, "toast": {"text": "ذخیره شد", "tone": "ok"}}


def test_toast_keeps_an_event_given_by_name():
    response = HttpResponse()
    response["HX-Trigger"] = "saved"
    toast(response, "ذخیره شد")
    assert set(json.loads(response["HX-Trigger"])) == {"saved", "toast"}


def test_handlers_answer_and_undo():
    for handler, error, status in (
        (views.handler400, RequestDataTooBig(), 413),
        (views.handler400, ValueError(), 400),
        (views.handler403, PermissionDenied(), 403),
        (views.handler404, Http404(), 404),
    ):
        request = ask()
        assert handler(request, error).status_code == status
        assert request.must_roll_back is True


def test_csrf_failure_says_what_to_do():
    response = views.csrf_failure(ask(), reason="CSRF cookie not set.")
    assert response.status_code == 403
    page = response.content.decode()
    assert "فرم" in page
    assert "cookie not set" not in page


def fail(error, request=None):
    try:
        raise error
    except type(error):
        return views.handler500(request or ask("/t/SECRETCODE/"))


def test_trust_36_failure_shows_a_code_and_nothing_of_the_inside(caplog):
    with caplog.at_level(logging.ERROR, "web.failures"):
        response = fail(RuntimeError("SELECT password FROM accounts_user"))
    page = response.content.decode()
    assert response.status_code == 500
    [record] = caplog.records
    code = record.getMessage().split()[1].rstrip(":")
    assert code in page
    assert "RuntimeError" in record.getMessage()
    for secret in ("RuntimeError", "SELECT", "password", "Traceback", "SECRETCODE"):
        assert secret not in page
    assert "SECRETCODE" not in record.getMessage()
    assert "SELECT" not in record.getMessage()


def test_failure_of_the_database_is_503_with_retry_after():
    response = fail(OperationalError("connection refused on 10.0.0.7"))
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    assert "10.0.0.7" not in response.content.decode()


def test_failure_of_a_full_disk_is_507():
    assert fail(OSError(28, "No space left on device", "/srv/media")).status_code == 507
