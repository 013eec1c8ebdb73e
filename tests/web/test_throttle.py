"""Fixed windows: counts are exact, windows end, a dead cache opens or closes as asked."""

import pytest
import time_machine
from django.core.cache import cache

from tests.races import at_once
from web import throttle
from web.errors import Unavailable

pytestmark = pytest.mark.sqlite
MOBILE = "+989123456789"


@pytest.fixture(autouse=True)
def one_window():
    with time_machine.travel("2026-10-06 08:00:00+00:00", tick=False) as traveller:
        cache.clear()
        yield traveller


def test_allow_refuses_beyond_the_limit():
    assert [throttle.allow("otp", limit=3, seconds=60) for _ in range(5)] == [True, True, True, False, False]


def test_hit_counts_each_key_alone():
    assert throttle.hit("a", seconds=60) == 1
    assert throttle.hit("a", seconds=60) == 2
    assert throttle.hit("b", seconds=60) == 1
    assert throttle.hit("a", seconds=3600) == 1


def test_count_looks_without_counting():
    throttle.hit("a", seconds=60)
    assert [throttle.count("a", seconds=60) for _ in range(3)] == [1, 1, 1]
    assert throttle.count("never", seconds=60) == 0


def test_a_window_ends(one_window):
    assert throttle.allow("otp", limit=1, seconds=60)
    assert not throttle.allow("otp", limit=1, seconds=60)
    assert throttle.wait(60) == 60
    one_window.shift(59)
    assert not throttle.allow("otp", limit=1, seconds=60)
    assert throttle.wait(60) == 1
    one_window.shift(1)
    assert throttle.allow("otp", limit=1, seconds=60)


def test_threads_lose_no_count():
    def work():
        for _ in range(25):
            throttle.hit("race", seconds=60)

    at_once(*[work] * 8)
    assert throttle.count("race", seconds=60) == 200


def test_trust_37_keys_do_not_hold_the_number():
    assert MOBILE not in throttle._name(f"otp:{MOBILE}", 60)


class DeadCache:
    def __getattr__(self, name):
        raise ConnectionError("redis://:sesame@10.0.0.7")


def test_dead_cache_leaves_an_open_door_open(monkeypatch, caplog):
    monkeypatch.setattr(throttle, "cache", DeadCache())
    assert throttle.allow("search", limit=1, seconds=60)
    assert "sesame" not in caplog.text


def test_trust_36_dead_cache_closes_a_closed_door(monkeypatch):
    monkeypatch.setattr(throttle, "cache", DeadCache())
    with pytest.raises(Unavailable):
        throttle.allow("otp", limit=1, seconds=60, closed=True)
    with pytest.raises(Unavailable):
        throttle.count("otp", seconds=60, closed=True)
