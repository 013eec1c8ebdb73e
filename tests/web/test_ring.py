"""The doorbell: once a transaction, after commit, and never in the way."""

import logging

import pytest
from django.db import transaction

from web import ring as bell
from web.ring import ring

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def rung(monkeypatch):
    """What would have been sent: (name, kwargs, options)."""
    calls = []

    def send_task(name, kwargs=None, **options):
        calls.append((name, kwargs, options))

    monkeypatch.setattr(bell.current_app, "send_task", send_task)
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    return calls


def test_ring_waits_for_the_commit(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ring("notifications.deliver", lane="now")
        assert rung == []
    assert rung == [("notifications.deliver", {"lane": "now"}, {"retry": False, "ignore_result": True})]


def test_ring_is_sent_once_a_transaction(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(5):
            ring("notifications.deliver", lane="now")
        ring("notifications.deliver", lane="bulk")
    assert [kwargs for _, kwargs, _ in rung] == [{"lane": "now"}, {"lane": "bulk"}]


def test_ring_is_sent_once_across_nested_blocks(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            ring("notifications.deliver")
        with transaction.atomic():
            ring("notifications.deliver")
    assert len(rung) == 1


def test_ring_survives_a_nested_block_that_rolled_back(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            ring("notifications.deliver")
            raise ZeroDivisionError
        ring("notifications.deliver")
    assert len(rung) == 1


def test_ring_of_a_rolled_back_block_is_not_sent(rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            ring("notifications.deliver")
            raise ZeroDivisionError
    assert rung == []


def test_ring_is_sent_again_in_the_next_transaction(rung, django_capture_on_commit_callbacks):
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            ring("notifications.deliver")
    assert len(rung) == 2


def test_a_dead_broker_is_logged_without_the_payload(
    rung, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    tries = []

    def send_task(*args, **kwargs):
        tries.append(1)
        raise ConnectionError("redis://:sesame@10.0.0.7")

    monkeypatch.setattr(bell.current_app, "send_task", send_task)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        ring("notifications.deliver", delivery=4711)
        ring("tenants.sweep")
    assert "notifications.deliver" in caplog.text
    assert "4711" not in caplog.text
    assert "sesame" not in caplog.text
    # The second ring did not wait for the broker again.
    assert len(tries) == 1
